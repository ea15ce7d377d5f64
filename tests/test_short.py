"""Numbers in few digits."""

from __future__ import annotations

import pytest
from flint import arb, fmpq
from hypothesis import given
from hypothesis import strategies as st

from certify.short import below, decimal, near, rounded_down, significant, texts, two_digits
from proofs.balls import precision

SIZES = st.floats(min_value=1e-200, max_value=1e200)


def test_texts() -> None:
    assert texts([fmpq(1, 2), 3]) == ["1/2", "3"]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (fmpq(6, 5), "1.2"), (fmpq(-1, 8), "-0.125"), (fmpq(100), "100"), (fmpq(0), "0"), (fmpq(1, 3), "1/3"),
        (fmpq(-2833, 100), "-28.33"), (fmpq(1, 10**6), "0.000001"), (fmpq(7, 30), "7/30"), (fmpq(1201, 20), "60.05"),
    ],
)  # fmt: skip
def test_decimals_are_exact(value: fmpq, text: str) -> None:
    assert decimal(value) == text


@given(SIZES)
def test_rounded_down_is_below_and_near(value: float) -> None:
    exact = fmpq(*value.as_integer_ratio())
    assert rounded_down(value) < exact
    assert rounded_down(value) > exact * fmpq(98, 100)


@given(st.fractions(), st.integers(1, 6))
def test_below_is_below_and_near(value: fmpq, digits: int) -> None:
    exact = fmpq(value.numerator, value.denominator)
    found = below(exact, digits)
    assert found <= exact
    assert exact - found <= abs(exact) * fmpq(10) ** (1 - digits)
    assert len(str(abs(found.p)).strip("0")) <= digits or found.q != 1


@given(SIZES)
def test_two_digits_are_near(value: float) -> None:
    exact = fmpq(*value.as_integer_ratio())
    assert abs(two_digits(value) - exact) <= exact / 19


@given(st.fractions(), st.fractions(min_value="1e-30", max_value=10))
def test_near_keeps_the_tolerance_in_a_decimal(value: fmpq, tolerance: fmpq) -> None:
    wanted = fmpq(value.numerator, value.denominator)
    allowed = fmpq(tolerance.numerator, tolerance.denominator)
    with precision(2000):
        found = near(arb(wanted), allowed)
    assert abs(found - wanted) <= allowed
    assert (found * fmpq(10) ** 40).q == 1


@pytest.mark.parametrize(
    ("value", "digits", "expected"),
    [
        (arb(1) / 3, 2, fmpq(33, 100)),
        (-arb(1) / 3, 4, fmpq(-3333, 10000)),
        (arb("1.5e-30"), 2, fmpq(15, 10**31)),
        (arb(0), 3, fmpq(0)),
        (arb("123456789"), 3, fmpq(123000000)),
        (arb(7), 5, fmpq(7)),
    ],
)
def test_significant_digits(value: arb, digits: int, expected: fmpq) -> None:
    assert significant(value, digits) == expected
