"""Definiteness of symmetric matrices, decided exactly over the integers."""

from __future__ import annotations

from flint import fmpq, fmpz, fmpz_mat


def smallest_pivot(matrix: fmpz_mat) -> fmpq | None:
    """Decide whether a symmetric integer matrix is positive definite (Sylvester: leading minors positive).

    Fraction-free elimination (Bareiss) keeps every entry an integer minor. A matrix is positive definite exactly when
    all leading principal minors are positive; their ratios are the pivots of LDL^T.

    >>> smallest_pivot(fmpz_mat([[2, 1], [1, 2]])), smallest_pivot(fmpz_mat([[1, 2], [2, 1]]))
    (3/4, None)

    Returns:
        The smallest pivot divided by its diagonal entry, a scale-free margin in (0, 1], or None when the matrix is
        not positive definite. An empty matrix is positive definite with margin 1.

    Raises:
        ValueError: the matrix is not square and symmetric.
    """
    rows = _symmetric_rows(matrix)
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
