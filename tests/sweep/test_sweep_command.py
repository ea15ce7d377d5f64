"""`certify sweep`: from a plan to files, resumed, summarised, interrupted."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from certify.sweep.store import opened
from tests.running import certify
from tests.sweep.results import SMALL, plan_file, results
from tests.terminal import ROOT, on_terminal


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A plan, and the folder of its sweep."""
    folder = tmp_path_factory.mktemp("sweep")
    plan = plan_file(folder, SMALL)
    ended = certify("sweep", plan, "--out", folder / "out", "--workers", "2")
    assert ended.code == 0, ended
    assert re.fullmatch(r"12 jobs: \d+ proved, \d+ obstructed, 0 not done yet\n", ended.out)
    assert ended.err == f"written to {folder / 'out'}/: summary.csv, summary.svg\n"
    return plan, folder / "out"


def test_every_certificate_is_checked_by_the_command(done: tuple[Path, Path]) -> None:
    rows, files = results(done[1])
    assert len(files) == 24
    for _, _, _, outcome, _, instance, certificate in rows:
        paths = [
            done[1] / kind / str(name)[:2] / f"{name}.json"
            for kind, name in (("instances", instance), ("certificates", certificate))
        ]
        ended = certify("check", *paths, "--second")
        assert ended.code == 0
        assert ("obstruction" in ended.out) == (outcome == "obstructed")


def test_nothing_done_is_repeated(done: tuple[Path, Path]) -> None:
    before = {path: path.stat().st_mtime_ns for path in done[1].rglob("*.json")}
    ended = certify("sweep", done[0], "--out", done[1], "--workers", "1")
    assert ended.code == 0
    assert before == {path: path.stat().st_mtime_ns for path in done[1].rglob("*.json")}


def test_summary_reads_the_store_only(done: tuple[Path, Path]) -> None:
    whole = certify("sweep", "--summary", "--out", done[1])
    assert whole.code == 0
    assert (done[1] / "summary.csv").read_text("utf-8").count("\n") == 13
    assert certify("sweep", "--summary", "--out", done[1], "--quiet").out == whole.out.splitlines(True)[0]
    found = json.loads(certify("sweep", "--summary", "--out", done[1], "--json").out)
    assert found["jobs"] == 12
    assert found["out"] == str(done[1])


def test_a_changed_plan_adds_jobs_and_says_so(tmp_path: Path) -> None:
    first = plan_file(tmp_path, SMALL.replace("seeds = 3", "seeds = 1"))
    assert certify("sweep", first, "--out", tmp_path / "out", "--workers", "1").code == 0
    second = plan_file(tmp_path, SMALL.replace("samples = [4, 8]", "samples = 8").replace("seeds = 3", "seeds = 2"))
    ended = certify("sweep", second, "--out", tmp_path / "out", "--workers", "1")
    assert ended.out.startswith("4 jobs: ")
    assert "2 more jobs in" in ended.out
    summary = certify("sweep", "--summary", "--out", tmp_path / "out").out
    assert summary.startswith("6 jobs: ")
    assert re.findall(r"asked for first by plan [0-9a-f]{12}: (\d) jobs", summary) == ["4", "2"]


def test_undecided_and_errors_exit_4(tmp_path: Path) -> None:
    (tmp_path / "flat.csv").write_text("a,b\n1,2\n1,2\n", "utf-8")
    plan = plan_file(tmp_path, '[[data]]\nfile = "flat.csv"\n[[problem]]\nactivation = ["tanh", "no-such"]')
    ended = certify("sweep", plan, "--out", tmp_path / "out", "--workers", "1")
    assert ended.code == 4
    assert ended.out.startswith("2 jobs: 1 undecided, 1 error, 0 not done yet\n")
    assert "1 undecided: every feature is constant" in ended.out
    assert "1 error: " in ended.out


BAD: dict[str, tuple[tuple[str, ...], str]] = {
    "neither": ((), "expected either a PLAN or --summary"),
    "both": (("PLAN", "--summary"), "expected either a PLAN or --summary"),
    "no workers": (("PLAN", "--workers", "0"), "--workers: expected a positive integer"),
    "two kinds": (("PLAN", "--workers", "2", "--cluster", "tcp://127.0.0.1:1"), "--workers: a cluster has its own"),
    "no plan": (("missing.toml",), "missing.toml: no such file"),
    "no sweep": (("--summary",), "holds no sweep"),
}


@pytest.mark.parametrize("case", BAD)
def test_refused(case: str, tmp_path: Path) -> None:
    arguments, message = BAD[case]
    plan = plan_file(tmp_path, SMALL)
    ended = certify("sweep", *(plan if word == "PLAN" else word for word in arguments), "--out", tmp_path / "out")
    assert ended.code == 2
    assert message in ended.err
    assert ended.err.count("\n") == 1
    assert not (tmp_path / "out").exists()


def test_an_empty_store_has_no_summary(tmp_path: Path) -> None:
    with opened(tmp_path / "out"):
        pass
    ended = certify("sweep", "--summary", "--out", tmp_path / "out")
    assert (ended.code, ended.err) == (2, f"certify: error: {tmp_path / 'out'}: holds no jobs yet\n")


def test_another_sweep_at_work(tmp_path: Path) -> None:
    with opened(tmp_path / "out"):
        ended = certify("sweep", plan_file(tmp_path, SMALL), "--out", tmp_path / "out")
    assert ended.code == 5
    assert "another sweep is at work here" in ended.err


def test_progress_counts(tmp_path: Path) -> None:
    plan = plan_file(tmp_path, SMALL.replace("seeds = 3", "seeds = 10"))
    code, shown = on_terminal("sweep", plan, "--out", tmp_path / "out", "--workers", "1", NO_COLOR="1")
    assert code == 0
    assert re.search(r"certify: \d+ of 40 jobs, 0 min left: .*\d+ proved", shown)


def test_ctrl_c_says_how_to_go_on(tmp_path: Path) -> None:
    plan = plan_file(tmp_path, SMALL.replace("seeds = 3", "seeds = 100"))
    command = [sys.executable, "-m", "certify.cli", "sweep", plan, "--out", tmp_path / "out", "--workers", "2"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    process = subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    )
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and not list(tmp_path.glob("out/certificates/*/*.json")):
        time.sleep(0.05)
    os.killpg(process.pid, signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert out == ""
    found = re.fullmatch(
        r"certify: interrupted; (\d+) of 400 jobs are done and kept, and the same command goes on from there\n", err
    )
    assert found is not None, err
    rows, _ = results(tmp_path / "out")
    assert sum(row[3] is not None for row in rows) == int(found[1]) > 0
