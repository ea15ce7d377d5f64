"""The residual D of the constant point, or the exact reason why there is none.

Wanted is a D that is orthogonal to 1 and to every feature, equal on equal inputs, with sum_n D_n x_n x_n^T positive
definite; see `certify.search.barrier` for the convex problem that decides whether it exists.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import gcd, lcm

import numpy as np
from flint import fmpz, fmpz_mat

from certify.progress import Report, silent
from certify.search.barrier import MOST_FEATURES, Centre, analytic_centre
from certify.search.jensen import Gap, jensen_gaps, simplex_weights
from certify.search.obstruction import Obstruction, find_obstruction, single_feature_obstruction
from certify.search.points import Points, distinct_points
from certify.search.rounding import (
    Repair,
    digit_counts,
    generating_rows,
    independent_rows,
    lattice_repair,
    rational_repair,
)
from proofs.definite import smallest_pivot
from proofs.moments import second_moment
from proofs.table import Table

__all__ = ["Gap", "Obstruction", "Residual", "find_residual"]

_KEPT_CURVATURE = 0.5
_MOST_LATTICE_COST = 100_000
_MOST_GENERATORS = 2000
_LEADING_BITS = 256


@dataclass(frozen=True, slots=True)
class Residual:
    """D_n = values[n] / denominator, with sum_n D_n x_n x_n^T positive definite.

    ``gaps`` adds up to D when D is one Jensen gap (over repeated inputs: one for each copy of its centre), else ().
    """

    values: tuple[int, ...]
    denominator: int
    gaps: tuple[Gap, ...]


def find_residual(inputs: Table, seed: int, report: Report = silent) -> Residual | Obstruction | None:
    """Search for a residual for inputs with affinely independent columns, or for an obstruction.

    Either answer is verified; None means that neither was found. ``report`` is told what is being done.

    Raises:
        ValueError: no samples or no features, or the columns are affinely dependent.
    """
    if not inputs.rows or not inputs.columns:
        raise ValueError("at least one sample and one feature are needed")
    points = distinct_points(inputs)
    found: Residual | Obstruction | None
    report(f"{points.count} distinct inputs in dimension {points.features}")
    if found := single_feature_obstruction(points):
        return found
    if found := _jensen_residual(points, seed):
        report("a data point lies inside a simplex of others")
        return found
    report("solving the barrier problem")
    centre = analytic_centre(points.white.values, points.affine, points.multiplicities, report)
    if centre.curvature > 0:
        report("rounding the residual")
        if found := _rounded(points, centre):
            return found
    if points.features > MOST_FEATURES:
        return None
    report("making the obstruction exact")
    return find_obstruction(points, centre)


def _jensen_residual(points: Points, seed: int) -> Residual | None:
    weights = simplex_weights(points, np.random.default_rng(seed))
    if not weights:
        return None
    counts = list(map(len, points.copies))
    multiple = lcm(*counts)
    return _residual(points, [multiple // count * weight for count, weight in zip(counts, weights, strict=True)])


def _rounded(points: Points, centre: Centre) -> Residual | None:
    """The residual with the fewest digits that keep half of the float one's curvature."""
    values, counts = points.white.values, points.multiplicities
    largest = np.abs(centre.residual).max()
    target, wanted = centre.residual / largest, _KEPT_CURVATURE * centre.curvature / largest
    repair = _repair(points)
    for digits in digit_counts():
        solution = repair.near(target, digits)
        longest = max(map(abs, solution))
        if longest:
            weights = counts * np.array([value / longest for value in solution])
            if np.linalg.eigvalsh(values.T @ (weights[:, None] * values))[0] >= wanted:
                return _residual(points, solution)
    return None


def _repair(points: Points) -> Repair:
    """Repairs of sum_g m_g D_g (1, x_g) = 0 on points near the centre, where they disturb the curvature least."""
    rank = points.features + 1
    counts = [len(samples) for samples in points.copies]
    common = gcd(*counts)
    equations = points.homogeneous
    if any(count != common for count in counts):
        rows = zip(counts, equations.tolist(), strict=True)
        equations = fmpz_mat([[count // common * value for value in row] for count, row in rows])
    homogeneous = np.column_stack([np.ones(points.count), points.white.values])
    inner = np.argsort(np.einsum("gi,gi->g", homogeneous, homogeneous))
    candidates, pivots = 2 * rank, list[int]()
    while len(pivots) < rank:
        candidates *= 2
        pivots = inner[independent_rows(homogeneous[inner[:candidates]])].tolist()
    cost = rank**2 * max(equations[g, j].bit_length() for g in pivots for j in range(rank))
    if cost > _MOST_LATTICE_COST:
        return rational_repair(equations, pivots)
    spread = (3 if cost < _MOST_LATTICE_COST // 3 else 2) * rank
    others = [g for g in inner.tolist() if g not in set(pivots)]
    near, far = pivots + others[: spread - rank], others[spread - rank : _MOST_GENERATORS]
    return lattice_repair(equations, generating_rows(equations, near, far))


def _residual(points: Points, values: Sequence[int]) -> Residual | None:
    """The residual with these values on the points, up to a positive factor; None if they are not orthogonal, exactly,
    or the form is not definite with their leading bits."""
    divisor = gcd(*values)
    values = [value // divisor for value in values]
    weights = [len(samples) * value for samples, value in zip(points.copies, values, strict=True)]
    if any((fmpz_mat(1, len(weights), weights) * points.homogeneous).entries()):
        return None
    reduced = points.white.reduced
    excess = max(0, max(map(abs, weights)).bit_length() - _LEADING_BITS)
    leading = [weight >> excess for weight in weights]
    if smallest_pivot(second_moment(reduced, range(points.features), range(points.count), leading)) is None:
        return None
    denominator = 10 ** (len(str(fmpz(max(map(abs, values))))) - 1)
    on_samples = [0] * sum(map(len, points.copies))
    for value, samples in zip(values, points.copies, strict=True):
        for sample in samples:
            on_samples[sample] = value
    return Residual(tuple(on_samples), denominator, jensen_gaps(points, weights, denominator))
