"""Exact quadrics through the data near a quadric found in floats.

The unknowns are an affine function l and a form S on a *face*, the forms in a few rational directions; the equations
say S(x_n) = l(x_n). Equations and unknowns are scaled so that rounding the unknowns to integers treats all alike.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from flint import fmpq, fmpq_mat, fmpz_mat, nmod_mat

from certify.search.points import Floats, Points, column_scales, scaled_floats
from certify.search.rounding import Repair, digit_counts, independent_rows, lattice_repair, rational_repair
from proofs.definite import is_positive_semidefinite

SHORT = 80
"""Up to this many unknowns the lattice finds short solutions fast; beyond, they have the length of a determinant."""

_PRIME = (1 << 61) - 1
_FLOAT_DIGITS = 16


@dataclass(frozen=True, slots=True)
class Obstruction:
    """S >= 0, S != 0, with x_n^T S x_n = linear . x_n + constant for every sample n, exactly."""

    matrix: tuple[tuple[fmpq, ...], ...]
    linear: tuple[fmpq, ...]
    constant: fmpq


@dataclass(frozen=True, slots=True, eq=False)
class Face:
    """The forms in the r directions y = (integers of the points) directions.

    Attributes:
        directions: d_0 x r integers, independent columns.
        units: the size of a step of 1 in each y, in the features' own units.
        integers: G x r, the points' y.
    """

    directions: fmpz_mat
    units: tuple[fmpq, ...]
    integers: fmpz_mat

    @property
    def size(self) -> int:
        return self.directions.ncols()

    @property
    def pairs(self) -> list[tuple[int, int]]:
        return [(i, j) for i in range(self.size) for j in range(i, self.size)]


def face_of(points: Points, directions: fmpz_mat, units: Sequence[fmpq]) -> Face:
    return Face(directions, tuple(units), points.integers * directions)


def exact_obstruction(points: Points, face: Face, target: Floats) -> Obstruction | None:
    """A nonzero S >= 0 on the face and an affine l that agree on all points, near ``target``, with few digits.

    ``target`` is r x r, a form of y over its scales. Returns None when there is none that near.
    """
    goal = _goal(points, face, target / np.abs(target).max())
    unknowns = len(goal)
    chosen = sorted({k * points.count // (2 * unknowns) for k in range(2 * unknowns)})
    while True:
        repair = _repair(_equations(points, face, chosen), points.features + 1)
        solution = repair and _semidefinite(repair, goal, face)
        if not solution:
            return None
        linear, form = _unscaled(points, face, solution)
        refuting = _refuting_points(points, face, linear, form)
        if not refuting:
            return _obstruction(points, face, linear, form)
        chosen += refuting[:unknowns]


def _scale(points: Points, face: Face) -> tuple[list[int], int]:
    """One power of two for each unknown (1, the features, the pairs of directions), and their maximum."""
    x, y = column_scales(points.integers), column_scales(face.integers)
    scales = [1, *x, *(y[i] * y[j] for i, j in face.pairs)]
    return scales, max(scales)


def _equations(points: Points, face: Face, chosen: Sequence[int]) -> fmpz_mat:
    """unknowns x samples: S(x_n) - l(x_n) as a function of the unknowns, each over its scale."""
    scales, largest = _scale(points, face)
    x, y, pairs = points.integers, face.integers, face.pairs
    rows = []
    for g in chosen:
        affine = [-1, *(-x[g, k] for k in range(points.features))]
        quadratic = [y[g, i] * y[g, j] * (1 if i == j else 2) for i, j in pairs]
        rows.append([value * (largest // scale) for value, scale in zip(affine + quadratic, scales, strict=True)])
    return fmpz_mat(rows).transpose()


def _goal(points: Points, face: Face, target: Floats) -> Floats:
    """The unknowns in floats: the least-squares l for the form ``target``, then the form."""
    y = scaled_floats(face.integers, column_scales(face.integers))
    x = scaled_floats(points.integers, column_scales(points.integers))
    values = np.einsum("ni,ij,nj->n", y, target, y)
    linear = np.linalg.lstsq(np.column_stack([np.ones(points.count), x]), values)[0]
    return np.concatenate([linear, [target[i, j] for i, j in face.pairs]])


def _repair(equations: fmpz_mat, affine: int) -> Repair | None:
    """How to solve the equations near a given point, or None when only zero does.

    Of dependent equations (modulo a prime) one is kept. The ``affine`` leading unknowns are determined by the others.
    """
    unknowns, samples = equations.nrows(), equations.ncols()
    echelon, rank = nmod_mat(unknowns, samples, equations.entries(), _PRIME).rref()
    if rank == unknowns:
        return None
    independent = [next(k for k in range(samples) if echelon[i, k] != 0) for i in range(rank)]
    equations = fmpz_mat([[equations[u, k] for k in independent] for u in range(unknowns)])
    if unknowns <= SHORT:
        return lattice_repair(equations, range(unknowns))
    places = independent_rows(scaled_floats(equations, column_scales(equations)), first=affine)
    return rational_repair(equations, places) if len(places) == rank else None


def _semidefinite(repair: Repair, goal: Floats, face: Face) -> list[int] | None:
    """The first solution near the goal, with few digits, whose form is positive semidefinite and not zero."""
    for digits in digit_counts():
        if digits > _FLOAT_DIGITS and not repair.kernel.nrows():
            return None
        solution = repair.near(goal, digits)
        form = _form(face, solution[-len(face.pairs) :])
        if form != fmpz_mat(face.size, face.size) and is_positive_semidefinite(form):
            return solution
    return None


def _form(face: Face, coefficients: Sequence[int]) -> fmpz_mat:
    form = fmpz_mat(face.size, face.size)
    for (i, j), value in zip(face.pairs, coefficients, strict=True):
        form[i, j] = form[j, i] = value
    return form


def _unscaled(points: Points, face: Face, solution: Sequence[int]) -> tuple[list[int], fmpz_mat]:
    """The coefficients of l (constant first) and the form on y, both times the same positive integer."""
    scales, largest = _scale(points, face)
    plain = [value * (largest // scale) for value, scale in zip(solution, scales, strict=True)]
    return plain[: points.features + 1], _form(face, plain[points.features + 1 :])


def _refuting_points(points: Points, face: Face, linear: Sequence[int], form: fmpz_mat) -> list[int]:
    """The points on which form(y) and l(x) differ."""
    left, right = (face.integers * form).tolist(), face.integers.tolist()
    affine = (points.integers * fmpz_mat(points.features, 1, linear[1:])).entries()
    return [
        g
        for g, value in enumerate(affine)
        if sum(a * b for a, b in zip(left[g], right[g], strict=True)) != value + linear[0]
    ]


def _obstruction(points: Points, face: Face, linear: Sequence[int], form: fmpz_mat) -> Obstruction:
    """Go back from the integers X = (x - origin) / units to x; S is scaled to coprime integers."""
    size = points.features
    per_unit = [1 / unit for unit in points.units]
    on_integers = face.directions * form * face.directions.transpose()
    matrix = [[on_integers[i, j] * per_unit[i] * per_unit[j] for j in range(size)] for i in range(size)]
    numerators, denominator = fmpq_mat(matrix).numer_denom()
    content = 0
    for value in numerators.entries():
        content = value.gcd(content)
    factor = fmpq(denominator, content)
    origin = points.origin
    at_origin = [sum((matrix[i][j] * origin[j] for j in range(size)), fmpq(0)) for i in range(size)]
    slopes = [linear[i + 1] * per_unit[i] for i in range(size)]
    constant = linear[0] - sum(((slopes[i] + at_origin[i]) * origin[i] for i in range(size)), fmpq(0))
    return Obstruction(
        matrix=tuple(tuple(factor * value for value in row) for row in matrix),
        linear=tuple(factor * (slopes[i] + 2 * at_origin[i]) for i in range(size)),
        constant=factor * constant,
    )
