"""certify and its peers on the same jobs, in turns: the sections "peers" and "growth" of benchmarks/run.py."""

from __future__ import annotations

import json
import math
import os
import statistics
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks import jobs

PEERS = Path(__file__).resolve().parent / "peers"
ROUNDS, LONG, LIMIT = 3, 5.0, 60.0
"""What has limits is measured in so many rounds, in each of which every tool has its turn; in only one beyond LONG CPU
seconds. What would take over LIMIT seconds, were the cost of Hessians to grow with the square of the size and that of
definiteness with the cube, is not run."""
Figures = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Tool:
    """A peer; what it takes to install it is in benchmarks/peers.txt."""

    name: str
    script: str
    arithmetic: str

    def command(self, job: Path) -> list[str]:
        if self.script.endswith(".m"):
            return ["octave-cli", "--no-gui", str(PEERS / self.script), str(job)]
        return [sys.executable, "-W", "ignore", "-m", f"benchmarks.peers.{self.script}", str(job)]


CERTIFY = Tool("certify", "ours", "balls, 128 bits")
NAIVE = Tool("python-flint, naive", "python_flint", "balls, 128 bits")
JAX = Tool("JAX", "jax_float64", "float64, not rigorous")
TOOLS = (
    CERTIFY,
    NAIVE,
    Tool("Arb in C", "c_arb", "balls, 128 bits"),
    Tool("passagemath RealBallField", "passagemath", "balls, 128 bits"),
    Tool("mpmath.iv", "mpmath_iv", "intervals, 128 bits"),
    Tool("Codac", "codac_intervals", "intervals, float64"),
    Tool("Octave interval", "octave_interval.m", "intervals, float64"),
    JAX,
    Tool("torch.func", "torch_float64", "float64, not rigorous"),
)
MISSING = ("ModuleNotFoundError", "ImportError", "the package interval was not found", "package_name interval")


def run_once(tool: Tool, job: jobs.Job) -> Figures | None:
    """CPU seconds and answer of a tool; None if it is not installed.

    Raises:
        RuntimeError: it failed.
    """
    root = str(PEERS.parents[1])
    environment = os.environ | {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "PYTHONPATH": root}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "job.json"
        path.write_text(json.dumps(job), "utf-8")
        try:
            found = subprocess.run(tool.command(path), capture_output=True, text=True, env=environment, check=False)
        except FileNotFoundError:
            return None
    if found.returncode != 0:
        if any(word in found.stderr for word in MISSING):
            return None
        raise RuntimeError(f"{tool.name} failed: {found.stderr.strip()}")
    figures: Figures = json.loads(found.stdout.splitlines()[-1])
    return figures


def in_turns(tasks: list[tuple[Tool, jobs.Job]], rounds: int = 1) -> dict[str, Figures | None]:
    """By the name of the tool the medians of its times over the rounds, and its answer."""
    runs: dict[str, list[Figures]] = {tool.name: [] for tool, _ in tasks}
    for turn in range(rounds):
        for tool, job in tasks:
            earlier = runs[tool.name]
            if turn == 0 or (earlier and total(earlier[0]) < LONG):
                figures = run_once(tool, job)
                earlier += [] if figures is None else [figures]
    return {name: _medians(figures) if figures else None for name, figures in runs.items()}


def _medians(runs: list[Figures]) -> Figures:
    return {key: statistics.median(r[key] for r in runs) if _is_time(v) else v for key, v in runs[0].items()}


def _is_time(value: object) -> bool:
    return isinstance(value, float | int) and not isinstance(value, bool)


def total(figures: Figures) -> float:
    return float(sum(value for value in figures.values() if _is_time(value)))


def by_size(sizes: dict[int, jobs.Job], rounds: int) -> dict[str, dict[str, Figures | str | None]]:
    """By size and tool: figures, None where the tool is not installed, or "too long"."""
    found: dict[str, dict[str, Figures | str | None]] = {}
    last: dict[str, tuple[int, Figures]] = {}
    for size, job in sizes.items():
        left = {name for name, (at, figures) in last.items() if expected(figures, size / at) > LIMIT}
        measured = in_turns([(tool, job) for tool in TOOLS if tool.name not in left], rounds)
        demand_agreement(measured)
        last |= {name: (size, f) for name, f in measured.items() if f is not None}
        found[str(size)] = {tool.name: "too long" if tool.name in left else measured[tool.name] for tool in TOOLS}
    return found


def expected(figures: Figures, growth: float) -> float:
    """The CPU seconds for a job that is so many times as large."""
    return float(figures.get("hessian", 0.0) * growth**2 + figures["definite"] * growth**3)


def demand_agreement(found: dict[str, Figures | None]) -> None:
    """Check that the tools computed the same Hessian, and that none that concludes differs from certify.

    Raises:
        RuntimeError: they did not do the same job.
    """
    ours = found[CERTIFY.name]
    for name, figures in found.items():
        if figures is None or ours is None:
            continue
        if "entries" in ours:
            scale = max(map(abs, ours["entries"]))
            if any(abs(a - b) > 1e-9 * scale for a, b in zip(ours["entries"], figures["entries"], strict=True)):
                raise RuntimeError(f"{name} computed another Hessian than certify")
        if figures["answer"] and not ours["answer"]:
            raise RuntimeError(f"{name} says definite, where certify does not")


def peers() -> Figures:
    """Jobs (a) to (d) of docs/performance.md."""
    widths: dict[str, dict[str, Figures | None]] = {}
    for width, (proof, point) in jobs.plateaus().items():
        widths[str(width)] = in_turns([(CERTIFY, proof), (NAIVE, point), (JAX, point)], ROUNDS)
    return {
        "arithmetic": {tool.name: tool.arithmetic for tool in TOOLS},
        "widths": widths,
        "hessians": by_size(jobs.networks(), ROUNDS),
        "definiteness": by_size(jobs.matrices(), 1),
    }


def growth() -> Figures:
    """CPU seconds to prove and to check, by size, and the exponents of the power laws that fit the last three sizes."""
    found: Figures = {}
    for what in jobs.GROWTH:
        sizes = {size: proved(job) for size, job in jobs.growth(what).items()}
        laws = {key: exponent([(size, figures[key]) for size, figures in sizes.items()]) for key in ("prove", "check")}
        found[what] = {"sizes": {str(size): figures for size, figures in sizes.items()}, "exponents": laws}
    return {"laws": found}


def proved(job: jobs.Job) -> Figures:
    """The medians for certify alone.

    Raises:
        RuntimeError: it did not prove a local minimum.
    """
    figures = in_turns([(CERTIFY, job)])[CERTIFY.name]
    if figures is None or not figures["answer"]:
        raise RuntimeError("certify proved no local minimum, so the time is not that of a proof")
    return figures


def exponent(points: list[tuple[int, float]]) -> float:
    """The slope of the line that fits the logarithms of the last three points best."""
    logs = [(math.log(size), math.log(seconds)) for size, seconds in points[-3:]]
    return statistics.linear_regression([x for x, _ in logs], [y for _, y in logs])[0]
