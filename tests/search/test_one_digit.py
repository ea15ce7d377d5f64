"""The largest radius of one digit: for every threshold the answer is the best there is."""

from __future__ import annotations

import pytest
from flint import fmpq

from certify.search.one_digit import largest_one_digit

UNIT = fmpq(1, 1000)


@pytest.mark.parametrize("start", [fmpq(1, 10**6), UNIT, fmpq(1), fmpq(100)])
@pytest.mark.parametrize(
    ("threshold", "expected"),
    [
        (fmpq(35, 10**4), fmpq(3, 1000)), (fmpq(1, 1000), fmpq(1, 1000)), (fmpq(99, 10**4), fmpq(9, 1000)),
        (fmpq(7), fmpq(7)), (fmpq(1234), fmpq(1000)), (fmpq(1, 10**7), fmpq(1, 10**7)),
    ],
)  # fmt: skip
def test_it_is_the_largest(start: fmpq, threshold: fmpq, expected: fmpq) -> None:
    tried: list[fmpq] = []

    def attempt(radius: fmpq) -> fmpq | None:
        tried.append(radius)
        return radius if radius <= threshold else None

    assert largest_one_digit(attempt, start, fmpq(1, 10**8)) == expected
    assert len(set(tried)) == len(tried)  # nothing is proved twice


def test_nothing_below_the_smallest_is_tried() -> None:
    tried: list[fmpq] = []
    assert largest_one_digit(tried.append, fmpq(1), UNIT) is None
    assert min(tried) == UNIT


def test_radii_stay_below_the_limit() -> None:
    assert largest_one_digit(lambda radius: radius, fmpq(1, 10**9), fmpq(1, 10**9), fmpq(1)) == fmpq(9, 10)
