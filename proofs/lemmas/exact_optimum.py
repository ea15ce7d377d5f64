"""exact-optimum/1: a last hidden layer as wide as the number of distinct inputs fits every target exactly."""

from __future__ import annotations

from dataclasses import dataclass

from flint import fmpq

from proofs.document import Reader
from proofs.exact import show
from proofs.instance import Instance
from proofs.interpolation import demand_interpolation
from proofs.kernel import Conclusion, Fact, Lemma, Rejected
from proofs.lemmas.constant_point import ConstantPoint


@dataclass(frozen=True, slots=True)
class ExactOptimum:
    """The global minimum of the loss is exactly 0 for every network at least as wide as `least_widths`."""

    least_widths: tuple[int, ...]
    gap: fmpq


def _check(instance: Instance, premises: tuple[Fact, ...], arguments: Reader) -> Conclusion:
    point = premises[0].conclusion.proposition
    if not isinstance(point, ConstantPoint):
        raise Rejected("EO08", "the premise is not a constant point")
    network = instance.architecture
    groups = instance.distinct_inputs
    least = (1,) * (network.depth - 1) + (len(groups),)
    if not network.admits(least):
        raise Rejected("EO02", f"the last hidden layer is narrower than the {len(groups)} distinct inputs")
    for group in groups:
        if any(point_residual[n] != point_residual[group[0]] for point_residual in point.residuals for n in group):
            raise Rejected("EO03", "equal inputs have different targets: the optimum is not 0")
    kind, least_gap = demand_interpolation(instance, arguments)
    if point.loss == 0:
        raise Rejected("EO07", "E* is 0 already")
    return Conclusion(
        ExactOptimum(least, point.loss),
        f"min E = 0 for d_H ≥ {len(groups)}: {kind} units along one direction",
        f"projections {show(least_gap)} apart" if len(groups) > 1 else "",
    )


LEMMA = Lemma(
    name="exact-optimum/1",
    title="exact optimum",
    statement=(
        "Let g separate the N' distinct inputs (all g.x_n different) and let equal inputs have equal targets. Carried "
        "through strictly monotone pieces of σ by one unit per layer, the projections reach the last hidden layer as "
        "N' different scalars p_1 < ... < p_N'. There N' units with a nonsingular N' x N' matrix exist: steep steps "
        "σ(k(p - t_i)) between neighbours (monotone bounded σ), steep hinges σ(k(p - p_i)) (σ' from 0 to "
        "1 with variation below 2), steep bumps (σ vanishing at infinity, but not at 0), or a Vandermonde matrix "
        "(exp, sinh, cosh, sin, cos of i p). So some last weights fit Y exactly and the global minimum "
        "is 0, for every network with d_h ≥ 1 and d_H ≥ N'. Polynomial activations are excluded."
    ),
    source="docs/mathematics.md, exact-optimum/1, Theorem 12",
    premises=("constant-point/1",),
    check=_check,
)
