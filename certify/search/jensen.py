"""Residuals that are Jensen gaps: a data point strictly inside a simplex of others.

If x_0 = sum_k lambda_k x_k with lambda_k > 0 summing to 1, then D = sum_k lambda_k delta_{x_k} - delta_{x_0} is
orthogonal to the affine functions, and sum_n D_n x_n x_n^T is the covariance of the x_k with these weights, positive
definite for a simplex. For every convex function f, <D, f> >= 0 is Jensen's inequality.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from flint import fmpq, fmpz_mat

from certify.search.points import Floats, Points

MOST_FEATURES = 8
"""In higher dimension data points are hardly ever inside a simplex of others, or only just."""

_ORIENTATIONS = 100
_CENTRES = 5
_INSIDE = 1e-6
_GOOD_ENOUGH = 0.5


@dataclass(frozen=True, slots=True)
class Gap:
    """The part ``weight (sum_k coefficients[k] delta_{vertices[k]} - delta_centre)`` of D; the indices are samples.

    The coefficients are positive and sum to 1, and the centre's input is that combination of the vertices' inputs.
    """

    weight: fmpq
    centre: int
    vertices: tuple[int, ...]
    coefficients: tuple[fmpq, ...]


@dataclass(frozen=True, slots=True)
class _Simplex:
    spread: float
    centre: int
    vertices: tuple[int, ...]


def simplex_weights(points: Points, generator: np.random.Generator) -> list[int] | None:
    """Integer weights of the points that form one Jensen gap with a wide simplex and short numbers, if one was found.

    Simplices are spanned by the extreme points in the directions of a regular simplex, turned at random: these are
    wide, and a wide one gives M a large least eigenvalue. Among those within a factor 2 of the widest, the one with
    the shortest integers is taken.
    """
    if points.features > MOST_FEATURES:
        return None
    found = sorted(_simplices(points.white.values, generator), key=lambda simplex: -simplex.spread)
    good = [simplex for simplex in found if simplex.spread >= _GOOD_ENOUGH * found[0].spread]
    weighted = [weights for simplex in dict.fromkeys(good) if (weights := _exact_weights(points, simplex))]
    return min(weighted, key=lambda weights: max(map(abs, weights)), default=None)


def jensen_gaps(points: Points, weights: Sequence[int], denominator: int) -> tuple[Gap, ...]:
    """Write sum_g weights[g]/denominator delta_{x_g} as Jensen gaps over the samples, when one point is the only centre.

    ``weights`` (G) is orthogonal to the affine functions. Every copy of the centre gets a gap of its own, whose
    coefficients are spread evenly over the copies of each vertex. Returns () when several weights are negative.
    """
    centres = [g for g, weight in enumerate(weights) if weight < 0]
    if len(centres) != 1:
        return ()
    (centre,) = centres
    total = -weights[centre]
    vertices, coefficients = [], []
    for weight, samples in zip(weights, points.copies, strict=True):
        if weight > 0:
            vertices.extend(samples)
            coefficients.extend([fmpq(weight, total * len(samples))] * len(samples))
    samples = points.copies[centre]
    weight = fmpq(total, denominator * len(samples))
    return tuple(Gap(weight, sample, tuple(vertices), tuple(coefficients)) for sample in samples)


def _simplices(values: Floats, generator: np.random.Generator) -> Iterator[_Simplex]:
    """Wide simplices of whitened points (G x d), each with a point inside."""
    count, size = values.shape
    corners = _regular_simplex(size)
    homogeneous = np.column_stack([np.ones(count), values])
    for _ in range(_ORIENTATIONS):
        turned = corners @ np.linalg.qr(generator.normal(size=(size, size)))[0]
        vertices = np.argmax(values @ turned.T, axis=0)
        basis = homogeneous[vertices]
        if len(set(vertices.tolist())) <= size or np.linalg.cond(basis) > 1 / _INSIDE:
            continue
        coordinates = homogeneous @ np.linalg.inv(basis)
        depth = coordinates.min(axis=1)
        for centre in np.argsort(-depth)[:_CENTRES].tolist():
            if depth[centre] > _INSIDE:
                arms = values[vertices] - values[centre]
                spread = float(np.linalg.eigvalsh(arms.T @ (coordinates[centre][:, None] * arms))[0])
                yield _Simplex(spread, centre, tuple(sorted(vertices.tolist())))


def _regular_simplex(size: int) -> Floats:
    """The size + 1 corners of a regular simplex around the origin, as rows."""
    corners = np.eye(size + 1) - 1 / (size + 1)
    return np.asarray(corners @ np.linalg.svd(corners)[0][:, :size])


def _exact_weights(points: Points, simplex: _Simplex) -> list[int] | None:
    """The primitive integer multiple of sum_k lambda_k delta_{x_k} - delta_{x_0}, or None when rounding misled."""
    x = points.integers
    size = x.ncols() + 1
    rows = [[1, *(x[g, j] for j in range(x.ncols()))] for g in (*simplex.vertices, simplex.centre)]
    try:
        coordinates = fmpz_mat(rows[:-1]).transpose().solve(fmpz_mat(size, 1, rows[-1]))
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
