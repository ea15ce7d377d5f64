"""interval-region/1: the exact second-order identity and the bookkeeping behind the explicit radius."""

from __future__ import annotations

from proofs.derivations.algebra import Expr, Matrix, Sigma, column, symbol_matrix, symbols
from proofs.derivations.derivation import Derivation, Hypothesis
from proofs.derivations.network import MOMENT_CONDITIONS, D, Network, X, elementwise, over_data


def _remainder(a: Expr, z: Expr) -> Expr:
    """sigma(z) - sigma(a) - sigma'(a) (z - a), which Taylor's theorem writes as sigma''(xi) (z - a)^2 / 2."""
    return Sigma(0, z) - Sigma(0, a) - Sigma(1, a) * (z - a)


def _recursion(network: Network, weights: tuple[Matrix, ...]) -> tuple[Hypothesis, ...]:
    """Determine the symbols c_{h,i}, the first layer's from the second's and so on up to the last layer's."""

    def from_above(h: int) -> Matrix:
        slopes = elementwise(1, network.constants()[h + 1])
        return network.weights[h + 1].T * slopes.multiply_elementwise(weights[h + 1])

    inner = tuple(
        Hypothesis(
            f"c_{h + 1} = W_{h + 2}^T (sigma'(a_{h + 2}) c_{h + 2})", dict(zip(weights[h], from_above(h), strict=True))
        )
        for h in range(network.depth - 1)
    )
    return (*inner, Hypothesis("c_H = v", dict(zip(weights[-1], network.last, strict=True))))


def _exact_identity() -> Derivation:
    network = Network.of_widths(2, 2, 2)
    curvature = tuple(symbol_matrix(f"c_{h + 1}", 2) for h in range(network.depth))

    def difference() -> Matrix:
        levels, preactivations = network.constants(), network.preactivations()
        terms = [
            curvature[h][i] * _remainder(levels[h][i], preactivations[h][i])
            for h in range(network.depth)
            for i in range(2)
        ]
        slopes = elementwise(1, levels[0]).multiply_elementwise(curvature[0])
        linear = (slopes.T * network.weights[0] * X)[0]
        return Matrix([network.output() - network.output_from(levels[-1]) - linear - sum(terms)])

    return Derivation(
        "The exact second-order identity, hidden widths (2, 2, 2)",
        "T(x) - T_0 = sum_k c_{1,k} sigma'(a_{1,k}) w_k.x + sum_{h,i} c_{h,i} (sigma(a+u) - sigma(a) - sigma'(a) u) "
        "at every x and every parameter; a are the pre-activations with W_1 = 0, u the deviations from them.",
        _recursion(network, curvature),
        difference,
    )


def _affine_part() -> Derivation:
    network = Network.of_widths(2, 2, 2)

    def difference() -> Matrix:
        levels = network.constants()
        slopes = elementwise(1, levels[0]).multiply_elementwise(network.curvature_weights()[0])
        return Matrix([over_data(D * (network.output_from(levels[-1]) + (slopes.T * network.weights[0] * X)[0]))])

    return Derivation(
        "The affine part of T is invisible to D",
        "<D, T_0 + sum_k c_{1,k} sigma'(a_{1,k}) w_k.x> = 0, so <D, T> = (1/2) sum_{h,i} c_{h,i} <D sigma''(xi), u^2>.",
        MOMENT_CONDITIONS,
        difference,
    )


def _remainder_recursion() -> Derivation:
    network = Network.of_widths(2, 2, 2)
    linear = tuple(symbol_matrix(f"lambda_{h + 1}", 2) for h in range(network.depth))
    levels = network.constants()
    hypotheses = tuple(
        Hypothesis(
            f"lambda_{h + 1} = W_{h + 1} (sigma'(a_{h}) lambda_{h})",
            dict(
                zip(
                    linear[h],
                    network.weights[h] * elementwise(1, levels[h - 1]).multiply_elementwise(linear[h - 1]),
                    strict=True,
                )
            ),
        )
        for h in (2, 1)
    )

    def difference() -> Matrix:
        preactivations = network.preactivations()
        deviations = [z - a for z, a in zip(preactivations, levels, strict=True)]
        entries: list[Expr] = []
        for h in (1, 2):
            passed_on = elementwise(1, levels[h - 1]).multiply_elementwise(deviations[h - 1] - linear[h - 1])
            new = Matrix([_remainder(levels[h - 1][k], preactivations[h - 1][k]) for k in range(2)])
            entries += list(deviations[h] - linear[h] - network.weights[h] * (passed_on + new))
        return column(entries)

    return Derivation(
        "The non-linear part of a pre-activation, hidden widths (2, 2, 2)",
        "rho = u - lambda obeys rho_h = W_h (sigma'(a) rho + sigma(a+u) - sigma(a) - sigma'(a) u)_{h-1}, h = 2, 3.",
        hypotheses,
        difference,
    )


def _range_recursion() -> Derivation:
    a, below, s, bias, unit_bias = symbols("a_h a_{h-1} s_h b_h b_{hi}")
    shares, preactivations = symbol_matrix("p", 2), symbol_matrix("z_{h-1}", 2)

    def difference() -> Matrix:
        z = s * (shares.T * elementwise(0, preactivations))[0] + unit_bias
        spread = s * sum(shares[k] * (Sigma(0, preactivations[k]) - Sigma(0, below)) for k in range(2))
        return Matrix([z - a - spread - s * (sum(shares) - 1) * Sigma(0, below) - (unit_bias - bias)])

    return Derivation(
        "How far a unit moves from its level",
        "z_{h,i} - a_h = s_h sum_k p_k (sigma(z_{h-1,k}) - sigma(a_{h-1})) + s_h (sum_k p_k - 1) sigma(a_{h-1}) "
        "+ b_{h,i} - b_h.",
        (Hypothesis("b_h = a_h - s_h sigma(a_{h-1})", {bias: a - s * Sigma(0, below)}),),
        difference,
    )


def _completed_square() -> Derivation:
    beta, bound, constant, linear, rest = symbols("beta B K lambda rho", positive=True)
    return Derivation(
        "Completing the square",
        "beta lambda^2 - 2 B lambda rho - B rho^2 + K rho^2 = beta (lambda - B rho / beta)^2.",
        (Hypothesis("K = B (1 + B / beta)", {constant: bound * (1 + bound / beta)}),),
        lambda: Matrix(
            [
                beta * linear**2
                - 2 * bound * linear * rest
                - bound * rest**2
                + constant * rest**2
                - beta * (linear - bound * rest / beta) ** 2
            ]
        ),
    )


def _path_weights() -> Derivation:
    s_2, s_3, m_2, m_3 = symbols("s_2 s_3 m_2 m_3")
    p_2, p_3, top = symbol_matrix("p_2", 2, 2), symbol_matrix("p_3", 2, 2), symbol_matrix("c_3", 2)
    middle, first = symbol_matrix("c_2", 2), symbol_matrix("c_1", 2)
    return Derivation(
        "Path weights telescope",
        "sum_i c_{3,i} (p_3 p_2)[i,k] s_3 m_3 s_2 m_2 = c_{1,k} when every sigma'(a_{h,i}) is m_h; "
        "when all are at least m_h and all terms have one sign, = becomes <=.",
        (
            Hypothesis("c_1 = m_2 s_2 p_2^T c_2", dict(zip(first, m_2 * s_2 * p_2.T * middle, strict=True))),
            Hypothesis("c_2 = m_3 s_3 p_3^T c_3", dict(zip(middle, m_3 * s_3 * p_3.T * top, strict=True))),
        ),
        lambda: (p_3 * p_2).T * top * s_3 * m_3 * s_2 * m_2 - first,
    )


DERIVATIONS = (
    _exact_identity(),
    _affine_part(),
    _remainder_recursion(),
    _range_recursion(),
    _completed_square(),
    _path_weights(),
)
