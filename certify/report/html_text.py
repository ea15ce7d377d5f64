"""Words and formulas in HTML."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import escape
from itertools import chain

from certify.errors import printable
from certify.report import document as doc
from certify.report.formula import Formula
from certify.report.mathml import mathml
from certify.report.recognise import apostrophes, formula, runs

_BREAK = "<wbr/>"


def html_text(text: doc.Text) -> str:
    """The parts; no line is broken between a formula and what follows it, or is before it, without a blank."""
    found: list[str] = []
    group: list[str] = []
    for atom in chain.from_iterable(map(_atoms, text)):
        if atom.isspace() or atom == _BREAK:
            found += [*_joined(group), atom]
            group = []
        else:
            group.append(atom)
    return "".join([*found, *_joined(group)])


def _joined(group: list[str]) -> list[str]:
    if len(group) > 1 and any(atom.startswith("<math") for atom in group):
        return [f'<span class="joined">{"".join(group)}</span>']
    return group


def _atoms(part: doc.Part) -> Iterator[str]:
    """Words, blanks, formulas, and what is set as a whole."""
    if isinstance(part, doc.Code):
        yield f"<code>{escaped(part.text)}</code>"
    elif isinstance(part, doc.Link):
        yield f'<a href="#{escaped(part.anchor)}">{escaped(part.text)}</a>'
    elif isinstance(part, doc.Name):
        yield from _words(part.text)
    else:
        text = printable(part.text)
        for run in [formula(text)] if isinstance(part, doc.Maths) else runs(text):
            if isinstance(run, Formula):
                first, *others = mathml(run)
                yield first
                for other in others:
                    yield from (_BREAK, other)
            else:
                yield from _words(apostrophes(run))


def _words(text: str) -> Iterator[str]:
    for word in re.split(r"(\s+)", text):
        if re.search(r"\d-\d", word):  # widths such as 4-10-3
            yield f'<span class="joined">{escaped(word)}</span>'
        elif word:
            yield escaped(word)


def escaped(text: str) -> str:
    """Text taken literally, on one line."""
    return escape(printable(text))
