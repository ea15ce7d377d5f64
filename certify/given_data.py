"""Data that are already in memory, read as columns of exact numbers."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from numbers import Integral
from typing import TYPE_CHECKING, Any

from certify.errors import UsageError, repeated
from certify.exact import MOST_BITS, MOST_CELLS, Column, exact

if TYPE_CHECKING:
    from numpy import ndarray

    Numbers = ndarray[Any, Any] | Sequence[Sequence[Any]] | Sequence[Any]
    """N x d numbers, or N of them: a NumPy array, or lists of ints, floats, Fractions, Decimals and strings."""


class GivenData:
    """Inputs, and perhaps targets, as arrays or lists; a `ColumnFile` without a file.

    A float is the dyadic rational that it stores, a string the decimal or fraction that it shows. Raises UsageError for
    anything that is not N rows of equally many finite numbers.

    Args:
        inputs: N x d, or N for a single feature.
        targets: N x m, or N for a single one; None for none.
        features: names of the d columns; None for x1, x2, ...
    """

    name = "the given data"

    def __init__(self, inputs: Numbers, targets: Numbers | None = None, features: Sequence[str] | None = None) -> None:
        rows = _rows("X", inputs)
        self.default_features = tuple(features or (f"x{j + 1}" for j in range(len(rows[0]))))
        if len(self.default_features) != len(rows[0]):
            raise UsageError(
                f"features: expected {len(rows[0])} names, one for each column of X, found {len(self.default_features)}"
            )
        targets_rows = [()] * len(rows) if targets is None else _rows("targets", targets)
        if len(targets_rows) != len(rows):
            raise UsageError(f"targets: expected one for each of the {len(rows)} rows of X, found {len(targets_rows)}")
        width = len(targets_rows[0])
        self.targets = ("y",) if width == 1 else tuple(f"y{o + 1}" for o in range(width))
        self.names = (*self.default_features, *self.targets)
        if twice := repeated(self.names):
            raise UsageError(f"features: the name {twice!r} stands for more than one column")
        self._columns = dict(zip(self.names, zip(*map(_joined, rows, targets_rows), strict=True), strict=True))

    def __str__(self) -> str:
        return self.name

    def read(self, names: Sequence[str], labels: Collection[str] = ()) -> list[list[Column]]:
        """The columns under each name."""
        most_bits = MOST_BITS // len(self.names)
        return [[self._column(name, most_bits)] for name in names]

    def _column(self, name: str, most_bits: int) -> Column:
        column = Column(name, most_bits)
        ratios = []
        for sample, number in enumerate(self._columns[name], 1):
            try:
                ratios.append(_ratio(number))
            except ValueError as error:
                raise UsageError(f"{self}, sample {sample}, column {name!r}: {error}") from None
        try:
            column.extend_ratios(ratios)
        except ValueError as error:
            raise UsageError(f"{self}, column {name!r}: {error}") from None
        return column


def _joined(inputs: Sequence[Any], targets: Sequence[Any]) -> tuple[Any, ...]:
    return (*inputs, *targets)


def _rows(what: str, numbers: Numbers) -> list[Sequence[Any]]:
    """As rows of equal length; a flat sequence has rows of one number."""
    if (to_list := getattr(numbers, "tolist", None)) is not None:
        numbers = to_list()
    if isinstance(numbers, str) or not isinstance(numbers, Sequence):
        raise UsageError(f"{what}: expected an array or a list of rows of numbers, found {type(numbers).__name__}")
    rows = [
        row if isinstance(row, Sequence) and not isinstance(row, str) else (row,)
        for row in (row.tolist() if hasattr(row, "tolist") else row for row in numbers)
    ]
    if not rows or not rows[0]:
        raise UsageError(f"{what}: expected at least one number in each row, found none")
    for number, row in enumerate(rows, 1):
        if len(row) != len(rows[0]):
            raise UsageError(f"{what}: row {number} has {len(row)} numbers where the first has {len(rows[0])}")
    if len(rows) * len(rows[0]) > MOST_CELLS:
        raise UsageError(f"{what}: has more than {MOST_CELLS:,} numbers, the most that is read")
    return rows


def _ratio(number: object) -> tuple[int, int]:
    """Numerator and positive denominator.

    Raises:
        ValueError: what was expected, and what was found.
    """
    if isinstance(number, str):
        return exact(number)
    if isinstance(number, Integral) and not isinstance(number, bool):
        return int(number), 1
    if (ratio := getattr(number, "as_integer_ratio", None)) is None or isinstance(number, bool):
        raise ValueError(f"expected a number, found {type(number).__name__} {str(number)[:40]!r}")
    try:
        numerator, denominator = ratio()
    except (ValueError, OverflowError):
        raise ValueError(f"expected a finite number, found {number}") from None
    return int(numerator), int(denominator)
