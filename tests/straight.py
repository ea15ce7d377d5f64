"""Networks with piecewise affine activations in float64, from their definition alone."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from proofs.instance import Instance
from proofs.table import Table

Array = NDArray[np.float64]
Layers = list[tuple[Array, Array]]

SIGMA = {
    "relu": lambda z: np.maximum(z, 0),
    "leaky_relu": lambda z: np.where(z < 0, z / 100, z),
    "prelu": lambda z: np.where(z < 0, z / 4, z),
    "relu6": lambda z: np.clip(z, 0, 6),
    "hardtanh": lambda z: np.clip(z, -1, 1),
    "hardsigmoid": lambda z: np.clip(z / 6 + 0.5, 0, 1),
    "softshrink": lambda z: np.sign(z) * np.maximum(np.abs(z) - 0.5, 0),
    "abs": np.abs,
}
KINKS = {
    "relu": [0],
    "leaky_relu": [0],
    "prelu": [0],
    "relu6": [0, 6],
    "hardtanh": [-1, 1],
    "hardsigmoid": [-3, 3],
    "softshrink": [-0.5, 0.5],
    "abs": [0],
}


def floats(table: Table) -> Array:
    rows = [[int(v.p) / int(v.q) for v in table.row(n)] for n in range(table.rows)]
    return np.array(rows).reshape(table.rows, table.columns)


def forward(activation: str, layers: Layers, inputs: Array) -> tuple[Array, list[Array]]:
    """The outputs, and the pre-activations of each hidden layer."""
    states, sums = inputs, []
    for weights, biases in layers[:-1]:
        sums.append(states @ weights.T + biases)
        states = SIGMA[activation](sums[-1])
    return states @ layers[-1][0].T + layers[-1][1], sums


def float_loss(instance: Instance, layers: Layers) -> float:
    outputs, _ = forward(instance.architecture.activation.name, layers, floats(instance.inputs))
    return float(np.sum((outputs - floats(instance.targets)) ** 2))


def straight_or_not(instance: Instance, layers: Layers) -> tuple[bool, bool]:
    """Whether all units have all samples on one piece, and whether some layer has all its units on flat pieces."""
    name = instance.architecture.activation.name
    _, sums = forward(name, layers, floats(instance.inputs))
    straight, flat = True, False
    for z in sums:
        pieces = np.searchsorted(KINKS[name], z)
        straight = straight and bool((pieces == pieces[0]).all())
        middle = z.mean(axis=0)
        flat = flat or bool(np.allclose(SIGMA[name](middle + 1e-6), SIGMA[name](middle - 1e-6), rtol=0, atol=1e-9))
    return straight, flat


def network_of(instance: Instance, widths: Sequence[int], rng: np.random.Generator) -> Layers:
    """Random weights of several sizes, and last weights that are the best for these hidden units."""
    network = instance.architecture
    sizes = [instance.inputs.columns, *(int(width) for width in widths)]
    layers: Layers = [
        (rng.normal(size=(above, below)) * 10 ** rng.uniform(-2, 0), rng.normal(size=above) * 10 ** rng.uniform(-1, 1))
        for below, above in pairwise(sizes)
    ]
    last = np.zeros((network.outputs, sizes[-1]))
    _, sums = forward(network.activation.name, [*layers, (last, np.zeros(network.outputs))], floats(instance.inputs))
    states = SIGMA[network.activation.name](sums[-1])
    ones = np.ones((len(states), 1 if network.output_bias else 0))
    best = np.linalg.lstsq(np.concatenate([states, ones], axis=1), floats(instance.targets), rcond=None)[0].T
    biases = best[:, -1] if network.output_bias else np.zeros(network.outputs)
    return [*layers, (best[:, : sizes[-1]], biases)]
