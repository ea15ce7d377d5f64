"""The barrier iteration: a residual with S^{-1} as its second moment, or a form that runs off to the obstructions."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

import certify.search.barrier
from certify.search.barrier import MOST_FEATURES, analytic_centre
from certify.search.points import Points, distinct_points
from tests.search.second_order import Rows, gaussian, table


def circle(count: int) -> Rows:
    """Rational points on the unit circle."""
    slopes = [Fraction(2 * k - count, 10) for k in range(count)]
    return [[(1 - t * t) / (1 + t * t), 2 * t / (1 + t * t)] for t in slopes]


def two_clusters(count: int) -> Rows:
    """Features that are nearly two-valued: |x|^2 alone does not serve, the iteration is needed."""
    return [[x / 10 + (1 if x > 0 else -1) for x in row] for row in gaussian(count, 4, 7)]


def moment(points: Points, residual: np.ndarray) -> np.ndarray:
    values = points.white.values
    return sum(len(samples) * residual[g] * np.outer(values[g], values[g]) for g, samples in enumerate(points.copies))  # type: ignore[return-value]


@pytest.mark.parametrize("rows", [gaussian(60, 4, 0), gaussian(30, 8, 1), two_clusters(60)])
def test_a_residual_is_orthogonal_and_has_the_stated_curvature(rows: Rows) -> None:
    points = distinct_points(table(rows + rows[:9]))
    centre = analytic_centre(points.white.values, points.affine, points.multiplicities)
    weighted = points.multiplicities * centre.residual
    assert abs(weighted.sum()) < 1e-9 * np.abs(weighted).sum()
    assert np.abs(weighted @ points.white.values).max() < 1e-9 * np.abs(weighted).sum()
    assert centre.curvature > 0
    assert np.linalg.eigvalsh(moment(points, centre.residual))[0] == pytest.approx(centre.curvature, rel=1e-6)


def test_at_the_minimum_the_moment_is_the_inverse_of_the_form() -> None:
    points = distinct_points(table(two_clusters(60)))
    centre = analytic_centre(points.white.values, points.affine, points.multiplicities)
    product = moment(points, centre.residual) @ centre.form
    assert np.allclose(product / product[0, 0], np.eye(4), atol=1e-3)


def test_on_a_circle_the_form_runs_off_along_the_circle() -> None:
    rows = [[*point, *other] for point, other in zip(circle(40), gaussian(40, 2, 3), strict=True)]
    points = distinct_points(table(rows))
    centre = analytic_centre(points.white.values, points.affine, points.multiplicities)
    assert centre.curvature <= 0
    assert centre.freedom == 1
    form = points.white.transform @ centre.form @ points.white.transform.T
    scales = np.array([float(s * u) for s, u in zip(points.coordinates.scales, points.coordinates.units, strict=True)])
    form /= np.outer(scales, scales)
    assert np.allclose(form / form[0, 0], np.diag([1, 1, 0, 0]), atol=1e-4)


@pytest.mark.parametrize("size", [50, 110])
def test_in_high_dimension_the_equations_are_solved_by_conjugate_gradients(
    size: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """|x|^2 alone does not serve, and no dense equations are set up."""
    monkeypatch.delattr(certify.search.barrier, "_gram")
    values = np.random.default_rng(0).uniform(size=(40 * size, size)) ** 3
    values = np.linalg.qr(values - values.mean(axis=0))[0] * np.sqrt(len(values))
    affine = np.linalg.qr(np.column_stack([np.ones(len(values)), values]))[0]
    centre = analytic_centre(values, affine, np.ones(len(values)))
    eigenvalues = np.linalg.eigvalsh(values.T @ (centre.residual[:, None] * values))
    assert np.abs(affine.T @ centre.residual).max() < 1e-9 * np.abs(centre.residual).sum()
    assert eigenvalues[0] == pytest.approx(centre.curvature, rel=1e-6)
    assert eigenvalues[0] > 0


@pytest.mark.parametrize("size", [MOST_FEATURES - 50, MOST_FEATURES + 1])
def test_on_a_cube_of_high_dimension_there_is_no_residual(size: int) -> None:
    values = np.random.default_rng(0).choice([-1.0, 1.0], size=(300, size))
    affine = np.linalg.qr(np.column_stack([np.ones(300), values]))[0]
    assert analytic_centre(values, affine, np.ones(300)).curvature <= 0
