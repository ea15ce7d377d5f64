"""not-critical/1: in a box around a network the loss falls along one direction, so there is no critical point in it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from flint import arb, fmpq

from proofs.balls import Sign, hull, sign, upper_bound
from proofs.direction import Direction, read_direction
from proofs.document import Reader
from proofs.exact import show_above
from proofs.full_network import (
    NetworkValues,
    around,
    demand_targets,
    evaluate,
    half_gradient,
    half_hessian_times,
    residuals,
)
from proofs.instance import Extension, Instance
from proofs.kernel import Conclusion, Fact, Lemma, Rejected, Undecided
from proofs.stated_network import StatedNetwork, read_network


@dataclass(frozen=True, slots=True)
class NotCritical:
    """The derivative of the loss along `direction` is negative at every network whose parameters are within `radius` of
    `centre`, each: no critical point and no local minimum is there."""

    widths: tuple[int, ...]
    centre: tuple[fmpq, ...]
    direction: Direction
    radius: fmpq


def _check(instance: Instance, premises: tuple[Fact, ...], arguments: Reader) -> Conclusion:
    demand_targets(instance, "NC01")
    network, radius = read_network(instance, arguments), arguments.rational("radius")
    direction = read_direction(arguments, network.shape, "NC02")
    if radius < 0:
        raise Rejected("NC02", "the radius is negative")
    falls = Sign.UNKNOWN
    for slope in _enclosures(instance, network, direction, radius):
        falls = sign(slope)
        if falls is not Sign.UNKNOWN:
            break
    if falls is Sign.POSITIVE or not any(v != 0 for v in direction):
        raise Rejected("NC03", "the loss does not fall along this direction")
    if falls is Sign.UNKNOWN:
        raise Undecided("NC03", "cannot tell that the loss falls along this direction in the whole box")
    return Conclusion(
        NotCritical(network.shape.sizes[1:-1], network.parameters, direction, radius),
        f"the loss falls along one direction in the box of radius {show_above(radius)}: no critical point there",
        f"slope ≤ {show_above(2 * upper_bound(slope))}",
    )


def _enclosures(instance: Instance, network: StatedNetwork, direction: Direction, radius: fmpq) -> Iterator[arb]:
    """Half the derivative along the direction over the box: at once, which keeps the sign of what one sample dominates,
    as in saturated units; then by the mean value theorem from the centre, which is sharper where terms cancel."""
    shape, centre, along = network.shape, network.parameters, [arb(v) for v in direction]

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
