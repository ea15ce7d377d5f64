"""The activations a second time: SymPy reads and differentiates the formula and mpmath evaluates it."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from functools import cache
from typing import Any

import mpmath
import sympy
from flint import arb, fmpq

from proofs.activations import CATALOGUE
from proofs.formulas import FORMULAS

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


def _choice(condition: Any, yes: Any, no: Any) -> Any:
    return sympy.Piecewise((yes, condition), (no, True))


_WORDS: dict[str, Any] = {
    "log1p": lambda u: sympy.log(1 + u),
    "expm1": lambda u: sympy.exp(u) - 1,
    "sigmoid": lambda u: 1 / (1 + sympy.exp(-u)),
    "softplus": lambda u: sympy.log(1 + sympy.exp(u)),
    "Phi": lambda u: sympy.erfc(-u / sympy.sqrt(2)) / 2,
    "abs": lambda u: _choice(u < 0, -u, u),
    "relu": lambda u: _choice(u < 0, sympy.Integer(0), u),
    "max": lambda u, v: _choice(u < v, v, u),
    "min": lambda u, v: _choice(u < v, u, v),
    "piecewise": _choice,
    "e": sympy.E,
}
"""The words of the grammar that SymPy does not know by the same name."""


@cache
def formula(text: str, order: int = 0) -> Callable[[Any], Any]:
    """A derivative of a formula in z, as a function for mpmath; at a kink the one on a side."""
    symbol = sympy.Symbol("z", real=True)
    expression = sympy.sympify(text, locals={**_WORDS, "z": symbol}, rational=True)
    function: Callable[[Any], Any] = sympy.lambdify(symbol, sympy.diff(expression, symbol, order), "mpmath")
    return function


def real(x: Any) -> Any:
    """An int, Fraction or fmpq as an mpmath number at the current precision."""
    if isinstance(x, fmpq):
        return mpmath.mpf(int(x.p)) / int(x.q)
    return mpmath.mpf(x.numerator) / x.denominator if isinstance(x, Fraction) else mpmath.mpf(x)


def sigma(name: str, z: Any, order: int = 0) -> Any:
    """The derivative of this order at z, at the current mpmath precision; at a kink that of the right-hand side."""
    if name not in CATALOGUE:
        return mpmath.mpf(formula(FORMULAS[name].formula if name in FORMULAS else name, order)(mpmath.mpf(z)))
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
