"""Arb from C (arb.c), compiled when first asked: what the arithmetic alone costs."""

from __future__ import annotations

import subprocess
import tempfile
from pathlib import Path
from typing import Any

from benchmarks.peers.timing import read_job

LIBRARIES = (["-lflint"], ["-lflint-arb", "-lflint"])  # FLINT 3 has Arb inside; of 2 Debian has two libraries


def numbers(job: dict[str, Any]) -> str:
    if job["kind"] == "definite":
        rows = [[job["shift"], 0, len(job["matrix"]), 0], *job["matrix"]]
    else:
        inputs = [[*row, 1.0] for row in job["inputs"]]
        first = [job["shift"], len(inputs), len(inputs[0]), len(job["last"])]
        rows = [first, *inputs, job["targets"], *job["units"], [*job["last"], job["constant"]]]
    return "\n".join(" ".join(map(repr, row)) for row in rows)


def build(program: Path) -> None:
    source, faults = Path(__file__).with_name("arb.c"), ""
    for libraries in LIBRARIES:
        command = ["gcc", "-O2", "-o", str(program), str(source), *libraries, "-lm"]
        result = subprocess.run(command, capture_output=True, text=True, check=False)
        if result.returncode == 0:
            return
        faults = result.stderr
    raise ImportError(faults)


with tempfile.TemporaryDirectory() as folder:
    program = Path(folder) / "arb"
    build(program)
    answer = subprocess.run([program], input=numbers(read_job()), capture_output=True, text=True, check=True)
    print(answer.stdout.strip())
