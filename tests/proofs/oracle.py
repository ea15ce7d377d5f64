"""The activations a second time: SymPy differentiates the catalogue's formula and mpmath evaluates it."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from functools import cache
from typing import Any

import mpmath
import sympy
from flint import arb, fmpq

from proofs.activations import CATALOGUE

NAMES = tuple(name for name, row in CATALOGUE.items() if row.piecewise is None)
KINKED = ("softsign", "elu")


@cache
def _branches(name: str, order: int) -> dict[int, Callable[[Any], Any]]:
    """The derivative of this order for z > 0 and for z < 0."""
    branches = {}
    for side, symbol in ((1, sympy.Symbol("z", positive=True)), (-1, sympy.Symbol("z", negative=True))):
        formula = sympy.sympify(CATALOGUE[name].formula, locals={"z": symbol})
        branches[side] = sympy.lambdify(symbol, sympy.diff(formula, symbol, order), "mpmath")
    return branches


def real(x: Any) -> Any:
    """An int, Fraction or fmpq as an mpmath number at the current precision."""
    if isinstance(x, fmpq):
        return mpmath.mpf(int(x.p)) / int(x.q)
    return mpmath.mpf(x.numerator) / x.denominator if isinstance(x, Fraction) else mpmath.mpf(x)


def sigma(name: str, z: Any, order: int = 0) -> Any:
    """The derivative of this order at z, at the current mpmath precision; at a kink that of the right-hand side."""
    return _branches(name, order)[1 if z >= 0 else -1](z)


def ends(ball: arb) -> tuple[Any, Any]:
    """The ends of a ball, at the current mpmath precision."""
    middle, radius = (mpmath.ldexp(int(m), int(e)) for m, e in (ball.mid().man_exp(), ball.rad().man_exp()))
    return middle - radius, middle + radius


def encloses(ball: arb, number: Any) -> bool:
    """Whether the ball contains a number known to within the current mpmath precision (less twenty digits)."""
    low, high = ends(ball)
    slack = (abs(number) + 1) * mpmath.mpf(10) ** (20 - mpmath.mp.dps)
    return bool(low - slack <= number <= high + slack)


def flint(x: Fraction) -> fmpq:
    return fmpq(x.numerator, x.denominator)
