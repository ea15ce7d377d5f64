"""Exact numbers in few digits, and as text."""

from __future__ import annotations

from collections.abc import Iterable

from flint import arb, fmpq


def texts(values: Iterable[object]) -> list[str]:
    """Each as `str` writes it: rationals as certificates want them."""
    return [str(v) for v in values]


def decimal(value: fmpq) -> str:
    """The exact decimal if there is one, otherwise the fraction."""
    rest, places = int(value.q), 0
    while rest % 10 == 0:
        rest, places = rest // 10, places + 1
    for factor in (2, 5):
        while rest % factor == 0:
            rest, places = rest // factor, places + 1
    if rest != 1:
        return str(value)
    digits = str(abs(int(value.p)) * 10**places // int(value.q)).rjust(places + 1, "0")
    sign, whole, part = "-" if value < 0 else "", digits[: len(digits) - places], digits[len(digits) - places :]
    return f"{sign}{whole}.{part}".rstrip("0").rstrip(".") if places else f"{sign}{whole}"


def rounded_down(value: float) -> fmpq:
    """Three significant digits, certainly below the positive value."""
    mantissa, _, exponent = f"{value * (1 - 1e-9):.15e}".partition("e")
    return fmpq(int(float(mantissa) * 100)) * fmpq(10) ** (int(exponent) - 2)


def rounded(value: fmpq, digits: int) -> fmpq:
    """The nearest decimal with so many digits after the point."""
    unit = fmpq(10) ** digits
    return (value * unit + fmpq(1, 2)).floor() / unit


def below(value: fmpq, digits: int = 4) -> fmpq:
    """The largest number of so many significant digits that is at most the value."""
    if value == 0:
        return value
    size = abs(value)
    unit = fmpq(10) ** (len(str(size.p)) - len(str(size.q)) - digits)
    while size >= unit * 10**digits:
        unit *= 10
    return (value / unit).floor() * unit


def two_digits(value: float) -> fmpq:
    """The positive value to two significant digits."""
    mantissa, _, exponent = f"{value:.1e}".partition("e")
    return fmpq(int(mantissa.replace(".", ""))) * fmpq(10) ** (int(exponent) - 1)


def significant(value: arb, digits: int) -> fmpq:
    """The midpoint to so many significant decimal digits."""
    text = value.mid().str(digits, radius=False)
    mantissa, _, exponent = text.partition("e")
    whole, _, part = mantissa.partition(".")
    return fmpq(int(whole + part)) * fmpq(10) ** (int(exponent or 0) - len(part))


def near(value: arb, tolerance: fmpq) -> fmpq:
    """The shortest decimal place that keeps the midpoint within the tolerance, and the midpoint rounded to it."""
    unit = fmpq(1)
    while unit > tolerance:
        unit /= 10
    mantissa, exponent = value.mid().man_exp()
    exact = fmpq(mantissa) * fmpq(2) ** int(exponent)
    return (exact / unit + fmpq(1, 2)).floor() * unit


def widened(bounds: tuple[fmpq, fmpq]) -> tuple[fmpq, fmpq]:
    """A little wider, in few digits: to the last bit, a claim would depend on the precision of the checker."""
    return below(bounds[0], 6), -below(-bounds[1], 6)
