"""Directions along which the loss may fall in a large box around a network."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from flint import fmpq

from certify.search.floats import Array
from proofs.balls import Sign, sign
from proofs.full_network import Shape, around, evaluate, half_gradient, residuals
from proofs.instance import Instance

_SMALL = (0.0, *(10.0**-k for k in range(12, 1, -1)))
"""Eigenvalues of the Hessian below these parts of the largest are left out, in turn."""


def directions(gradient: Array, hessian: Array) -> Iterator[tuple[float, Array]]:
    """Directions u with u.g < 0, the largest entry of each being 1 in size, and how large a box each may exclude.

    To first order, u.g keeps its sign in the box of radius |u.g| / |H u|_1. For a nonsingular H this is largest for the
    row of H^-1 whose product with g is: that of the parameter which Newton's step changes most.
    """
    values, vectors = np.linalg.eigh(hessian)
    found = [gradient, vectors[:, 0]]
    for small in _SMALL:
        kept = np.abs(values) > max(small, 1e-14) * np.abs(values).max()
        inverse = (vectors[:, kept] / values[kept]) @ vectors[:, kept].T
        found.append(inverse[int(np.argmax(np.abs(inverse @ gradient)))])
    for direction in found:
        slope, size = float(direction @ gradient), float(np.abs(direction).max())
        if slope != 0 and size > 0 and np.isfinite(size):
            bend = float(np.abs(hessian @ direction).sum())
            yield abs(slope) / bend if bend > 0 else np.inf, direction * (-np.sign(slope) / size)


def falling_axis(instance: Instance, shape: Shape, centre: Sequence[fmpq], radius: fmpq) -> Array | None:
    """A direction along one parameter in which the loss falls everywhere within `radius`, if there is one.

    Saturated units have such parameters: their derivatives are tiny, but one sample decides about the sign.
    """
    values = evaluate(instance, shape, around(centre, radius))
    for k, entry in enumerate(half_gradient(values, residuals(instance, values)[0])):
        if (rises := sign(entry)) is not Sign.UNKNOWN:
            direction = np.zeros(len(centre))
            direction[k] = -1 if rises is Sign.POSITIVE else 1
            return direction
    return None
