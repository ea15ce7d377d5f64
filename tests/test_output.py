"""Writing: whole files or none, and JSON that reads back as what it was."""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certify.output import json_text, write_all
from tests.running import EXAMPLES, certify, proved

FILES = {"one": b"first", "two": b"second", "three": b"third"}


def content(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_files_are_written_into_a_new_folder(tmp_path: Path) -> None:
    write_all(tmp_path / "deep" / "er", FILES)
    assert content(tmp_path / "deep" / "er") == FILES
    assert stat.S_IMODE((tmp_path / "deep" / "er" / "one").stat().st_mode) & 0o444 == 0o444


def test_files_replace_older_ones_and_leave_others(tmp_path: Path) -> None:
    (tmp_path / "one").write_bytes(b"old")
    (tmp_path / "mine").write_bytes(b"kept")
    write_all(tmp_path, FILES)
    assert content(tmp_path) == {**FILES, "mine": b"kept"}


@pytest.mark.parametrize("older", [{}, {"one": b"old", "two": b"older"}], ids=["new", "replacing"])
def test_when_the_second_file_fails_nothing_changes(
    older: dict[str, bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, text in older.items():
        (tmp_path / name).write_bytes(text)
    opened = []

    def full_disk(handle: int, mode: str) -> object:
        opened.append(handle)
        if len(opened) == 2:
            os.close(handle)
            raise OSError(28, "No space left on device", "two")
        return open_descriptor(handle, mode)

    open_descriptor = os.fdopen
    monkeypatch.setattr("certify.output.os.fdopen", full_disk)
    with pytest.raises(OSError, match="No space left"):
        write_all(tmp_path, FILES)
    assert content(tmp_path) == older


def test_when_a_rename_fails_no_half_file_stays(tmp_path: Path) -> None:
    (tmp_path / "two").mkdir()
    with pytest.raises(OSError):
        write_all(tmp_path, FILES)
    assert {path.name for path in tmp_path.iterdir()} <= {"one", "two"}
    assert not (tmp_path / "one").exists() or (tmp_path / "one").read_bytes() == b"first"


def test_a_full_disk_ends_the_command_with_5_and_keeps_the_old_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = proved(tmp_path, EXAMPLES / "three-points.toml")
    before = content(tmp_path)

    def full_disk(handle: int, mode: str) -> object:
        os.close(handle)
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("certify.output.os.fdopen", full_disk)
    ended = certify("prove", EXAMPLES / "iris.csv", "--out", tmp_path)
    assert ended.code == 5
    assert ended.err == "certify: error: No space left on device\n"
    assert "PROVED" not in ended.out
    assert content(tmp_path) == before
    monkeypatch.undo()
    assert written.check().code == 0


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


@given(JSON)
def test_json_reads_back(document: object) -> None:
    text = json_text(document)
    assert json.loads(text.decode("utf-8")) == document
    assert text.endswith(b"\n")


def test_json_has_one_line_for_each_sample() -> None:
    text = json_text({"inputs": [["1", "2"], ["3", "4"]], "note": "σ ≥ 0"}).decode("utf-8")
    assert text == '{\n  "inputs": [\n    ["1", "2"],\n    ["3", "4"]\n  ],\n  "note": "σ ≥ 0"\n}\n'
