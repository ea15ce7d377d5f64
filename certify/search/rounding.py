"""Short integer vectors near a float vector that satisfy linear equations exactly.

The residual D (one unknown a sample, orthogonal to the affine functions) and the obstruction (one unknown a
coefficient, zero on every sample) are both rounded here. Rounding every entry breaks the equations by a little; a few
entries are then changed to repair them, by a particular solution less the nearest vector of the lattice of homogeneous
solutions (Lenstra, Lenstra, Lovasz 1982; Babai's nearest plane, 1986).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import ldexp

import numpy as np
from flint import fmpq_mat, fmpz, fmpz_mat

from certify.search.points import Floats, scaled_floats

_MANTISSA = 53
_DELTA = 0.75


@dataclass(frozen=True, slots=True, eq=False)
class Repair:
    """How to solve ``v equations = 0`` for an integer row v (n) by changing only the entries ``places`` (s).

    Attributes:
        equations: n x c integers of rank c.
        kernel: a short basis of the integer rows k (s) with k equations[places] = 0.
        lift, image: c x s and c x c integers with lift equations[places] = image, which is nonsingular.
    """

    equations: fmpz_mat
    places: tuple[int, ...]
    kernel: fmpz_mat
    lift: fmpz_mat
    image: fmpz_mat

    def near(self, target: Floats, digits: int) -> list[int]:
        """An exact solution near ``target`` (n) times 10^digits, times a positive integer that is 1 when possible.

        The factor is the denominator of the particular solution: where the equations do not allow integers
        in the given places, it makes them rational numbers.
        """
        rounded = [round(value) for value in (target * 10.0**digits).tolist()]
        error = fmpz_mat(1, len(rounded), rounded) * self.equations
        numerators, factor = fmpq_mat(self.image.transpose()).solve(fmpq_mat(error.transpose())).numer_denom()
        change = -(numerators.transpose() * self.lift)
        if self.kernel.nrows():
            change = _shortened(change, self.kernel)
        solution = [int(factor) * value for value in rounded]
        for k, place in enumerate(self.places):
            solution[place] += int(change[0, k])
        return solution


def lattice_repair(equations: fmpz_mat, places: Sequence[int]) -> Repair:
    """Prepare repairs with short integers; its cost grows fast with the number of places.

    The rows ``places`` of ``equations`` must have full rank c.
    """
    unknowns, rank = len(places), equations.ncols()
    rows = [[equations[n, j] for j in range(rank)] for n in places]
    spare = max(1, unknowns - rank)
    length = max(value.bit_length() for row in rows for value in row)
    weight = fmpz(1) << (20 + unknowns // 16 + length * min(2 * spare, rank) // spare)
    while True:
        marked = [[weight * v for v in row] + [int(i == k) for i in range(unknowns)] for k, row in enumerate(rows)]
        basis = fmpz_mat(marked).lll(False, _DELTA).tolist()
        null = [row[rank:] for row in basis if not any(row[:rank])]
        if len(null) == unknowns - rank:
            break
        weight *= weight
    rest = [row for row in basis if any(row[:rank])]
    return Repair(
        equations=equations,
        places=tuple(places),
        kernel=fmpz_mat(len(null), unknowns, [v for row in null for v in row]),
        lift=fmpz_mat([row[rank:] for row in rest]),
        image=fmpz_mat([[v // weight for v in row[:rank]] for row in rest]),
    )


def generating_rows(equations: fmpz_mat, places: Sequence[int], others: Sequence[int]) -> list[int]:
    """Add to ``places``, which have full rank, those of the ``others`` needed to generate the same lattice as all.

    Then whatever the others can break, integers in these places repair.
    """
    result, generators, candidates = list(places), _rows(equations, places), _rows(equations, others).transpose()
    while others:
        basis = fmpz_mat([row for row in generators.lll().tolist() if any(row)])
        multiples = fmpq_mat(basis.transpose()).solve(fmpq_mat(candidates)).transpose().tolist()
        outside = next((k for k, row in enumerate(multiples) if any(value.q != 1 for value in row)), None)
        if outside is None:
            break
        result.append(others[outside])
        generators = fmpz_mat([*basis.tolist(), candidates.transpose().tolist()[outside]])
    return result


def _rows(matrix: fmpz_mat, chosen: Sequence[int]) -> fmpz_mat:
    columns = matrix.ncols()
    return fmpz_mat(len(chosen), columns, [matrix[n, j] for n in chosen for j in range(columns)])


def rational_repair(equations: fmpz_mat, places: Sequence[int]) -> Repair:
    """Prepare repairs by solving for c places: cheap, but the solutions have the length of a c x c determinant."""
    rank = equations.ncols()
    identity = fmpz_mat(rank, rank, [int(i == j) for i in range(rank) for j in range(rank)])
    image = fmpz_mat(rank, rank, [equations[n, j] for n in places for j in range(rank)])
    return Repair(equations, tuple(places), fmpz_mat(0, rank), identity, image)


def independent_rows(matrix: Floats, first: int = 0) -> list[int]:
    """Rows that span the row space well, by Gram-Schmidt with pivoting; the leading ``first`` rows come first.

    There are fewer than ``matrix.shape[1]`` when the rest is negligible.
    """
    rest = matrix / np.linalg.norm(matrix, axis=0)
    smallest = 1e-9 * np.linalg.norm(rest, axis=1).max()
    chosen: list[int] = []
    for _ in range(matrix.shape[1]):
        sizes = np.linalg.norm(rest, axis=1)
        best = int(sizes[:first].argmax()) if len(chosen) < first else int(sizes.argmax())
        if sizes[best] <= smallest:
            break
        chosen.append(best)
        direction = rest[best] / sizes[best]
        rest -= np.outer(rest @ direction, direction)
    return chosen


def digit_counts() -> Iterator[int]:
    """The numbers of digits worth trying, few first; the long ones serve data with a unique, long solution."""
    digits = 0
    while digits < 300:
        yield digits
        digits += 1 + digits // 10


def _shortened(vector: fmpz_mat, kernel: fmpz_mat) -> fmpz_mat:
    """The row ``vector`` less a nearby combination of the kernel's rows (nearest plane, until it helps no more)."""
    basis, lengths = scaled_floats(kernel.transpose())
    directions, triangle = np.linalg.qr(basis)
    while True:
        column, (length,) = scaled_floats(vector.transpose())
        rest = column[:, 0]
        multiples = [0] * len(lengths)
        for k in reversed(range(len(lengths))):
            exponent = length.bit_length() - lengths[k].bit_length()
            precision = min(exponent, _MANTISSA)
            multiple = round(ldexp(float(directions[:, k] @ rest) / float(triangle[k, k]), precision))
            multiples[k] = multiple << (exponent - precision)
            rest -= ldexp(multiple, -precision) * basis[:, k]
        shorter = vector - fmpz_mat(1, len(multiples), multiples) * kernel
        if _squared_length(shorter) >= _squared_length(vector):
            return vector
        vector = shorter


def _squared_length(row: fmpz_mat) -> fmpz:
    return (row * row.transpose())[0, 0]
