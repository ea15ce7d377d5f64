"""Least squares: the loss never rises, the derivatives are right, and nothing breaks on wild numbers."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from certify.search import levenberg
from certify.search.levenberg import Model, Weights
from tests import network
from tests.running import ACTIVATIONS


def random_case(activation: str, depth: int, bias: bool, seed: int = 0) -> tuple[Model, Weights]:
    generator = np.random.default_rng(seed)
    inputs = generator.normal(size=(30, 3))
    targets = generator.normal(size=(30, 2))
    sizes = [3, *[1] * (depth - 1), 2, 2]
    layers: Weights = [
        (generator.normal(size=(width, below)), generator.normal(size=width) * 0.5) for below, width in pairwise(sizes)
    ]
    return Model(activation, bias, inputs, targets), layers


def parameters(layers: Weights) -> dict[str, network.Array]:
    """The same weights for the network of the tests."""
    named = {f"W{h}": weights for h, (weights, _) in enumerate(layers[:-1], 1)}
    named |= {f"b{h}": biases for h, (_, biases) in enumerate(layers[:-1], 1)}
    return {**named, "v": layers[-1][0], "c": layers[-1][1]}


@pytest.mark.parametrize("depth", [1, 2, 3])
@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_the_loss_is_the_loss(activation: str, depth: int) -> None:
    model, layers = random_case(activation, depth, True)
    expected = network.loss(activation, parameters(layers), model.inputs, model.targets)
    assert model.loss(layers) == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("bias", [False, True])
@pytest.mark.parametrize("depth", [1, 2, 3])
@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_the_derivatives_are_right(activation: str, depth: int, bias: bool) -> None:
    """J^T r is half the gradient that the network of the tests finds by the chain rule."""
    model, layers = random_case(activation, depth, bias)
    output, states, sums = model.forward(layers)
    found = 2 * model._jacobian(layers, states, sums).T @ model.residual(output)
    slopes = network.gradient(activation, parameters(layers), model.inputs, model.targets)
    if not bias:
        slopes["c"] = np.zeros(2)
    names = [*(name for h in range(1, depth + 1) for name in (f"W{h}", f"b{h}")), "v", "c"]
    np.testing.assert_allclose(found, network.packed(slopes, names), rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("bias", [False, True])
@pytest.mark.parametrize("depth", [1, 2, 3])
@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_the_loss_falls(activation: str, depth: int, bias: bool) -> None:
    model, layers = random_case(activation, depth, bias)
    losses = [model.loss(model.improve(layers, rounds)[0]) for rounds in (0, 1, 5, 50)]
    assert losses == sorted(losses, reverse=True)
    assert losses[-1] < 0.99 * losses[0]
    if not bias:
        assert (model.improve(layers, 50)[0][-1][1] == layers[-1][1]).all(), "there is no output bias to be trained"


@pytest.mark.parametrize("activation", ["sigmoid", "tanh", "arctan", "gelu"])
def test_it_ends_at_a_critical_point(activation: str) -> None:
    """Targets of a network of this shape with a little noise: a well-posed problem."""
    model, layers = random_case(activation, 1, True)
    noise = 0.01 * np.random.default_rng(5).normal(size=(30, 2))
    posed = Model(activation, True, model.inputs, network.outputs(activation, parameters(layers), model.inputs) + noise)
    nearby = [(weights * 1.05, biases + 0.05) for weights, biases in layers]
    better, _ = posed.improve(nearby, 150)
    slopes = network.gradient(activation, parameters(better), posed.inputs, posed.targets)
    start = network.gradient(activation, parameters(nearby), posed.inputs, posed.targets)
    assert max(np.abs(slope).max() for slope in slopes.values()) < 1e-3 * max(
        np.abs(slope).max() for slope in start.values()
    )


def test_the_start_is_left_alone() -> None:
    model, layers = random_case("tanh", 2, True)
    copies = [(weights.copy(), biases.copy()) for weights, biases in layers]
    model.improve(layers, 20)
    for (weights, biases), (kept, kept_biases) in zip(layers, copies, strict=True):
        assert (weights == kept).all()
        assert (biases == kept_biases).all()


def test_a_linear_problem_is_solved() -> None:
    """One unit at the steep part of sin: the target is reached exactly by last weight and bias."""
    model, layers = random_case("sin", 1, True)
    exact = Model("sin", True, model.inputs, np.sin(model.inputs @ layers[0][0][:1].T) @ np.array([[2.0, -1.0]]) + 0.5)
    start = [(layers[0][0][:1], np.zeros(1)), (np.zeros((2, 1)), np.zeros(2))]
    better, _ = exact.improve(start, 100)
    assert exact.loss(better) < 1e-8


@pytest.mark.parametrize("scale", [0.0, 1e-300, 1e-100, 1e100, 1e300])
@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_wild_numbers_do_no_harm(activation: str, scale: float) -> None:
    model, layers = random_case(activation, 2, False)
    wild = Model(activation, False, model.inputs * scale, model.targets)
    for times in (1.0, scale):
        start = [(weights * times, biases) for weights, biases in layers]
        better, _ = wild.improve(start, 20)
        assert not wild.loss(better) > wild.loss(start)


def test_no_rounds_change_nothing() -> None:
    model, layers = random_case("tanh", 1, True)
    assert model.improve(layers, 0) == (layers, 0)


def decayed(bias: bool) -> tuple[Model, Weights]:
    """Three outputs, the cross-entropy, and both kinds of decay."""
    generator = np.random.default_rng(4)
    inputs = generator.normal(size=(30, 3))
    targets = generator.dirichlet(np.ones(3), size=30)
    layers: Weights = [(generator.normal(size=(b, a)), generator.normal(size=b)) for a, b in ((3, 4), (4, 3))]
    if not bias:
        layers[-1][1][:] = 0
    return Model("tanh", bias, inputs, targets, "cross-entropy", (0.3, 0.7)), layers


@pytest.mark.parametrize("bias", [False, True])
def test_gradient_and_curvature_of_the_cross_entropy_with_decay(bias: bool) -> None:
    """Against differences of the loss; the Gauss-Newton matrix is the Hessian up to terms of the residual and sigma'',
    and all of it where only the last layer moves."""
    model, layers = decayed(bias)
    output, states, sums = model.forward(layers)
    jacobian = model._jacobian(layers, states, sums)
    gradient = jacobian.T @ model.residual(output) + model.rates(layers) * levenberg._flat(layers)
    normal = jacobian.T @ model.curved(output, jacobian) + np.diag(model.rates(layers))
    step = 1e-5

    def at(*axes: int) -> float:
        change = np.zeros(len(gradient))
        for axis in axes:
            change[abs(axis) - 1] += np.sign(axis) * step
        return model.loss(levenberg._add(layers, change))

    last = len(gradient) - 15
    trained = range(1, len(gradient) + 1 - (0 if bias else 3))
    for i in trained:
        assert (at(i) - at(-i)) / (2 * step) == pytest.approx(2 * gradient[i - 1], rel=1e-6, abs=1e-7)
    for i in [k for k in trained if k > last]:
        for j in [k for k in trained if k > last]:
            mixed = (at(i, j) - at(i, -j) - at(-i, j) + at(-i, -j)) / (4 * step**2)
            assert mixed == pytest.approx(2 * normal[i - 1, j - 1], rel=1e-3, abs=1e-3)


@pytest.mark.parametrize("bias", [False, True])
def test_the_loss_with_decay_falls_to_a_critical_point(bias: bool) -> None:
    model, layers = decayed(bias)
    best, _ = model.improve(layers, 400)
    assert model.loss(best) < model.loss(layers) / 2
    if not bias:
        assert not best[-1][1].any()


def test_large_outputs_do_not_overflow() -> None:
    model, layers = decayed(True)
    steep = [layers[0], (1e6 * layers[1][0], layers[1][1])]
    assert np.isfinite(model.loss(steep))
    assert model.improve(steep, 5)[1] >= 1
