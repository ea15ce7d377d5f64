"""Why a last hidden layer as wide as the number of distinct inputs can take any values on them."""

from __future__ import annotations

from itertools import pairwise

from flint import arb, fmpq, fmpz, fmpz_mat

from proofs.activations import Activation, Span
from proofs.balls import Sign, hull, sign
from proofs.document import Reader
from proofs.instance import Instance
from proofs.kernel import Rejected, Undecided

STEEP = 40  # the inequalities below are checked at steepness k with k * (smallest gap) / 2 = STEEP


def demand_interpolation(instance: Instance, arguments: Reader) -> tuple[str, fmpq]:
    """Check that the last hidden layer can take any values on the distinct inputs, once it is as wide as their number.

    Returns:
        the kind of units, and the least distance between projections.

    Raises:
        Rejected, Undecided: EO01, EO04, EO05 or EO06.
    """
    least_gap = _demand_carried(instance, arguments)
    return _demand_span(instance.architecture.activation), least_gap


def demand_interpolation_or_kinks(instance: Instance, arguments: Reader) -> tuple[str, fmpq]:
    """The same, for piecewise affine activations too: they bend at the projections, as in affine-optimum/1."""
    if instance.architecture.activation.piecewise is None:
        return demand_interpolation(instance, arguments)
    return str(Span.HINGE.value), _demand_carried(instance, arguments)


def interpolating_widths(instance: Instance) -> tuple[int, ...]:
    """The widths with which demand_interpolation_or_kinks lets a network take any values on the distinct inputs."""
    network, needed = instance.architecture, len(instance.distinct_inputs)
    if network.activation.piecewise is not None:
        needed = max(1, needed - network.output_bias)
    return (*(1,) * (network.depth - 1), needed)


def _demand_carried(instance: Instance, arguments: Reader) -> fmpq:
    """The last hidden layer receives a different number for each distinct input: the least distance of projections."""
    _demand_monotone(instance.architecture.activation, arguments, instance.architecture.depth)
    return least_distance(instance, arguments.rationals("direction"), "EO01", "EO05")


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


def least_distance(instance: Instance, direction: tuple[fmpq, ...], size: str, equal: str) -> fmpq:
    """The smallest difference between the projections g.x_n of distinct inputs.

    Args:
        direction: g.
        size, equal: the codes of the refusals.

    Raises:
        Rejected: `size`, not one entry for each feature; `equal`, two distinct inputs have the same projection.
    """
    inputs = instance.inputs
    if len(direction) != inputs.columns:
        raise Rejected(size, f"the direction has {len(direction)} entries for {inputs.columns} features")
    scaled = [g / d for g, d in zip(direction, inputs.denominators, strict=True)]
    common = fmpz(1)
    for g in scaled:
        common = common.lcm(g.q)
    column = fmpz_mat(inputs.columns, 1, [g.p * (common // g.q) for g in scaled])
    projected = inputs.numerators * column
    values = sorted(int(projected[group[0], 0]) for group in instance.distinct_inputs)
    least = min((b - a for a, b in pairwise(values)), default=1)
    if least == 0:
        raise Rejected(equal, "two distinct inputs have the same projection")
    return fmpq(least, common)


def _demand_span(activation: Activation) -> str:
    """The steep limit makes the matrix diagonally dominant: one certified inequality about sigma."""
    span, variation = activation.span, activation.variation()
    if span is None:
        raise Undecided("EO06", f"no proof is known that ridge functions of {activation.name} interpolate")
    if span is Span.POLYNOMIAL:
        raise Rejected("EO06", f"{activation.name} is a polynomial: its ridge functions do not interpolate")
    if span is Span.KINK:
        raise Rejected("EO06", f"{activation.name} is piecewise affine: see affine-optimum/1")
    if span is Span.STEP:
        jump = activation.value(arb(STEEP)) - activation.value(arb(-STEEP))
        _demand_positive(jump - variation / 2)
    if span is Span.BUMP:
        _demand_positive(abs(activation.value(arb(0))))
    if span is Span.HINGE:
        right = (activation.value(arb(STEEP)) - activation.value(arb(0))) / STEEP
        left = (activation.value(arb(0)) - activation.value(arb(-STEEP))) / STEEP
        _demand_positive(right - left - variation / 2)
        _demand_positive(1 - variation / 2)
    return str(span.value)


def _demand_positive(value: arb) -> None:
    if sign(value) is not Sign.POSITIVE:
        raise Undecided("EO06", "cannot tell that steep units make the matrix diagonally dominant")
