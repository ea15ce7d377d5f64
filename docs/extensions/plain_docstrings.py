"""Docstrings are plain text: what reStructuredText would take for markup in a formula is escaped."""

from __future__ import annotations

import re

from sphinx.application import Sphinx

_MARKUP = re.compile(r"`([^`]+)`|([\\*|]|_(?![a-zA-Z0-9_]))")


def _escaped(match: re.Match[str]) -> str:
    return f"``{match[1]}``" if match[1] else f"\\{match[2]}"


def plain(app: Sphinx, what: str, name: str, obj: object, options: object, lines: list[str]) -> None:
    """Escape the lines of a docstring, in place; `code` in single quotes becomes code."""
    lines[:] = _MARKUP.sub(_escaped, "\n".join(lines)).split("\n")


def setup(app: Sphinx) -> dict[str, bool]:
    """Before napoleon, which makes fields of Args, Returns and Raises."""
    app.connect("autodoc-process-docstring", plain, priority=400)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
