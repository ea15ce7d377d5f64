"""replicated-minimum/1: a strict local minimum, some of whose units are replicated, is a local minimum of the wider
network."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from flint import arb, fmpq

from proofs.balls import Sign
from proofs.document import Reader
from proofs.exact import show
from proofs.forms import form_definiteness
from proofs.instance import Instance
from proofs.kernel import Conclusion, Fact, Lemma, Rejected, Undecided
from proofs.lemmas.critical_point import CriticalPoint
from proofs.lemmas.strict_minimum import StrictMinimum


@dataclass(frozen=True, slots=True, eq=False)
class ReplicatedMinimum:
    """With every choice of positive shares the network in which unit i is a copy of unit `copies[i]` of the premise is
    a local minimum, with the same loss.

    Attributes:
        parameters: enclosures of those of the network with the stated shares, in the order of proofs/full_network.py.
        flat: how many of its directions are flat: the shares.
    """

    point: CriticalPoint
    copies: tuple[int, ...]
    parameters: tuple[arb, ...]
    flat: int


def _check(instance: Instance, premises: tuple[Fact, ...], arguments: Reader) -> Conclusion:
    minimum = premises[0].conclusion.proposition
    if not isinstance(minimum, StrictMinimum):
        raise Rejected("RM01", "the premise is not a strict minimum")
    point = minimum.point
    if point.symmetries:
        raise Rejected("RM02", "the theorem is about strict minima, without symmetries")
    if len(point.widths) != 1 or instance.architecture.outputs != 1:
        raise Rejected("RM02", "the theorem is about one hidden layer and one output")
    (units,) = point.widths
    copies, shares = arguments.integers("copies"), arguments.rationals("shares")
    if set(copies) != set(range(units)) or len(shares) != len(copies) or len(copies) == units:
        raise Rejected("RM03", "expected a unit of the premise and a share for each unit, every unit copied, one twice")
    if not instance.architecture.admits((len(copies),)):
        raise Rejected("RM03", f"the instance's network has fewer than {len(copies)} hidden units")
    sums = [sum((s for s, a in zip(shares, copies, strict=True) if a == unit), fmpq(0)) for unit in range(units)]
    if not all(share > 0 for share in shares) or any(total != 1 for total in sums):
        raise Rejected("RM04", "the shares are not positive, or those of the copies of one unit do not sum to 1")
    margin = fmpq(1)
    for unit, count in sorted(Counter(copies).items()):
        if count > 1:
            definite, least = form_definiteness(point.values.inputs, _coefficients(point, unit))
            if definite is Sign.NEGATIVE:
                raise Rejected("RM05", f"the form of unit {unit} takes negative values: its copies are at a saddle")
            if definite is Sign.UNKNOWN:
                raise Undecided("RM05", f"cannot tell that the form of unit {unit} is positive definite")
            margin = min(margin, least)
    flat = len(copies) - units
    return Conclusion(
        ReplicatedMinimum(point, copies, _lifted(point, copies, shares), flat),
        f"{len(copies)} units, {flat} more than different ones: a local minimum for all positive shares",
        f"Gershgorin margin ≥ {show(margin)}",
    )


def _coefficients(point: CriticalPoint, unit: int) -> list[arb]:
    """D_n v sigma''(z_n) at each sample, for this unit with outgoing weight v."""
    weight, (layer,) = point.values.rows[-1][0][unit], point.values.layers
    return [row[0] * weight * bends[unit] for row, bends in zip(point.residual, layer.bends, strict=True)]


def _lifted(point: CriticalPoint, copies: Sequence[int], shares: Sequence[fmpq]) -> tuple[arb, ...]:
    """The parameters of the wider network."""
    hidden, (top,) = point.values.rows
    incoming = [entry for a in copies for entry in hidden[a]]
    outgoing = [arb(share) * top[a] for a, share in zip(copies, shares, strict=True)]
    return (*incoming, *outgoing, *(top[-1:] if point.shape.output_bias else []))


LEMMA = Lemma(
    name="replicated-minimum/1",
    title="replicated units",
    statement=(
        "One hidden layer, one output. Let θ be a strict local minimum (strict-minimum/1, without symmetries) of a "
        "network of r units, and "
        "let each of d_1 > r units be a copy of one of them, with the same incoming weights and bias, the outgoing "
        "weight v_a of each unit being shared among its copies in positive shares that sum to 1. If for each unit a "
        "that is copied more than once Σ_n D_n v_a σ''(z_a(x_n)) (x_n,1)(x_n,1)^T is positive definite, then for all "
        "positive shares this network is a local minimum. It is not strict: the loss is constant along the "
        "d_1 - r directions of the shares."
    ),
    source="docs/mathematics.md, replicated-minimum/1",
    premises=("strict-minimum/1",),
    check=_check,
)
