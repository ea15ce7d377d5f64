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
