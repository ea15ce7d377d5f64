"""The weights of Dense layers out of Keras's HDF5 file, in a process of its own.

    python -m certify.models.keras_weights '[["first", "dense", true]]' < model.weights.h5

Arguments are name, group and whether there are biases of each layer. Prints a JSON object: the tensors by name as type,
shape, and bytes in hexadecimal, or {"error": the reason}.
"""

from __future__ import annotations

import json
import sys
from io import BytesIO
from typing import Any

from certify.errors import shown
from certify.models.tensors import ITEM_BYTES, MOST_DIMENSIONS, MOST_NUMBERS

_KINDS = {"<f2": "F16", "<f4": "F32", "<f8": "F64"}
Tensor = tuple[str, tuple[int, ...], str]


class Unusual(Exception):
    """Something that a file of plainly stored weights does not have."""


def tensors_of(content: bytes, layers: list[tuple[str, str, bool]]) -> dict[str, Tensor]:
    """NAME.kernel and NAME.bias of each layer.

    Raises:
        Unusual: the file is damaged, or has other tensors.
    """
    import h5py

    tensors: dict[str, Tensor] = {}
    try:
        with h5py.File(BytesIO(content), "r") as file:
            for name, place, biased in layers:
                group = _group(h5py, file, name, place)
                parts = ["kernel", "bias"] if biased else ["kernel"]
                if sorted(group) != [str(key) for key in range(len(parts))]:
                    raise Unusual(f"the layer {shown(name)} does not have {len(parts)} tensors")
                for key, part in enumerate(parts):
                    tensors[f"{name}.{part}"] = _tensor(f"{name}.{part}", h5py, group, str(key))
    except Unusual:
        raise
    except Exception as error:  # h5py answers damaged files with many types of exception
        raise Unusual(f"the weights are damaged: {str(error)[:80]}") from None
    return tensors


def _group(h5py: Any, file: Any, name: str, place: str) -> Any:
    """The tensors of a layer. Links are followed inside the file only.

    Raises:
        Unusual: they are not there, or belong to a layer of another name.
    """
    group = file
    for part in ("layers", place, "vars"):
        if not isinstance(group.get(part, getlink=True), h5py.HardLink) or not isinstance(group[part], h5py.Group):
            raise Unusual(f"the weights of the layer {shown(name)} are missing")
        group = group[part]
    if group.attrs.get("name", name) != name:
        raise Unusual(f"the weights of the layer {shown(name)} belong to {shown(str(group.attrs['name']))}")
    return group


def _tensor(name: str, h5py: Any, group: Any, key: str) -> Tensor:
    """A data set, which must be in this file as they are: not virtual, not external, not compressed."""
    linked = isinstance(group.get(key, getlink=True), h5py.HardLink)
    data = group[key] if linked else None
    if not isinstance(data, h5py.Dataset) or data.is_virtual or data.external or data.compression or data.chunks:
        raise Unusual(f"the tensor {shown(name)} is not stored plainly")
    kind = _KINDS.get(data.dtype.str)
    if kind is None:
        raise Unusual(f"the tensor {shown(name)} holds {data.dtype}; expected floats of 2, 4 or 8 bytes")
    if not data.shape or len(data.shape) > MOST_DIMENSIONS or not 0 < data.size <= MOST_NUMBERS:
        raise Unusual(f"the tensor {shown(name)} has the shape {data.shape}")
    if data.id.get_storage_size() != data.size * ITEM_BYTES[kind]:
        raise Unusual(f"the tensor {shown(name)} is not as large as its shape says")
    return kind, data.shape, data[()].tobytes().hex()


def main() -> None:
    """See above."""
    try:
        answer: dict[str, Any] = dict(tensors_of(sys.stdin.buffer.read(), json.loads(sys.argv[1])))
    except Unusual as reason:
        answer = {"error": str(reason)}
    print(json.dumps(answer))


if __name__ == "__main__":
    main()
