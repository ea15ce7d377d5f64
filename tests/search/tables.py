"""Fractions of the standard library as the numbers of FLINT."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from flint import fmpq


def rationals(row: Sequence[Fraction]) -> list[fmpq]:
    return [fmpq(v.numerator, v.denominator) for v in row]
