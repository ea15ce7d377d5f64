"""Many networks at once compute what one at a time does, and their gradients are those of differences."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from certify.report.figures.surface import Surface, vector
from certify.search.floats import LOSS_VALUES
from certify.search.levenberg import Model, model_of
from tests.network import Array
from tests.proofs.examined import EXAMINED

SIZES = (3, 4, 2, 2)


def surface(activation: str, loss: str = "squared", bias: bool = True, samples: int = 11) -> Surface:
    generator = np.random.default_rng(3)
    inputs, targets = generator.standard_normal((samples, 3)), generator.uniform(0.1, 0.9, (samples, 2))
    return Surface(Model(activation, bias, inputs, targets, loss), SIZES)


def points(of: Surface, count: int = 5) -> Array:
    return np.random.default_rng(4).standard_normal((count, of.parameters))


@pytest.mark.parametrize("loss", LOSS_VALUES)
@pytest.mark.parametrize("activation", ["tanh", "gelu", "relu", "z*tanh(log(1+exp(z)))"])
def test_losses_and_gradients(activation: str, loss: str) -> None:
    of = surface(activation, loss)
    many = points(of)
    losses, gradients = of.losses(many), of.gradients(many)
    for point, value, gradient in zip(many, losses, gradients, strict=True):
        assert value == pytest.approx(of.model.loss(of.layers(point)), rel=1e-12)
        step = np.random.default_rng(5).standard_normal(len(point)) * 1e-6
        ahead, behind = of.losses(np.array([point + step, point - step]))
        assert gradient @ step == pytest.approx((ahead - behind) / 2, rel=1e-4, abs=1e-12)


@pytest.mark.parametrize("name", ["decay", "entropy"])
def test_losses_of_trained_networks(name: str) -> None:
    """Weight decay, and a loss that couples the outputs."""
    model = model_of(EXAMINED[name].instance)
    of = Surface(model, (model.inputs.shape[1], 2, model.targets.shape[1]))
    for point, value in zip(points(of), of.losses(points(of)), strict=True):
        assert value == pytest.approx(model.loss(of.layers(point)), rel=1e-12)


def test_without_an_output_bias_that_stays() -> None:
    of = surface("tanh", bias=False)
    assert (of.gradients(points(of))[:, -2:] == 0).all()
    assert (of.gradients(points(of))[:, :-2] != 0).any()


def test_a_vector_and_its_layers() -> None:
    of = surface("tanh")
    point = points(of, 1)[0]
    assert (vector(of.layers(point)) == point).all()
    assert [weights.shape for weights, _ in of.layers(point)] == [(4, 3), (2, 4), (2, 2)]


def test_large_data_come_in_parts() -> None:
    """So many samples that only few networks fit at once: the same numbers."""
    of = surface("tanh", samples=60_000)
    many = points(of, 7)
    assert of.losses(many) == pytest.approx([of.losses(point[None])[0] for point in many], rel=1e-13)


def test_overflow_is_infinite() -> None:
    of = surface("exp")
    assert of.losses(1e3 * points(of)).tolist() == [np.inf] * 5
    assert np.isfinite(of.gradients(1e3 * points(of))).all()


def test_newton_leads_to_a_critical_point() -> None:
    """Near the parameters from which the targets come, but for some noise."""
    of, generator = Surface(surface("tanh").model, (3, 1, 2)), np.random.default_rng(6)
    truth = points(of, 1)[0]
    targets = of.outputs(truth) + 0.1 * generator.standard_normal(of.model.targets.shape)
    noisy = Surface(replace(of.model, targets=targets), of.sizes)
    start = vector(noisy.model.improve(noisy.layers(truth), 50)[0]) + 1e-3
    found = noisy.polished(start)
    assert np.abs(noisy.gradients(found[None])).max() < 1e-10
    assert np.abs(noisy.gradients(start[None])).max() > 1e-4
    assert noisy.losses(found[None])[0] > 0.01


def test_newton_does_not_leave_for_worse() -> None:
    """Where the gradient does not shrink it stays."""
    of = surface("tanh")
    start = points(of, 1)[0]
    sizes = [np.abs(of.gradients(of.polished(start, steps)[None])).max() for steps in range(4)]
    assert sizes == sorted(sizes, reverse=True)
