"""Starts: of the right shape, on the plateau's edge or away from it, and finite."""

from __future__ import annotations

import numpy as np
import pytest

from certify.search.levenberg import Model
from certify.search.starts import Plateau, starts
from tests import network
from tests.running import ACTIVATIONS


def case(activation: str, depth: int, outputs: int = 1, inputs: network.Array | None = None) -> tuple[Model, Plateau]:
    """A plateau at level -1 in all layers, with scales of 1 and -1, and noisy targets around its value."""
    generator = np.random.default_rng(depth)
    x = generator.normal(size=(40, 3)) if inputs is None else inputs
    top = float(network.SIGMA[activation][0](np.array(-1.0)))
    constants = np.arange(1.0, outputs + 1)
    targets = constants + 0.3 * generator.normal(size=(len(x), outputs))
    targets[7] += 1.0
    scales = [(-1.0) ** h for h in range(depth - 1)]
    plateau = Plateau([-1.0] * depth, scales, constants / top, np.zeros(outputs), constants)
    return Model(activation, False, x, targets), plateau


@pytest.mark.parametrize("last_width", [1, 2, 5])
@pytest.mark.parametrize("depth", [1, 2, 4])
@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_shapes_and_numbers(activation: str, depth: int, last_width: int) -> None:
    model, plateau = case(activation, depth, outputs=2)
    found = list(starts(model, plateau, last_width, np.ones(3), np.random.default_rng(0)))
    assert len(found) >= 8
    for layers in found:
        assert [weights.shape for weights, _ in layers] == [
            (width, below)
            for below, width in zip(
                [3, *[1] * (depth - 1), last_width], [*[1] * (depth - 1), last_width, 2], strict=True
            )
        ]
        assert [len(biases) for _, biases in layers] == [len(weights) for weights, _ in layers]
        assert all(np.isfinite(weights).all() and np.isfinite(biases).all() for weights, biases in layers)
        assert (layers[-1][1] == plateau.biases).all()


@pytest.mark.parametrize("depth", [1, 2, 3])
@pytest.mark.parametrize("activation", ["sigmoid", "gelu", "square", "exp"])
def test_the_plateaus_edge_is_on_the_plateau_to_first_order(activation: str, depth: int) -> None:
    """A direction shorter by 10 brings the output closer to the constant by about 100: the linear terms cancel."""
    model, plateau = case(activation, depth)
    distances = []
    for size in (1e-2, 1e-3):
        edge = next(iter(starts(model, plateau, 2, np.full(3, size), np.random.default_rng(0))))
        output = _output(model, edge)
        distances.append(np.abs(output - plateau.constants).max())
    assert 50 < distances[0] / distances[1] < 200


def _output(model: Model, layers: list[tuple[network.Array, network.Array]]) -> network.Array:
    states = model.inputs
    for weights, biases in layers[:-1]:
        states = network.SIGMA[model.activation][0](states @ weights.T + biases)
    return np.asarray(states @ layers[-1][0].T + layers[-1][1])


def test_a_bump_reaches_the_worst_sample() -> None:
    """One sample is off a constant target: two sigmoids that overlap there reach half of the way to it."""
    generator = np.random.default_rng(2)
    inputs = generator.normal(size=(50, 2))
    targets = np.ones((50, 1))
    targets[11] = 3.0
    plateau = Plateau([-1.0], [], np.array([1 / 0.2689414213699951]), np.zeros(1), np.array([1.04]))
    model = Model("sigmoid", False, inputs, targets)
    before = float(np.sum((plateau.constants - targets) ** 2))
    losses = [model.loss(start) for start in starts(model, plateau, 2, np.ones(2), generator)]
    assert min(losses[1:3]) < before
    improved = [model.loss(model.improve(start, 50)[0]) for start in starts(model, plateau, 2, np.ones(2), generator)]
    assert min(improved[1:3]) < 0.3 * before


def test_constant_and_huge_columns() -> None:
    generator = np.random.default_rng(3)
    inputs = np.column_stack(
        [np.full(30, 0.1), generator.normal(size=30), 1e12 + generator.normal(size=30), np.zeros(30)]
    )
    for activation in ("tanh", "exp", "square"):
        for depth in (1, 3):
            model, plateau = case(activation, depth, inputs=inputs)
            for layers in list(starts(model, plateau, 2, np.array([0.0, 1.0, 0.0, 0.0]), generator))[1:-1]:
                assert all(np.isfinite(weights).all() and np.isfinite(biases).all() for weights, biases in layers)
                if depth == 1:
                    assert (layers[0][0][:, [0, 3]] == 0).all(), "a constant column says nothing"
