"""Definiteness and inertia of symmetric ball matrices: certain, certainly not, or unknown."""

from __future__ import annotations

from collections.abc import Sequence

from flint import arb, arb_mat, fmpq

from proofs.balls import Sign, is_bounded, lower_bound, sign, upper_bound
from proofs.chain import weighted_gram

_UNKNOWN = Sign.UNKNOWN, fmpq(0)


def definiteness(matrix: arb_mat) -> tuple[Sign, fmpq]:
    """Decide whether every symmetric matrix in the enclosure is positive definite.

    A congruence R A R^T with an exact R brings the midpoint near the identity; then Gershgorin's circles decide. The
    congruence itself proves that R is nonsingular when R A R^T is, so nothing rests on how R was found.

    Returns:
        POSITIVE and a margin in (0, 1] (the least distance of a circle from zero); NEGATIVE if some vector certainly
        has v^T A v < 0 for every matrix in the enclosure; otherwise UNKNOWN.
    """
    change = reducer(matrix)
    return _UNKNOWN if change is None else _by_circles(change * matrix * change.transpose())


def inertia(matrix: arb_mat) -> int | None:
    """The number of negative eigenvalues, the same for every symmetric matrix in the enclosure, all being nonsingular.

    If no circle of Gershgorin reaches zero after the congruence of `definiteness`, as many eigenvalues of R A R^T are
    negative as circles lie left of zero (which none of the others meets), and by Sylvester's law as many of A.

    Returns:
        None if this decides nothing, as for a matrix that is singular or nearly so.
    """
    change = reducer(matrix)
    if change is None:
        return None
    negative = 0
    for i, row in enumerate((change * matrix * change.transpose()).tolist()):
        rest = sum((abs(entry) for j, entry in enumerate(row) if j != i), arb(0))
        if sign(row[i] + rest) is Sign.NEGATIVE:
            negative += 1
        elif sign(row[i] - rest) is not Sign.POSITIVE:
            return None
    return negative


def form_definiteness(rows: arb_mat, coefficients: Sequence[arb]) -> tuple[Sign, fmpq]:
    """Decide whether u -> sum_n a_n (z_n.u)^2 is positive definite, for rows z_n and coefficients in balls.

    The form grows with each coefficient: it is positive definite if it is so with their lower bounds, and it is not if
    it is certainly not so with their upper bounds. The congruence goes into the rows, where it widens balls once only.
    """
    if not all(map(is_bounded, coefficients)):
        return _UNKNOWN
    least = _reduced_form(rows, [arb(lower_bound(a)) for a in coefficients])
    if least[0] is Sign.POSITIVE:
        return least
    most, _ = _reduced_form(rows, [arb(upper_bound(a)) for a in coefficients])
    return (Sign.NEGATIVE, fmpq(0)) if most is Sign.NEGATIVE else _UNKNOWN


def _reduced_form(rows: arb_mat, coefficients: Sequence[arb]) -> tuple[Sign, fmpq]:
    change = reducer(weighted_gram(rows, coefficients))
    return _UNKNOWN if change is None else _by_circles(weighted_gram(rows * change.transpose(), coefficients))


def _by_circles(matrix: arb_mat) -> tuple[Sign, fmpq]:
    """Gershgorin: a symmetric matrix is positive definite if every diagonal entry exceeds the rest of its row."""
    margin = fmpq(1)
    rows = matrix.tolist()
    if any(sign(row[i]) is Sign.NEGATIVE for i, row in enumerate(rows)):
        return Sign.NEGATIVE, fmpq(0)
    for i, row in enumerate(rows):
        distance = row[i] - sum((abs(entry) for j, entry in enumerate(row) if j != i), arb(0))
        margin = min(margin, lower_bound(distance) if is_bounded(distance) else fmpq(0))
    return (Sign.POSITIVE, margin) if margin > 0 else _UNKNOWN


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
