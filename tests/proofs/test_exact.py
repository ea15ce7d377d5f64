"""Exact numbers as text: only one spelling of each number is read, and what is shown is never more than the truth."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import mpmath
import pytest
from flint import arb, fmpq
from hypothesis import given, settings
from hypothesis import strategies as st

from proofs.balls import precision
from proofs.exact import MAX_DIGITS, Level, Malformed, parse_level, parse_rational, show, show_above

RATIONALS = ["0", "1", "-7/3", "1/2", "12345678901234567890/7", "9" * MAX_DIGITS]
NOT_RATIONAL: list[Any] = [
    "", "-", "+1", " 1", "1 ", "1\n", "\t1", "-0", "00", "01", "-01", "2/4", "4/2", "0/1", "0/5", "7/1", "1/0", "0/0",
    "1/00", "1/-2", "-1/-2", "--1", "1/2/3", "/2", "1/", "1.5", "1e3", "1_000", "0x10", "inf", "nan", "NaN",
    "\N{VULGAR FRACTION ONE HALF}", "\N{FULLWIDTH DIGIT ONE}", "\N{ARABIC-INDIC DIGIT THREE}", "\N{MINUS SIGN}1",
    "log(2)", "x" * 1000, "9" * (MAX_DIGITS + 1), 1, 0, -1, True, None, ["1"], {"p": 1}, b"1", Fraction(1, 2),
]  # fmt: skip


@pytest.mark.parametrize("text", RATIONALS, ids=lambda t: t[:24])
def test_a_rational_is_read_and_written_alike(text: str) -> None:
    assert str(parse_rational(text, "here")) == text


@pytest.mark.parametrize("value", NOT_RATIONAL, ids=lambda v: repr(v)[:24])
def test_anything_else_is_refused_with_its_place(value: Any) -> None:
    with pytest.raises(Malformed, match=r"^some\.place: ") as caught:
        parse_rational(value, "some.place")
    assert caught.value.where == "some.place"
    assert len(str(caught.value)) < 200


@given(st.fractions())
@settings(deadline=None, derandomize=True)
def test_every_fraction_has_its_one_spelling(value: Fraction) -> None:
    read = parse_rational(str(value), "")
    assert (int(read.p), int(read.q)) == (value.numerator, value.denominator)


def test_a_number_as_large_as_allowed_is_not_cut_by_pythons_own_limit() -> None:
    denominator = "9" * (MAX_DIGITS - 2)
    assert str(parse_rational(f"1/{denominator}", "")) == f"1/{denominator}"


@pytest.mark.parametrize(("text", "is_log"), [("-3/4", False), ("log(1/2)", True), ("log(7)", True)])
def test_a_level_is_read_and_written_alike(text: str, is_log: bool) -> None:
    level = parse_level(text, "")
    assert str(level) == text
    assert level.is_log is is_log


@pytest.mark.parametrize(
    "value",
    ["log(0)", "log(-1/2)", "log(2/4)", "log()", "log(log(2))", "Log(2)", "ln(2)", "log(2", "log 2", "2)", "log(1.5)",
     " log(2)", "log(2) ", "log( 2)", "", 1, None, True],
)  # fmt: skip
def test_a_level_of_another_form_is_refused(value: Any) -> None:
    with pytest.raises(Malformed):
        parse_level(value, "here")


@pytest.mark.parametrize("bits", [53, 200])
@pytest.mark.parametrize("value", [fmpq(1, 2), fmpq(7), fmpq(10) ** 50, 1 + fmpq(1, 10**40), fmpq(1)])
def test_a_level_lies_in_its_ball(value: fmpq, bits: int) -> None:
    with mpmath.workdps(120), precision(bits):
        exact = mpmath.mpf(int(value.p)) / int(value.q)
        for level, number in ((Level(value), exact), (Level(value, is_log=True), mpmath.log(exact))):
            ball = level.ball()
            assert abs(mpmath.mpf(number) - _real(ball.mid())) <= _real(ball.rad()) + mpmath.mpf(10) ** -100
            assert ball.rel_accuracy_bits() > bits - 10 or number == 0 or abs(number) < 1e-30


def _real(x: arb) -> Any:
    mantissa, exponent = x.man_exp()
    return mpmath.ldexp(int(mantissa), int(exponent))


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (fmpq(0), "0"),
        (fmpq(-12), "-12"),
        (fmpq(999_999), "999999"),
        (fmpq(10**6), "1e6"),
        (fmpq(1, 3), "0.333"),
        (fmpq(-1, 3), "-0.334"),
        (fmpq(2, 3), "0.666"),
        (fmpq(-9999, 10), "-1e3"),
        (fmpq(-99999, 100), "-1e3"),
        (fmpq(-9999, 10_000), "-1"),
        (fmpq(-(10**6)), "-1e6"),
        (fmpq(12345, 10), "1.23e3"),
        (fmpq(17, 5000), "0.0034"),
        (fmpq(1, 1024), "9.76e-4"),
        (fmpq(355, 113), "3.14"),
        (fmpq(11, 10), "1.1"),
        (fmpq(1001, 10), "100"),
        (1 / fmpq(10) ** 400, "1e-400"),
    ],
)
def test_what_is_shown(value: fmpq, text: str) -> None:
    assert show(value) == text


@given(st.fractions(), st.integers(-60, 60))
@settings(deadline=None, derandomize=True, max_examples=500)
def test_what_is_shown_is_at_most_the_number_and_close_to_it(value: Fraction, exponent: int) -> None:
    number = value * Fraction(10) ** exponent
    shown = Fraction(show(fmpq(number.numerator, number.denominator)))
    assert shown <= number
    assert number - shown <= abs(number) / 100


@given(st.fractions())
def test_show_above_is_above_and_near(value: Fraction) -> None:
    exact = fmpq(value.numerator, value.denominator)
    shown = Fraction(show_above(exact))
    assert shown >= value
    assert shown - value <= abs(value) / 100


@pytest.mark.parametrize(
    ("value", "text"),
    [(fmpq(0), "0"), (fmpq(-5), "-5"), (fmpq(-1, 3), "-0.333"), (fmpq(1, 3), "0.334"), (fmpq(7), "7")],
)
def test_show_above_keeps_the_sign(value: fmpq, text: str) -> None:
    """The largest loss of a Poisson model may be negative."""
    assert show_above(value) == text
