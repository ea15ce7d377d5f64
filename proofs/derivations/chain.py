"""The chain of a fitted point (every width 1) at one generic sample, its lifts, and the conditions it satisfies."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from proofs.derivations.algebra import (
    Expr,
    Matrix,
    Sigma,
    Symbol,
    expand,
    sum_over_samples,
    symbol_matrix,
)
from proofs.derivations.derivation import Hypothesis
from proofs.derivations.network import INPUTS, D, Network, X

ORDERS = 3


def canonical(expression: Expr) -> Expr:
    """The same expression with the arguments of every `Sigma` expanded, so that equal ones look equal."""
    return expression.replace(Sigma, lambda order, z: Sigma(order, expand(z)))


@dataclass(frozen=True, slots=True)
class Chain:
    """T = V sigma(z_H) + output_bias, z_1 = w.x + b_1, z_h = s_h sigma(z_{h-1}) + b_h; all symbols free.

    Attributes:
        first: w, a column of length INPUTS.
        biases: b_1, ..., b_H.
        scales: s_2, ..., s_H.
        weight: V.
        output_bias: one symbol.
    """

    first: Matrix
    biases: tuple[Symbol, ...]
    scales: tuple[Symbol, ...]
    weight: Symbol
    output_bias: Symbol

    @staticmethod
    def of_depth(depth: int) -> Chain:
        """A chain with one symbol per parameter."""
        layers = range(1, depth + 1)
        biases, scales = ([Symbol(f"{name}_{h}") for h in layers] for name in "bs")
        return Chain(symbol_matrix("w", INPUTS), tuple(biases), tuple(scales[1:]), Symbol("V"), Symbol("beta"))

    @property
    def depth(self) -> int:
        """H, the number of hidden layers."""
        return len(self.biases)

    @property
    def parameters(self) -> list[Symbol]:
        """w, b_1, s_2, b_2, .., s_H, b_H, V, output bias: the order of proofs/chain.py."""
        middle = [p for pair in zip(self.scales, self.biases[1:], strict=True) for p in pair]
        return [*self.first, self.biases[0], *middle, self.weight, self.output_bias]

    @property
    def sums(self) -> list[Expr]:
        """z_1, ..., z_H at the sample."""
        sums = [(self.first.T * X)[0] + self.biases[0]]
        for scale, bias in zip(self.scales, self.biases[1:], strict=True):
            sums.append(scale * Sigma(0, sums[-1]) + bias)
        return sums

    def output(self) -> Expr:
        """T(x)."""
        return self.weight * Sigma(0, self.sums[-1]) + self.output_bias

    @property
    def residuals(self) -> list[Expr]:
        """D_1, ..., D_H: D_H = D, D_{h-1} = s_h sigma'(z_h) D_h."""
        chain = [D]
        for scale, z in zip(reversed(self.scales), reversed(self.sums), strict=False):
            chain.append(scale * Sigma(1, z) * chain[-1])
        return chain[::-1]

    def lift(self, network: Network, shares: Sequence[Matrix], top: Matrix) -> dict[Symbol, Expr]:
        """The values of the network's parameters at the lift: W_h[i,k] = s_h P_h[i,k] for `shares`, v_i = V q_i."""
        values = dict(zip(network.weights[0], list(self.first) * network.weights[0].rows, strict=True))
        for weights, scale, part in zip(network.weights[1:], self.scales, shares, strict=True):
            values |= dict(zip(weights, scale * part, strict=True))
        for biases, bias in zip(network.biases, self.biases, strict=True):
            values |= dict.fromkeys(biases, bias)
        return (
            values | dict(zip(network.last, self.weight * top, strict=True)) | {network.output_bias: self.output_bias}
        )

    def over_data(self, expression: Expr) -> Expr:
        """sum_n of a polynomial in D, x and the sigma^(r)(z_h) of sample n; any number of samples, any data."""
        values = self._values()
        return sum_over_samples(canonical(expression).xreplace(values), (D, *X, *values.values()))

    def _condition(self, text: str, integrand: Expr) -> Hypothesis:
        return Hypothesis(text, {self.over_data(integrand): 0})

    def state_condition(self) -> Hypothesis:
        """(C0): the derivative of the loss in V."""
        return self._condition("<D, sigma(z_H)> = 0", D * Sigma(0, self.sums[-1]))

    def bias_condition(self) -> Hypothesis:
        """The derivative in the output bias, if there is one."""
        return self._condition("<D, 1> = 0 (an output bias)", D)

    def slope_conditions(self, lowest: int = 1) -> tuple[Hypothesis, ...]:
        """(C1) for the layers `lowest`, .., H: <D_h sigma'(z_h), l> = 0 for l in L_h, divided by factors s."""
        found, force = [], D
        for h in range(self.depth, lowest - 1, -1):
            force *= Sigma(1, self.sums[h - 1])
            below = {f"sigma(z_{h - 1})": Sigma(0, self.sums[h - 2])}
            members = below if h > 1 else {f"x_{j + 1}": X[j] for j in range(INPUTS)}
            for name, member in {**members, "1": 1}.items():
                found.append(self._condition(f"<D_{h} sigma'(z_{h}), {name}> = 0", force * member))
        return tuple(found)

    def _values(self) -> dict[Expr, Symbol]:
        return {
            Sigma(order, expand(z)): Symbol(f"sigma^({order})(z_{h + 1})")
            for h, z in enumerate(self.sums)
            for order in range(ORDERS)
        }
