"""The congruence that brings a matrix near the identity, and the circles that then tell its signs."""

from __future__ import annotations

import random

import pytest
from flint import arb, arb_mat, fmpq

from proofs.balls import Sign, precision
from proofs.congruence import by_circles, reducer

Matrix = list[list[int]]


def _symmetric(size: int, rng: random.Random, bound: int) -> Matrix:
    matrix = [[0] * size for _ in range(size)]
    for i in range(size):
        for j in range(i + 1):
            matrix[i][j] = matrix[j][i] = rng.randint(-bound, bound)
    return matrix


def test_circles_that_do_not_reach_zero() -> None:
    assert by_circles(arb_mat([[4, 1], [1, 3]])) == (Sign.POSITIVE, 1)  # a margin is at most 1
    kind, margin = by_circles(arb_mat([[fmpq(1), fmpq(-1, 2)], [fmpq(-1, 2), fmpq(3, 4)]]))
    assert kind is Sign.POSITIVE
    assert margin == fmpq(1, 4)
    assert by_circles(arb_mat([[2, 2], [2, 3]]))[0] is Sign.UNKNOWN  # it touches zero
    assert by_circles(arb_mat([[5, 9], [9, -1]]))[0] is Sign.NEGATIVE
    assert by_circles(arb_mat([[arb(1, 2)]]))[0] is Sign.UNKNOWN


@pytest.mark.parametrize("matrix", [[[0]], [[0, 1], [1, 0]], [[0, 1], [1, 5]], [[1, 1], [1, 1]]])
def test_a_pivot_that_vanishes_leaves_no_congruence(matrix: Matrix) -> None:
    with precision(128):
        assert reducer(arb_mat(matrix)) is None


@pytest.mark.parametrize("place", [0, 5, 11, 12, 17, 23])
def test_a_pivot_that_vanishes_in_a_block(place: int) -> None:
    """Matrices of this size are reduced by blocks."""
    matrix = [[2 * int(i == j and i != place) for j in range(24)] for i in range(24)]
    with precision(128):
        assert reducer(arb_mat(matrix)) is None


def test_the_congruence_is_exact_triangular_and_brings_the_midpoint_near_the_signs() -> None:
    rng = random.Random(1)
    with precision(128):
        for size in (1, 3, 7, 12, 13, 30):
            matrix = _symmetric(size, rng, 50)
            balls = arb_mat([[arb(v, 0.001) for v in row] for row in matrix])
            change = reducer(balls)
            assert change is not None
            assert all(entry.is_exact() for entry in change.entries())
            assert all(change[i, j] == 0 for i in range(size) for j in range(i + 1, size))
            reduced = change * arb_mat(matrix) * change.transpose()
            for i in range(size):
                for j in range(size):
                    distance = abs(reduced[i, j]) - int(i == j)
                    assert abs(distance) < 1e-20
