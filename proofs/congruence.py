"""Bringing a symmetric matrix near the identity by an exact congruence, after which its rows tell its signs."""

from __future__ import annotations

from flint import arb, arb_mat, fmpq

from proofs.balls import Sign, is_bounded, lower_bound, sign

UNKNOWN = Sign.UNKNOWN, fmpq(0)


def by_circles(matrix: arb_mat) -> tuple[Sign, fmpq]:
    """Gershgorin: a symmetric matrix is positive definite if every diagonal entry exceeds the rest of its row."""
    margin = fmpq(1)
    rows = matrix.tolist()
    if any(sign(row[i]) is Sign.NEGATIVE for i, row in enumerate(rows)):
        return Sign.NEGATIVE, fmpq(0)
    for i, row in enumerate(rows):
        distance = row[i] - sum((abs(entry) for j, entry in enumerate(row) if j != i), arb(0))
        margin = min(margin, lower_bound(distance) if is_bounded(distance) else fmpq(0))
    return (Sign.POSITIVE, margin) if margin > 0 else UNKNOWN


_BASE = 12
"""Matrices of at most this size are reduced entry by entry, larger ones by blocks, whose products FLINT computes."""


def reducer(matrix: arb_mat) -> arb_mat | None:
    """An exact lower triangular R such that R mid(A) R^T is near a diagonal matrix of +-1; None if a pivot vanishes."""
    reduced = _reduced(matrix.mid())
    return None if reduced is None else reduced[0]


def _reduced(matrix: arb_mat) -> tuple[arb_mat, list[int]] | None:
    """R, and the signs on the diagonal.

    With A = [[A1, B^T], [B, C]], R1 A1 R1^T = D1 and the Schur complement S = C - F B^T for F = B R1^T D1 R1, which is
    B A1^-1, R is [[R1, 0], [-R2 F, R2]] where R2 reduces S.
    """
    size = matrix.nrows()
    if size <= _BASE:
        return _reduced_by_entries(matrix)
    half, rows = size // 2, matrix.tolist()
    below = arb_mat([row[:half] for row in rows[half:]])
    first = _reduced(arb_mat([row[:half] for row in rows[:half]]))
    if first is None:
        return None
    upper, signs = first
    signed = arb_mat([[s * entry for entry in row] for s, row in zip(signs, upper.tolist(), strict=True)])
    factor = ((below * upper.transpose()).mid() * signed).mid()
    second = _reduced((arb_mat([row[half:] for row in rows[half:]]) - factor * below.transpose()).mid())
    if second is None:
        return None
    lower, more = second
    corner = (-lower * factor).mid().tolist()
    top = [[*row, *[arb(0)] * (size - half)] for row in upper.tolist()]
    return arb_mat([*top, *([*a, *b] for a, b in zip(corner, lower.tolist(), strict=True))]), [*signs, *more]


def _reduced_by_entries(matrix: arb_mat) -> tuple[arb_mat, list[int]] | None:
    size = matrix.nrows()
    rows = matrix.tolist()
    inverse = arb_mat(size, size, [int(i == j) for i in range(size) for j in range(size)]).tolist()
    signs = []
    for k in range(size):
        pivot = rows[k][k]
        if sign(pivot) is Sign.UNKNOWN:
            return None
        signs.append(1 if pivot > 0 else -1)
        for i in range(k + 1, size):
            factor = (rows[i][k] / pivot).mid()
            rows[i][k:] = [(a - factor * b).mid() for a, b in zip(rows[i][k:], rows[k][k:], strict=True)]
            left = zip(inverse[i][: k + 1], inverse[k][: k + 1], strict=True)  # the rest of row k is still 0
            inverse[i][: k + 1] = [(a - factor * b).mid() for a, b in left]
        root = (1 / abs(pivot).sqrt()).mid()
        inverse[k] = [(root * entry).mid() for entry in inverse[k]]
    return arb_mat(inverse), signs
