"""Decisions about balls: certain or not made; bounds on the right side, at every size."""

from __future__ import annotations

from fractions import Fraction

import pytest
from flint import arb, ctx, fmpq
from hypothesis import given, settings
from hypothesis import strategies as st

from proofs.balls import (
    BOUND_BITS,
    MAX_EXPONENT,
    Sign,
    hull,
    is_bounded,
    lower_bound,
    precision,
    sign,
    square,
    upper_bound,
)

HUGE = arb(10**12).exp()
TINY = arb(-(10**12)).exp()
UNBOUNDED = [arb.nan(), arb("inf"), arb("-inf"), arb(0, "inf"), HUGE, -HUGE, HUGE.union(arb(0)), arb(0, HUGE.upper())]


@pytest.mark.parametrize(
    ("ball", "expected"),
    [
        (arb(1), Sign.POSITIVE),
        (arb(-1), Sign.NEGATIVE),
        (arb(0), Sign.UNKNOWN),
        (arb(1, 0.5), Sign.POSITIVE),
        (arb(-1, 0.5), Sign.NEGATIVE),
        (arb(1, 1), Sign.UNKNOWN),
        (arb(-1, 1), Sign.UNKNOWN),
        (arb(1, 2), Sign.UNKNOWN),
        (arb(2) ** -MAX_EXPONENT, Sign.POSITIVE),
        (-(arb(2) ** -MAX_EXPONENT), Sign.NEGATIVE),
        (arb(2) ** -MAX_EXPONENT * arb(0.999), Sign.UNKNOWN),
        (arb(2) ** -MAX_EXPONENT * arb(-0.999), Sign.UNKNOWN),
        (TINY, Sign.UNKNOWN),
        (-TINY, Sign.UNKNOWN),
        *((ball, Sign.UNKNOWN) for ball in UNBOUNDED),
    ],
)
def test_sign(ball: arb, expected: Sign) -> None:
    assert sign(ball) is expected


@pytest.mark.parametrize("value", list(Sign))
def test_a_sign_is_no_truth_value(value: Sign) -> None:
    with pytest.raises(TypeError, match="a sign is not a truth value"):
        bool(value)


def test_the_values_of_the_signs() -> None:
    """Lemmas multiply them."""
    assert (Sign.NEGATIVE.value, Sign.UNKNOWN.value, Sign.POSITIVE.value) == (-1, 0, 1)


def test_precision_is_restored_even_after_a_failure() -> None:
    before = ctx.prec
    with precision(777):
        assert ctx.prec == 777
    assert ctx.prec == before

    def fail() -> None:
        with precision(777):
            raise KeyError

    with pytest.raises(KeyError):
        fail()
    assert ctx.prec == before


def _rational(value: Fraction) -> fmpq:
    return fmpq(value.numerator, value.denominator)


def _ends(ball: arb) -> tuple[Fraction, Fraction]:
    """The exact ends of a ball."""
    parts = []
    for x in (ball.mid(), ball.rad()):
        mantissa, exponent = x.man_exp()
        parts.append(int(mantissa) * Fraction(2) ** int(exponent))
    return parts[0] - parts[1], parts[0] + parts[1]


NUMBERS = st.fractions(-100, 100) | st.builds(lambda m, e: m * Fraction(2) ** e, st.integers(), st.integers(-400, 400))
BALLS = st.builds(lambda a, b: hull(_rational(min(a, b)), _rational(max(a, b))), NUMBERS, NUMBERS)


@given(NUMBERS, NUMBERS, st.sampled_from([20, 53, 128]))
@settings(deadline=None, derandomize=True)
def test_a_hull_contains_its_ends(a: Fraction, b: Fraction, bits: int) -> None:
    with precision(bits):
        low, high = _ends(hull(_rational(a), _rational(b)))
    assert low <= min(a, b) <= max(a, b) <= high


@given(BALLS, st.fractions(0, 1), st.sampled_from([20, 53, 128]))
@settings(deadline=None, derandomize=True, max_examples=300)
def test_a_square_contains_the_squares_and_hardly_negative_numbers(ball: arb, share: Fraction, bits: int) -> None:
    low, high = _ends(ball)
    inside = low + share * (high - low)
    with precision(bits):
        below, above = _ends(square(ball))
    assert below <= inside**2 <= above
    assert below >= -max(low * low, high * high) / 2 ** (min(bits, 30) - 3)


@given(BALLS)
@settings(deadline=None, derandomize=True, max_examples=300)
def test_bounds_are_on_their_sides_short_and_close(ball: arb) -> None:
    low, high = _ends(ball)
    for bound, end, rounded in ((lower_bound(ball), low, -1), (upper_bound(ball), high, 1)):
        value = Fraction(int(bound.p), int(bound.q))
        assert (value - end) * rounded >= 0
        assert abs(value - end) <= abs(end) / 2**50  # the working precision is 53 bits
        assert abs(value.numerator).bit_length() - _trailing_zeros(value.numerator) <= BOUND_BITS


def test_a_bit_too_many_is_rounded_away_from_the_ball() -> None:
    number = 2**BOUND_BITS + 1
    with precision(128):
        assert (lower_bound(arb(number)), upper_bound(arb(number))) == (number - 1, number + 1)
        assert (lower_bound(arb(-number)), upper_bound(arb(-number))) == (-number - 1, -number + 1)
        assert lower_bound(arb(number - 2)) == number - 2 == upper_bound(arb(number - 2))


def _trailing_zeros(number: int) -> int:
    return (number & -number).bit_length() - 1 if number else 0


def test_bounds_of_a_ball_with_a_long_middle_and_a_far_smaller_radius() -> None:
    ball = arb(fmpq(3) * fmpq(2) ** 5000, fmpq(1))
    assert lower_bound(ball) <= fmpq(3) * fmpq(2) ** 5000 - 1 < upper_bound(ball)


@pytest.mark.parametrize("ball", UNBOUNDED)
def test_what_is_not_bounded_has_no_bounds(ball: arb) -> None:
    assert not is_bounded(ball)
    with pytest.raises(ValueError, match="not bounded"):
        lower_bound(ball)
    with pytest.raises(ValueError, match="not bounded"):
        upper_bound(ball)


def test_a_number_too_small_to_write_down_is_bounded_by_one_that_is_not() -> None:
    step = 1 / fmpq(2) ** MAX_EXPONENT
    assert (lower_bound(TINY), upper_bound(TINY)) == (0, step)
    assert (lower_bound(-TINY), upper_bound(-TINY)) == (-step, 0)


def test_the_largest_numbers_that_are_bounded() -> None:
    edge = fmpq(2) ** (MAX_EXPONENT - 1)
    assert lower_bound(arb(edge)) == edge == upper_bound(arb(edge))
    assert not is_bounded(arb(2 * edge))
