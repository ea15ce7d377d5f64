"""The largest radius of one significant digit for which something can be proved."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TypeVar

from flint import fmpq

_T = TypeVar("_T")


def largest_one_digit(
    attempt: Callable[[fmpq], _T | None], start: fmpq, smallest: fmpq, limit: fmpq | None = None
) -> _T | None:
    """What `attempt` returns at the largest radius at which it does not fail, supposing that smaller ones are easier.

    Args:
        start: the power of ten to begin with; the search goes up while attempts succeed, or down until one does.
        smallest: no power of ten below this is tried.
        limit: radii are smaller than this.

    Returns:
        None when no attempt succeeds.
    """
    unit, found = start, attempt(start)
    if found is None:
        while found is None:
            unit /= 10
            if unit < smallest:
                return None
            found = attempt(unit)
    else:
        while (limit is None or 10 * unit < limit) and (larger := attempt(10 * unit)) is not None:
            unit, found = 10 * unit, larger
    low, high = 1, 10  # digits that succeeded and failed
    while high - low > 1:
        middle = (low + high) // 2
        larger = attempt(middle * unit)
        low, high, found = (low, middle, found) if larger is None else (middle, high, larger)
    return found


def power_of_ten(estimate: float, largest: fmpq) -> fmpq:
    """The largest power of ten that is at most the estimate and `largest`; `largest` if the estimate is not finite."""
    if not 0 < estimate < float(largest.p) / float(largest.q):
        return largest
    return fmpq(10) ** math.floor(math.log10(estimate))
