"""Who does the jobs: processes on this machine, or a cluster. Both give each job and its outcome, as they come."""

from __future__ import annotations

import logging
import multiprocessing
from collections import deque
from collections.abc import Generator, Sequence
from contextlib import suppress
from multiprocessing.connection import Connection, wait
from typing import Any

from certify.errors import UsageError
from certify.sweep.job import Job, Outcome, run
from certify.terminal import uninterrupted

ATTEMPTS = 3
"""How often a job is begun before the deaths of its workers are blamed on it."""

_CONTEXT = multiprocessing.get_context("spawn")
PATIENCE = 30
"""Seconds that a scheduler has to answer."""


def local(jobs: Sequence[Job], count: int) -> Generator[tuple[Job, Outcome], None, None]:
    """Do the jobs in `count` processes. One that dies is replaced, and its job begun again at the end."""
    waiting = deque((job, 1) for job in jobs)
    idle: list[_Worker] = []
    busy: dict[object, tuple[_Worker, Job, int]] = {}
    done: list[tuple[Job, Outcome]] = []
    try:
        while waiting or busy:
            while waiting and len(busy) < count:
                job, attempt = waiting.popleft()
                worker = idle.pop() if idle else _Worker()
                worker.begin(job)
                busy[worker.connection] = worker, job, attempt
            yield from done  # only now, when everybody is at work again
            done = []
            for connection in wait([worker.connection for worker, _, _ in busy.values()]):
                worker, job, attempt = busy.pop(connection)
                outcome = worker.outcome()
                if outcome is not None:
                    idle.append(worker)
                    done.append((job, outcome))
                elif attempt < ATTEMPTS:
                    waiting.append((job, attempt + 1))
                else:
                    done.append((job, Outcome("crashed", f"the worker died, {ATTEMPTS} times")))
        yield from done
    finally:
        for worker in (*idle, *(worker for worker, _, _ in busy.values())):
            worker.stop()


class _Worker:
    """A process that does one job at a time. It ends when nobody holds the other end of its pipe any more."""

    def __init__(self) -> None:
        self.connection, theirs = _CONTEXT.Pipe()
        self._process = _CONTEXT.Process(target=_serve, args=(theirs,), daemon=True)
        with uninterrupted():  # which the process inherits: Ctrl-C is for its parent
            self._process.start()
        theirs.close()

    def begin(self, job: Job) -> None:
        """Begin a job. If the process is dead already, `outcome` says so."""
        with suppress(OSError):
            self.connection.send(job)

    def outcome(self) -> Outcome | None:
        """What became of the job, or None: the process died."""
        try:
            outcome: Outcome = self.connection.recv()
        except (EOFError, OSError):
            self.stop()
            return None
        return outcome

    def stop(self) -> None:
        """End the process, whatever it does."""
        self.connection.close()
        self._process.kill()
        self._process.join()


def _serve(connection: Connection) -> None:
    """The life of a process."""
    while True:
        try:
            connection.send(run(connection.recv()))
        except (EOFError, OSError):
            return


def cluster(jobs: Sequence[Job], address: str) -> Generator[tuple[Job, Outcome], None, None]:
    """Do the jobs on the workers of a Dask scheduler, which replaces those that die.

    Raises:
        UsageError: the package `distributed` is missing.
        OSError: the scheduler cannot be reached, or is lost.
    """
    try:
        from distributed import Client, KilledWorker, as_completed
    except ImportError:
        raise UsageError("--cluster needs the package distributed; pip install 'certify-minima[cluster]'") from None
    logging.disable()  # what matters is said below, in one line
    try:
        with _client(Client, address) as client:
            futures = {client.submit(run, job, key=f"certify-{job.name}", pure=False): job for job in jobs}
            for future in as_completed(list(futures)):
                job = futures.pop(future)
                try:
                    outcome = future.result()
                except KilledWorker:
                    outcome = Outcome("crashed", "the workers died, too often for the scheduler")
                except Exception as error:
                    fault = f"{type(error).__name__}: {error}".partition("\n")[0]
                    raise OSError(f"--cluster {address}: {fault}; what is done is kept, run it again") from None
                yield job, outcome
    finally:
        logging.disable(logging.NOTSET)


def _client(kind: Any, address: str) -> Any:
    """A connection to the scheduler."""
    try:
        return kind(address, timeout=PATIENCE)
    except (OSError, ValueError) as error:
        raise OSError(
            f"--cluster {address}: no Dask scheduler answers there; start one with dask scheduler ({error})"
        ) from None
