"""Sweeps whose parents and workers die by kill -9; benchmarks/sweep_killed.py does it with 2,000 instances."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from tests.terminal import ROOT


@pytest.mark.long
@pytest.mark.parametrize("seed", [1, 2])
def test_nothing_is_lost_and_nothing_repeated(seed: int) -> None:
    command = [sys.executable, ROOT / "benchmarks" / "sweep_killed.py", "--instances", "100", "--seed", str(seed)]
    done = subprocess.run(
        command, env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done
    assert "5 parents and" in done.stdout
    assert "identical rows, files and tables" in done.stdout
