"""The same jobs on Dask workers."""

from __future__ import annotations

import builtins
import os
import subprocess
import sys
from pathlib import Path

import pytest

from certify.sweep.store import rows_of
from tests.running import certify
from tests.sweep.results import SMALL, plan_file, results
from tests.terminal import ROOT

CLUSTER = """
import logging, os, signal, subprocess, sys, time
from pathlib import Path
from distributed import LocalCluster

def answers():
    return len(list(Path(sys.argv[3]).glob("certificates/*/*.json")))

if __name__ == "__main__":
    options = dict(n_workers=2, threads_per_worker={threads}, dashboard_address=None)
    cluster = LocalCluster(**options, silence_logs=logging.CRITICAL)
    command = [sys.executable, "-m", "certify.cli", "sweep", *sys.argv[1:], "--cluster", cluster.scheduler_address]
    sweep = subprocess.Popen(command)
    {deed}
    sys.exit(sweep.wait())
"""
KILL_WORKERS = """
    for count in (1, 4):
        while answers() < count and sweep.poll() is None:
            time.sleep(0.01)
        os.kill(next(iter(cluster.workers.values())).pid, signal.SIGKILL)
        while next(iter(cluster.workers.values())).status.name != "running":
            time.sleep(0.1)
"""
LOSE_SCHEDULER = """
    while not answers():
        time.sleep(0.01)
    cluster.close()
"""


def on_cluster(folder: Path, plan: Path, threads: int, deed: str = "") -> subprocess.CompletedProcess[str]:
    """`certify sweep` against two local Dask workers, into folder / "cluster"."""
    script = folder / "cluster.py"
    script.write_text(CLUSTER.format(threads=threads, deed=deed.strip()), "utf-8")
    return subprocess.run(
        [sys.executable, script, plan, "--out", folder / "cluster"],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.long
@pytest.mark.parametrize("threads", [1, 3])
def test_the_same_results_as_on_this_machine(threads: int, tmp_path: Path) -> None:
    plan = plan_file(tmp_path, SMALL + "[[problem]]\ndepth = [1, 2]\n")
    here = certify("sweep", plan, "--out", tmp_path / "here", "--workers", "1")
    there = on_cluster(tmp_path, plan, threads)
    assert (there.returncode, there.stdout) == (here.code, here.out), there.stderr
    assert results(tmp_path / "cluster") == results(tmp_path / "here")


@pytest.mark.long
def test_workers_of_a_cluster_die(tmp_path: Path) -> None:
    plan = plan_file(tmp_path, SMALL)
    here = certify("sweep", plan, "--out", tmp_path / "here", "--workers", "1")
    there = on_cluster(tmp_path, plan, 1, KILL_WORKERS)
    assert (there.returncode, there.stdout) == (here.code, here.out), there.stderr
    assert results(tmp_path / "cluster") == results(tmp_path / "here")


@pytest.mark.long
def test_a_lost_scheduler_loses_no_answer(tmp_path: Path) -> None:
    plan = plan_file(tmp_path, SMALL.replace("seeds = 3", "seeds = 100"))
    there = on_cluster(tmp_path, plan, 1, LOSE_SCHEDULER)
    assert there.returncode == 5
    (line,) = there.stderr.splitlines()
    assert line.startswith("certify: error: --cluster tcp://127.0.0.1:")
    assert line.endswith("; what is done is kept, run it again")
    rows, _ = results(tmp_path / "cluster")
    assert 0 < sum(row[3] is not None for row in rows) < 400


def test_no_scheduler(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("certify.sweep.workers.PATIENCE", 1)
    ended = certify("sweep", plan_file(tmp_path, SMALL), "--out", tmp_path / "out", "--cluster", "tcp://127.0.0.1:1")
    assert ended.code == 5
    assert "--cluster tcp://127.0.0.1:1: no Dask scheduler answers there; start one with dask scheduler" in ended.err
    assert {row.outcome for row in rows_of(tmp_path / "out")} == {None}


def test_without_distributed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def importing(name: str, *rest: object) -> object:
        if name == "distributed":
            raise ImportError(name)
        return real(name, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(builtins, "__import__", importing)
    ended = certify("sweep", plan_file(tmp_path, SMALL), "--out", tmp_path / "out", "--cluster", "tcp://127.0.0.1:1")
    assert ended.code == 2
    assert ended.err.endswith("needs the package distributed; pip install 'certify-minima[cluster]'\n")
