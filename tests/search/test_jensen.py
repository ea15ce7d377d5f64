"""Jensen gaps: a data point inside a simplex of others."""

from __future__ import annotations

from fractions import Fraction
from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from certify.search.jensen import MOST_FEATURES, jensen_gaps, simplex_weights
from certify.search.points import distinct_points
from tests.search.second_order import Rows, gaussian, table, total
from tests.search.test_barrier import circle


def weights_of(rows: Rows, seed: int = 0) -> list[int] | None:
    return simplex_weights(distinct_points(table(rows)), np.random.default_rng(seed))


def check(rows: Rows, weights: list[int]) -> None:
    """One negative weight, and all of them orthogonal to the affine functions."""
    assert sum(weight < 0 for weight in weights) == 1
    assert sum(weights) == 0
    for j in range(len(rows[0])):
        assert sum(w * row[j] for w, row in zip(weights, rows, strict=True)) == 0
    support = [row for w, row in zip(weights, rows, strict=True) if w]
    differences = [[float(x - y) for x, y in zip(row, support[0], strict=True)] for row in support]
    assert np.linalg.matrix_rank(np.array(differences)) == len(rows[0])


def test_three_points() -> None:
    assert weights_of([[Fraction(x)] for x in (-1, 0, 1)]) == [1, -2, 1]


@given(st.integers(0, 10**6), st.integers(1, 4))
def test_gaussian_points(seed: int, features: int) -> None:
    rows = [list(row) for row in dict.fromkeys(map(tuple, gaussian(12 * features, features, seed)))]
    weights = weights_of(rows)
    assert weights is not None
    check(rows, weights)
    assert max(map(abs, weights)) < 10**7


@pytest.mark.parametrize("features", [2, 5, 8])
def test_a_simplex_and_its_centroid(features: int) -> None:
    corners = gaussian(features + 1, features, features)
    centroid = [sum(column) / (features + 1) for column in zip(*corners, strict=True)]
    weights = weights_of([*corners, centroid])
    if weights:  # in higher dimension the turned simplex need not meet all corners
        assert weights == [1] * (features + 1) + [-features - 1]


def test_long_numbers_get_further_vertices() -> None:
    rows = [
        [x + Fraction(k, 3**30 + k) for k, x in enumerate(row, start=n)] for n, row in enumerate(gaussian(60, 3, 0))
    ]
    weights = weights_of(rows)
    assert weights is not None
    check(rows, weights)
    assert sum(weight != 0 for weight in weights) > 5


@pytest.mark.parametrize("rows", [circle(30), [[Fraction(x), Fraction(y)] for x, y in product((0, 1), (0, 1))]])
def test_no_point_is_inside_when_all_are_extreme(rows: Rows) -> None:
    assert weights_of(rows) is None


def test_a_point_on_the_boundary_only_is_not_inside() -> None:
    square = [[Fraction(x), Fraction(y)] for x, y in ((0, 0), (2, 0), (0, 2), (1, 0), (0, 1))]
    assert weights_of(square) is None


def test_many_features_are_not_tried() -> None:
    assert weights_of(gaussian(200, MOST_FEATURES + 1, 0)) is None


def test_gaps_are_spread_over_copies() -> None:
    rows = [[Fraction(x)] for x in (-1, 0, 1, 0, 1, 1, 5)]
    points = distinct_points(table(rows))
    gaps = jensen_gaps(points, [6, -12, 6, 0], 7)
    assert total(gaps, rows) == [Fraction(k, 7) for k in (6, -6, 2, -6, 2, 2, 0)]
    assert [gap.centre for gap in gaps] == [1, 3]


def test_two_centres_are_no_single_gap() -> None:
    points = distinct_points(table([[Fraction(x)] for x in range(4)]))
    assert jensen_gaps(points, [1, -1, -1, 1], 1) == ()
    assert jensen_gaps(points, [-1, 1, 1, -1], 1) == ()
