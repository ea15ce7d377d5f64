"""Lemmas are imported when they are asked for, each from the file that the table names."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from proofs.gallery import GALLERY
from proofs.kernel import Lemma
from proofs.lemmas import LEMMAS
from proofs.on_demand import OnDemand
from tests.proofs.build import BINARY, THREE, Case

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("table", [LEMMAS, GALLERY], ids=["lemmas", "gallery"])
def test_every_lemma_is_under_its_own_name(table: OnDemand) -> None:
    assert len(table) == len(list(table)) > 4
    for name in table:
        assert isinstance(table[name], Lemma)
        assert table[name].name == name


@pytest.mark.parametrize(("table", "folder"), [(LEMMAS, "lemmas"), (GALLERY, "gallery")])
def test_every_file_is_in_the_table(table: OnDemand, folder: str) -> None:
    """A lemma's file has the name of the lemma, without its version."""
    files = {path.stem for path in (ROOT / "proofs" / folder).glob("*.py")} - {"__init__"}
    assert {name.partition("/")[0].replace("-", "_") for name in table} == files


@pytest.mark.parametrize("name", ["constant-point/2", "constant_point", "..kernel", "", None])
def test_nothing_else_can_be_asked_for(name: str) -> None:
    assert name not in LEMMAS
    with pytest.raises(KeyError):
        LEMMAS[name]


def loaded(folder: Path, case: Case) -> set[str]:
    """The lemmas' files that a process has imported when it has checked the case."""
    (folder / "instance.json").write_text(json.dumps(case.document), "utf-8")
    (folder / "certificate.json").write_text(json.dumps(case.certificate()), "utf-8")
    command = (
        "import sys; from certify.cli import main; code = main(['check', *sys.argv[1:]]);"
        "print(*(name.removeprefix('proofs.lemmas.') for name in sys.modules if name.startswith('proofs.lemmas.')));"
        "sys.exit(code)"
    )
    files = [str(folder / "instance.json"), str(folder / "certificate.json")]
    run = subprocess.run(
        [sys.executable, "-c", command, *files], check=True, capture_output=True, text=True, encoding="utf-8", cwd=ROOT
    )
    return set(run.stdout.splitlines()[-1].split())


def test_a_check_loads_only_the_lemmas_of_its_kind_of_claim(tmp_path: Path) -> None:
    constant = loaded(tmp_path, THREE)
    assert {"constant_point", "local_minimum", "better_point"} <= constant
    assert not {name for name in constant if name.startswith(("fitted", "affine", "critical", "examined"))}
    assert loaded(tmp_path, BINARY) != constant
