"""A report in Markdown."""

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
    Notice,
    Paragraph,
    Part,
    Picture,
    Section,
    Table,
    Text,
)


def markdown(document: Document) -> str:
    """The document; formulas stay plain text, which reads well enough."""
    return "\n".join([f"# {_text(document.title)}", "", *_blocks(document.blocks)]).rstrip("\n") + "\n"


def _blocks(blocks: Sequence[Block]) -> Iterator[str]:
    for block in blocks:
        yield from _block(block)


def _block(block: Block) -> Iterator[str]:
    if isinstance(block, Section):
        yield from (f"## {block.title}", "", *_blocks(block.blocks))
    elif isinstance(block, Fold):
        if not block.extra:
            yield from (f"### {_text(block.title)}", "", *_blocks(block.blocks))
    elif isinstance(block, Notice | Lead):
        yield from (f"**{_text(block.text)}**", "")
    elif isinstance(block, Paragraph):
        yield from (f"{f'*{block.label}.* ' if block.label else ''}{_text(block.text)}", "")
    elif isinstance(block, Items):
        yield from (*(f"- {_text(item)}" for item in block.items), "")
    elif isinstance(block, Table):
        yield from _table(block)
    elif isinstance(block, Picture):
        figure = block.figure
        yield from (f"![{_escape(figure.alt)}]({figure.name}.svg)", "", f"*{_escape(figure.caption)}*", "")
    elif isinstance(block, Listing):
        yield from (*(f"    {printable(line)}" for line in block.text.splitlines()), "")
    else:
        yield from _attachment(block)


def _table(table: Table) -> Iterator[str]:
    if not table.head:
        yield from (f"- {': '.join(map(_text, row))}" for row in table.rows)
    else:
        yield _row(map(_text, table.head))
        yield "|" + "---|" * len(table.head)
        yield from (_row(map(_text, row)) for row in table.rows)
    yield ""


def _row(cells: Iterator[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _attachment(attachment: Attachment) -> Iterator[str]:
    yield from (f"- {_escape(attachment.name)}, {attachment.size} bytes, beside this report", "")


def _text(text: Text) -> str:
    return "".join(map(_part, text))


def _part(part: Part) -> str:
    if isinstance(part, Code | Maths):
        return f"`{printable(part.text)}`" if "`" not in part.text else _escape(part.text)
    return _escape(part.text)


def _escape(text: str) -> str:
    """Markdown takes `<`, `*`, `_` and `|` for its own, and a line break for the end of an item."""
    text = printable(text)
    for mark in "\\`*_<|":
        text = text.replace(mark, "\\" + mark)
    return text
