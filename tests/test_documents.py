"""The documentation says what the program really prints."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.console import DOCUMENTS, ROOT, prepare, render_document


@pytest.mark.parametrize("name", DOCUMENTS)
def test_commands_print_what_the_document_shows(name: str, tmp_path: Path) -> None:
    prepare(tmp_path)
    text = (ROOT / name).read_text("utf-8")
    assert "$ certify" in text
    assert masked(render_document(text, tmp_path)) == masked(text)


def masked(text: str) -> str:
    """Figures of the float64 search, whose last digits may differ between processors, are not compared: those of better
    points, of directions and what falls along them, and all of a fitted construction, where the targets themselves come
    from that search."""
    text = re.sub(
        r"^\$ certify prove .*--construction fitted.*?```", _without_figures, text, flags=re.DOTALL | re.MULTILINE
    )
    text = re.sub(r"(falls by |over a distance of )[0-9.e-]+", r"\1#", text)
    return re.sub(r"(E\(better\) ≤ |gap ≥ |lower by at least |slope ≤ |second derivative ≤ )[0-9.e-]+", r"\1#", text)


def _without_figures(block: re.Match[str]) -> str:
    command, output = block[0].split("\n", 1)
    return command + "\n" + re.sub(r"sha256:[0-9a-f]+|[0-9][0-9./e-]*", "#", output)


def test_every_document_with_commands_is_listed() -> None:
    found = {
        str(p.relative_to(ROOT))
        for p in [ROOT / "README.md", *ROOT.glob("docs/**/*.md")]
        if "$ certify" in p.read_text("utf-8")
    }
    assert found == set(DOCUMENTS)
