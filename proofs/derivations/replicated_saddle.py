"""replicated-saddle/1: the gradient where units are replicated, and the second derivative along a line."""

from __future__ import annotations

from proofs.derivations.algebra import Ell, Expr, Matrix, Sigma, Symbol, column, diff, symbols
from proofs.derivations.derivation import Derivation, Hypothesis
from proofs.derivations.network import Network

_SHARES = (symbols("p_1 p_2"), symbols("q_1 q_2"))
_SUMS = (
    Hypothesis("p_1 + p_2 = 1", {_SHARES[0][1]: 1 - _SHARES[0][0]}),
    Hypothesis("q_1 + q_2 = 1", {_SHARES[1][1]: 1 - _SHARES[1][0]}),
)
_T = Symbol("t")


def _sources(wide: Network, narrow: Network) -> dict[Symbol, tuple[Symbol, Expr, Expr]]:
    """For each parameter of the wide network: the narrow one's, its factor, and the factor of the gradient (the share
    of the unit that it enters)."""
    ones = (1,) * wide.weights[0].cols
    entering, found = [ones, *_SHARES], {wide.output_bias: (narrow.output_bias, 1, 1)}
    for h, (weights, biases) in enumerate(zip(wide.weights, wide.biases, strict=True)):
        for i in range(weights.rows):
            for k in range(weights.cols):
                source = narrow.weights[h][0, k if h == 0 else 0]
                found[weights[i, k]] = source, entering[h][k], entering[h + 1][i]
            found[biases[i]] = narrow.biases[h][0], 1, entering[h + 1][i]
    for i, weight in enumerate(wide.last):
        found[weight] = narrow.last[0], entering[-1][i], 1
    return found


def _gradient() -> Derivation:
    def difference() -> Matrix:
        wide, narrow = Network.of_widths(2, 2), Network.of_widths(1, 1)
        sources = _sources(wide, narrow)
        lift = {parameter: factor * source for parameter, (source, factor, _) in sources.items()}
        loss, alone = Ell(0, wide.output()), Ell(0, narrow.output())
        return column(
            diff(loss, parameter).subs(lift, simultaneous=True) - share * diff(alone, source)
            for parameter, (source, _, share) in sources.items()
        )

    return Derivation(
        "The gradient where each unit is there twice, one sample, hidden widths (2, 2)",
        "With outgoing weights shared as p_1 : p_2 in layer 1 and q_1 : q_2 in layer 2, the derivative of l(T) in a "
        "parameter is that in the parameter which it copies, times the share of the unit that it enters.",
        _SUMS,
        difference,
    )


def _along_a_line() -> Derivation:
    network = Network.of_widths(2, 1)
    moves = {p: Symbol(f"d{p.name}") for p in network.parameters}
    line = {p: p + _T * move for p, move in moves.items()}
    residual, weight = symbols("D omega")
    output = network.output()

    def rate(expression: Expr, order: int) -> Expr:
        return diff(expression.subs(line, simultaneous=True), _T, order).subs(_T, 0)

    def difference() -> Matrix:
        firsts, (second,) = network.preactivations()
        own, top = moves[network.biases[1][0]], network.last[0]
        z_1, z_2 = own, 0
        for z, w in zip(firsts, network.weights[1], strict=True):
            state = Sigma(1, z) * rate(z, 1)
            z_1 += moves[w] * Sigma(0, z) + w * state
            z_2 += 2 * moves[w] * state + w * Sigma(2, z) * rate(z, 1) ** 2
        state, bend = Sigma(1, second) * z_1, Sigma(2, second) * z_1**2 + Sigma(1, second) * z_2
        t_1 = moves[top] * Sigma(0, second) + top * state + moves[network.output_bias]
        t_2 = 2 * moves[top] * state + top * bend
        return column([rate(Ell(0, output), 2) / 2 - weight * t_1**2 - residual * t_2])

    return Derivation(
        "The second derivative along a line, one sample, hidden widths (2, 1)",
        "z = W s + b has z' = W s' + dW s + db and z'' = W s'' + 2 dW s', s = sigma(z) has s' = sigma' z' and "
        "s'' = sigma'' z'^2 + sigma' z''; half of l(T)'' is omega T'^2 + D T''.",
        (
            Hypothesis("D = l'(T) / 2", {residual: Ell(1, output) / 2}),
            Hypothesis("omega = l''(T) / 2", {weight: Ell(2, output) / 2}),
        ),
        difference,
    )


GRADIENT = (_gradient(),)
DERIVATIONS = (*GRADIENT, _along_a_line())
