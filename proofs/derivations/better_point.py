"""better-point/1: the loss falls along the plateau to second order."""

from __future__ import annotations

from proofs.derivations.algebra import Matrix, Sigma, Symbol, column, symbol_matrix, symbols, taylor
from proofs.derivations.derivation import Derivation, Hypothesis
from proofs.derivations.network import D, M, X, over_data


def excess_loss() -> Derivation:
    """What is added to the squared loss of one sample by another output; affine-minimum/1 rests on it, too."""
    output, candidate, target = symbols("T T_* y")
    return Derivation(
        "The excess loss of one sample",
        "(T - y)^2 - (T_* - y)^2 = 2 D (T - T_*) + (T - T_*)^2.",
        (Hypothesis("D = T_* - y", {D: candidate - target}),),
        lambda: Matrix(
            [
                (output - target) ** 2
                - (candidate - target) ** 2
                - 2 * D * (output - candidate)
                - (output - candidate) ** 2
            ]
        ),
    )


_SCALE = Symbol("t")
_ROW = symbol_matrix("w", 2)


def _along_the_plateau(depth: int) -> Derivation:
    level, below, weight, total, alpha, ratio = symbols("a_H a_1 s_2 C alpha rho")

    def difference() -> Matrix:
        first = _SCALE * (_ROW.T * X)[0]
        moved = first if depth == 1 else weight * (Sigma(0, below + first) - Sigma(0, below))
        two_units = total * ((1 + alpha) * Sigma(0, level + ratio * moved) - alpha * Sigma(0, level + moved))
        constant, linear, quadratic = taylor(two_units - total * Sigma(0, level), _SCALE, 2)
        slope = 1 if depth == 1 else weight * Sigma(1, below)
        form = (_ROW.T * M * _ROW)[0]
        predicted = -Sigma(2, level) * total * alpha / (1 + alpha) * slope**2 * form / 2
        return column((constant, linear, over_data(D * quadratic) - predicted))

    return Derivation(
        f"Two units in the last of {depth} hidden layer{'s' * (depth > 1)} lower <D, T>",
        "Last weights C (1 + alpha), -C alpha: T - T_* = O(t^2) and "
        "<D, T - T_*> = -(t^2/2) sigma''(a_H) C alpha/(1 + alpha) slope^2 w^T M w + O(t^3).",
        (Hypothesis("rho = alpha / (1 + alpha)", {ratio: alpha / (1 + alpha)}),),
        difference,
    )


DERIVATIONS = (excess_loss(), _along_the_plateau(1), _along_the_plateau(2))
