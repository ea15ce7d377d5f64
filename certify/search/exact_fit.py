"""A network near a given one that fits all targets exactly, moved along as many parameters as there are targets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from flint import arb, arb_mat

from certify.search.floats import Array
from certify.search.polish import floats
from proofs.full_hessian import output_tangents
from proofs.full_network import Shape, evaluate
from proofs.instance import Instance
from proofs.krawczyk import midpoint_inverse

_LEAST_NORM_STEPS = 4
_MOST_STEPS = 12
_SETTLED = 1e-25


@dataclass(frozen=True, slots=True)
class ExactFit:
    """Parameters of a network that fits; the numbers of those to be solved for; its distance from the given one."""

    parameters: list[arb]
    free: tuple[int, ...]
    distance: float


def exact_fit(instance: Instance, shape: Shape, start: Sequence[arb]) -> ExactFit | None:
    """Least-norm Gauss-Newton steps first, which stay near; then Newton's method in the parameters best suited.

    Returns:
        None when the outputs do not move freely, or the steps do not shrink down to rounding.
    """
    parameters, misses = list(start), list[arb]()
    for _ in range(_LEAST_NORM_STEPS):
        jacobian, misses = _linear(instance, shape, parameters)
        rates = floats(jacobian)
        if not np.isfinite(rates).all():  # as at a kink
            return None
        step = np.linalg.lstsq(rates, np.array([float(m) for m in misses]), rcond=None)[0]
        parameters = [(p - arb(float(s))).mid() for p, s in zip(parameters, step, strict=True)]
    free = _pivots(floats(_linear(instance, shape, parameters)[0]))
    if len(free) < len(misses):
        return None
    for _ in range(_MOST_STEPS):
        jacobian, misses = _linear(instance, shape, parameters)
        inverse = midpoint_inverse(arb_mat([[row[k] for k in free] for row in jacobian.tolist()]))
        if inverse is None:
            return None
        moves = (inverse * arb_mat(len(misses), 1, misses)).entries()
        for k, move in zip(free, moves, strict=True):
            parameters[k] = (parameters[k] - move).mid()
        if max(float(abs(move).mid()) for move in moves) < _SETTLED:
            distance = max(float(abs(p - s).mid()) for p, s in zip(parameters, start, strict=True))
            return ExactFit(parameters, free, distance)
    return None


def _linear(instance: Instance, shape: Shape, parameters: Sequence[arb]) -> tuple[arb_mat, list[arb]]:
    """The derivatives of all outputs, output by output, in all parameters; and how far each is from its target."""
    values = evaluate(instance, shape, parameters)
    jacobian = arb_mat([row for output in output_tangents(values) for row in output]).mid()
    outputs = range(instance.architecture.outputs)
    misses = [
        (row[o] - arb(instance.targets.entry(n, o))).mid() for o in outputs for n, row in enumerate(values.outputs)
    ]
    return jacobian, misses


def _pivots(matrix: Array) -> tuple[int, ...]:
    """The longest column, then each time the one that is longest beyond the span of those before, for each row one;
    fewer when the rows are dependent."""
    left, chosen = matrix.copy(), list[int]()
    for _ in range(len(matrix)):
        k = int(np.argmax((left**2).sum(axis=0)))
        unit = left[:, k] / (np.linalg.norm(left[:, k]) + 1e-300)
        left -= np.outer(unit, unit @ left)
        chosen.append(k)
    return tuple(sorted(set(chosen)))
