"""A picture of a checked result."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    """A picture, and what it shows, in words.

    Attributes:
        name: of its file, without `.svg`.
        svg: the picture, a complete SVG document.
        alt: what is seen, for those who do not see it.
        caption: what it shows, and what of that is proved.
    """

    name: str
    svg: str
    alt: str
    caption: str
