"""What a peer's script does with a job: `python -m benchmarks.peers.PEER JOB.json` prints CPU times and answer as JSON.

A job of the kind "hessian" is a network; its Hessian is computed, `shift` is added to the diagonal, and it is decided
whether the sum is positive definite. One of the kind "definite" is a symmetric matrix alone. Reading is not timed, nor
is the first round, unless it takes so long that it stays the only one.
"""

from __future__ import annotations

import json
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

ENOUGH, MOST, LONG = 0.5, 15, 10  # rounds go on for so many CPU seconds, or so often; what takes long is done once


def read_job() -> dict[str, Any]:
    job: dict[str, Any] = json.loads(Path(sys.argv[1]).read_text("utf-8"))
    return job


def median(work: Callable[[], Any]) -> tuple[float, Any]:
    """The median CPU time and the last result."""
    first, result = _timed(work)
    spent: list[float] = []
    while first < LONG and sum(spent) < ENOUGH and len(spent) < MOST:
        seconds, result = _timed(work)
        spent.append(seconds)
    return statistics.median(spent or [first]), result


def _timed(work: Callable[[], Any]) -> tuple[float, Any]:
    start = time.process_time()
    result = work()
    return time.process_time() - start, result


def run(
    hessian: Callable[[dict[str, Any]], Any],
    matrix: Callable[[list[list[float]]], Any],
    shifted: Callable[[Any, float], Any],
    definite: Callable[[Any], bool],
    entry: Callable[[Any, int, int], float],
) -> None:
    """Do the job with one tool. `shifted` adds a number to the diagonal, `definite` decides, `entry` rounds one."""
    job, found = read_job(), dict[str, Any]()
    if job["kind"] == "hessian":
        found["hessian"], of_loss = median(lambda: hessian(job))
        size = len(job["last"]) * (len(job["units"][0]) + 1) + 1
        found["entries"] = [entry(of_loss, i, j) for i, j in ((0, 0), (0, size - 1), (size - 2, 0), (size - 2, 1))]
    else:
        of_loss = matrix(job["matrix"])
    found["definite"], found["answer"] = median(lambda: bool(definite(shifted(of_loss, job["shift"]))))
    print(json.dumps(found))
