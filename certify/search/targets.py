"""Targets that give a chain the residual it needs, for each loss, in float64, and the ratios of several outputs."""

from __future__ import annotations

import numpy as np
from flint import fmpq

from certify.search.floats import Array

LARGEST_OUTPUT = 2.0
"""Outputs of the losses that exponentiate are kept below this."""

_SHARE = 0.8


def output_ratios(outputs: int) -> tuple[fmpq, ...]:
    """1, -1, 2, -2, ..: each output's residual over that of the first one."""
    return tuple(fmpq((1 if o % 2 == 0 else -1) * (o // 2 + 1)) for o in range(outputs))


def output_scale(loss: str, outputs: Array) -> float:
    """A factor for the outputs, on which the theorems do not depend, that keeps e^T in a range of short targets."""
    largest = float(np.abs(outputs).max())
    return min(1.0, LARGEST_OUTPUT / largest) if loss in ("logistic", "poisson") and largest > 0 else 1.0


def targets_for(loss: str, outputs: Array, residual: Array, amplitude: float) -> Array:
    """Y with (dl/dT)/2 = a D at T, the largest a up to `amplitude` times the least curvature that the loss allows.

    Args:
        outputs: T, of length N.
        residual: D, of length N, max |D_n| = 1.
    """
    if loss == "squared":
        return outputs - amplitude * residual
    if loss == "pseudo-huber":
        slope = residual * min(_SHARE, amplitude)
        return outputs - slope / np.sqrt(1 - slope**2)
    mean = np.exp(outputs) if loss == "poisson" else 1 / (1 + np.exp(-outputs))
    room = np.where(residual > 0, mean, 1 - mean if loss == "logistic" else np.inf)
    with np.errstate(divide="ignore"):
        most = float(np.min(np.where(residual == 0, np.inf, room / np.abs(residual))))
    least = float((mean * (1 - mean) if loss == "logistic" else mean).min())
    factor = min(_SHARE * most, 2 * amplitude * (least if amplitude < 1 else 1.0))
    targets: Array = mean - factor * residual
    return targets
