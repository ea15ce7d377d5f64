"""Every module of the trusted side and every search has tests of its own, in the mirrored place."""

from __future__ import annotations

from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
MODULES = sorted(
    p
    for pattern in (
        "proofs/*.py",
        "proofs/claims/*.py",
        "proofs/lemmas/*.py",
        "proofs/gallery/*.py",
        "certify/search/*.py",
    )
    for p in ROOT.glob(pattern)
    if p.name != "__init__.py"
)


def _test_of(module: Path) -> Path:
    place = module.relative_to(ROOT)
    folder = place.parent if place.parts[0] == "proofs" else place.parent.relative_to("certify")
    return ROOT / "tests" / folder / f"test_{module.name}"


@pytest.mark.parametrize("module", MODULES, ids=lambda p: str(p.relative_to(ROOT)))
def test_module_has_a_test_file(module: Path) -> None:
    test = _test_of(module)
    assert test.is_file(), f"{test.relative_to(ROOT)} is missing"
    assert "def test_" in test.read_text("utf-8")
