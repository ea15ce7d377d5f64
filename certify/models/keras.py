"""Models that Keras 3 saved (`model.save("NAME.keras")`): Sequential ones of Dense layers.

The format is a zip archive of the configuration, as JSON, and of the weights, as HDF5. Nothing is imported from Keras,
and no object is built from the configuration. The weights are read with h5py.
"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

from certify.errors import UsageError, shown
from certify.models.archive import read_archive
from certify.models.described import LINEAR, SIGMOID, SOFTMAX, Described
from certify.models.names import LayerNames
from certify.models.tensors import ITEM_BYTES, MOST_DIMENSIONS, MOST_NUMBERS, Tensors, checked, decode

ACTIVATIONS = {
    **{
        name: name
        for name in ("tanh", "sigmoid", "relu", "relu6", "softplus", "softsign", "elu", "selu", "gelu", "celu")
    },
    **{name: name for name in ("silu", "mish")},
    "swish": "silu",
    "exponential": "exp",
    "hard_sigmoid": "hardsigmoid",
    "hard_silu": "hardswish",
    "hard_swish": "hardswish",
    "leaky_relu": "leaky_relu:negative_slope=0.2",
    "log_sigmoid": "logsigmoid",
    "tanh_shrink": "tanhshrink",
}
"""Keras's names, as of version 3 and with its default parameters, and what `certify.activation.resolve` calls them."""

_OUTPUTS = {"linear": LINEAR, "sigmoid": SIGMOID, "softmax": SOFTMAX}
_TRAINING = ("kernel_regularizer", "bias_regularizer", "activity_regularizer", "kernel_constraint", "bias_constraint")
_KINDS = {"<f2": "F16", "<f4": "F32", "<f8": "F64"}
_MISSING = "reading .keras files needs h5py, which is not installed: pip install 'certify-minima[keras]'"


@dataclass(frozen=True, slots=True)
class _Dense:
    """A Dense layer: its name, its group in the file of weights, and what is computed."""

    name: str
    group: str
    units: int
    activation: str
    biased: bool


class _Unusual(Exception):
    """Something that a Sequential model of Dense layers does not have."""


def read_keras(path: Path) -> Described:
    """The network of a ``.keras`` file.

    Raises:
        UsageError: damaged, of another version than Keras 3, not a Sequential model of Dense layers with one activation
            of all hidden units and a linear, sigmoid or softmax output; or h5py is not installed.
    """
    members = read_archive(path)
    try:
        version = _json(members, "metadata.json").get("keras_version")
        if not isinstance(version, str) or not version.startswith("3."):
            raise _Unusual(f"it was saved by version {shown(str(version))} of Keras; expected 3")
        config = _json(members, "config.json")
        layers, remarks = _layers(config)
        hidden = [layer.activation for layer in layers[:-1]]
        if not hidden:
            raise _Unusual("there is no hidden layer")
        other = next((name for name in hidden if name != hidden[0]), None)
        if other is not None:
            raise _Unusual(f"the hidden layers have two activations, {hidden[0]} and {other}")
        if hidden[0] not in ACTIVATIONS:
            raise _Unusual(f"the activation {shown(hidden[0])}; known: {', '.join(ACTIVATIONS)}")
        if layers[-1].activation not in _OUTPUTS:
            raise _Unusual(f"the outputs have the activation {shown(layers[-1].activation)}; expected linear")
        if "model.weights.h5" not in members:
            raise _Unusual("the weights are missing")
        tensors = _weights(path, members["model.weights.h5"], layers)
    except _Unusual as reason:
        raise UsageError(f"{path}: not a fully connected network of Keras 3: {reason}") from None
    names = [LayerNames(f"{m.name}.kernel", f"{m.name}.bias" if m.biased else None, True) for m in layers]
    output = _OUTPUTS[layers[-1].activation]
    return Described(checked(path, tensors), names, ACTIVATIONS[hidden[0]], output, (*remarks, *_compiled(config)))


def _json(members: dict[str, bytes], name: str) -> dict[str, Any]:
    try:
        document = json.loads(members[name].decode())
    except KeyError:
        raise _Unusual(f"it has no member {name}") from None
    except (ValueError, RecursionError):
        raise _Unusual(f"the member {name} is not JSON") from None
    if not isinstance(document, dict):
        raise _Unusual(f"the member {name} is not a JSON object")
    return document


def _layers(config: dict[str, Any]) -> tuple[list[_Dense], list[str]]:
    """The Dense layers in order, and remarks about the training."""
    if config.get("class_name") != "Sequential":
        raise _Unusual(f"the model is a {shown(str(config.get('class_name')))}; expected Sequential")
    entries = _part(config, "config", dict).get("layers")
    if not isinstance(entries, list):
        raise _Unusual("it has no list of layers")
    dense: list[_Dense] = []
    remarks: list[str] = []
    counts: Counter[str] = Counter()
    for entry in entries:
        if not isinstance(entry, dict) or entry.get("module") != "keras.layers":
            raise _Unusual("a layer that is not of keras.layers")
        kind, settings = entry.get("class_name"), _part(entry, "config", dict)
        name = _part(settings, "name", str)
        if kind == "Dense":
            # The groups are named by class and count, whatever the layers are called.
            group = f"dense_{counts[kind]}" if counts[kind] else "dense"
            counts[kind] += 1
            dense.append(_dense(name, group, settings))
            remarks += _training(name, settings)
        elif kind == "Dropout":
            remarks.append(f"{name} is dropout, which belongs to the training: the loss examined here is without it")
        elif kind == "Activation" and dense and dense[-1].activation == "linear":
            last = dense.pop()
            dense.append(_Dense(last.name, last.group, last.units, _part(settings, "activation", str), last.biased))
        elif kind != "InputLayer":
            raise _Unusual(f"the layer {shown(name)} is a {shown(str(kind))}; expected Dense")
    if len({layer.name for layer in dense}) != len(dense):
        raise _Unusual("two layers have the same name")
    return dense, remarks


def _part(settings: dict[str, Any], key: str, kind: type) -> Any:
    if type(settings.get(key)) is not kind:
        raise _Unusual(f"the configuration has no {key} that is read ({shown(json.dumps(settings.get(key)))})")
    return settings[key]


def _dense(name: str, group: str, settings: dict[str, Any]) -> _Dense:
    if settings.get("lora_rank") is not None or settings.get("quantization_config") is not None:
        raise _Unusual(f"the layer {shown(name)} is adapted or quantised")
    units, activation = _part(settings, "units", int), _part(settings, "activation", str)
    return _Dense(name, group, units, activation, _part(settings, "use_bias", bool))


def _training(name: str, settings: dict[str, Any]) -> list[str]:
    """What makes the loss, or the parameters, of the training others than those that are examined."""
    remarks = [
        f"{name} has a {key}, which belongs to the training: the loss examined here is without it"
        for key in _TRAINING
        if settings.get(key) is not None
    ]
    if settings.get("trainable") is not True:
        remarks.append(f"{name} was not trained; here all weights and biases are parameters")
    return remarks


def _compiled(config: dict[str, Any]) -> list[str]:
    compiled = config.get("compile_config")
    loss = compiled.get("loss") if isinstance(compiled, dict) else None
    if isinstance(loss, dict):
        loss = loss.get("class_name")
    return [f"compiled with the loss {shown(loss)}"] if isinstance(loss, str) else []


def _weights(path: Path, content: bytes, layers: list[_Dense]) -> Tensors:
    try:
        import h5py
    except ImportError:
        raise UsageError(f"{path}: {_MISSING}") from None
    tensors: Tensors = {}
    try:
        with h5py.File(BytesIO(content), "r") as file:
            for layer in layers:
                group = _group(h5py, file, layer)
                expected = ["0", "1"] if layer.biased else ["0"]
                if sorted(group) != expected:
                    raise _Unusual(f"the layer {shown(layer.name)} does not have {len(expected)} tensors")
                tensors[f"{layer.name}.kernel"] = _tensor(path, f"{layer.name}.kernel", h5py, group, "0")
                if layer.biased:
                    tensors[f"{layer.name}.bias"] = _tensor(path, f"{layer.name}.bias", h5py, group, "1")
                if tensors[f"{layer.name}.kernel"].shape[1:] != (layer.units,):
                    raise _Unusual(f"the weights of {shown(layer.name)} are not those of {layer.units} units")
    except (_Unusual, UsageError):
        raise
    except Exception as error:  # h5py answers damaged files with many types of exception
        raise _Unusual(f"the weights are damaged: {str(error)[:80]}") from None
    return tensors


def _group(h5py: Any, file: Any, layer: _Dense) -> Any:
    """The tensors of a layer. Links are followed inside the file only.

    Raises:
        _Unusual: they are not there, or belong to a layer of another name.
    """
    group = file
    for part in ("layers", layer.group, "vars"):
        if not isinstance(group.get(part, getlink=True), h5py.HardLink) or not isinstance(group[part], h5py.Group):
            raise _Unusual(f"the weights of the layer {shown(layer.name)} are missing")
        group = group[part]
    if group.attrs.get("name", layer.name) != layer.name:
        raise _Unusual(f"the weights of the layer {shown(layer.name)} belong to {shown(str(group.attrs['name']))}")
    return group


def _tensor(path: Path, name: str, h5py: Any, group: Any, key: str) -> Any:
    """The numbers of a data set, which must be in this file as they are: not virtual, not external, not compressed."""
    linked = isinstance(group.get(key, getlink=True), h5py.HardLink)
    data = group[key] if linked else None
    if not isinstance(data, h5py.Dataset) or data.is_virtual or data.external or data.compression or data.chunks:
        raise _Unusual(f"the tensor {shown(name)} is not stored plainly")
    kind = _KINDS.get(data.dtype.str)
    if kind is None:
        raise _Unusual(f"the tensor {shown(name)} holds {data.dtype}; expected floats of 2, 4 or 8 bytes")
    if not data.shape or len(data.shape) > MOST_DIMENSIONS or not 0 < data.size <= MOST_NUMBERS:
        raise _Unusual(f"the tensor {shown(name)} has the shape {data.shape}")
    if data.id.get_storage_size() != data.size * ITEM_BYTES[kind]:
        raise _Unusual(f"the tensor {shown(name)} is not as large as its shape says")
    return decode(path, name, kind, data.shape, data[()].tobytes())
