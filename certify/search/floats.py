"""The activations in float64 for searches; nothing here is ever part of a proof."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from certify.search.formula import Array, derivatives
from proofs.expression import Expression, parse
from proofs.formulas import FORMULAS
from proofs.piecewise import NAMED, PiecewiseAffine

__all__ = ["COUPLED_VALUES", "CURVATURE", "LOSS_VALUES", "VALUE_AND_SLOPE", "Array"]

_Function = Callable[[Array], Array]
_SQRT_2PI = float(np.sqrt(2 * np.pi))


def _sigmoid(z: Array) -> Array:
    return 0.5 * (1 + np.tanh(z / 2))


def _erf(z: Array) -> Array:
    values: Array = np.vectorize(math.erf, otypes=[np.float64])(z)  # NumPy has none
    return values


def _density(z: Array) -> Array:
    return np.exp(-np.minimum(z * z / 2, 700)) / _SQRT_2PI


def _distribution(z: Array) -> Array:
    return (1 + _erf(z / np.sqrt(2))) / 2


def _silu_slope(z: Array) -> Array:
    s = _sigmoid(z)
    return s * (1 + z * (1 - s))


_VALUE_AND_SLOPE: dict[str, tuple[_Function, _Function]] = {
    "sigmoid": (_sigmoid, lambda z: _sigmoid(z) * _sigmoid(-z)),
    "tanh": (np.tanh, lambda z: 1 - np.tanh(z) ** 2),
    "softplus": (lambda z: np.logaddexp(0, z), _sigmoid),
    "silu": (lambda z: z * _sigmoid(z), _silu_slope),
    "gelu": (lambda z: z * _distribution(z), lambda z: _distribution(z) + z * _density(z)),
    "erf": (_erf, lambda z: 2 / np.sqrt(np.pi) * np.exp(-np.minimum(z * z, 700))),
    "arctan": (np.arctan, lambda z: 1 / (1 + z * z)),
    "sin": (np.sin, np.cos),
    "exp": (np.exp, np.exp),
    "square": (lambda z: z * z, lambda z: 2 * z),
    "softsign": (lambda z: z / (1 + np.abs(z)), lambda z: (1 + np.abs(z)) ** -2),
    "elu": (lambda z: np.where(z > 0, z, np.expm1(np.minimum(z, 0))), lambda z: np.exp(np.minimum(z, 0))),
}


def piecewise_floats(piecewise: PiecewiseAffine) -> tuple[Callable[[Array], Array], Callable[[Array], Array]]:
    """A piecewise affine function and its slope; at a breakpoint the slope to the left."""
    slopes = [float(s.p) / float(s.q) for s in piecewise.slopes]
    places = [float(t.p) / float(t.q) for t in piecewise.breakpoints]
    bends = list(zip(places, np.diff(slopes), strict=True))
    first = float(piecewise.first_value.p) / float(piecewise.first_value.q)

    def value(z: Array) -> Array:
        line: Array = first + slopes[0] * (z - places[0])
        return line + sum((bend * np.maximum(z - place, 0) for place, bend in bends), np.zeros_like(z))

    def slope(z: Array) -> Array:
        return slopes[0] + sum((bend * (z > place) for place, bend in bends), np.zeros_like(z))

    return value, slope


_VALUE_AND_SLOPE |= {name: piecewise_floats(piecewise) for name, (_, piecewise) in NAMED.items()}

_CURVATURE: dict[str, _Function] = {
    "sigmoid": lambda z: -_sigmoid(z) * _sigmoid(-z) * np.tanh(z / 2),
    "tanh": lambda z: -2 * np.tanh(z) * (1 - np.tanh(z) ** 2),
    "softplus": lambda z: _sigmoid(z) * _sigmoid(-z),
    "silu": lambda z: _sigmoid(z) * _sigmoid(-z) * (2 - z * np.tanh(z / 2)),
    "gelu": lambda z: _density(z) * (2 - z * z),
    "erf": lambda z: -4 / np.sqrt(np.pi) * z * np.exp(-np.minimum(z * z, 700)),
    "arctan": lambda z: -2 * z / (1 + z * z) ** 2,
    "sin": lambda z: -np.sin(z),
    "exp": np.exp,
    "square": lambda z: np.full_like(z, 2),
    "softsign": lambda z: -2 * np.sign(z) / (1 + np.abs(z)) ** 3,
    "elu": lambda z: np.where(z > 0, 0.0, np.exp(np.minimum(z, 0))),
}
"""Second derivatives, off the kinks."""

_CURVATURE |= dict.fromkeys(NAMED, np.zeros_like)


def _expression(name: str) -> Expression:
    """The formula of an activation that is not written out above: a row of the catalogue, or a formula itself."""
    return parse(FORMULAS[name].formula if name in FORMULAS else name, "activation")


class _ValuesAndSlopes(dict[str, tuple[_Function, _Function]]):
    def __missing__(self, name: str) -> tuple[_Function, _Function]:
        expression = _expression(name)
        return lambda z: derivatives(expression, z)[0], lambda z: derivatives(expression, z)[1]


class _Curvatures(dict[str, _Function]):
    def __missing__(self, name: str) -> _Function:
        expression = _expression(name)
        return lambda z: derivatives(expression, z)[2]


VALUE_AND_SLOPE = _ValuesAndSlopes(_VALUE_AND_SLOPE)
CURVATURE = _Curvatures(_CURVATURE)
"""Those written out above; every other activation is made from its formula."""

_Pair = Callable[[Array, Array], Array]
LOSS_VALUES: dict[str, tuple[_Pair, _Pair, _Pair]] = {
    "squared": (lambda t, y: (t - y) ** 2, lambda t, y: t - y, lambda t, y: np.ones_like(t)),
    "logistic": (
        lambda t, y: np.logaddexp(0, t) - y * t,
        lambda t, y: (_sigmoid(t) - y) / 2,
        lambda t, y: _sigmoid(t) * _sigmoid(-t) / 2,
    ),
    "pseudo-huber": (
        lambda t, y: np.hypot(1, t - y) - 1,
        lambda t, y: (t - y) / np.hypot(1, t - y) / 2,
        lambda t, y: np.hypot(1, t - y) ** -3 / 2,
    ),
    "poisson": (
        lambda t, y: np.exp(t) - y * t,
        lambda t, y: (np.exp(t) - y) / 2,
        lambda t, y: np.exp(t) / 2,
    ),
}
"""For each loss l(T, y): l, and half its first and second derivatives in T."""


def _softmax(t: Array) -> Array:
    shifted: Array = np.exp(t - t.max(axis=1, keepdims=True))
    return np.asarray(shifted / shifted.sum(axis=1, keepdims=True), np.float64)


def _cross_entropy(t: Array, y: Array) -> Array:
    shifted: Array = t - t.max(axis=1, keepdims=True)
    return np.asarray(np.log(np.exp(shifted).sum(axis=1)) - (y * shifted).sum(axis=1), np.float64)


def _curvatures(t: Array, y: Array) -> Array:
    p = _softmax(t)
    return (p[:, :, None] * np.eye(t.shape[1]) - p[:, :, None] * p[:, None, :]) / 2


COUPLED_VALUES: dict[str, tuple[_Pair, _Pair, _Pair]] = {
    "cross-entropy": (_cross_entropy, lambda t, y: (_softmax(t) - y) / 2, _curvatures),
}
"""For each loss of a whole row of outputs (N x m): the loss (N), and half its derivatives (N x m and N x m x m)."""
