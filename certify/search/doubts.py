"""What may stand in the way of a proof at a trained network: samples at kinks, and units that are nearly flat."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from flint import arb, arb_mat, fmpq

from proofs.full_network import NetworkValues, Shape, evaluate
from proofs.instance import Instance

_SATURATED = 1e-4
"""A unit all of whose slopes are below this is called saturated."""


def doubts(instance: Instance, shape: Shape, parameters: Sequence[fmpq], within: float) -> Iterator[str]:
    """In words: the pre-activation that is nearest to a kink, if it is near, and each saturated unit."""
    values = evaluate(instance, shape, [arb(v) for v in parameters])
    kinks = [float(arb(kink).mid()) for kink in instance.architecture.activation.kinks]
    sums = [_sums(values, layer) for layer in range(1, shape.hidden + 1)]
    if kinks:
        nearest = [(float(np.abs(z - kink).min()), layer, kink) for layer, z in enumerate(sums, 1) for kink in kinks]
        distance, layer, kink = min(nearest)
        if distance <= 100 * within:
            far = np.abs(sums[layer - 1] - kink)
            sample, unit = divmod(int(np.argmin(far)), far.shape[1])
            yield f"unit {unit} of layer {layer} is only {distance:.2g} away from a kink at sample {sample}"
        return
    for layer, hidden in enumerate(values.layers, 1):
        slopes = np.abs([[float(s.mid()) for s in row] for row in hidden.slopes])
        for unit, largest in enumerate(slopes.max(axis=0)):
            if 0 < largest < _SATURATED:
                yield (
                    f"unit {unit} of layer {layer} is saturated, |σ'| ≤ {largest:.2g} on the data: nearly a flat "
                    "direction, but no exact symmetry"
                )


def _sums(values: NetworkValues, layer: int) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    """What the units of a hidden layer add up: N x d_h."""
    product = values.below(layer - 1) * arb_mat(values.rows[layer - 1]).transpose()
    return np.array([[float(z.mid()) for z in row] for row in product.tolist()])
