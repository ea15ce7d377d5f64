"""Docstrings are plain text: what reStructuredText would take for markup in a formula is escaped."""

from __future__ import annotations

import re

from sphinx.application import Sphinx

_MARKUP = re.compile(r"`([^`]+)`|([\\*|]|_(?![a-zA-Z0-9_]))")


def _escaped(match: re.Match[str]) -> str:
    return f"``{match[1]}``" if match[1] else f"\\{match[2]}"


def _paragraph(text: str, what: str) -> str:
    if what == "module" and all(line.startswith("    ") for line in text.split("\n")):
        return f"::\n\n{text}"
    if text.startswith(">>> "):
        return text
    return _MARKUP.sub(_escaped, text)


def plain(app: Sphinx, what: str, name: str, obj: object, options: object, lines: list[str]) -> None:
    """Escape the lines of a docstring, in place; `code` in single quotes becomes code, and so does what a module's
    docstring indents."""
    paragraphs = "\n".join(lines).strip("\n").split("\n\n")
    lines[:] = [*"\n\n".join(_paragraph(text, what) for text in paragraphs).split("\n"), ""]


def setup(app: Sphinx) -> dict[str, bool]:
    """Before napoleon, which makes fields of Args, Returns and Raises."""
    app.connect("autodoc-process-docstring", plain, priority=400)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
