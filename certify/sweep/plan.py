"""The plan of a sweep: a TOML file with lists of values, and the jobs that all combinations of them give."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import MISSING, asdict, dataclass, fields
from itertools import product
from math import prod
from pathlib import Path
from typing import Any

from certify.draft import LARGE
from certify.errors import UsageError, did_you_mean, shown
from certify.files import read_utf8
from certify.problem import Problem, checked_fields
from certify.sweep.job import Job, canonical, sha256_of
from certify.sweep.random_data import DISTRIBUTIONS, RandomInputs

MOST_JOBS = 1_000_000

DEFAULTS = {field.name: field.default for field in fields(Problem) if field.default is not MISSING}
"""Of a problem. A job's specification leaves them out, so that fields added later do not change its name."""

_COLUMNS = ("features", "targets")
_LISTS = (*_COLUMNS, "widths", "levels")
_FILE_KEYS = ("file", *_COLUMNS)
_RANDOM_KEYS = ("random", "dimension", "samples", "seeds", "decimals")
_PROBLEM_KEYS = tuple(key for key in DEFAULTS if key not in _COLUMNS)


@dataclass(frozen=True, slots=True)
class Plan:
    """Different jobs, in the order of the file."""

    jobs: tuple[Job, ...]

    @property
    def name(self) -> str:
        """The SHA-256 of the names of all jobs: comments and the order do not matter."""
        return hashlib.sha256("".join(sorted(job.name for job in self.jobs)).encode()).hexdigest()


def read_plan(path: Path) -> Plan:
    """Read a plan. Every `[[data]]` is combined with every `[[problem]]`, and a list of values stands for each of them.

    Raises:
        UsageError: malformed, with the place in the file.
    """
    try:
        document = tomllib.loads(read_utf8(path).decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise UsageError(f"{path}: not well-formed TOML: {error}") from None
    try:
        _demand_known(document, ("data", "problem"))
        data = [(where, _data(where, table, path.parent)) for where, table in _tables(document, "data")]
        problems = [(where, _grid(where, table)) for where, table in _tables(document, "problem", [{}])]
        count = sum(len(found) for _, found in data) * sum(len(grid) for _, grid in problems)
        if count > MOST_JOBS:
            raise UsageError(f"expected at most {MOST_JOBS:,} combinations, found {count:,}; make several sweeps")
        jobs = {}
        for (_, sources), (where, grid) in product(data, problems):
            for source, settings in product(sources, grid):
                job = _job(where, source, settings)
                jobs[job.name] = job
    except UsageError as error:
        raise UsageError(f"{path}: {error}") from None
    return Plan(tuple(jobs.values()))


@dataclass(frozen=True, slots=True)
class _Source:
    """A data set: what a job's specification says of it, where its file is, and its columns."""

    data: Mapping[str, object]
    path: Path | None
    columns: Mapping[str, Any]


def _tables(document: Mapping[str, Any], key: str, default: object = None) -> Iterator[tuple[str, dict[str, Any]]]:
    """The tables of this name, each with its place."""
    tables = document.get(key, default)
    if not isinstance(tables, list) or not tables or not all(isinstance(table, dict) for table in tables):
        raise UsageError(f"{key}: expected one or more tables [[{key}]], found {'none' if tables is None else 'else'}")
    for number, table in enumerate(tables, 1):
        yield f"[[{key}]] number {number}", table


def _data(where: str, table: Mapping[str, Any], folder: Path) -> list[_Source]:
    if ("file" in table) == ("random" in table):
        raise UsageError(f"{where}: expected either file or random, found {'both' if 'file' in table else 'neither'}")
    return list((_files if "file" in table else _random)(where, table, folder))


def _files(where: str, table: Mapping[str, Any], folder: Path) -> Iterator[_Source]:
    _demand_known(table, _FILE_KEYS, where)
    files = _choices(where, table, "file", str)
    grid = _grid(where, {key: value for key, value in table.items() if key != "file"}, _COLUMNS)
    for name in files:
        path = (folder / name).resolve()
        data = {"file": path.name, "sha256": sha256_of(path)}
        yield from (_Source(data, path, columns) for columns in grid)


def _random(where: str, table: Mapping[str, Any], _: Path) -> Iterator[_Source]:
    _demand_known(table, _RANDOM_KEYS, where)
    kinds = _choices(where, table, "random", str)
    for kind in kinds:
        if kind not in DISTRIBUTIONS:
            raise UsageError(f"{where}: random: available: {', '.join(DISTRIBUTIONS)}; found {shown(kind)}")
    dimensions = _choices(where, table, "dimension", int, least=1, most=LARGE)
    samples = _choices(where, table, "samples", int, least=2, most=LARGE)
    if max(dimensions) * max(samples) > LARGE:
        raise UsageError(f"{where}: samples: expected at most {LARGE:,} numbers in a data set, found more")
    decimals = _choices(where, {"decimals": 2, **table}, "decimals", int, most=15)
    if isinstance(table.get("seeds"), list):
        seeds = _choices(where, table, "seeds", int)
    else:
        seeds = list(range(*_choices(where, {"seeds": 1, **table}, "seeds", int, least=1, most=MOST_JOBS)))
    _demand_few(where, [kinds, dimensions, samples, decimals, seeds])
    for values in product(kinds, dimensions, samples, decimals, seeds):
        yield _Source(asdict(RandomInputs(*values)), None, {})


def _grid(where: str, table: Mapping[str, Any], known: tuple[str, ...] = _PROBLEM_KEYS) -> list[dict[str, Any]]:
    """All combinations of the values of each key. Of a key whose values are lists, a list of lists is a choice."""
    _demand_known(table, known, where)
    choices = []
    for key, value in table.items():
        several = isinstance(value, list) and (key not in _LISTS or any(isinstance(item, list) for item in value))
        if value == []:
            raise UsageError(f"{where}: {key}: expected one or more values, found an empty list")
        try:
            choices.append([checked_fields({key: item})[key] for item in (value if several else [value])])
        except UsageError as error:
            raise UsageError(f"{where}: {error}") from None
    _demand_few(where, choices)
    return [dict(zip(table, values, strict=True)) for values in product(*choices)]


def _job(where: str, source: _Source, settings: Mapping[str, Any]) -> Job:
    chosen = {**source.columns, **settings}
    for per_layer in ("widths", "levels"):
        if per_layer in chosen:
            chosen.setdefault("depth", len(chosen[per_layer]))
    try:
        Problem(data=source.path or Path(), **chosen)
    except UsageError as error:
        combination = ", ".join(f"{key} = {value}" for key, value in chosen.items())
        raise UsageError(f"{where}: {error} (in the combination {combination or 'of defaults'})") from None
    problem = {key: value for key, value in chosen.items() if value != DEFAULTS[key]}
    return Job(canonical({"data": source.data, "problem": problem}), source.path)


def _choices(
    where: str, table: Mapping[str, Any], key: str, kind: type[str] | type[int], least: int = 0, most: int = 10**18
) -> list[Any]:
    """One value or a list of them; integers in a range."""
    expected = "a string" if kind is str else f"an integer from {least} to {most}"
    if key not in table:
        raise UsageError(f"{where}: {key}: expected {expected}, or a list of such, found no such key")
    values = table[key] if isinstance(table[key], list) else [table[key]]
    for value in values or [values]:
        if type(value) is not kind or (isinstance(value, int) and not least <= value <= most):
            raise UsageError(f"{where}: {key}: expected {expected}, or a list of such, found {shown(str(value))}")
    return values


def _demand_few(where: str, choices: Sequence[Sequence[object]]) -> None:
    count = prod(map(len, choices))
    if count > MOST_JOBS:
        raise UsageError(f"{where}: expected at most {MOST_JOBS:,} combinations, found {count:,}; make several sweeps")


def _demand_known(table: Mapping[str, Any], known: tuple[str, ...], where: str = "") -> None:
    for key in table:
        if key not in known:
            others = did_you_mean(key, known) or f"; the keys are {', '.join(known)}"
            raise UsageError(f"{where}{': ' if where else ''}unknown key {shown(key)}{others}")
