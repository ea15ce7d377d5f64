"""Reading a data set: named columns of exact numbers, those in use and those left out."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from certify.csv_file import CsvFile
from certify.errors import UsageError, did_you_mean, repeated
from certify.exact import Column, lowest_terms
from certify.given_data import GivenData
from certify.npz_file import NpzFile
from proofs.table import Table, table_from_columns


@dataclass(frozen=True, slots=True)
class Dataset:
    """N samples: ``inputs`` is N x len(features); ``targets`` is N x len(target_names), or None if not asked for."""

    features: tuple[str, ...]
    inputs: Table
    targets: Table | None
    target_names: tuple[str, ...]
    left_out: tuple[str, ...]
    """The columns of the file that are used neither as feature nor as target."""
    source: str
    """The name of the file, without its folder; or `the given data`."""


class ColumnFile(Protocol):
    """A file of named columns."""

    @property
    def names(self) -> tuple[str, ...]:
        """All columns that can be asked for, in the order of the file."""

    @property
    def default_features(self) -> tuple[str, ...]:
        """The columns taken as features when the user names none."""

    def read(self, names: Sequence[str], labels: Collection[str] = ()) -> list[list[Column]]:
        """The columns under each name: usually one; several for a name that stands for a matrix, or for one in
        `labels`, whose cells are text: 0 and 1 for each label."""


def read_dataset(
    data: str | Path | GivenData, features: Sequence[str] | None = None, targets: Sequence[str] = ()
) -> Dataset:
    """Read a data set exactly: ``.npz`` and ``.npy`` by NumPy, other files as comma-separated text.

    ``features`` selects columns in the given order; without it every numeric column that is no target is a feature.
    A target column of text, in a CSV file, becomes a target of 0 and 1 for each label (``cultivar=class_0``, ...).
    Raises UsageError, which names the file and the place in it.
    """
    path = Path(data) if isinstance(data, str) else data
    file = _columns(path)
    chosen_targets = _choose("target", targets, file.names, path)
    if features is None:
        chosen = _without(file.default_features, chosen_targets)
        if not chosen:
            raise UsageError(
                f"{path}: no numeric column is left to be a feature; the columns are {_listed(file.names)}"
            )
    else:
        chosen = _choose("feature", features, file.names, path)
        if not chosen:
            raise UsageError(f"{path}: the list of features is empty; at least one is needed")
        if both := set(chosen).intersection(chosen_targets):
            raise UsageError(f"{path}: column {min(both)!r} cannot be a feature and a target at once")
    used = chosen + chosen_targets
    groups = file.read(used, set(chosen_targets).difference(file.default_features))
    inputs = [column for group in groups[: len(chosen)] for column in group]
    outputs = [column for group in groups[len(chosen) :] for column in group]
    if len(inputs[0].numerators) < 2:
        raise UsageError(f"{path}: holds one sample; at least two are needed")
    return Dataset(
        features=tuple(column.name for column in inputs),
        inputs=_table(inputs),
        targets=_table(outputs) if outputs else None,
        target_names=tuple(column.name for column in outputs),
        left_out=_without(file.names, used),
        source=path.name,
    )


def _columns(data: Path | GivenData) -> ColumnFile:
    if isinstance(data, GivenData):
        return data
    return NpzFile(data) if data.suffix.lower() in {".npz", ".npy"} else CsvFile(data)


def _choose(kind: str, wanted: Sequence[str], known: tuple[str, ...], path: Path | GivenData) -> tuple[str, ...]:
    available = set(known)
    for name in wanted:
        if name not in available:
            raise UsageError(
                f"{path}: there is no column {name!r} to be a {kind}{did_you_mean(name, known)}; "
                f"the columns are {_listed(known)}"
            )
    if twice := repeated(wanted):
        raise UsageError(f"{path}: the {kind} {twice!r} is asked for twice")
    return tuple(wanted)


def _without(names: tuple[str, ...], removed: tuple[str, ...]) -> tuple[str, ...]:
    gone = set(removed)
    return tuple(name for name in names if name not in gone)


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names[:12]) + (f" and {len(names) - 12} more" if len(names) > 12 else "")


def _table(columns: list[Column]) -> Table:
    pairs = [lowest_terms(column.numerators, column.denominator) for column in columns]
    return table_from_columns(pairs, len(columns[0].numerators))
