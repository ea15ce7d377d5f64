"""Directions along which the loss may fall in a large box around a network."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from certify.search.floats import Array
from certify.search.polish import Slopes, floats

_SMALL = (0.0, 1e-8, 1e-4, 1e-2)
"""Eigenvalues of the Hessian below these parts of the largest are left out, in turn."""


def directions(slopes: Slopes) -> Iterator[Array]:
    """Directions u with u.g < 0, the largest entry of each being 1 in size.

    To first order, u.g keeps its sign in the box of radius |u.g| / |H u|_1. For a nonsingular H this is largest for the
    row of H^-1 whose product with g is: that of the parameter which Newton's step changes most.
    """
    gradient: Array = np.array([float(g) for g in slopes.gradient])
    values, vectors = np.linalg.eigh(floats(slopes.hessian))
    found = [gradient, vectors[:, 0]]
    for small in _SMALL:
        kept = np.abs(values) > max(small, 1e-14) * np.abs(values).max()
        inverse = (vectors[:, kept] / values[kept]) @ vectors[:, kept].T
        found.append(inverse[int(np.argmax(np.abs(inverse @ gradient)))])
    for direction in found:
        slope, size = float(direction @ gradient), float(np.abs(direction).max())
        if slope != 0 and size > 0 and np.isfinite(size):
            yield direction * (-np.sign(slope) / size)
