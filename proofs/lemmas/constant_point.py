"""constant-point/1: a network whose first-layer weights are zero is a critical point when the residual is
uncorrelated with every input."""

from __future__ import annotations

from dataclasses import dataclass

from flint import fmpq, fmpz

from proofs.balls import Sign, is_bounded, sign
from proofs.basis import read_basis
from proofs.document import Reader
from proofs.exact import Level, show_exact
from proofs.instance import Instance
from proofs.kernel import Conclusion, Fact, Lemma, Rejected, Undecided
from proofs.moments import first_moments


@dataclass(frozen=True, slots=True)
class ConstantPoint:
    """The family of critical points, one for every choice of widths and positive shares.

    Attributes:
        levels: a_1..a_H, the pre-activation of every unit of each hidden layer.
        scales: s_2..s_H; W_h[i, k] = s_h P_h[i, k] with P_h > 0 and row sums 1.
        constants: c_1..c_m, the outputs.
        output_weights: V_1..V_m, the sum of the last weights of each output, in a network with an output bias (the bias
            is c_o - V_o sigma(a_H)); None without one (then V_o = c_o / sigma(a_H)).
        weight_signs: the sign of V_o; 0 when V_o = 0.
        residuals: for each output the integers D_{o,n} times a positive number that depends on o only.
        basis: features that are affinely independent generators of all features.
        loss: E* = sum_o sum_n D_{o,n}^2.
    """

    levels: tuple[Level, ...]
    scales: tuple[fmpq, ...]
    constants: tuple[fmpq, ...]
    output_weights: tuple[fmpq, ...] | None
    weight_signs: tuple[int, ...]
    residuals: tuple[tuple[int, ...], ...]
    basis: tuple[int, ...]
    loss: fmpq


def _check(instance: Instance, premises: tuple[Fact, ...], arguments: Reader) -> Conclusion:
    network = instance.architecture
    if instance.loss.name != "squared":
        raise Rejected("CP08", f"the theorem is about the squared loss, not {instance.loss.name}")
    levels = arguments.levels("levels")
    scales = arguments.rationals("scales")
    constants = arguments.rationals("constants")
    if len(levels) != network.depth or len(scales) != network.depth - 1:
        raise Rejected("CP01", f"depth {network.depth} needs {network.depth} levels and {network.depth - 1} scales")
    if any(scale == 0 for scale in scales):
        raise Rejected("CP02", "a scale s_h is zero")
    if not network.outputs or len(constants) != network.outputs:
        raise Rejected("CP01", f"{len(constants)} constants for {network.outputs} outputs")
    residuals, loss = _residuals(instance, constants)
    for o, residual in enumerate(residuals):
        total, moments = first_moments(instance.inputs, residual)
        if total != 0:
            raise Rejected("CP03", f"<D,1> is not zero for output {o + 1}")
        for j, moment in enumerate(moments):
            if moment != 0:
                raise Rejected("CP04", f"<D,x> is not zero for output {o + 1} and feature {instance.features[j]!r}")
    weights = arguments.rationals("output_weights") if network.output_bias else None
    signs = _weight_signs(instance, weights, levels, constants)
    basis = read_basis(instance, arguments)
    for h, level in enumerate(levels, 1):  # at a kink there is no gradient that could be zero
        if not is_bounded(instance.architecture.activation.jet(level.ball())[1]):
            raise Undecided("CP09", f"cannot tell that σ is differentiable at the level of layer {h}")
    point = ConstantPoint(levels, scales, constants, weights, signs, residuals, basis, loss)
    return Conclusion(point, f"<D,1> = 0, <D,x> = 0 exactly; E* = {show_exact(loss)}")


def _residuals(instance: Instance, constants: tuple[fmpq, ...]) -> tuple[tuple[tuple[int, ...], ...], fmpq]:
    """D_o = c_o - Y_o as integers (over a common denominator), and the sum of all squares."""
    residuals = []
    loss = fmpq(0)
    for o, c in enumerate(constants):
        scale = instance.targets.denominators[o]
        numerators = [int(c.p) * scale - int(y) * int(c.q) for y in _column(instance, o)]
        loss += fmpq(sum(v * v for v in numerators), fmpz(scale * int(c.q)) ** 2)
        residuals.append(tuple(numerators))
    return tuple(residuals), loss


def _column(instance: Instance, o: int) -> list[fmpz]:
    numerators = instance.targets.numerators
    return [numerators[n, o] for n in range(instance.samples)]


def _weight_signs(
    instance: Instance, weights: tuple[fmpq, ...] | None, levels: tuple[Level, ...], constants: tuple[fmpq, ...]
) -> tuple[int, ...]:
    """The signs of V_o. With an output bias V_o is free; without one, V_o = c_o / sigma(a_H) needs sigma(a_H) != 0."""
    if weights is not None:
        if len(weights) != len(constants):
            raise Rejected("CP01", f"{len(weights)} output weights for {len(constants)} outputs")
        return tuple(_sign(v) for v in weights)
    top = sign(instance.architecture.activation.value(levels[-1].ball()))
    if top is Sign.UNKNOWN:
        raise Undecided("CP05", "cannot tell that σ(a_H) is not zero, and there is no output bias")
    return tuple(_sign(c) * top.value for c in constants)


def _sign(value: fmpq) -> int:
    return (value > 0) - (value < 0)


LEMMA = Lemma(
    name="constant-point/1",
    title="critical point",
    statement=(
        "Let every first-layer weight be 0, b_1 = a_1, W_h[i,k] = s_h P_h[i,k] with P_h > 0 and row sums 1, "
        "b_h = a_h - s_h σ(a_{h-1}), and v_{o,i} = V_o q_{o,i} with q > 0 summing to 1, so that the network is the "
        "constant c. If σ is differentiable at the levels and the residual D_o = c_o - Y_o satisfies <D_o,1> = 0 and "
        "<D_o,x_j> = 0 for every output o and feature j, then the gradient of the loss is zero, for all widths and all "
        "shares P, q. "
        "Features that are affine functions of the others have flat weights and are left to the basis."
    ),
    source="docs/mathematics.md, constant-point/1, Theorem 4",
    premises=(),
    check=_check,
)
