"""The strongest claims that the steps support."""

from __future__ import annotations

from collections.abc import Sequence

from flint import arb, fmpq

from certify.plan import NotFound
from certify.settle.case import SMALLEST, Case
from certify.short import below
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
        lower, upper = _rounded(point.loss)
        return ExaminedSaddle(_near(case, point.parameters), lower, upper, len(point.symmetries), point.radius)
    if lift is not None:
        lower, upper = _rounded(lift.point.loss)
        return ExaminedSaddle(_near(case, lift.parameters), lower, upper, 0, None)
    return minimum_claim(case)


def minimum_claim(case: Case) -> ExaminedMinimum:
    """The strongest claim that the steps support."""
    point, zero = case.draft.proposition(CriticalPoint), case.draft.proposition(ZeroLoss)
    lift, better = case.draft.proposition(ReplicatedMinimum), case.draft.proposition(ExaminedBetterPoint)
    if zero is not None:
        return ExaminedMinimum(_near(case, zero.parameters), False, fmpq(0), fmpq(0), 0, None, None, True)
    if point is None:
        raise NotFound("no critical point was established")
    lower, upper = _rounded(point.loss)
    alone = lift is None and case.draft.proposition(StrictMinimum) is not None
    return ExaminedMinimum(
        _near(case, point.parameters if lift is None else lift.parameters),
        alone and not point.symmetries,
        lower,
        upper,
        len(point.symmetries),
        point.radius if alone else None,
        better.gap if better is not None else None,
        False,
    )


def _near(case: Case, parameters: Sequence[arb]) -> ExaminedPoint:
    """The examined network, and a bound of its distance from these parameters with a little to spare."""
    exact = case.parameters
    distance = max(upper_bound(abs(p - arb(v))) for p, v in zip(parameters, exact, strict=True))
    return ExaminedPoint(tuple(exact), -below(-distance * fmpq(101, 100) - SMALLEST, 2))


def _rounded(bounds: tuple[fmpq, fmpq]) -> tuple[fmpq, fmpq]:
    """A little wider, in few digits: to the last bit, a claim would depend on the precision of the checker."""
    return below(bounds[0], 6), -below(-bounds[1], 6)
