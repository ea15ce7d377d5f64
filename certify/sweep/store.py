"""What is known of a sweep, on the disk: a job is either done, with its files, or not done, whenever the power fails.

A folder holds `sweep.sqlite`, and `instances/ab/ab12...json` and `certificates/cd/cd34...json`, each named by the
SHA-256 of its content. A job's files are there, complete, before the one transaction that says that it is done.
"""

from __future__ import annotations

import hashlib
import os
import sqlite3
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

from certify.errors import UsageError
from certify.sweep.job import Job, Outcome
from certify.sweep.plan import Plan

DATABASE, LOCK, UNFINISHED = "sweep.sqlite", "sweep.lock", "unfinished"
INSTANCES, CERTIFICATES = "instances", "certificates"
CRASHED = "crashed"

_VERSION = 1
_TABLE = """
CREATE TABLE IF NOT EXISTS jobs (
    job TEXT PRIMARY KEY, plan TEXT NOT NULL, spec TEXT NOT NULL,
    outcome TEXT, cause TEXT, instance TEXT, certificate TEXT, seconds REAL
)
"""
_ANSWER = "UPDATE jobs SET outcome = ?, cause = ?, instance = ?, certificate = ?, seconds = ? WHERE job = ?"


@dataclass(frozen=True, slots=True)
class Row:
    """A job as it is stored; `outcome` is None as long as it is not done.

    Attributes:
        plan: the one that asked for it first.
        instance, certificate: the SHA-256 of the files.
    """

    job: str
    plan: str
    spec: str
    outcome: str | None
    cause: str | None
    instance: str | None
    certificate: str | None


class Store:
    """A folder while a sweep works in it; nobody else can meanwhile.

    Raises:
        UsageError: the folder holds something else.
        OSError: another sweep works in it, or the disk fails.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __enter__(self) -> Store:
        self.folder.mkdir(parents=True, exist_ok=True)
        self._lock = _locked(self.folder)
        with _told(self.folder):
            self._database = sqlite3.connect(self.folder / DATABASE, isolation_level=None)
            if _version_of(self._database) not in (None, _VERSION):
                raise _other_version(self.folder)
            self._database.execute("PRAGMA journal_mode=WAL")
            self._database.execute("PRAGMA synchronous=FULL")
            with self._transaction():
                self._database.execute(_TABLE)
                self._database.execute(f"PRAGMA user_version={_VERSION}")
        unfinished = self.folder / UNFINISHED
        unfinished.mkdir(exist_ok=True)
        for left in unfinished.iterdir():
            left.unlink()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._database.close()
        self._lock.close()

    def add(self, plan: Plan) -> None:
        """Add the jobs that are not known yet."""
        name = plan.name
        rows = [(job.name, name, job.spec) for job in plan.jobs]
        with _told(self.folder), self._transaction():
            self._database.executemany("INSERT OR IGNORE INTO jobs (job, plan, spec) VALUES (?, ?, ?)", rows)

    def pending(self, jobs: Sequence[Job]) -> list[Job]:
        """Those without an answer; that a job crashed is none."""
        with _told(self.folder):
            query = "SELECT job FROM jobs WHERE outcome IS NOT NULL AND outcome != ?"
            done = {name for (name,) in self._database.execute(query, (CRASHED,))}
        return [job for job in jobs if job.name not in done]

    def acknowledge(self, job: Job, outcome: Outcome) -> None:
        """Keep what became of a job. When this returns, nothing can make it undone."""
        instance = self._keep(INSTANCES, outcome.instance)
        certificate = self._keep(CERTIFICATES, outcome.certificate)
        values = (outcome.kind, outcome.cause, instance, certificate, outcome.seconds, job.name)
        with _told(self.folder), self._transaction():
            self._database.execute(_ANSWER, values)

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        self._database.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._database.execute("ROLLBACK")
            raise
        self._database.execute("COMMIT")

    def _keep(self, kind: str, content: bytes | None) -> str | None:
        """Write a file, to the disk itself, before it gets its name; returns that."""
        if content is None:
            return None
        name = hashlib.sha256(content).hexdigest()
        folder = self.folder / kind / name[:2]
        if not folder.is_dir():
            folder.mkdir(parents=True)
            for above in (folder.parent, self.folder):
                _to_disk(above)
        handle, temporary = tempfile.mkstemp(dir=self.folder / UNFINISHED)
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        Path(temporary).chmod(0o644)
        Path(temporary).replace(folder / f"{name}.json")
        _to_disk(folder)
        return name


def rows_of(folder: Path) -> list[Row]:
    """All jobs, in the order of their names; nothing is changed, and a sweep may be at work.

    Raises:
        UsageError: there is no sweep in the folder.
        OSError: the database cannot be read.
    """
    file = folder / DATABASE
    if not file.is_file():
        raise UsageError(f"{folder}: holds no sweep ({DATABASE}); start one with certify sweep PLAN --out {folder}")
    with _told(folder):
        database = sqlite3.connect(file, isolation_level=None)
        try:
            if _version_of(database) != _VERSION:
                raise _other_version(folder)
            columns = ", ".join(Row.__slots__)
            return [Row(*row) for row in database.execute(f"SELECT {columns} FROM jobs ORDER BY job")]
        finally:
            database.close()


def _locked(folder: Path) -> sqlite3.Connection:
    """A lock that the system takes away from a process which dies, however it dies."""
    lock = sqlite3.connect(folder / LOCK, timeout=0, isolation_level=None)
    try:
        lock.execute("BEGIN EXCLUSIVE")
    except sqlite3.Error as error:
        lock.close()
        raise OSError(
            f"{folder}: another sweep is at work here; wait for it, or take another --out ({error})"
        ) from None
    return lock


def _version_of(database: sqlite3.Connection) -> int | None:
    """The version of the table; None when the database is empty."""
    (tables,) = database.execute("SELECT count(*) FROM sqlite_master").fetchone()
    (version,) = database.execute("PRAGMA user_version").fetchone()
    return int(version) if tables else None


def _other_version(folder: Path) -> UsageError:
    return UsageError(f"{folder / DATABASE}: is no sweep of this version of certify; take another --out")


@contextmanager
def _told(folder: Path) -> Iterator[None]:
    """What SQLite has to say becomes an error of the surroundings."""
    try:
        yield
    except sqlite3.Error as error:
        raise OSError(f"{folder / DATABASE}: {error}") from None


def _to_disk(folder: Path) -> None:
    """Make the names in a folder survive a power failure, where the system can."""
    if os.name == "posix":
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
