"""The strongest claims that the steps support."""

from __future__ import annotations

from collections.abc import Sequence

from flint import arb, fmpq

from certify.least import claimed_optimum, room_above_optimum
from certify.plan import NotFound
from certify.settle.case import SMALLEST, Case
from certify.short import below, widened
from proofs.balls import upper_bound
from proofs.examined import ExaminedClaim, ExaminedMinimum, ExaminedPoint, ExaminedSaddle
from proofs.lemmas.critical_point import CriticalPoint
from proofs.lemmas.examined_better_point import ExaminedBetterPoint
from proofs.lemmas.replicated_minimum import ReplicatedMinimum
from proofs.lemmas.replicated_saddle import ReplicatedSaddle
from proofs.lemmas.saddle import Saddle
from proofs.lemmas.strict_minimum import StrictMinimum
from proofs.lemmas.zero_loss import ZeroLoss


def critical_claim(case: Case) -> ExaminedClaim:
    saddle, lift = case.draft.proposition(Saddle), case.draft.proposition(ReplicatedSaddle)
    if saddle is not None:
        point = saddle.point
        near, symmetries, radius = _near(case, point.parameters), len(point.symmetries), point.radius
        return ExaminedSaddle(near, *widened(point.loss), symmetries, radius, claimed_optimum(case.draft))
    if lift is not None:
        near = _near(case, lift.parameters)
        return ExaminedSaddle(near, *widened(lift.point.loss), 0, None, claimed_optimum(case.draft))
    return minimum_claim(case)


def minimum_claim(case: Case) -> ExaminedMinimum:
    """The strongest claim that the steps support."""
    point, zero = case.draft.proposition(CriticalPoint), case.draft.proposition(ZeroLoss)
    lift, better = case.draft.proposition(ReplicatedMinimum), case.draft.proposition(ExaminedBetterPoint)
    if zero is not None:
        return ExaminedMinimum(_near(case, zero.parameters), False, fmpq(0), fmpq(0), 0, None, None, True)
    if point is None:
        raise NotFound("no critical point was established")
    lower, upper = widened(point.loss)
    alone = lift is None and case.draft.proposition(StrictMinimum) is not None
    gaps = [better.gap] if better is not None else []
    gaps += [room] if (room := room_above_optimum(case.draft)) is not None else []
    return ExaminedMinimum(
        _near(case, point.parameters if lift is None else lift.parameters),
        alone and not point.symmetries,
        lower,
        upper,
        len(point.symmetries),
        point.radius if alone else None,
        max(gaps, default=None),
        False,
        claimed_optimum(case.draft),
    )


def _near(case: Case, parameters: Sequence[arb]) -> ExaminedPoint:
    """The examined network, and a bound of its distance from these parameters with a little to spare."""
    exact = case.parameters
    distance = max(upper_bound(abs(p - arb(v))) for p, v in zip(parameters, exact, strict=True))
    return ExaminedPoint(tuple(exact), -below(-distance * fmpq(101, 100) - SMALLEST, 2))
