"""Pages as trees."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

from tests.report.reading import letters, of_source


class Page:
    """A page of `certify report`, which is XML."""

    def __init__(self, path: Path) -> None:
        self.source = path.read_text("utf-8")
        self.root = ElementTree.fromstring(self.source)

    def all(self, tag: str, kind: str | None = None) -> list[ElementTree.Element]:
        """The elements of a tag, whatever the namespace, and of a class."""
        found = (e for e in self.root.iter() if e.tag.rpartition("}")[2] == tag)
        return [e for e in found if kind is None or kind in e.get("class", "").split()]

    def one(self, tag: str, kind: str | None = None) -> ElementTree.Element:
        (found,) = self.all(tag, kind)
        return found

    def says(self, words: str) -> bool:
        """Whether these words are there, formulas in any notation."""
        return of_source(words) in shown(self.one("main"))

    @property
    def headings(self) -> list[str]:
        return [text_of(e) for e in self.all("h2")]

    def links(self) -> Iterator[str]:
        """Whatever the page refers to."""
        for element in self.root.iter():
            yield from (
                v for k, v in element.attrib.items() if k.rpartition("}")[2] in {"href", "src", "action", "data"}
            )


def shown(element: ElementTree.Element) -> str:
    """The letters and digits of it, to be compared with `of_source` of what it shows."""
    return letters(text_of(element).replace("∑", "Σ").replace("∏", "Π"))


def text_of(element: ElementTree.Element) -> str:
    return "".join(element.itertext())
