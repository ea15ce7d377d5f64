"""State dicts that PyTorch saved in its zip format, without PyTorch and without executing anything.

A pickle is a program. This one may call five functions, all of them here; a file that names any other is refused
before it is called.
"""

from __future__ import annotations

import pickle
from collections import OrderedDict
from dataclasses import dataclass
from io import BytesIO
from math import prod
from pathlib import Path
from typing import TYPE_CHECKING, Any

from certify.errors import UsageError
from certify.models.archive import read_archive
from certify.models.tensors import ITEM_BYTES, MOST_NUMBERS, Tensors, decode, demand_few

if TYPE_CHECKING:
    from certify.search.floats import Array

_STORAGES = {"DoubleStorage": "F64", "FloatStorage": "F32", "HalfStorage": "F16", "BFloat16Storage": "BF16"}
_MOST_DIMENSIONS = 8


@dataclass(frozen=True, slots=True)
class _Storage:
    """The name of a storage's member of the archive, and the type of its numbers."""

    key: str
    kind: str


@dataclass(frozen=True, slots=True)
class _Tensor:
    """A view of a storage: where it starts, its shape, and the steps between neighbours along each dimension."""

    storage: _Storage
    offset: int
    shape: tuple[int, ...]
    strides: tuple[int, ...]


def read_pytorch(path: Path) -> Tensors:
    """The tensors of a ``.pt`` or ``.pth`` file that holds a state dict: a dict of tensors by name.

    Raises:
        UsageError: damaged, not in the zip format, not a state dict, or a pickle that calls anything else than what
            state dicts need.
    """
    members = read_archive(path)
    pickles = [name for name in members if name.endswith("/data.pkl") or name == "data.pkl"]
    if len(pickles) != 1:
        raise UsageError(f"{path}: expected one member data.pkl, as in files that torch.save writes")
    folder = pickles[0].removesuffix("data.pkl")
    if members.get(f"{folder}byteorder", b"little") != b"little":
        raise UsageError(f"{path}: the numbers are not little-endian")
    state = _load(path, members[pickles[0]])
    if isinstance(state, dict) and isinstance(state.get("state_dict"), dict):
        state = state["state_dict"]
    if not isinstance(state, dict) or not all(isinstance(name, str) for name in state):
        raise UsageError(f"{path}: expected a state dict (tensors by name); save model.state_dict()")
    strangers = [name for name, tensor in state.items() if not isinstance(tensor, _Tensor)]
    if strangers:
        raise UsageError(f"{path}: {strangers[0]!r} is not a tensor; save model.state_dict() alone")
    return demand_few(path, {name: _array(path, name, tensor, members, folder) for name, tensor in state.items()})


def _load(path: Path, content: bytes) -> Any:
    try:
        return _Unpickler(BytesIO(content)).load()
    except _Refused as error:
        raise UsageError(f"{path}: {error}; only state dicts of plain tensors are read") from None
    except Exception as error:  # a damaged pickle can raise anything
        raise UsageError(f"{path}: the pickle in this file is damaged: {error}") from None


class _Refused(Exception):
    """The pickle asks for something that no state dict of plain tensors needs."""


class _Unpickler(pickle.Unpickler):
    """An unpickler that knows the parts of a state dict and nothing else."""

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) == ("collections", "OrderedDict"):
            return OrderedDict
        if (module, name) == ("torch._utils", "_rebuild_tensor_v2"):
            return _tensor
        if (module, name) == ("torch._utils", "_rebuild_parameter"):
            return _parameter
        if module == "torch" and name in _STORAGES:
            return _STORAGES[name]
        raise _Refused(f"the pickle in this file asks for {f'{module}.{name}'[:60]!r}, which was not loaded")

    def persistent_load(self, pid: Any) -> Any:
        if isinstance(pid, tuple) and len(pid) == 5:
            word, kind, key, _, _ = pid
            if word == "storage" and isinstance(kind, str) and kind in ITEM_BYTES and isinstance(key, str):
                return _Storage(key, kind)
        raise _Refused("the pickle in this file has a storage of an unknown kind")


def _tensor(storage: Any, offset: Any, shape: Any, strides: Any, *_: Any) -> _Tensor:
    """What `torch._utils._rebuild_tensor_v2` is called with; gradients and hooks do not matter here."""
    numbers = (offset, *shape, *strides)
    if not isinstance(storage, _Storage) or any(type(v) is not int or v < 0 for v in numbers):
        raise _Refused("a tensor in this file is malformed")
    if len(shape) != len(strides) or len(shape) > _MOST_DIMENSIONS:
        raise _Refused("a tensor in this file has a malformed shape")
    return _Tensor(storage, offset, tuple(shape), tuple(strides))


def _parameter(tensor: Any, *_: Any) -> Any:
    """What `torch._utils._rebuild_parameter` is called with."""
    return tensor


def _array(path: Path, name: str, tensor: _Tensor, members: dict[str, bytes], folder: str) -> Array:
    import numpy as np

    content = members.get(f"{folder}data/{tensor.storage.key}")
    if content is None:
        raise UsageError(f"{path}: the numbers of tensor {name!r} are missing")
    size = len(content) // ITEM_BYTES[tensor.storage.kind]
    stored = decode(path, name, tensor.storage.kind, (size,), content)
    last = tensor.offset + sum((n - 1) * step for n, step in zip(tensor.shape, tensor.strides, strict=True))
    count = prod(tensor.shape)
    if count > MOST_NUMBERS or (count and last >= size):
        raise UsageError(f"{path}: tensor {name!r} reaches beyond its numbers")
    places = np.full(tensor.shape, tensor.offset)
    for axis, step in enumerate(tensor.strides):
        shape = [-1 if k == axis else 1 for k in range(len(tensor.shape))]
        places = places + (step * np.arange(tensor.shape[axis])).reshape(shape)
    return np.asarray(stored[places])
