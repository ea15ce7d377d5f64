"""local-minimum/1: the second-order term of <D, T>, its sign pattern, and the Hessian of the loss."""

from __future__ import annotations

from proofs.derivations.algebra import (
    Expr,
    Matrix,
    Sigma,
    Symbol,
    column,
    diag,
    hessian,
    symbol_matrix,
    symbols,
    taylor,
    trace,
    zeros,
)
from proofs.derivations.derivation import Derivation, Hypothesis
from proofs.derivations.network import INPUTS, MOMENT_CONDITIONS, D, M, Network, X, over_data


def _hessian_above(network: Network) -> Matrix:
    """The Hessian at z_1 = b_1 of G, the network as a function of z_1."""
    first = symbol_matrix("u", network.biases[0].rows)
    function = network.output_from(network.above(first)[-1])
    return hessian(function, list(first)).subs(dict(zip(first, network.biases[0], strict=True)))


def _second_order_term(*widths: int) -> Derivation:
    network = Network.of_widths(*widths)

    def difference() -> Matrix:
        scale, weights = Symbol("t"), network.weights[0]
        scaled = network.output_from(network.above(scale * weights * X + network.biases[0])[-1])
        constant, linear, quadratic = (over_data(D * term) for term in taylor(scaled, scale, 2))
        form = trace(_hessian_above(network) * weights * M * weights.T) / 2
        return column((constant, linear, quadratic - form))

    return Derivation(
        f"<D, T> to second order, hidden widths {widths}",
        "W_1 scaled by t: <D, T> = (t^2/2) tr(Hess G(b_1) W_1 M W_1^T) + O(t^3), whatever the other parameters are.",
        MOMENT_CONDITIONS,
        difference,
    )


def _units_sit_at(network: Network, levels: tuple[Symbol, ...]) -> tuple[Hypothesis, ...]:
    """Hypotheses that choose the biases so that, with W_1 = 0, every unit of layer h sits at levels[h - 1]."""

    def biases(h: int) -> list[Expr]:
        width = network.biases[h].rows
        if h == 0:
            return [levels[0]] * width
        below = Matrix([Sigma(0, levels[h - 1])] * network.weights[h].cols)
        return list(Matrix([levels[h]] * width) - network.weights[h] * below)

    return tuple(
        Hypothesis(f"layer {h + 1} sits at a_{h + 1}", dict(zip(network.biases[h], biases(h), strict=True)))
        for h in range(network.depth)
    )


def _sign_pattern() -> Derivation:
    network = Network.of_widths(2, 2, 2)
    levels = symbols("a_1 a_2 a_3")

    def difference() -> Matrix:
        jacobian, total = diag(1, 1), zeros(2, 2)
        for h, curvature_weights in enumerate(network.curvature_weights()):
            if h > 0:
                jacobian = network.weights[h] * Sigma(1, levels[h - 1]) * jacobian
            total += jacobian.T * diag(*curvature_weights) * Sigma(2, levels[h]) * jacobian
        return column(_hessian_above(network) - total)

    return Derivation(
        "Hess G is a sum of squares weighted by c_{h,i} sigma''(a_h), hidden widths (2, 2, 2)",
        "Hess G(b_1) = sum_h sigma''(a_h) J_h^T diag(c_h) J_h, J_1 = I, J_h = sigma'(a_{h-1}) W_h J_{h-1}, "
        "c_H = v, c_{h-1} = sigma'(a_h) W_h^T c_h.",
        _units_sit_at(network, levels),
        difference,
    )


def _hessian_of_the_loss(*widths: int) -> Derivation:
    network = Network.of_widths(*widths)
    parameters = network.parameters

    def difference() -> Matrix:
        target = Symbol("y")
        output = network.output()
        here = {target: network.output_from(network.constants()[-1]) - D}
        loss = network.without_first_weights(hessian((output - target) ** 2, parameters)).subs(here)
        tangent = network.without_first_weights(Matrix([output]).jacobian(parameters))
        total = (loss - 2 * tangent.T * tangent).applyfunc(over_data)
        above, first = _hessian_above(network), widths[0] * INPUTS
        for row in range(first):
            for other in range(first):
                i, k = row // INPUTS, other // INPUTS
                total[row, other] -= 2 * above[i, k] * M[row % INPUTS, other % INPUTS]
        return column(total)

    return Derivation(
        f"The Hessian of the loss, hidden widths {widths}",
        "With W_1 = 0: Hess E = 2 sum_n (grad T_n)(grad T_n)^T + 2 Hess G(b_1) (x) M in the block of W_1; "
        "every other block of the second term is zero.",
        MOMENT_CONDITIONS,
        difference,
    )


DERIVATIONS = (
    _second_order_term(2),
    _second_order_term(2, 2),
    _sign_pattern(),
    _hessian_of_the_loss(2),
    _hessian_of_the_loss(2, 2),
)
