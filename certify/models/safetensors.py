"""The safetensors format: 8 bytes with the length of a JSON header, the header, and raw little-endian tensors."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from certify.errors import UsageError
from certify.files import read_bytes
from certify.models.tensors import ITEM_BYTES, MOST_BYTES, Tensors, checked, decode

if TYPE_CHECKING:
    from certify.search.floats import Array

_MOST_HEADER = 10 * 2**20


def read_safetensors(path: Path) -> Tensors:
    """The tensors of a ``.safetensors`` file, in the order of their bytes.

    Raises:
        UsageError: malformed in any way: lengths, JSON, keys that occur twice, types, or tensors that overlap, leave a
            gap or end elsewhere than the file.
    """
    content = read_bytes(path)
    if len(content) > MOST_BYTES:
        raise UsageError(f"{path}: {len(content):,} bytes; at most {MOST_BYTES:,} are read")
    length = int.from_bytes(content[:8], "little")
    if len(content) < 8 or length > min(len(content) - 8, _MOST_HEADER):
        raise UsageError(f"{path}: not a safetensors file: the header is longer than the file")
    header, body = _header(path, content[8 : 8 + length]), content[8 + length :]
    header.pop("__metadata__", None)
    places = sorted(((_place(path, name, entry)), name) for name, entry in header.items())
    ends = [0, *(end for (_, end), _ in places)]
    starts = [*(start for (start, _), _ in places), len(body)]
    if starts != ends or any(a > b for a, b in pairwise(ends)):
        raise UsageError(f"{path}: the tensors overlap, leave a gap, or do not end with the file")
    return checked(path, {name: _tensor(path, name, header[name], body[a:b]) for (a, b), name in places})


def _header(path: Path, text: bytes) -> dict[str, object]:
    def unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
        if len({key for key, _ in pairs}) != len(pairs):
            raise ValueError("a key occurs twice")
        return dict(pairs)

    try:
        header = json.loads(text.decode(), object_pairs_hook=unique)
    except (ValueError, RecursionError) as error:
        raise UsageError(f"{path}: the safetensors header is not JSON: {error}") from None
    if not isinstance(header, dict):
        raise UsageError(f"{path}: the safetensors header is not a JSON object")
    return header


def _place(path: Path, name: str, entry: object) -> tuple[int, int]:
    """The first byte of a tensor and the one after its last."""
    if not isinstance(entry, dict) or entry.keys() != {"dtype", "shape", "data_offsets"}:
        raise UsageError(f"{path}: tensor {name!r} should have dtype, shape and data_offsets and nothing else")
    offsets = entry["data_offsets"]
    if not (_are_counts(offsets) and len(offsets) == 2 and offsets[0] <= offsets[1]):
        raise UsageError(f"{path}: tensor {name!r} has data_offsets that are not two increasing integers")
    return offsets[0], offsets[1]


def _tensor(path: Path, name: str, entry: object, content: bytes) -> Array:
    kind, shape = (entry["dtype"], entry["shape"]) if isinstance(entry, dict) else (None, None)
    if not isinstance(kind, str) or kind not in ITEM_BYTES:
        raise UsageError(f"{path}: tensor {name!r} holds {str(kind)[:20]!r}; expected one of {', '.join(ITEM_BYTES)}")
    if not isinstance(shape, list) or not _are_counts(shape):
        raise UsageError(f"{path}: the shape of tensor {name!r} is not a list of integers")
    return decode(path, name, kind, tuple(shape), content)


def _are_counts(value: object) -> bool:
    return isinstance(value, list) and all(type(v) is int and 0 <= v < 2**48 for v in value)
