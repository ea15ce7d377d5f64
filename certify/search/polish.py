"""Newton's method for a critical point of a whole network, in balls at the current precision; untrusted."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
from flint import arb, arb_mat

from certify.search.floats import Array
from proofs.full_network import Shape, evaluate, half_gradient, half_hessian, residuals
from proofs.instance import Instance
from proofs.krawczyk import midpoint_inverse

_MOST_STEPS = 12
_CHORD = 1e-5
"""Once a step is smaller, the inverse of the last Hessian is good enough for all further ones."""
_MOST_CHORDS = 8
_SETTLED = 1e-25


@dataclass(frozen=True, slots=True, eq=False)
class Slopes:
    """Half the gradient and half the Hessian of the loss at one network, as exact midpoints."""

    gradient: list[arb]
    hessian: arb_mat


def slopes_at(instance: Instance, shape: Shape, parameters: Sequence[arb]) -> Slopes:
    """The derivatives of the loss."""
    values = evaluate(instance, shape, parameters)
    residual, weights, _ = residuals(instance, values)
    gradient = [g.mid() for g in half_gradient(values, residual)]
    return Slopes(gradient, half_hessian(values, residual, weights).mid())


def polished(
    instance: Instance, shape: Shape, start: Sequence[arb], fixed: Collection[int] = ()
) -> tuple[list[arb], arb_mat] | None:
    """The critical point to which Newton's method leads, and half the Hessian near it.

    Args:
        fixed: the numbers of parameters that keep their values.

    Returns:
        None when the steps do not shrink down to rounding, as near flat directions and kinks.
    """
    parameters = list(start)
    free = [k for k in range(len(parameters)) if k not in fixed]
    for _ in range(_MOST_STEPS):
        slopes = slopes_at(instance, shape, parameters)
        inverse = midpoint_inverse(arb_mat([[slopes.hessian[i, j] for j in free] for i in free]))
        if inverse is None:
            return None
        parameters, length = _moved(parameters, free, inverse, slopes.gradient)
        if not length < _CHORD:
            continue
        for _ in range(_MOST_CHORDS):
            values = evaluate(instance, shape, parameters)
            gradient = half_gradient(values, residuals(instance, values)[0])
            parameters, following = _moved(parameters, free, inverse, gradient)
            if following < _SETTLED:
                return parameters, slopes.hessian
            if not following < length / 2:
                break
            length = following
    return None


def _moved(
    parameters: Sequence[arb], free: Sequence[int], inverse: arb_mat, gradient: Sequence[arb]
) -> tuple[list[arb], float]:
    """One Newton step of the free parameters, and the longest change of one."""
    steps = (inverse * arb_mat(len(free), 1, [gradient[k] for k in free])).entries()
    moved = list(parameters)
    for k, step in zip(free, steps, strict=True):
        moved[k] = (moved[k] - step).mid()
    return moved, max(float(abs(s).mid()) for s in steps)


def floats(matrix: arb_mat) -> Array:
    """The midpoints in float64."""
    return np.array([[float(entry.mid()) for entry in row] for row in matrix.tolist()])
