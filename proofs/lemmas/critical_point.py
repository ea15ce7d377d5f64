"""critical-point/1: a network with exactly one critical point of the loss in a box of all its parameters, or of those
that are left free when symmetries of the network hold the others fixed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flint import arb, arb_mat, fmpq

from proofs.balls import is_bounded, lower_bound, upper_bound
from proofs.document import Reader
from proofs.exact import show, show_above
from proofs.full_hessian import half_hessian
from proofs.full_network import (
    NetworkValues,
    Rows,
    Shape,
    around,
    demand_targets,
    evaluate,
    half_gradient,
    residuals,
)
from proofs.instance import Extension, Instance
from proofs.kernel import Conclusion, Fact, Lemma, Rejected, Undecided
from proofs.krawczyk import isolated, midpoint_inverse
from proofs.stated_network import read_network
from proofs.symmetries import Near, Symmetry, demand_transversal, read_symmetries


@dataclass(frozen=True, slots=True, eq=False)
class CriticalPoint:
    """Exactly one critical point of the loss in the slice: among the parameters within `radius` of `centre`, each, of
    which those that symmetries fix are the centre's own. Without symmetries the slice is the whole box.

    Attributes:
        shape: the widths of the network, which may be less than those of the instance.
        centre: rational parameters, in the order of proofs/full_network.py.
        parameters: enclosures of those of the critical point.
        hessian: half the Hessian of the loss in all parameters, over the whole slice.
        values: the network, enclosed over `parameters`.
        residual: half the derivatives of the loss in the outputs (N x m), likewise.
        loss: bounds of the loss at the critical point.
        symmetries: independent symmetries of the network near the critical point, which cross the slice.
    """

    shape: Shape
    centre: tuple[fmpq, ...]
    radius: fmpq
    parameters: tuple[arb, ...]
    hessian: arb_mat
    values: NetworkValues
    residual: Rows
    loss: tuple[fmpq, fmpq]
    symmetries: tuple[Symmetry, ...] = ()

    @property
    def widths(self) -> tuple[int, ...]:
        """d_1, .., d_H."""
        return self.shape.sizes[1:-1]

    @property
    def slice_hessian(self) -> arb_mat:
        """Its part in the free parameters."""
        fixed = {symmetry.stated.fixes for symmetry in self.symmetries}
        return principal(self.hessian, [k for k in range(self.shape.parameters) if k not in fixed])


def _check(instance: Instance, premises: tuple[Fact, ...], arguments: Reader) -> Conclusion:
    demand_targets(instance, "CR01")
    network = read_network(instance, arguments)
    shape, centre = network.shape, network.parameters
    radius = arguments.rational("radius")
    if radius <= 0:
        raise Rejected("CR02", "the radius of the box is not positive")
    stated = read_symmetries(shape, arguments.sections("symmetries"))
    fixed = {symmetry.fixes for symmetry in stated}
    free = [k for k in range(len(centre)) if k not in fixed]

    over_box = evaluate(instance, shape, network.box(free, [radius] * len(free)))
    hessian = half_hessian(over_box, *residuals(instance, over_box)[:2])
    # In all parameters: symmetries may fix those that would tell of a kink.
    if not all(entry.is_finite() for entry in hessian.entries()):
        raise Undecided("CR03", "the Hessian is not bounded on the box (a kink in it?)")
    at_centre = evaluate(instance, shape, around(centre, fmpq(0)))
    gradient = half_gradient(at_centre, residuals(instance, at_centre)[0])
    part = principal(hessian, free)
    inverse = midpoint_inverse(part)
    if inverse is None:
        raise Undecided("CR03", "the Hessian has no inverse at the midpoint (a flat direction?)")
    found = isolated(inverse, [gradient[k] for k in free], part, radius, "CR03", "critical point")
    parameters = network.box(free, found.reaches)
    values = evaluate(instance, shape, parameters)
    residual, _, loss = residuals(instance, values)
    if not is_bounded(loss):
        raise Undecided("CR04", "the loss is not bounded")
    bounds = lower_bound(loss), upper_bound(loss)
    near = Near(instance, values)
    symmetries = tuple(near.symmetry(s) for s in stated)
    demand_transversal(symmetries)
    widths = "-".join(map(str, shape.sizes[1:-1]))
    box_text = f"box of radius {show_above(radius)}"
    if symmetries:
        box_text = f"slice of radius {show_above(radius)} ({len(symmetries)} parameters fixed, one for each symmetry)"
    return Conclusion(
        CriticalPoint(shape, centre, radius, tuple(parameters), hessian, values, residual, bounds, symmetries),
        f"one critical point of widths {widths} in the {box_text}, within {show_above(max(found.reaches))} of its "
        f"centre; {show(bounds[0])} ≤ E*",
        f"Krawczyk's image is {show_above(found.image)} of the box",
    )


def principal(matrix: arb_mat, numbers: Sequence[int]) -> arb_mat:
    """Its rows and columns with these numbers."""
    return arb_mat([[matrix[i, j] for j in numbers] for i in numbers])


LEMMA = Lemma(
    name="critical-point/1",
    title="isolated critical point",
    statement=(
        "Let Krawczyk's operator of the gradient of the loss (the weight decay included, if the instance has any), in "
        "all weights and biases of a fully connected network, "
        "map the box of parameters within the radius of the stated rational ones into its interior. Then the loss has "
        "exactly one critical point in the box, and its Hessian is nonsingular on the whole box. "
        "With symmetries: families of maps near that point which leave the loss unchanged (and the outputs on the "
        "data, but for a common shift that the cross-entropy does not notice), of which each fixes one parameter at "
        "its rational value, so that the matrix of their tangent vectors in the fixed parameters is certainly "
        "nonsingular. Then all this is said of the slice, the box of the free "
        "parameters: it has exactly one critical point of the loss, critical in all parameters, and every network "
        "near it is moved into the slice with its loss unchanged. "
        "The network may be narrower than the instance's; what follows is then about that narrower network."
    ),
    source="docs/mathematics.md, critical-point/1, Theorems 40 and 40a",
    premises=(),
    check=_check,
    covers=frozenset(Extension),
)
