"""Networks in float64 and in mpmath, written down again from the definition in docs/mathematics.md, section 1."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import erf
from typing import Any

import mpmath
import numpy as np
from flint import fmpq

from proofs.instance import Instance
from proofs.lemmas.constant_point import ConstantPoint
from proofs.table import Table
from tests.proofs.oracle import real, sigma

Array = Any

_ERF = np.vectorize(erf)
FLOAT_SIGMA: dict[str, Callable[[Array], Array]] = {
    "sigmoid": lambda z: 0.5 * (1 + np.tanh(z / 2)),
    "tanh": np.tanh,
    "softplus": lambda z: np.logaddexp(0, z),
    "silu": lambda z: z * 0.5 * (1 + np.tanh(z / 2)),
    "gelu": lambda z: z * 0.5 * (1 + _ERF(z / np.sqrt(2))),
    "erf": _ERF,
    "arctan": np.arctan,
    "sin": np.sin,
    "exp": np.exp,
    "square": np.square,
    "softsign": lambda z: z / (1 + np.abs(z)),
    "elu": lambda z: np.where(z < 0, np.expm1(np.minimum(z, 0)), z),
}


def to_float(value: fmpq) -> float:
    return int(value.p) / int(value.q)


def floats(table: Table) -> Array:
    return np.array([[to_float(v) for v in table.row(n)] for n in range(table.rows)])


def level_floats(point: ConstantPoint) -> list[float]:
    return [float(level.ball().mid()) for level in point.levels]


@dataclass
class Weights:
    """Hidden weights W_h (units x inputs), hidden biases, last weights v (outputs x units), output biases."""

    hidden: list[Array]
    biases: list[Array]
    last: Array
    output_biases: Array

    def hidden_units(self, name: str, inputs: Array) -> list[Array]:
        """The pre-activations of each layer, samples x units."""
        preactivations = []
        states = inputs
        for matrix, bias in zip(self.hidden, self.biases, strict=True):
            preactivations.append(states @ matrix.T + bias)
            states = FLOAT_SIGMA[name](preactivations[-1])
        return preactivations

    def outputs(self, name: str, inputs: Array) -> Array:
        return FLOAT_SIGMA[name](self.hidden_units(name, inputs)[-1]) @ self.last.T + self.output_biases


def shares(rng: np.random.Generator, rows: int, columns: int) -> Array:
    """Positive rows that sum to 1; some are nearly equal and some almost all on one unit."""
    raw = rng.gamma(rng.choice([0.1, 1, 20]), size=(rows, columns)) + 1e-9
    return raw / raw.sum(axis=1, keepdims=True)


def lift(instance: Instance, point: ConstantPoint, widths: Sequence[int], rng: np.random.Generator) -> Weights:
    """The constant point at these widths, with random shares (Definition 3)."""
    name = instance.architecture.activation.name
    levels = level_floats(point)
    heights = [float(FLOAT_SIGMA[name](np.array(a))) for a in levels]
    hidden: list[Array] = [np.zeros((widths[0], instance.inputs.columns))]
    biases: list[Array] = [np.full(widths[0], levels[0])]
    for h in range(1, len(widths)):
        scale = to_float(point.scales[h - 1])
        hidden.append(scale * shares(rng, widths[h], widths[h - 1]))
        biases.append(np.full(widths[h], levels[h] - scale * heights[h - 1]))
    constants = np.array([to_float(c) for c in point.constants])
    if point.output_weights is None:
        sums, output_biases = constants / heights[-1], np.zeros(len(constants))
    else:
        sums = np.array([to_float(v) for v in point.output_weights])
        output_biases = constants - sums * heights[-1]
    last = sums[:, None] * shares(rng, len(constants), widths[-1])
    return Weights(hidden, biases, last, output_biases)


def loss(name: str, weights: Weights, inputs: Array, targets: Array) -> float:
    return float(((weights.outputs(name, inputs) - targets) ** 2).sum())


def precise_loss(name: str, layers: Sequence[tuple[Any, Any]], inputs: Any, targets: Any) -> Any:
    """The loss of a network of (weights, biases) pairs, the last pair being the output layer, in mpmath."""
    total = mpmath.mpf(0)
    for x, y in zip(inputs, targets, strict=True):
        states = list(x)
        for h, (matrix, biases) in enumerate(layers):
            states = [
                mpmath.fsum(w * s for w, s in zip(row, states, strict=True)) + b
                for row, b in zip(matrix, biases, strict=True)
            ]
            if h < len(layers) - 1:
                states = [sigma(name, z) for z in states]
        total += mpmath.fsum((t - v) ** 2 for t, v in zip(states, y, strict=True))
    return total


def reals(table: Table) -> Any:
    """The rows of a table in mpmath."""
    return [[real(v) for v in table.row(n)] for n in range(table.rows)]
