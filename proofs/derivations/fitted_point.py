"""fitted-point/1: the gradient of a chain and of its lifts (Lemma 21), and the chain's Hessian."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

from proofs.derivations.algebra import (
    Ell,
    Expr,
    Matrix,
    Sigma,
    Symbol,
    column,
    diff,
    exp,
    hessian,
    symbol_matrix,
    symbols,
)
from proofs.derivations.chain import Chain
from proofs.derivations.derivation import Derivation, Hypothesis
from proofs.derivations.losses import LOSSES, halved_derivatives
from proofs.derivations.network import D, Network


def _lift_computes() -> Derivation:
    network, chain = Network.of_widths(2, 2), Chain.of_depth(2)
    rows, top = symbol_matrix("P_2", 2, 2), symbol_matrix("q", 2)
    (w, b_1), (b_2,) = (chain.first, chain.biases[0]), chain.biases[1:]
    return Derivation(
        "A lift computes the function of its chain",
        "T(x) = V sigma(z_2) + output bias for every x, hidden widths (2, 2).",
        (
            Hypothesis("v_i = V q_i", dict(zip(network.last, chain.weight * top, strict=True))),
            Hypothesis("q_1 + q_2 = 1", {top[1]: 1 - top[0]}),
            Hypothesis("W_2[i,k] = s_2 P_2[i,k]", dict(zip(network.weights[1], chain.scales[0] * rows, strict=True))),
            Hypothesis("the rows of P_2 have sum 1", {rows[i, 1]: 1 - rows[i, 0] for i in range(2)}),
            Hypothesis("b_{2,i} = b_2", dict.fromkeys(network.biases[1], b_2)),
            Hypothesis("W_1 has equal rows w", dict(zip(network.weights[0], [*w, *w], strict=True))),
            Hypothesis("b_{1,i} = b_1", dict.fromkeys(network.biases[0], b_1)),
            Hypothesis("the output biases agree", {network.output_bias: chain.output_bias}),
        ),
        lambda: Matrix([network.output() - chain.output()]),
    )


def _chain_gradient() -> Derivation:
    chain = Chain.of_depth(2)
    first, second = chain.sums
    lower = Symbol("D_1")
    top = chain.weight * D * Sigma(1, second)
    bottom = chain.weight * lower * Sigma(1, first)

    def difference() -> Matrix:
        halves = [diff(Ell(0, chain.output()), p) / 2 for p in chain.parameters]
        inputs = [diff(first, p) for p in (*chain.first, chain.biases[0])]
        parts = [*(bottom * x for x in inputs), top * Sigma(0, first), top, D * Sigma(0, second), D]
        return column(half - part for half, part in zip(halves, parts, strict=True))

    return Derivation(
        "The gradient of a chain, one sample, two hidden layers",
        "Half the gradient of l(T, y): V D_1 sigma'(z_1) (x, 1) in (w, b_1), V D_2 sigma'(z_2) (sigma(z_1), 1) in "
        "(s_2, b_2), (D sigma(z_2), D) in (V, output bias), D_2 = D. So for V not 0 it vanishes, summed over the "
        "samples, exactly if (C0) and (C1) hold.",
        (
            Hypothesis("D_1 = s_2 sigma'(z_2) D_2", {lower: chain.residuals[0]}),
            Hypothesis("D = l'/2", {D: Ell(1, chain.output()) / 2}),
        ),
        difference,
    )


def _stationary(*widths: int) -> Derivation:
    network, chain = Network.of_widths(*widths), Chain.of_depth(len(widths))

    def difference() -> Matrix:
        lift = chain.lift(network, *shares(*widths))
        gradient = [diff(Ell(0, network.output()), p).subs(lift, simultaneous=True) for p in network.parameters]
        slope = Ell(1, network.output()).subs(lift, simultaneous=True)
        return column(chain.over_data(partial.subs(slope, 2 * D)) for partial in gradient)

    return Derivation(
        f"Every lift is critical, hidden widths {widths}",
        "dE/dp = 0 for every parameter p of the network at a lift of a critical chain, whatever its shares, D = l'/2.",
        (chain.state_condition(), *chain.slope_conditions(), chain.bias_condition()),
        difference,
    )


def shares(*widths: int) -> tuple[list[Matrix], Matrix]:
    """P_2, ..., P_H with rows of sum 1, and q of sum 1: the last share of each is 1 minus the others."""

    def row(name: str, width: int) -> list[Symbol]:
        free = symbols(f"{name}_1:{width}")
        return [*free, 1 - sum(free)]

    inner = [
        Matrix([row(f"P{h + 2}{i + 1}", below) for i in range(width)])
        for h, (below, width) in enumerate(pairwise(widths))
    ]
    return inner, Matrix(row("q", widths[-1]))


def _half_hessian() -> Derivation:
    chain = Chain.of_depth(2)
    sums, output, parameters = chain.sums, chain.output(), chain.parameters
    reach, curvature = symbols("t_1 t_2"), Symbol("W")

    def difference() -> Matrix:
        def gradient(of: Symbol) -> Matrix:
            return column(diff(of, p) for p in parameters)

        total = curvature * gradient(output) * gradient(output).T
        for t, z in zip(reach, sums, strict=True):
            total += D * t * Sigma(2, z) * gradient(z) * gradient(z).T
        forces = (reach[1] * Sigma(1, sums[1]), 1)
        for multiplier, force, z in zip((*chain.scales, chain.weight), forces, sums, strict=True):
            mixed = D * force * Sigma(1, z) * gradient(multiplier) * gradient(z).T
            total += mixed + mixed.T
        return column(hessian(Ell(0, output), parameters) / 2 - total)

    return Derivation(
        "The Hessian of a chain, one sample, two hidden layers",
        "Half the Hessian of l(T, y) is W g g^T + sum_h D t_h sigma''(z_h) g_h g_h^T + mixed terms, g and g_h the "
        "gradients of T and z_h, t_h = dT/dsigma(z_h). The mixed terms are D t_2 sigma'(z_2) sigma'(z_1) e_s g_1^T and "
        "D sigma'(z_2) e_V g_2^T with their transposes, e_s and e_V the unit vectors of s_2 and V.",
        (
            Hypothesis("t_1 = s_2 sigma'(z_2) t_2", {reach[0]: chain.scales[0] * Sigma(1, sums[1]) * reach[1]}),
            Hypothesis("t_2 = V", {reach[1]: chain.weight}),
            Hypothesis("D = l'/2", {D: Ell(1, output) / 2}),
            Hypothesis("W = l''/2", {curvature: Ell(2, output) / 2}),
        ),
        difference,
    )


def _flat_gradient(name: str, sigma: Callable[[Expr], Expr], shift: bool, degree: int) -> Derivation:
    """Where the derivatives in w, b_1, b_2 vanish, so do those in s_2 and V: both sides' factors are not 0."""
    chain = Chain.of_depth(2)
    (w_1, w_2), (b_1, b_2), s_2, top = chain.first, chain.biases, chain.scales[0], chain.weight
    power = Symbol("k")

    def difference() -> Matrix:
        output = chain.output().replace(Sigma, lambda order, z: sigma(z))
        lower = [(1, b_1)] if shift else [(w_1, w_1), (w_2, w_2), (b_1, b_1)]
        upper = [(1, b_2)] if shift else [(s_2, s_2), (b_2, b_2)]
        return column(
            sum(factor * diff(output, p) for factor, p in along) - power * multiplier * diff(output, multiplier)
            for along, multiplier in ((lower, s_2), (upper, top))
        )

    return Derivation(
        f"The flat directions of {name}, two hidden layers",
        "w.dT/dw + b_1 dT/db_1 = k s_2 dT/ds_2 and s_2 dT/ds_2 + b_2 dT/db_2 = k V dT/dV for z^k; "
        "dT/db_1 = k s_2 dT/ds_2 and dT/db_2 = k V dT/dV with k = 1 for exp.",
        (Hypothesis(f"k = {degree}", {power: degree}),),
        difference,
    )


def _several_outputs() -> Derivation:
    """The loss of several outputs with targets e_o y, in an orthogonal splitting of the output space."""
    t_1, t_2, e, y, mean = symbols("T_1 T_2 e y t")
    return Derivation(
        "Targets in fixed ratios, two outputs",
        "(T_1 - y)^2 + (T_2 - e y)^2 = |e|^2 (t - y)^2 + (T_1 - t)^2 + (T_2 - e t)^2, |e|^2 = 1 + e^2.",
        (Hypothesis("t = (T_1 + e T_2) / |e|^2", {mean: (t_1 + e * t_2) / (1 + e**2)}),),
        lambda: Matrix(
            [
                (t_1 - y) ** 2
                + (t_2 - e * y) ** 2
                - ((1 + e**2) * (mean - y) ** 2 + (t_1 - mean) ** 2 + (t_2 - e * mean) ** 2)
            ]
        ),
    )


DERIVATIONS = (
    _lift_computes(),
    _chain_gradient(),
    _stationary(3),
    _stationary(2, 2),
    _half_hessian(),
    _flat_gradient("exp", exp, True, 1),
    _flat_gradient("square", lambda z: z**2, False, 2),
    _several_outputs(),
    *map(halved_derivatives, LOSSES),
)
