"""Definiteness of symmetric matrices, decided exactly over the integers."""

from __future__ import annotations

from flint import arb, arb_mat, fmpq, fmpz, fmpz_mat

from proofs.balls import Sign, lower_bound, precision
from proofs.congruence import by_circles, reducer

_SMALL = 32
"""Up to this size exact elimination is at least as fast as balls, whose entries do not grow."""

_PRECISIONS = (128, 512)


def smallest_pivot(matrix: fmpz_mat) -> fmpq | None:
    """Decide whether a symmetric integer matrix is positive definite, exactly.

    Larger matrices are first tried with balls; what these leave open, exact elimination decides.

    >>> smallest_pivot(fmpz_mat([[2, 1], [1, 2]])), smallest_pivot(fmpz_mat([[1, 2], [2, 1]]))
    (3/4, None)

    Returns:
        The smallest pivot of LDL^T divided by its diagonal entry, a scale-free margin in (0, 1], for larger matrices
        a lower bound of it; or None when the matrix is not positive definite. An empty matrix is positive definite
        with margin 1.

    Raises:
        ValueError: the matrix is not square and symmetric.
    """
    rows = _symmetric_rows(matrix)
    for bits in _PRECISIONS if len(rows) > _SMALL else ():
        with precision(bits):
            kind, bound = _bound(matrix)
        if kind is not Sign.UNKNOWN:
            return bound if kind is Sign.POSITIVE else None
    return _eliminated(matrix, rows)


def _bound(matrix: fmpz_mat) -> tuple[Sign, fmpq]:
    """Whether A is positive definite, by a congruence with a lower triangular R, and a bound of its relative pivots.

    If R A R^T - c is positive semidefinite (Gershgorin), so is A - c L L^T for L = R^-1. The k-th pivot of a matrix is
    the minimum of v^T A v over the v with v_k = 1 and v_j = 0 for j > k; for L L^T it is L_kk^2 = 1 / R_kk^2. So that
    of A is at least c / R_kk^2.
    """
    balls = arb_mat(matrix)
    change = reducer(balls)
    if change is None:
        return Sign.UNKNOWN, fmpq(0)
    kind, least = by_circles(change * balls * change.transpose())
    if kind is not Sign.POSITIVE:
        return kind, fmpq(0)
    pivots = (arb(least) / (change[k, k] * change[k, k] * balls[k, k]) for k in range(matrix.nrows()))
    return kind, min(fmpq(1), *map(lower_bound, pivots))


def _eliminated(matrix: fmpz_mat, rows: list[list[fmpz]]) -> fmpq | None:
    """Fraction-free elimination (Bareiss) keeps every entry an integer minor. A matrix is positive definite exactly
    when all leading principal minors are positive (Sylvester); their ratios are the pivots."""
    margin = fmpq(1)
    previous = fmpz(1)
    for k in range(len(rows)):
        minor = rows[k][k]
        if minor <= 0:
            return None
        margin = min(margin, fmpq(minor, previous * matrix[k, k]))
        for i in range(k + 1, len(rows)):
            factor = rows[i][k]
            for j in range(k + 1, i + 1):
                rows[i][j] = (rows[i][j] * minor - factor * rows[j][k]) // previous
        previous = minor
    return margin


def is_positive_semidefinite(matrix: fmpz_mat) -> bool:
    """Decide exactly whether a symmetric integer matrix is positive semidefinite.

    Symmetric elimination; a zero pivot is allowed only when the rest of its row is zero.

    Raises:
        ValueError: the matrix is not square and symmetric.
    """
    rows = _symmetric_rows(matrix)
    size = len(rows)
    previous = fmpz(1)
    for k in range(size):
        pivot = rows[k][k]
        if pivot < 0:
            return False
        if pivot == 0:
            if any(rows[i][k] != 0 for i in range(k + 1, size)):
                return False
            continue
        for i in range(k + 1, size):
            factor = rows[i][k]
            for j in range(k + 1, i + 1):
                rows[i][j] = (rows[i][j] * pivot - factor * rows[j][k]) // previous
        previous = pivot
    return True


def _symmetric_rows(matrix: fmpz_mat) -> list[list[fmpz]]:
    if matrix.nrows() != matrix.ncols() or matrix != matrix.transpose():
        raise ValueError("expected a square symmetric matrix")
    return [list(row) for row in matrix.tolist()]
