"""Formulas in float64 with their first two derivatives, for searches; nothing here is ever part of a proof."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from proofs.expression import Binary, Call, Constant, Expression, Negative, Number, Piecewise, Power, Variable

Array = NDArray[np.float64]
Derivatives = tuple[Array, Array, Array]
"""f, f', f'' at the points of an array."""


def derivatives(expression: Expression, z: Array) -> Derivatives:
    """The formula and its derivatives at each point; nan outside of its domain, one of two values at a kink."""
    with np.errstate(all="ignore"):
        return _at(expression, np.asarray(z, np.float64))


def _at(expression: Expression, z: Array) -> Derivatives:
    zero, one = np.zeros_like(z), np.ones_like(z)
    match expression:
        case Variable():
            return z, one, zero
        case Number():
            return float(expression.value.p) / float(expression.value.q) * one, zero, zero
        case Constant(name):
            return (math.pi if name == "pi" else math.e) * one, zero, zero
        case Negative(operand):
            u, u1, u2 = _at(operand, z)
            return -u, -u1, -u2
        case Power(base, numerator, denominator):
            return _compose(_power(numerator / denominator), _at(base, z))
        case Binary(operator, left, right):
            return _binary(operator, _at(left, z), _at(right, z))
        case Piecewise(_, _, below, above):
            threshold = float(expression.threshold.p) / float(expression.threshold.q)
            return _choose(z < threshold, _at(below, z), _at(above, z))
        case Call(name, arguments):
            parts = [_at(argument, z) for argument in arguments]
            return _call(name, parts, (zero, zero, zero))


def _binary(operator: str, u: Derivatives, v: Derivatives) -> Derivatives:
    if operator == "/":
        return _binary("*", u, _compose(_power(-1.0), v))
    if operator == "*":
        return u[0] * v[0], u[1] * v[0] + u[0] * v[1], u[2] * v[0] + 2 * u[1] * v[1] + u[0] * v[2]
    sign = 1 if operator == "+" else -1
    return u[0] + sign * v[0], u[1] + sign * v[1], u[2] + sign * v[2]


def _choose(condition: NDArray[np.bool_], u: Derivatives, v: Derivatives) -> Derivatives:
    return np.where(condition, u[0], v[0]), np.where(condition, u[1], v[1]), np.where(condition, u[2], v[2])


def _call(name: str, parts: list[Derivatives], zero: Derivatives) -> Derivatives:
    u = parts[0]
    match name:
        case "abs":
            return _choose(u[0] < 0, (-u[0], -u[1], -u[2]), u)
        case "relu":
            return _choose(u[0] < 0, zero, u)
        case "max":
            return _choose(u[0] < parts[1][0], parts[1], u)
        case "min":
            return _choose(u[0] < parts[1][0], u, parts[1])
    return _compose(_FUNCTIONS[name], u)


def _compose(function: Callable[[Array], Derivatives], u: Derivatives) -> Derivatives:
    f, f1, f2 = function(u[0])
    return f, f1 * u[1], f1 * u[2] + f2 * u[1] ** 2


def _power(exponent: float) -> Callable[[Array], Derivatives]:
    def at(u: Array) -> Derivatives:
        first = exponent * u ** (exponent - 1) if exponent != 1 else np.ones_like(u)
        second = exponent * (exponent - 1) * u ** (exponent - 2) if exponent not in (1, 2) else (exponent - 1) * 2.0
        return u**exponent, first, second * np.ones_like(u)

    return at


def _erf(z: Array) -> Array:
    values: Array = np.vectorize(math.erf, otypes=[np.float64])(z)  # NumPy has none
    return values


def _erfc(z: Array) -> Array:
    values: Array = np.vectorize(math.erfc, otypes=[np.float64])(z)
    return values


def _exp(z: Array) -> Derivatives:
    e = np.exp(z)
    return e, e, e


def _expm1(z: Array) -> Derivatives:
    e = np.exp(z)
    return np.expm1(z), e, e


def _log(z: Array) -> Derivatives:
    return np.log(z), 1 / z, -1 / z**2


def _log1p(z: Array) -> Derivatives:
    return np.log1p(z), 1 / (1 + z), -1 / (1 + z) ** 2


def _sqrt(z: Array) -> Derivatives:
    root = np.sqrt(z)
    return root, 0.5 / root, -0.25 / (z * root)


def _sigmoid_value(z: Array) -> Array:
    return 0.5 * (1 + np.tanh(z / 2))


def _sigmoid(z: Array) -> Derivatives:
    first = _sigmoid_value(z) * _sigmoid_value(-z)
    return _sigmoid_value(z), first, -first * np.tanh(z / 2)


def _softplus(z: Array) -> Derivatives:
    value, first, _ = _sigmoid(z)
    return np.logaddexp(0, z), value, first


def _tanh(z: Array) -> Derivatives:
    value = np.tanh(z)
    first = 1 - value**2
    return value, first, -2 * value * first


def _sinh(z: Array) -> Derivatives:
    return np.sinh(z), np.cosh(z), np.sinh(z)


def _cosh(z: Array) -> Derivatives:
    return np.cosh(z), np.sinh(z), np.cosh(z)


def _sech(z: Array) -> Derivatives:
    value, slope = 1 / np.cosh(z), np.tanh(z)
    return value, -value * slope, value * (1 - 2 * value**2)


def _error(z: Array) -> Derivatives:
    first = 2 / math.sqrt(math.pi) * np.exp(-(z**2))
    return _erf(z), first, -2 * z * first


def _complement(z: Array) -> Derivatives:
    _, first, second = _error(z)
    return _erfc(z), -first, -second


def _normal(z: Array) -> Derivatives:
    density = np.exp(-(z**2) / 2) / math.sqrt(2 * math.pi)
    return _erfc(-z / math.sqrt(2)) / 2, density, -z * density


def _sin(z: Array) -> Derivatives:
    return np.sin(z), np.cos(z), -np.sin(z)


def _cos(z: Array) -> Derivatives:
    return np.cos(z), -np.sin(z), -np.cos(z)


def _atan(z: Array) -> Derivatives:
    first = 1 / (1 + z**2)
    return np.arctan(z), first, -2 * z * first**2


def _asinh(z: Array) -> Derivatives:
    first = 1 / np.hypot(1, z)
    return np.arcsinh(z), first, -z * first**3


_FUNCTIONS: dict[str, Callable[[Array], Derivatives]] = {
    "exp": _exp,
    "log": _log,
    "log1p": _log1p,
    "expm1": _expm1,
    "sqrt": _sqrt,
    "tanh": _tanh,
    "sinh": _sinh,
    "cosh": _cosh,
    "sech": _sech,
    "sigmoid": _sigmoid,
    "softplus": _softplus,
    "erf": _error,
    "erfc": _complement,
    "Phi": _normal,
    "sin": _sin,
    "cos": _cos,
    "atan": _atan,
    "asinh": _asinh,
}
