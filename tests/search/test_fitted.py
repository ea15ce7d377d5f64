"""The search for fitted points: what it finds satisfies the conditions, recomputed from the inputs."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from mpmath import mp, mpf

from certify.data import read_dataset
from certify.search.chain import derivatives
from certify.search.fitted import FittedPoint, find_fitted
from certify.search.floats import CURVATURE, Array
from certify.search.tables import to_floats
from tests.precise import SIGMA
from tests.running import ACTIVATIONS
from tests.search.chains import cloud, sums

EXAMPLES = Path(__file__).parents[2] / "examples"
PLENTY = 30.0


def silent(line: str) -> None:
    del line


def least_over_spaces(point: FittedPoint, inputs: Array, activation: str) -> float:
    """The least t of the forms, from the unscaled inputs."""
    affine = np.column_stack([inputs, np.ones(len(inputs))])
    found = derivatives(point.chain, sums(point.chain, inputs, activation)[0], affine, activation, True)
    least = np.inf
    for space, k in zip(found.tangents if point.any_lift else found.spaces, found.curvatures, strict=True):
        basis = np.linalg.qr(space)[0]
        moment = basis.T @ ((point.residual * k / np.abs(k).max())[:, None] * basis)
        least = min(least, np.linalg.eigvalsh(moment)[0])
    return float(least)


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_curvatures(activation: str) -> None:
    points = np.array([-30.0, -5.0, -1.25, -0.5, 0.5, 1.25, 5.0, 30.0])
    with mp.workdps(60):
        for z, found in zip(points, CURVATURE[activation](points), strict=True):
            step = mpf(10) ** -20
            below, middle, above = (SIGMA[activation](mpf(z) + i * step) for i in (-1, 0, 1))
            exact = (below - 2 * middle + above) / step**2
            assert abs(found - exact) <= 1e-12 * (1e-3 + abs(exact))


@pytest.mark.parametrize(
    ("activation", "depth", "output_bias"),
    [("sigmoid", 1, True), ("elu", 1, False), ("softsign", 2, False), ("silu", 2, True), ("gelu", 3, False)],
)
def test_the_conditions_and_the_forms_hold(activation: str, depth: int, output_bias: bool) -> None:
    inputs = cloud(40, 2) * [1e3, 1e-2] + [1e4, 7]
    point = find_fitted(inputs, activation, depth, output_bias, 1, PLENTY, silent)
    assert point is not None
    assert np.abs(point.residual).max() == pytest.approx(1)
    z = sums(point.chain, inputs, activation)
    affine = np.column_stack([(inputs - [1e4, 7]) / [1e3, 1e-2], np.ones(40)])
    gradient = derivatives(point.chain, z[0], affine, activation, output_bias).gradient
    assert np.abs(point.residual @ gradient).max() < 1e-8 * np.abs(gradient).max()
    assert point.margin > 1e-5
    assert least_over_spaces(point, inputs, activation) == pytest.approx(point.margin, rel=1e-3)
    if activation in {"elu", "softsign"}:
        assert min(np.abs(sum_).min() for sum_ in z) > 1e-4


def test_one_hidden_layer_serves_any_lift_and_the_same_seed_gives_the_same_point() -> None:
    points = [find_fitted(cloud(30, 2), "silu", 1, False, seed, PLENTY, silent) for seed in (3, 3, 4)]
    first, second, other = points
    assert first and second and other
    assert first.any_lift
    assert first.amplitude == 1
    assert np.array_equal(first.residual, second.residual)
    assert np.array_equal(first.chain.direction, second.chain.direction)
    assert not np.array_equal(first.residual, other.residual)


def test_iris() -> None:
    inputs = to_floats(read_dataset(EXAMPLES / "iris.csv").inputs)
    for activation, depth, least in [("sigmoid", 1, 1e-3), ("silu", 2, 1e-3)]:
        lines: list[str] = []
        point = find_fitted(inputs, activation, depth, False, 0, PLENTY, lines.append)
        assert point is not None
        assert point.any_lift
        assert point.margin > least
        assert lines


@pytest.mark.parametrize(("activation", "depth"), [("exp", 1), ("exp", 2), ("square", 1)])
def test_flat_directions_are_left_out(activation: str, depth: int) -> None:
    """All lifts from the start; on the whole of L_1 the form is zero along the flat direction."""
    inputs = cloud(40, 2)
    point = find_fitted(inputs, activation, depth, False, 1, PLENTY, silent)
    assert point is not None
    assert point.any_lift
    z = sums(point.chain, inputs, activation)
    affine = np.column_stack([inputs, np.ones(40)])
    found = derivatives(point.chain, z[0], affine, activation, False)
    assert np.abs(point.residual @ found.gradient).max() < 1e-8 * np.abs(found.gradient).max()
    flat = np.ones(40) if activation == "exp" else z[0]
    weights = found.curvatures[0] * point.residual
    assert np.abs((weights * flat) @ affine).max() < 1e-8 * np.abs(weights).max() * np.abs(affine).max()
    assert [space.shape[1] for space in found.tangents] == [2 + h for h in range(depth)]
    for k, space in zip(found.curvatures, found.tangents, strict=True):
        assert np.linalg.eigvalsh(space.T @ ((k * point.residual)[:, None] * space))[0] > 0


@pytest.mark.parametrize("activation", ["sin", "erf", "arctan"])
def test_exceptional_activations_end_with_the_budget(activation: str) -> None:
    assert find_fitted(cloud(40, 2), activation, 1, False, 0, 0.2, silent) is None


def test_too_few_samples_end_at_once() -> None:
    assert find_fitted(cloud(6, 2), "silu", 2, False, 0, PLENTY, silent) is None
