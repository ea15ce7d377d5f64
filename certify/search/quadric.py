"""Exact quadrics through the data near a quadric found in floats.

The unknowns are an affine function l and a form S on a *face*, the forms in a few rational directions; the equations
say S(x_n) = l(x_n). Both are taken over the scales of the coordinates, so that rounding treats all unknowns alike.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from flint import fmpq, fmpq_mat, fmpz, fmpz_mat, nmod_mat

from certify.search.points import Coordinates, Floats, Points, coordinates_of, scaled_floats
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
    """The forms in r independent directions y = (integers of the points) directions.

    Attributes:
        directions: d_0 x r integers.
        coordinates: the points' y.
    """

    directions: fmpz_mat
    coordinates: Coordinates

    @property
    def size(self) -> int:
        return self.directions.ncols()

    @property
    def pairs(self) -> list[tuple[int, int]]:
        return [(i, j) for i in range(self.size) for j in range(i, self.size)]


def whole_face(points: Points) -> Face:
    """All forms on the features."""
    size = points.features
    return Face(fmpz_mat(size, size, [int(i == j) for i in range(size) for j in range(size)]), points.coordinates)


def face_of(points: Points, directions: fmpz_mat, units: Sequence[fmpq]) -> Face:
    """The forms in the given directions; ``units`` (r) are the units of their integers in those of the data."""
    return Face(directions, coordinates_of(points.coordinates.integers * directions, units))


def exact_obstruction(points: Points, face: Face, target: Floats) -> Obstruction | None:
    """A nonzero S >= 0 on the face and an affine l that agree on all points, near ``target``, with few digits.

    ``target`` is r x r, a form of y over its scales. Returns None when none is that near.
    """
    system = _System(points, face)
    goal = system.goal(target)
    chosen = sorted({k * points.count // (2 * len(goal)) for k in range(2 * len(goal))})
    while True:
        repair = _repair(system.equations(chosen), points.features + 1)
        solution = repair and _semidefinite_solution(repair, goal, system)
        if not solution:
            return None
        if not (refuting := system.refuting_points(solution)):
            return system.obstruction(solution)
        chosen += refuting[: len(goal)]


class _System:
    """The linear equations S(x_n) = l(x_n). The unknowns: l (its constant first), then S (its upper triangle)."""

    def __init__(self, points: Points, face: Face) -> None:
        self.points, self.face = points, face
        x, y = points.coordinates, face.coordinates
        inverse = [fmpq(1), *(1 / scale for scale in x.scales)]
        inverse += [1 / (y.scales[i] * y.scales[j]) for i, j in face.pairs]
        self.factors = fmpq_mat([inverse]).numer_denom()[0].entries()
        """1 over the scale of each unknown, times a common integer."""

    def goal(self, target: Floats) -> Floats:
        """The unknowns for the form ``target``, at most 1 in size, and its least-squares l."""
        x, y = self.points.coordinates.floats, self.face.coordinates.floats
        form = target / np.abs(target).max()
        values = np.einsum("ni,ij,nj->n", y, form, y)
        linear = np.linalg.lstsq(np.column_stack([np.ones(len(x)), x]), values, rcond=None)[0]
        return np.concatenate([linear, [form[i, j] for i, j in self.face.pairs]])

    def equations(self, chosen: Sequence[int]) -> fmpz_mat:
        """unknowns x chosen points: S(x_n) - l(x_n) as a function of the unknowns."""
        x, y, rows = self.points.coordinates.integers, self.face.coordinates.integers, []
        for g in chosen:
            values = [fmpz(-1), *(-x[g, k] for k in range(x.ncols()))]
            values += [y[g, i] * y[g, j] * (1 if i == j else 2) for i, j in self.face.pairs]
            rows.append([value * factor for value, factor in zip(values, self.factors, strict=True)])
        return fmpz_mat(rows).transpose()

    def form(self, solution: Sequence[int]) -> fmpz_mat:
        """A positive multiple of S on the integers y."""
        offset, form = self.points.features + 1, fmpz_mat(self.face.size, self.face.size)
        for k, (i, j) in enumerate(self.face.pairs, start=offset):
            form[i, j] = form[j, i] = solution[k] * self.factors[k]
        return form

    def affine(self, solution: Sequence[int]) -> list[int]:
        """The same multiple of l on the integers of the points, the constant first."""
        size = self.points.features + 1
        return [value * int(factor) for value, factor in zip(solution[:size], self.factors[:size], strict=True)]

    def refuting_points(self, solution: Sequence[int]) -> list[int]:
        """The points on which S and l differ."""
        y, (constant, *slopes) = self.face.coordinates.integers, self.affine(solution)
        left, right = (y * self.form(solution)).tolist(), y.tolist()
        values = (self.points.coordinates.integers * fmpz_mat(len(slopes), 1, slopes)).entries()
        return [
            g
            for g, value in enumerate(values)
            if sum(a * b for a, b in zip(left[g], right[g], strict=True)) != value + constant
        ]

    def obstruction(self, solution: Sequence[int]) -> Obstruction:
        """Go back from the integers X = (x - origin) / units to x; S is scaled to coprime integers."""
        origin, size = self.points.origin, self.points.features
        constant, *slopes = self.affine(solution)
        on_integers = self.face.directions * self.form(solution) * self.face.directions.transpose()
        per_unit = [1 / unit for unit in self.points.coordinates.units]
        matrix = [[on_integers[i, j] * per_unit[i] * per_unit[j] for j in range(size)] for i in range(size)]
        numerators, denominator = fmpq_mat(matrix).numer_denom()
        content = numerators.entries()[0]
        for value in numerators.entries():
            content = content.gcd(value)
        factor = fmpq(denominator, content)
        at_origin = [sum((a * b for a, b in zip(row, origin, strict=True)), fmpq(0)) for row in matrix]
        linear = [slopes[i] * per_unit[i] + 2 * at_origin[i] for i in range(size)]
        shift = sum(((linear[i] - at_origin[i]) * origin[i] for i in range(size)), fmpq(0))
        return Obstruction(
            matrix=tuple(tuple(factor * value for value in row) for row in matrix),
            linear=tuple(factor * value for value in linear),
            constant=factor * (constant - shift),
        )


def _repair(equations: fmpz_mat, affine: int) -> Repair | None:
    """How to solve the equations near a given point, or None when only zero does.

    Of equations dependent modulo a prime one is kept. The ``affine`` leading unknowns are determined by the others.
    """
    unknowns, samples = equations.nrows(), equations.ncols()
    echelon, rank = nmod_mat(unknowns, samples, equations.entries(), _PRIME).rref()
    if rank == unknowns:
        return None
    independent = [next(k for k in range(samples) if int(echelon[i, k])) for i in range(rank)]
    equations = fmpz_mat([[equations[u, k] for k in independent] for u in range(unknowns)])
    if unknowns <= SHORT:
        return lattice_repair(equations, range(unknowns))
    places = independent_rows(scaled_floats(equations)[0], first=affine)
    return rational_repair(equations, places) if len(places) == rank else None


def _semidefinite_solution(repair: Repair, goal: Floats, system: _System) -> list[int] | None:
    """The first solution near the goal, with few digits, whose form is positive semidefinite and not zero."""
    for digits in digit_counts():
        if digits > _FLOAT_DIGITS and not repair.kernel.nrows():
            break
        solution = repair.near(goal, digits)
        form = system.form(solution)
        if any(form.entries()) and is_positive_semidefinite(form):
            return solution
    return None
