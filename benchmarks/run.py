"""Measure certify, alone and against other tools, in one run: `python benchmarks/run.py [--large] [SECTION ...]`.

The sections are `processes` (whole commands), `peers` (the same jobs by other tools; those that are not installed are
named, see benchmarks/peers.txt) and `growth` (CPU time by size). Prints tables of medians and ratios, saves them, with
the machine and the versions, in benchmarks/results.json, and writes the tables of docs/performance.md.
Absolute seconds depend on the machine and its load; quote the ratios.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import random
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks import compare, page  # noqa: E402 - found by the line above

RESULTS = ROOT / "benchmarks" / "results.json"
PACKAGES = ("python-flint", "numpy", "jax", "torch", "mpmath", "passagemath-flint", "codac")
SECTIONS = ("processes", "peers", "growth")
EXAMPLES = ROOT / "examples"


@dataclass(frozen=True, slots=True)
class Measurement:
    """CPU seconds (user and system) and peak memory in MB of one whole process: medians over the runs."""

    cpu: float
    memory: float
    runs: int


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table; `limit` is what the project demands of `value`."""

    what: str
    value: float
    unit: str
    limit: float


def measure(command: Sequence[str], runs: int) -> Measurement:
    """Run a command several times after one warm-up run.

    Raises:
        RuntimeError: the command failed.
    """
    samples = [_run(command) for _ in range(runs + (runs > 1))][runs > 1 :]
    return Measurement(statistics.median(c for c, _ in samples), statistics.median(m for _, m in samples), runs)


def _run(command: Sequence[str]) -> tuple[float, float]:
    # With byte code that earlier runs left, as users have it: to compile all modules anew would be most of a check.
    environment = os.environ | {"PYTHONDONTWRITEBYTECODE": ""}
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    if os.waitstatus_to_exitcode(status) != 0:
        raise RuntimeError(f"{' '.join(command)} failed")
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def _output(command: Sequence[str]) -> str:
    environment = os.environ | {"PYTHONPATH": str(ROOT), "OPENBLAS_NUM_THREADS": "1"}
    return subprocess.run(command, check=True, capture_output=True, text=True, env=environment).stdout


def certify(*arguments: str | Path) -> list[str]:
    """The command line of the tool under this interpreter."""
    return [sys.executable, "-m", "certify.cli", *map(str, arguments)]


def prove(out: Path, *arguments: str | Path) -> list[str]:
    return certify("prove", *arguments, "--out", out)


def check(out: Path) -> list[str]:
    return certify("check", out / "instance.json", out / "certificate.json")


def small(folder: Path, runs: int) -> list[Row]:
    """The jobs of a first encounter."""
    iris = folder / "iris"
    empty = measure([sys.executable, "-c", "pass"], runs)
    flint = measure([sys.executable, "-c", "import flint"], runs)
    proving = measure(prove(iris, EXAMPLES / "iris.csv"), runs)
    checking = measure(check(iris), runs)
    rows = [
        Row("check iris / import flint", checking.cpu / flint.cpu, "ratio", 3),
        Row("prove iris - python", proving.cpu - empty.cpu, "CPU s", 1),
        Row("certify --help", measure(certify("--help"), runs).cpu, "CPU s", 0.15),
    ]
    narrow, wide = folder / "narrow", folder / "wide"
    commands = {
        "prove": (
            prove(narrow, EXAMPLES / "iris.csv", "--widths", "10"),
            prove(wide, EXAMPLES / "iris.csv", "--widths", "1000000"),
        ),
        "check": (check(narrow), check(wide)),
    }
    for name, (first, second) in commands.items():
        # In turns, so that a drift of the machine's speed meets both.
        pairs = [(_run(second)[0], _run(first)[0]) for _ in range(2 * runs)]
        ratio = statistics.median(w for w, _ in pairs) / statistics.median(n for _, n in pairs)
        rows.append(Row(f"{name} iris, width 1,000,000 / 10", ratio, "ratio", 1.05))
    fitted = folder / "fitted"
    options = ("--construction", "fitted", "--activation", "silu")
    proving = measure(prove(fitted, EXAMPLES / "iris.csv", *options), runs)
    rows.append(Row("prove fitted iris - python", proving.cpu - empty.cpu, "CPU s", 3))
    ratio = float(_output([sys.executable, str(ROOT / "benchmarks" / "hessian.py"), str(fitted)]))
    rows.append(Row("proof of fitted iris / NumPy Hessian, width 64", ratio, "ratio", 10))
    cancer = measure(prove(folder / "cancer", EXAMPLES / "breast-cancer.csv"), 1)
    rows.append(Row("prove breast cancer (569 x 30)", cancer.cpu, "CPU s", 10))
    return rows


def definite(size: int) -> Row:
    """Definiteness alone: one integer matrix, the second moment of thrice as many random vectors with weights."""
    script = ROOT / "benchmarks" / "definite.py"
    return Row(f"definite, {size} x {size}", float(_output([sys.executable, str(script), str(size)])), "CPU s", 10)


@dataclass(frozen=True, slots=True)
class Job:
    """Random decimals of this shape; what the project demands: CPU seconds to prove and to check, MB to check."""

    samples: int
    features: int
    proving: float
    checking: float
    memory: float


LARGE = (
    Job(100_000, 50, 600, 30, 2048),
    Job(20_000, 100, 600, 120, 4096),
    Job(20_000, 200, 1200, 240, 4096),
    Job(1_000_000, 20, 600, 120, 4096),
)


def large(folder: Path, job: Job) -> list[Row]:
    """A data set that lies beside its instance."""
    samples, features = job.samples, job.features
    rng = random.Random(1)
    data = folder / "large.csv"
    with data.open("w") as stream:
        stream.write(",".join(f"x{j}" for j in range(features)) + "\n")
        for _ in range(samples):
            stream.write(",".join(f"{rng.gauss(0, 1):.3f}" for _ in range(features)) + "\n")
    proving = measure(prove(folder / "large", data), 1)
    checking = measure(check(folder / "large"), 1)
    return [
        Row(f"prove {samples:,} x {features}", proving.cpu, "CPU s", job.proving),
        Row(f"prove {samples:,} x {features}, memory", proving.memory, "MB", 4096),
        Row(f"check {samples:,} x {features}", checking.cpu, "CPU s", job.checking),
        Row(f"check {samples:,} x {features}, memory", checking.memory, "MB", job.memory),
    ]


def saved(section: str, found: dict[str, Any]) -> None:
    """Put what was measured in place of what the file had for this section; the others stay as they were."""
    results = json.loads(RESULTS.read_text("utf-8"))
    machine = {"platform": platform.platform(), "cores": os.cpu_count(), "python": platform.python_version()}
    results[section] = {"machine": machine, "versions": versions(), **found}
    RESULTS.write_text(json.dumps(results, indent=2) + "\n", "utf-8")
    page.write(results)


def versions() -> dict[str, str]:
    """Of the packages that are installed."""
    found = {}
    for name in PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


def rows_of(measured: list[Row]) -> bool:
    """Print the lines; whether every limit was kept."""
    for row in measured:
        mark = "ok" if row.value <= row.limit else "OVER"
        print(f"{row.what:<47} {row.value:>9.3f} {row.unit:<6} (limit {row.limit:g})  {mark}")
    return all(row.value <= row.limit for row in measured)


def main() -> int:
    """Print the tables, save them; the exit code says whether every limit was kept."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sections", nargs="*", metavar="SECTION", help=f"{', '.join(SECTIONS)} (default: all)")
    parser.add_argument("--runs", type=int, default=9, help="counted runs of each short command (default: 9)")
    parser.add_argument("--large", action="store_true", help="also large matrices and data sets (ten minutes)")
    arguments = parser.parse_args()
    sections = arguments.sections or SECTIONS
    if not set(sections) <= set(SECTIONS):
        parser.error(f"the sections are {', '.join(SECTIONS)}")
    kept = True
    with tempfile.TemporaryDirectory() as name:
        if "processes" in sections:
            rows = small(Path(name), arguments.runs)
            kept &= rows_of(rows)
            saved("processes", {"rows": [asdict(row) for row in rows]})
        if arguments.large:
            rows = [definite(size) for size in (12, 41, 100, 500)]
            rows += [row for job in LARGE for row in large(Path(name), job)]
            kept &= rows_of(rows)
            saved("large", {"rows": [asdict(row) for row in rows]})
    for section, measured in (("peers", compare.peers), ("growth", compare.growth)):
        if section in sections:
            saved(section, measured())
            results = json.loads(RESULTS.read_text("utf-8"))
            print("\n\n".join(page.tables(results)[table] for table in page.TABLES[section]))
            if section == "peers":
                kept &= rows_of([Row(**row) for row in page.limits(results[section])])
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main())
