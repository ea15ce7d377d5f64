"""Obstructions of every rank: features, circles, planes, and what only looks like one."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from certify.search.barrier import analytic_centre
from certify.search.obstruction import Obstruction, single_feature_obstruction
from certify.search.points import distinct_points
from tests.search.second_order import Rows, fraction, gaussian, search, table, verify_obstruction
from tests.search.test_barrier import circle

TINY = Fraction(1, 10**20)
SLOPE = Fraction(7182818, 10000019)


def obstruction(rows: Rows) -> Obstruction:
    found = search(rows)
    assert isinstance(found, Obstruction)
    return found


def form(rows: Rows) -> list[list[Fraction]]:
    return [[fraction(value) for value in row] for row in obstruction(rows).matrix]


def unit(size: int, *features: int) -> list[list[int]]:
    return [[int(i == j and i in features) for j in range(size)] for i in range(size)]


def beside(*parts: Rows) -> Rows:
    """Columns side by side."""
    return [[x for row in rows for x in row] for rows in zip(*parts, strict=True)]


def two_valued(count: int, low: Fraction, high: Fraction) -> Rows:
    return [[high if x > 0 else low] for (x,) in gaussian(count, 1, 99)]


@pytest.mark.parametrize(("low", "high"), [(0, 1), (1, 2), (Fraction(-1, 3), Fraction(10**9)), (0, TINY)])
def test_a_two_valued_feature_is_named(low: Fraction, high: Fraction) -> None:
    rows = beside(gaussian(60, 2, 0), two_valued(60, low, high), gaussian(60, 1, 1))
    found = obstruction(rows)
    assert [[fraction(value) for value in row] for row in found.matrix] == unit(4, 2)
    assert [fraction(value) for value in found.linear] == [0, 0, low + high, 0]
    assert fraction(found.constant) == -low * high


def test_a_two_valued_feature_is_preferred_to_a_square() -> None:
    rows = beside([[x, x * x] for (x,) in gaussian(60, 1, 0)], two_valued(60, Fraction(0), Fraction(1)))
    assert form(rows) == unit(3, 2)


@pytest.mark.parametrize("third", [Fraction(1, 2), 1 + TINY])
def test_a_third_value_is_no_obstruction_however_near(third: Fraction) -> None:
    rows = beside(gaussian(60, 2, 0), two_valued(60, Fraction(0), Fraction(1)))
    rows[7][2] = third
    assert single_feature_obstruction(distinct_points(table(rows))) is None
    assert not isinstance(search(rows), Obstruction)


def test_unit_norm_inputs() -> None:
    assert form(circle(20)) == unit(2, 0, 1)


def test_a_circle_among_other_features() -> None:
    assert form(beside(gaussian(50, 1, 0), circle(50), gaussian(50, 2, 1))) == unit(5, 1, 2)


def test_a_shifted_ellipse_in_other_units() -> None:
    ellipse = [[10**9 * x + 3, y / 10**9 - 5] for x, y in circle(40)]
    found = form(beside(ellipse, gaussian(40, 1, 0)))
    assert found[0][0] * 10**36 == found[1][1]


def test_a_point_a_little_off_the_circle_is_no_obstruction() -> None:
    rows = circle(30)
    rows[11] = [x * (1 - TINY) for x in rows[11]]
    assert not isinstance(search(rows), Obstruction)


def test_a_paraboloid() -> None:
    assert form([[x, y, z, x * x + y * y] for x, y, z in gaussian(50, 3, 0)]) == unit(4, 0, 1)


def test_two_parallel_lines() -> None:
    rows = [[x, SLOPE * x + (1 if y > 0 else 0)] for x, y in gaussian(20, 2, 0)]
    (a, b), (_, d) = form(rows)
    assert -b / d == SLOPE == -a / b


def test_a_two_valued_sum_of_features() -> None:
    rows = [
        [*row[:3], (5 if row[3] > 0 else 2) - row[0] - row[1] - 2 * row[2], *row[4:]] for row in gaussian(300, 12, 0)
    ]
    direction = [1, 1, 2, 1, *[0] * 8]
    assert form(rows) == [[a * b for b in direction] for a in direction]


def test_a_face_among_too_many_unknowns_for_the_lattice() -> None:
    sums = [[*row[:3], (5 if row[3] > 0 else 2) - row[0] - row[1] - 2 * row[2]] for row in gaussian(300, 4, 0)]
    found = form(beside(sums, [circle(100)[n % 100] for n in range(300)], gaussian(300, 7, 1)))
    assert not any(any(row) for row in found[6:])


ONE_HOT = [[int(k == n % 3) for k in range(2)] for n in range(60)]
"""Three classes with the last column left out."""


def test_one_hot_columns() -> None:
    assert form(beside([[Fraction(x) for x in row] for row in ONE_HOT], gaussian(60, 2, 0))) == unit(4, 0)


@pytest.mark.parametrize("count", [2, 3, 4])
def test_too_few_samples(count: int) -> None:
    assert form(gaussian(count, count - 1, 5)) == unit(count - 1, 0)


HIGHER_ORDER = [
    "0 0 -1 1 1, 0 1 0 0 0, 1 1 1 0 -1, 0 -1 -1 1 1, 1 1 -1 1 1, -1 1 0 -1 0, 1 0 -1 -1 1, -1 1 -1 0 1, 1 -1 -1 -1 0,"
    "-1 0 0 -1 -1, 1 0 1 0 1, -1 1 1 -1 -1",
    "-1 0 0 0, -1 0 -1 0, 0 -1 0 1, -1 0 1 0, 0 1 0 0, 1 0 1 0, 1 -1 -1 -1, 0 0 -1 -1, 1 1 -1 0",
    "0 -2 1 -1 0, -1 2 -2 -2 1, 0 1 -2 1 2, 0 -1 -1 1 -2, -2 0 -2 1 0, 1 -1 1 0 0, 0 2 2 1 -2, 0 0 0 2 1,"
    "2 1 -2 -1 -2, 0 -1 -2 1 2, -2 2 0 1 0, 0 2 -2 1 2, -1 -2 -2 -1 0",
    "-1 2 1, 2 2 1, -2 0 -1, 2 1 2, 0 1 0",
]
"""Data for which the form runs off along its face like t S_0 + O(sqrt t): singularity degree two."""


@pytest.mark.parametrize("text", HIGHER_ORDER)
def test_a_face_that_is_approached_slowly(text: str) -> None:
    obstruction([[Fraction(x) for x in row.split()] for row in text.split(",")])


def test_an_obstruction_that_is_definite_by_a_hair() -> None:
    """Gaussian inputs at the threshold where obstructions end; the form looks singular, but no smaller face has it."""
    values = np.random.default_rng([11, 83, 16]).standard_normal((83, 16))
    rows = [[Fraction(f"{value:.2f}") for value in row] for row in values]
    points = distinct_points(table(rows))
    centre = analytic_centre(points.white.values, points.affine, points.multiplicities)
    lengths = np.linalg.eigvalsh(centre.form)
    assert 0 < lengths[0] < 1e-4 * lengths[-1]
    assert centre.freedom > 1
    assert len({bool(value) for row in form(rows) for value in row}) == 1


def test_the_verifier_itself_refuses_a_wrong_obstruction() -> None:
    rows = circle(20)
    right = obstruction(rows)
    wrong = Obstruction(right.matrix, right.linear, right.constant + 1)
    with pytest.raises(AssertionError):
        verify_obstruction(rows, wrong)
