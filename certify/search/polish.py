"""Newton's method for a critical point of a whole network, in balls at the current precision; untrusted."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import numpy as np
from flint import arb, arb_mat

from certify.search.curvature import half_derivatives, weights_of
from certify.search.floats import Array
from certify.search.levenberg import model_of
from proofs.full_hessian import half_hessian
from proofs.full_network import Shape, evaluate, half_gradient, residuals
from proofs.instance import Instance
from proofs.krawczyk import midpoint_inverse

_MOST_STEPS = 25
_ROUNDING = 1e-10
"""Float64 cannot do much better than steps of this size."""
_MOST_BALL_STEPS = 3
_CHORD = 1e-5
"""Once a step is smaller, the inverse of the last Hessian is good enough for all further ones."""
_MOST_CHORDS = 8
_SETTLED = 1e-25
PROBE = 1e-18
"""Of the box over which the Hessian is enclosed, to see how fast it changes."""


def gradient_at(instance: Instance, shape: Shape, parameters: Sequence[arb]) -> list[arb]:
    """Half the gradient of the loss: exact midpoints."""
    values = evaluate(instance, shape, parameters)
    return [g.mid() for g in half_gradient(values, residuals(instance, values)[0])]


def polished(
    instance: Instance, shape: Shape, start: Sequence[arb], fixed: Collection[int] = ()
) -> tuple[list[arb], arb_mat] | None:
    """The critical point to which Newton's method leads, and half the Hessian over a box of radius PROBE near it.

    Float64 brings it near, which costs little; balls to all digits.

    Args:
        fixed: the numbers of parameters that keep their values.

    Returns:
        None when the steps do not shrink down to rounding, as near flat directions and kinks.
    """
    free = [k for k in range(len(start)) if k not in fixed]
    parameters = _brought_near(instance, shape, start, free)
    for _ in range(_MOST_BALL_STEPS):
        values = evaluate(instance, shape, [p if k in fixed else p + arb(0, PROBE) for k, p in enumerate(parameters)])
        hessian = half_hessian(values, *residuals(instance, values)[:2])
        inverse = midpoint_inverse(arb_mat([[hessian[i, j] for j in free] for i in free]))
        if inverse is None:
            return None
        parameters, length = _moved(parameters, free, inverse, gradient_at(instance, shape, parameters))
        if not length < _CHORD:
            continue
        for _ in range(_MOST_CHORDS):
            parameters, following = _moved(parameters, free, inverse, gradient_at(instance, shape, parameters))
            if following < _SETTLED:
                return parameters, hessian
            if not following < length / 2:
                break
            length = following
    return None


def _brought_near(instance: Instance, shape: Shape, start: Sequence[arb], free: Sequence[int]) -> list[arb]:
    """Newton's method in float64; where it ends in nothing, the start itself."""
    model = model_of(instance)
    found: Array = np.array([float(p) for p in start])
    for _ in range(_MOST_STEPS):
        gradient, hessian = half_derivatives(model, weights_of(found, shape.sizes, shape.output_bias))
        if not (np.isfinite(gradient).all() and np.isfinite(hessian).all()):
            return list(start)
        try:
            step = np.linalg.solve(hessian[np.ix_(free, free)], gradient[free])
        except np.linalg.LinAlgError:
            return list(start)
        if not np.isfinite(step).all():
            return list(start)
        found[free] -= step
        if np.abs(step).max() < _ROUNDING:
            return [
                arb(float(p)) if k in free else exact for k, (p, exact) in enumerate(zip(found, start, strict=True))
            ]
    return list(start)


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
