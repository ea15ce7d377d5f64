"""A trained network out of a file: its layers as exact numbers, and what the file says about them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING

from flint import fmpq

from certify.errors import UsageError
from certify.models.described import LINEAR, Described
from certify.models.given import GivenModel
from certify.models.keras import read_keras
from certify.models.names import LayerNames, layers_in_order, not_fully_connected
from certify.models.npz import read_npz
from certify.models.onnx import read_onnx
from certify.models.pytorch import read_pytorch
from certify.models.safetensors import read_safetensors
from certify.models.tensors import Tensors
from proofs.layers import Layer

if TYPE_CHECKING:
    from certify.search.floats import Array

_READERS = {".npz": read_npz, ".safetensors": read_safetensors, ".pt": read_pytorch, ".pth": read_pytorch}
"""Formats of named tensors."""

_DESCRIBED: dict[str, Callable[[Path], Described]] = {".onnx": read_onnx, ".keras": read_keras}
"""Formats that say which layers there are."""

_SORTED_BY_THE_FORMAT = {".safetensors"}


@dataclass(frozen=True, slots=True)
class TrainedNetwork:
    """A fully connected network as a file holds it; every float is the dyadic rational that it stores.

    Attributes:
        layers: the hidden layers and, last, the output layer, whose biases are zero if the file has none.
        names: for each layer the tensors it was read from.
        output_bias: whether the file has biases of the output layer.
        source: the name of the file, without its folder.
        activation: of the hidden units, if the file tells it.
        output: what follows the last layer, if the file tells it: see `Described`.
        remarks: what else the file says about the training, for the user to know.
    """

    layers: tuple[Layer, ...]
    names: tuple[str, ...]
    output_bias: bool
    source: str
    activation: str | None = None
    output: str = LINEAR
    remarks: tuple[str, ...] = ()

    @property
    def widths(self) -> tuple[int, ...]:
        """d_0, .., d_H and the number of outputs."""
        return (len(self.layers[0].weights[0]), *(len(layer.biases) for layer in self.layers))


def read_network(model: Path | GivenModel, order: Sequence[str] = ()) -> TrainedNetwork:
    """Read a trained network.

    Args:
        model: a file, or the arrays themselves.
        order: names of the layers from the inputs to the outputs, such as fc1, fc2, out; without them the order of the
            file decides, or for formats that do not keep it the numbers in the names and the shapes.

    Raises:
        UsageError: an unknown kind of file, a damaged one, numbers that are not finite, or tensors that are not a fully
            connected network, or not certainly which one.
    """
    if isinstance(model, GivenModel):
        return _of_tensors(Path(str(model)), model.tensors, order, ordered=True)
    path, kind = model, model.suffix.lower()
    if kind in _DESCRIBED:
        if order:
            raise UsageError(f"--layers: {path} says itself in which order its layers are")
        said = _DESCRIBED[kind](path)
        layers = _exact_layers(path, said.layers, said.tensors)
        names = tuple(_label(names, said.tensors) for names in said.layers)
        bias = said.layers[-1].biases is not None
        return TrainedNetwork(layers, names, bias, path.name, said.activation, said.output, said.remarks)
    if kind not in _READERS:
        known = ", ".join([*_READERS, *_DESCRIBED])
        raise UsageError(f"{path}: unknown kind of model {path.suffix!r}; known: {known}")
    return _of_tensors(path, _READERS[kind](path), order, ordered=kind not in _SORTED_BY_THE_FORMAT)


def _of_tensors(path: Path, tensors: Tensors, order: Sequence[str], ordered: bool) -> TrainedNetwork:
    pairs = layers_in_order(path, tensors, order, ordered)
    layers = _exact_layers(path, pairs, tensors)
    return TrainedNetwork(
        layers, tuple(_label(pair, tensors) for pair in pairs), pairs[-1].biases is not None, path.name
    )


def _label(names: LayerNames, tensors: Tensors) -> str:
    """The names of a layer's tensors, and how a matrix was read that could be read otherwise."""
    rows, columns = names.shape(tensors)
    way = " (by column)" if names.by_column else " (by row)" if rows == columns > 1 else ""
    return f"{names.weights}{way}" + (f", {names.biases}" if names.biases is not None else "")


def _exact_layers(path: Path, pairs: Sequence[LayerNames], tensors: Tensors) -> tuple[Layer, ...]:
    layers = []
    below = None
    for place, pair in enumerate(pairs):
        last = place == len(pairs) - 1
        weights = tensors[pair.weights]
        if last and weights.ndim == 1:
            weights = weights.reshape(1, -1)
        elif pair.by_column:
            weights = weights.T
        if weights.ndim != 2 or not weights.size:
            raise not_fully_connected(path, tensors, f"{pair.weights!r} is no matrix (units x inputs)")
        units, inputs = weights.shape
        if below is not None and inputs != below:
            raise not_fully_connected(
                path, tensors, f"{pair.weights!r} has {inputs} inputs, the layer below has {below} units"
            )
        if pair.biases is None:
            if not last:
                raise not_fully_connected(path, tensors, f"the hidden layer {pair.weights!r} has no biases")
            biases = [fmpq(0)] * units
        else:
            array = tensors[pair.biases]
            if array.size != units or array.ndim > 1:
                raise not_fully_connected(path, tensors, f"{pair.biases!r} does not have {units} numbers")
            biases = _exact(path, pair.biases, array.reshape(-1))
        rows = tuple(tuple(_exact(path, pair.weights, row)) for row in weights)
        layers.append(Layer(rows, tuple(biases)))
        below = units
    if len(layers) < 2:
        raise not_fully_connected(path, tensors, "there is no hidden layer")
    return tuple(layers)


def _exact(path: Path, name: str, values: Array) -> list[fmpq]:
    numbers = []
    for value in values.tolist():
        if not isfinite(value):
            raise UsageError(f"{path}: tensor {name!r} holds {value}; expected finite numbers")
        numbers.append(fmpq(*value.as_integer_ratio()))
    return numbers
