"""better-point/1: a network of the same architecture with a certainly smaller loss."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flint import arb, arb_mat, fmpq, fmpz

from proofs.balls import Sign, sign, upper_bound
from proofs.document import Reader
from proofs.exact import show
from proofs.instance import Instance
from proofs.kernel import Conclusion, Fact, Lemma, Rejected, Undecided
from proofs.lemmas.constant_point import ConstantPoint

_BLOCK = 4096


@dataclass(frozen=True, slots=True)
class BetterPoint:
    """Every network at least as wide as `least_widths` has parameters with loss at most E* - gap."""

    least_widths: tuple[int, ...]
    gap: fmpq


@dataclass(frozen=True, slots=True)
class _Layer:
    weights: tuple[tuple[fmpq, ...], ...]
    biases: tuple[fmpq, ...]


def _check(instance: Instance, premises: tuple[Fact, ...], arguments: Reader) -> Conclusion:
    point = premises[0].conclusion.proposition
    if not isinstance(point, ConstantPoint):
        raise Rejected("BP01", "the premise is not a constant point")
    gap = arguments.rational("gap")
    if gap <= 0:
        raise Rejected("BP02", "the gap is not positive")
    layers = _read_layers(instance, arguments)
    widths = tuple(len(layer.biases) for layer in layers[:-1])
    if not instance.architecture.admits(widths):
        raise Rejected("BP04", f"widths {widths} do not fit into the architecture")
    loss = _loss(instance, layers)
    decided = sign(arb(point.loss - gap) - loss)
    if decided is Sign.UNKNOWN:
        raise Undecided("BP05", "cannot tell at this precision that the loss is smaller by the gap")
    if decided is Sign.NEGATIVE:
        raise Rejected("BP05", "the loss is not smaller by the gap")
    return Conclusion(
        BetterPoint(widths, gap),
        f"E(better) ≤ {_shown_above(upper_bound(loss))} < E*, widths {'-'.join(map(str, widths))}",
        f"gap ≥ {show(gap)}",
    )


def _shown_above(value: fmpq) -> str:
    return show(-value).removeprefix("-")


def _read_layers(instance: Instance, arguments: Reader) -> list[_Layer]:
    """The hidden layers and, last, the output layer (biases zero when the network has none)."""
    network = instance.architecture
    layers = []
    inputs = instance.inputs.columns
    for item in arguments.sections("layers"):
        layer = _Layer(item.matrix("weights"), item.rationals("biases"))
        item.finish()
        layers.append(layer)
    if len(layers) != network.depth + 1:
        raise Rejected("BP03", f"expected {network.depth} hidden layers and the output layer")
    for layer in layers:
        if not layer.weights or len(layer.weights) != len(layer.biases):
            raise Rejected("BP03", "a layer does not have one bias for each unit")
        if any(len(row) != inputs for row in layer.weights):
            raise Rejected("BP03", f"a unit does not have {inputs} incoming weights")
        inputs = len(layer.weights)
    if inputs != network.outputs:
        raise Rejected("BP03", f"{inputs} outputs instead of {network.outputs}")
    if not network.output_bias and any(b != 0 for b in layers[-1].biases):
        raise Rejected("BP03", "an output bias in a network that has none")
    return layers


def _loss(instance: Instance, layers: Sequence[_Layer]) -> arb:
    """An enclosure of sum_n |T(x_n) - y_n|^2, block by block."""
    total = arb(0)
    for start in range(0, instance.samples, _BLOCK):
        total += _block_loss(instance, layers, start, min(start + _BLOCK, instance.samples))
    return total


def _block_loss(instance: Instance, layers: Sequence[_Layer], start: int, stop: int) -> arb:
    inputs, targets = instance.inputs, instance.targets
    first = layers[0]
    # The first pre-activations are exact integers over a common denominator, rounded once.
    scaled = [[w / d for w, d in zip(row, inputs.denominators, strict=True)] for row in first.weights]
    common = fmpz(1)
    for weights in scaled:
        for w in weights:
            common = common.lcm(w.q)
    integers = [[w.p * (common // w.q) for w in weights] for weights in scaled]
    samples = range(start, stop)
    columns = inputs.columns
    data = [[inputs.numerators[n, j] for j in range(columns)] for n in samples]
    activation = instance.architecture.activation.value
    states = arb_mat(
        [
            [
                activation(arb(fmpq(sum((a * b for a, b in zip(x, weights, strict=True)), fmpz(0)), common) + bias))
                for weights, bias in zip(integers, first.biases, strict=True)
            ]
            for x in data
        ]
    )
    for layer in layers[1:-1]:
        states = arb_mat([[activation(z) for z in row] for row in _affine(states, layer)])
    total = arb(0)
    for n, outputs in zip(samples, _affine(states, layers[-1]), strict=True):
        for o, value in enumerate(outputs):
            difference = value - arb(targets.entry(n, o))
            total += difference * difference
    return total


def _affine(states: arb_mat, layer: _Layer) -> list[list[arb]]:
    weights = arb_mat([[arb(w) for w in row] for row in layer.weights]).transpose()
    biases = [arb(b) for b in layer.biases]
    return [[value + b for value, b in zip(row, biases, strict=True)] for row in (states * weights).tolist()]


LEMMA = Lemma(
    name="better-point/1",
    title="better point",
    statement=(
        "A network of the same activation and depth with the stated rational weights has loss at most E* - gap, "
        "by ball arithmetic. Further units with outgoing weights 0 do not change it, so every network with d_h at "
        "least the stated widths has such a point: the local minimum is not global."
    ),
    source="docs/mathematics.md, better-point/1",
    premises=("constant-point/1",),
    check=_check,
)
