"""affine-optimum/1: hinges at the distinct inputs fit the mean target of each, exactly."""

from __future__ import annotations

from dataclasses import dataclass

from flint import fmpq

from proofs.document import Reader
from proofs.exact import show, show_exact
from proofs.instance import Instance
from proofs.interpolation import least_distance
from proofs.kernel import Conclusion, Fact, Lemma, Rejected
from proofs.lemmas.affine_minimum import AffineMinimum


@dataclass(frozen=True, slots=True)
class AffineOptimum:
    """The global minimum of every network at least as wide as `least_widths` is `least_loss` = E* - gap: the scatter of
    the targets of equal inputs around their means."""

    least_widths: tuple[int, ...]
    least_loss: fmpq
    gap: fmpq


def _check(instance: Instance, premises: tuple[Fact, ...], arguments: Reader) -> Conclusion:
    point = premises[0].conclusion.proposition
    if not isinstance(point, AffineMinimum):
        raise Rejected("AO01", "the premise is not an affine minimum")
    network, groups = instance.architecture, instance.distinct_inputs
    units = max(1, len(groups) - network.output_bias)
    least = (1,) * (network.depth - 1) + (units,)
    if not network.admits(least):
        raise Rejected("AO02", f"the last hidden layer is narrower than {units}")
    distance = least_distance(instance, arguments.rationals("direction"), "AO03", "AO04")
    scatter = sum((_scatter(instance, group) for group in groups), fmpq(0))
    if not scatter < point.loss:
        raise Rejected("AO05", "E* is the least loss already")
    return Conclusion(
        AffineOptimum(least, scatter, point.loss - scatter),
        f"min E = {show_exact(scatter)} for d_H ≥ {units}: hinges along one direction",
        f"projections {show(distance)} apart" if len(groups) > 1 else "",
    )


def _scatter(instance: Instance, group: tuple[int, ...]) -> fmpq:
    """sum_o (sum y^2 - (sum y)^2 / k) over the k samples of the group."""
    total = fmpq(0)
    for o, denominator in enumerate(instance.targets.denominators):
        values = [int(instance.targets.numerators[n, o]) for n in group]
        total += fmpq(len(group) * sum(y * y for y in values) - sum(values) ** 2, len(group) * denominator**2)
    return total


LEMMA = Lemma(
    name="affine-optimum/1",
    title="exact optimum (affine)",
    statement=(
        "Let σ be continuous, piecewise affine and not affine, and let g separate the N' distinct inputs (all g.x_n "
        "different). Units on a piece of non-zero slope carry the projections through the lower layers, one a layer. "
        "In the last hidden layer one constant unit, one on such a piece and N' - 2 at a kink, each bending at one "
        "projection, span all functions on the distinct inputs (with an output bias the constant unit is not needed). "
        "So the global minimum is the scatter of the targets of equal inputs around their means, for every network "
        "with d_h ≥ 1 and d_H ≥ N' (max(1, N' - 1) with an output bias)."
    ),
    source="docs/mathematics.md, affine-optimum/1, Theorem 38",
    premises=("affine-minimum/1",),
    check=_check,
)
