"""Models that Keras 3 saved (`model.save("NAME.keras")`): Sequential ones of Dense layers.

The format is a zip archive of the configuration, as JSON, and of the weights, as HDF5. Nothing is imported from Keras,
and no object is built from the configuration. The weights are read with h5py.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from certify.errors import UsageError, shown
from certify.models.archive import read_archive
from certify.models.described import LINEAR, SIGMOID, SOFTMAX, Described
from certify.models.names import LayerNames
from certify.models.tensors import Tensors, checked, decode

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
_PATIENCE = 30
"""Seconds for the weights; it takes a fraction of one."""

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
    """Kernel and biases of each layer, read by another process: damaged files make libhdf5 hang or crash."""
    if find_spec("h5py") is None:
        raise UsageError(f"{path}: {_MISSING}")
    wanted = json.dumps([[layer.name, layer.group, layer.biased] for layer in layers])
    try:
        ended = subprocess.run(
            [sys.executable, "-m", "certify.models.keras_weights", wanted],
            input=content,
            capture_output=True,
            timeout=_PATIENCE,
            check=True,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        )
        answer = json.loads(ended.stdout)
    except (subprocess.SubprocessError, ValueError):
        raise _Unusual("the weights are damaged: h5py does not come to an end with them") from None
    if "error" in answer:
        raise _Unusual(answer["error"])
    tensors = {
        name: decode(path, name, kind, tuple(shape), bytes.fromhex(numbers))
        for name, (kind, shape, numbers) in answer.items()
    }
    for layer in layers:
        if tensors[f"{layer.name}.kernel"].shape[1:] != (layer.units,):
            raise _Unusual(f"the weights of {shown(layer.name)} are not those of {layer.units} units")
    return tensors
