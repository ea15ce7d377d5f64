"""Exact proofs that no residual exists: a positive semidefinite form that is affine on the data.

The barrier iteration of `certify.search.barrier` runs off towards such a form S, in floats. S is made exact in the
space of all forms that are affine on the data. When S is singular, rounding would lose its semidefiniteness; then its
range is guessed as a rational subspace, and the search goes on among the forms in those directions only (facial
reduction; Borwein, Wolkowicz 1981).

Most obstructions of real data are rational in this way, but not all: an irrational S may be the only one.
"""

from __future__ import annotations

from fractions import Fraction

import numpy as np
from flint import fmpq, fmpq_mat, fmpz_mat

from certify.search.barrier import Centre, affine_functions, analytic_centre
from certify.search.points import Floats, Points, column_scales, scaled_floats, whiten
from certify.search.quadric import SHORT, Face, Obstruction, exact_obstruction, face_of
from certify.search.rounding import independent_rows

__all__ = ["Obstruction", "find_obstruction", "single_feature_obstruction"]

_NEGLIGIBLE = 1e-9
_FULL_RANK = 1e-4


def single_feature_obstruction(points: Points) -> Obstruction | None:
    """An obstruction S = e_j e_j^T: a feature whose square is an affine function of the features.

    A feature with two values is the usual case and is preferred.
    """
    affine = affine_functions(points.white.values, np.ones(points.count))
    squares = scaled_floats(points.integers, column_scales(points.integers)) ** 2
    misfit = np.linalg.norm(squares - affine @ (affine.T @ squares), axis=0)
    suspects = np.flatnonzero(misfit <= _NEGLIGIBLE * np.linalg.norm(squares, axis=0)).tolist()
    values = {j: len({points.integers[g, j] for g in range(points.count)}) for j in suspects}
    for j in sorted(suspects, key=lambda j: values[j] > 2):
        direction = fmpz_mat(points.features, 1, [int(i == j) for i in range(points.features)])
        found = exact_obstruction(points, face_of(points, direction, [points.units[j]]), np.eye(1))
        if found:
            return found
    return None


def find_obstruction(points: Points, centre: Centre) -> Obstruction | None:
    """Make the long part of the form that the barrier iteration on all whitened points ended with exact."""
    size, weights = points.features, points.multiplicities
    identity = fmpz_mat(size, size, [int(i == j) for i in range(size) for j in range(size)])
    face, white = face_of(points, identity, points.units), points.white
    affine = affine_functions(white.values, weights)
    while True:
        lengths, axes = np.linalg.eigh(centre.form)
        unknowns = len(face.pairs) + size + 1
        if unknowns <= SHORT or lengths[0] > _FULL_RANK * lengths[-1] or centre.freedom == 1:
            found = exact_obstruction(points, face, white.transform @ centre.form @ white.transform.T)
            if found:
                return found
        if face.size == 1:
            return None
        short = 1 + int(np.argmax(lengths[1:] / lengths[:-1]))
        accuracy = 30 * float(lengths[short - 1] / lengths[short])
        smaller = _subface(points, face, white.transform @ axes[:, short:], accuracy)
        if smaller is None:
            return None
        face, white = smaller, whiten(smaller.integers, weights)
        centre = analytic_centre(white.values, affine, weights)


def _subface(points: Points, face: Face, span: Floats, accuracy: float) -> Face | None:
    """The face of the forms in the directions ``span`` (r x fewer, for y over its scales), guessed to be rational.

    The reduced echelon basis of a natural subspace has short entries in the features' own units.
    """
    pivots = independent_rows(span)
    if len(pivots) < span.shape[1]:
        return None
    sizes = [unit * scale for unit, scale in zip(face.units, column_scales(face.integers), strict=True)]
    echelon = span @ np.linalg.inv(span[pivots])
    columns = []
    for k, pivot in enumerate(pivots):
        entries = enumerate(echelon[:, k].tolist())
        columns.append([face.units[i] * _simplest(entry, sizes[pivot] / sizes[i], accuracy) for i, entry in entries])
    numerators, denominator = fmpq_mat([list(row) for row in zip(*columns, strict=True)]).numer_denom()
    return face_of(points, face.directions * numerators, [fmpq(1, denominator)] * len(columns))


def _simplest(value: float, unit: fmpq, accuracy: float) -> fmpq:
    """A rational with a small denominator near ``value unit``; 0 when the value itself is within the accuracy."""
    exact = Fraction(value) * Fraction(int(unit.p), int(unit.q))
    guess = Fraction(0)
    if abs(value) > accuracy:
        for digits in range(12):
            guess = exact.limit_denominator(10**digits)
            if abs(guess - exact) <= abs(exact) * Fraction(accuracy):
                break
    return fmpq(guess.numerator, guess.denominator)
