"""What a sweep left on the disk, to be compared with what another one left."""

from __future__ import annotations

import hashlib
from dataclasses import astuple
from pathlib import Path

from certify.sweep.store import CERTIFICATES, INSTANCES, UNFINISHED, rows_of

Results = tuple[list[tuple[str | None, ...]], dict[str, str]]


def results(folder: Path) -> Results:
    """All rows, and the hash of every file of a job, which must be its name."""
    files = {}
    for kind in (INSTANCES, CERTIFICATES):
        for path in sorted((folder / kind).rglob("*")):
            if path.is_file():
                found = hashlib.sha256(path.read_bytes()).hexdigest()
                assert path.name == f"{found}.json"
                assert path.parent.name == found[:2]
                files[str(path.relative_to(folder))] = found
    rows = [astuple(row) for row in rows_of(folder)]
    named = {row.instance for row in rows_of(folder)} | {row.certificate for row in rows_of(folder)}
    assert set(files.values()) >= named - {None}
    if all(row.outcome for row in rows_of(folder)):  # else a file may wait for its row
        assert set(files.values()) == named - {None}
        assert not list((folder / UNFINISHED).iterdir())
    return rows, files


def plan_file(folder: Path, text: str) -> Path:
    """Write a plan."""
    folder.mkdir(exist_ok=True)
    path = folder / "plan.toml"
    path.write_text(text, "utf-8")
    return path


SMALL = """
[[data]]
random = ["gaussian", "uniform"]
dimension = 2
samples = [4, 8]
seeds = 3
"""
"""12 jobs, some obstructed."""
