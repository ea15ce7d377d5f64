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
from proofs.balls import hull, square
from proofs.chain import homogeneous_inputs
from proofs.instance import Instance
from proofs.kernel import Rejected
from proofs.layers import Layer
from proofs.losses import CrossEntropy

Rows = list[list[arb]]
Curvature = dict[tuple[int, int], list[arb]]
"""Half the second derivatives of the loss in the outputs o <= p, at all samples, by (o, p); others are 0."""


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


def decay_rates(instance: Instance, shape: Shape) -> list[arb]:
    """For each parameter the factor of its square in the loss."""
    decay = instance.weight_decay
    if decay is None:
        return [arb(0)] * shape.parameters
    rates: list[arb] = []
    for layer, (inputs, units) in enumerate(pairwise(shape.sizes)):
        biased = (shape.starts[layer + 1] - shape.starts[layer]) // units > inputs
        rates += ([arb(decay.weights)] * inputs + [arb(decay.biases)] * biased) * units
    return rates


def penalty(rates: Sequence[arb], parameters: Sequence[arb]) -> arb:
    """What the decay adds to the loss."""
    return sum((rate * square(p) for rate, p in zip(rates, parameters, strict=True)), arb(0))


def demand_targets(instance: Instance, code: str) -> None:
    """Check that there are targets, of the kind that the loss is made for.

    Raises:
        Rejected: with this code.
    """
    if instance.architecture.outputs == 0:
        raise Rejected(code, "this instance has no targets")
    if isinstance(instance.loss, CrossEntropy):
        for n in range(instance.samples):
            if not instance.loss.allows(instance.targets.row(n)):
                raise Rejected(code, f"the targets of sample {n} are not a probability vector")


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
        parameters: in their order.
        rates: for each parameter the factor of its square in the loss.
        rows: the parameters by layer and unit, as `Shape.rows` has them.
        inputs: N x (d_0 + 1), the rows (x_n, 1).
        layers: the hidden layers.
        outputs: N x m.
    """

    shape: Shape
    parameters: Sequence[arb]
    rates: list[arb]
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
    outputs = (entering * arb_mat(rows[-1]).transpose()).tolist()
    return NetworkValues(shape, parameters, decay_rates(instance, shape), rows, inputs, layers, outputs)


def _hidden(activation: Activation, sums: Rows) -> HiddenLayer:
    jets = [[activation.jet(z) for z in row] for row in sums]
    return HiddenLayer(*([[jet[k] for jet in row] for row in jets] for k in range(3)))


def _with_ones(states: Rows) -> arb_mat:
    return arb_mat([[*row, arb(1)] for row in states])


def residuals(instance: Instance, values: NetworkValues) -> tuple[Rows, Curvature, arb]:
    """D (N x m) and half the second derivatives of the loss in the outputs, and the loss, with the decay."""
    samples = [instance.loss.at(row, [arb(y) for y in instance.targets.row(n)]) for n, row in enumerate(values.outputs)]
    curvature = {pair: [sample.curvature[pair] for sample in samples] for pair in samples[0].curvature}
    loss = sum((sample.value for sample in samples), penalty(values.rates, values.parameters))
    return [sample.residual for sample in samples], curvature, loss


def forces(values: NetworkValues, residual: Rows) -> tuple[list[Rows], list[Rows]]:
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
    """Half the gradient of the loss in the parameters, in their order, with the decay."""
    found: list[arb] = []
    for layer, in_sums in enumerate(forces(values, residual)[1]):
        rows = (arb_mat(in_sums).transpose() * values.below(layer)).tolist()
        unbiased = layer == len(values.layers) and not values.shape.output_bias
        for row in rows:
            found += row[:-1] if unbiased else row
    return [g + rate * p for g, rate, p in zip(found, values.rates, values.parameters, strict=True)]


def half_hessian_times(
    values: NetworkValues, residual: Rows, curvature: Curvature, direction: Sequence[arb]
) -> list[arb]:
    """Half the Hessian of the loss times a direction, with the decay: the derivative of `half_gradient` along it.

    It costs a few gradients, where the Hessian costs one for each parameter. D (N x m) and `curvature` are half the
    first and second derivatives of the loss in the outputs.
    """
    moves = values.shape.rows(direction)
    zeros = [[arb(0)] * values.shape.sizes[0] for _ in residual]
    entering, sums = [zeros], list[Rows]()  # how the states below each layer, and what it adds up, change
    for h, (rows, move) in enumerate(zip(values.rows, moves, strict=True)):
        own = values.below(h) * arb_mat(move).transpose()
        lower = arb_mat(entering[-1]) * arb_mat([row[:-1] for row in rows]).transpose()
        sums.append((own + lower).tolist())
        if h < len(values.layers):
            entering.append(_times(sums[-1], values.layers[h].slopes))
    found: list[list[arb]] = []
    force, change = residual, _changed(curvature, sums[-1])  # of the loss in the sums of a layer, going down
    for h in reversed(range(len(moves))):
        below = arb_mat([[*row, arb(0)] for row in entering[h]])
        unbiased = h == len(values.layers) and not values.shape.output_bias
        rows = (arb_mat(change).transpose() * values.below(h) + arb_mat(force).transpose() * below).tolist()
        found.insert(0, [entry for row in rows for entry in (row[:-1] if unbiased else row)])
        if h:
            tops, moved = (arb_mat([row[:-1] for row in matrix]) for matrix in (values.rows[h], moves[h]))
            in_states = (arb_mat(force) * tops).tolist()
            layer = values.layers[h - 1]
            bent = _times(_times(in_states, layer.bends), sums[h - 1])
            change = _times((arb_mat(change) * tops + arb_mat(force) * moved).tolist(), layer.slopes)
            change = [[a + b for a, b in zip(x, y, strict=True)] for x, y in zip(change, bent, strict=True)]
            force = _times(in_states, layer.slopes)
    network = [entry for rows in found for entry in rows]
    return [entry + rate * u for entry, rate, u in zip(network, values.rates, direction, strict=True)]


def _changed(curvature: Curvature, moves: Rows) -> Rows:
    """How D changes when the outputs move: N x m."""
    changes = [[arb(0)] * len(row) for row in moves]
    for (o, p), coefficients in curvature.items():
        for change, move, a in zip(changes, moves, coefficients, strict=True):
            change[o] += a * move[p]
            if o != p:
                change[p] += a * move[o]
    return changes
