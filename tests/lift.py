"""The proved point, lifted to concrete widths: written from Definition 3 of docs/mathematics.md, not from `export`."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from tests.network import SIGMA, Array
from tests.running import Written


@dataclass(frozen=True)
class Point:
    """The certificate's point in float64: `sums` are V_1..V_m, `offset` holds the biases b_1..b_H of the layers."""

    activation: str
    levels: list[float]
    scales: list[float]
    constants: Array
    sums: Array
    bias: bool
    inputs: Array
    targets: Array
    exact_inputs: list[list[Fraction]]
    exact_targets: list[list[Fraction]]

    @property
    def offset(self) -> list[float]:
        """b_1..b_H."""
        below = [0.0, *(s * self.sigma(a) for s, a in zip(self.scales, self.levels, strict=False))]
        return [a - b for a, b in zip(self.levels, below, strict=True)]

    @property
    def residuals(self) -> Array:
        """D, N x m."""
        return self.constants - self.targets

    @property
    def loss(self) -> float:
        return math.fsum(self.residuals.ravel() ** 2)

    def sigma(self, level: float) -> float:
        return float(SIGMA[self.activation][0](np.array(level)))

    def lift(self, widths: Sequence[int], generator: np.random.Generator | None = None) -> dict[str, Array]:
        """The network of these widths with equal shares, or with random positive ones."""
        parameters = {"W1": np.zeros((widths[0], self.inputs.shape[1])), "b1": np.full(widths[0], self.levels[0])}
        for h, scale in enumerate(self.scales, 1):
            parameters[f"W{h + 1}"] = scale * shares(widths[h], widths[h - 1], generator)
            parameters[f"b{h + 1}"] = np.full(widths[h], self.offset[h])
        parameters["v"] = self.sums[:, None] * shares(len(self.sums), widths[-1], generator)
        if self.bias:
            parameters["c"] = self.constants - self.sums * self.sigma(self.levels[-1])
        return parameters


def shares(rows: int, columns: int, generator: np.random.Generator | None) -> Array:
    """Positive rows that sum to 1; random ones are far from equal."""
    if generator is None:
        return np.full((rows, columns), 1 / columns)
    return np.maximum(generator.dirichlet(np.full(columns, 0.4), size=rows), 1e-9)


def point_of(written: Written) -> Point:
    arguments = written.arguments("constant-point")
    network = written.instance["network"]
    levels = [_level(text) for text in arguments["levels"]]
    constants = np.array([float(Fraction(c)) for c in arguments["constants"]])
    activation = network["activation"]
    if network["output_bias"]:
        sums = np.array([float(Fraction(v)) for v in arguments["output_weights"]])
    else:
        sums = constants / SIGMA[activation][0](np.array(levels[-1]))
    return Point(
        activation,
        levels,
        [float(Fraction(s)) for s in arguments["scales"]],
        constants,
        sums,
        network["output_bias"],
        np.array([[float(v) for v in row] for row in written.inputs]),
        np.array([[float(v) for v in row] for row in written.targets]),
        written.inputs,
        written.targets,
    )


def _level(text: str) -> float:
    if text.startswith("log("):
        return math.log(Fraction(text[4:-1]))
    return float(Fraction(text))
