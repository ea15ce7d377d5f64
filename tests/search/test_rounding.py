"""Integers near floats that satisfy linear equations exactly."""

from __future__ import annotations

import random

import numpy as np
import pytest
from flint import fmpz_mat
from hypothesis import given
from hypothesis import strategies as st

from certify.search.rounding import digit_counts, generating_rows, independent_rows, lattice_repair, rational_repair


def equations(unknowns: int, rank: int, size: int, seed: int) -> fmpz_mat:
    generator = random.Random(seed)
    return fmpz_mat(unknowns, rank, [generator.randint(-size, size) for _ in range(unknowns * rank)])


def solves(matrix: fmpz_mat, solution: list[int]) -> bool:
    return not any((fmpz_mat(1, len(solution), solution) * matrix).entries())


@given(st.integers(0, 10**6), st.integers(1, 4), st.sampled_from([1, 10, 10**6, 10**40]), st.integers(0, 8))
def test_solutions_are_exact_and_change_only_the_places(seed: int, rank: int, size: int, digits: int) -> None:
    unknowns = 4 * rank + 6
    matrix, target = equations(unknowns, rank, size, seed), np.random.default_rng(seed).uniform(-1, 1, unknowns)
    places = range(2, 2 + 2 * rank)
    if fmpz_mat([[matrix[n, j] for j in range(rank)] for n in places]).rank() < rank:
        return
    for repair in (lattice_repair(matrix, places), rational_repair(matrix, independent(matrix, places))):
        solution = repair.near(target, digits)
        assert solves(matrix, solution)
        fixed = [n for n in range(unknowns) if n not in repair.places]
        rounded = [round(value * 10**digits) for value in target]
        factors = {solution[n] // rounded[n] for n in fixed if rounded[n]}
        assert len(factors) <= 1
        assert all(factor > 0 for factor in factors)
        assert all(solution[n] == factor * rounded[n] for factor in factors for n in fixed)


def independent(matrix: fmpz_mat, places: range) -> list[int]:
    """The first of the places whose rows are a basis."""
    chosen: list[int] = []
    for n in places:
        rows = [[matrix[k, j] for j in range(matrix.ncols())] for k in (*chosen, n)]
        if fmpz_mat(rows).rank() == len(rows):
            chosen.append(n)
    return chosen


def test_a_lattice_solution_is_short_where_a_rational_one_is_long() -> None:
    matrix, target = equations(40, 8, 10**5, 0), np.random.default_rng(0).uniform(-1, 1, 40)
    columns = np.array(matrix.tolist(), dtype=float)
    target -= columns @ np.linalg.lstsq(columns, target, rcond=None)[0]
    short = lattice_repair(matrix, range(30)).near(target, 4)
    long = rational_repair(matrix, range(8)).near(target, 4)
    assert max(map(abs, short)) < 10**5
    assert max(map(abs, long)) > 10**30
    assert np.abs(np.array(short) / 10**4 - target).max() < 0.05


def test_the_nearest_multiple_of_a_unique_solution() -> None:
    repair = lattice_repair(fmpz_mat([[7], [-3]]), range(2))
    assert repair.near(np.array([0.3, 0.7]), 1) == [3, 7]
    assert repair.near(np.array([0.3, 0.7]), 0) == [0, 0]
    assert repair.near(np.array([0.31, 0.69]), 2) == [30, 70]


def test_a_solution_longer_than_any_float_is_found_with_enough_digits() -> None:
    a, b = 10**200 + 3, 10**199 + 7
    repair = lattice_repair(fmpz_mat([[a], [-b]]), range(2))
    solutions = [repair.near(np.array([b / a, 1.0]), digits) for digits in digit_counts()]
    assert all(solves(repair.equations, solution) for solution in solutions)
    assert any(solution[0] * a == solution[1] * b != 0 for solution in solutions)


def test_rows_are_added_until_they_generate_all() -> None:
    rows = [[2, 0], [0, 2], [4, 6], [2, 8], [1, 1], [3, 1], [0, 1]]
    assert generating_rows(fmpz_mat(rows), [0, 1], [2, 3, 4, 5, 6]) == [0, 1, 4, 6]
    assert generating_rows(fmpz_mat(rows), [0, 1], [2, 3]) == [0, 1]
    assert generating_rows(fmpz_mat(rows), [0, 1], []) == [0, 1]


def test_odd_errors_in_even_places_cost_a_factor_of_two() -> None:
    matrix = fmpz_mat([[1], [2], [2]])
    solution = lattice_repair(matrix, [1, 2]).near(np.array([1.0, 0.3, -0.8]), 0)
    assert solves(matrix, solution)
    assert solution[0] == 2


@pytest.mark.parametrize("first", [0, 2])
def test_independent_rows_span_well(first: int) -> None:
    rows = np.vstack([np.eye(3) * 1e-3, np.random.default_rng(0).normal(size=(50, 3)), np.ones((5, 3))])
    chosen = independent_rows(rows, first)
    assert np.linalg.cond(rows[chosen]) < (20 if first == 0 else 1e4)
    assert all(n < first for n in chosen[:first])


def test_a_deficient_matrix_gives_fewer_rows() -> None:
    rows = np.outer(np.arange(1.0, 6.0), [1.0, 2.0, 3.0])
    assert len(independent_rows(rows)) == 1
