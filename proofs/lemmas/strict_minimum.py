"""strict-minimum/1: the critical point of a network is a strict local minimum."""

from __future__ import annotations

from dataclasses import dataclass

from proofs.balls import Sign
from proofs.document import Reader
from proofs.exact import show, show_above
from proofs.forms import definiteness
from proofs.instance import Extension, Instance
from proofs.kernel import Conclusion, Fact, Lemma, Rejected, Undecided
from proofs.lemmas.critical_point import CriticalPoint


@dataclass(frozen=True, slots=True)
class StrictMinimum:
    """The loss is strictly convex on the slice of the critical point, and larger everywhere else in it: a local
    minimum, strict but for the orbit of the point's symmetries, if it has some."""

    point: CriticalPoint


def _check(instance: Instance, premises: tuple[Fact, ...], arguments: Reader) -> Conclusion:
    point = premises[0].conclusion.proposition
    if not isinstance(point, CriticalPoint):
        raise Rejected("SM01", "the premise is not a critical point")
    definite, margin = definiteness(point.slice_hessian)
    if definite is Sign.NEGATIVE:
        raise Rejected("SM02", "the Hessian takes negative values on the whole box")
    if definite is Sign.UNKNOWN:
        raise Undecided("SM02", "cannot tell that the Hessian is positive definite on the whole box")
    detail = f"Hessian > 0 on the box: a strict local minimum, E > E* elsewhere within {show_above(point.radius)}"
    if point.symmetries:
        detail = (
            f"Hessian > 0 on the slice: a local minimum, strict but for {len(point.symmetries)} symmetries, E > E* "
            f"elsewhere in the slice within {show_above(point.radius)}"
        )
    return Conclusion(
        StrictMinimum(point),
        detail,
        f"Gershgorin margin ≥ {show(margin)}",
    )


LEMMA = Lemma(
    name="strict-minimum/1",
    title="strict local minimum",
    statement=(
        "Let the Hessian of the loss be positive definite at every point of the box of critical-point/1. Then the loss "
        "is strictly convex there, and the critical point is a strict local minimum: every other network in the box "
        "has a larger loss. If the point has q symmetries, let the Hessian in the free parameters be positive definite "
        "on the slice. Then every other network in the slice has a larger loss, and the critical point is a local "
        "minimum; near it exactly the networks on the q-dimensional orbit of the symmetries have the same loss."
    ),
    source="docs/mathematics.md, strict-minimum/1, Theorem 41",
    premises=("critical-point/1",),
    check=_check,
    covers=frozenset(Extension),
)
