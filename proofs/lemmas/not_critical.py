"""not-critical/1: in a box around a network the loss falls along one direction, so there is no critical point in it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from flint import arb, fmpq

from proofs.balls import Sign, hull, sign, upper_bound
from proofs.document import Reader
from proofs.exact import show_above
from proofs.full_network import (
    NetworkValues,
    Shape,
    around,
    demand_targets,
    evaluate,
    flat,
    half_gradient,
    half_hessian_times,
    residuals,
    shape_of,
)
from proofs.instance import Extension, Instance
from proofs.kernel import Conclusion, Fact, Lemma, Rejected, Undecided
from proofs.layers import read_layers


@dataclass(frozen=True, slots=True)
class NotCritical:
    """The derivative of the loss along `direction` is negative at every network whose parameters are within `radius` of
    `centre`, each: no critical point and no local minimum is there."""

    widths: tuple[int, ...]
    centre: tuple[fmpq, ...]
    direction: tuple[fmpq, ...]
    radius: fmpq


def _check(instance: Instance, premises: tuple[Fact, ...], arguments: Reader) -> Conclusion:
    demand_targets(instance, "NC01")
    layers = read_layers(instance, arguments)
    direction, radius = arguments.rationals("direction"), arguments.rational("radius")
    shape = shape_of(instance, layers)
    if len(direction) != shape.parameters:
        raise Rejected("NC02", f"expected a direction of {shape.parameters} numbers, one for each parameter")
    if radius < 0:
        raise Rejected("NC02", "the radius is negative")
    centre = flat(layers, shape.output_bias)
    falls = Sign.UNKNOWN
    for slope in _enclosures(instance, shape, centre, direction, radius):
        falls = sign(slope)
        if falls is not Sign.UNKNOWN:
            break
    if falls is Sign.POSITIVE or not any(v != 0 for v in direction):
        raise Rejected("NC03", "the loss does not fall along this direction")
    if falls is Sign.UNKNOWN:
        raise Undecided("NC03", "cannot tell that the loss falls along this direction in the whole box")
    return Conclusion(
        NotCritical(shape.sizes[1:-1], tuple(centre), direction, radius),
        f"the loss falls along one direction in the box of radius {show_above(radius)}: no critical point there",
        f"slope ≤ {show_above(2 * upper_bound(slope))}",
    )


def _enclosures(
    instance: Instance, shape: Shape, centre: Sequence[fmpq], direction: Sequence[fmpq], radius: fmpq
) -> Iterator[arb]:
    """Half the derivative along the direction over the box: at once, which keeps the sign of what one sample dominates,
    as in saturated units; then by the mean value theorem from the centre, which is sharper where terms cancel."""
    along = [arb(v) for v in direction]

    def slope(values: NetworkValues) -> arb:
        gradient = half_gradient(values, residuals(instance, values)[0])
        return sum((v * g for v, g in zip(along, gradient, strict=True) if v != 0), arb(0))

    over_box = evaluate(instance, shape, around(centre, radius))
    yield slope(over_box)
    if radius > 0:
        change = half_hessian_times(over_box, *residuals(instance, over_box)[:2], along)
        at_centre = slope(evaluate(instance, shape, around(centre, fmpq(0))))
        yield sum((entry * hull(-radius, radius) for entry in change), at_centre)


LEMMA = Lemma(
    name="not-critical/1",
    title="not a critical point",
    statement=(
        "Let the derivative of the loss along the stated direction be negative at every network whose parameters are "
        "within the radius of the stated ones, each. Then none of these networks, the stated one included, is a "
        "critical point of the loss, and none is a local minimum: every critical point differs from the stated network "
        "by more than the radius in some parameter."
    ),
    source="docs/mathematics.md, not-critical/1, Theorem 43",
    premises=(),
    check=_check,
    covers=frozenset(Extension),
)
