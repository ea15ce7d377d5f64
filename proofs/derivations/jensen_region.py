"""jensen-region/1: what a Jensen gap does to 1, to x, to x x^T, and to a network."""

from __future__ import annotations

from proofs.derivations.algebra import Expr, Matrix, column, symbol_matrix, symbols
from proofs.derivations.derivation import Derivation, Hypothesis
from proofs.derivations.network import INPUTS, Network, elementwise

CORNERS = 3
_POINTS = tuple(symbol_matrix(f"x_{k + 1}", INPUTS) for k in range(CORNERS))
_CENTRE = symbol_matrix("x_0", INPUTS)
_SHARES = symbols("lambda_1 lambda_2 lambda_3")

_BARYCENTRE = Hypothesis(
    "x_0 = sum_k lambda_k x_k",
    {_CENTRE[j]: sum(share * point[j] for share, point in zip(_SHARES, _POINTS, strict=True)) for j in range(INPUTS)},
)
_SHARES_SUM_TO_ONE = Hypothesis("sum_k lambda_k = 1", {_SHARES[-1]: 1 - sum(_SHARES[:-1])})


def _mean(values: list[Expr]) -> Expr:
    """sum_k lambda_k values[k]."""
    return sum((share * value for share, value in zip(_SHARES, values, strict=True)), start=0 * values[0])


def _orthogonality() -> Derivation:
    return Derivation(
        "A Jensen gap annihilates affine functions",
        "D = sum_k lambda_k delta_{x_k} - delta_{x_0} has <D, 1> = 0 and <D, x_j> = 0.",
        (_BARYCENTRE, _SHARES_SUM_TO_ONE),
        lambda: column([sum(_SHARES) - 1, *(_mean(list(_POINTS)) - _CENTRE)]),
    )


def _covariance() -> Derivation:
    def difference() -> Matrix:
        moments = _mean([point * point.T for point in _POINTS]) - _CENTRE * _CENTRE.T
        return column(moments - _mean([(point - _CENTRE) * (point - _CENTRE).T for point in _POINTS]))

    return Derivation(
        "The second moment of a Jensen gap is a covariance",
        "M = sum_k lambda_k x_k x_k^T - x_0 x_0^T = sum_k lambda_k (x_k - x_0)(x_k - x_0)^T.",
        (_BARYCENTRE, _SHARES_SUM_TO_ONE),
        difference,
    )


def _telescoping() -> Derivation:
    network = Network.of_widths(2, 2)

    def jensen(layer: int) -> Matrix:
        """sum lambda sigma(z(x_k)) - sigma(sum lambda z(x_k)), unit by unit."""
        values = [network.preactivations(point)[layer] for point in _POINTS]
        return _mean([elementwise(0, z) for z in values]) - elementwise(0, _mean(values))

    def difference() -> Matrix:
        mean = _mean([network.preactivations(point)[1] for point in _POINTS])
        centre = network.preactivations(_CENTRE)[1]
        gap = _mean([network.output(point) for point in _POINTS]) - network.output(_CENTRE)
        parts = network.last.T * (jensen(1) + elementwise(0, mean) - elementwise(0, centre))
        return column([gap - parts[0], *(mean - centre - network.weights[1] * jensen(0))])

    return Derivation(
        "The gap of a network telescopes, hidden widths (2, 2)",
        "With J(f) = sum_k lambda_k f(x_k) - f(x_0) and m_i = sum_k lambda_k z_{2,i}(x_k): "
        "J(T) = sum_i v_i ([sum_k lambda_k sigma(z_{2,i}(x_k)) - sigma(m_i)] + [sigma(m_i) - sigma(z_{2,i}(x_0))]), "
        "m - z_2(x_0) = W_2 J(sigma(z_1)), and z_1 has no gap.",
        (_BARYCENTRE, _SHARES_SUM_TO_ONE),
        difference,
    )


DERIVATIONS = (_orthogonality(), _covariance(), _telescoping())
