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
    """The loss is strictly convex on the box of the critical point: it is larger everywhere else in the box."""

    point: CriticalPoint


def _check(instance: Instance, premises: tuple[Fact, ...], arguments: Reader) -> Conclusion:
    point = premises[0].conclusion.proposition
    if not isinstance(point, CriticalPoint):
        raise Rejected("SM01", "the premise is not a critical point")
    definite, margin = definiteness(point.hessian)
    if definite is Sign.NEGATIVE:
        raise Rejected("SM02", "the Hessian takes negative values on the whole box")
    if definite is Sign.UNKNOWN:
        raise Undecided("SM02", "cannot tell that the Hessian is positive definite on the whole box")
    return Conclusion(
        StrictMinimum(point),
        f"Hessian > 0 on the box: a strict local minimum, E > E* elsewhere within {show_above(point.radius)}",
        f"Gershgorin margin ≥ {show(margin)}",
    )


LEMMA = Lemma(
    name="strict-minimum/1",
    title="strict local minimum",
    statement=(
        "Let the Hessian of the loss be positive definite at every point of the box of critical-point/1. Then the loss "
        "is strictly convex there, and the critical point is a strict local minimum: every other network in the box "
        "has a larger loss."
    ),
    source="docs/mathematics.md, strict-minimum/1",
    premises=("critical-point/1",),
    check=_check,
    covers=frozenset(Extension),
)
