"""exact-optimum/1: a last hidden layer as wide as the number of distinct inputs fits every target exactly."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from flint import arb, fmpq, fmpz, fmpz_mat

from proofs.activations import Activation, Span
from proofs.balls import Sign, hull, sign
from proofs.document import Reader
from proofs.exact import show
from proofs.instance import Instance
from proofs.kernel import Conclusion, Fact, Lemma, Rejected, Undecided
from proofs.lemmas.constant_point import ConstantPoint

STEEP = 40  # the inequalities below are checked at steepness k with k * (smallest gap) / 2 = STEEP


@dataclass(frozen=True, slots=True)
class ExactOptimum:
    """The global minimum of the loss is exactly 0 for every network at least as wide as `least_widths`."""

    least_widths: tuple[int, ...]
    gap: fmpq


def _check(instance: Instance, premises: tuple[Fact, ...], arguments: Reader) -> Conclusion:
    point = premises[0].conclusion.proposition
    if not isinstance(point, ConstantPoint):
        raise Rejected("EO01", "the premise is not a constant point")
    network = instance.architecture
    groups = instance.distinct_inputs
    least = (1,) * (network.depth - 1) + (len(groups),)
    if not network.admits(least):
        raise Rejected("EO02", f"the last hidden layer is narrower than the {len(groups)} distinct inputs")
    for group in groups:
        if any(point_residual[n] != point_residual[group[0]] for point_residual in point.residuals for n in group):
            raise Rejected("EO03", "equal inputs have different targets: the optimum is not 0")
    _demand_monotone(network.activation, arguments, network.depth)
    least_gap = _least_gap(instance, arguments.rationals("direction"), [group[0] for group in groups])
    kind = _demand_span(network.activation)
    if point.loss == 0:
        raise Rejected("EO07", "E* is 0 already")
    return Conclusion(
        ExactOptimum(least, point.loss),
        f"min E = 0 for d_H ≥ {len(groups)}: {kind} units along one direction",
        f"projections {show(least_gap)} apart" if len(groups) > 1 else "",
    )


def _demand_monotone(activation: Activation, arguments: Reader, depth: int) -> None:
    """One unit per layer carries the ordered scalars upward through strictly monotone pieces of sigma."""
    pieces = arguments.sections("carriers")
    if len(pieces) != depth - 1:
        raise Rejected("EO01", f"expected {depth - 1} carrier intervals")
    for h, item in enumerate(pieces):
        lower, upper = item.rational("lower"), item.rational("upper")
        item.finish()
        if not lower < upper:
            raise Rejected("EO01", "a carrier interval is empty")
        _, slope, _, _ = activation.jet(hull(lower, upper))
        if sign(slope) is Sign.UNKNOWN:
            raise Undecided("EO04", f"cannot tell that σ is strictly monotone on carrier interval {h + 1}")


def _least_gap(instance: Instance, direction: tuple[fmpq, ...], samples: list[int]) -> fmpq:
    """The smallest difference between the projections g.x_n of distinct inputs, which must be positive."""
    inputs = instance.inputs
    if len(direction) != inputs.columns:
        raise Rejected("EO01", f"the direction has {len(direction)} entries for {inputs.columns} features")
    scaled = [g / d for g, d in zip(direction, inputs.denominators, strict=True)]
    common = fmpz(1)
    for g in scaled:
        common = common.lcm(g.q)
    column = fmpz_mat(inputs.columns, 1, [g.p * (common // g.q) for g in scaled])
    projected = inputs.numerators * column
    values = sorted(int(projected[n, 0]) for n in samples)
    least = min((b - a for a, b in pairwise(values)), default=1)
    if least == 0:
        raise Rejected("EO05", "two distinct inputs have the same projection")
    return fmpq(least, common)


def _demand_span(activation: Activation) -> str:
    """The steep limit makes the matrix diagonally dominant: one certified inequality about sigma."""
    span, variation = activation.span, activation.variation()
    if span is Span.POLYNOMIAL:
        raise Rejected("EO06", f"{activation.name} is a polynomial: its ridge functions do not interpolate")
    if span is Span.STEP:
        jump = activation.value(arb(STEEP)) - activation.value(arb(-STEEP))
        _demand_positive(jump - variation / 2)
    if span is Span.HINGE:
        right = (activation.value(arb(STEEP)) - activation.value(arb(0))) / STEEP
        left = (activation.value(arb(0)) - activation.value(arb(-STEEP))) / STEEP
        _demand_positive(right - left - variation / 2)
        _demand_positive(1 - variation / 2)
    return str(span.value)


def _demand_positive(value: arb) -> None:
    if sign(value) is not Sign.POSITIVE:
        raise Undecided("EO06", "cannot tell that steep units make the matrix diagonally dominant")


LEMMA = Lemma(
    name="exact-optimum/1",
    title="exact optimum",
    statement=(
        "Let g separate the N' distinct inputs (all g.x_n different) and let equal inputs have equal targets. Carried "
        "through strictly monotone pieces of σ by one unit per layer, the projections reach the last hidden layer as "
        "N' different scalars p_1 < ... < p_N'. There N' units with a nonsingular N' x N' matrix exist: steep steps "
        "σ(k(p - t_i)) between neighbours (monotone bounded σ), steep hinges σ(k(p - p_i)) (σ' from 0 to "
        "1 with variation below 2), exp(i p) or sin(i p). So some last weights fit Y exactly and the global minimum "
        "is 0, for every network with d_h ≥ 1 and d_H ≥ N'. Polynomial activations are excluded."
    ),
    source="docs/mathematics.md, exact-optimum/1",
    premises=("constant-point/1",),
    check=_check,
)
