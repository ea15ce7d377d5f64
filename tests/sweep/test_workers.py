"""Processes on this machine: they die, and nothing is lost."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from certify.sweep.job import Job, Outcome
from certify.sweep.plan import read_plan
from certify.sweep.workers import ATTEMPTS, local
from tests.sweep.results import SMALL, plan_file


@dataclass(frozen=True)
class Strange(Job):
    """A job that does something to its worker."""

    deed: Callable[[], Any] = time.time

    def problem(self) -> Any:
        self.deed()
        raise MemoryError


def kill_myself() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def leave() -> None:
    os._exit(0)


def is_uninterruptible() -> None:
    if signal.getsignal(signal.SIGINT) is not signal.SIG_IGN:
        os._exit(1)


@dataclass(frozen=True)
class OnceOnly:
    """Kills its worker unless a file is there, which it makes."""

    path: Path

    def __call__(self) -> None:
        if not self.path.exists():
            self.path.touch()
            kill_myself()


def kinds(found: dict[Job, Outcome]) -> list[str]:
    return [outcome.kind for outcome in found.values()]


@pytest.fixture(scope="module")
def jobs(tmp_path_factory: pytest.TempPathFactory) -> tuple[Job, ...]:
    return read_plan(plan_file(tmp_path_factory.mktemp("plan"), SMALL)).jobs


def files(found: dict[Job, Outcome]) -> dict[str, tuple[str, str, bytes | None, bytes | None]]:
    return {job.name: (o.kind, o.cause, o.instance, o.certificate) for job, o in found.items()}


def test_every_job_once_and_the_same_for_one_worker_and_for_two(jobs: tuple[Job, ...]) -> None:
    one, two = list(local(jobs, 1)), list(local(jobs, 2))
    assert len(one) == len(two) == len(jobs)
    assert files(dict(one)) == files(dict(two))
    assert {"proved", "obstructed"} == set(kinds(dict(one)))
    assert not multiprocessing.active_children()


def test_no_jobs() -> None:
    assert list(local([], 2)) == []


def test_killed_workers_are_replaced(jobs: tuple[Job, ...]) -> None:
    """The first, third and fifth answers are each followed by the death of a worker."""
    undisturbed = files(dict(local(jobs, 2)))
    found, deaths = dict[Job, Outcome](), 0
    for job, outcome in local(jobs, 2):
        assert job not in found
        found[job] = outcome
        if len(found) in (1, 3, 5):
            victim = multiprocessing.active_children()[0].pid
            assert victim is not None
            os.kill(victim, signal.SIGKILL)
            deaths += 1
    assert deaths == 3
    assert files(found) == undisturbed


@pytest.mark.parametrize("deed", [kill_myself, leave])
def test_a_job_that_always_kills_its_worker_crashes_and_harms_no_other(
    deed: Callable[[], None], jobs: tuple[Job, ...]
) -> None:
    bad = Strange("bad", None, deed)
    found = dict(local([bad, *jobs[:3]], 2))
    assert (found[bad].kind, found[bad].cause) == ("crashed", f"the worker died, {ATTEMPTS} times")
    assert "crashed" not in kinds({job: outcome for job, outcome in found.items() if job is not bad and job != bad})
    assert len(found) == 4


def test_a_job_may_be_unlucky_once(tmp_path: Path) -> None:
    job = Strange("unlucky", None, OnceOnly(tmp_path / "been-here"))
    assert [outcome.cause for _, outcome in local([job], 1)] == ["out of memory"]
    assert (tmp_path / "been-here").exists()


def test_workers_leave_interrupts_to_their_parent() -> None:
    job = Strange("calm", None, is_uninterruptible)
    assert [outcome.cause for _, outcome in local([job], 1)] == ["out of memory"]
    assert signal.getsignal(signal.SIGINT) is not signal.SIG_IGN


def test_nobody_is_left_when_the_sweep_is_given_up(jobs: tuple[Job, ...]) -> None:
    running = local(jobs, 2)
    next(running)
    assert len(multiprocessing.active_children()) == 2
    running.close()
    assert not multiprocessing.active_children()


def test_threads_of_one_worker_take_turns(jobs: tuple[Job, ...]) -> None:
    """As on a cluster whose workers have several threads: precision belongs to the process."""
    from certify.sweep.job import run

    expected = files(dict(local(jobs[:4], 1)))
    found = dict[Job, Outcome]()
    threads = [threading.Thread(target=lambda job=job: found.update({job: run(job)})) for job in jobs[:4]]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert files(found) == expected
