"""What is known of the least loss of an examined network's shape: the step that proves it, and what it implies."""

from __future__ import annotations

from flint import fmpq

from certify.draft import Draft
from certify.search.optimum import interpolation_arguments
from certify.short import below, widened
from proofs.claimed_optimum import ClaimedOptimum
from proofs.kernel import Failure
from proofs.lemmas.critical_point import CriticalPoint
from proofs.lemmas.examined_optimum import ExaminedOptimum

_PART = fmpq(999999, 1000000)
"""Of the distance from an infimum that no network has, some network overcomes any part but not all."""


def add_optimum(draft: Draft, seed: int) -> None:
    """Add examined-optimum/1 if it goes through: it needs a wide last hidden layer, and most networks have none."""
    arguments = interpolation_arguments(draft.instance, seed)
    if arguments is None:
        return
    try:
        draft.add("examined-optimum/1", (), arguments)
    except Failure:
        return


def claimed_optimum(draft: Draft) -> ClaimedOptimum | None:
    """What can be claimed of the least loss of this shape."""
    found = draft.proposition(ExaminedOptimum)
    if found is None:
        return None
    known = found.bounds[0] == found.bounds[1]
    return ClaimedOptimum(*(found.bounds if known else widened(found.bounds)), found.attained)


def room_above_optimum(draft: Draft) -> fmpq | None:
    """By how much the loss at the critical point certainly exceeds the least one of this shape, in few digits."""
    point, optimum = draft.proposition(CriticalPoint), claimed_optimum(draft)
    if point is None or optimum is None:
        return None
    room = widened(point.loss)[0] - optimum.upper
    return below(_PART * room, 6) if room > 0 else None
