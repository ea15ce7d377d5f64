"""The better network: lower than the plateau, exact, short, and found for all that is thrown at it."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from certify.search.better import Better, Plateau, find_better
from tests import network
from tests.running import ACTIVATIONS


def case(activation: str, depth: int = 1, outputs: int = 1, samples: int = 60, seed: int = 0) -> dict[str, Any]:
    """A quadratic residual around a constant: what the construction makes of random data."""
    generator = np.random.default_rng(seed)
    inputs = generator.normal(size=(samples, 2))
    affine = np.column_stack([np.ones(samples), inputs])
    quadratic = (inputs**2).sum(axis=1)
    residual = quadratic - affine @ np.linalg.lstsq(affine, quadratic, rcond=None)[0]
    top = float(network.SIGMA[activation][0](np.array(-1.0)))
    constants = np.arange(1.0, outputs + 1)
    return {
        "inputs": inputs,
        "targets": constants - residual[:, None] * np.arange(1, outputs + 1),
        "activation": activation,
        "plateau": Plateau([-1.0] * depth, [1.0] * (depth - 1), constants / top, np.zeros(outputs), constants),
        "last_width": 2,
        "output_bias": False,
        "direction": np.array([1.0, 0.0]),
        "seed": 0,
        "report": lambda message: None,
    }


def exact_loss(found: Better, arguments: dict[str, Any]) -> float:
    """The loss of the exact weights, by the network of the tests."""
    layers = [
        (
            np.array([[float(Fraction(str(w))) for w in row] for row in matrix]),
            [float(Fraction(str(b))) for b in biases],
        )
        for matrix, biases in found.layers
    ]
    parameters = {f"W{h}": matrix for h, (matrix, _) in enumerate(layers[:-1], 1)}
    parameters |= {f"b{h}": np.array(biases) for h, (_, biases) in enumerate(layers[:-1], 1)}
    parameters |= {"v": layers[-1][0], "c": np.array(layers[-1][1])}
    return network.loss(arguments["activation"], parameters, arguments["inputs"], arguments["targets"])


def plateau_loss(arguments: dict[str, Any]) -> float:
    return float(np.sum((arguments["plateau"].constants - arguments["targets"]) ** 2))


@pytest.mark.parametrize("outputs", [1, 2])
@pytest.mark.parametrize("depth", [1, 2, 4])
@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_it_is_lower_and_says_by_how_much(activation: str, depth: int, outputs: int) -> None:
    arguments = case(activation, depth, outputs)
    found = find_better(**arguments)
    assert found is not None
    assert found.loss < 0.95 * plateau_loss(arguments)
    assert found.loss == pytest.approx(exact_loss(found, arguments), rel=1e-9, abs=1e-9)
    assert [len(biases) for _, biases in found.layers] == [1] * (depth - 1) + [2, outputs]
    assert all(b == 0 for b in found.layers[-1][1]), "there is no output bias"


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_an_output_bias_and_one_unit(activation: str) -> None:
    arguments = case(activation) | {"output_bias": True, "last_width": 1}
    found = find_better(**arguments)
    assert found is not None
    assert found.loss == pytest.approx(exact_loss(found, arguments), rel=1e-9, abs=1e-9)
    assert found.loss < plateau_loss(arguments)


def test_weights_are_short_when_they_can_be() -> None:
    found = find_better(**case("tanh"))
    assert found is not None
    lengths = [len(str(w)) for matrix, biases in found.layers for row in (*matrix, biases) for w in row]
    assert max(lengths) <= 9


def test_weights_are_long_when_they_must_be() -> None:
    """Inputs with an offset of 10^6 spreads: three digits of a bias would lose everything."""
    arguments = case("sigmoid")
    arguments["inputs"] = arguments["inputs"] + 1e6
    found = find_better(**arguments)
    assert found is not None
    assert found.loss < 0.95 * plateau_loss(arguments)
    assert found.loss == pytest.approx(exact_loss(found, arguments), rel=1e-6)


def test_the_same_seed_finds_the_same() -> None:
    assert find_better(**case("gelu")) == find_better(**case("gelu"))


def test_what_is_fitted_already_has_nothing_better() -> None:
    arguments = case("tanh")
    arguments["targets"] = np.ones((60, 1))
    assert find_better(**arguments) is None


def test_a_narrow_network_without_anything_better_says_none() -> None:
    """A square of one unit, (w x + b)^2 v, is no bump: it need not get below the plateau."""
    arguments = case("square") | {"last_width": 1}
    inputs = np.array([[-1.0], [0.0], [1.0]])
    arguments |= {"inputs": inputs, "targets": np.array([[0.0], [3.0], [0.0]]), "direction": np.array([1.0])}
    found = find_better(**arguments)
    assert found is None or found.loss < plateau_loss(arguments)


def test_the_work_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Data that are large for the allowance get fewer starts, as the reports tell, and a better point all the same."""
    counts = []
    for operations in (1e12, 1e6):
        monkeypatch.setattr("certify.search.better._OPERATIONS", operations)
        heard: list[str] = []
        assert find_better(**case("tanh", samples=1000) | {"report": heard.append}) is not None
        counts.append(len(heard))
    assert counts[1] < counts[0]


@settings(max_examples=25, deadline=None)
@given(
    st.sampled_from(ACTIVATIONS),
    st.integers(1, 3),
    st.floats(-150, 150),
    st.floats(-12, 12),
    st.integers(0, 100),
)
def test_no_scale_of_inputs_or_targets_breaks_it(
    activation: str, depth: int, inputs: float, targets: float, seed: int
) -> None:
    arguments = case(activation, depth, samples=12, seed=seed)
    arguments["inputs"] = arguments["inputs"] * 10.0**inputs
    plateau = arguments["plateau"]
    arguments["targets"] = arguments["targets"] * 10.0**targets
    size = 10.0**targets
    arguments["plateau"] = Plateau(
        plateau.levels, plateau.scales, plateau.weights * size, plateau.biases, plateau.constants * size
    )
    found = find_better(**arguments)
    if found is not None:
        assert found.loss < plateau_loss(arguments)
