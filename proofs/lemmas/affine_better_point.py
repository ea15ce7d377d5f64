"""affine-better-point/1: a network of the same architecture with a smaller loss, exactly."""

from __future__ import annotations

from dataclasses import dataclass

from flint import fmpq

from proofs.better_network import read_better
from proofs.document import Reader
from proofs.exact import show, show_above
from proofs.exact_network import exact_sums, residuals
from proofs.instance import Instance
from proofs.kernel import Conclusion, Fact, Lemma, Rejected
from proofs.layers import Layer, hidden_widths
from proofs.lemmas.affine_minimum import AffineMinimum


@dataclass(frozen=True, slots=True)
class AffineBetterPoint:
    """Every network at least as wide as `layers` has parameters with loss at most E* - gap."""

    layers: tuple[Layer, ...]
    gap: fmpq

    @property
    def least_widths(self) -> tuple[int, ...]:
        return hidden_widths(self.layers)


def _check(instance: Instance, premises: tuple[Fact, ...], arguments: Reader) -> Conclusion:
    point, piecewise = premises[0].conclusion.proposition, instance.architecture.activation.piecewise
    if not isinstance(point, AffineMinimum) or piecewise is None:
        raise Rejected("AB01", "the premise is not an affine minimum")
    gap, layers = read_better(instance, arguments, "AB02")
    _, loss = residuals(instance, exact_sums(instance, piecewise, layers)[-1])
    if loss > point.loss - gap:
        raise Rejected("AB03", "the loss is not smaller by the gap")
    widths = "-".join(map(str, hidden_widths(layers)))
    return Conclusion(
        AffineBetterPoint(tuple(layers), gap),
        f"E(better) ≤ {show_above(loss)} < E*, widths {widths}",
        f"gap ≥ {show(gap)}",
    )


LEMMA = Lemma(
    name="affine-better-point/1",
    title="better point (affine)",
    statement=(
        "A network of the same piecewise affine activation and depth with the stated rational weights has loss at most "
        "E* - gap, by rational arithmetic. Further units with outgoing weights 0 do not change it, so every network "
        "with d_h at least the stated widths has such a point: the local minimum is not global."
    ),
    source="docs/mathematics.md, affine-better-point/1, Theorem 36a",
    premises=("affine-minimum/1",),
    check=_check,
)
