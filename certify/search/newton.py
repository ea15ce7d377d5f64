"""Newton's method for the critical point of a chain, in balls at the current precision; untrusted."""

from __future__ import annotations

from collections.abc import Sequence

from flint import arb, arb_mat

from proofs.chain import Directions, directions, evaluate, half_hessian, homogeneous_inputs
from proofs.instance import Instance
from proofs.krawczyk import midpoint_inverse

_MOST_STEPS = 30
_SETTLED = 1e-12


def critical_chain(
    instance: Instance, basis: Sequence[int], start: Sequence[arb]
) -> tuple[list[arb], arb_mat, Directions] | None:
    """The critical chain near `start`, for the instance's targets.

    Returns:
        the parameters (in the order of proofs/chain.py, exact numbers), half the Hessian of the loss there, and the
        derivatives, both along `axes`; None when the steps do not shrink down to rounding.
    """
    parameters = list(start)
    inputs, free = homogeneous_inputs(instance, basis), axes(instance, len(basis), len(start))
    still = [arb(0)] * free.ncols()
    network, last = instance.architecture, float("inf")
    for _ in range(_MOST_STEPS):
        values = evaluate(network.activation, inputs, network.depth, parameters, free, still)
        along = directions(values, inputs, free)
        pairs = [(t, arb(instance.targets.entry(n, 0))) for n, t in enumerate(values.outputs)]
        residual = [instance.loss_of_an_output.residual(t, y) for t, y in pairs]
        hessian = half_hessian(
            values, along, residual, [instance.loss_of_an_output.curvature(t, y) for t, y in pairs]
        ).mid()
        inverse = midpoint_inverse(hessian)
        if inverse is None:
            return None
        step = (free * (inverse * along.outputs.transpose() * arb_mat(len(residual), 1, residual))).entries()
        parameters = [(p - s).mid() for p, s in zip(parameters, step, strict=True)]
        length = max(float(abs(s).mid()) for s in step)
        if last < _SETTLED and not length < last:
            return parameters, hessian, along
        last = length
    return None


def axes(instance: Instance, features: int, size: int) -> arb_mat:
    """The axes of the parameters as columns, without s_2, .., s_H and V if the activation has a flat direction."""
    factors = range(features + 1, size, 2) if instance.architecture.activation.flat else range(0)
    free = [k for k in range(size) if k not in factors]
    return arb_mat([[arb(int(k == j)) for j in free] for k in range(size)])


def identity(size: int) -> arb_mat:
    """The identity matrix."""
    return arb_mat(size, size, [int(i == j) for i in range(size) for j in range(size)])
