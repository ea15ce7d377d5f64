"""A report in the language of Typst, and as PDF by the package of that name."""

from __future__ import annotations

from collections.abc import Iterator

from certify.errors import printable
from certify.report import document as doc
from certify.report.formula import Formula
from certify.report.recognise import apostrophes, formula, runs
from certify.report.typst_formula import typst_formula, typst_string
from certify.report.writer import Writer

_START = """#set page(paper: "a4", margin: (x: 24mm, y: 24mm), numbering: "1", footer-descent: 40%)
#set text(font: "New Computer Modern", size: 10.5pt, lang: "en")
#set par(leading: 0.62em, spacing: 1.0em)
#set list(indent: 0.4em, spacing: 0.7em)
#show raw: set text(font: "DejaVu Sans Mono", size: 0.8em)
#show heading: set text(weight: "bold")
#show heading: set block(above: 1.6em, below: 0.8em)
"""
_COLOURS = {doc.Tone.PROVED: "#00604b", doc.Tone.REFUSED: "#a3160a", doc.Tone.OPEN: "#7a5200"}
_SIGNS = {doc.Tone.PROVED: "✓", doc.Tone.REFUSED: "✗", doc.Tone.OPEN: "?"}


def typst(document: doc.Document) -> str:
    """The document in Typst's language; every text of ours or the user's is a string literal there."""
    writer = _Typst()
    title = f"#set document(title: {typst_string(printable(doc.plain(document.title)))}, date: none)"
    heading = f"#heading(level: 1)[{writer.text(document.title)}]"
    return "\n".join([_START, title, heading, *writer.blocks(document.blocks), ""])


def pdf(document: doc.Document) -> bytes:
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


class _Typst(Writer):
    def section(self, section: doc.Section) -> Iterator[str]:
        yield from (f"#heading(level: 2)[{self.literal(section.title)}]", *self.blocks(section.blocks))

    def fold(self, fold: doc.Fold) -> Iterator[str]:
        if not fold.extra:
            yield from (f"#heading(level: 3)[{self.text(fold.title)}]", *self.blocks(fold.blocks))

    def notice(self, notice: doc.Notice) -> str:
        colour = f'rgb("{_COLOURS[notice.tone]}")'
        sign = f'#text(font: "DejaVu Sans Mono", {typst_string(_SIGNS[notice.tone])})'
        words = f'#text(fill: {colour}, weight: "bold")[{sign} {self.text(notice.text)}]'
        return f"#block(stroke: (left: 3pt + {colour}, rest: 0.5pt + {colour}), inset: 8pt, width: 100%)[{words}]"

    def lead(self, lead: doc.Lead) -> str:
        return f"#text(size: 1.15em)[{self.text(lead.text)}]\n"

    def paragraph(self, paragraph: doc.Paragraph) -> str:
        label = f"#emph[{self.literal(paragraph.label + '.')}] " if paragraph.label else ""
        return f"{label}{self.text(paragraph.text)}\n"

    def items(self, items: doc.Items) -> Iterator[str]:
        yield f"#list({', '.join(f'[{self.text(item)}]' for item in items.items)})"

    def table(self, table: doc.Table) -> Iterator[str]:
        columns = str(len(table.head)) if table.head else "(9.5em, 1fr)"
        cells = ", ".join(f"[{self.text(cell)}]" for row in (table.head, *table.rows) for cell in row)
        stroke = "(x, y) => (bottom: 0.4pt + luma(200))"
        yield f"#table(columns: {columns}, stroke: {stroke}, inset: (left: 0pt, right: 10pt, y: 5pt), {cells})"

    def picture(self, picture: doc.Picture) -> Iterator[str]:
        figure = picture.figure
        svg = figure.svg.replace("currentColor", "#222").replace("sans-serif", "New Computer Modern")
        image = f'image(bytes({typst_string(svg)}), format: "svg", width: 75%, alt: {typst_string(figure.alt)})'
        yield f"#figure({image}, caption: [{self.prose(figure.caption)}], numbering: none)"

    def listing(self, listing: doc.Listing) -> Iterator[str]:
        lines = "\n".join(map(printable, listing.text.splitlines()))
        yield f"#block(fill: luma(245), inset: 7pt, width: 100%, raw({typst_string(lines)}))"

    def attachment(self, attachment: doc.Attachment) -> Iterator[str]:
        name = typst_string(attachment.name)
        if attachment.content is None:
            yield f"#raw({name}), {attachment.size} bytes, is too large for this file: it lies beside it.\n"
            return
        content = ", ".join(map(str, attachment.content))
        yield f"#pdf.attach({name}, bytes(({content},)))"
        yield f"#raw({name}), {attachment.size} bytes, attached to this file\n"

    def literal(self, text: str) -> str:
        return f"#{typst_string(printable(text))};"

    def prose(self, text: str) -> str:
        found = runs(printable(text))
        return "".join(
            f"${typst_formula(run)}$" if isinstance(run, Formula) else self.literal(apostrophes(run)) for run in found
        )

    def code(self, text: str) -> str:
        return f"#raw({typst_string(printable(text))})"

    def maths(self, text: str) -> str:
        return f"${typst_formula(formula(printable(text)))}$"
