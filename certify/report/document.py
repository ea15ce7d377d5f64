"""A report as a document: headings, paragraphs, formulas, tables, pictures, folds. Writers render it; none adds a word
about what is proved."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from certify.report.figure import Figure


@dataclass(frozen=True, slots=True)
class Prose:
    """Words with formulas among them, which are found by `recognise.runs`."""

    text: str


@dataclass(frozen=True, slots=True)
class Name:
    """Text to be taken literally: names and texts of the user's files, sources."""

    text: str


@dataclass(frozen=True, slots=True)
class Code:
    """Something for a machine: a command, a digest, the name of a lemma."""

    text: str


@dataclass(frozen=True, slots=True)
class Maths:
    """A formula, all of it."""

    text: str


@dataclass(frozen=True, slots=True)
class Link:
    """The name of a fold of the same document, and its anchor."""

    text: str
    anchor: str


Part = Prose | Name | Code | Maths | Link
Text = tuple[Part, ...]


class Tone(Enum):
    """How a notice is meant; writers show it by a sign and a word besides a colour."""

    PROVED = "proved"
    REFUSED = "refused"
    OPEN = "open"


@dataclass(frozen=True, slots=True)
class Notice:
    """The verdict, in a box."""

    tone: Tone
    text: Text


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph; `label` is a word before it, such as Statement."""

    text: Text
    label: str = ""


@dataclass(frozen=True, slots=True)
class Lead:
    """The claim in a few words; its scope follows."""

    text: Text


@dataclass(frozen=True, slots=True)
class Items:
    """A list."""

    items: tuple[Text, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A table; without a head, the first column names what is in the second."""

    head: tuple[Text, ...]
    rows: tuple[tuple[Text, ...], ...]


@dataclass(frozen=True, slots=True)
class Picture:
    """A figure."""

    figure: Figure


@dataclass(frozen=True, slots=True)
class Listing:
    """Lines of a file or commands, as they are."""

    text: str


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that goes with the report.

    Attributes:
        content: the whole of it; None: it is too large, and lies beside the report only.
        size: in bytes.
    """

    name: str
    content: bytes | None
    size: int


@dataclass(frozen=True, slots=True)
class Fold:
    """Blocks under a title that can be shut.

    Attributes:
        anchor: a name for links, unique in the document.
        aside: a few words beside the title.
        shut: whether readers see the title first; a report on paper shows all.
        extra: whether formats without folds can do without.
    """

    anchor: str
    title: Text
    blocks: tuple[Block, ...]
    aside: Text = ()
    shut: bool = False
    extra: bool = False


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and what is under it."""

    title: str
    blocks: tuple[Block, ...]


Block = Notice | Lead | Paragraph | Items | Table | Picture | Listing | Attachment | Fold | Section


@dataclass(frozen=True, slots=True)
class Document:
    """A report.

    Attributes:
        title: the claim in a few words.
        digest: the hash of the instance that it is about.
    """

    title: Text
    digest: str
    blocks: tuple[Block, ...]


def plain(text: Text) -> str:
    """The text as it was written."""
    return "".join(part.text for part in text)
