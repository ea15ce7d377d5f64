"""A direction along which the loss falls, so that no critical point is near."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from flint import arb, fmpq

from certify.search.curvature import half_hessian_at
from certify.search.downhill import directions, falling_axis
from certify.search.floats import Array
from certify.search.one_digit import largest_one_digit, power_of_ten
from certify.search.polish import gradient_at
from certify.settle.case import FINE, SMALLEST, SPARE, START, Case
from certify.settle.written import layers_document
from certify.short import significant
from proofs.examined import ExaminedPoint, ExaminedSlope

_DIRECTIONS = 3


def fall(case: Case) -> ExaminedSlope | None:
    """not-critical/1 for the direction that excludes critical points from the largest box."""
    case.report("looking for a direction of descent")
    exact = case.parameters
    best: tuple[fmpq, dict[str, object]] | None = None
    for estimate, direction in _directions(case, exact):
        if best is not None and estimate < float(arb(best[0])):
            break
        fixed = {
            "layers": layers_document(case.shape, exact),
            "direction": [str(significant(arb(v), 6)) for v in direction],
        }

        def attempt(radius: fmpq, fixed: dict[str, object] = fixed) -> tuple[fmpq, dict[str, object]] | None:
            wider = {**fixed, "radius": str(SPARE * radius)}
            through = case.goes_through(("not-critical/1", (), wider))
            return (radius, {**fixed, "radius": str(radius)}) if through else None

        reached = largest_one_digit(attempt, power_of_ten(estimate, START), SMALLEST)
        if reached is not None and (best is None or reached[0] > best[0]):
            best = reached
    if best is None:
        return None
    case.draft.add("not-critical/1", (), best[1])
    return ExaminedSlope(ExaminedPoint(tuple(exact), best[0]))


def _directions(case: Case, exact: Sequence[fmpq]) -> list[tuple[float, Array]]:
    """Directions along which the loss may fall, those that may exclude the largest boxes first."""
    instance, shape = case.draft.instance, case.shape
    axis = falling_axis(instance, shape, exact, SPARE * fmpq(*case.question.within.as_integer_ratio()))
    alone = [] if axis is None else [(np.inf, axis)]
    if alone and shape.parameters > FINE:
        return alone
    gradient = np.array([float(g) for g in gradient_at(instance, shape, [arb(v) for v in exact])])
    hessian = half_hessian_at(instance, shape, [arb(v) for v in exact])
    if not (np.isfinite(gradient).all() and np.isfinite(hessian).all()):  # as at kinks
        return alone
    found = sorted(directions(gradient, hessian), key=lambda pair: -pair[0])
    return found[:_DIRECTIONS] if shape.parameters > FINE else [*alone, *found]
