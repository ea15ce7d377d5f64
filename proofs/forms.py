"""Definiteness and inertia of symmetric ball matrices: certain, certainly not, or unknown."""

from __future__ import annotations

from collections.abc import Sequence

from flint import arb, arb_mat, fmpq

from proofs.balls import Sign, is_bounded, lower_bound, sign, upper_bound
from proofs.chain import weighted_gram
from proofs.congruence import UNKNOWN, by_circles, reducer


def definiteness(matrix: arb_mat) -> tuple[Sign, fmpq]:
    """Decide whether every symmetric matrix in the enclosure is positive definite.

    A congruence R A R^T with an exact R brings the midpoint near the identity; then Gershgorin's circles decide. The
    congruence itself proves that R is nonsingular when R A R^T is, so nothing rests on how R was found.

    Returns:
        POSITIVE and a margin in (0, 1] (the least distance of a circle from zero); NEGATIVE if some vector certainly
        has v^T A v < 0 for every matrix in the enclosure; otherwise UNKNOWN.
    """
    change = reducer(matrix)
    return UNKNOWN if change is None else by_circles(change * matrix * change.transpose())


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
        return UNKNOWN
    least = _reduced_form(rows, [arb(lower_bound(a)) for a in coefficients])
    if least[0] is Sign.POSITIVE:
        return least
    most, _ = _reduced_form(rows, [arb(upper_bound(a)) for a in coefficients])
    return (Sign.NEGATIVE, fmpq(0)) if most is Sign.NEGATIVE else UNKNOWN


def _reduced_form(rows: arb_mat, coefficients: Sequence[arb]) -> tuple[Sign, fmpq]:
    change = reducer(weighted_gram(rows, coefficients))
    return UNKNOWN if change is None else by_circles(weighted_gram(rows * change.transpose(), coefficients))
