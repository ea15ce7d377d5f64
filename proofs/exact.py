"""Exact numbers as text: how certificates write them, and how they are shown to people.

A rational is written `-7/3` in lowest terms; a level may also be written `log(1/2)`, the logarithm of a positive
rational, because the natural places of some activations (sigmoid = 1/3) are logarithms.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from flint import arb, fmpq, fmpz

MAX_DIGITS = 20_000
MAX_SHOWN = 20
_RATIONAL = re.compile(r"-?[0-9]+(/[0-9]+)?")


class Malformed(Exception):
    """The text of an instance or certificate is not of the published format: where, and what was expected."""

    def __init__(self, where: str, expected: str) -> None:
        super().__init__(f"{where}: {expected}")
        self.where = where
        self.expected = expected


def _excerpt(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 40 else text[:37] + "..."


def parse_rational(value: object, where: str) -> fmpq:
    """Read a rational in lowest terms.

    >>> parse_rational("-7/3", "levels[0]")
    -7/3
    >>> parse_rational("0.5", "levels[0]")
    Traceback (most recent call last):
    proofs.exact.Malformed: levels[0]: expected a rational such as "-7/3", found '0.5'

    Raises:
        Malformed: not a string, not of the form `p` or `p/q`, not in lowest terms, or over MAX_DIGITS characters.
    """
    if not isinstance(value, str):
        raise Malformed(where, f'expected a rational in quotes such as "-7/3", found {_excerpt(value)}')
    if len(value) > MAX_DIGITS:
        raise Malformed(where, f"a number of {len(value)} characters; at most {MAX_DIGITS} are read")
    if not _RATIONAL.fullmatch(value):
        raise Malformed(where, f'expected a rational such as "-7/3", found {_excerpt(value)}')
    numerator, _, denominator = value.partition("/")
    if denominator and not denominator.strip("0"):
        raise Malformed(where, f"denominator zero in {_excerpt(value)}")
    number = fmpq(fmpz(numerator), fmpz(denominator or "1"))
    if str(number) != value:
        raise Malformed(where, f"{_excerpt(value)} is not in lowest terms; expected {_excerpt(str(number))}")
    return number


@dataclass(frozen=True, slots=True)
class Level:
    """An exact real number: `value`, or `log(value)` when `is_log` (then value > 0)."""

    value: fmpq
    is_log: bool = False

    def ball(self) -> arb:
        """An enclosure at the current precision."""
        return arb(self.value).log() if self.is_log else arb(self.value)

    def __str__(self) -> str:
        return f"log({self.value})" if self.is_log else str(self.value)


def parse_level(value: object, where: str) -> Level:
    """Read a rational or `log(p/q)` with p/q > 0.

    Raises:
        Malformed: neither of the two.
    """
    if isinstance(value, str) and value.startswith("log(") and value.endswith(")"):
        inner = parse_rational(value[4:-1], where)
        if inner <= 0:
            raise Malformed(where, f"the logarithm of {inner}, which is not positive")
        return Level(inner, is_log=True)
    return Level(parse_rational(value, where))


def show(value: fmpq, digits: int = 3) -> str:
    """A decimal at most `value` (rounded towards minus infinity) with few digits, for people: `3.4e-3`.

    Exact integers of few digits are shown as they are.

    >>> show(fmpq(2, 3)), show_above(fmpq(2, 3)), show(fmpq(-1, 7000))
    ('0.666', '0.667', '-1.43e-4')
    """
    if value.q == 1 and abs(int(value.p)) < 10**6:
        return str(value.p)
    sign = "-" if value < 0 else ""
    size = abs(value)
    exponent = _decimal_exponent(size)
    scaled = size / fmpq(10) ** (exponent - digits + 1)
    mantissa = -((-scaled.p) // scaled.q) if sign else scaled.p // scaled.q
    if mantissa == 10**digits:
        mantissa, exponent = mantissa // 10, exponent + 1
    text = str(mantissa)
    if -3 <= exponent < digits:
        number = fmpz(mantissa) * fmpz(10) ** (exponent + 3)
        whole, part = divmod(int(number), 10 ** (digits + 2))
        return f"{sign}{whole}.{part:0{digits + 2}d}".rstrip("0").rstrip(".")
    return f"{sign}{text[0]}.{text[1:]}".rstrip("0").rstrip(".") + f"e{exponent}"


def show_above(value: fmpq, digits: int = 3) -> str:
    """As `show`, but at least `value` (rounded towards plus infinity)."""
    text = show(-value, digits)
    return text if text == "0" else text[1:] if text.startswith("-") else f"-{text}"


def show_exact(value: fmpq) -> str:
    """The value itself when it is short, otherwise the first digits of a decimal at most it: `2.41e3...`."""
    return text if len(text := str(value)) <= MAX_SHOWN else f"{show(value)}..."


def _decimal_exponent(size: fmpq) -> int:
    """The integer e with 10^e <= size < 10^(e+1), for size > 0."""
    exponent = len(str(size.p)) - len(str(size.q))
    return exponent if size >= fmpq(10) ** exponent else exponent - 1
