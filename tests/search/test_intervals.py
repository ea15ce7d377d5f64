"""Intervals of certain sign, and their unions."""

from __future__ import annotations

from fractions import Fraction
from functools import partial

import mpmath
import pytest
from flint import arb, fmpq

from certify.search.intervals import Interval, joined, signs_on
from proofs.balls import precision
from proofs.formulas import ROWS, read_activation
from tests.proofs.oracle import sigma


def over(first: str | None, last: str | None) -> Interval:
    return tuple(None if end is None else fmpq(*Fraction(end).as_integer_ratio()) for end in (first, last))  # type: ignore[return-value]


def derivative(name: str, order: int, z: arb) -> arb:
    return read_activation(name, "").jet(z)[order]


def test_a_root_is_left_between() -> None:
    found = signs_on(lambda z: z - arb(fmpq(1, 3)), fmpq(-1), fmpq(1), fmpq(1, 16))
    assert found.positive == (over("3/8", "1"),)
    assert found.negative == (over("-1", "5/16"),)
    assert found.unknown == (over("5/16", "3/8"),)
    assert found.zero == found.undefined == ()


def test_linear_pieces_and_kinks() -> None:
    with precision(128):
        found = signs_on(partial(derivative, "piecewise(z<1/2,z,z**2)", 2), fmpq(-2), fmpq(2), fmpq(1, 8))
    assert found.zero == (over("-2", "3/8"),)
    assert found.undefined == (over("3/8", "5/8"),)
    assert found.positive == (over("5/8", "2"),)


@pytest.mark.parametrize("name", ["mish", "silu", "snake", "gelu_tanh", "sin(3*z)-z**2/9"])
@pytest.mark.parametrize("order", [1, 2])
def test_the_sign_is_right_everywhere(name: str, order: int) -> None:
    with precision(128):
        found = signs_on(partial(derivative, name, order), fmpq(-4), fmpq(4), fmpq(1, 16))
    covered = mpmath.mpf(0)
    for side, intervals in ((1, found.positive), (-1, found.negative)):
        for lower, upper in intervals:
            assert lower is not None
            assert upper is not None
            low, high = (mpmath.mpf(int(end.p)) / int(end.q) for end in (lower, upper))
            covered += high - low
            assert all(side * sigma(name, low + (high - low) * k / 50, order) > 0 for k in range(51))
    assert covered > 7


@pytest.mark.parametrize(
    ("intervals", "touching", "expected"),
    [
        ([("0", "1"), ("1", "2")], True, [("0", "2")]),
        ([("0", "1"), ("1", "2")], False, [("0", "1"), ("1", "2")]),
        ([("1", "3"), ("0", "2")], False, [("0", "3")]),
        ([("0", "5"), ("1", "2")], True, [("0", "5")]),
        ([("0", "1"), ("2", "3")], True, [("0", "1"), ("2", "3")]),
        ([(None, "0"), ("0", None)], True, [(None, None)]),
        ([(None, "0"), ("0", None)], False, [(None, "0"), ("0", None)]),
        ([(None, "1"), ("0", None)], False, [(None, None)]),
        ([("3", None), (None, "2"), ("-1", "2")], True, [(None, "2"), ("3", None)]),
        ([(None, None), ("0", "1")], True, [(None, None)]),
        ([], True, []),
    ],
)
def test_unions(intervals: list[tuple[str | None, str | None]], touching: bool, expected: list[object]) -> None:
    assert joined([over(*i) for i in intervals], touching) == tuple(over(*i) for i in expected)  # type: ignore[misc]


def test_every_row_can_be_looked_at() -> None:
    for name in [name for name, row in ROWS.items() if row.piecewise is None]:
        with precision(128):
            found = signs_on(partial(derivative, name, 2), fmpq(-2), fmpq(2), fmpq(1, 8))
        assert found.positive or found.negative
