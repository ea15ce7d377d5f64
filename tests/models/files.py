"""Model files, written byte by byte: good ones, and what strangers may send."""

from __future__ import annotations

import json
import pickle
import zipfile
from collections import OrderedDict
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np

KINDS = {"F64": "<f8", "F32": "<f4", "F16": "<f2"}
WEIGHTS = {
    "0.weight": np.array([[0.5, -1.25], [2.0, 0.1], [0.0, 3.0]]),
    "0.bias": np.array([0.25, -0.5, 1.0]),
    "2.weight": np.array([[1.0, -2.0, 0.3]]),
    "2.bias": np.array([0.7]),
}


def safetensors(path: Path, tensors: dict[str, Any], kind: str = "F64", **changes: Any) -> Path:
    """A safetensors file; `changes` replace `header` (a function of it), `length`, or append a `tail`."""
    header: dict[str, Any] = {}
    body = b""
    for name, array in tensors.items():
        content = bfloat16(array) if kind == "BF16" else array.astype(KINDS[kind]).tobytes()
        header[name] = {
            "dtype": kind,
            "shape": list(array.shape),
            "data_offsets": [len(body), len(body) + len(content)],
        }
        body += content
    if "header" in changes:
        changes["header"](header)
    text = changes.get("text", json.dumps(header).encode())
    length = changes.get("length", len(text))
    path.write_bytes(length.to_bytes(8, "little") + text + body + changes.get("tail", b""))
    return path


def bfloat16(array: Any) -> bytes:
    return (np.asarray(array, "<f4").view("<u4") >> 16).astype("<u2").tobytes()


class _Named:
    """Something that a pickle names without having it: `torch._utils._rebuild_tensor_v2` and its like."""

    def __init__(self, module: str, name: str) -> None:
        self.module, self.name = module, name


class _Call:
    """A call that the pickle makes."""

    def __init__(self, function: Any, arguments: tuple[Any, ...]) -> None:
        self.function, self.arguments = function, arguments


class _Stored:
    def __init__(self, pid: Any) -> None:
        self.pid = pid


class _Pickler(pickle._Pickler):
    """Writes names, calls and storages as PyTorch's own pickler does."""

    def persistent_id(self, obj: Any) -> Any:
        return obj.pid if isinstance(obj, _Stored) else None

    def save(self, obj: Any, *rest: Any, **more: Any) -> None:
        if isinstance(obj, _Named):
            self.write(pickle.GLOBAL + f"{obj.module}\n{obj.name}\n".encode())
        elif isinstance(obj, _Call):
            self.save(obj.function)
            self.save(obj.arguments)
            self.write(pickle.REDUCE)
        else:
            super().save(obj, *rest, **more)


def named(module: str, name: str) -> Any:
    return _Named(module, name)


def call(function: Any, *arguments: Any) -> Any:
    return _Call(function, arguments)


def stored(pid: Any) -> Any:
    return _Stored(pid)


def pickled(value: Any) -> bytes:
    stream = BytesIO()
    _Pickler(stream, 2).dump(value)
    return stream.getvalue()


STORAGES = {"F64": "DoubleStorage", "F32": "FloatStorage", "F16": "HalfStorage", "BF16": "BFloat16Storage"}


def tensor(key: str, shape: Any, strides: Any, offset: Any = 0, storage: str = "DoubleStorage", size: int = 1) -> Any:
    stored = _Stored(("storage", named("torch", storage), key, "cpu", size))
    hooks = call(named("collections", "OrderedDict"))
    return call(named("torch._utils", "_rebuild_tensor_v2"), stored, offset, shape, strides, False, hooks)


def pytorch(path: Path, tensors: dict[str, Any], kind: str = "F32", parameter: bool = False) -> Path:
    """What torch.save writes for a state dict."""
    state: OrderedDict[str, Any] = OrderedDict()
    storages = {}
    for key, (name, array) in enumerate(tensors.items()):
        storages[str(key)] = bfloat16(array) if kind == "BF16" else array.astype(KINDS[kind]).tobytes()
        strides = tuple(int(s) // array.itemsize for s in array.copy(order="C").strides)
        state[name] = tensor(str(key), array.shape, strides, 0, STORAGES[kind], array.size)
        if parameter:
            state[name] = call(named("torch._utils", "_rebuild_parameter"), state[name], True, OrderedDict())
    return archive(path, pickled(state), storages)


def archive(path: Path, program: bytes, storages: dict[str, bytes], **more: bytes) -> Path:
    with zipfile.ZipFile(path, "w") as target:
        target.writestr("model/data.pkl", program)
        target.writestr("model/byteorder", more.get("byteorder", b"little"))
        for key, content in storages.items():
            target.writestr(f"model/data/{key}", content)
        target.writestr("model/version", b"3\n")
    return path


def varint(value: int) -> bytes:
    value &= 2**64 - 1
    head = b""
    while value >= 0x80:
        head += bytes([value & 0x7F | 0x80])
        value >>= 7
    return head + bytes([value])


def field(number: int, value: int | float | str | bytes) -> bytes:
    """One field of a protocol buffer: an integer, a float32, a string, or the bytes of a message."""
    if isinstance(value, int):
        return varint(number << 3) + varint(value)
    if isinstance(value, float):
        return varint(number << 3 | 5) + np.float32(value).tobytes()
    content = value.encode() if isinstance(value, str) else value
    return varint(number << 3 | 2) + varint(len(content)) + content


def onnx_tensor(name: str, array: Any, kind: int = 1, more: bytes = b"") -> bytes:
    """A TensorProto with raw float32 numbers."""
    dims = b"".join(field(1, int(length)) for length in array.shape)
    return dims + field(2, kind) + field(8, name) + field(9, array.astype("<f4").tobytes()) + more


def onnx_node(kind: str, inputs: list[str], output: str, more: bytes = b"", **attributes: Any) -> bytes:
    """A NodeProto; attributes that are int, float, str or a list of int."""
    parts = [field(1, name) for name in inputs] + [field(2, output), field(4, kind)]
    for name, value in attributes.items():
        if isinstance(value, list):
            body = b"".join(field(8, v) for v in value) + field(20, 7)
        else:
            place, number = {float: (2, 1), int: (3, 2), str: (4, 3)}[type(value)]
            body = field(place, value) + field(20, number)
        parts.append(field(5, field(1, name) + body))
    return b"".join(parts) + more


def onnx_model(nodes: list[bytes], tensors: list[bytes], **more: Any) -> bytes:
    """A ModelProto from x to y; `more` are bytes in the graph or the model, other names, or another version."""
    graph = b"".join(field(1, node) for node in nodes) + b"".join(field(5, tensor) for tensor in tensors)
    graph += field(11, field(1, more.get("input", "x"))) + field(12, field(1, more.get("output", "y")))
    versions = more.get("versions", field(8, field(2, 20)))
    return bytes(field(1, 10) + field(7, graph + more.get("graph", b"")) + versions + more.get("model", b""))
