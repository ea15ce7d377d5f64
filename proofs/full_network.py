"""A fully connected network of any shape over a box of parameters: outputs, gradient and Hessian of the loss in balls.

Its parameters are in this order everywhere: for each layer, the output layer last, and for each of its units the
incoming weights, then the bias (the outputs have none in architectures without an output bias). A box of them is a list
of balls. The formulas are derived in docs/mathematics.md, section 25.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from flint import arb, arb_mat, fmpq

from proofs.activations import Activation
from proofs.balls import hull
from proofs.chain import homogeneous_inputs, weighted_gram
from proofs.instance import Instance
from proofs.layers import Layer

Rows = list[list[arb]]


@dataclass(frozen=True, slots=True)
class Shape:
    """The widths d_0, d_1, .., d_H, m of a network, and whether its outputs have biases."""

    sizes: tuple[int, ...]
    output_bias: bool

    @property
    def starts(self) -> tuple[int, ...]:
        """For each layer the number of its first parameter, and last the number of all parameters."""
        starts = [0]
        for layer, (inputs, units) in enumerate(pairwise(self.sizes), 1):
            biased = self.output_bias or layer < len(self.sizes) - 1
            starts.append(starts[-1] + units * (inputs + biased))
        return tuple(starts)

    @property
    def parameters(self) -> int:
        return self.starts[-1]

    @property
    def hidden(self) -> int:
        """H, the number of hidden layers."""
        return len(self.sizes) - 2

    def number(self, layer: int, unit: int, entry: int) -> int:
        """The number of one parameter of a unit of layer 1, .., H + 1: an incoming weight, or after these the bias."""
        starts = self.starts
        each = (starts[layer] - starts[layer - 1]) // self.sizes[layer]
        return starts[layer - 1] + unit * each + entry

    def rows(self, parameters: Sequence[arb]) -> list[Rows]:
        """For each layer its units' weights and biases as rows; the bias is 0 where there is none."""
        starts, layers = self.starts, []
        for layer, (inputs, units) in enumerate(pairwise(self.sizes)):
            each = (starts[layer + 1] - starts[layer]) // units
            rows = [list(parameters[starts[layer] + i * each :][:each]) for i in range(units)]
            layers.append([row if each > inputs else [*row, arb(0)] for row in rows])
        return layers


def shape_of(instance: Instance, layers: Sequence[Layer]) -> Shape:
    """The shape of a network that belongs to the instance."""
    return Shape((instance.inputs.columns, *(len(layer.biases) for layer in layers)), instance.architecture.output_bias)


def flat(layers: Sequence[Layer], output_bias: bool) -> list[fmpq]:
    """The parameters in their order."""
    numbers: list[fmpq] = []
    for layer in layers:
        for weights, bias in zip(layer.weights, layer.biases, strict=True):
            numbers += weights if layer is layers[-1] and not output_bias else [*weights, bias]
    return numbers


def around(centre: Sequence[fmpq], radius: fmpq) -> list[arb]:
    """The box of the parameters within `radius` of `centre`, each."""
    return [hull(c - radius, c + radius) for c in centre]


@dataclass(frozen=True, slots=True, eq=False)
class HiddenLayer:
    """One hidden layer at all samples; each field has N rows and a column for each unit.

    Attributes:
        states: sigma(z).
        slopes: sigma'(z).
        bends: sigma''(z); nan where it does not exist.
    """

    states: Rows
    slopes: Rows
    bends: Rows


@dataclass(frozen=True, slots=True, eq=False)
class NetworkValues:
    """A network over all samples, for all parameters of a box.

    Attributes:
        rows: the parameters by layer and unit, as `Shape.rows` has them.
        inputs: N x (d_0 + 1), the rows (x_n, 1).
        layers: the hidden layers.
        outputs: N x m.
    """

    shape: Shape
    rows: list[Rows]
    inputs: arb_mat
    layers: list[HiddenLayer]
    outputs: Rows

    def below(self, layer: int) -> arb_mat:
        """What enters layer 0, .., H (the output layer): N x (its inputs + 1), the last column being 1."""
        return self.inputs if layer == 0 else _with_ones(self.layers[layer - 1].states)


def evaluate(instance: Instance, shape: Shape, parameters: Sequence[arb]) -> NetworkValues:
    """Enclose the network of the instance's activation for all parameters in the balls."""
    rows = shape.rows(parameters)
    inputs = homogeneous_inputs(instance, range(instance.inputs.columns))
    entering, layers = inputs, []
    for weights in rows[:-1]:
        layers.append(_hidden(instance.architecture.activation, (entering * arb_mat(weights).transpose()).tolist()))
        entering = _with_ones(layers[-1].states)
    return NetworkValues(shape, rows, inputs, layers, (entering * arb_mat(rows[-1]).transpose()).tolist())


def _hidden(activation: Activation, sums: Rows) -> HiddenLayer:
    jets = [[activation.jet(z) for z in row] for row in sums]
    return HiddenLayer(*([[jet[k] for jet in row] for row in jets] for k in range(3)))


def _with_ones(states: Rows) -> arb_mat:
    return arb_mat([[*row, arb(1)] for row in states])


def residuals(instance: Instance, values: NetworkValues) -> tuple[Rows, Rows, arb]:
    """D and half the second derivatives of the loss (N x m each), and the loss."""
    first, second, loss = [], [], arb(0)
    for n, row in enumerate(values.outputs):
        pairs = [(t, arb(instance.targets.entry(n, o))) for o, t in enumerate(row)]
        first.append([instance.loss.residual(t, y) for t, y in pairs])
        second.append([instance.loss.curvature(t, y) for t, y in pairs])
        loss += sum((instance.loss.value(t, y) for t, y in pairs), arb(0))
    return first, second, loss


def _forces(values: NetworkValues, residual: Rows) -> tuple[list[Rows], list[Rows]]:
    """The derivatives of sum_o D_o T_o, with D held fixed: in the states of each hidden layer, and in what each layer,
    the output layer last, adds up."""
    in_states: list[Rows] = []
    in_sums = [residual]
    for layer, rows in zip(reversed(values.layers), reversed(values.rows[1:]), strict=True):
        weights = arb_mat([row[:-1] for row in rows])
        in_states.append((arb_mat(in_sums[-1]) * weights).tolist())
        in_sums.append(_times(in_states[-1], layer.slopes))
    return in_states[::-1], in_sums[::-1]


def _times(first: Rows, second: Rows) -> Rows:
    return [[a * b for a, b in zip(x, y, strict=True)] for x, y in zip(first, second, strict=True)]


def half_gradient(values: NetworkValues, residual: Rows) -> list[arb]:
    """Half the gradient of the loss in the parameters, in their order."""
    found: list[arb] = []
    for layer, forces in enumerate(_forces(values, residual)[1]):
        rows = (arb_mat(forces).transpose() * values.below(layer)).tolist()
        unbiased = layer == len(values.layers) and not values.shape.output_bias
        for row in rows:
            found += row[:-1] if unbiased else row
    return found


@dataclass(frozen=True, slots=True, eq=False)
class _Tangent:
    """The derivative of one number of a network in the parameters with these numbers: N x len(columns); it does not
    depend on the others."""

    columns: list[int]
    rows: arb_mat

    def scaled(self, factors: Sequence[arb]) -> _Tangent:
        """Times one factor for each sample."""
        scaled = [[f * z for z in row] for f, row in zip(factors, self.rows.tolist(), strict=True)]
        return _Tangent(self.columns, arb_mat(scaled))


def _tangents(values: NetworkValues) -> tuple[list[list[_Tangent]], list[list[_Tangent]]]:
    """The tangents of what each unit adds up, by layer, the output layer last; and of the states of hidden units."""
    sums: list[list[_Tangent]] = []
    states: list[list[_Tangent]] = []
    starts = values.shape.starts
    for layer, rows in enumerate(values.rows):
        entering = values.below(layer)
        each = (starts[layer + 1] - starts[layer]) // len(rows)
        own = entering if each == entering.ncols() else arb_mat([row[:-1] for row in entering.tolist()])
        sums.append([])
        for i, weights in enumerate(rows):
            columns = list(range(starts[layer] + i * each, starts[layer] + (i + 1) * each))
            lower = _combined(states[-1], weights[:-1], starts[layer]) if layer else None
            if lower is None:
                sums[-1].append(_Tangent(columns, own))
            else:
                beside = [[*a, *b] for a, b in zip(lower.tolist(), own.tolist(), strict=True)]
                sums[-1].append(_Tangent([*range(starts[layer]), *columns], arb_mat(beside)))
        if layer < len(values.layers):
            slopes = [list(column) for column in zip(*values.layers[layer].slopes, strict=True)]
            states.append([tangent.scaled(f) for tangent, f in zip(sums[-1], slopes, strict=True)])
    return sums, states


def _combined(tangents: Sequence[_Tangent], weights: Sequence[arb], size: int) -> arb_mat:
    """sum_k w_k times the k-th tangent, on the first `size` parameters."""
    total = [[arb(0)] * size for _ in range(tangents[0].rows.nrows())]
    for tangent, weight in zip(tangents, weights, strict=True):
        for row, added in zip(total, tangent.rows.tolist(), strict=True):
            for column, z in zip(tangent.columns, added, strict=True):
                row[column] += weight * z
    return arb_mat(total)


def output_tangents(values: NetworkValues) -> list[Rows]:
    """For each output its derivative in all parameters: N rows with a column for each parameter."""
    found = []
    for tangent in _tangents(values)[0][-1]:
        rows = [[arb(0)] * values.shape.parameters for _ in range(tangent.rows.nrows())]
        for row, entries in zip(rows, tangent.rows.tolist(), strict=True):
            for column, z in zip(tangent.columns, entries, strict=True):
                row[column] = z
        found.append(rows)
    return found


def half_hessian(values: NetworkValues, residual: Rows, weights: Rows) -> arb_mat:
    """Half the Hessian of the loss in the parameters, D and `weights` (N x m) being half the first and second
    derivatives of the loss in the outputs."""
    size = values.shape.parameters
    total = [[arb(0)] * size for _ in range(size)]
    sums, states = _tangents(values)
    in_states, in_sums = _forces(values, residual)
    for tangents, layer, force in zip(sums[:-1], values.layers, in_states, strict=True):
        _add_grams(total, tangents, _times(force, layer.bends))
    _add_grams(total, sums[-1], weights)
    # Each weight multiplies a state, and has mixed derivatives with all that the state depends on.
    starts = values.shape.starts
    for h, below in enumerate(states, 1):
        forces = arb_mat(in_sums[h]).transpose()
        each = (starts[h + 1] - starts[h]) // forces.nrows()
        for k, tangent in enumerate(below):
            for i, row in enumerate((forces * tangent.rows).tolist()):
                weight = starts[h] + i * each + k
                for column, entry in zip(tangent.columns, row, strict=True):
                    total[weight][column] += entry
                    total[column][weight] += entry
    return arb_mat(total)


def _add_grams(total: Rows, tangents: Sequence[_Tangent], coefficients: Rows) -> None:
    """Add sum_n a_n z_n z_n^T for the tangent z of each unit, with its own column of coefficients."""
    for tangent, column in zip(tangents, zip(*coefficients, strict=True), strict=True):
        for i, row in zip(tangent.columns, weighted_gram(tangent.rows, column).tolist(), strict=True):
            for j, entry in zip(tangent.columns, row, strict=True):
                total[i][j] += entry
