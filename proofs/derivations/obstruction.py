"""obstruction/1: on a quadric with a positive semidefinite form, tr(S M) = 0."""

from __future__ import annotations

from proofs.derivations.algebra import Expr, Matrix, moment, symbols, trace
from proofs.derivations.derivation import Derivation, Hypothesis
from proofs.derivations.network import MOMENT_CONDITIONS, D, M, X, over_data

_S_11, _S_12, _S_22, _L_0, _L_1, _L_2 = symbols("S_11 S_12 S_22 l_0 l_1 l_2")
_FORM = Matrix([[_S_11, _S_12], [_S_12, _S_22]])


def _affine(x: Matrix) -> Expr:
    return _L_0 + _L_1 * x[0] + _L_2 * x[1]


def _trace() -> Derivation:
    rest = over_data(D * (_affine(X) - 2 * _S_12 * X[0] * X[1] - _S_22 * X[1] ** 2))
    return Derivation(
        "The trace identity",
        "tr(S M) = sum_n D_n x_n^T S x_n = sum_n D_n l(x_n) = 0, S not zero (S_11 is solved for).",
        (
            Hypothesis("x_n^T S x_n = l(x_n) for every n", {moment(1, 2, 0): rest / _S_11}),
            *MOMENT_CONDITIONS,
        ),
        lambda: Matrix([trace(_FORM * M)]),
    )


def _two_values() -> Derivation:
    p, q, first, second = symbols("p q x_1 x_2")
    return Derivation(
        "A two-valued feature",
        "x^2 = (p + q) x - p q for x = p and for x = q: S = e_j e_j^T, l(x) = (p + q) x_j - p q.",
        (Hypothesis("x_1 = p", {first: p}), Hypothesis("x_2 = q", {second: q})),
        lambda: Matrix([x**2 - (p + q) * x + p * q for x in (first, second)]),
    )


DERIVATIONS = (_trace(), _two_values())
