"""Comma-separated text with a header line, read as columns of exact numbers."""

from __future__ import annotations

import csv
from collections.abc import Collection, Iterator, Sequence
from io import BytesIO, TextIOWrapper
from itertools import islice
from pathlib import Path

from certify.errors import UsageError, repeated
from certify.exact import MOST_BITS, MOST_CELLS, Column, exact, looks_numeric
from certify.files import read_utf8

MOST_LABELS = 20
"""Labels of a column of text that is a target: each becomes an output."""

_BLOCK = 200_000
"""Cells held as text at one time, so that a large file needs the memory of its numbers only."""


class CsvFile:
    """A CSV file. Raises UsageError for everything that is not one, with the line and column at fault."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._content = read_utf8(path)
        self.names = self._header()
        self.default_features = self._numeric_columns()

    def read(self, names: Sequence[str], labels: Collection[str] = ()) -> list[list[Column]]:
        """The named columns, all of whose cells must be numbers; for those in `labels` a column of 0 and 1 for each
        label that occurs, in alphabetical order."""
        position_of = {name: position for position, name in enumerate(self.names)}
        columns = {name: Column(name, MOST_BITS // len(names)) for name in names if name not in labels}
        rows = self._samples()
        rows_at_once = max(1, _BLOCK // len(self.names))
        samples = 0
        while block := list(islice(rows, rows_at_once)):
            samples += len(block)
            if samples * len(self.names) > MOST_CELLS:
                raise UsageError(f"{self._path}: has more than {MOST_CELLS:,} cells, the most that is read")
            lines = [line for line, _ in block]
            cells = list(zip(*(row for _, row in block), strict=True))
            for column in columns.values():
                self._extend(column, cells[position_of[column.name]], lines)
        return [[columns[name]] if name in columns else self._indicators(name, position_of[name]) for name in names]

    def _indicators(self, name: str, position: int) -> list[Column]:
        cells = []
        for line, row in self._samples():
            cells.append(row[position].strip())
            if not cells[-1]:
                raise UsageError(f"{self._path}, line {line}, column {name!r}: expected a label, found an empty cell")
        found = sorted(set(cells))
        if len(found) > MOST_LABELS:
            raise UsageError(
                f"{self._path}, column {name!r}: {len(found)} different labels; at most {MOST_LABELS} become targets"
            )
        return [Column(f"{name}={label}", MOST_BITS, [int(cell == label) for cell in cells]) for label in found]

    def _extend(self, column: Column, cells: Sequence[str], lines: Sequence[int]) -> None:
        try:
            if not column.extend_plain(cells):
                numbered = zip(lines, cells, strict=True)
                column.extend_ratios([self._number(line, column.name, cell) for line, cell in numbered])
        except ValueError as error:
            raise UsageError(f"{self._path}, column {column.name!r}: {error}") from None

    def _number(self, line: int, column: str, cell: str) -> tuple[int, int]:
        try:
            return exact(cell)
        except ValueError as error:
            raise UsageError(f"{self._path}, line {line}, column {column!r}: {error}") from None

    def _header(self) -> tuple[str, ...]:
        line, row = next(self._rows(), (0, []))
        place = f"{self._path}, line {line}"
        names = [name.strip() for name in row]
        if not names:
            raise UsageError(f"{self._path}: the file is empty; expected a header line and samples")
        for separator, word in ((";", "semicolons"), ("\t", "tabs")):
            if len(names) == 1 and separator in names[0]:
                raise UsageError(f"{place}: the columns seem to be separated by {word}; expected commas")
        if all(map(looks_numeric, names)) and not all(map(str.isdigit, names)):
            raise UsageError(f"{place}: expected a header with the names of the columns, found numbers")
        if "" in names:
            raise UsageError(f"{place}: column {names.index('') + 1} has no name in the header")
        if twice := repeated(names):
            raise UsageError(f"{place}: two columns are named {twice!r}")
        return tuple(names)

    def _numeric_columns(self) -> tuple[str, ...]:
        """The columns whose first non-empty cell is meant as a number."""
        if next(self._samples(), None) is None:
            raise UsageError(f"{self._path}: has a header line but no samples")
        undecided = set(range(len(self.names)))
        numeric = set()
        for _, row in self._samples():
            decided = {position for position in undecided if row[position].strip()}
            numeric |= {position for position in decided if looks_numeric(row[position])}
            undecided -= decided
            if not undecided:
                break
        return tuple(name for position, name in enumerate(self.names) if position in numeric)

    def _samples(self) -> Iterator[tuple[int, list[str]]]:
        """The rows below the header with their line numbers."""
        width = len(self.names)
        for line, row in islice(self._rows(), 1, None):
            if len(row) != width:
                raise UsageError(
                    f"{self._path}, line {line}: expected as many cells as the header has, {width}, found {len(row)}"
                )
            yield line, row

    def _rows(self) -> Iterator[tuple[int, list[str]]]:
        """All rows that are not blank, each with the number of its (last) line."""
        text = TextIOWrapper(BytesIO(self._content), encoding="utf-8-sig", newline="")
        reader = csv.reader(text, strict=True, skipinitialspace=True)
        try:
            yield from ((reader.line_num, row) for row in reader if row)
        except csv.Error as error:
            raise UsageError(f"{self._path}, line {reader.line_num}: not well-formed CSV: {error}") from None
