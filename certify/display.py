"""Results as Rich and notebooks show them. A verdict is coloured, and always said in words, too."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape
from typing import TYPE_CHECKING

from certify.errors import printable
from certify.report.text import verdict_line
from proofs.kernel import Verdict

if TYPE_CHECKING:
    from rich.text import Text

    from certify.result import Result

COLOURS = {Verdict.PROVED.value: "green", Verdict.REJECTED.value: "red", Verdict.UNDECIDED.value: "yellow"}
_HTML_COLOURS = {Verdict.PROVED: "#1a7f37", Verdict.REJECTED: "#c22", Verdict.UNDECIDED: "#9a6700"}


def rich_text(result: Result) -> Text:
    """The lines of the terminal, with the word of the verdict in its colour."""
    from rich.text import Text

    text = Text()
    for line in result.lines:
        word = line.partition(" ")[0]
        text.append(word, style=f"bold {COLOURS[word]}" if word in COLOURS else "")
        text.append(line[len(word) :] + "\n")
    text.rstrip()
    return text


def html(result: Result) -> str:
    """A small table: the verdict, each step with its margin, the scope. Names out of files are escaped."""
    return "".join(_html(result))


def _html(result: Result) -> Iterator[str]:
    word = result.verdict.value
    rest = verdict_line(result.outcome).removeprefix(word)
    colour = _HTML_COLOURS[result.verdict]
    yield "<table>"
    yield f'<caption style="text-align: left"><strong style="color: {colour}">{word}</strong>{_text(rest)}</caption>'
    yield f"<thead>{_row(('step', 'lemma', 'found', 'margin'), 'th')}</thead><tbody>"
    for fact in result.facts:
        yield _row((fact.step, fact.lemma.name, fact.conclusion.detail, fact.conclusion.margin))
    if (failed := result.outcome.failure) is not None:
        found = f"[{failed.failure.code}] {failed.failure.detail}"
        yield _row((failed.step, failed.lemma, found, result.verdict.value))
    yield "</tbody></table><ul>"
    yield from (f"<li>{_text(line)}</li>" for line in result.scope)
    yield from (f"<li>missing: {_text(line)}</li>" for line in result.missing)
    yield from (f"<li>assumes: {_text(line)}</li>" for line in result.assumed)
    yield from (f"<li>{_text(line)}</li>" for line in (*result.remarks, result.qualification) if line)
    yield "</ul>"


def _row(cells: Sequence[str], tag: str = "td") -> str:
    styles = ("white-space: nowrap", "white-space: nowrap", "", "")
    return f"<tr>{''.join(_cell(cell, style, tag) for cell, style in zip(cells, styles, strict=True))}</tr>"


def _cell(text: str, style: str, tag: str) -> str:
    return f'<{tag} style="text-align: left; vertical-align: top; {style}">{_text(text)}</{tag}>'


def _text(text: str) -> str:
    return escape(printable(text))
