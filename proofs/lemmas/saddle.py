"""saddle/1: the critical point of a network is not a local minimum."""

from __future__ import annotations

from dataclasses import dataclass

from flint import arb, arb_mat

from proofs.direction import Direction, negative_curvature, read_direction
from proofs.document import Reader
from proofs.instance import Extension, Instance
from proofs.kernel import Conclusion, Fact, Lemma, Rejected
from proofs.lemmas.critical_point import CriticalPoint


@dataclass(frozen=True, slots=True)
class Saddle:
    """The second derivative of the loss along `direction` is negative in the whole slice of the critical point."""

    point: CriticalPoint
    direction: Direction


def _check(instance: Instance, premises: tuple[Fact, ...], arguments: Reader) -> Conclusion:
    point = premises[0].conclusion.proposition
    if not isinstance(point, CriticalPoint):
        raise Rejected("SA01", "the premise is not a critical point")
    direction = read_direction(arguments, point.shape, "SA02")
    column = arb_mat(len(direction), 1, [arb(v) for v in direction])
    curvature = (column.transpose() * point.hessian * column)[0, 0]
    margin = negative_curvature(curvature, direction, "SA03", " on the whole box")
    return Conclusion(
        Saddle(point, direction),
        "negative curvature along the direction: the critical point is no local minimum",
        margin,
    )


LEMMA = Lemma(
    name="saddle/1",
    title="saddle",
    statement=(
        "Let the second derivative of the loss along the stated direction be negative at every point of the box of "
        "critical-point/1 (of its slice, if it has symmetries). Then the critical point is not a local minimum: the "
        "loss is smaller at points of the line through it in that direction, arbitrarily near to it."
    ),
    source="docs/mathematics.md, saddle/1, Theorem 42",
    premises=("critical-point/1",),
    check=_check,
    covers=frozenset(Extension),
)
