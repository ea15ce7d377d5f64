"""Newton's method for a critical point of a whole network, in balls at the current precision; untrusted."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from flint import arb, arb_mat

from certify.search.curvature import half_derivatives, weights_of
from certify.search.floats import Array
from certify.search.levenberg import model_of
from proofs.full_network import Shape, evaluate, half_gradient, half_hessian, residuals
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


def gradient_at(instance: Instance, shape: Shape, parameters: Sequence[arb]) -> list[arb]:
    """Half the gradient of the loss: exact midpoints."""
    values = evaluate(instance, shape, parameters)
    return [g.mid() for g in half_gradient(values, residuals(instance, values)[0])]


def polished(instance: Instance, shape: Shape, start: Sequence[arb]) -> tuple[list[arb], arb_mat] | None:
    """The critical point to which Newton's method leads, and half the Hessian near it.

    Float64 brings it near, which costs little; balls to all digits.

    Returns:
        None when the steps do not shrink down to rounding, as near flat directions and kinks.
    """
    parameters = _brought_near(instance, shape, start)
    for _ in range(_MOST_BALL_STEPS):
        values = evaluate(instance, shape, parameters)
        residual, weights, _ = residuals(instance, values)
        hessian = half_hessian(values, residual, weights).mid()
        inverse = midpoint_inverse(hessian)
        if inverse is None:
            return None
        parameters, length = _moved(parameters, inverse, half_gradient(values, residual))
        if not length < _CHORD:
            continue
        for _ in range(_MOST_CHORDS):
            parameters, following = _moved(parameters, inverse, gradient_at(instance, shape, parameters))
            if following < _SETTLED:
                return parameters, hessian
            if not following < length / 2:
                break
            length = following
    return None


def _brought_near(instance: Instance, shape: Shape, start: Sequence[arb]) -> list[arb]:
    """Newton's method in float64; where it ends in nothing, the start itself."""
    model = model_of(instance)
    found: Array = np.array([float(p) for p in start])
    for _ in range(_MOST_STEPS):
        gradient, hessian = half_derivatives(model, weights_of(found, shape.sizes, shape.output_bias))
        if not (np.isfinite(gradient).all() and np.isfinite(hessian).all()):
            return list(start)
        try:
            step = np.linalg.solve(hessian, gradient)
        except np.linalg.LinAlgError:
            return list(start)
        if not np.isfinite(step).all():
            return list(start)
        found = found - step
        if np.abs(step).max() < _ROUNDING:
            return [arb(float(p)) for p in found]
    return list(start)


def _moved(parameters: Sequence[arb], inverse: arb_mat, gradient: Sequence[arb]) -> tuple[list[arb], float]:
    """One Newton step, and the longest change of a parameter."""
    step = (inverse * arb_mat(len(gradient), 1, list(gradient))).entries()
    moved = [(p - s).mid() for p, s in zip(parameters, step, strict=True)]
    return moved, max(float(abs(s).mid()) for s in step)


def floats(matrix: arb_mat) -> Array:
    """The midpoints in float64."""
    return np.array([[float(entry.mid()) for entry in row] for row in matrix.tolist()])
