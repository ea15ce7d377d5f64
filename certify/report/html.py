"""A report as one page for a browser: its style, fonts, formulas, pictures and files are in it; there is no script and
nothing is fetched."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Iterator, Sequence
from functools import cache
from html import escape
from importlib.resources import files
from itertools import chain

from certify.errors import printable
from certify.report.document import (
    Attachment,
    Block,
    Code,
    Document,
    Fold,
    Items,
    Lead,
    Link,
    Listing,
    Maths,
    Name,
    Notice,
    Paragraph,
    Part,
    Picture,
    Prose,
    Section,
    Table,
    Text,
    Tone,
    plain,
)
from certify.report.figure import Figure
from certify.report.formula import Formula
from certify.report.mathml import mathml
from certify.report.recognise import apostrophes, formula, runs

_FONTS = {
    "Certify Text": (("text", "400", "normal"), ("text-italic", "400", "italic"), ("text-bold", "600", "normal")),
    "Certify Math": (("math", "400", "normal"),),
}
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; font-src data:; img-src data:"
_SIGNS = {Tone.PROVED: "✓", Tone.REFUSED: "✗", Tone.OPEN: "?"}
_BREAK = "<wbr/>"


def html(document: Document) -> str:
    """The page; it is well-formed XML, too."""
    return "\n".join(
        [
            "<!DOCTYPE html>",
            '<html lang="en" xmlns="http://www.w3.org/1999/xhtml">',
            "<head>",
            '<meta charset="utf-8"/>',
            '<meta name="viewport" content="width=device-width, initial-scale=1"/>',
            '<meta name="color-scheme" content="light dark"/>',
            f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}"/>',
            '<link rel="icon" href="data:,"/>',
            f"<title>{_escape(plain(document.title))}</title>",
            f"<style>{_style()}</style>",
            "</head>",
            "<body>",
            "<main>",
            f"<h1>{_text(document.title)}</h1>",
            *_blocks(document.blocks),
            "</main>",
            f"<footer>certify · <code>{_escape(document.digest)}</code></footer>",
            "</body>",
            "</html>\n",
        ]
    )


@cache
def _style() -> str:
    """The style sheet, with the fonts in it."""
    folder = files("certify.report")
    faces = [
        f'@font-face{{font-family:"{family}";font-weight:{weight};font-style:{style};'
        f"src:url(data:font/woff2;base64,{_base64((folder / 'fonts' / f'{name}.woff2').read_bytes())})}}"
        for family, fonts in _FONTS.items()
        for name, weight, style in fonts
    ]
    return "\n".join([*faces, (folder / "report.css").read_text("utf-8")])


def _blocks(blocks: Sequence[Block]) -> Iterator[str]:
    for block in blocks:
        yield from _block(block)


def _block(block: Block) -> Iterator[str]:
    if isinstance(block, Section):
        name = block.title.lower().replace(",", "").replace(" ", "-")
        yield from (f'<section aria-labelledby="{name}">', f'<h2 id="{name}">{_escape(block.title)}</h2>')
        yield from (*_blocks(block.blocks), "</section>")
    elif isinstance(block, Fold):
        yield from _fold(block)
    elif isinstance(block, Notice):
        sign = f'<span class="sign" aria-hidden="true">{_SIGNS[block.tone]}</span>'
        role = ' role="alert"' if block.tone is Tone.REFUSED else ""
        yield f'<p class="notice {block.tone.value}"{role}>{sign} <span>{_text(block.text)}</span></p>'
    elif isinstance(block, Lead):
        yield f'<p class="lead">{_text(block.text)}</p>'
    elif isinstance(block, Paragraph):
        label = f'<span class="label">{_escape(block.label)}</span> ' if block.label else ""
        yield f"<p>{label}{_text(block.text)}</p>"
    elif isinstance(block, Items):
        yield from ("<ul>", *(f"<li>{_text(item)}</li>" for item in block.items), "</ul>")
    elif isinstance(block, Table):
        yield from _table(block)
    elif isinstance(block, Picture):
        yield from _figure(block.figure)
    elif isinstance(block, Listing):
        lines = "\n".join(map(_escape, block.text.splitlines()))
        yield f"<pre>{lines}</pre>"
    else:
        yield _attachment(block)


def _fold(fold: Fold) -> Iterator[str]:
    aside = f'<span class="aside">{_text(fold.aside)}</span>' if fold.aside else ""
    state = "" if fold.shut else ' open="open"'
    yield f'<details id="{_escape(fold.anchor)}"{state}>'
    yield f'<summary><span class="title">{_text(fold.title)}</span>{aside}</summary>'
    yield from ('<div class="inside">', *_blocks(fold.blocks), "</div>", "</details>")


def _table(table: Table) -> Iterator[str]:
    yield "<table>"
    if table.head:
        cells = "".join(f'<th scope="col">{_text(cell)}</th>' for cell in table.head)
        yield f"<thead><tr>{cells}</tr></thead>"
    yield "<tbody>"
    for first, *others in table.rows:
        start = f"<td>{_text(first)}</td>" if table.head else f'<th scope="row">{_text(first)}</th>'
        yield f"<tr>{start}{''.join(f'<td>{_text(cell)}</td>' for cell in others)}</tr>"
    yield from ("</tbody>", "</table>")


def _figure(figure: Figure) -> Iterator[str]:
    start = figure.svg.index("<svg") + len("<svg")
    head, body = figure.svg[start : figure.svg.index(">", start)], figure.svg[start:]
    named = "" if "aria-label=" in head else f' role="img" aria-label="{_escape(figure.alt)}"'
    yield from (
        "<figure>",
        f"<svg{named}{body.rstrip()}",
        f"<figcaption>{_text((Prose(figure.caption),))}</figcaption>",
        "</figure>",
    )


def _attachment(attachment: Attachment) -> str:
    name, size = _escape(attachment.name), f"{attachment.size:,} bytes".replace(",", " ")
    if attachment.content is None:
        return f'<p class="file"><code>{name}</code> ({size}) is too large for this page: it lies beside it.</p>'
    kind = "application/json" if attachment.name.endswith(".json") else "text/csv"
    link = f"data:{kind};base64,{_base64(attachment.content)}"
    return f'<p class="file"><a download="{name}" href="{link}">{name}</a> ({size}), attached to this page</p>'


def _text(text: Text) -> str:
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


def _atoms(part: Part) -> Iterator[str]:
    """Words, blanks, formulas, and what is set as a whole."""
    if isinstance(part, Code):
        yield f"<code>{_escape(part.text)}</code>"
    elif isinstance(part, Link):
        yield f'<a href="#{_escape(part.anchor)}">{_escape(part.text)}</a>'
    elif isinstance(part, Name):
        yield from _words(part.text)
    else:
        text = printable(part.text)
        for run in [formula(text)] if isinstance(part, Maths) else runs(text):
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
            yield f'<span class="joined">{_escape(word)}</span>'
        elif word:
            yield _escape(word)


def _escape(text: str) -> str:
    return escape(printable(text))


def _base64(content: bytes) -> str:
    return b64encode(content).decode("ascii")
