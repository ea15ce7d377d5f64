"""`certify report`: it checks first, exits as `check` does, and says in red what is not proved."""

from __future__ import annotations

import difflib
import json
import re
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from certify.library import every_lemma
from certify.report import compose
from certify.report.compose import MOST_ATTACHED
from certify.report.document import Document, Paragraph, Prose
from certify.report.typst import pdf
from proofs.lemmas import LEMMAS
from tests.report.pages import Page, shown, text_of
from tests.report.reading import of_source
from tests.running import EXAMPLES, Written, certify, proved


@pytest.fixture(scope="module")
def iris(tmp_path_factory: pytest.TempPathFactory) -> Written:
    return proved(tmp_path_factory.mktemp("iris") / "out", EXAMPLES / "iris.csv")


@pytest.fixture
def folder(iris: Written, tmp_path: Path) -> Path:
    """A copy of the files that are checked."""
    for name in ("instance.json", "certificate.json"):
        shutil.copy(iris.folder / name, tmp_path / name)
    return tmp_path


def change(folder: Path, name: str, edit: Callable[[Any], None]) -> None:
    document = json.loads((folder / name).read_text("utf-8"))
    edit(document)
    (folder / name).write_text(json.dumps(document), "utf-8")


def test_the_page_is_that_of_prove_but_for_what_only_prove_knows(iris: Written, folder: Path) -> None:
    ended = certify("report", folder)
    assert (ended.code, ended.out) == (0, "PROVED  local minimum, not global\n")
    assert ended.err == f"written to {folder}/: report.html\n"
    made = (folder / "report.html").read_text("utf-8").replace(str(folder), str(iris.folder))
    assert made == (iris.folder / "report.html").read_text("utf-8")


@pytest.mark.parametrize("name", ["html", "md", "tex", "pdf"])
def test_formats(folder: Path, name: str) -> None:
    ended = certify("report", folder, f"--{name}")
    written = {path.name for path in folder.iterdir()} - {"instance.json", "certificate.json"}
    assert ended.code == 0
    assert set(ended.err.removeprefix(f"written to {folder}/: ").rstrip("\n").split(", ")) == written
    pictures = written - {f"report.{name}"}
    assert all(picture.endswith(".svg") for picture in pictures)
    assert bool(pictures) == (name in {"md", "tex"})


def test_one_format_at_a_time(folder: Path) -> None:
    assert certify("report", folder, "--md", "--html").code == 2


def test_markdown_is_that_of_prove_with_pictures(iris: Written, folder: Path) -> None:
    certify("report", folder, "--md")
    made = (folder / "report.md").read_text("utf-8").replace(str(folder), str(iris.folder))
    words = (iris.folder / "report.md").read_text("utf-8")
    added = list(difflib.ndiff(words.split("\n"), made.split("\n")))
    assert not [line for line in added if line.startswith("-")]
    assert len([line for line in added if line.startswith("+ ![")]) == len(list(folder.glob("*.svg"))) > 3


REFUSED: dict[str, tuple[str, Callable[[Any], None], int, str]] = {
    "a gap too large": ("certificate.json", lambda d: d["claim"].update(gap="7/5"), 3, "CL05"),
    "a smaller loss": ("certificate.json", lambda d: d["claim"].update(loss="1"), 3, "CL03"),
    "no step": ("certificate.json", lambda d: d.update(steps=[]), 4, "CE02"),
    "an unknown lemma": ("certificate.json", lambda d: d["steps"][2].update(lemma="no-such/1"), 4, "KE03"),
    "a step twice": ("certificate.json", lambda d: d["steps"].append(d["steps"][0]), 3, "KE02"),
    "a wrong level": ("certificate.json", lambda d: d["steps"][0]["arguments"].update(constants=["0"]), 3, "CP"),
    "another target": ("instance.json", lambda d: d["data"]["targets"][0].__setitem__(0, "5"), 3, "CE01"),
}


@pytest.mark.parametrize("name", REFUSED)
@pytest.mark.parametrize("form", ["html", "md", "tex"])
def test_what_is_not_proved_is_said_in_red(folder: Path, name: str, form: str) -> None:
    file, edit, code, mark = REFUSED[name]
    before = certify("check", folder / "instance.json", folder / "certificate.json").out.splitlines()
    lines = [line.removeprefix("scope: ") for line in before if line.startswith("scope: ")]
    assert lines
    change(folder, file, edit)
    ended = certify("report", folder, f"--{form}")
    checked = certify("check", folder / "instance.json", folder / "certificate.json")
    assert (ended.code, checked.code) == (code, code)
    assert mark in ended.out
    assert checked.out.endswith(ended.out)
    report = (folder / f"report.{form}").read_text("utf-8")
    assert mark in report
    assert "PROVED" not in report
    assert "What is claimed" not in report
    if form == "html":
        page = Page(folder / "report.html")
        notices = page.all("p", "notice")
        assert notices
        assert all(notice.get("class") == "notice refused" and notice.get("role") == "alert" for notice in notices)
        assert of_source(ended.out) == shown(notices[0])
        assert text_of(page.one("h1")).startswith("Not proved: ")
        for line in lines:
            assert not page.says(line)
    if form == "tex":
        assert r"\color{refused}" in report
        assert r"\color{proved}" not in report


def test_the_arguments_of_a_step_are_those_that_were_checked(folder: Path) -> None:
    """Of two steps of one name the first is run; the second is not shown in its place."""
    again = {"id": "s1", "lemma": "constant-point/1", "premises": [], "arguments": {"levels": ["77777"]}}
    change(folder, "certificate.json", lambda d: d["steps"].append(again))
    assert certify("report", folder).code == 3
    page = Page(folder / "report.html")
    first = next(fold for fold in page.all("details") if fold.get("id") == "step-s1")
    assert "77777" not in text_of(first)
    assert "5/4" in text_of(first)


BAD: dict[str, tuple[str, str]] = {
    "not JSON": ("certificate.json", "{"),
    "a key too much": ("instance.json", '{"format": "certify-instance/1", "more": 1}'),
    "no object": ("certificate.json", "[]"),
}


@pytest.mark.parametrize("name", BAD)
def test_malformed_files_have_no_report(folder: Path, name: str) -> None:
    file, text = BAD[name]
    (folder / file).write_text(text, "utf-8")
    ended = certify("report", folder)
    assert (ended.code, ended.out) == (2, "")
    assert file.removesuffix(".json") in ended.err
    assert len(ended.err.splitlines()) == 1
    assert not (folder / "report.html").exists()


def test_missing_files_and_folders(folder: Path) -> None:
    (folder / "certificate.json").unlink()
    ended = certify("report", folder)
    assert (ended.code, ended.err) == (2, f"certify: error: {folder / 'certificate.json'}: no such file\n")
    ended = certify("report", folder / "instance.json")
    assert ended.code == 2
    assert "expected the folder" in ended.err


def test_a_pdf_without_typst(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "typst", None)
    ended = certify("report", folder, "--pdf")
    assert (ended.code, ended.out) == (5, "")
    assert "pip install 'certify-minima[pdf]'" in ended.err
    assert not (folder / "report.pdf").exists()


def test_large_files_are_named_not_attached(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert MOST_ATTACHED * 4 / 3 * 2 + 300_000 < 1_500_000
    monkeypatch.setattr(compose, "MOST_ATTACHED", 5_000)
    assert certify("report", folder).code == 0
    page = Page(folder / "report.html")
    attached = [link.get("download") for link in page.all("a") if link.get("download")]
    assert attached == ["certificate.json"]
    size = (folder / "instance.json").stat().st_size
    assert page.says(f"instance.json ({size} bytes) is too large for this page: it lies beside it.")


def test_data_beside_the_instance_are_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("certify.draft.LARGE", 10)
    written = proved(tmp_path / "out", EXAMPLES / "iris.csv")
    assert certify("report", written.folder).code == 0
    attached = [a.get("download") for a in Page(written.folder / "report.html").all("a") if a.get("download")]
    assert attached == ["instance.json", "certificate.json", "instance.data.csv"]


def test_a_file_that_does_not_belong_is_not_attached(folder: Path) -> None:
    (folder / "instance.data.csv").write_text("1\n", "utf-8")
    assert certify("report", folder).code == 0
    assert "instance.data.csv" not in (folder / "report.html").read_text("utf-8")


def test_pictures_lie_beside_what_names_them(tmp_path: Path) -> None:
    trained = EXAMPLES / "trained"
    options = ("--data", trained / "wave.csv", "--target", "y", "--activation", "tanh", "--out", tmp_path)
    certify("examine", trained / "wave-saddle.npz", *options)
    assert certify("report", tmp_path, "--html").err.endswith(": report.html\n")
    assert not list(tmp_path.glob("*.svg"))
    assert certify("report", tmp_path, "--md").err.endswith(": report.md, spectrum.svg, descent.svg, margins.svg\n")
    assert "![" in (tmp_path / "report.md").read_text("utf-8")
    assert (tmp_path / "spectrum.svg").is_file()


def test_latex_is_well_formed(folder: Path) -> None:
    certify("report", folder, "--tex")
    source = (folder / "report.tex").read_text("utf-8")
    environments: list[str] = []
    for kind, name in re.findall(r"\\(begin|end)\{(\w+)\}", source):
        if kind == "begin":
            environments.append(name)
        else:
            assert environments.pop() == name
    assert environments == []
    bare = source.replace("\\\\", "").replace(r"\{", "").replace(r"\}", "")
    assert bare.count("{") == bare.count("}")
    assert bare.replace(r"\$", "").count("$") % 2 == 0
    for lemma in ("constant-point/1", "generic-data/1"):
        assert LEMMAS[lemma].title in source


def test_all_statements_can_be_set_as_pdf() -> None:
    statements = tuple(Paragraph((Prose(lemma.statement),), lemma.name) for lemma in every_lemma().lemmas.values())
    assert pdf(Document((Prose('σ_1 "#$\\\\'),), "", statements)).startswith(b"%PDF-")


def test_what_is_assumed_or_missing_is_said(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("certify.checking.assumptions", lambda *_: ["wild/1 as wild 1.0 checks it"])
    assert certify("report", folder).code == 0
    page = Page(folder / "report.html")
    assert "assumes: wild/1 as wild 1.0 checks it" in [text_of(item) for item in page.all("li")]
    assert page.says("and it assumes:")
    assert not page.says("it assumes nothing else")
    change(folder, "certificate.json", lambda d: d["steps"][2].update(lemma="wild/1"))
    assert certify("report", folder).code == 4
    known = "wild/1 is no lemma of certify; the certificate does not say which package has it"
    assert known in [text_of(item) for item in Page(folder / "report.html").all("li")]


def test_reports_are_reproducible(folder: Path) -> None:
    for name in ("html", "pdf", "tex", "md"):
        made = []
        for _ in range(2):
            certify("report", folder, f"--{name}")
            made.append((folder / f"report.{name}").read_bytes())
        assert made[0] == made[1]


def test_the_pdf_holds_the_files(folder: Path) -> None:
    assert certify("report", folder, "--pdf").code == 0
    made = (folder / "report.pdf").read_bytes()
    assert made.startswith(b"%PDF-")
    assert b"certificate.json" in made
    assert b"instance.json" in made
    assert len(made) < 1_500_000


def test_quiet_and_json(folder: Path) -> None:
    quiet = certify("report", folder, "--quiet")
    assert (quiet.code, quiet.out, quiet.err) == (0, "PROVED  local minimum, not global\n", "")
    ended = certify("report", folder, "--json", "--tex")
    document = json.loads(ended.out)
    assert (ended.code, ended.err) == (0, "")
    assert (document["verdict"], document["written"][0]) == ("PROVED", str(folder / "report.tex"))
    assert sorted(document["written"][1:]) == sorted(map(str, folder.glob("*.svg")))
