"""A fully connected network with rational weights: read from a certificate, and enclosed at the samples."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from flint import arb, arb_mat, fmpq, fmpq_mat

from proofs.document import Reader
from proofs.instance import Instance
from proofs.kernel import Rejected

_BLOCK = 4096


@dataclass(frozen=True, slots=True)
class Layer:
    """Weights (units x inputs) and one bias for each unit."""

    weights: tuple[tuple[fmpq, ...], ...]
    biases: tuple[fmpq, ...]


def read_layers(instance: Instance, arguments: Reader) -> list[Layer]:
    """The hidden layers and, last, the output layer (biases zero when the network has none).

    Raises:
        Rejected: BP03, the shapes do not fit each other or the instance; BP04, the architecture is narrower.
    """
    network = instance.architecture
    layers = []
    inputs = instance.inputs.columns
    for item in arguments.sections("layers"):
        layer = Layer(item.matrix("weights"), item.rationals("biases"))
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
    widths = hidden_widths(layers)
    if not network.admits(widths):
        raise Rejected("BP04", f"widths {widths} do not fit into the architecture")
    return layers


def hidden_widths(layers: Sequence[Layer]) -> tuple[int, ...]:
    """The widths of all layers but the last."""
    return tuple(len(layer.biases) for layer in layers[:-1])


def outputs_at_samples(instance: Instance, layers: Sequence[Layer]) -> Iterator[list[arb]]:
    """For each sample, in order, the enclosed outputs; computed block by block."""
    inputs, first = instance.inputs, layers[0]
    # The first pre-activations are exact integers over a common denominator, rounded once.
    scaled = fmpq_mat([[w / d for w, d in zip(row, inputs.denominators, strict=True)] for row in first.weights])
    weights, common = scaled.transpose().numer_denom()
    sums = inputs.numerators * weights
    activation = instance.architecture.activation.value
    for start in range(0, instance.samples, _BLOCK):
        states = [
            [activation(arb(fmpq(sums[n, i], common) + bias)) for i, bias in enumerate(first.biases)]
            for n in range(start, min(start + _BLOCK, instance.samples))
        ]
        for layer in layers[1:-1]:
            states = [[activation(z) for z in row] for row in _affine(states, layer)]
        yield from _affine(states, layers[-1])


def _affine(states: list[list[arb]], layer: Layer) -> list[list[arb]]:
    weights = arb_mat([[arb(w) for w in row] for row in layer.weights]).transpose()
    biases = [arb(b) for b in layer.biases]
    return [[value + b for value, b in zip(row, biases, strict=True)] for row in (arb_mat(states) * weights).tolist()]
