"""Named tensors out of a file, whatever its format: what all readers produce, and what none of them exceeds."""

from __future__ import annotations

from collections.abc import Iterable
from math import prod
from pathlib import Path
from typing import TYPE_CHECKING

from certify.errors import UsageError

if TYPE_CHECKING:
    from certify.search.floats import Array

MOST_NUMBERS = 1_000_000
"""The most numbers that all tensors of a model may hold together; a network that can be examined has far fewer."""

MOST_TENSORS, MOST_DIMENSIONS = 200, 8
"""The most tensors of a model, and the most dimensions of a tensor; matrices and vectors are what is used."""

MOST_BYTES = 64 * 2**20
"""The most bytes read of a file or of one member of an archive."""

ITEM_BYTES = {"F64": 8, "F32": 4, "F16": 2, "BF16": 2}
"""The number types that are read; each of their values is one of float64."""

Tensors = dict[str, "Array"]
"""Tensors by name in float64, in the order of the file."""


def decode(path: Path, name: str, kind: str, shape: tuple[int, ...], content: bytes) -> Array:
    """A tensor from its little-endian bytes, row by row.

    Args:
        kind: a key of ITEM_BYTES.
        content: exactly as many bytes as the shape needs.

    Raises:
        UsageError: a number of bytes that does not fit, or too many numbers.
    """
    import numpy as np

    if len(shape) > MOST_DIMENSIONS:
        raise UsageError(f"{path}: tensor {name!r} has {len(shape)} dimensions; expected matrices and vectors")
    count = prod(shape)
    if count > MOST_NUMBERS:
        raise UsageError(f"{path}: tensor {name!r} holds {count:,} numbers; at most {MOST_NUMBERS:,} are read")
    if len(content) != count * ITEM_BYTES[kind]:
        raise UsageError(
            f"{path}: tensor {name!r} of shape {shape} and type {kind} needs {count * ITEM_BYTES[kind]:,} bytes, "
            f"found {len(content):,}"
        )
    if kind == "BF16":  # the upper half of a float32
        halves = np.frombuffer(content, "<u2").astype("<u4") << 16
        return np.asarray(halves.view("<f4").astype(np.float64).reshape(shape))
    return np.asarray(np.frombuffer(content, f"<f{ITEM_BYTES[kind]}").astype(np.float64).reshape(shape))


def demand_few(path: Path, counts: Iterable[int]) -> None:
    """Refuse what no network that can be examined has.

    Args:
        counts: how many numbers each tensor has.

    Raises:
        UsageError: more than MOST_TENSORS tensors, or more than MOST_NUMBERS numbers together.
    """
    sizes = list(counts)
    if len(sizes) > MOST_TENSORS:
        raise UsageError(f"{path}: holds {len(sizes):,} tensors; at most {MOST_TENSORS} are read")
    total = sum(sizes)
    if total > MOST_NUMBERS:
        raise UsageError(f"{path}: the tensors hold {total:,} numbers; at most {MOST_NUMBERS:,} are read")


def checked(path: Path, tensors: Tensors) -> Tensors:
    """The same tensors.

    Raises:
        UsageError: none at all, one that is a single number or has none, or too many: see `demand_few`.
    """
    if not tensors:
        raise UsageError(f"{path}: holds no tensor; expected the weights of a fully connected network")
    for name, array in tensors.items():
        if not array.ndim or not array.size:
            what = "has no numbers" if array.ndim else "is a single number"
            raise UsageError(f"{path}: tensor {name!r} {what}; expected matrices and vectors")
    demand_few(path, (array.size for array in tensors.values()))
    return tensors
