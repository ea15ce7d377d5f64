"""The activations and the network in mpmath, to decide what floats cannot."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from mpmath import mp, mpf

from tests.lift import Point
from tests.network import Array, depth

SIGMA: dict[str, Callable[[Any], Any]] = {
    "sigmoid": lambda z: 1 / (1 + mp.exp(-z)),
    "tanh": mp.tanh,
    "softplus": lambda z: mp.log1p(mp.exp(z)),
    "silu": lambda z: z / (1 + mp.exp(-z)),
    "gelu": lambda z: z * mp.ncdf(z),
    "erf": mp.erf,
    "arctan": mp.atan,
    "sin": mp.sin,
    "exp": mp.exp,
    "square": lambda z: z * z,
    "softsign": lambda z: z / (1 + abs(z)),
    "elu": lambda z: z if z > 0 else mp.expm1(z),
}


def excess(point: Point, parameters: Mapping[str, Array], digits: int = 60) -> float:
    """The least of V_o <D_o, sigma(z)> over outputs and last hidden units, over what its terms add up to in size."""
    with mp.workdps(digits):
        states = [[mpf(v.numerator) / v.denominator for v in row] for row in point.exact_inputs]
        for h in range(1, depth(parameters) + 1):
            weights = [[mpf(float(w)) for w in row] for row in parameters[f"W{h}"]]
            biases = [mpf(float(b)) for b in parameters[f"b{h}"]]
            states = [
                [SIGMA[point.activation](mp.fdot(row, state) + b) for row, b in zip(weights, biases, strict=True)]
                for state in states
            ]
        found = []
        for o, column in enumerate(zip(*point.exact_targets, strict=True)):
            mean = sum(column) / len(column)
            residual = [mpf((mean - y).numerator) / (mean - y).denominator for y in column]
            for unit in zip(*states, strict=True):
                products = [d * s for d, s in zip(residual, unit, strict=True)]
                size = sum(map(abs, products)) or mpf(1)
                found.append((1 if point.sums[o] > 0 else -1) * sum(products) / size)
        return float(min(found))
