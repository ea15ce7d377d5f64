"""A sweep whose processes are killed at random, parent and workers, against one that is left in peace.

    python benchmarks/sweep_killed.py [--instances 2000] [--kills 5] [--seed 0] [--workers 2]

Each time, the parent dies by `kill -9` after a random number of answers, and a worker before it; then the same command
is given again. What was acknowledged at a death must still be there at the next one, and not have been done again; and
at the end all rows and all files must be those of the undisturbed sweep. Exits 1 if not. Linux only (/proc).
"""

from __future__ import annotations

import argparse
import hashlib
import os
import random
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from certify.sweep.store import CERTIFICATES, DATABASE, INSTANCES, rows_of

PLAN = """
[[data]]
random = ["gaussian", "uniform"]
dimension = 2
samples = 4
seeds = {seeds}
"""


class Sweep:
    """One `certify sweep` as a process."""

    def __init__(self, plan: Path, folder: Path, workers: int) -> None:
        self.folder = folder
        command = [sys.executable, "-m", "certify.cli", "sweep", str(plan), "--out", str(folder), "--quiet"]
        self.process = subprocess.Popen([*command, "--workers", str(workers)], stdout=subprocess.DEVNULL)

    def wait_for(self, answers: int) -> None:
        """Until so many jobs are done, or all are."""
        while self.process.poll() is None and len(acknowledged(self.folder)) < answers:
            time.sleep(0.01)

    def kill_a_worker(self, generator: random.Random) -> bool:
        """Whether there was one."""
        workers = []
        try:
            children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text("ascii").split()
            workers = [pid for pid in children if b"spawn_main" in Path(f"/proc/{pid}/cmdline").read_bytes()]
            os.kill(int(generator.choice(workers)), signal.SIGKILL)
        except (OSError, IndexError):
            return False
        return True

    def kill(self) -> bool:
        """Whether it was alive."""
        alive = self.process.poll() is None
        self.process.kill()
        self.process.wait()
        return alive


def acknowledged(folder: Path) -> dict[str, tuple[str | None, ...]]:
    """The jobs that are done, with the time that each took: another time would mean that it was done again."""
    if not (folder / DATABASE).is_file():
        return {}
    database = sqlite3.connect(folder / DATABASE, timeout=30)
    try:
        rows = database.execute("SELECT job, outcome, instance, certificate, seconds FROM jobs WHERE outcome NOT NULL")
        return {row[0]: row[1:] for row in rows}
    except sqlite3.OperationalError:  # killed before there was a table
        return {}
    finally:
        database.close()


def results(folder: Path) -> tuple[object, dict[str, str]]:
    """All rows, and the hashes of all files."""
    files = {}
    for kind in (INSTANCES, CERTIFICATES):
        for path in (folder / kind).rglob("*"):
            if path.is_file():
                files[str(path.relative_to(folder))] = hashlib.sha256(path.read_bytes()).hexdigest()
    if any(Path(name).stem != found for name, found in files.items()):
        raise SystemExit("a file does not hold what its name says")
    return rows_of(folder), files


def disturbed(plan: Path, folder: Path, instances: int, arguments: argparse.Namespace) -> tuple[int, int]:
    """Run the sweep with all deaths; returns how many parents and workers died."""
    generator = random.Random(arguments.seed)
    parents = workers = 0
    before: dict[str, tuple[str | None, ...]] = {}
    for answers in [*sorted(generator.sample(range(1, instances), arguments.kills)), instances]:
        sweep = Sweep(plan, folder, arguments.workers)
        sweep.wait_for((len(before) + answers) // 2)
        workers += sweep.kill_a_worker(generator)
        sweep.wait_for(answers)
        if answers < instances:
            time.sleep(generator.uniform(0, 0.1))
            parents += sweep.kill()
        elif sweep.process.wait() != 0:
            raise SystemExit(f"the last sweep ended with {sweep.process.returncode}")
        now = acknowledged(folder)
        if any(now.get(job) != answer for job, answer in before.items()):
            raise SystemExit("an acknowledged job was lost or done again")
        before = now
    return parents, workers


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name, default in (("instances", 2000), ("kills", 5), ("seed", 0), ("workers", 2)):
        parser.add_argument(f"--{name}", type=int, default=default)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        plan = folder / "plan.toml"
        plan.write_text(PLAN.format(seeds=arguments.instances // 2), "utf-8")
        instances = arguments.instances // 2 * 2
        started = time.monotonic()
        peace = Sweep(plan, folder / "peace", arguments.workers)
        if peace.process.wait() != 0:
            raise SystemExit(f"the undisturbed sweep ended with {peace.process.returncode}")
        between = time.monotonic()
        parents, workers = disturbed(plan, folder / "killed", instances, arguments)
        ended = time.monotonic()
        same = results(folder / "peace") == results(folder / "killed")
        tables = [(folder / kind / "summary.csv").read_bytes() for kind in ("peace", "killed")]
        same = same and tables[0] == tables[1]
        print(f"{instances} instances, undisturbed: {between - started:.0f} s")
        print(f"{parents} parents and {workers} workers killed: {ended - between:.0f} s")
        print("identical rows, files and tables" if same else "DIFFERENT RESULTS")
        sys.exit(not same or parents < arguments.kills)


if __name__ == "__main__":
    main()
