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
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

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
    """A folder in which a sweep works; see `opened`. sqlite3.Error when the disk fails."""

    def __init__(self, folder: Path, database: sqlite3.Connection) -> None:
        self._folder = folder
        self._database = database

    def add(self, plan: Plan) -> None:
        """Add the jobs that are not known yet."""
        name = plan.name
        rows = [(job.name, name, job.spec) for job in plan.jobs]
        with _transaction(self._database):
            self._database.executemany("INSERT OR IGNORE INTO jobs (job, plan, spec) VALUES (?, ?, ?)", rows)

    def pending(self, jobs: Sequence[Job]) -> list[Job]:
        """Those without an answer; that a job crashed is none."""
        query = "SELECT job FROM jobs WHERE outcome IS NOT NULL AND outcome != ?"
        done = {name for (name,) in self._database.execute(query, (CRASHED,))}
        return [job for job in jobs if job.name not in done]

    def acknowledge(self, job: Job, outcome: Outcome) -> None:
        """Keep what became of a job. When this returns, nothing can make it undone."""
        instance = self._keep(INSTANCES, outcome.instance)
        certificate = self._keep(CERTIFICATES, outcome.certificate)
        values = (outcome.kind, outcome.cause, instance, certificate, outcome.seconds, job.name)
        with _transaction(self._database):
            self._database.execute(_ANSWER, values)

    def _keep(self, kind: str, content: bytes | None) -> str | None:
        """Write a file, to the disk itself, before it gets its name; returns that."""
        if content is None:
            return None
        name = hashlib.sha256(content).hexdigest()
        folder = self._folder / kind / name[:2]
        if not folder.is_dir():
            folder.mkdir(parents=True)
            for above in (folder.parent, self._folder):
                _to_disk(above)
        handle, temporary = tempfile.mkstemp(dir=self._folder / UNFINISHED)
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        Path(temporary).chmod(0o644)
        Path(temporary).replace(folder / f"{name}.json")
        _to_disk(folder)
        return name


@contextmanager
def opened(folder: Path) -> Iterator[Store]:
    """The store in a folder, which is made if there is none; nobody else can work in it meanwhile.

    Raises:
        UsageError: the folder holds something else.
        OSError: another sweep works in it, or the disk fails.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with _lock(folder), _database(folder) as database:
        if _version_of(database) not in (None, _VERSION):
            raise _other_version(folder)
        database.execute("PRAGMA journal_mode=WAL")
        database.execute("PRAGMA synchronous=FULL")
        with _transaction(database):
            database.execute(_TABLE)
            database.execute(f"PRAGMA user_version={_VERSION}")
        unfinished = folder / UNFINISHED
        unfinished.mkdir(exist_ok=True)
        for left in unfinished.iterdir():
            left.unlink()
        yield Store(folder, database)


def rows_of(folder: Path) -> list[Row]:
    """All jobs, in the order of their names; nothing is changed, and a sweep may be at work.

    Raises:
        UsageError: there is no sweep in the folder.
        OSError: the database cannot be read.
    """
    if not (folder / DATABASE).is_file():
        raise UsageError(f"{folder}: holds no sweep ({DATABASE}); start one with certify sweep PLAN --out {folder}")
    with _database(folder) as database:
        if _version_of(database) != _VERSION:
            raise _other_version(folder)
        columns = ", ".join(Row.__slots__)
        return [Row(*row) for row in database.execute(f"SELECT {columns} FROM jobs ORDER BY job")]


@contextmanager
def _database(folder: Path) -> Iterator[sqlite3.Connection]:
    """What SQLite has to say becomes an error of the surroundings."""
    try:
        with closing(sqlite3.connect(folder / DATABASE, isolation_level=None)) as database:
            yield database
    except sqlite3.Error as error:
        raise OSError(f"{folder / DATABASE}: {error}") from None


@contextmanager
def _transaction(database: sqlite3.Connection) -> Iterator[None]:
    database.execute("BEGIN IMMEDIATE")
    try:
        yield
    except BaseException:
        database.execute("ROLLBACK")
        raise
    database.execute("COMMIT")


@contextmanager
def _lock(folder: Path) -> Iterator[None]:
    """A lock that the system takes away from a process which dies, however it dies."""
    with closing(sqlite3.connect(folder / LOCK, timeout=0, isolation_level=None)) as lock:
        try:
            lock.execute("BEGIN EXCLUSIVE")
        except sqlite3.Error as error:
            raise OSError(f"{folder}: another sweep is at work here; wait, or take another --out ({error})") from None
        yield


def _version_of(database: sqlite3.Connection) -> int | None:
    """The version of the table; None when the database is empty."""
    (tables,) = database.execute("SELECT count(*) FROM sqlite_master").fetchone()
    (version,) = database.execute("PRAGMA user_version").fetchone()
    return int(version) if tables else None


def _other_version(folder: Path) -> UsageError:
    return UsageError(f"{folder / DATABASE}: is no sweep of this version of certify; take another --out")


def _to_disk(folder: Path) -> None:
    """Make the names in a folder survive a power failure, where the system can."""
    if os.name == "posix":
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
