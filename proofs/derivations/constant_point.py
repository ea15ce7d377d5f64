"""constant-point/1: the candidate computes a constant, and the gradient of the loss vanishes there."""

from __future__ import annotations

from proofs.derivations.algebra import Matrix, Sigma, Symbol, column, diff, symbols
from proofs.derivations.derivation import Derivation, Hypothesis
from proofs.derivations.network import MOMENT_CONDITIONS, D, Network, over_data


def _constant_output() -> Derivation:
    network = Network.of_widths(2, 2)
    a_1, a_2, s, p_1, p_2, q, total, c = symbols("a_1 a_2 s_2 p_1 p_2 q V c")
    (_, weights), (b_1, b_2), last = network.weights, network.biases, network.last
    shares = dict(zip(weights, (s * p_1, s * (1 - p_1), s * p_2, s * (1 - p_2)), strict=True))
    return Derivation(
        "The candidate computes the constant c",
        "T(x) = c for every x, two hidden layers of width 2.",
        (
            Hypothesis("v_i = V q_i with shares q of sum 1", {last[0]: total * q, last[1]: total * (1 - q)}),
            Hypothesis("V sigma(a_2) + output bias = c", {network.output_bias: c - total * Sigma(0, a_2)}),
            Hypothesis("W_2[i,k] = s_2 P[i,k] with rows of sum 1", shares),
            Hypothesis("b_2 = a_2 - s_2 sigma(a_1)", dict.fromkeys(b_2, a_2 - s * Sigma(0, a_1))),
            Hypothesis("b_1 = a_1", dict.fromkeys(b_1, a_1)),
            Hypothesis("W_1 = 0", dict.fromkeys(network.weights[0], 0)),
        ),
        lambda: Matrix([network.output() - c]),
    )


def _stationary(*widths: int) -> Derivation:
    network = Network.of_widths(*widths)

    def gradient() -> Matrix:
        target = Symbol("y")
        loss = (network.output() - target) ** 2
        here = {target: network.output_from(network.constants()[-1]) - D}
        partials = [network.without_first_weights(diff(loss, parameter)).subs(here) for parameter in network.parameters]
        return column(over_data(partial) for partial in partials)

    return Derivation(
        f"The gradient vanishes, hidden widths {widths}",
        "dE/dp = 0 for every parameter p, an output bias included, at every point with W_1 = 0.",
        MOMENT_CONDITIONS,
        gradient,
    )


DERIVATIONS = (_constant_output(), _stationary(2), _stationary(2, 2))
