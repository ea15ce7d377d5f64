"""Exact definiteness against brute force: all small integer matrices, and the singular ones above all."""

from __future__ import annotations

import random
from fractions import Fraction
from itertools import combinations, product

import pytest
from flint import fmpq, fmpz_mat

import proofs.definite
from proofs.definite import is_positive_semidefinite, smallest_pivot
from proofs.exact import show

Matrix = list[list[int]]


def _symmetric(size: int, entries: tuple[int, ...]) -> Matrix:
    numbers = iter(entries)
    matrix = [[0] * size for _ in range(size)]
    for i in range(size):
        for j in range(i + 1):
            matrix[i][j] = matrix[j][i] = next(numbers)
    return matrix


def _determinant(matrix: Matrix) -> int:
    if not matrix:
        return 1
    first, *rest = matrix
    return sum((-1) ** j * a * _determinant([row[:j] + row[j + 1 :] for row in rest]) for j, a in enumerate(first) if a)


def _minor(matrix: Matrix, chosen: tuple[int, ...]) -> int:
    return _determinant([[matrix[i][j] for j in chosen] for i in chosen])


def _is_semidefinite(matrix: Matrix) -> bool:
    """All principal minors, not only the leading ones, are non-negative."""
    size = len(matrix)
    return all(_minor(matrix, c) >= 0 for k in range(1, size + 1) for c in combinations(range(size), k))


def _relative_pivot(matrix: Matrix) -> Fraction | None:
    """Gaussian elimination with fractions."""
    rows = [[Fraction(v) for v in row] for row in matrix]
    margin = Fraction(1)
    for k in range(len(rows)):
        if rows[k][k] <= 0:
            return None
        margin = min(margin, rows[k][k] / matrix[k][k])
        for i in range(k + 1, len(rows)):
            factor = rows[i][k] / rows[k][k]
            rows[i] = [a - factor * b for a, b in zip(rows[i], rows[k], strict=True)]
    return margin


SMALL = [(1, range(-3, 4)), (2, range(-3, 4)), (3, range(-1, 3)), (4, (0, 1))]


@pytest.mark.parametrize(("size", "values"), SMALL)
def test_all_small_matrices(size: int, values: range) -> None:
    kinds = set()
    for entries in product(values, repeat=size * (size + 1) // 2):
        matrix = _symmetric(size, entries)
        expected = _relative_pivot(matrix)
        found = smallest_pivot(fmpz_mat(matrix))
        assert found == (None if expected is None else fmpq(expected.numerator, expected.denominator)), matrix
        semidefinite = _is_semidefinite(matrix)
        assert is_positive_semidefinite(fmpz_mat(matrix)) == semidefinite, matrix
        kinds.add((expected is not None, semidefinite))
    assert kinds == {(True, True), (False, True), (False, False)}


def test_gram_matrices_of_every_rank() -> None:
    rng = random.Random(1)
    for size, rank in product(range(1, 8), range(9)):
        factor = [[rng.randint(-(10**6), 10**6) for _ in range(rank)] for _ in range(size)]
        gram = [[sum(a * b for a, b in zip(x, y, strict=True)) for y in factor] for x in factor]
        assert is_positive_semidefinite(fmpz_mat(gram))
        assert (smallest_pivot(fmpz_mat(gram)) is not None) == (rank >= size)
        spoiled = [list(row) for row in gram]
        spoiled[-1][-1] -= 1  # by an integer: a singular Gram matrix becomes indefinite
        if rank < size:
            assert not is_positive_semidefinite(fmpz_mat(spoiled))


@pytest.mark.parametrize(
    "matrix",
    [
        [[0, 1], [1, 0]],
        [[0, 1], [1, 5]],
        [[0, 0, 1], [0, 1, 0], [1, 0, 1]],
        [[1, 1, 0], [1, 1, 1], [0, 1, 1]],
        [[0, 0], [0, -1]],
        [[1, 2], [2, 3]],
    ],
)
def test_a_zero_pivot_does_not_hide_an_indefinite_matrix(matrix: Matrix) -> None:
    assert not is_positive_semidefinite(fmpz_mat(matrix))
    assert smallest_pivot(fmpz_mat(matrix)) is None


def test_one_unit_in_the_last_place_of_a_huge_matrix_decides() -> None:
    big = 10**60
    singular = [[big, big + 1], [big + 1, big + 2]]  # determinant -1
    assert smallest_pivot(fmpz_mat(singular)) is None
    singular[1][1] += 1  # determinant 10^60 - 1
    assert smallest_pivot(fmpz_mat(singular)) == fmpq(big - 1, big * (big + 3))


# Larger matrices, which balls decide if they can.

LARGE = 33


def _exactly(matrix: fmpz_mat, monkeypatch: pytest.MonkeyPatch) -> fmpq | None:
    with monkeypatch.context() as patch:
        patch.setattr(proofs.definite, "_SMALL", matrix.nrows())
        return smallest_pivot(matrix)


def _gram(size: int, rank: int, rng: random.Random, weights: range) -> fmpz_mat:
    rows = [[rng.randint(-999, 999) for _ in range(size)] for _ in range(rank)]
    chosen = [rng.choice(weights) for _ in rows]
    heavy = [[w * x for x in row] for w, row in zip(chosen, rows, strict=True)]
    return fmpz_mat(rows).transpose() * fmpz_mat(heavy)


@pytest.mark.parametrize("size", [LARGE, 40, 61])
@pytest.mark.parametrize("weights", [range(1, 9), range(-3, 9), range(-9, 9), range(-9, 0)])
def test_large_matrices_are_decided_as_exactly(size: int, weights: range, monkeypatch: pytest.MonkeyPatch) -> None:
    rng = random.Random(size)
    for extra in (0, 1, 5, size):
        matrix = _gram(size, size + extra, rng, weights)
        found, expected = smallest_pivot(matrix), _exactly(matrix, monkeypatch)
        assert (found is None) == (expected is None)
        if found is not None and expected is not None:
            assert found <= expected
            assert show(found) == show(expected)
            assert found > expected * fmpq(999_999, 1_000_000)


def test_a_large_matrix_of_wide_scales_keeps_its_pivot(monkeypatch: pytest.MonkeyPatch) -> None:
    """A congruence by a diagonal matrix changes no relative pivot."""
    matrix = _gram(LARGE, 2 * LARGE, random.Random(5), range(1, 9))
    scales = [10 ** (3 * (k % 11)) for k in range(LARGE)]
    scaled = fmpz_mat([[int(matrix[i, j]) * scales[i] * scales[j] for j in range(LARGE)] for i in range(LARGE)])
    found, expected = smallest_pivot(scaled), _exactly(matrix, monkeypatch)
    assert found is not None
    assert expected is not None
    assert show(found) == show(expected)


def _beside_ones(corner: Matrix, size: int) -> fmpz_mat:
    matrix = [[int(i == j) for j in range(size)] for i in range(size)]
    for i, row in enumerate(corner):
        matrix[i][: len(row)] = row
    return fmpz_mat(matrix)


@pytest.mark.parametrize("digits", [10, 30, 60, 120, 200])
def test_one_unit_in_the_last_place_of_a_large_matrix_decides(digits: int) -> None:
    """Up to 512 bits the balls decide it, beyond that exact elimination."""
    big = 10**digits
    corner = [[big, big + 1], [big + 1, big + 2]]
    assert smallest_pivot(_beside_ones(corner, LARGE)) is None
    corner[1][1] += 1
    found = smallest_pivot(_beside_ones(corner, LARGE))
    assert found is not None
    assert show(found) == show(fmpq(big - 1, big * (big + 3)))


def test_large_singular_matrices_are_not_definite() -> None:
    assert smallest_pivot(_beside_ones([[1, 1], [1, 1]], LARGE)) is None
    assert smallest_pivot(_beside_ones([[0, 1], [1, 0]], LARGE)) is None
    assert smallest_pivot(_beside_ones([[0]], LARGE)) is None
    assert smallest_pivot(_gram(LARGE, LARGE - 1, random.Random(3), range(1, 9))) is None


def test_empty_matrices_are_definite() -> None:
    assert smallest_pivot(fmpz_mat(0, 0)) == 1
    assert is_positive_semidefinite(fmpz_mat(0, 0))


@pytest.mark.parametrize("matrix", [fmpz_mat([[1, 2]]), fmpz_mat([[1, 2], [3, 9]]), fmpz_mat(0, 1), fmpz_mat(40, 41)])
def test_what_is_not_symmetric_is_refused(matrix: fmpz_mat) -> None:
    for decide in (smallest_pivot, is_positive_semidefinite):
        with pytest.raises(ValueError, match="symmetric"):
            decide(matrix)
