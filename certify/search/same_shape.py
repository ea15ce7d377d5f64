"""A better network of the same shape as a trained one, by training from many random starts."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from certify.progress import Report
from certify.search.better import shortened
from certify.search.floats import Array
from certify.search.levenberg import Model, Weights, as_float, model_of
from proofs.instance import Instance
from proofs.layers import Layer

_STARTS = 30
_ROUNDS = 200
_OPERATIONS = 2e10
_CLEARLY = 1 - 1e-6


def loss_of(instance: Instance, layers: Sequence[Layer]) -> float:
    """The loss of a network in float64."""
    return model_of(instance).loss([_floats(layer) for layer in layers])


def better_of_same_shape(instance: Instance, loss: float, seed: int, report: Report) -> Sequence[Layer] | None:
    """The best network found, in few digits; None when none is clearly below `loss`."""
    model, numbers = model_of(instance), np.random.default_rng(seed)
    network = instance.architecture
    sizes = (instance.inputs.columns, *(network.widths or ()), network.outputs)
    parameters = sum((a + 1) * b for a, b in pairwise(sizes))
    left = int(_OPERATIONS / (model.targets.size * parameters**2)) + 1
    best: Weights | None = None
    least = loss * _CLEARLY
    with np.errstate(all="ignore"):
        for number in range(1, _STARTS + 1):
            report(f"looking for a better network: start {number}")
            layers, taken = model.improve(_start(model, sizes, numbers), min(_ROUNDS, left))
            left -= taken
            if model.loss(layers) < least:
                best, least = layers, model.loss(layers)
            if left <= 0:
                break
    return None if best is None else [Layer(*layer) for layer in shortened(model, best, loss).layers]


def _floats(layer: Layer) -> tuple[Array, Array]:
    weights = [[as_float(w) for w in row] for row in layer.weights]
    return np.array(weights), np.array([as_float(b) for b in layer.biases])


def _start(model: Model, sizes: Sequence[int], numbers: np.random.Generator) -> Weights:
    """Random weights, in the first layer relative to the spread of each input."""
    layers: Weights = []
    for h, (inputs, units) in enumerate(pairwise(sizes)):
        last = h == len(sizes) - 2
        weights = numbers.normal(0, (1 if last else 2) / np.sqrt(inputs), (units, inputs))
        biases = np.zeros(units) if last else numbers.normal(0, 1, units)
        if h == 0:
            weights /= model.inputs.std(axis=0) + 1e-12
            biases -= weights @ model.inputs.mean(axis=0)
        layers.append((weights, biases))
    return layers
