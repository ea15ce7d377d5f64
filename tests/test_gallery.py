"""The gallery: every certificate is proved, has its page, and does not survive a change of its data."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from certify.assemble import assemble
from proofs.document import digest
from proofs.gallery import GALLERY
from proofs.instance import load_instance
from proofs.kernel import Lemma
from tests.proofs.gallery.pieces import ROOT
from tests.running import certify

PAGES = ROOT.parent.parent / "docs" / "gallery"
ALL = sorted(path.parent for path in ROOT.rglob("certificate.json"))
SLOW = {f"k{k}" for k in range(11, 21)}  # 1 to 40 s each; two of them are checked in continuous integration
FOLDERS = [folder for folder in ALL if folder.name not in SLOW]
EACH = pytest.mark.parametrize("folder", FOLDERS, ids=lambda p: p.relative_to(ROOT).as_posix())


def lemmas_of(folder: Path) -> set[str]:
    return {step["lemma"] for step in json.loads((folder / "certificate.json").read_text("utf-8"))["steps"]}


@EACH
def test_every_certificate_is_proved(folder: Path) -> None:
    ended = certify("check", folder / "instance.json", folder / "certificate.json")
    assert ended.code == 0, ended
    assert "assumes: none" in ended.out
    own = not lemmas_of(folder) & set(GALLERY)
    second = certify("check", "--second", folder / "instance.json", folder / "certificate.json")
    assert second.code == (0 if own else 4)
    assert ("the second checker agrees" in second.out) is own


@EACH
def test_every_certificate_can_be_made_again_from_its_steps(folder: Path) -> None:
    made = json.loads((folder / "certificate.json").read_text("utf-8"))
    steps = {"claim": made["claim"], "precision": made["precision"], "steps": made["steps"]}
    assert assemble(load_instance(folder / "instance.json"), steps) == made


@EACH
def test_another_number_in_the_data_spoils_it(folder: Path, tmp_path: Path) -> None:
    instance, certificate = (json.loads((folder / f"{kind}.json").read_text("utf-8")) for kind in KINDS)
    column = "targets" if instance["data"]["targets"] else "inputs"
    instance["data"][column][0][0] = "-17"
    certificate["instance"] = digest(instance)
    for kind, document in zip(KINDS, (instance, certificate), strict=True):
        (tmp_path / f"{kind}.json").write_text(json.dumps(document), "utf-8")
    ended = certify("check", *(tmp_path / f"{kind}.json" for kind in KINDS))
    assert ended.code in (3, 4)
    assert "PROVED" not in ended.out


@pytest.mark.parametrize(
    "name",
    [
        pytest.param(name, marks=pytest.mark.long if name in ("k12", "k20") else pytest.mark.whole)
        for name in sorted(SLOW)
    ],
)
def test_every_large_certificate_is_proved(name: str) -> None:
    folder = ROOT / "safran-shamir" / name
    made = json.loads((folder / "certificate.json").read_text("utf-8"))
    assert len(made["steps"][0]["arguments"]["weights"]) == int(name.removeprefix("k"))
    assert certify("check", folder / "instance.json", folder / "certificate.json").code == 0


def test_safran_and_shamir_are_certified_from_six_to_twenty() -> None:
    assert {folder.name for folder in ALL if folder.parent.name == "safran-shamir"} == {f"k{k}" for k in range(6, 21)}


KINDS = ("instance", "certificate")


@pytest.mark.parametrize("lemma", GALLERY.values(), ids=GALLERY)
def test_every_lemma_has_a_certificate_and_a_page(lemma: Lemma) -> None:
    name = lemma.name.partition("/")[0]
    assert any(lemma.name in lemmas_of(folder) for folder in FOLDERS)
    page = (PAGES / f"{name}.md").read_text("utf-8")
    assert "*Proof.*" in page
    assert lemma.source.startswith(f"docs/gallery/{name}.md")
    assert f"`{lemma.name}`" in (PAGES / "README.md").read_text("utf-8")
    assert "  from: certify, gallery\n" in certify("lemmas", lemma.name).out


@EACH
def test_every_certificate_has_a_page(folder: Path) -> None:
    entry = folder.relative_to(ROOT).parts[0]
    assert f"examples/gallery/{entry}/" in (PAGES / f"{entry}.md").read_text("utf-8")
