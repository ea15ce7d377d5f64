"""The documentation: links lead somewhere, pages are reachable, commands are run, theorems have numbers, examples are
true, and it can be built."""

from __future__ import annotations

import ast
import doctest
import importlib
import pkgutil
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

import proofs
from certify.problem import MOST_HIDDEN_LAYERS
from certify.settle.network import MOST_PARAMETERS
from proofs import certificate, document, exact, expression, instance
from proofs.activations import Activation, Span
from proofs.formulas import ROWS
from proofs.lemmas import LEMMAS
from tests.console import DOCUMENTS

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"
PAGES = sorted(DOCS.rglob("*.md"))
TEXTS = [*PAGES, *ROOT.glob("*.md"), *sorted((ROOT / "examples").rglob("*.md"))]
EACH = pytest.mark.parametrize("path", TEXTS, ids=lambda path: str(path.relative_to(ROOT)))

_BLOCK = re.compile(r"^```(\S*)\n(.*?)^```", re.DOTALL | re.MULTILINE)
_LINK = re.compile(r"\[[^\]]*\]\(([^()\s]+)\)")


def blocks(path: Path, language: str) -> list[str]:
    """The contents of its fenced blocks of this language."""
    return [text for found, text in _BLOCK.findall(path.read_text("utf-8")) if found == language]


def anchors(path: Path) -> set[str]:
    """The anchors that GitHub, and Sphinx with MyST, give to its headings."""
    prose = _BLOCK.sub("", path.read_text("utf-8"))
    titles = re.findall(r"^#+ (.*)$", prose, re.MULTILINE)
    kept = (re.sub(r"[^\w\- ]", "", re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", title).lower()) for title in titles)
    return {title.strip().replace(" ", "-") for title in kept}


@EACH
def test_every_link_leads_somewhere(path: Path) -> None:
    prose = re.sub(r"`[^`\n]*`", "", _BLOCK.sub("", path.read_text("utf-8")))
    for link in _LINK.findall(prose):
        target, _, anchor = link.partition("#")
        if "://" in link:
            continue
        place = (path.parent / target).resolve() if target else path
        assert place.exists(), f"{link}: no such file"
        assert place.is_relative_to(ROOT)
        if anchor:
            assert anchor in anchors(place), f"{link}: no such heading"


def test_the_links_that_are_tested_are_there() -> None:
    links = [link for path in TEXTS for link in _LINK.findall(path.read_text("utf-8"))]
    assert sum("#" in link and "://" not in link for link in links) > 40
    assert anchors(DOCS / "mathematics.md") >= {"1-setting", "28-replicated-units-replicated-minimum1"}


def test_every_page_is_in_the_table_of_contents() -> None:
    listed = [
        line
        for block in blocks(DOCS / "index.md", "{toctree}")
        for line in block.splitlines()
        if line and not line.startswith(":")
    ]
    assert sorted(f"{name}.md" for name in [*listed, "index"]) == [p.relative_to(DOCS).as_posix() for p in PAGES]


def test_the_readme_leads_to_every_page() -> None:
    found, new = set[Path](), {ROOT / "README.md"}
    while new:
        found |= new
        links = {(p.parent / link.partition("#")[0]).resolve() for p in new for link in _LINK.findall(p.read_text())}
        new = {p for p in links if p.suffix == ".md" and p.is_relative_to(ROOT)} - found
    assert set(PAGES) - found == set()


@EACH
def test_every_command_that_is_shown_with_its_output_is_run(path: Path) -> None:
    """tests/test_documents.py runs the console blocks of DOCUMENTS; no others may be anywhere."""
    if blocks(path, "console"):
        assert str(path.relative_to(ROOT)) in DOCUMENTS
    for block in blocks(path, "console"):
        assert block.startswith("$ certify ")


def shell(name: str) -> list[str]:
    """The commands of its shell blocks."""
    return [line for block in blocks(ROOT / name, "sh") for line in block.splitlines() if line]


def core(command: str) -> tuple[str, ...]:
    """Its words without options, and without the folder of the program: what it does to what."""
    words = re.sub(r" (-p|--out) \S+", "", command).rstrip("\\").split()
    return tuple(
        word.removeprefix(".venv/bin/").strip("'") for word in words if not word.startswith("-") or word == "-m"
    )


def test_every_shell_command_is_run_in_continuous_integration() -> None:
    """Those of start.md by tests/test_newcomer.py, the documentation's build by a test below, the others by .ci/run."""
    prove, test = shell("README.md")
    assert [prove] == shell("docs/start.md")[1:]
    script = [
        core(line) for line in (ROOT / ".ci" / "run").read_text("utf-8").splitlines() if line.startswith(".venv/")
    ]
    script += [core(part) for part in test.split(" && ")]
    shown = [
        command
        for path in TEXTS
        if path.name != "start.md" and path != ROOT / "README.md"
        for line in shell(path.relative_to(ROOT).as_posix())
        for command in line.split(" && ")
        if "sphinx-build" not in command
    ]
    assert len(shown) == len(("venv", "dev", "check", "format", "mypy", "pytest", "long", *range(5)))
    for command in shown:
        assert core(command) in script, f".ci/run does not run {command}"


@EACH
def test_python_and_json_that_is_shown_can_be_read(path: Path) -> None:
    for block in blocks(path, "python"):
        ast.parse(block)
    for language in {found for found, _ in _BLOCK.findall(path.read_text("utf-8"))}:
        assert language in ("", "console", "sh", "math", "python", "json", "toml", "bibtex", "{toctree}", "{eval-rst}")


@pytest.mark.parametrize("name", LEMMAS)
def test_every_lemma_names_its_theorem_and_the_mathematics_has_it(name: str) -> None:
    text = (DOCS / "mathematics.md").read_text("utf-8")
    numbers = re.search(rf"^docs/mathematics\.md, {name}, Theorems? ([0-9ab, and]+?)(?: \(|$)", LEMMAS[name].source)
    assert numbers, LEMMAS[name].source
    sections = [part for part in text.split("\n## ") if f"`{name}`" in part.partition("\n")[0]]
    for number in re.split(" and |, ", numbers[1]):
        assert any(f"**Theorem {number} (" in part or f"**Theorem {number}.**" in part for part in sections), number
    row = next(line for line in text.splitlines() if line.startswith("| [") and f"`{name}`" in line)
    assert all(re.search(rf"\b{number}\b", row.split("|")[3]) for number in re.split(" and |, ", numbers[1])[:1])
    assert f"### {name}" in (DOCS / "certificate-format.md").read_text("utf-8")


def test_the_theorems_are_numbered_in_order() -> None:
    text = (DOCS / "mathematics.md").read_text("utf-8")
    found = re.findall(r"^\*\*(?:Theorem|Lemma|Definition|Proposition) ([0-9]+)([a-z]?)[ .]", text, re.MULTILINE)
    keys = [(int(number), letter) for number, letter in found]
    assert keys == sorted(keys)
    assert len(set(keys)) == len(keys)
    assert {number for number, _ in keys} == set(range(1, keys[-1][0] + 1))


def test_every_theorem_that_is_mentioned_exists() -> None:
    text = (DOCS / "mathematics.md").read_text("utf-8")
    stated = set(re.findall(r"^\*\*(?:Theorem|Lemma|Definition|Proposition) ([0-9]+[a-z]?)[ .]", text, re.MULTILINE))
    for path in (*DOCS.glob("*.md"), *(ROOT / "proofs").rglob("*.py")):
        for mention in re.findall(
            r"(?:Theorem|Lemma|Definition|Proposition)s? ([0-9]+[a-z]?)\b", path.read_text("utf-8")
        ):
            assert mention in stated, f"{path.name}: {mention}"


def section(number: int) -> str:
    """One of the mathematics."""
    return (DOCS / "mathematics.md").read_text("utf-8").partition(f"\n## {number}. ")[2].partition("\n## ")[0]


@pytest.mark.parametrize("row", ROWS.values(), ids=ROWS)
def test_what_the_catalogue_says_of_an_activation_is_proved_under_its_name(row: Activation) -> None:
    """Interpolation in Theorem 12, an equation in Theorem 28, a flat direction in Theorem 30."""
    other = {"sin": "sine", "square": "powers", "cube": "powers", "exp": "exponential"}
    for number, said in (
        (7, row.span not in (None, Span.POLYNOMIAL, Span.KINK)),
        (18, row.equation is not None),
        (19, row.flat is not None),
    ):
        names = {row.name, other.get(row.name, row.name)}
        assert not said or any(re.search(rf"\b{name}\b", section(number), re.IGNORECASE) for name in names), number


def test_the_limits_are_those_of_the_code() -> None:
    text = (DOCS / "limits.md").read_text("utf-8")
    assert instance.MAX_DEPTH == MOST_HIDDEN_LAYERS
    for said in (
        f"1 to {instance.MAX_DEPTH} hidden ones",
        f"up to 10^{len(str(instance.MAX_WIDTH)) - 1}",
        f"at most {MOST_PARAMETERS} parameters",
        f"{len(ROWS)} names",
        f"{document.MAX_BYTES // 1024**2} MiB",
        f"{instance.MAX_DATA_BYTES // 1024**3} GiB",
        f"{certificate.MAX_STEPS:,} steps",
        f"{exact.MAX_DIGITS:,} characters",
        f"formulas of {expression.MAX_LENGTH} characters",
    ):
        assert said in text, said
    assert sum(row.equation is not None for row in ROWS.values()) == len(("erf", "arctan", "sin", *range(9)))


def test_the_examples_in_docstrings_are_true() -> None:
    tried = 0
    for found in pkgutil.walk_packages(proofs.__path__, "proofs."):
        if "derivations" not in found.name:
            result = doctest.testmod(importlib.import_module(found.name))
            assert result.failed == 0, found.name
            tried += result.attempted
    assert tried >= 5


def test_the_citation_names_this_version() -> None:
    text = (ROOT / "CITATION.cff").read_text("utf-8")
    version = importlib.import_module("certify").__version__
    assert f"\nversion: {version}\n" in text
    assert f"version = {{{version}}}" in (DOCS / "citing.md").read_text("utf-8")
    assert "arXiv:1911.01413" in text


@pytest.mark.long
def test_the_documentation_can_be_built(tmp_path: Path) -> None:
    """With the command of contributing.md, warnings being errors; and no page of it needs the network."""
    (command,) = [command for command in shell("docs/contributing.md") if "sphinx-build" in command]
    program, *arguments, source, target = shlex.split(command)
    assert (program, source, target) == (".venv/bin/sphinx-build", "docs", "build/docs")
    done = subprocess.run(
        [sys.executable, "-m", "sphinx", *arguments, "-d", str(tmp_path / "trees"), source, str(tmp_path / "html")],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    pages = {path.relative_to(tmp_path / "html").with_suffix(".md") for path in (tmp_path / "html").rglob("*.html")}
    assert pages >= {path.relative_to(DOCS) for path in PAGES}
    for path in (tmp_path / "html").rglob("*.html"):
        text = path.read_text("utf-8")
        assert not re.search(r'<(?:script|img|iframe)[^>]* src="(?:https?:)?//', text), path.name
        assert not re.search(r'<link[^>]* rel="stylesheet"[^>]* href="(?:https?:)?//', text), path.name
    assert "<math" in (tmp_path / "html" / "mathematics.html").read_text("utf-8")
    assert "proofs.kernel.Lemma" in (tmp_path / "html" / "api.html").read_text("utf-8")
