"""The largest box around a critical point in which it is proved to be the only one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from flint import arb_mat, fmpq

from certify.search.one_digit import largest_one_digit, power_of_ten
from certify.settle.case import FINE, SMALLEST, START
from proofs.krawczyk import midpoint_inverse

_LARGEST = fmpq(1000)
"""Of a network that is constant near it, boxes of any size can be proved."""
_T = TypeVar("_T")


def largest(attempt: Callable[[fmpq], _T | None], start: fmpq, parameters: int) -> _T | None:
    """What `attempt` returns for the largest radius of one digit, or for large networks power of ten."""
    if parameters <= FINE:
        return largest_one_digit(attempt, start, SMALLEST, _LARGEST)
    radius = start
    while radius > SMALLEST:
        if (found := attempt(radius)) is not None:
            return found
        radius /= 10
    return None


def first_radius(hessian: arb_mat, free: Sequence[int], probe: float) -> fmpq:
    """About how large the box can be: the rows of |1 - P F'(box)| grow in proportion to its radius.

    Args:
        hessian: of the loss, over the box of radius `probe` in the free parameters.
    """
    part = arb_mat([[hessian[i, j] for j in free] for i in free])
    inverse = midpoint_inverse(part)
    if inverse is None:
        return START
    rows = (inverse * part).tolist()
    defect = max(sum(float(abs(int(i == j) - p).upper()) for j, p in enumerate(row)) for i, row in enumerate(rows))
    return power_of_ten(probe / defect, START)
