"""The phase diagram: its counts are of its plan, its figure is of its counts, and hardly anything is undecided."""

from __future__ import annotations

import csv
import importlib.util
import json
from collections import Counter
from dataclasses import asdict
from fractions import Fraction
from pathlib import Path
from types import ModuleType

import pytest

from certify.data import read_dataset
from certify.sweep.job import Job, canonical, run
from certify.sweep.plan import read_plan
from certify.sweep.random_data import RandomInputs
from tests.running import EXAMPLES, certify
from tests.sweep.results import plan_file

FOLDER = EXAMPLES / "phase-diagram"


@pytest.fixture(scope="module")
def make() -> ModuleType:
    spec = importlib.util.spec_from_file_location("make", FOLDER / "make.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_every_instance_of_the_plan_is_counted(make: ModuleType) -> None:
    planned = Counter[tuple[str, int, int]]()
    for job in read_plan(FOLDER / "sweep.toml").jobs:
        data = json.loads(job.spec)["data"]
        planned[data["random"], data["dimension"], data["samples"]] += 1
    found = make.read_counts(make.COUNTS)
    assert {cell: count.total() for cell, count in found.items()} == planned
    for d in range(2, 25):
        samples = [n for kind, other, n in planned if (kind, other) == ("gaussian", d)]
        assert (min(samples), max(samples)) == (d + 2, d * d)


def test_at_most_one_percent_is_undecided(make: ModuleType) -> None:
    total = sum(make.read_counts(make.COUNTS).values(), Counter())
    assert total["undecided"] <= total.total() / 100
    assert min(total["proved"], total["obstructed"]) > total.total() / 4


def test_generic_inputs_in_large_numbers_are_never_obstructed(make: ModuleType) -> None:
    for (_, d, n), count in make.read_counts(make.COUNTS).items():
        if n >= (d + 1) * (d + 2) // 2:
            assert count["obstructed"] == 0


def test_the_figure_is_of_the_counts(make: ModuleType) -> None:
    assert "\n".join(make.figure(make.read_counts(make.COUNTS))) == make.FIGURE.read_text("utf-8")


@pytest.mark.parametrize("random", ["gaussian", "uniform"])
def test_four_points_in_the_plane(random: str) -> None:
    """Sylvester's problem: there is a residual just when one of them is inside the triangle of the others."""
    outcomes = Counter[str]()
    for seed in range(15):
        inputs = RandomInputs(random, 2, 4, 2, seed)
        table = read_dataset(inputs.draw()).inputs
        points = [[Fraction(str(value)) for value in table.row(n)] for n in range(4)]
        outcome = run(Job(canonical({"data": asdict(inputs), "problem": {}})))
        assert outcome.kind == ("proved" if one_is_inside(points) else "obstructed")
        outcomes[outcome.kind] += 1
    assert len(outcomes) == 2


def one_is_inside(points: list[list[Fraction]]) -> bool:
    for n, (x, y) in enumerate(points):
        corners = [(a - x, b - y) for k, (a, b) in enumerate(points) if k != n]
        turns = [a * d - b * c for (a, b), (c, d) in zip(corners, [*corners[1:], corners[0]], strict=True)]
        if all(turn > 0 for turn in turns) or all(turn < 0 for turn in turns):
            return True
    return False


def test_one_command_makes_it(make: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plan_file(tmp_path, '[[data]]\nrandom = ["gaussian", "uniform"]\ndimension = [2, 3]\nsamples = [5, 9]\nseeds = 2')
    (tmp_path / "plan.toml").rename(tmp_path / "sweep.toml")
    monkeypatch.setattr(make, "HERE", tmp_path)
    monkeypatch.setattr(make, "COUNTS", tmp_path / "counts.csv")
    monkeypatch.setattr(make, "FIGURE", tmp_path / "figure.svg")
    monkeypatch.setattr("sys.argv", ["make.py", str(tmp_path / "out"), "--workers", "1"])
    assert make.main() == 0
    rows = list(csv.DictReader((tmp_path / "counts.csv").read_text("utf-8").splitlines()))
    assert len(rows) == 8
    assert all(int(row["proved"]) + int(row["obstructed"]) == 2 for row in rows)
    assert (tmp_path / "figure.svg").read_text("utf-8").startswith("<svg")
    assert certify("sweep", "--summary", "--out", tmp_path / "out").code == 0
