"""A report as one page for a browser: its style, fonts, formulas, pictures and files are in it; there is no script and
nothing is fetched."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator
from functools import cache
from importlib.resources import files

from certify.report import document as doc
from certify.report.html_text import escaped, html_text
from certify.report.writer import BlockWriter

_FONTS = {
    "Certify Text": (("text", "400", "normal"), ("text-italic", "400", "italic"), ("text-bold", "600", "normal")),
    "Certify Math": (("math", "400", "normal"),),
}
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; font-src data:; img-src data:"
_SIGNS = {doc.Tone.PROVED: "✓", doc.Tone.REFUSED: "✗", doc.Tone.OPEN: "?"}


def html(document: doc.Document) -> str:
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
            f"<title>{escaped(doc.plain(document.title))}</title>",
            f"<style>{_style()}</style>",
            "</head>",
            "<body>",
            "<main>",
            f"<h1>{html_text(document.title)}</h1>",
            *_Html().blocks(document.blocks),
            "</main>",
            f"<footer>certify · <code>{escaped(document.digest)}</code></footer>",
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


class _Html(BlockWriter):
    def text(self, text: doc.Text) -> str:
        return html_text(text)

    def section(self, section: doc.Section) -> Iterator[str]:
        name = section.title.lower().replace(",", "").replace(" ", "-")
        yield from (f'<section aria-labelledby="{name}">', f'<h2 id="{name}">{escaped(section.title)}</h2>')
        yield from (*self.blocks(section.blocks), "</section>")

    def fold(self, fold: doc.Fold) -> Iterator[str]:
        aside = f'<span class="aside">{self.text(fold.aside)}</span>' if fold.aside else ""
        state = "" if fold.shut else ' open="open"'
        yield f'<details id="{escaped(fold.anchor)}"{state}>'
        yield f"<summary><h3>{self.text(fold.title)}</h3>{aside}</summary>"
        yield from ('<div class="inside">', *self.blocks(fold.blocks), "</div>", "</details>")

    def notice(self, notice: doc.Notice) -> str:
        sign = f'<span class="sign" aria-hidden="true">{_SIGNS[notice.tone]}</span>'
        role = ' role="alert"' if notice.tone is doc.Tone.REFUSED else ""
        return f'<p class="notice {notice.tone.value}"{role}>{sign} <span>{self.text(notice.text)}</span></p>'

    def lead(self, lead: doc.Lead) -> str:
        return f'<p class="lead">{self.text(lead.text)}</p>'

    def paragraph(self, paragraph: doc.Paragraph) -> str:
        label = f'<span class="label">{escaped(paragraph.label)}</span> ' if paragraph.label else ""
        return f"<p>{label}{self.text(paragraph.text)}</p>"

    def items(self, items: doc.Items) -> Iterator[str]:
        yield from ("<ul>", *(f"<li>{self.text(item)}</li>" for item in items.items), "</ul>")

    def table(self, table: doc.Table) -> Iterator[str]:
        yield "<table>"
        if table.head:
            cells = "".join(f'<th scope="col">{self.text(cell)}</th>' for cell in table.head)
            yield f"<thead><tr>{cells}</tr></thead>"
        yield "<tbody>"
        for first, *others in table.rows:
            start = f"<td>{self.text(first)}</td>" if table.head else f'<th scope="row">{self.text(first)}</th>'
            yield f"<tr>{start}{''.join(f'<td>{self.text(cell)}</td>' for cell in others)}</tr>"
        yield from ("</tbody>", "</table>")

    def picture(self, picture: doc.Picture) -> Iterator[str]:
        figure = picture.figure
        start = figure.svg.index("<svg") + len("<svg")
        head, body = figure.svg[start : figure.svg.index(">", start)], figure.svg[start:]
        named = "" if "aria-label=" in head else f' role="img" aria-label="{escaped(figure.alt)}"'
        caption = self.text((doc.Prose(figure.caption),))
        yield from ("<figure>", f"<svg{named}{body.rstrip()}", f"<figcaption>{caption}</figcaption>", "</figure>")

    def listing(self, listing: doc.Listing) -> Iterator[str]:
        lines = "\n".join(map(escaped, listing.text.splitlines()))
        yield f"<pre>{lines}</pre>"

    def attachment(self, attachment: doc.Attachment) -> Iterator[str]:
        name, size = escaped(attachment.name), f"{attachment.size:,} bytes".replace(",", " ")
        if attachment.content is None:
            yield f'<p class="file"><code>{name}</code> ({size}) is too large for this page: it lies beside it.</p>'
            return
        kind = "application/json" if attachment.name.endswith(".json") else "text/csv"
        link = f"data:{kind};base64,{_base64(attachment.content)}"
        yield f'<p class="file"><a download="{name}" href="{link}">{name}</a> ({size}), attached to this page</p>'


def _base64(content: bytes) -> str:
    return b64encode(content).decode("ascii")
