"""What the writers of a document have in common: a method for each kind of block, and of part of a text."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence

from certify.report import document as doc


class BlockWriter(ABC):
    """Renders blocks as lines, in one format."""

    def blocks(self, blocks: Sequence[doc.Block]) -> Iterator[str]:
        """All blocks, in order."""
        for block in blocks:
            yield from self.block(block)

    def block(self, block: doc.Block) -> Iterator[str]:
        """One block of any kind."""
        match block:
            case doc.Section():
                yield from self.section(block)
            case doc.Fold():
                yield from self.fold(block)
            case doc.Notice():
                yield self.notice(block)
            case doc.Lead():
                yield self.lead(block)
            case doc.Paragraph():
                yield self.paragraph(block)
            case doc.Items():
                yield from self.items(block)
            case doc.Table():
                yield from self.table(block)
            case doc.Picture():
                yield from self.picture(block)
            case doc.Listing():
                yield from self.listing(block)
            case doc.Attachment():
                yield from self.attachment(block)

    @abstractmethod
    def text(self, text: doc.Text) -> str:
        """A text, all its parts."""

    @abstractmethod
    def section(self, section: doc.Section) -> Iterator[str]: ...

    @abstractmethod
    def fold(self, fold: doc.Fold) -> Iterator[str]: ...

    @abstractmethod
    def notice(self, notice: doc.Notice) -> str: ...

    @abstractmethod
    def lead(self, lead: doc.Lead) -> str: ...

    @abstractmethod
    def paragraph(self, paragraph: doc.Paragraph) -> str: ...

    @abstractmethod
    def items(self, items: doc.Items) -> Iterator[str]: ...

    @abstractmethod
    def table(self, table: doc.Table) -> Iterator[str]: ...

    @abstractmethod
    def picture(self, picture: doc.Picture) -> Iterator[str]: ...

    @abstractmethod
    def listing(self, listing: doc.Listing) -> Iterator[str]: ...

    @abstractmethod
    def attachment(self, attachment: doc.Attachment) -> Iterator[str]: ...


class Writer(BlockWriter):
    """Renders each part of a text by itself."""

    def text(self, text: doc.Text) -> str:
        """All parts, in order."""
        return "".join(map(self.part, text))

    def part(self, part: doc.Part) -> str:
        """One part of any kind."""
        match part:
            case doc.Prose():
                return self.prose(part.text)
            case doc.Code():
                return self.code(part.text)
            case doc.Maths():
                return self.maths(part.text)
        return self.literal(part.text)

    @abstractmethod
    def literal(self, text: str) -> str:
        """Text taken literally."""

    @abstractmethod
    def prose(self, text: str) -> str:
        """Words with formulas among them."""

    @abstractmethod
    def code(self, text: str) -> str:
        """Something for a machine."""

    @abstractmethod
    def maths(self, text: str) -> str:
        """A formula, all of it."""
