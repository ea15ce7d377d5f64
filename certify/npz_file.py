"""NumPy files, read as columns of exact numbers: a float is the dyadic rational it stores."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from certify.errors import UsageError, repeated
from certify.exact import MOST_BITS, MOST_CELLS, Column
from certify.files import read_bytes

if TYPE_CHECKING:
    from numpy import ndarray

    Array = ndarray[Any, Any]

_BLOCK = 200_000
_WIDEST = 16
"""Bytes of the widest float; bounds what a compressed array may unpack to."""


class NpzFile:
    """An ``.npz`` archive, or an ``.npy`` file holding the inputs alone. Raises UsageError for anything else.

    The inputs are the array ``X`` (or the only two-dimensional array): N x d, or N for a single feature. An array of
    d strings called ``features`` names its columns; without it they are x1, x2, ... Every further array of N rows can
    be asked for by its own name; when it has m > 1 columns they are that name with 1, ..., m appended.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._arrays = _load(path)
        inputs = self._name_of_inputs()
        self._inputs = self._matrix(inputs)
        self._rows = len(self._inputs)
        self.default_features = self._feature_names()
        others = (name for name in self._arrays if name not in {inputs, "features"})
        self._position_of = {name: j for j, name in enumerate(self.default_features)}
        self.names = (*self.default_features, *others)
        if twice := repeated(self.names):
            raise UsageError(f"{path}: the name {twice!r} stands for more than one column or array")

    def read(self, names: Sequence[str], labels: Collection[str] = ()) -> list[list[Column]]:
        """The columns under each name; every number must be finite."""
        groups = [self._vectors(name) for name in names]
        most_bits = MOST_BITS // sum(map(len, groups))
        return [[self._column(name, vector, most_bits) for name, vector in group] for group in groups]

    def _name_of_inputs(self) -> str:
        if "X" in self._arrays:
            return "X"
        matrices = [name for name in self._arrays if self._array(name).ndim == 2]
        if len(matrices) == 1:
            return matrices[0]
        raise UsageError(
            f"{self._path}: expected an array X, or exactly one two-dimensional array; "
            f"found {', '.join(self._arrays) or 'no arrays'}"
        )

    def _feature_names(self) -> tuple[str, ...]:
        width = self._inputs.shape[1]
        if "features" not in self._arrays:
            return tuple(f"x{j + 1}" for j in range(width))
        names = self._array("features")
        if names.dtype.kind != "U" or names.shape != (width,) or not all(map(str.strip, names.tolist())):
            raise UsageError(
                f"{self._path}: the array features should hold {width} names, one for each column of the inputs; "
                f"found {names.dtype} of shape {names.shape}"
            )
        return tuple(map(str.strip, names.tolist()))

    def _vectors(self, name: str) -> list[tuple[str, Array]]:
        if name in self._position_of:
            return [(name, self._inputs[:, self._position_of[name]])]
        matrix = self._matrix(name)
        if len(matrix) != self._rows:
            raise UsageError(f"{self._path}: array {name!r} has {len(matrix)} rows where the inputs have {self._rows}")
        width = matrix.shape[1]
        return [(name if width == 1 else f"{name}{j + 1}", matrix[:, j]) for j in range(width)]

    def _column(self, name: str, vector: Array, most_bits: int) -> Column:
        import numpy

        if len(bad := numpy.flatnonzero(~numpy.isfinite(vector))):
            raise UsageError(
                f"{self._path}, sample {bad[0] + 1}, column {name!r}: expected a finite number, found {vector[bad[0]]}"
            )
        column = Column(name, most_bits)
        try:
            for start in range(0, len(vector), _BLOCK):
                numbers = vector[start : start + _BLOCK].tolist()
                column.extend_ratios([number.as_integer_ratio() for number in numbers])
        except ValueError as error:
            raise UsageError(f"{self._path}, column {name!r}: {error}") from None
        return column

    def _matrix(self, name: str) -> Array:
        """An array of numbers as a matrix of one row per sample."""
        array = self._array(name)
        if array.dtype.kind not in "iuf":
            raise UsageError(f"{self._path}: array {name!r} holds {array.dtype}; expected integers or floats")
        if array.ndim not in {1, 2} or not array.size:
            raise UsageError(
                f"{self._path}: array {name!r} has shape {array.shape}; expected samples x columns, or samples alone"
            )
        return array.reshape(len(array), -1)

    def _array(self, name: str) -> Array:
        if (archive := getattr(self._arrays, "zip", None)) is not None:
            members = {member.filename: member.file_size for member in archive.infolist()}
            if members.get(f"{name}.npy", 0) > MOST_CELLS * _WIDEST:
                raise self._too_large(name)
        try:
            array = self._arrays[name]
        except Exception as error:  # a damaged archive can fail anywhere between the zip format and the array header
            raise _unreadable(self._path, error) from None
        if not hasattr(array, "dtype"):  # a member of the archive that is no array comes as bytes
            raise UsageError(f"{self._path}: {name!r} in this archive is not a NumPy array")
        if array.size > MOST_CELLS:
            raise self._too_large(name)
        return array

    def _too_large(self, name: str) -> UsageError:
        return UsageError(f"{self._path}: array {name!r} has more than {MOST_CELLS:,} numbers, the most that is read")


def _load(path: Path) -> Mapping[str, Array]:
    content = BytesIO(read_bytes(path))
    import numpy

    try:
        loaded = numpy.load(content, allow_pickle=False)
    except Exception as error:  # NumPy answers a damaged file with a dozen types of exception
        raise _unreadable(path, error) from None
    return {"X": loaded} if isinstance(loaded, numpy.ndarray) else loaded


def _unreadable(path: Path, error: Exception) -> UsageError:
    return UsageError(f"{path}: not a NumPy file of plain numbers, or damaged: {error}")
