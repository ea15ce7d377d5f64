"""Text and floats as exact numbers, and columns of them over one common denominator.

A decimal means that decimal and a fraction that fraction; nothing is rounded. A few bytes such as ``1e-999999`` can
stand for a number that fills the memory, so lengths are bounded before any number is built.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from certify.errors import shown

MOST_DIGITS = 4_000
"""The longest number accepted, in decimal digits: in a cell, and over the common denominator of its column."""

MOST_CELLS = 10**8
"""The most cells of a data set, used or not."""

MOST_BITS = 10**10
"""The most all numbers of a data set together may take (1.25 GB)."""

_PLAIN_LINES = re.compile(r"(?:[+-]?(?=\.?[0-9])[0-9]*+(?:\.[0-9]*+)?\n)*+")
_DECIMAL = re.compile(r"([+-]?(?=\.?[0-9])[0-9]*)(?:\.([0-9]*))?(?:[eE]([+-]?[0-9]+))?")
_FRACTION = re.compile(r"([+-]?[0-9]+)/([0-9]+)")
_LARGEST = 10**MOST_DIGITS


def exact(text: str) -> tuple[int, int]:
    """The number a piece of text stands for, as numerator and positive denominator (not reduced).

    Decimals (``5.1``, ``-.5``, ``+2``, ``1e-3``) and fractions of integers (``3/5``), in ASCII digits, blanks around
    them allowed. Raises ValueError, which says what was expected and what was found.
    """
    text = text.strip()
    if len(text) > MOST_DIGITS:
        raise ValueError(f"{shown(text)} is longer than {MOST_DIGITS:,} characters")
    if decimal := _DECIMAL.fullmatch(text):
        whole, part, exponent = decimal.groups(default="")
        power = int(exponent or 0)
        if len(whole) + len(part) + abs(power) > MOST_DIGITS:
            raise ValueError(f"{shown(text)} stands for a number of more than {MOST_DIGITS:,} digits")
        power -= len(part)
        digits = int(whole + part)
        return (digits * 10**power, 1) if power >= 0 else (digits, 10**-power)
    if fraction := _FRACTION.fullmatch(text):
        if denominator := int(fraction[2]):
            return int(fraction[1]), denominator
        raise ValueError(f"{shown(text)} divides by zero")
    raise ValueError(f"expected a number such as 5.1, -2e-3 or 3/5, found {_description(text)}")


def looks_numeric(text: str) -> bool:
    """Whether text was meant as a number, even as one that `exact` refuses: nan, inf, 1_000, a division by zero."""
    if _FRACTION.fullmatch(text.strip()):
        return True
    try:
        float(text)
    except ValueError:
        return False
    return True


def _description(text: str) -> str:
    if not text:
        return "an empty cell"
    if re.fullmatch(r"[+-]?(nan|inf|infinity)", text, re.IGNORECASE):
        return f"{shown(text)}, which is not a finite number"
    if re.fullmatch(r"[+-]?[0-9]+,[0-9]+", text):
        return f"{shown(text)} (decimals use a point)"
    return shown(text)


@dataclass(slots=True)
class Column:
    """A column of rationals: entry n is ``numerators[n] / denominator``."""

    name: str
    most_bits: int
    numerators: list[int] = field(default_factory=list)
    denominator: int = 1
    _longest: int = 0  # an upper bound for the bits of every numerator and of the denominator

    def extend_plain(self, cells: Sequence[str]) -> bool:
        """Append cells if all are decimals without exponent, blanks or excess length: the fast path for large files."""
        lines = "\n".join(cells)
        if (
            max(map(len, cells)) > MOST_DIGITS
            or lines.count("\n") >= len(cells)
            or not _PLAIN_LINES.fullmatch(lines + "\n")
        ):
            return False
        digits = map(int, lines.replace(".", "").split("\n"))
        places = [len(cell) - 1 - cell.find(".") if "." in cell else 0 for cell in cells]
        most = max(places)
        power = [10 ** (most - place) for place in range(most + 1)]
        self.extend([number * power[place] for number, place in zip(digits, places, strict=True)], power[0])
        return True

    def extend_ratios(self, ratios: Sequence[tuple[int, int]]) -> None:
        """Append numbers given as (numerator, positive denominator); raises ValueError when they grow too long."""
        common = 1
        for denominator in {denominator for _, denominator in ratios}:
            common = self._common(common, denominator)
        self.extend([numerator * (common // denominator) for numerator, denominator in ratios], common)

    def extend(self, numerators: list[int], denominator: int) -> None:
        """Append integers over one positive denominator; raises ValueError when the column grows too long."""
        common = self._common(self.denominator, denominator)
        before, now = common // self.denominator, common // denominator
        longest = max(max(numerators).bit_length(), min(numerators).bit_length()) + (now - 1).bit_length()
        self._longest = max(self._longest + (before - 1).bit_length(), longest, common.bit_length())
        if self._longest > _LARGEST.bit_length():
            raise ValueError(f"over one denominator, the numbers of the column have more than {MOST_DIGITS:,} digits")
        if (len(self.numerators) + len(numerators)) * self._longest > self.most_bits:
            raise ValueError("the numbers are too long for so many samples; round them or take fewer columns")
        if before != 1:
            self.numerators = [numerator * before for numerator in self.numerators]
        self.numerators += numerators if now == 1 else [numerator * now for numerator in numerators]
        self.denominator = common

    @staticmethod
    def _common(first: int, second: int) -> int:
        common = math.lcm(first, second)
        if common >= _LARGEST:
            raise ValueError(f"the common denominator of the column has more than {MOST_DIGITS:,} digits")
        return common


def lowest_terms(numerators: list[int], denominator: int) -> tuple[list[int], int]:
    """The same rationals over the least denominator they can share: equal columns give equal answers."""
    divisor = math.gcd(denominator, *numerators)
    if divisor == 1:
        return numerators, denominator
    return [numerator // divisor for numerator in numerators], denominator // divisor
