"""A fully connected network out of named tensors: which are the layers, in which order, and do they fit?"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING

from flint import fmpq

from certify.errors import UsageError
from certify.models.npz import read_npz
from certify.models.pytorch import read_pytorch
from certify.models.safetensors import read_safetensors
from certify.models.tensors import Tensors
from proofs.layers import Layer

if TYPE_CHECKING:
    from certify.search.floats import Array

_READERS = {".npz": read_npz, ".safetensors": read_safetensors, ".pt": read_pytorch, ".pth": read_pytorch}
_DATA = {"X", "Y", "features"}
"""Arrays that `certify export` writes beside a network."""


@dataclass(frozen=True, slots=True)
class TrainedNetwork:
    """A fully connected network as a file holds it; every float is the dyadic rational that it stores.

    Attributes:
        layers: the hidden layers and, last, the output layer, whose biases are zero if the file has none.
        names: for each layer the tensors it was read from.
        output_bias: whether the file has biases of the output layer.
        source: the name of the file, without its folder.
    """

    layers: tuple[Layer, ...]
    names: tuple[str, ...]
    output_bias: bool
    source: str

    @property
    def widths(self) -> tuple[int, ...]:
        """d_0, .., d_H and the number of outputs."""
        return (len(self.layers[0].weights[0]), *(len(layer.biases) for layer in self.layers))


def read_network(path: Path, order: Sequence[str] = ()) -> TrainedNetwork:
    """Read a trained network.

    Args:
        order: prefixes of the layers from the inputs to the outputs, such as fc1, fc2, out; without them the numbers in
            the names decide (for PyTorch files the order of the file).

    Raises:
        UsageError: an unknown kind of file, a damaged one, numbers that are not finite, or tensors that are not a fully
            connected network.
    """
    reader = _READERS.get(path.suffix.lower())
    if reader is None:
        raise UsageError(f"{path}: unknown kind of model {path.suffix!r}; known: {', '.join(_READERS)}")
    tensors = {name: array for name, array in reader(path).items() if path.suffix != ".npz" or name not in _DATA}
    pairs = _ordered(path, tensors, order) if order else _pairs(path, tensors)
    return _network(path, pairs, tensors)


@dataclass(frozen=True, slots=True)
class _Pair:
    """The names of the weights and, if there are any, of the biases of one layer."""

    weights: str
    biases: str | None

    def __str__(self) -> str:
        return self.weights if self.biases is None else f"{self.weights}, {self.biases}"


def _pairs(path: Path, tensors: Tensors) -> list[_Pair]:
    """The layers in order: W1, b1, .., v, c; or NAME.weight, NAME.bias; or matrices and vectors as they come."""
    if "W1" in tensors:
        hidden = [f"W{k}" for k in range(1, len(tensors) + 1) if f"W{k}" in tensors]
        pairs = [_Pair(name, _known(tensors, f"b{name[1:]}")) for name in hidden]
        if "v" in tensors:
            pairs.append(_Pair("v", _known(tensors, "c")))
    elif all(name.endswith((".weight", ".bias")) for name in tensors):
        prefixes = [name.removesuffix(".weight") for name in tensors if name.endswith(".weight")]
        if path.suffix == ".safetensors":  # sorts tensors by other things than their place in the network
            prefixes.sort(key=_natural)
        pairs = [_Pair(f"{p}.weight", _known(tensors, f"{p}.bias")) for p in prefixes]
    else:
        pairs = list(_alternating(tensors))
    used = {name for pair in pairs for name in (pair.weights, pair.biases)}
    strangers = [name for name in tensors if name not in used]
    if strangers or not pairs:
        raise _not_fully_connected(path, tensors, f"{strangers[0] if strangers else 'nothing'!r} belongs to no layer")
    return pairs


def _ordered(path: Path, tensors: Tensors, order: Sequence[str]) -> list[_Pair]:
    pairs = [_Pair(f"{p}.weight", _known(tensors, f"{p}.bias")) for p in order]
    used = {name for pair in pairs for name in (pair.weights, pair.biases)}
    if any(pair.weights not in tensors for pair in pairs) or any(name not in used for name in tensors):
        raise _not_fully_connected(path, tensors, "the names of --layers do not stand for all of them, each once")
    return pairs


def _alternating(tensors: Tensors) -> Iterator[_Pair]:
    names = list(tensors)
    for name, following in zip(names, [*names[1:], ""], strict=True):
        if tensors[name].ndim == 2:
            yield _Pair(name, following if following and tensors[following].ndim == 1 else None)


def _known(tensors: Tensors, name: str) -> str | None:
    return name if name in tensors else None


def _natural(name: str) -> list[tuple[int, str]]:
    """Sorts layer2 before layer10."""
    return [(int(part), "") if part.isdigit() else (-1, part) for part in re.split(r"([0-9]+)", name)]


def _network(path: Path, pairs: Sequence[_Pair], tensors: Tensors) -> TrainedNetwork:
    layers = []
    below = None
    for place, pair in enumerate(pairs):
        last = place == len(pairs) - 1
        weights = tensors[pair.weights]
        if last and weights.ndim == 1:
            weights = weights.reshape(1, -1)
        if weights.ndim != 2 or not weights.size:
            raise _not_fully_connected(path, tensors, f"{pair.weights!r} is no matrix (units x inputs)")
        units, inputs = weights.shape
        if below is not None and inputs != below:
            raise _not_fully_connected(
                path, tensors, f"{pair.weights!r} has {inputs} inputs, the layer below has {below} units"
            )
        if pair.biases is None:
            if not last:
                raise _not_fully_connected(path, tensors, f"the hidden layer {pair.weights!r} has no biases")
            biases = [fmpq(0)] * units
        else:
            array = tensors[pair.biases]
            if array.size != units or array.ndim > 1:
                raise _not_fully_connected(path, tensors, f"{pair.biases!r} does not have {units} numbers")
            biases = _exact(path, pair.biases, array.reshape(-1))
        rows = tuple(tuple(_exact(path, pair.weights, row)) for row in weights)
        layers.append(Layer(rows, tuple(biases)))
        below = units
    if len(layers) < 2:
        raise _not_fully_connected(path, tensors, "there is no hidden layer")
    return TrainedNetwork(tuple(layers), tuple(map(str, pairs)), pairs[-1].biases is not None, path.name)


def _exact(path: Path, name: str, values: Array) -> list[fmpq]:
    numbers = []
    for value in values.tolist():
        if not isfinite(value):
            raise UsageError(f"{path}: tensor {name!r} holds {value}; expected finite numbers")
        numbers.append(fmpq(*value.as_integer_ratio()))
    return numbers


def _not_fully_connected(path: Path, tensors: Tensors, why: str) -> UsageError:
    seen = ", ".join(f"{name} {tuple(array.shape)}" for name, array in list(tensors.items())[:12])
    more = f" and {len(tensors) - 12} more" if len(tensors) > 12 else ""
    return UsageError(
        f"{path}: not a fully connected network (matrices of units x inputs, each with biases): {why}; "
        f"seen: {seen}{more}"
    )
