"""critical-point/1: a network with exactly one critical point of the loss in a box of all its parameters."""

from __future__ import annotations

from dataclasses import dataclass

from flint import arb, arb_mat, fmpq

from proofs.balls import is_bounded, lower_bound, upper_bound
from proofs.document import Reader
from proofs.exact import show, show_above
from proofs.full_network import (
    NetworkValues,
    Rows,
    Shape,
    around,
    demand_targets,
    evaluate,
    flat,
    half_gradient,
    half_hessian,
    residuals,
    shape_of,
)
from proofs.instance import Extension, Instance
from proofs.kernel import Conclusion, Fact, Lemma, Rejected, Undecided
from proofs.krawczyk import isolated, midpoint_inverse
from proofs.layers import read_layers


@dataclass(frozen=True, slots=True, eq=False)
class CriticalPoint:
    """Exactly one critical point of the loss among the parameters within `radius` of `centre`, each.

    Attributes:
        shape: the widths of the network, which may be less than those of the instance.
        centre: rational parameters, in the order of proofs/full_network.py.
        parameters: enclosures of those of the critical point.
        hessian: half the Hessian of the loss, over the whole box.
        values: the network, enclosed over `parameters`.
        residual: half the derivatives of the loss in the outputs (N x m), likewise.
        loss: bounds of the loss at the critical point.
    """

    shape: Shape
    centre: tuple[fmpq, ...]
    radius: fmpq
    parameters: tuple[arb, ...]
    hessian: arb_mat
    values: NetworkValues
    residual: Rows
    loss: tuple[fmpq, fmpq]

    @property
    def widths(self) -> tuple[int, ...]:
        """d_1, .., d_H."""
        return self.shape.sizes[1:-1]


def _check(instance: Instance, premises: tuple[Fact, ...], arguments: Reader) -> Conclusion:
    demand_targets(instance, "CR01")
    layers = read_layers(instance, arguments)
    radius = arguments.rational("radius")
    if radius <= 0:
        raise Rejected("CR02", "the radius of the box is not positive")
    shape = shape_of(instance, layers)
    centre = flat(layers, shape.output_bias)
    over_box = evaluate(instance, shape, around(centre, radius))
    hessian = half_hessian(over_box, *residuals(instance, over_box)[:2])
    at_centre = evaluate(instance, shape, around(centre, fmpq(0)))
    gradient = half_gradient(at_centre, residuals(instance, at_centre)[0])
    inverse = midpoint_inverse(hessian)
    if inverse is None:
        raise Undecided("CR03", "the Hessian has no inverse at the midpoint (a flat direction, or a kink in the box?)")
    found = isolated(inverse, gradient, hessian, radius, "CR03", "critical point")
    parameters = [ball for c, r in zip(centre, found.reaches, strict=True) for ball in around([c], r)]
    values = evaluate(instance, shape, parameters)
    residual, _, loss = residuals(instance, values)
    if not is_bounded(loss):
        raise Undecided("CR04", "the loss is not bounded")
    bounds = lower_bound(loss), upper_bound(loss)
    return Conclusion(
        CriticalPoint(shape, tuple(centre), radius, tuple(parameters), hessian, values, residual, bounds),
        f"one critical point of widths {'-'.join(map(str, shape.sizes[1:-1]))} in the box of radius "
        f"{show_above(radius)}, within {show_above(max(found.reaches))} of its centre; {show(bounds[0])} ≤ E*",
        f"Krawczyk's image is {show_above(found.image)} of the box",
    )


LEMMA = Lemma(
    name="critical-point/1",
    title="isolated critical point",
    statement=(
        "Let Krawczyk's operator of the gradient of the loss (the weight decay included, if the instance has any), in "
        "all weights and biases of a fully connected network, "
        "map the box of parameters within the radius of the stated rational ones into its interior. Then the loss has "
        "exactly one critical point in the box, and its Hessian is nonsingular on the whole box. "
        "The network may be narrower than the instance's; what follows is then about that narrower network."
    ),
    source="docs/mathematics.md, critical-point/1",
    premises=(),
    check=_check,
    covers=frozenset(Extension),
)
