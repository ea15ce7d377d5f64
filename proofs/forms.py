"""Definiteness of symmetric ball matrices: certain, certainly not, or unknown."""

from __future__ import annotations

from collections.abc import Sequence

from flint import arb, arb_mat, fmpq

from proofs.balls import Sign, is_bounded, lower_bound, sign, upper_bound
from proofs.chain import weighted_gram


def definiteness(matrix: arb_mat) -> tuple[Sign, fmpq]:
    """Decide whether every symmetric matrix in the enclosure is positive definite.

    A congruence R A R^T with an exact R brings the midpoint near the identity; then Gershgorin's circles decide. The
    congruence itself proves that R is nonsingular when R A R^T is, so nothing rests on how R was found.

    Returns:
        POSITIVE and a margin in (0, 1] (the least distance of a circle from zero); NEGATIVE if some vector certainly
        has v^T A v < 0 for every matrix in the enclosure; otherwise UNKNOWN.
    """
    change = reducer(matrix)
    if change is None:
        return Sign.UNKNOWN, fmpq(0)
    rows = (change * matrix * change.transpose()).tolist()
    margin = fmpq(1)
    for i, row in enumerate(rows):
        if sign(row[i]) is Sign.NEGATIVE:
            return Sign.NEGATIVE, fmpq(0)
        distance = row[i] - sum((abs(entry) for j, entry in enumerate(row) if j != i), arb(0))
        margin = min(margin, lower_bound(distance) if is_bounded(distance) else fmpq(0))
    return (Sign.POSITIVE, margin) if margin > 0 else (Sign.UNKNOWN, fmpq(0))


def form_definiteness(rows: arb_mat, coefficients: Sequence[arb]) -> tuple[Sign, fmpq]:
    """Decide whether u -> sum_n a_n (z_n.u)^2 is positive definite, for rows z_n and coefficients in balls.

    The form grows with each coefficient: it is positive definite if it is so with their lower bounds, and it is not if
    it is certainly not so with their upper bounds.
    """
    if not all(map(is_bounded, coefficients)):
        return Sign.UNKNOWN, fmpq(0)
    least, margin = definiteness(weighted_gram(rows, [arb(lower_bound(a)) for a in coefficients]))
    if least is Sign.POSITIVE:
        return least, margin
    most, _ = definiteness(weighted_gram(rows, [arb(upper_bound(a)) for a in coefficients]))
    return (Sign.NEGATIVE if most is Sign.NEGATIVE else Sign.UNKNOWN), fmpq(0)


def reducer(matrix: arb_mat) -> arb_mat | None:
    """An exact lower triangular R such that R mid(A) R^T is near a diagonal matrix of +-1; None if a pivot vanishes."""
    size = matrix.nrows()
    rows = matrix.mid().tolist()
    inverse = arb_mat(size, size, [int(i == j) for i in range(size) for j in range(size)]).tolist()
    for k in range(size):
        pivot = rows[k][k]
        if sign(pivot) is Sign.UNKNOWN:
            return None
        for i in range(k + 1, size):
            factor = (rows[i][k] / pivot).mid()
            rows[i] = [(a - factor * b).mid() for a, b in zip(rows[i], rows[k], strict=True)]
            inverse[i] = [(a - factor * b).mid() for a, b in zip(inverse[i], inverse[k], strict=True)]
        root = (1 / abs(pivot).sqrt()).mid()
        inverse[k] = [(root * entry).mid() for entry in inverse[k]]
    return arb_mat(inverse)
