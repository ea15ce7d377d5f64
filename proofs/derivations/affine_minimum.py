"""affine-minimum/1: straight units make an affine function, and no affine function is better than the fit."""

from __future__ import annotations

from proofs.derivations.algebra import Matrix, column, symbol_matrix, symbols
from proofs.derivations.better_point import excess_loss
from proofs.derivations.derivation import Derivation, Hypothesis
from proofs.derivations.network import MOMENT_CONDITIONS, D, X, over_data


def _straight() -> Derivation:
    first, second, slope_1, slope_2, height_1, height_2 = symbols("sigma_1 sigma_2 a_1 a_2 h_1 h_2")
    weight, bias_1, bias_2, outgoing, last = symbols("W b_1 b_2 v c")
    row = symbol_matrix("w", 2)
    below = (row.T * X)[0] + bias_1
    above = weight * first + bias_2
    constant = outgoing * (slope_2 * (weight * (slope_1 * bias_1 + height_1) + bias_2) + height_2) + last
    return Derivation(
        "Straight units make an affine function, two hidden layers",
        "T(x) = v (a_2 (W (a_1 b_1 + h_1) + b_2) + h_2) + c + v a_2 W a_1 w.x.",
        (
            Hypothesis("σ(z_2) = a_2 z_2 + h_2", {second: slope_2 * above + height_2}),
            Hypothesis("σ(z_1) = a_1 z_1 + h_1", {first: slope_1 * below + height_1}),
        ),
        lambda: Matrix([outgoing * second + last - constant - outgoing * slope_2 * weight * slope_1 * (row.T * X)[0]]),
    )


def _passing() -> Derivation:
    z, value, slope, height, weight, bias = symbols("z sigma a h W b")
    return Derivation(
        "A unit passes its pre-activation on",
        "W σ(z) + b = z.",
        (
            Hypothesis("σ(z) = a z + h", {value: slope * z + height}),
            Hypothesis("W = 1/a", {weight: 1 / slope}),
            Hypothesis("b = -h/a", {bias: -height / slope}),
        ),
        lambda: Matrix([weight * value + bias - z]),
    )


def _orthogonal() -> Derivation:
    constant, (slope_1, slope_2) = symbols("q"), symbols("p_1 p_2")
    return Derivation(
        "The residual is orthogonal to affine functions",
        "<D, T - T_*> = 0 for T - T_* = q + p.x.",
        MOMENT_CONDITIONS,
        lambda: column([over_data(D * (constant + slope_1 * X[0] + slope_2 * X[1]))]),
    )


DERIVATIONS = (_straight(), _passing(), excess_loss(), _orthogonal())
