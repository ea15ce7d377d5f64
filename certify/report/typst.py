"""A report in the language of Typst, and as PDF by the package of that name."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from certify.errors import printable
from certify.report.document import (
    Attachment,
    Block,
    Code,
    Document,
    Fold,
    Items,
    Lead,
    Listing,
    Maths,
    Name,
    Notice,
    Paragraph,
    Part,
    Picture,
    Section,
    Table,
    Text,
    Tone,
    plain,
)
from certify.report.formula import Formula
from certify.report.recognise import apostrophes, formula, runs
from certify.report.typst_formula import typst_formula, typst_string

_START = """#set page(paper: "a4", margin: (x: 24mm, y: 24mm), numbering: "1", footer-descent: 40%)
#set text(font: "New Computer Modern", size: 10.5pt, lang: "en")
#set par(leading: 0.62em, spacing: 1.0em)
#set list(indent: 0.4em, spacing: 0.7em)
#show raw: set text(font: "DejaVu Sans Mono", size: 0.8em)
#show heading: set text(weight: "bold")
#show heading: set block(above: 1.6em, below: 0.8em)
"""
_COLOURS = {Tone.PROVED: "#00604b", Tone.REFUSED: "#a3160a", Tone.OPEN: "#7a5200"}
_SIGNS = {Tone.PROVED: "✓", Tone.REFUSED: "✗", Tone.OPEN: "?"}


def typst(document: Document) -> str:
    """The document in Typst's language; every text of ours or the user's is a string literal there."""
    title = f"#set document(title: {typst_string(printable(plain(document.title)))}, date: none)"
    return "\n".join([_START, title, f"#heading(level: 1)[{_text(document.title)}]", *_blocks(document.blocks), ""])


def pdf(document: Document) -> bytes:
    """The document as PDF, with the attached files in it.

    Raises:
        OSError: the package typst is not installed.
    """
    try:
        import typst as compiler
    except ImportError:
        raise OSError(
            "a PDF needs the package typst, which is not installed: pip install 'certify-minima[pdf]'; "
            "--html and --tex do not need it"
        ) from None
    made: bytes = compiler.compile(typst(document).encode("utf-8"), format="pdf")
    return made


def _blocks(blocks: Sequence[Block]) -> Iterator[str]:
    for block in blocks:
        yield from _block(block)


def _block(block: Block) -> Iterator[str]:
    if isinstance(block, Section):
        yield from (f"#heading(level: 2)[{_string(block.title)}]", *_blocks(block.blocks))
    elif isinstance(block, Fold):
        if not block.extra:
            yield from (f"#heading(level: 3)[{_text(block.title)}]", *_blocks(block.blocks))
    elif isinstance(block, Notice):
        colour = f'rgb("{_COLOURS[block.tone]}")'
        sign = f'#text(font: "DejaVu Sans Mono", {typst_string(_SIGNS[block.tone])})'
        words = f'#text(fill: {colour}, weight: "bold")[{sign} {_text(block.text)}]'
        yield f"#block(stroke: (left: 3pt + {colour}, rest: 0.5pt + {colour}), inset: 8pt, width: 100%)[{words}]"
    elif isinstance(block, Lead):
        yield f"#text(size: 1.15em)[{_text(block.text)}]\n"
    elif isinstance(block, Paragraph):
        label = f"#emph[{_string(block.label + '.')}] " if block.label else ""
        yield f"{label}{_text(block.text)}\n"
    elif isinstance(block, Items):
        yield f"#list({', '.join(f'[{_text(item)}]' for item in block.items)})"
    elif isinstance(block, Table):
        yield _table(block)
    elif isinstance(block, Picture):
        figure = block.figure
        picture = figure.svg.replace("currentColor", "#222").replace("sans-serif", "New Computer Modern")
        image = f'image(bytes({typst_string(picture)}), format: "svg", width: 75%, alt: {typst_string(figure.alt)})'
        yield f"#figure({image}, caption: [{_prose(figure.caption)}], numbering: none)"
    elif isinstance(block, Listing):
        lines = "\n".join(map(printable, block.text.splitlines()))
        yield f"#block(fill: luma(245), inset: 7pt, width: 100%, raw({typst_string(lines)}))"
    else:
        yield from _attachment(block)


def _table(table: Table) -> str:
    columns = str(len(table.head)) if table.head else "(9.5em, 1fr)"
    cells = ", ".join(f"[{_text(cell)}]" for row in (table.head, *table.rows) for cell in row)
    stroke = "(x, y) => (bottom: 0.4pt + luma(200))"
    return f"#table(columns: {columns}, stroke: {stroke}, inset: (left: 0pt, right: 10pt, y: 5pt), {cells})"


def _attachment(attachment: Attachment) -> Iterator[str]:
    name = typst_string(attachment.name)
    if attachment.content is None:
        yield f"#raw({name}), {attachment.size} bytes, is too large for this file: it lies beside it.\n"
        return
    content = ", ".join(map(str, attachment.content))
    yield f"#pdf.attach({name}, bytes(({content},)))"
    yield f"#raw({name}), {attachment.size} bytes, attached to this file\n"


def _text(text: Text) -> str:
    return "".join(map(_part, text))


def _part(part: Part) -> str:
    if isinstance(part, Code):
        return f"#raw({typst_string(printable(part.text))})"
    if isinstance(part, Maths):
        return f"${typst_formula(formula(printable(part.text)))}$"
    return _string(part.text) if isinstance(part, Name) else _prose(part.text)


def _prose(text: str) -> str:
    found = runs(printable(text))
    return "".join(
        f"${typst_formula(run)}$" if isinstance(run, Formula) else _string(apostrophes(run)) for run in found
    )


def _string(text: str) -> str:
    return f"#{typst_string(printable(text))};"
