"""Definiteness by balls against exact definiteness, and against matrices inside the balls."""

from __future__ import annotations

import random
from itertools import pairwise, product

import pytest
from flint import arb, arb_mat, fmpq, fmpz_mat

from proofs.balls import Sign, precision
from proofs.chain import weighted_gram
from proofs.definite import is_positive_semidefinite, smallest_pivot
from proofs.forms import definiteness, form_definiteness, inertia

Matrix = list[list[int]]
INFINITE = arb(0, float("inf"))


def decide(matrix: Matrix | arb_mat) -> Sign:
    with precision(128):
        found, margin = definiteness(matrix if isinstance(matrix, arb_mat) else arb_mat(matrix))
    assert (found is Sign.POSITIVE) == (margin > 0)
    assert margin <= 1
    return found


def symmetric(size: int, rng: random.Random, bound: int) -> Matrix:
    matrix = [[0] * size for _ in range(size)]
    for i in range(size):
        for j in range(i + 1):
            matrix[i][j] = matrix[j][i] = rng.randint(-bound, bound)
    return matrix


def gram(rows: Matrix, coefficients: list[int] | None = None) -> Matrix:
    size = len(rows[0])
    weights = coefficients or [1] * len(rows)
    return [
        [sum(a * row[i] * row[j] for a, row in zip(weights, rows, strict=True)) for j in range(size)]
        for i in range(size)
    ]


def leading_minors(matrix: Matrix) -> list[int]:
    return [int(fmpz_mat([row[:k] for row in matrix[:k]]).det()) for k in range(1, len(matrix) + 1)]


@pytest.mark.parametrize(("size", "values"), [(1, range(-3, 4)), (2, range(-3, 4)), (3, range(-1, 3))])
def test_all_small_matrices(size: int, values: range) -> None:
    found = set()
    for entries in product(values, repeat=size * (size + 1) // 2):
        numbers = iter(entries)
        matrix = [[0] * size for _ in range(size)]
        for i in range(size):
            for j in range(i + 1):
                matrix[i][j] = matrix[j][i] = next(numbers)
        kind = decide(matrix)
        found.add(kind)
        if smallest_pivot(fmpz_mat(matrix)) is not None:
            assert kind is Sign.POSITIVE, matrix
        elif 0 in leading_minors(matrix):
            assert kind is not Sign.POSITIVE, matrix
            assert kind is Sign.UNKNOWN or not is_positive_semidefinite(fmpz_mat(matrix)), matrix
        else:
            assert kind is Sign.NEGATIVE, matrix
    assert found == set(Sign)


@pytest.mark.parametrize("size", [1, 2, 4, 8, 12])
def test_random_integer_matrices(size: int) -> None:
    rng = random.Random(size)
    for bound in (3, 10**6, 10**30):
        for _ in range(10):
            matrix = symmetric(size, rng, bound)
            if 0 in leading_minors(matrix):
                continue
            exact = smallest_pivot(fmpz_mat(matrix)) is not None
            assert decide(matrix) is (Sign.POSITIVE if exact else Sign.NEGATIVE)
        rows = [[rng.randint(-bound, bound) for _ in range(size)] for _ in range(size + 2)]
        definite = gram(rows)
        assert smallest_pivot(fmpz_mat(definite)) is not None
        assert decide(definite) is Sign.POSITIVE
        assert decide([[-v for v in row] for row in definite]) is Sign.NEGATIVE


@pytest.mark.parametrize("size", [2, 3, 6])
def test_singular_matrices_are_never_decided_wrongly(size: int) -> None:
    """A Gram matrix of too few rows is semidefinite: neither positive nor negative."""
    rng = random.Random(size)
    for _ in range(10):
        rows = [[rng.randint(-9, 9) for _ in range(size)] for _ in range(size - 1)]
        assert decide(gram(rows)) is Sign.UNKNOWN
    assert decide([[0] * size for _ in range(size)]) is Sign.UNKNOWN


def test_one_unit_in_the_last_place_decides() -> None:
    big = 10**30
    matrix = [[big, big + 1], [big + 1, big + 2]]  # determinant -1
    with precision(300):
        assert definiteness(arb_mat(matrix))[0] is Sign.NEGATIVE
        matrix[1][1] += 1  # determinant 10^30 - 1
        assert definiteness(arb_mat(matrix))[0] is Sign.POSITIVE
    assert decide([[10**60, 10**60 + 1], [10**60 + 1, 10**60 + 2]]) is Sign.UNKNOWN


def test_the_margin_is_a_share_of_one() -> None:
    with precision(128):
        for matrix in ([[1]], [[7, 0], [0, 3]], [[2, 1], [1, 2]]):
            assert fmpq(99, 100) < definiteness(arb_mat(matrix))[1] <= 1
        halved = arb_mat([[arb(1, 0.5), arb(0)], [arb(0), arb(1)]])
        assert fmpq(49, 100) < definiteness(halved)[1] < fmpq(51, 100)
        crossed = arb_mat([[arb(1), arb(0, 0.25)], [arb(0, 0.25), arb(1)]])
        assert fmpq(74, 100) < definiteness(crossed)[1] < fmpq(76, 100)


@pytest.mark.parametrize("size", [1, 2, 3, 5])
def test_what_is_said_of_a_ball_matrix_is_true_of_every_matrix_in_it(size: int) -> None:
    rng = random.Random(10 + size)
    found = set()
    for width in (1, 4, 30, 200):
        for shift in (-80, 0, 80):
            for _ in range(6):
                middle = symmetric(size, rng, 60)
                for i in range(size):
                    middle[i][i] += shift * (size + 1)
                balls = arb_mat([[arb(v, width) for v in row] for row in middle])
                kind = decide(balls)
                found.add(kind)
                for _ in range(10):
                    inner = [[0] * size for _ in range(size)]
                    for i in range(size):
                        for j in range(i + 1):
                            inner[i][j] = inner[j][i] = middle[i][j] + rng.choice([-width, 0, width])
                    if kind is Sign.POSITIVE:
                        assert smallest_pivot(fmpz_mat(inner)) is not None
                    if kind is Sign.NEGATIVE:
                        assert not is_positive_semidefinite(fmpz_mat(inner))
    assert found == set(Sign)


def test_a_ball_that_reaches_zero_decides_nothing() -> None:
    assert decide(arb_mat([[arb(1, 1)]])) is Sign.UNKNOWN
    assert decide(arb_mat([[arb(1, 0.99)]])) is Sign.POSITIVE
    assert decide(arb_mat([[arb(-1, 0.99)]])) is Sign.NEGATIVE
    assert decide(arb_mat([[arb(-1, 1)]])) is Sign.UNKNOWN
    assert decide(arb_mat([[arb(2), arb(1, 1.01)], [arb(1, 1.01), arb(2)]])) is Sign.UNKNOWN


@pytest.mark.parametrize("entry", [arb.nan(), arb.pos_inf(), INFINITE, arb(1, float("inf"))])
def test_what_is_not_bounded_decides_nothing(entry: arb) -> None:
    assert decide(arb_mat([[entry]])) is Sign.UNKNOWN
    assert decide(arb_mat([[arb(1), entry], [entry, arb(1)]])) is Sign.UNKNOWN
    assert decide(arb_mat([[arb(1), arb(0)], [arb(0), entry]])) is Sign.UNKNOWN


def test_a_negative_direction_beside_something_unbounded_still_decides() -> None:
    matrix = arb_mat([[arb(-1), arb(0)], [arb(0), arb(1)]])
    assert decide(matrix) is Sign.NEGATIVE


@pytest.mark.parametrize("matrix", [[[0]], [[0, 1], [1, 0]], [[0, 1], [1, 5]], [[1, 1], [1, 1]]])
def test_a_pivot_that_vanishes_decides_nothing(matrix: Matrix) -> None:
    assert decide(matrix) is Sign.UNKNOWN


# Inertia.


def negatives(matrix: Matrix | arb_mat) -> int | None:
    with precision(128):
        return inertia(matrix if isinstance(matrix, arb_mat) else arb_mat(matrix))


def exact_negatives(matrix: Matrix) -> int:
    """Sign changes of the leading minors, none of which vanishes (Jacobi)."""
    minors = [1, *leading_minors(matrix)]
    return sum(a * b < 0 for a, b in pairwise(minors))


@pytest.mark.parametrize("size", [1, 2, 3, 6])
def test_the_inertia_of_random_matrices(size: int) -> None:
    rng = random.Random(40 + size)
    found = set()
    for _ in range(60):
        matrix = symmetric(size, rng, 9)
        if 0 not in leading_minors(matrix):
            assert negatives(matrix) == exact_negatives(matrix)
            found.add(negatives(matrix))
    assert len(found) > 1


@pytest.mark.parametrize("size", [1, 2, 4])
def test_the_inertia_of_a_ball_matrix_is_that_of_every_matrix_in_it(size: int) -> None:
    rng = random.Random(50 + size)
    found = set()
    for width in (1, 5, 40):
        for _ in range(20):
            middle = symmetric(size, rng, 60)
            kind = negatives(arb_mat([[arb(v, width) for v in row] for row in middle]))
            found.add(kind is None)
            for _ in range(10):
                inner = [[0] * size for _ in range(size)]
                for i in range(size):
                    for j in range(i + 1):
                        inner[i][j] = inner[j][i] = middle[i][j] + rng.choice([-width, 0, width])
                if kind is not None:
                    assert 0 not in leading_minors(inner)[-1:]
                    if 0 not in leading_minors(inner):
                        assert exact_negatives(inner) == kind
    assert found == {False, True}


def test_the_inertia_of_what_is_singular_or_not_bounded_is_unknown() -> None:
    for matrix in ([[0]], [[1, 1], [1, 1]], [[0, 1], [1, 0]], [[-1, 0], [0, 0]]):
        assert negatives(matrix) is None
    for entry in (arb.nan(), arb.pos_inf(), INFINITE, arb(1, 1), arb(-1, 1)):
        assert negatives(arb_mat([[arb(-1), arb(0)], [arb(0), entry]])) is None
    assert negatives([[-1, 0], [0, 1]]) == 1
    assert negatives(arb_mat([[arb(-1, 0.99), arb(0)], [arb(0), arb(1, 0.99)]])) == 1
    assert negatives(arb_mat([[arb(-1), arb(0, 1.01)], [arb(0, 1.01), arb(1)]])) is None


# Forms: u -> sum_n a_n (z_n.u)^2.


def decide_form(rows: arb_mat, coefficients: list[arb]) -> Sign:
    with precision(128):
        return form_definiteness(rows, coefficients)[0]


@pytest.mark.parametrize("size", [1, 2, 4])
def test_random_forms_against_their_matrices(size: int) -> None:
    rng = random.Random(20 + size)
    found = set()
    for _ in range(60):
        rows = [[rng.randint(-9, 9) for _ in range(size)] for _ in range(size + 4)]
        side = rng.choice([-1, 1])
        coefficients = [side * rng.randint(-3, 12) for _ in rows]
        matrix = gram(rows, coefficients)
        if 0 in leading_minors(matrix):
            continue
        kind = decide_form(arb_mat(rows), list(map(arb, coefficients)))
        exact = smallest_pivot(fmpz_mat(matrix)) is not None
        assert kind is (Sign.POSITIVE if exact else Sign.NEGATIVE)
        found.add(kind)
    assert found == {Sign.POSITIVE, Sign.NEGATIVE}


@pytest.mark.parametrize("size", [1, 2, 3])
def test_what_is_said_of_a_form_in_balls_is_true_of_every_form_in_them(size: int) -> None:
    rng = random.Random(30 + size)
    found = set()
    scale = 100
    for width in (0, 1, 40, 400):
        for _ in range(25):
            rows = [[rng.randint(-9, 9) * scale for _ in range(size)] for _ in range(size + 3)]
            lean = rng.choice([-500, 0, 500])
            coefficients = [rng.randint(-300, 300) + lean for _ in rows]
            balls = arb_mat([[arb(v, width // 8) for v in row] for row in rows])
            kind = decide_form(balls, [arb(a, width) for a in coefficients])
            found.add(kind)
            for _ in range(8):
                some_rows = [[v + rng.choice([-1, 0, 1]) * (width // 8) for v in row] for row in rows]
                some = [a + rng.choice([-1, 0, 1]) * width for a in coefficients]
                matrix = fmpz_mat(gram(some_rows, some))
                if kind is Sign.POSITIVE:
                    assert smallest_pivot(matrix) is not None
                if kind is Sign.NEGATIVE:
                    assert not is_positive_semidefinite(matrix)
    assert found == set(Sign)


def test_only_the_lower_bounds_of_the_coefficients_count_for_a_positive_form() -> None:
    """Wide balls do not blow up: the whole form grows with each coefficient."""
    rows = arb_mat([[1, 0], [0, 1], [1, 1]])
    huge = arb(2**20, 2**20 - 1)  # at least 1
    assert decide_form(rows, [huge, huge, arb(0)]) is Sign.POSITIVE
    assert decide_form(rows, [huge, huge, arb(0, 0.3)]) is Sign.POSITIVE
    assert decide_form(rows, [huge, huge, arb(0, 0.6)]) is Sign.UNKNOWN
    with precision(128):
        assert definiteness(weighted_gram(rows, [huge, huge, huge - 2**20]))[0] is Sign.UNKNOWN


def test_only_the_upper_bounds_count_for_a_negative_one() -> None:
    rows = arb_mat([[1, 0], [0, 1], [1, 1]])
    low = arb(-(2**20), 2**20 - 1)  # at most -1
    assert decide_form(rows, [low, low, arb(0)]) is Sign.NEGATIVE
    assert decide_form(rows, [low, arb(1), arb(0)]) is Sign.NEGATIVE
    assert decide_form(rows, [arb(-1, 1), arb(-1, 1), arb(0)]) is Sign.UNKNOWN


def test_the_step_from_definite_to_singular_to_indefinite() -> None:
    rows = arb_mat([[1, 0], [0, 1], [1, -1]])
    step = fmpq(1, 10**15)
    for shift, expected in ((step, Sign.POSITIVE), (fmpq(0), Sign.UNKNOWN), (-step, Sign.NEGATIVE)):
        with precision(128):  # u^2 + v^2 + a (u - v)^2 is singular at a = -1/2
            assert form_definiteness(rows, [arb(1), arb(1), arb(shift - fmpq(1, 2))])[0] is expected


@pytest.mark.parametrize("entry", [arb.nan(), arb.pos_inf(), INFINITE])
def test_forms_of_what_is_not_bounded_are_unknown(entry: arb) -> None:
    rows = arb_mat([[1, 0], [0, 1]])
    assert decide_form(rows, [arb(1), entry]) is Sign.UNKNOWN
    assert decide_form(arb_mat([[arb(1), entry], [arb(0), arb(1)]]), [arb(1), arb(1)]) is Sign.UNKNOWN


def test_dependent_columns_and_zero_forms() -> None:
    assert decide_form(arb_mat([[1, 2], [2, 4], [3, 6]]), [arb(1)] * 3) is Sign.UNKNOWN
    assert decide_form(arb_mat([[1], [2]]), [arb(0)] * 2) is Sign.UNKNOWN
    assert decide_form(arb_mat([[1, 1]]), [arb(1)]) is Sign.UNKNOWN  # fewer samples than dimensions


def test_rows_in_wide_balls() -> None:
    for width, expected in ((0.01, Sign.POSITIVE), (0.9, Sign.UNKNOWN)):
        rows = arb_mat([[arb(1, width), arb(0, width)], [arb(0, width), arb(1, width)]])
        assert decide_form(rows, [arb(1), arb(1)]) is expected


def test_the_margin_of_a_form_is_that_of_its_reduced_matrix() -> None:
    with precision(128):
        found, margin = form_definiteness(arb_mat([[3, 1], [1, 5], [2, 2]]), [arb(1), arb(2), arb(1)])
        assert found is Sign.POSITIVE
        assert fmpq(99, 100) < margin <= 1
        assert form_definiteness(arb_mat([[1]]), [arb(-1)]) == (Sign.NEGATIVE, fmpq(0))
