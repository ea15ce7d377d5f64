"""report.html: well-formed, complete, self-contained; and red when nothing is proved."""

from __future__ import annotations

import base64
import re
import shutil
from pathlib import Path

import pytest

from proofs.lemmas import LEMMAS
from tests.report.pages import Page, shown, text_of
from tests.report.reading import letters, of_source
from tests.running import EXAMPLES, Written, certify, csv, prove

TRAINED = EXAMPLES / "trained"
CASES: dict[str, tuple[object, ...]] = {
    "three-points": ("prove", EXAMPLES / "three-points.toml"),
    "iris": ("prove", EXAMPLES / "iris.csv"),
    "deep": ("prove", EXAMPLES / "iris.csv", "--activation", "gelu", "--depth", 3, "--output-bias", "--outputs", 2),
    "overflowing": ("prove", EXAMPLES / "iris.csv", "--activation", "exp", "--depth", 3),
    "formula": ("prove", EXAMPLES / "iris.csv", "--activation", "z*tanh(log(1+exp(z)))", "--depth", 2),
    "fitted": (
        *("prove", EXAMPLES / "iris.csv", "--construction", "fitted"),
        *("--activation", "silu", "--digits", 4),
    ),
    "affine": (
        *("prove", EXAMPLES / "wine.csv", "--target", "alcohol", "--activation", "relu"),
        *("--construction", "affine", "--depth", 2),
    ),
    "obstruction": ("prove", EXAMPLES / "diabetes.csv"),
    "exceptional": ("prove", EXAMPLES / "iris.csv", "--construction", "fitted", "--activation", "sin"),
    "open": ("prove", EXAMPLES / "iris.csv", "--widths", "1"),
    "saddle": (
        *("examine", TRAINED / "wave-saddle.npz", "--data", TRAINED / "wave.csv"),
        *("--target", "y", "--activation", "tanh"),
    ),
    "early": (
        *("examine", TRAINED / "wave-early.npz", "--data", TRAINED / "wave.csv"),
        *("--target", "y", "--activation", "tanh"),
    ),
}


@pytest.fixture(scope="module", params=CASES)
def written(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Written:
    folder = tmp_path_factory.mktemp(request.param) / "out"
    return Written(folder, certify(*CASES[request.param], "--out", folder))


@pytest.fixture(scope="module")
def page(written: Written) -> Page:
    assert "report.html" in written.ended.err
    return Page(written.folder / "report.html")


def test_claim_scope_and_what_is_not_claimed(written: Written, page: Page) -> None:
    (notice,) = [p for p in page.all("p", "notice") if "open" not in p.get("class", "")]
    assert "proved" in notice.get("class", "")
    (verdict,) = [line for line in written.ended.out.splitlines() if line.startswith("PROVED  ")]
    assert of_source(verdict) == shown(notice).replace("✓", "")
    lines = written.ended.out.splitlines()
    scope = [line.removeprefix("scope: ") for line in lines if line.startswith("scope: ")]
    lead = shown(page.one("p", "lead"))
    assert lead.lower() == of_source(f"{verdict.removeprefix('PROVED  ')}. Its exact scope:").lower()
    assert of_source(scope[0]) not in lead  # "not global" and "every width" are two claims: one unit may be the best
    items = [shown(item) for item in page.all("li")]
    for line in [*scope, *(line for line in lines if line.startswith("not claimed: "))]:
        assert of_source(line) in items


def test_every_step_is_a_fold_with_all_that_is_known_of_it(written: Written, page: Page) -> None:
    folds = {fold.get("id"): fold for fold in page.all("details")}
    names = [f"step-{step['id']}" for step in written.certificate["steps"]]
    assert list(folds) == [*names, "certificate"]
    for step in written.certificate["steps"]:
        lemma, fold = LEMMAS[step["lemma"]], folds[f"step-{step['id']}"]
        summary = text_of(next(e for e in fold.iter() if e.tag.endswith("}summary")))
        assert summary.startswith(f"{step['id']}: {lemma.title} ({lemma.name})")
        said = shown(fold)
        (line,) = [line for line in written.ended.out.splitlines() if line.startswith(f"{step['id']} ")]
        detail, _, margin = line.split("  ok   ")[1].partition("   ")
        for words in (lemma.source, *step["arguments"], *step["premises"]):
            assert letters(words) in said
        for label, words in {"Statement": lemma.statement, "Here": detail, "Margin": margin}.items():
            if words:
                paragraph = next(p for p in fold.iter() if p.tag.endswith("}p") and text_of(p).startswith(f"{label} "))
                assert shown(paragraph) == of_source(f"{label} {words}")


def test_structure(page: Page) -> None:
    page.one("h1")
    headings = page.headings
    assert headings[0] == "What is claimed"
    assert headings[1] == "The instance"
    assert headings[-3:] == ["The proof, step by step", "What was trusted", "Check it again"]
    names = [e.get("id") for e in page.root.iter() if e.get("id")]
    assert len(names) == len(set(names))
    for section in page.all("section"):
        assert section.get("aria-labelledby") in names
    assert page.root.get("lang") == "en"
    assert "width=device-width" in page.source


def test_nothing_is_fetched_and_nothing_runs(page: Page) -> None:
    for link in page.links():
        assert link.startswith(("data:", "#"))
        assert not link.startswith("#") or any(e.get("id") == link[1:] for e in page.root.iter())
    style = "".join(map(text_of, page.all("style")))
    assert "@import" not in style
    assert re.findall(r"url\((?!data:)", style) == []
    assert not page.all("script")
    assert not [k for e in page.root.iter() for k in e.attrib if k.startswith("on")]
    assert "default-src 'none'" in page.source


def test_the_files_are_attached_whole(written: Written, page: Page) -> None:
    links = {link.get("download"): link.get("href", "") for link in page.all("a") if link.get("download")}
    assert set(links) == {"instance.json", "certificate.json"}
    for name, link in links.items():
        assert base64.b64decode(link.partition("base64,")[2]) == (written.folder / name).read_bytes()
    assert len(page.source) < 1_500_000
    fold = next(fold for fold in page.all("details") if fold.get("id") == "certificate")
    assert '"format": "certify-certificate/1"' in text_of(fold)


def test_the_command_is_there(written: Written, page: Page) -> None:
    command = text_of(page.all("pre")[0])
    assert command == f"certify check {written.folder / 'instance.json'} {written.folder / 'certificate.json'}"


def test_figures_have_words(written: Written, page: Page, tmp_path: Path) -> None:
    copied = shutil.copytree(written.folder, tmp_path / "out")
    certify("report", copied, "--md")
    figures = page.all("figure")
    assert len(figures) == len(list(copied.glob("*.svg")))
    assert bool(figures) == (len(written.certificate["steps"]) > 1 or "NOT A MINIMUM" in written.ended.out)
    for figure in figures:
        svg = next(e for e in figure.iter() if e.tag.endswith("}svg"))
        assert svg.get("role") == "img"
        assert len(svg.get("aria-label", "")) > 20
        assert any(e.tag.endswith("}figcaption") and text_of(e) for e in figure)


def test_a_minimum_that_may_be_global_says_so(written: Written, page: Page) -> None:
    may_be = [p for p in page.all("p", "notice") if "open" in p.get("class", "")]
    assert len(may_be) == written.ended.out.count("INCOMPLETE")
    assert all("may be global" in text_of(p) for p in may_be)


def test_hostile_names_stay_text(tmp_path: Path) -> None:
    names = ("<script>alert(1)</script>", '"><img src=x onerror=y>')
    rows = ("0,0", "1,1", "-1,1", "0,-1", "2,2", "1,-2", "-2,0", "0,2")
    header = ",".join('"' + name.replace('"', '""') + '"' for name in names)
    written = prove(tmp_path / "out", csv(tmp_path / "data.csv", header, *rows))
    assert written.ended.code == 0, written.ended
    page = Page(written.folder / "report.html")
    test_nothing_is_fetched_and_nothing_runs(page)
    assert not page.all("img")
    assert ", ".join(names) in text_of(page.one("main"))


def test_names_that_look_like_formulas_stay_as_they_are(tmp_path: Path) -> None:
    rows = ("0,0", "1,1", "-1,1", "0,-1", "2,2", "1,-2", "-2,0", "0,2")
    written = prove(tmp_path / "out", csv(tmp_path / "data.csv", "a^2/b,x_1*y", *rows))
    assert written.ended.code == 0, written.ended
    assert "a^2/b, x_1*y" in text_of(Page(written.folder / "report.html").one("main"))
