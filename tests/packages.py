"""Packages with lemmas, as an installer leaves them: a module beside the metadata of a distribution."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path

EXAMPLE = Path(__file__).resolve().parent.parent / "examples" / "plugin"

LEMMA = """
from proofs.kernel import Conclusion, Lemma, Rejected, Undecided

def _check(instance, premises, arguments):
    {body}

LEMMA = Lemma("{lemma}", "a title", "A statement.", "a source", {premises}, _check)
"""


def install(folder: Path, name: str, version: str, entries: Mapping[str, str], code: str = "") -> None:
    """Lay out a distribution in a folder of the search path: its metadata, and one module with `code`."""
    metadata = folder / f"{name.replace('-', '_')}-{version}.dist-info"
    metadata.mkdir(parents=True)
    (metadata / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n", "utf-8")
    lines = [f"{entry} = {target}" for entry, target in entries.items()]
    (metadata / "entry_points.txt").write_text("\n".join(["[certify.lemmas]", *lines, ""]), "utf-8")
    if code:
        (folder / f"{name.replace('-', '_')}.py").write_text(code, "utf-8")


def lemma_code(lemma: str, body: str = 'return Conclusion(None, "it holds")', premises: tuple[str, ...] = ()) -> str:
    """The module of a package with one lemma, whose check has this body."""
    return LEMMA.format(lemma=lemma, body=body, premises=premises)


def install_example(folder: Path, version: str | None = None) -> None:
    """The metadata of `examples/plugin`, from its own pyproject; the code is found through the search path."""
    project = tomllib.loads((EXAMPLE / "pyproject.toml").read_text("utf-8"))["project"]
    entries = project["entry-points"]["certify.lemmas"]
    install(folder, project["name"], version or project["version"], entries)
