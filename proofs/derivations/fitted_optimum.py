"""fitted-optimum/1: how far a convex function falls, and the scatter of equal inputs."""

from __future__ import annotations

from proofs.derivations.algebra import Ell, Matrix, Symbol, column, diff, symbol_matrix, symbols
from proofs.derivations.derivation import Derivation, Hypothesis

GROUP = 3


def _fall() -> Derivation:
    t, best, least, bend, bound = symbols("t t_* f_* f'' M")

    def above(at: Symbol) -> Matrix:
        return 2 * bound * (Ell(0, at) - least) - Ell(1, at) ** 2

    return Derivation(
        "How far a convex function falls",
        "G(t) = 2 M (f(t) - f_*) - f'(t)^2 has G(t_*) = 0 and G'(t) = 2 f'(t) (M - f''(t)). So if 0 <= f'' <= M "
        "between t_* and T, then f(T) - f_* >= f'(T)^2 / (2 M).",
        (
            Hypothesis("f_* = f(t_*)", {least: Ell(0, best)}),
            Hypothesis("f'(t_*) = 0", {Ell(1, best): 0}),
            Hypothesis("f'' is the second derivative", {bend: Ell(2, t)}),
        ),
        lambda: column((above(best), diff(above(t), t) - 2 * Ell(1, t) * (bound - bend))),
    )


def _halved() -> Derivation:
    slope, bound = symbols("f'(T) M")
    residuals, curvatures = symbol_matrix("D", GROUP), symbol_matrix("c", GROUP)
    return Derivation(
        f"The fall of a group in terms of D and c, {GROUP} samples",
        "f'(T)^2 / (2 M) = (sum_n D_n)^2 / sum_n c_n for f = sum_n l(., y_n), D_n = l'/2 at T, l''/2 <= c_n.",
        (
            Hypothesis("f'(T) = 2 sum_n D_n", {slope: 2 * sum(residuals)}),
            Hypothesis("M = 2 sum_n c_n", {bound: 2 * sum(curvatures)}),
        ),
        lambda: Matrix([slope**2 / (2 * bound) - sum(residuals) ** 2 / sum(curvatures)]),
    )


def _scatter() -> Derivation:
    output, mean = symbols("T m")
    targets, residuals = symbol_matrix("y", GROUP), symbol_matrix("D", GROUP)
    return Derivation(
        f"The squared loss of equal inputs, {GROUP} samples",
        "sum_n (T - y_n)^2 = |g| (T - m)^2 + sum_n (y_n - m)^2, and |g| (T - m)^2 = (sum_n D_n)^2 / |g|.",
        (
            Hypothesis("m = sum_n y_n / |g|", {mean: sum(targets) / GROUP}),
            Hypothesis("D_n = T - y_n", {residuals[n]: output - targets[n] for n in range(GROUP)}),
        ),
        lambda: column(
            (
                sum((output - y) ** 2 for y in targets)
                - GROUP * (output - mean) ** 2
                - sum((y - mean) ** 2 for y in targets),
                GROUP * (output - mean) ** 2 - sum(residuals) ** 2 / GROUP,
            )
        ),
    )


DERIVATIONS = (_fall(), _halved(), _scatter())
