"""The loss as a function of one vector of all parameters, for many vectors at once, in float64."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import numpy as np

from certify.search.floats import COUPLED_VALUES, LOSS_VALUES, VALUE_AND_SLOPE, Array
from certify.search.levenberg import Model, Weights

_NUMBERS = 1 << 20
"""How many pre-activations are held at once."""
_SINGULAR = 1e-11
_SLOW, _TIMES = ("gelu", "erf"), 8
"""Activations that NumPy does not have, and formulas, take about so many times as long as others."""


class Surface:
    """The loss of a fully connected network of fixed widths on fixed data.

    A vector has for each layer, the output layer last, the weights row by row and then the biases; without an output
    bias the last m entries are 0.
    """

    def __init__(self, model: Model, sizes: tuple[int, ...]) -> None:
        """Args:
        sizes: d_0, d_1, .., d_H, m.
        """
        self.model, self.sizes = model, sizes
        self.parameters = sum((below + 1) * width for below, width in pairwise(sizes))
        self.rates = model.rates(self.layers(np.zeros(self.parameters)))
        self._value, self._slope = VALUE_AND_SLOPE[model.activation]

    @property
    def work(self) -> int:
        """About how many values of an ordinary activation take as long as one evaluation."""
        name = self.model.activation
        times = _TIMES if name in _SLOW or name not in VALUE_AND_SLOPE else 1
        samples = len(self.model.inputs)
        return times * samples * sum(self.sizes[1:]) + (samples // 16 + 1) * self.parameters

    def layers(self, point: Array) -> Weights:
        """The matrices and biases in a vector, or in each row of many (P, or G x P)."""
        found, start = [], 0
        for below, width in pairwise(self.sizes):
            middle, end = start + below * width, start + (below + 1) * width
            found.append((point[..., start:middle].reshape(*point.shape[:-1], width, below), point[..., middle:end]))
            start = end
        return found

    def sums(self, points: Array, inputs: Array) -> list[Array]:
        """The pre-activations of each hidden layer (G x N x d_h) at these inputs (N x d_0), and last the outputs."""
        found: list[Array] = []
        states = inputs
        with np.errstate(all="ignore"):
            for weights, biases in self.layers(points):
                if found:
                    states = self._value(found[-1])
                found.append(states @ weights.transpose(0, 2, 1) + biases[:, None, :])
        return found

    def outputs(self, point: Array) -> Array:
        """N x m."""
        found: Array = self.sums(point[None], self.model.inputs)[-1][0]
        return found

    def losses(self, points: Array) -> Array:
        """One for each row; infinite where floats overflow."""
        return self._each(points, self._losses)

    def gradients(self, points: Array) -> Array:
        """One row for each row, for losses that do not couple the outputs."""
        return self._each(points, self._gradients)

    def _each(self, points: Array, function: Callable[[Array], Array]) -> Array:
        size = max(1, _NUMBERS // self.work)
        return np.concatenate([function(points[k : k + size]) for k in range(0, len(points) or 1, size)])

    def _losses(self, points: Array) -> Array:
        outputs, targets = self.sums(points, self.model.inputs)[-1], self.model.targets
        with np.errstate(all="ignore"):
            if self.model.loss_name in LOSS_VALUES:
                sums = LOSS_VALUES[self.model.loss_name][0](outputs, targets).sum(axis=(1, 2))
            else:
                value = COUPLED_VALUES[self.model.loss_name][0]
                sums = np.array([value(output, targets).sum() for output in outputs])
            sums = sums + points**2 @ self.rates
        return np.where(np.isfinite(sums), sums, np.inf)

    def _gradients(self, points: Array) -> Array:
        sums, layers = self.sums(points, self.model.inputs), self.layers(points)
        parts: list[Array] = []
        with np.errstate(all="ignore"):
            delta = 2 * LOSS_VALUES[self.model.loss_name][1](sums[-1], self.model.targets)
            for h in range(len(layers) - 1, -1, -1):
                states = self._value(sums[h - 1]) if h else self.model.inputs
                by_bias = delta.sum(axis=1) * (1.0 if h < len(layers) - 1 or self.model.output_bias else 0.0)
                by_weight = delta.transpose(0, 2, 1) @ states
                parts[:0] = [by_weight.reshape(len(points), -1), by_bias]
                if h:
                    delta = (delta @ layers[h][0]) * self._slope(sums[h - 1])
            found: Array = np.concatenate(parts, axis=1) + 2 * self.rates * points
        return np.where(np.isfinite(found), found, 0.0)

    def polished(self, point: Array, steps: int = 4) -> Array:
        """Where Newton's method leads in a few steps, as long as the gradient shrinks."""
        free = len(point) - (0 if self.model.output_bias else self.sizes[-1])
        gradient = self.gradients(point[None])[0]
        for _ in range(steps):
            sizes = 1e-5 * (1 + np.abs(point))
            moves = np.diag(sizes)[:free]
            around = self.gradients(np.concatenate([point + moves, point - moves]))[:, :free]
            hessian = (around[:free] - around[free:]) / (2 * sizes[:free, None])
            inverse = np.linalg.pinv((hessian + hessian.T) / 2, rcond=_SINGULAR, hermitian=True)
            trial = point - np.append(inverse @ gradient[:free], np.zeros(len(point) - free))
            there = self.gradients(trial[None])[0]
            if not np.abs(there).max() < np.abs(gradient).max():
                break
            point, gradient = trial, there
        return point


def vector(layers: Weights) -> Array:
    """The vector that has these matrices and biases."""
    return np.concatenate([part.reshape(-1) for layer in layers for part in layer])
