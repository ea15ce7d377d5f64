"""The gradient and the Hessian of a network's loss in float64."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from flint import arb

from certify.search.floats import COUPLED_VALUES, CURVATURE, LOSS_VALUES, VALUE_AND_SLOPE, Array
from certify.search.levenberg import Model, Weights, model_of
from proofs.full_network import Shape
from proofs.instance import Instance

_AT_ONCE = 4_000_000
"""At most about so many numbers in one table."""


def weights_of(parameters: Sequence[float] | Array, sizes: Sequence[int], output_bias: bool) -> Weights:
    """The layers of a network with these parameters, in the order of proofs/full_network.py."""
    layers: Weights = []
    rest = np.asarray(parameters, np.float64)
    for h, (inputs, units) in enumerate(pairwise(sizes)):
        biased = output_bias or h < len(sizes) - 2
        rows, rest = rest[: units * (inputs + biased)].reshape(units, -1), rest[units * (inputs + biased) :]
        layers.append((rows[:, :inputs], rows[:, inputs] if biased else np.zeros(units)))
    return layers


def half_hessian_at(instance: Instance, shape: Shape, parameters: Sequence[arb]) -> Array:
    """Half the Hessian of the loss of an instance at a network of the shape."""
    layers = weights_of([float(p.mid()) for p in parameters], shape.sizes, shape.output_bias)
    return half_derivatives(model_of(instance), layers)[1]


def half_derivatives(model: Model, layers: Weights) -> tuple[Array, Array]:
    """Half the gradient and half the Hessian, in the order of proofs/full_network.py.

    The Hessian is the derivative of the gradient along every parameter, for many of them at once. Entries are infinite
    or nan where floats overflow.
    """
    output, states, sums = model.forward(layers)
    _, residual, weight = (LOSS_VALUES | COUPLED_VALUES)[model.loss_name]
    with np.errstate(all="ignore"):
        slopes = [VALUE_AND_SLOPE[model.activation][1](z) for z in sums]
        forces = [residual(output, model.targets)]  # of the loss in what each layer adds up
        for (tops, _), slope in zip(layers[:0:-1], slopes[::-1], strict=True):
            forces.insert(0, (forces[0] @ tops) * slope)
        bent = [
            (force @ tops) * CURVATURE[model.activation](z)
            for force, (tops, _), z in zip(forces[1:], layers[1:], sums, strict=True)
        ]
        gradient = _flat(
            [(f.T @ s)[None] for f, s in zip(forces, states, strict=True)], [f.sum(0) for f in forces], model
        )
        curved = weight(output, model.targets)
        if curved.ndim == 2:  # each output by itself
            curved = curved[:, :, None] * np.eye(curved.shape[1])
        network = _Network(model, layers, states, slopes, forces, bent, curved)
        size = gradient.shape[1]
        each = max(1, _AT_ONCE // (len(model.inputs) * max(len(biases) for _, biases in layers)))
        axes = np.eye(size)
        rows = [network.changes(axes[start : start + each]) for start in range(0, size, each)]
    tables = [(np.full_like(w, model.decay[0]), np.full_like(b, model.decay[1])) for w, b in layers]
    rates, parameters = (_flat([w[None] for w, _ in part], [b for _, b in part], model)[0] for part in (tables, layers))
    return gradient[0] + rates * parameters, np.concatenate(rows) + np.diag(rates)


def _flat(weights: Sequence[Array], biases: Sequence[Array], model: Model) -> Array:
    """One row for each of the k entries of k x units x inputs and k x units (or units) tables."""
    parts = []
    for h, (by_weight, by_bias) in enumerate(zip(weights, biases, strict=True)):
        table = by_weight
        if model.output_bias or h < len(weights) - 1:
            table = np.concatenate([by_weight, np.reshape(by_bias, (*by_weight.shape[:2], 1))], axis=2)
        parts.append(table.reshape(len(table), -1))
    return np.concatenate(parts, axis=1)


@dataclass(frozen=True, slots=True)
class _Network:
    """A network over all samples, ready to be differentiated once more.

    Attributes:
        states: what enters each layer; slopes: sigma'; forces: half the derivatives of the loss in what each layer
            adds up; bent: in the states, times sigma''; curvature (N x m x m): half the second derivatives of the loss.
    """

    model: Model
    layers: Weights
    states: list[Array]
    slopes: list[Array]
    forces: list[Array]
    bent: list[Array]
    curvature: Array

    def changes(self, directions: Array) -> Array:
        """The derivatives of half the gradient along some directions, one a row."""
        sizes = [self.states[0].shape[1], *(len(biases) for _, biases in self.layers)]
        moves = [_tables(directions, sizes, h, self.model.output_bias) for h in range(len(self.layers))]
        entering = [np.zeros((len(self.states[0]), len(directions), sizes[0]))]  # samples x directions x units
        sums = []
        for h, ((tops, _), (by_weight, by_bias)) in enumerate(zip(self.layers, moves, strict=True)):
            sums.append(np.tensordot(self.states[h], by_weight, ([1], [2])) + entering[h] @ tops.T + by_bias)
            if h < len(self.slopes):
                entering.append(self.slopes[h][:, None] * sums[h])
        change = np.einsum("nop,nkp->nko", self.curvature, sums[-1])
        weights, biases = list[Array](), list[Array]()
        for h in range(len(moves) - 1, -1, -1):
            own = np.tensordot(change, self.states[h], ([0], [0]))
            weights.insert(0, own + np.tensordot(self.forces[h], entering[h], ([0], [0])).transpose(1, 0, 2))
            biases.insert(0, change.sum(0))
            if h:
                below = change @ self.layers[h][0] + np.tensordot(self.forces[h], moves[h][0], ([1], [1]))
                change = below * self.slopes[h - 1][:, None] + self.bent[h - 1][:, None] * sums[h - 1]
        return _flat(weights, biases, self.model)


def _tables(directions: Array, sizes: Sequence[int], layer: int, output_bias: bool) -> tuple[Array, Array]:
    """What the directions change in a layer: directions x units x inputs, and directions x units."""
    start = 0
    for h, (inputs, units) in enumerate(pairwise(sizes)):
        biased = output_bias or h < len(sizes) - 2
        end = start + units * (inputs + biased)
        if h == layer:
            table = directions[:, start:end].reshape(len(directions), units, -1)
            return table[:, :, :inputs], table[:, :, inputs] if biased else np.zeros((len(directions), units))
        start = end
    raise IndexError(layer)
