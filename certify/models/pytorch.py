"""State dicts that PyTorch saved in its zip format, without PyTorch and without executing anything."""

from __future__ import annotations

from dataclasses import dataclass
from math import prod
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeGuard

from certify.errors import UsageError, repeated, shown
from certify.models.archive import read_archive
from certify.models.inert_pickle import Call, Items, Name, Refused, Stored, read_pickle
from certify.models.tensors import ITEM_BYTES, MOST_DIMENSIONS, Tensors, checked, decode, demand_few

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from certify.search.floats import Array

_STORAGES = {"DoubleStorage": "F64", "FloatStorage": "F32", "HalfStorage": "F16", "BFloat16Storage": "BF16"}
_WRAPPERS = ("state_dict", "model_state_dict")
_ADVICE = "save the state dict alone: torch.save(model.state_dict(), FILE)"


@dataclass(frozen=True, slots=True)
class _Storage:
    """The name of a storage's member of the archive, and the type of its numbers."""

    key: str
    kind: str


@dataclass(frozen=True, slots=True)
class _View:
    """A tensor: where it starts in its storage, its shape, and the steps between neighbours along each dimension."""

    storage: _Storage
    offset: int
    shape: tuple[int, ...]
    strides: tuple[int, ...]


def read_pytorch(path: Path) -> Tensors:
    """The tensors of a ``.pt`` or ``.pth`` file that holds a state dict, alone or as "state_dict" of a checkpoint.

    Raises:
        UsageError: damaged, not in the zip format, not a state dict, tensors of other than floating point numbers, or
            tensors that share numbers (tied weights: one parameter, not two).
    """
    members = read_archive(path)
    pickles = [name for name in members if name.endswith("/data.pkl") or name == "data.pkl"]
    if len(pickles) != 1:
        raise UsageError(f"{path}: expected one member data.pkl, as in files that torch.save writes")
    folder = pickles[0].removesuffix("data.pkl")
    if members.get(f"{folder}byteorder", b"little") != b"little":
        raise UsageError(f"{path}: the numbers are not little-endian")
    try:
        state = _state_dict(read_pickle(members[pickles[0]]))
    except Refused as error:
        raise UsageError(f"{path}: {error}; {_ADVICE}") from None
    try:
        views = {name: _view(name, value) for name, value in state.items()}
    except Refused as error:
        raise UsageError(f"{path}: {error}") from None
    demand_few(path, (prod(view.shape) for view in views.values()))
    return checked(path, _Storages(path, members, folder).tensors(views))


def _state_dict(value: object) -> dict[str, object]:
    """The values by name.

    Raises:
        Refused: not a state dict, nor a checkpoint that holds one under one of its usual names.
    """
    if isinstance(value, Call):
        raise Refused(f"the file holds a {shown(str(value.function))}, which was not loaded")
    if isinstance(value, Items):
        inner = [item for key, item in value.pairs if isinstance(key, str) and key in _WRAPPERS]
        if len(inner) > 1:
            raise Refused("the file holds two state dicts")
        value = inner[0] if inner else value
    if not isinstance(value, Items):
        raise Refused("expected a state dict (tensors by name)")
    names = [key for key, _ in value.pairs if isinstance(key, str)]
    if len(names) != len(value.pairs):
        raise Refused("expected a state dict (tensors by name), found a key that is no name")
    if twice := repeated(names):
        raise Refused(f"the name {shown(twice)} occurs twice")
    return dict(zip(names, (item for _, item in value.pairs), strict=True))


def _view(name: str, value: object) -> _View:
    """The tensor that a call of `torch._utils._rebuild_tensor_v2` stands for, alone or as that of a parameter.

    Raises:
        Refused: anything else, or arguments that torch.save does not write.
    """
    if _is_call(value, "torch._utils", "_rebuild_parameter") and value.arguments:
        value = value.arguments[0]
    if isinstance(value, Call | Name) and not _is_call(value, "torch._utils", "_rebuild_tensor_v2"):
        seen = value.function if isinstance(value, Call) else value
        raise Refused(f"{shown(name)} is a {shown(str(seen))}, which was not loaded")
    if not isinstance(value, Call):
        raise Refused(f"{shown(name)} is not a tensor; {_ADVICE}")
    if len(value.arguments) < 4:
        raise Refused(f"the tensor {shown(name)} is malformed")
    storage, offset, shape, strides = value.arguments[:4]
    if not isinstance(storage, Stored) or not _are_counts((offset,)) or not _are_counts(shape, strides):
        raise Refused(f"the tensor {shown(name)} is malformed")
    if len(shape) != len(strides) or len(shape) > MOST_DIMENSIONS:
        raise Refused(f"the tensor {shown(name)} has a malformed shape")
    return _View(_storage(name, storage.identity), offset, shape, strides)


def _is_call(value: object, module: str, name: str) -> TypeGuard[Call]:
    return isinstance(value, Call) and (value.function.module, value.function.name) == (module, name)


def _are_counts(*values: object) -> bool:
    return all(isinstance(value, tuple) and all(type(v) is int and v >= 0 for v in value) for value in values)


def _storage(name: str, identity: object) -> _Storage:
    """The storage out of ("storage", type, key, device, size)."""
    if not isinstance(identity, tuple) or len(identity) != 5:
        raise Refused(f"the numbers of tensor {shown(name)} are malformed")
    _, kind, key, _, _ = identity
    if not isinstance(kind, Name) or not isinstance(key, str):
        raise Refused(f"the numbers of tensor {shown(name)} are malformed")
    if kind.module != "torch" or kind.name not in _STORAGES:
        raise Refused(f"tensor {shown(name)} holds {shown(str(kind))}; expected one of {', '.join(_STORAGES)}")
    return _Storage(key, _STORAGES[kind.name])


class _Storages:
    """The numbers of an archive, each decoded once and used by one tensor."""

    def __init__(self, path: Path, members: dict[str, bytes], folder: str) -> None:
        self.path, self.members, self.folder = path, members, folder
        self.decoded: dict[str, tuple[_Storage, Array]] = {}
        self.owners: dict[str, NDArray[Any]] = {}
        """For each number of a storage, one more than the place of the tensor that it belongs to, or 0."""

    def tensors(self, views: dict[str, _View]) -> Tensors:
        return {name: self._tensor(k, name, view, list(views)) for k, (name, view) in enumerate(views.items())}

    def _tensor(self, place: int, name: str, view: _View, names: list[str]) -> Array:
        import numpy as np

        numbers = self._numbers(name, view.storage)
        last = view.offset + sum((n - 1) * step for n, step in zip(view.shape, view.strides, strict=True))
        if prod(view.shape) and last >= len(numbers):
            raise UsageError(f"{self.path}: tensor {name!r} reaches beyond its numbers")
        if not prod(view.shape):
            return np.zeros(0)
        places = np.full(view.shape, view.offset)
        for axis, step in enumerate(view.strides):
            shape = [-1 if k == axis else 1 for k in range(len(view.shape))]
            places = places + (step * np.arange(view.shape[axis])).reshape(shape)
        owners = self.owners[view.storage.key]
        others = np.unique(owners[places])
        if others[-1] or len(np.unique(places)) != places.size:
            other = names[others[-1] - 1] if others[-1] else name
            raise UsageError(
                f"{self.path}: the tensors {other!r} and {name!r} share numbers (tied weights); networks are examined "
                "whose weights are all trained by themselves"
            )
        owners[places] = place + 1
        return np.asarray(numbers[places])

    def _numbers(self, name: str, storage: _Storage) -> Array:
        import numpy as np

        if storage.key not in self.decoded:
            content = self.members.get(f"{self.folder}data/{storage.key}")
            if content is None:
                raise UsageError(f"{self.path}: the numbers of tensor {name!r} are missing")
            size = len(content) // ITEM_BYTES[storage.kind]
            demand_few(self.path, (size, *(len(numbers) for _, numbers in self.decoded.values())))
            self.decoded[storage.key] = storage, decode(self.path, name, storage.kind, (size,), content)
            self.owners[storage.key] = np.zeros(size, dtype=np.int64)
        known, numbers = self.decoded[storage.key]
        if known != storage:
            raise UsageError(f"{self.path}: tensor {name!r} takes {known.kind} numbers for {storage.kind}")
        return numbers
