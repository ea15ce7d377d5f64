"""Exact and floating coordinates of the distinct inputs."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from certify.search.points import Points, distinct_points
from tests.search.second_order import Rows, fraction, gaussian, table

TINY = Fraction(1, 10**30)


def inputs_of(points: Points, g: int) -> list[Fraction]:
    integers, units = points.coordinates.integers, points.coordinates.units
    steps = [fraction(unit) * int(integers[g, j]) for j, unit in enumerate(units)]
    return [fraction(x) + step for x, step in zip(points.origin, steps, strict=True)]


@given(st.integers(0, 200), st.integers(1, 4), st.sampled_from([Fraction(1), TINY, 1 / TINY, Fraction(3, 7)]))
def test_every_sample_is_recovered_exactly(seed: int, features: int, unit: Fraction) -> None:
    rows = [[unit * x + 5 for x in row] for row in gaussian(features + 3, features, seed)]
    rows += rows[:2]
    points = distinct_points(table(rows))
    assert sorted(n for samples in points.copies for n in samples) == list(range(len(rows)))
    for g, samples in enumerate(points.copies):
        assert all(inputs_of(points, g) == rows[n] for n in samples)
    assert len({tuple(inputs_of(points, g)) for g in range(points.count)}) == points.count


def test_inputs_that_are_equal_only_as_floats_stay_distinct() -> None:
    points = distinct_points(table([[Fraction(1)], [1 + TINY], [Fraction(1)], [Fraction(2)]]))
    assert points.copies == ((0, 2), (1,), (3,))


def years() -> Rows:
    return [[Fraction(year) ** k for k in range(1, 7)] for year in range(1990, 2030)]


def collinear() -> Rows:
    return [[x, x + TINY * y] for x, y in gaussian(50, 2, 0)]


def long() -> Rows:
    return [[x / (10**900 + n), y] for n, (x, y) in enumerate(gaussian(12, 2, 0))]


@pytest.mark.parametrize("rows", [gaussian(30, 5, 0), years(), collinear(), long()])
def test_white_means_mean_zero_and_covariance_one_over_the_samples(rows: Rows) -> None:
    points = distinct_points(table(rows + rows[:7]))
    values = np.array([points.white.values[g] for g, samples in enumerate(points.copies) for _ in samples])
    assert np.allclose(values.mean(axis=0), 0, atol=1e-12)
    assert np.allclose(values.T @ values / len(values), np.eye(len(rows[0])), atol=1e-12)


@pytest.mark.parametrize("rows", [gaussian(30, 5, 0), [[x, x + y / 1000] for x, y in gaussian(30, 2, 0)]])
def test_the_transform_takes_the_scaled_coordinates_to_the_white_ones(rows: Rows) -> None:
    points = distinct_points(table(rows))
    difference = points.white.values - points.coordinates.floats @ points.white.transform
    assert np.ptp(difference, axis=0).max() < 1e-9


def test_nearly_dependent_columns_keep_their_digits() -> None:
    rows = collinear()
    points = distinct_points(table(rows))
    small = np.array([float((b - a) / TINY) for a, b in rows])
    columns = np.column_stack([np.ones(len(rows)), points.white.values])
    residual = small - columns @ np.linalg.lstsq(columns, small, rcond=None)[0]
    assert np.abs(residual).max() < 1e-12


def test_affine_functions_are_orthonormal_and_contain_the_features() -> None:
    rows = gaussian(20, 3, 1)
    points = distinct_points(table(rows + rows[:5]))
    root = np.sqrt(points.multiplicities)
    assert np.allclose(points.affine.T @ points.affine, np.eye(4), atol=1e-12)
    for column in (np.ones(points.count), *np.array(rows, dtype=float).T):
        weighted = root * column
        assert np.allclose(points.affine @ (points.affine.T @ weighted), weighted, atol=1e-9)


@pytest.mark.parametrize("rows", [[[1]], [[2, 3], [4, 6], [8, 12]], [[1, 5], [2, 5], [3, 5]]])
def test_affinely_dependent_columns_are_refused(rows: list[list[int]]) -> None:
    with pytest.raises(ValueError, match="affinely dependent"):
        distinct_points(table([[Fraction(x) for x in row] for row in rows]))
