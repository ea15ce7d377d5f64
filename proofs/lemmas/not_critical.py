"""not-critical/1: in a box around a network the loss falls along one direction, so there is no critical point in it."""

from __future__ import annotations

from dataclasses import dataclass

from flint import arb, arb_mat, fmpq

from proofs.balls import Sign, hull, sign, upper_bound
from proofs.document import Reader
from proofs.exact import show_above
from proofs.full_network import around, demand_targets, evaluate, flat, half_gradient, half_hessian, residuals, shape_of
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
    at_centre = evaluate(instance, shape, around(centre, fmpq(0)))
    row = arb_mat([[arb(v) for v in direction]])
    gradient = half_gradient(at_centre, residuals(instance, at_centre)[0])
    slope = (row * arb_mat(len(gradient), 1, gradient))[0, 0]
    if radius > 0:  # the mean value theorem along the segment from the centre
        values = evaluate(instance, shape, around(centre, radius))
        residual, weights, _ = residuals(instance, values)
        change = (row * half_hessian(values, residual, weights)).entries()
        slope += sum((entry * hull(-radius, radius) for entry in change), arb(0))
    decided = sign(slope)
    if decided is Sign.POSITIVE or not any(v != 0 for v in direction):
        raise Rejected("NC03", "the loss does not fall along this direction")
    if decided is Sign.UNKNOWN:
        raise Undecided("NC03", "cannot tell that the loss falls along this direction in the whole box")
    return Conclusion(
        NotCritical(shape.sizes[1:-1], tuple(centre), direction, radius),
        f"the loss falls along one direction in the box of radius {show_above(radius)}: no critical point there",
        f"slope ≤ {show_above(2 * upper_bound(slope))}",
    )


LEMMA = Lemma(
    name="not-critical/1",
    title="not a critical point",
    statement=(
        "Let the derivative of the loss along the stated direction be negative at every network whose parameters are "
        "within the radius of the stated ones, each. Then none of these networks, the stated one included, is a "
        "critical point of the loss, and none is a local minimum: every critical point differs from the stated network "
        "by more than the radius in some parameter."
    ),
    source="docs/mathematics.md, not-critical/1",
    premises=(),
    check=_check,
    covers=frozenset(Extension),
)
