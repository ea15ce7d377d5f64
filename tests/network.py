"""A fully connected network in NumPy, written for the tests only: it shares no line with the code under test.

Parameters are a dictionary as `certify export` writes it: `W1, b1, .., v` and, with an output bias, `c`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

Array = np.ndarray[Any, np.dtype[np.float64]]
Function = Callable[[Array], Array]

_erf: Function = np.vectorize(math.erf, otypes=[float])


def _logistic(z: Array) -> Array:
    return np.exp(-np.logaddexp(0, -z))


def _density(z: Array) -> Array:
    return np.exp(-z * z / 2) / math.sqrt(2 * math.pi)


SIGMA: dict[str, tuple[Function, Function]] = {
    "sigmoid": (_logistic, lambda z: _logistic(z) * _logistic(-z)),
    "tanh": (np.tanh, lambda z: 1 / np.cosh(z) ** 2),
    "softplus": (lambda z: np.logaddexp(0, z), _logistic),
    "silu": (lambda z: z * _logistic(z), lambda z: _logistic(z) + z * _logistic(z) * _logistic(-z)),
    "gelu": (
        lambda z: z * (1 + _erf(z / math.sqrt(2))) / 2,
        lambda z: (1 + _erf(z / math.sqrt(2))) / 2 + z * _density(z),
    ),
    "erf": (_erf, lambda z: 2 / math.sqrt(math.pi) * np.exp(-z * z)),
    "arctan": (np.arctan, lambda z: 1 / (1 + z * z)),
    "sin": (np.sin, np.cos),
    "exp": (np.exp, np.exp),
    "square": (lambda z: z * z, lambda z: 2 * z),
    "softsign": (lambda z: z / (1 + abs(z)), lambda z: 1 / (1 + abs(z)) ** 2),
    "elu": (lambda z: np.where(z < 0, np.expm1(z), z), lambda z: np.where(z < 0, np.exp(z), 1.0)),
}

Parameters = Mapping[str, Array]


def depth(parameters: Parameters) -> int:
    return sum(name.startswith("W") for name in parameters)


def pre_activations(activation: str, parameters: Parameters, inputs: Array) -> list[Array]:
    """z_1, .., z_H, each N x d_h."""
    sums, states = [], inputs
    for h in range(1, depth(parameters) + 1):
        sums.append(states @ parameters[f"W{h}"].T + parameters[f"b{h}"])
        states = SIGMA[activation][0](sums[-1])
    return sums


def outputs(activation: str, parameters: Parameters, inputs: Array) -> Array:
    """T, N x m."""
    states = SIGMA[activation][0](pre_activations(activation, parameters, inputs)[-1])
    return states @ parameters["v"].T + parameters.get("c", np.zeros(1))


def loss(activation: str, parameters: Parameters, inputs: Array, targets: Array) -> float:
    """The sum of squared differences, each summed exactly."""
    return math.fsum((outputs(activation, parameters, inputs) - targets).ravel() ** 2)


def gradient(activation: str, parameters: Parameters, inputs: Array, targets: Array) -> dict[str, Array]:
    """The gradient of the loss, by the chain rule from the top layer down."""
    value, slope = SIGMA[activation]
    sums = pre_activations(activation, parameters, inputs)
    states = [inputs, *map(value, sums)]
    delta = 2 * (outputs(activation, parameters, inputs) - targets)
    result = {"v": delta.T @ states[-1]}
    if "c" in parameters:
        result["c"] = delta.sum(axis=0)
    delta = delta @ parameters["v"]
    for h in range(len(sums), 0, -1):
        delta = delta * slope(sums[h - 1])
        result[f"W{h}"], result[f"b{h}"] = delta.T @ states[h - 1], delta.sum(axis=0)
        delta = delta @ parameters[f"W{h}"]
    return result


def packed(parameters: Parameters, names: list[str]) -> Array:
    return np.concatenate([parameters[name].ravel() for name in names])


def unpacked(vector: Array, like: Parameters, names: list[str]) -> dict[str, Array]:
    result, start = {}, 0
    for name in names:
        size = like[name].size
        result[name] = vector[start : start + size].reshape(like[name].shape)
        start += size
    return result


def weight_names(parameters: Parameters) -> list[str]:
    """The trainable arrays of an exported file, which holds X and Y, too."""
    return [name for name in parameters if name not in ("X", "Y")]


def hessian(activation: str, parameters: Parameters, inputs: Array, targets: Array, step: float = 1e-5) -> Array:
    """Central differences of `gradient`, made symmetric."""
    names = weight_names(parameters)
    point = packed(parameters, names)
    rows = []
    for k in range(len(point)):
        ends = []
        for sign in (1, -1):
            moved = point.copy()
            moved[k] += sign * step
            ends.append(packed(gradient(activation, unpacked(moved, parameters, names), inputs, targets), names))
        rows.append((ends[0] - ends[1]) / (2 * step))
    matrix = np.array(rows)
    return (matrix + matrix.T) / 2
