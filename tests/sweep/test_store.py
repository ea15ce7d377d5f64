"""The store: done or not done, whatever breaks in between."""

from __future__ import annotations

import hashlib
import os
import sqlite3
from pathlib import Path

import pytest

from certify.errors import UsageError
from certify.sweep import store as stores
from certify.sweep.job import Outcome
from certify.sweep.plan import Plan, read_plan
from certify.sweep.store import DATABASE, UNFINISHED, Row, opened, rows_of
from tests.sweep.results import SMALL, plan_file, results

DONE = Outcome("proved", "", b"an instance", b"a certificate", 1.5)
INSTANCE = hashlib.sha256(b"an instance").hexdigest()
CERTIFICATE = hashlib.sha256(b"a certificate").hexdigest()


@pytest.fixture
def plan(tmp_path: Path) -> Plan:
    return read_plan(plan_file(tmp_path, SMALL))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "a" / "sweep"


def test_jobs_are_added_and_acknowledged(plan: Plan, folder: Path) -> None:
    first, second, *_ = plan.jobs
    with opened(folder) as store:
        store.add(plan)
        assert store.pending(plan.jobs) == list(plan.jobs)
        store.acknowledge(first, DONE)
        store.acknowledge(second, Outcome("undecided", "for a reason"))
        assert store.pending(plan.jobs) == list(plan.jobs[2:])
    rows = {row.job: row for row in rows_of(folder)}
    assert rows[first.name] == Row(first.name, plan.name, first.spec, "proved", "", INSTANCE, CERTIFICATE)
    assert rows[second.name] == Row(second.name, plan.name, second.spec, "undecided", "for a reason", None, None)
    assert rows[plan.jobs[2].name].outcome is None
    assert (folder / "instances" / INSTANCE[:2] / f"{INSTANCE}.json").read_bytes() == b"an instance"
    assert (folder / "certificates" / CERTIFICATE[:2] / f"{CERTIFICATE}.json").read_bytes() == b"a certificate"


def test_it_is_there_after_reopening(plan: Plan, folder: Path) -> None:
    with opened(folder) as store:
        store.add(plan)
        store.acknowledge(plan.jobs[0], DONE)
    with opened(folder) as store:
        store.add(plan)
        assert store.pending(plan.jobs) == list(plan.jobs[1:])


def test_a_crash_is_no_answer(plan: Plan, folder: Path) -> None:
    with opened(folder) as store:
        store.add(plan)
        store.acknowledge(plan.jobs[0], Outcome("crashed", "the worker died"))
        assert plan.jobs[0] in store.pending(plan.jobs)
    assert [row.cause for row in rows_of(folder) if row.outcome == "crashed"] == ["the worker died"]


def test_other_plans_add_jobs_and_keep_their_names(tmp_path: Path, plan: Plan, folder: Path) -> None:
    more = read_plan(plan_file(tmp_path / "more", SMALL.replace("seeds = 3", "seeds = 4")))
    with opened(folder) as store:
        store.add(plan)
        store.acknowledge(plan.jobs[0], DONE)
        store.add(more)
        assert len(store.pending(more.jobs)) == 15
    plans = [row.plan for row in rows_of(folder)]
    assert (plans.count(plan.name), plans.count(more.name)) == (12, 4)


FAILING = "CREATE TEMP TRIGGER t AFTER UPDATE ON jobs BEGIN SELECT RAISE(FAIL, 'the row is changed already'); END"


class Broken(BaseException):
    """As final as kill -9."""


@pytest.mark.parametrize(
    "place",
    ["mkstemp", "fsync", "replace", "after the certificate", "in the transaction"],
)
def test_breaking_anywhere_loses_and_repeats_nothing(
    place: str, plan: Plan, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second, *_ = plan.jobs

    def breaking(*_: object, **__: object) -> None:
        raise Broken

    with opened(folder) as store:
        store.add(plan)
        store.acknowledge(first, DONE)
        with monkeypatch.context() as patch:
            if place == "mkstemp":
                patch.setattr(stores.tempfile, "mkstemp", breaking)
            elif place == "fsync":
                patch.setattr(stores.os, "fsync", breaking)
            elif place == "replace":
                patch.setattr(Path, "replace", breaking)
            elif place == "after the certificate":
                patch.setattr(stores, "_transaction", breaking)
            else:
                store._database.execute(FAILING)
            with pytest.raises((Broken, sqlite3.Error)):
                store.acknowledge(second, Outcome("proved", "", b"another", b"thing"))
    assert {row.job: row.outcome for row in rows_of(folder)}[second.name] is None
    with opened(folder) as store:
        assert store.pending(plan.jobs) == list(plan.jobs[1:])
        store.acknowledge(second, Outcome("proved", "", b"another", b"thing"))
    _, files = results(folder)
    assert len(files) == 4


def test_half_written_files_are_removed(plan: Plan, folder: Path) -> None:
    with opened(folder):
        (folder / UNFINISHED / "tmp123").write_bytes(b"half of")
    with opened(folder):
        assert not list((folder / UNFINISHED).iterdir())


def test_one_sweep_at_a_time(folder: Path) -> None:
    with opened(folder):
        with pytest.raises(OSError, match="another sweep is at work here"), opened(folder):
            pass
        assert rows_of(folder) == []
    with opened(folder):
        pass


def test_a_summary_can_be_read_meanwhile(plan: Plan, folder: Path) -> None:
    with opened(folder) as store:
        store.add(plan)
        store.acknowledge(plan.jobs[0], DONE)
        assert sum(row.outcome == "proved" for row in rows_of(folder)) == 1


def test_write_ahead_logging(folder: Path) -> None:
    with opened(folder) as store:
        assert store._database.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        assert store._database.execute("PRAGMA synchronous").fetchone() == (2,)


def test_no_sweep(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="holds no sweep"):
        rows_of(tmp_path)


@pytest.mark.parametrize("version", [0, 2])
def test_another_database_is_left_alone(version: int, folder: Path) -> None:
    folder.mkdir(parents=True)
    with sqlite3.connect(folder / DATABASE) as database:
        database.execute("CREATE TABLE jobs (x)")
        database.execute(f"PRAGMA user_version={version}")
    database.close()
    with pytest.raises(UsageError, match="no sweep of this version"), opened(folder):
        pass
    with pytest.raises(UsageError, match="no sweep of this version"):
        rows_of(folder)


def test_no_database_at_all(folder: Path) -> None:
    folder.mkdir(parents=True)
    (folder / DATABASE).write_bytes(b"no database" * 1000)
    with pytest.raises(OSError, match="not a database"), opened(folder):
        pass
    with pytest.raises(OSError, match="not a database"):
        rows_of(folder)


def test_files_reach_the_disk_before_their_names(plan: Plan, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    order: list[str] = []
    sync, replace = os.fsync, Path.replace
    monkeypatch.setattr(stores.os, "fsync", lambda handle: (order.append("sync"), sync(handle)))
    monkeypatch.setattr(Path, "replace", lambda self, target: (order.append("name"), replace(self, target))[1])
    with opened(folder) as store:
        store.add(plan)
        store.acknowledge(plan.jobs[0], Outcome("proved", "", b"x", None))
    assert order[-3:] == ["sync", "name", "sync"]
