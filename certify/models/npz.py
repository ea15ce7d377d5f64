"""NumPy archives of float arrays."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from certify.errors import UsageError
from certify.models.archive import read_archive
from certify.models.tensors import Tensors, checked, decode

if TYPE_CHECKING:
    from numpy import dtype

    from certify.search.floats import Array


def read_npz(path: Path) -> Tensors:
    """The arrays of an ``.npz`` file.

    Raises:
        UsageError: damaged, too large, or arrays of other than floating point numbers of 2, 4 or 8 bytes.
    """
    members = read_archive(path)
    names = [name for name in members if name.endswith(".npy")]
    return checked(path, {name[:-4]: _array(path, name[:-4], members[name]) for name in names})


def _array(path: Path, name: str, content: bytes) -> Array:
    stream = BytesIO(content)
    try:
        shape, by_column, kind = _header(stream)
    except Exception as error:  # NumPy answers a damaged header with a dozen types of exception
        raise UsageError(f"{path}: array {name!r} has no readable header: {error}") from None
    if kind.kind != "f" or kind.itemsize not in (2, 4, 8) or kind.byteorder == ">":
        raise UsageError(f"{path}: array {name!r} holds {kind}; expected floats of 2, 4 or 8 bytes, little-endian")
    stored = shape[::-1] if by_column else shape
    array = decode(path, name, f"F{8 * kind.itemsize}", stored, stream.read())
    return array.T if by_column else array


def _header(stream: BytesIO) -> tuple[tuple[int, ...], bool, dtype[Any]]:
    """Shape, whether columns come first, and type; NumPy parses the header as a literal, which executes nothing."""
    from numpy.lib import format as npy

    version = npy.read_magic(stream)
    read = npy.read_array_header_1_0 if version == (1, 0) else npy.read_array_header_2_0
    return read(stream)
