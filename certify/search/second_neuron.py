"""A better network than a chain: the chain with a second neuron in its last hidden layer."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from certify.progress import Report
from certify.search.better import Better, shortened
from certify.search.floats import VALUE_AND_SLOPE, Array
from certify.search.levenberg import Model, Weights
from certify.search.starts import random_rows

_STARTS = 8
_ROUNDS = 80
_OPERATIONS = 1e10


def add_neuron(
    inputs: Array,
    targets: Array,
    activation: str,
    loss: str,
    chain: Sequence[float],
    output_bias: bool,
    last_width: int,
    seed: int,
    report: Report,
) -> Better | None:
    """Search a network of hidden widths (1, .., 1, 2) with a smaller loss than the chain's.

    Args:
        inputs: N x d_0.
        targets: N x 1.
        chain: w, b_1, s_2, b_2, .., V (, beta), as in proofs/chain.py.
    """
    if last_width < 2:
        return None
    model = Model(activation, output_bias, inputs, targets, loss)
    lower, last, top = _chain_layers(inputs.shape[1], chain, output_bias)
    chain_loss = model.loss([*lower, last, top])
    silent = np.zeros((1, 1))
    states = _states(activation, inputs, lower)
    generator = np.random.default_rng(seed)
    parameters = sum((below + 1) * width for below, width in pairwise([inputs.shape[1], *[1] * len(lower), 2, 1]))
    rounds = max(5, min(_ROUNDS, int(_OPERATIONS / (_STARTS * len(inputs) * parameters**2))))
    best, least = None, chain_loss
    with np.errstate(all="ignore"):  # what overflows is no better point
        for number in range(1, _STARTS + 1):
            report(f"better point: start {number}")
            row = random_rows(states, 1, generator) * 2.0 ** generator.uniform(-1, 3)
            bias = -row @ states[generator.integers(len(states))]
            both = np.vstack([last[0], row]), np.concatenate([last[1], bias])
            start: Weights = [*lower, both, (np.hstack([top[0], silent]), top[1])]
            layers, _ = model.improve(start, rounds)
            if model.loss(layers) < least:
                best, least = layers, model.loss(layers)
        return None if best is None else shortened(model, best, chain_loss)


def _chain_layers(
    features: int, chain: Sequence[float], output_bias: bool
) -> tuple[Weights, tuple[Array, Array], tuple[Array, Array]]:
    """The chain's layers below the last hidden one, that one, and the output layer."""
    numbers = np.array(chain)
    end = len(numbers) - (2 if output_bias else 1)
    hidden: Weights = [(numbers[None, :features], numbers[features : features + 1])]
    for k in range(features + 1, end, 2):
        hidden.append((numbers[None, k : k + 1], numbers[k + 1 : k + 2]))
    top = numbers[None, end : end + 1], numbers[end + 1 :] if output_bias else np.zeros(1)
    return hidden[:-1], hidden[-1], top


def _states(activation: str, inputs: Array, layers: Weights) -> Array:
    states = inputs
    for weights, biases in layers:
        states = VALUE_AND_SLOPE[activation][0](states @ weights.T + biases)
    return states
