"""exceptional-activation/1: the form of the last hidden layer vanishes on p(z_H), a sum of squares of L_H."""

from __future__ import annotations

from proofs.derivations.algebra import (
    Expr,
    Matrix,
    Symbol,
    atan,
    column,
    diff,
    erf,
    sin,
    sum_over_samples,
    symbols,
)
from proofs.derivations.derivation import Derivation, Hypothesis
from proofs.derivations.network import D

_Z = Symbol("z", real=True)
_P_0, _P_1, _P_2, _Q_0, _Q_1, _R = symbols("p_0 p_1 p_2 q_0 q_1 r")
_P, _Q = _P_0 + _P_1 * _Z + _P_2 * _Z**2, _Q_0 + _Q_1 * _Z
_SIGMA = symbols("sigma sigma' sigma''")


def _over_data(expression: Expr) -> Expr:
    return sum_over_samples(expression, (D, _Z, *_SIGMA))


def _vanishing() -> Derivation:
    state, slope, bend = _SIGMA
    rest = _over_data(D * ((_P - _P_2 * _Z**2) * bend + _Q * slope + _R * state))
    return Derivation(
        "The form vanishes on p",
        "<D sigma''(z_H), p(z_H)> = -<D sigma'(z_H), q(z_H)> - r <D, sigma(z_H)> = 0, p = p_2 z^2 + p_1 z + p_0, "
        "q = q_1 z + q_0 (p_2 is divided by).",
        (
            Hypothesis("p sigma'' + q sigma' + r sigma = 0", {_over_data(D * _Z**2 * bend): -rest / _P_2}),
            Hypothesis("<D sigma'(z_H), z_H> = 0", {_over_data(D * slope * _Z): 0}),
            Hypothesis("<D sigma'(z_H), 1> = 0", {_over_data(D * slope): 0}),
            Hypothesis("<D, sigma(z_H)> = 0", {_over_data(D * state): 0}),
        ),
        lambda: Matrix([_over_data(D * _P * bend)]),
    )


def _sum_of_squares() -> Derivation:
    gap = symbols("Delta")
    return Derivation(
        "A quadratic without sign change is a sum of squares",
        "4 p_2 (p_2 z^2 + p_1 z + p_0) = (2 p_2 z + p_1)^2 + Delta; p >= 0 everywhere means p_2 > 0 and Delta >= 0, "
        "or p = p_0 >= 0.",
        (Hypothesis("Delta = 4 p_2 p_0 - p_1^2", {gap: 4 * _P_2 * _P_0 - _P_1**2}),),
        lambda: Matrix([4 * _P_2 * _P - (2 * _P_2 * _Z + _P_1) ** 2 - gap]),
    )


def _quadratic() -> Derivation:
    slope_2, scale, factor, form = symbols("sigma'(z_2) s_2 t_2 Q")
    force = sum_over_samples(D * factor * slope_2, (D, slope_2))
    return Derivation(
        "The form of layer 1 on constants, for z^2 and two hidden layers",
        "<D t_1 sigma''(z_1), 1> = 2 s_2 <D t_2 sigma'(z_2), 1> = 0 with t_1 = t_2 sigma'(z_2) s_2.",
        (
            Hypothesis("Q = <D t_1 sigma''(z_1), 1>, sigma'' = 2", {form: 2 * scale * force}),
            Hypothesis("<D t_2 sigma'(z_2), 1> = 0", {force: 0}),
        ),
        lambda: Matrix([form]),
    )


def _equation(name: str, sigma: Expr, p: Expr, q: Expr, r: int) -> Derivation:
    first, second, third = symbols("p q r")
    return Derivation(
        f"The equation of {name}",
        f"p sigma'' + q sigma' + r sigma = 0 for sigma = {sigma}.",
        (
            Hypothesis(f"p = {p}", {first: p}),
            Hypothesis(f"q = {q}", {second: q}),
            Hypothesis(f"r = {r}", {third: r}),
        ),
        lambda: column([first * diff(sigma, _Z, 2) + second * diff(sigma, _Z) + third * sigma]),
    )


DERIVATIONS = (
    _vanishing(),
    _sum_of_squares(),
    _equation("sin", sin(_Z), 1 + 0 * _Z, 0 * _Z, 1),
    _equation("erf", erf(_Z), 1 + 0 * _Z, 2 * _Z, 0),
    _equation("arctan", atan(_Z), 1 + _Z**2, 2 * _Z, 0),
    _quadratic(),
)
