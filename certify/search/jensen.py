"""Residuals that are Jensen gaps: a data point strictly inside a simplex of others.

If x_0 = sum_k lambda_k x_k with lambda_k > 0 summing to 1, then D = sum_k lambda_k delta_{x_k} - delta_{x_0} is
orthogonal to the affine functions, and sum_n D_n x_n x_n^T is the covariance of the x_k with these weights, positive
definite for a simplex. For every convex function f, <D, f> >= 0 is Jensen's inequality.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from flint import fmpq, fmpq_mat, fmpz_mat

from certify.search.points import Floats, Points
from certify.search.rounding import digit_counts, lattice_repair

MOST_FEATURES = 8
"""In higher dimension data points are hardly ever inside a simplex of others, or only just."""

_ORIENTATIONS = 100
_CENTRES = 5
_INSIDE = 1e-6
_GOOD_ENOUGH = 0.5
_SHORT = 10_000
_FURTHER = 2


@dataclass(frozen=True, slots=True)
class Gap:
    """The part ``weight (sum_k coefficients[k] delta_{vertices[k]} - delta_centre)`` of D; the indices are samples.

    The coefficients are positive and sum to 1, and the centre's input is that combination of the vertices' inputs.
    """

    weight: fmpq
    centre: int
    vertices: tuple[int, ...]
    coefficients: tuple[fmpq, ...]


@dataclass(frozen=True, slots=True, eq=False)
class _Simplex:
    """vertices = d_0 + 1 points around the centre, which is their combination with these coordinates.

    The spread is the least eigenvalue of sum_k coordinates[k] (z_k - z_0) (z_k - z_0)^T.
    """

    centre: int
    vertices: tuple[int, ...]
    coordinates: Floats
    spread: float


def simplex_weights(points: Points, generator: np.random.Generator) -> list[int] | None:
    """Integer weights w of the points (G) with one w_g < 0 and sum_g w_g (1, x_g) = 0, if found; wide and short.

    Simplices are spanned by the extreme points in the directions of a regular simplex, turned at random: these are
    wide, and a wide one gives M a large least eigenvalue. Among those not much less wide than the widest, the one with
    the shortest integers is taken. When even that one is long, further points join the vertices of the widest, which
    makes room for short integers.
    """
    if points.features > MOST_FEATURES:
        return None
    found = sorted(_simplices(points.white.values, generator), key=lambda simplex: -simplex.spread)
    good = [simplex for simplex in found if simplex.spread >= _GOOD_ENOUGH * found[0].spread]
    different = {(simplex.centre, simplex.vertices): simplex for simplex in good}.values()
    candidates = [weights for simplex in different if (weights := _exact_weights(points, simplex))]
    if not candidates:
        return None
    shortest = min(candidates, key=_length)
    widened = _widened_weights(points, found[0], generator) if _length(shortest) > _SHORT else None
    return min(shortest, widened, key=_length) if widened else shortest


def jensen_gaps(points: Points, weights: Sequence[int], denominator: int) -> tuple[Gap, ...]:
    """Write sum_g weights[g] / denominator delta_{x_g} as Jensen gaps over the samples, with one point as the centre.

    ``weights`` (G) is orthogonal to the affine functions. Every copy of the centre gets a gap of its own, whose
    coefficients are spread evenly over the copies of each vertex. Returns () unless just one weight is negative.
    """
    centres = [g for g, weight in enumerate(weights) if weight < 0]
    if len(centres) != 1:
        return ()
    (centre,) = centres
    total = -weights[centre]
    vertices, coefficients = list[int](), list[fmpq]()
    for weight, samples in zip(weights, points.copies, strict=True):
        if weight > 0:
            vertices.extend(samples)
            coefficients.extend([fmpq(weight, total * len(samples))] * len(samples))
    share = fmpq(total, denominator * len(points.copies[centre]))
    return tuple(Gap(share, sample, tuple(vertices), tuple(coefficients)) for sample in points.copies[centre])


def _simplices(values: Floats, generator: np.random.Generator) -> Iterator[_Simplex]:
    """Wide simplices of whitened points (G x d), each with a point inside."""
    count, size = values.shape
    corners = _regular_simplex(size)
    homogeneous = np.column_stack([np.ones(count), values])
    for _ in range(_ORIENTATIONS):
        turned = corners @ np.linalg.qr(generator.normal(size=(size, size)))[0]
        vertices = np.sort(np.argmax(values @ turned.T, axis=0))
        basis = homogeneous[vertices]
        if len(set(vertices.tolist())) <= size or np.linalg.cond(basis) > 1 / _INSIDE:
            continue
        coordinates = homogeneous @ np.linalg.inv(basis)
        depth = coordinates.min(axis=1)
        for centre in np.argsort(-depth)[:_CENTRES].tolist():
            if depth[centre] > _INSIDE:
                arms = values[vertices] - values[centre]
                spread = _least_eigenvalue(arms, coordinates[centre])
                yield _Simplex(centre, tuple(vertices.tolist()), coordinates[centre], spread)


def _regular_simplex(size: int) -> Floats:
    """The size + 1 corners of a regular simplex around the origin, as rows."""
    corners = np.eye(size + 1) - 1 / (size + 1)
    return np.asarray(corners @ np.linalg.svd(corners)[0][:, :size])


def _exact_weights(points: Points, simplex: _Simplex) -> list[int] | None:
    """The primitive integer multiple of sum_k lambda_k delta_{x_k} - delta_{x_0}, or None when rounding misled."""
    size = points.features + 1
    rows = [[points.homogeneous[g, j] for j in range(size)] for g in (*simplex.vertices, simplex.centre)]
    try:
        coordinates = fmpq_mat(fmpz_mat(rows[:-1]).transpose()).solve(fmpq_mat(size, 1, rows[-1]))
    except ZeroDivisionError:
        return None
    numerators, denominator = coordinates.numer_denom()
    weights = [0] * points.count
    for k, vertex in enumerate(simplex.vertices):
        weights[vertex] = int(numerators[k, 0])
    if min(weights[vertex] for vertex in simplex.vertices) <= 0:
        return None
    weights[simplex.centre] = -int(denominator)
    return weights


def _widened_weights(points: Points, simplex: _Simplex, generator: np.random.Generator) -> list[int] | None:
    """Short integer weights of one Jensen gap whose vertices are the simplex's and some further points.

    With x_e the mean of the further points, x_0 = t x_e + (1 - t) p, and p is still inside the simplex for small t.
    """
    centre, values = simplex.centre, points.white.values
    others = [g for g in range(points.count) if g != centre and g not in simplex.vertices]
    if not others:
        return None
    wanted = min(len(others), _FURTHER * (points.features + 1))
    further = generator.choice(others, wanted, replace=False, shuffle=False)
    basis = np.column_stack([np.ones(points.features + 1), values[list(simplex.vertices)]])
    mean = np.append(1.0, values[further].mean(axis=0)) @ np.linalg.inv(basis)
    share = 0.5 * min(1.0, 1 / float((mean / simplex.coordinates).max()))

    target = np.zeros(points.count)
    target[further] = share / wanted
    target[list(simplex.vertices)] = simplex.coordinates - share * mean
    arms = values - values[centre]
    spread = _least_eigenvalue(arms, target)
    target[centre] = -1.0
    repair = lattice_repair(points.homogeneous, [centre, *simplex.vertices, *further.tolist()])
    for digits in digit_counts():
        weights = repair.near(target, digits)
        total = sum(weight for weight in weights if weight > 0)
        if 0 < total == -weights[centre]:
            kept = _least_eigenvalue(arms, np.array([weight / total for weight in weights]))
            if kept >= _GOOD_ENOUGH * spread:
                return weights
    return None


def _least_eigenvalue(arms: Floats, weights: Floats) -> float:
    return float(np.linalg.eigvalsh(arms.T @ (weights[:, None] * arms))[0])


def _length(weights: Sequence[int]) -> int:
    return max(map(abs, weights))
