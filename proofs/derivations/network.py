"""A small fully connected network with symbols for its parameters, and one generic sample."""

from __future__ import annotations

from dataclasses import dataclass

from proofs.derivations.algebra import Expr, Matrix, Sigma, Symbol, moment, sum_over_samples, symbol_matrix
from proofs.derivations.derivation import Hypothesis

INPUTS = 2
X = symbol_matrix("x", INPUTS)
D = Symbol("D")
SAMPLE = (D, *X)

D_ORTHOGONAL_TO_ONE = Hypothesis("<D, 1> = 0", {moment(1, 0, 0): 0})
D_ORTHOGONAL_TO_FEATURES = tuple(
    Hypothesis(f"<D, x_{j + 1}> = 0", {moment(1, *(int(i == j) for i in range(INPUTS))): 0}) for j in range(INPUTS)
)
MOMENT_CONDITIONS = (D_ORTHOGONAL_TO_ONE, *D_ORTHOGONAL_TO_FEATURES)
"""The conditions of constant-point/1, on the moments that `over_data` introduces."""

M = Matrix(INPUTS, INPUTS, lambda i, j: moment(1, *(int(k == i) + int(k == j) for k in range(INPUTS))))
"""M = sum_n D_n x_n x_n^T in terms of the same moments."""


def over_data(expression: Expr) -> Expr:
    """sum_n of a polynomial in the residual D and the input x of sample n; any number of samples, any data."""
    return sum_over_samples(expression, SAMPLE)


def elementwise(order: int, z: Matrix) -> Matrix:
    """The order-th derivative of sigma at each entry."""
    return z.applyfunc(lambda entry: Sigma(order, entry))


@dataclass(frozen=True, slots=True)
class Network:
    """T(x) = last . sigma(z_H) + output_bias, z_1 = W_1 x + b_1, z_h = W_h sigma(z_{h-1}) + b_h; all symbols free.

    Attributes:
        weights: W_1 (d_1 x INPUTS), ..., W_H (d_H x d_{H-1}).
        biases: b_1, ..., b_H, columns.
        last: v, a column of length d_H.
        output_bias: one symbol.
    """

    weights: tuple[Matrix, ...]
    biases: tuple[Matrix, ...]
    last: Matrix
    output_bias: Symbol

    @staticmethod
    def of_widths(*widths: int) -> Network:
        """A network with one symbol per parameter."""
        fan_in = (INPUTS, *widths)
        return Network(
            tuple(symbol_matrix(f"W_{h + 1}", width, fan_in[h]) for h, width in enumerate(widths)),
            tuple(symbol_matrix(f"b_{h + 1}", width) for h, width in enumerate(widths)),
            symbol_matrix("v", widths[-1]),
            Symbol("b_out"),
        )

    @property
    def depth(self) -> int:
        """H, the number of hidden layers."""
        return len(self.weights)

    @property
    def parameters(self) -> list[Symbol]:
        """All parameters, the first layer's weights first."""
        matrices = [self.weights[0], *self.biases, *self.weights[1:], self.last]
        return [entry for matrix in matrices for entry in matrix] + [self.output_bias]

    def above(self, first: Matrix) -> tuple[Matrix, ...]:
        """The pre-activations z_1, ..., z_H when z_1 is `first`."""
        layers = [first]
        for weights, biases in zip(self.weights[1:], self.biases[1:], strict=True):
            layers.append(weights * elementwise(0, layers[-1]) + biases)
        return tuple(layers)

    def preactivations(self, x: Matrix = X) -> tuple[Matrix, ...]:
        """z_1, ..., z_H at the input x."""
        return self.above(self.weights[0] * x + self.biases[0])

    def constants(self) -> tuple[Matrix, ...]:
        """The pre-activations of the same parameters with W_1 = 0; they do not depend on the input."""
        return self.above(self.biases[0])

    def output_from(self, last_layer: Matrix) -> Expr:
        """The output when z_H is `last_layer`."""
        return (self.last.T * elementwise(0, last_layer))[0] + self.output_bias

    def output(self, x: Matrix = X) -> Expr:
        """T(x)."""
        return self.output_from(self.preactivations(x)[-1])

    def without_first_weights(self, expression: Matrix) -> Matrix:
        """Put W_1 = 0."""
        return expression.subs(dict.fromkeys(self.weights[0], 0))

    def curvature_weights(self) -> tuple[Matrix, ...]:
        """c_1, ..., c_H: c_H = v and c_{h-1,k} = sum_i c_{h,i} sigma'(a_{h,i}) W_h[i,k], at the constants a."""
        levels = self.constants()
        weights = [self.last]
        for h in range(self.depth - 1, 0, -1):
            slopes = elementwise(1, levels[h])
            weights.append(self.weights[h].T * slopes.multiply_elementwise(weights[-1]))
        return tuple(reversed(weights))
