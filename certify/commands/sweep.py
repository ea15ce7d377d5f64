"""`certify sweep`."""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections import Counter
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from certify.arguments import Parser, integer
from certify.commands import use_one_thread
from certify.errors import UsageError
from certify.exit_codes import INTERRUPTED
from certify.progress import Progress
from certify.terminal import print_json, print_lines, uninterrupted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from certify.sweep.job import Job
    from certify.sweep.store import Row, Store

EXAMPLE = "certify sweep examples/phase-diagram/sweep.toml --out sweep/"


def configure(parser: Parser) -> None:
    """Add the arguments."""
    add = parser.add_argument
    add("plan", nargs="?", type=Path, metavar="PLAN", help="a .toml file: data sets, and what to prove of them")
    add("--out", type=Path, default=Path("sweep"), metavar="DIR", help="folder of the results (default: sweep)")
    add("--workers", type=integer, metavar="N", help="processes on this machine (default: one for each core)")
    add("--cluster", metavar="ADDRESS", help="a Dask scheduler such as tcp://host:8786, whose workers do the jobs")
    add("--summary", action="store_true", help="only show what the folder holds")
    parser.add_quiet()
    parser.add_json()


def run(arguments: argparse.Namespace) -> int:
    """Do what is not done yet, and show all that is; returns the exit code."""
    use_one_thread()
    from certify.sweep.plan import read_plan
    from certify.sweep.store import opened, rows_of

    if arguments.summary == (arguments.plan is not None):
        raise UsageError("expected either a PLAN or --summary (see certify sweep --help)")
    if arguments.workers is not None and arguments.workers < 1:
        raise UsageError(f"--workers: expected a positive integer, found {arguments.workers}")
    if arguments.workers is not None and arguments.cluster is not None:
        raise UsageError("--workers: a cluster has its own; leave the option out")
    if arguments.summary:
        return _show(rows_of(arguments.out), 0, arguments)
    plan = read_plan(arguments.plan)
    with opened(arguments.out) as store:
        store.add(plan)
        try:
            _work(store, store.pending(plan.jobs), arguments)
        except KeyboardInterrupt:
            done = len(plan.jobs) - len(store.pending(plan.jobs))
            kept = f"{done:,} of {len(plan.jobs):,} jobs are done and kept"
            print(f"certify: interrupted; {kept}, and the same command goes on from there", file=sys.stderr)
            return INTERRUPTED
    names, rows = {job.name for job in plan.jobs}, rows_of(arguments.out)
    return _show([row for row in rows if row.job in names], len(rows) - len(names), arguments)


def _work(store: Store, jobs: Sequence[Job], arguments: argparse.Namespace) -> None:
    """Do the jobs, and keep what becomes of each."""
    from certify.sweep.summary import tally
    from certify.sweep.workers import cluster, local

    if arguments.cluster is not None:
        running = cluster(jobs, arguments.cluster)
    else:
        running = local(jobs, arguments.workers or os.cpu_count() or 1)
    counts, started = Counter[tuple[str, str]](), time.monotonic()
    with Progress(arguments.quiet) as progress, closing(running) as outcomes:
        for done, (job, outcome) in enumerate(outcomes, 1):
            store.acknowledge(job, outcome)
            counts[outcome.kind, outcome.cause] += 1
            left = (time.monotonic() - started) / done * (len(jobs) - done)
            progress(f"{done:,} of {len(jobs):,} jobs, {left / 60:.0f} min left: {tally(counts)}")


def _show(rows: Sequence[Row], others: int, arguments: argparse.Namespace) -> int:
    """Write the table and the picture, print the counts; `others` are jobs in the folder that nobody asked for."""
    from certify.output import write_all
    from certify.sweep.picture import PICTURE, picture
    from certify.sweep.summary import TABLE, document, exit_code, lines, table

    if not rows:
        raise UsageError(f"{arguments.out}: holds no jobs yet")
    with uninterrupted():
        write_all(arguments.out, {TABLE: table(rows), PICTURE: picture(rows)})
        if arguments.json:
            print_json({**document(rows), "out": str(arguments.out)})
            return exit_code(rows)
        print_lines(list(lines(rows))[: 1 if arguments.quiet else None])
        if not arguments.quiet:
            if others:
                print(f"{others:,} more jobs in {arguments.out}/ are of other plans (--summary shows all)")
            print(f"written to {arguments.out}/: {TABLE}, {PICTURE}", file=sys.stderr)
    return exit_code(rows)
