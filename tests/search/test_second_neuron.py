"""The chain with a second neuron: its loss is lower, and is the loss of the exact weights that are returned."""

from __future__ import annotations

import numpy as np
import pytest

from certify.search.floats import LOSS_VALUES, VALUE_AND_SLOPE, Array
from certify.search.second_neuron import add_neuron

# w, b_1 (, s_2, b_2), V, beta
CHAINS = {1: [1.0, -0.5, 0.3, 1.5, 0.1], 2: [1.0, -0.5, 0.3, 2.0, -0.7, 1.5, 0.1]}


def silent(line: str) -> None:
    del line


def losses(loss: str, depth: int, bias: bool) -> tuple[float, float, float]:
    """Of the chain, as reported for the better network, and of the better network's exact weights."""
    generator = np.random.default_rng(depth)
    inputs = generator.normal(size=(40, 2))
    targets = generator.uniform(0.1, 0.9, size=(40, 1))
    chain = CHAINS[depth] if bias else CHAINS[depth][:-1]
    better = add_neuron(inputs, targets, "tanh", loss, chain, bias, 2, 0, silent)
    assert better is not None
    state = np.tanh(inputs @ np.array(chain[:2]) + chain[2])
    if depth == 2:
        state = np.tanh(chain[3] * state + chain[4])
    value = LOSS_VALUES[loss][0]
    fitted = float(np.sum(value(chain[-2 if bias else -1] * state + (chain[-1] if bias else 0), targets[:, 0])))
    states: Array = inputs
    for number, (weights, biases) in enumerate(better.layers):
        sums = states @ np.array(weights, dtype=float).T + np.array(biases, dtype=float)
        states = sums if number == depth else VALUE_AND_SLOPE["tanh"][0](sums)
    assert [len(biases) for _, biases in better.layers] == [*[1] * (depth - 1), 2, 1]
    assert bias or better.layers[-1][1] == (0,)
    return fitted, better.loss, float(np.sum(value(states, targets)))


@pytest.mark.parametrize("bias", [False, True])
@pytest.mark.parametrize("depth", [1, 2])
@pytest.mark.parametrize("loss", LOSS_VALUES)
def test_it_is_better(loss: str, depth: int, bias: bool) -> None:
    fitted, reported, exact = losses(loss, depth, bias)
    assert reported < fitted
    assert exact == pytest.approx(reported, rel=1e-9)


def test_one_neuron_has_no_room() -> None:
    inputs, targets = np.zeros((3, 2)), np.zeros((3, 1))
    assert add_neuron(inputs, targets, "tanh", "squared", CHAINS[1][:-1], False, 1, 0, silent) is None
