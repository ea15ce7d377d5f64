"""critical-point/1 and what builds on it: gradient and Hessian of the loss of a whole network, by layers."""

from __future__ import annotations

from proofs.derivations import coupled_outputs
from proofs.derivations.algebra import Ell, Expr, Matrix, Sigma, column, diff, hessian, symbols
from proofs.derivations.derivation import Derivation, Hypothesis
from proofs.derivations.network import Network, X

_NETWORK = Network.of_widths(2, 1)
_FIRST, (_SECOND,) = _NETWORK.preactivations()
_OUTPUT = _NETWORK.output()
_RESIDUAL, _WEIGHT = symbols("D omega")
_HYPOTHESES = (
    Hypothesis("D = l'(T) / 2", {_RESIDUAL: Ell(1, _OUTPUT) / 2}),
    Hypothesis("omega = l''(T) / 2", {_WEIGHT: Ell(2, _OUTPUT) / 2}),
)


def _gradient(expression: Expr) -> Matrix:
    return column(diff(expression, p) for p in _NETWORK.parameters)


def _forces() -> tuple[Expr, list[Expr]]:
    """The derivatives of D T in z_2, and in the z_{1,k}, D held fixed."""
    top = _RESIDUAL * _NETWORK.last[0] * Sigma(1, _SECOND)
    return top, [top * weight * Sigma(1, z) for weight, z in zip(_NETWORK.weights[1], _FIRST, strict=True)]


def _tangent() -> Derivation:
    top, below = _forces()

    def difference() -> Matrix:
        own = _RESIDUAL * Sigma(0, _SECOND)
        parts = {_NETWORK.last[0]: own, _NETWORK.output_bias: _RESIDUAL, _NETWORK.biases[1][0]: top}
        parts |= {w: top * Sigma(0, z) for w, z in zip(_NETWORK.weights[1], _FIRST, strict=True)}
        for k, force in enumerate(below):
            parts[_NETWORK.biases[0][k]] = force
            parts |= {_NETWORK.weights[0][k, j]: force * x for j, x in enumerate(X)}
        return _gradient(Ell(0, _OUTPUT)) / 2 - column(parts[p] for p in _NETWORK.parameters)

    return Derivation(
        "The gradient, one sample, hidden widths (2, 1)",
        "Half the derivative of l(T) in a parameter is the force on its unit times what the parameter multiplies: "
        "f_2 = D v sigma'(z_2), f_{1,k} = f_2 W_2[k] sigma'(z_{1,k}).",
        _HYPOTHESES[:1],
        difference,
    )


def _second_derivatives() -> Derivation:
    top, _ = _forces()

    def difference() -> Matrix:
        total = _WEIGHT * _gradient(_OUTPUT) * _gradient(_OUTPUT).T
        bend = _RESIDUAL * _NETWORK.last[0] * Sigma(2, _SECOND)
        total += bend * _gradient(_SECOND) * _gradient(_SECOND).T
        mixed = _gradient(_NETWORK.last[0]) * _gradient(Sigma(0, _SECOND)).T * _RESIDUAL
        for weight, z in zip(_NETWORK.weights[1], _FIRST, strict=True):
            total += top * weight * Sigma(2, z) * _gradient(z) * _gradient(z).T
            mixed += top * _gradient(weight) * _gradient(Sigma(0, z)).T
        return column(hessian(Ell(0, _OUTPUT), _NETWORK.parameters) / 2 - total - mixed - mixed.T)

    return Derivation(
        "The Hessian, one sample, hidden widths (2, 1)",
        "Half the Hessian of l(T) is omega dT dT^T + sum_units (d(D T)/d sigma(z)) sigma''(z) dz dz^T + sum_weights "
        "(force on the unit above) (dw d sigma(z)^T + its transpose).",
        _HYPOTHESES,
        difference,
    )


FIRST = (_tangent(),)
DERIVATIONS = (*FIRST, _second_derivatives(), *coupled_outputs.DERIVATIONS)
