"""Exact proofs that no residual exists: a positive semidefinite form that is affine on the data.

The barrier iteration of `certify.search.barrier` runs off towards such a form S, in floats. S is made exact in the
space of all forms that are affine on the data. When S is singular, rounding would lose its semidefiniteness; then its
range is guessed as a rational subspace, and the search goes on among the forms in those directions only (facial
reduction; Borwein, Wolkowicz 1981).

Most obstructions of real data are rational in this way, but not all: an irrational S may be the only one.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

import numpy as np
from flint import fmpq, fmpq_mat, fmpz, fmpz_mat

from certify.search.barrier import Centre, analytic_centre
from certify.search.points import Floats, Points, Whitened, whiten
from certify.search.quadric import SHORT, Face, Obstruction, exact_obstruction, face_of, whole_face
from certify.search.rounding import independent_rows

__all__ = ["Obstruction", "find_obstruction", "single_feature_obstruction"]

_NEGLIGIBLE = 1e-9
_FULL_RANK = 1e-4
_SAFETY = 4.0
_CLEAR_GAP = 100.0
_MOST_FACES = 30
_MOST_UNKNOWNS = 500


def single_feature_obstruction(points: Points) -> Obstruction | None:
    """An obstruction S = e_j e_j^T: a feature whose square is an affine function of the features.

    A feature with two values is the usual case and is preferred.
    """
    coordinates, root = points.coordinates, np.sqrt(points.multiplicities)[:, None]
    squares = root * coordinates.floats**2
    misfit = np.linalg.norm(squares - points.affine @ (points.affine.T @ squares), axis=0)
    suspects = np.flatnonzero(misfit <= _NEGLIGIBLE * np.linalg.norm(squares, axis=0)).tolist()
    values = {j: len({coordinates.integers[g, j] for g in range(points.count)}) for j in suspects}
    for j in sorted(suspects, key=lambda j: values[j] > 2):
        direction = fmpz_mat(points.features, 1, [int(i == j) for i in range(points.features)])
        if found := exact_obstruction(points, face_of(points, direction, [coordinates.units[j]]), np.eye(1)):
            return found
    return None


def find_obstruction(points: Points, centre: Centre) -> Obstruction | None:
    """Make the form that the barrier iteration on all whitened points ended with exact, or the long part of it."""
    whole = whole_face(points)
    found = _on_faces(points, whole, centre)
    if found or _is_promising(points, whole, centre) or _unknowns(points, whole) > _MOST_UNKNOWNS:
        return found
    # A form that is positive definite by a hair looks singular, and has no smaller face. It is tried last, and where an
    # exact solution does not take minutes.
    return exact_obstruction(points, whole, _target(points.white, centre))


def _on_faces(points: Points, whole: Face, centre: Centre) -> Obstruction | None:
    """Search the face of all forms, and the smaller ones that their barrier iterations lead to."""
    pending = [(whole, points.white, centre)]
    seen = set[tuple[fmpz, ...]]()
    while pending:
        face, white, centre = pending.pop()
        promising = _is_promising(points, face, centre)
        if promising and (found := exact_obstruction(points, face, _target(white, centre))):
            return found
        for smaller in _guesses(points, face, white, centre.form):
            key = tuple(smaller.directions.entries())
            if key not in seen and len(seen) < _MOST_FACES:
                seen.add(key)
                whitened = whiten(smaller.coordinates, list(map(len, points.copies)))
                inside = analytic_centre(whitened.values, points.affine, points.multiplicities)
                if inside.curvature <= 0:
                    pending.append((smaller, whitened, inside))
    return None


def _is_promising(points: Points, face: Face, centre: Centre) -> bool:
    """Whether the form may become exact without a loss of semidefiniteness, or that is tried quickly."""
    spectrum = np.linalg.eigvalsh(centre.form)
    definite = bool(spectrum[0] > _FULL_RANK * spectrum[-1])
    return definite or centre.freedom == 1 or _unknowns(points, face) <= SHORT


def _unknowns(points: Points, face: Face) -> int:
    return len(face.pairs) + points.features + 1


def _target(white: Whitened, centre: Centre) -> Floats:
    """The form in which the iteration ended, of the coordinates over their scales."""
    return np.asarray(white.transform @ centre.form @ white.transform.T)


def _guesses(points: Points, face: Face, white: Whitened, form: Floats) -> Iterator[Face]:
    """Faces on the directions in which the form is long, the likeliest last.

    When the form is t S_0 + O(1), its long directions are known up to 1/t; in the worst case, t S_0 + O(sqrt t), up to
    the square root of that.
    """
    lengths, axes = np.linalg.eigh(form)
    gaps = lengths[1:] / lengths[:-1]
    for short in np.argsort(gaps).tolist():
        if gaps[short] > _CLEAR_GAP:
            span = white.transform @ axes[:, short + 1 :]
            for accuracy in (_SAFETY / np.sqrt(gaps[short]), _SAFETY**2 / gaps[short]):
                if (smaller := _subface(points, face, span, float(accuracy))) is not None:
                    yield smaller


def _subface(points: Points, face: Face, span: Floats, accuracy: float) -> Face | None:
    """The face of the forms in the directions ``span`` (r x fewer, for y over its scales), guessed to be rational.

    The reduced echelon basis of a natural subspace has short entries in the features' own units. Returns None when
    the span is not known well enough to guess.
    """
    pivots = independent_rows(span)
    if len(pivots) < span.shape[1]:
        return None
    units = face.coordinates.units
    lengths = [unit * scale for unit, scale in zip(units, face.coordinates.scales, strict=True)]
    echelon = span @ np.linalg.inv(span[pivots])
    columns = []
    for k, pivot in enumerate(pivots):
        entries = enumerate(echelon[:, k].tolist())
        columns.append([units[i] * _simplest(entry, lengths[pivot] / lengths[i], accuracy) for i, entry in entries])
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
