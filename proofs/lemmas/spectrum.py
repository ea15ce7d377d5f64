"""spectrum/1: the extreme eigenvalues of the Hessian at a critical point, and how many eigenvalues are negative."""

from __future__ import annotations

from dataclasses import dataclass

from flint import arb, arb_mat, fmpq

from proofs.document import Reader
from proofs.exact import show, show_above
from proofs.forms import inertia
from proofs.full_hessian import half_hessian
from proofs.full_network import residuals
from proofs.instance import Extension, Instance
from proofs.kernel import Conclusion, Fact, Lemma, Rejected, Undecided
from proofs.lemmas.critical_point import CriticalPoint


@dataclass(frozen=True, slots=True)
class Spectrum:
    """The eigenvalues of the Hessian of the loss (not of half of it) at a critical point.

    Attributes:
        smallest: rational numbers between which the smallest lies.
        largest: the same of the largest.
        negative: how many are negative, the Morse index; none is 0.
    """

    point: CriticalPoint
    smallest: tuple[fmpq, fmpq]
    largest: tuple[fmpq, fmpq]
    negative: int

    @property
    def condition(self) -> tuple[fmpq, fmpq] | None:
        """Bounds of the condition number of a Hessian that is certainly positive definite."""
        (a, b), (c, d) = self.smallest, self.largest
        return (c / b, d / a) if a > 0 else None


def _check(instance: Instance, premises: tuple[Fact, ...], arguments: Reader) -> Conclusion:
    point = premises[0].conclusion.proposition
    if not isinstance(point, CriticalPoint):
        raise Rejected("SP01", "the premise is not a critical point")
    smallest, largest = arguments.rationals("smallest"), arguments.rationals("largest")
    negative = arguments.integer("negative")
    if len(smallest) != 2 or len(largest) != 2:
        raise Rejected("SP02", "expected two bounds of the smallest eigenvalue, and two of the largest")
    size = point.shape.parameters
    _, weights, _ = residuals(instance, point.values)
    hessian = arb(2) * half_hessian(point.values, point.residual, weights)

    def below(shift: fmpq, code: str) -> int:
        """How many eigenvalues are less than a number that is none of them."""
        unit = arb_mat(size, size, [arb(shift) * int(i == j) for i in range(size) for j in range(size)])
        found = inertia(hessian - unit)
        if found is None:
            raise Undecided(code, f"cannot tell how many eigenvalues are less than {show(shift)}")
        return found

    if below(fmpq(0), "SP03") != negative:
        raise Rejected("SP03", "another number of eigenvalues is negative")
    if below(smallest[0], "SP04") > 0 or below(smallest[1], "SP04") == 0:
        raise Rejected("SP04", "the smallest eigenvalue is not between these bounds")
    if below(largest[0], "SP05") == size or below(largest[1], "SP05") < size:
        raise Rejected("SP05", "the largest eigenvalue is not between these bounds")
    found = Spectrum(point, (smallest[0], smallest[1]), (largest[0], largest[1]), negative)
    widths = "-".join(map(str, point.widths))
    return Conclusion(
        found,
        f"at the critical point of widths {widths}: {negative} of the {size} eigenvalues of the Hessian negative, none "
        f"0; the smallest in [{show(smallest[0])}, {show_above(smallest[1])}], "
        f"the largest in [{show(largest[0])}, {show_above(largest[1])}]",
        f"condition number ≤ {show_above(found.condition[1])}" if found.condition else "",
    )


LEMMA = Lemma(
    name="spectrum/1",
    title="eigenvalues of the Hessian",
    statement=(
        "At the critical point of critical-point/1 let s be a number for which a congruence and Gershgorin's circles "
        "show that H - s is nonsingular, H being the Hessian of the loss in the parameters of that network. By "
        "Sylvester's law of inertia the circles left of 0 are as many as the eigenvalues of H less than s. "
        "For s = 0 this is the Morse index. The smallest eigenvalue is more than s if there are none; it is less than "
        "s if there are some; the largest is more than s if they are not all, and less if they are."
    ),
    source="docs/mathematics.md, spectrum/1, Theorem 48",
    premises=("critical-point/1",),
    check=_check,
    covers=frozenset(Extension),
)
