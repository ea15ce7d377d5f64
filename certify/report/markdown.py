"""A report in Markdown."""

from __future__ import annotations

from collections.abc import Iterator

from certify.errors import printable
from certify.report import document as doc
from certify.report.writer import Writer


def markdown(document: doc.Document) -> str:
    """The document; formulas stay plain text, which reads well enough."""
    writer = _Markdown()
    return "\n".join([f"# {writer.text(document.title)}", "", *writer.blocks(document.blocks)]).rstrip("\n") + "\n"


class _Markdown(Writer):
    def section(self, section: doc.Section) -> Iterator[str]:
        yield from (f"## {section.title}", "", *self.blocks(section.blocks))

    def fold(self, fold: doc.Fold) -> Iterator[str]:
        if not fold.extra:
            yield from (f"### {self.text(fold.title)}", "", *self.blocks(fold.blocks))

    def notice(self, notice: doc.Notice) -> str:
        return f"**{self.text(notice.text)}**\n"

    def lead(self, lead: doc.Lead) -> str:
        return f"**{self.text(lead.text)}**\n"

    def paragraph(self, paragraph: doc.Paragraph) -> str:
        return f"{f'*{paragraph.label}.* ' if paragraph.label else ''}{self.text(paragraph.text)}\n"

    def items(self, items: doc.Items) -> Iterator[str]:
        yield from (*(f"- {self.text(item)}" for item in items.items), "")

    def table(self, table: doc.Table) -> Iterator[str]:
        if not table.head:
            yield from (f"- {': '.join(map(self.text, row))}" for row in table.rows)
        else:
            yield self._row(table.head)
            yield "|" + "---|" * len(table.head)
            yield from map(self._row, table.rows)
        yield ""

    def _row(self, cells: tuple[doc.Text, ...]) -> str:
        return f"| {' | '.join(map(self.text, cells))} |"

    def picture(self, picture: doc.Picture) -> Iterator[str]:
        figure = picture.figure
        yield f"![{self.literal(figure.alt)}]({figure.name}.svg)\n"
        yield f"*{self.prose(figure.caption)}*\n"

    def listing(self, listing: doc.Listing) -> Iterator[str]:
        yield from (*(f"    {printable(line)}" for line in listing.text.splitlines()), "")

    def attachment(self, attachment: doc.Attachment) -> Iterator[str]:
        yield f"- {self.literal(attachment.name)}, {attachment.size} bytes, beside this report\n"

    def literal(self, text: str) -> str:
        """Markdown takes `<`, `*`, `_` and `|` for its own, and a line break for the end of an item."""
        text = printable(text)
        for mark in "\\`*_<|":
            text = text.replace(mark, "\\" + mark)
        return text

    def prose(self, text: str) -> str:
        return self.literal(text)

    def code(self, text: str) -> str:
        return f"`{printable(text)}`" if "`" not in text else self.literal(text)

    def maths(self, text: str) -> str:
        return self.code(text)
