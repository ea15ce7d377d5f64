"""Quadrics through the data, exactly: on all of it, short, and semidefinite."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from flint import fmpz_mat

from certify.search.points import Points, distinct_points
from certify.search.quadric import SHORT, Obstruction, exact_obstruction, face_of, whole_face
from tests.search.second_order import Rows, fraction, gaussian, search, table, verify_obstruction
from tests.search.test_barrier import circle


def on_feature(points: Points, feature: int) -> Obstruction | None:
    """An obstruction on the square of one feature."""
    direction = fmpz_mat(points.features, 1, [int(j == feature) for j in range(points.features)])
    return exact_obstruction(points, face_of(points, direction, [points.coordinates.units[feature]]), np.eye(1))


def nearly_two_valued(exceptions: dict[int, Fraction]) -> Rows:
    """Two thousand samples whose second feature is 0 or 1 but for the exceptions; only a few are used to solve."""
    rows = [[x, Fraction(n % 2)] for n, (x,) in enumerate(gaussian(2000, 1, 0))]
    for n, value in exceptions.items():
        rows[n][1] = value
    return rows


def test_a_square_that_is_affine() -> None:
    rows = nearly_two_valued({})
    found = on_feature(distinct_points(table(rows)), 1)
    assert found is not None
    verify_obstruction(rows, found)


@pytest.mark.parametrize("n", [1, 617, 1998, 1999])
def test_one_sample_refutes_it(n: int) -> None:
    points = distinct_points(table(nearly_two_valued({n: Fraction(1) + Fraction(1, 10**50)})))
    assert on_feature(points, 1) is None


def test_rounding_finds_the_circle_from_a_rough_form() -> None:
    rows = circle(25)
    points = distinct_points(table(rows))
    found = exact_obstruction(points, whole_face(points), np.array([[1.0, 0.03], [0.03, 0.9]]))
    assert found is not None
    assert [[fraction(value) for value in row] for row in found.matrix] == [[1, 0], [0, 1]]


def test_a_form_far_from_semidefinite_is_not_reported() -> None:
    rows = [[x, 1 / x] for (x,) in gaussian(20, 1, 0) if x]  # the hyperbola is their only conic
    points = distinct_points(table(rows))
    assert exact_obstruction(points, whole_face(points), np.array([[0.0, 1.0], [1.0, 0.0]])) is None
    assert exact_obstruction(points, whole_face(points), np.eye(2)) is None


@pytest.mark.parametrize("features", [4, 6, 8])
def test_numbers_are_short_while_the_lattice_can_be_used(features: int) -> None:
    assert features * (features + 1) // 2 + features + 1 <= SHORT
    found = search(gaussian(features * features // 4 + features - 2, features, features))
    assert isinstance(found, Obstruction)
    assert max(len(str(value)) for row in found.matrix for value in row) <= 20
