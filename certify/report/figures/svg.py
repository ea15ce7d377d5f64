"""Parts of a picture as SVG text: axes, curves, marks, a legend.

Text and axes have the colour of the surrounding text, so that a picture fits a light page and a dark one; the other
colours (after Okabe and Ito) are seen on both, and by the colour-blind. No part has an id, so any number of pictures
can be in one page.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from html import escape

import numpy as np

from certify.search.floats import Array

BLUE, VERMILION, GREEN = "#2b85bd", "#d55e00", "#009e73"
WIDTH, LEFT, RIGHT = 480, 62, 16
TITLE, SIZE, SMALL, TINY = 16, 14, 13, 12
_LETTER = 0.56

_STYLE = (
    "svg:root{color:#222;background:#fff}@media(prefers-color-scheme:dark){svg:root{color:#ddd;background:#181818}}"
)
"""For a picture by itself: in a page the root is the page's, and its colours are."""


def drawing(height: float, alt: str, elements: Iterable[str]) -> str:
    """A complete SVG document, WIDTH wide."""
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height:g}" role="img" '
            f'aria-label="{escape(alt)}" font-family="sans-serif" font-size="{SIZE}">',
            f"<style>{_STYLE}</style>",
            *elements,
            "</svg>\n",
        ]
    )


def text(x: float, y: float, words: str, anchor: str = "middle", more: str = "") -> str:
    """Words at a place."""
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="currentColor"{more}>{escape(words)}</text>'


def width_of(words: str, size: float = SMALL) -> float:
    """About how long the words are."""
    return _LETTER * size * len(words)


def number(value: float, digits: int = 3) -> str:
    """`0.291`, `1.2e6`, with a real minus sign."""
    found = f"{value:.{digits}g}".replace("e+0", "e").replace("e+", "e").replace("e-0", "e-")
    return "0" if found in ("0", "-0") else found.replace("-", "−")


def line(x1: float, y1: float, x2: float, y2: float, more: str = "", ink: str = "currentColor") -> str:
    """A thin line, in the colour of the text unless it is given another."""
    return f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{ink}"{more}/>'


def mark(shape: str, x: float, y: float, ink: str, size: float = 5) -> str:
    """A disc, ring, diamond, cross or star, so that colour is not the only sign."""
    if shape == "disc":
        return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{size:g}" fill="{ink}"/>'
    if shape == "ring":
        return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{size:g}" fill="none" stroke="{ink}" stroke-width="1.6"/>'
    if shape == "cross":
        path = f"M{x - size:.1f} {y - size:.1f}l{2 * size:g} {2 * size:g}m0 {-2 * size:g}l{-2 * size:g} {2 * size:g}"
        return f'<path d="{path}" stroke="{ink}" stroke-width="1.8" fill="none"/>'
    corners = 4 if shape == "diamond" else 10
    reaches = [size * 1.3 * (1.0 if corners == 4 or k % 2 == 0 else 0.45) for k in range(corners)]
    angles = [2 * math.pi * k / corners - math.pi / 2 for k in range(corners)]
    places = " ".join(
        f"{x + r * math.cos(a):.1f},{y + r * math.sin(a):.1f}" for r, a in zip(reaches, angles, strict=True)
    )
    return f'<polygon points="{places}" fill="{ink}" stroke="#fff" stroke-width="0.8"/>'


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a legend: words after a mark or a piece of a curve."""

    words: str
    ink: str
    shape: str = ""
    dash: str = ""


def legend(entries: Sequence[Entry], top: float) -> tuple[list[str], float]:
    """The legend in rows from `top` on, and where it ends."""
    found, x, y = [], float(LEFT), top
    for entry in entries:
        needed = 30 + width_of(entry.words)
        if x > LEFT and x + needed > WIDTH - 4:
            x, y = float(LEFT), y + 18
        if entry.shape:
            found.append(mark(entry.shape, x + 11, y - 4, entry.ink, 4.5))
        else:
            found.append(_stroke(f"M{x:.1f} {y - 4:.1f}h22", entry.ink, entry.dash))
        found.append(text(x + 28, y, entry.words, "start", f' font-size="{SMALL}"'))
        x += needed + 12
    return found, y + 8


def _stroke(path: str, ink: str, dash: str, width: float = 2.2) -> str:
    dashes = f' stroke-dasharray="{dash}"' if dash else ""
    return f'<path d="{path}" fill="none" stroke="{ink}" stroke-width="{width:g}" stroke-linejoin="round"{dashes}/>'


@dataclass(frozen=True, slots=True)
class Axes:
    """A rectangle of the picture and the numbers at its ends; either axis may be logarithmic."""

    x: tuple[float, float]
    y: tuple[float, float]
    top: float
    bottom: float
    log_x: bool = False
    log_y: bool = False
    left: float = LEFT

    def across(self, value: float) -> float:
        """Where a number is, from left to right."""
        return self.left + _part(value, self.x, self.log_x) * (WIDTH - RIGHT - self.left)

    def down(self, value: float) -> float:
        """Where a number is, from top to bottom."""
        return self.bottom - _part(value, self.y, self.log_y) * (self.bottom - self.top)

    def frame(self, x_label: str, y_label: str, x_ticks: bool = True, y_ticks: bool = True) -> Iterator[str]:
        """Both axes with their ticks and labels; the label of the second stands above it."""
        sides = f"M{self.left:g} {self.top:g}V{self.bottom:g}H{WIDTH - RIGHT:g}"
        yield f'<path d="{sides}" fill="none" stroke="currentColor"/>'
        small = f' font-size="{SMALL}"'
        for value in _ticks(self.x, self.log_x) if x_ticks else ():
            yield line(self.across(value), self.bottom, self.across(value), self.bottom + 4)
            yield text(self.across(value), self.bottom + 17, _tick(value, self.log_x), more=small)
        for value in _ticks(self.y, self.log_y) if y_ticks else ():
            yield line(self.left - 4, self.down(value), self.left, self.down(value))
            yield text(self.left - 7, self.down(value) + 4, _tick(value, self.log_y), "end", small)
        yield text((self.left + WIDTH - RIGHT) / 2, self.bottom + 36, x_label)
        if y_label:
            yield text(6, self.top - 8, y_label, "start")

    def curve(
        self, xs: Sequence[float] | Array, ys: Sequence[float] | Array, ink: str, dash: str = "", width: float = 2.2
    ) -> str:
        """A curve through the points; it is cut where it leaves the rectangle or is not a number."""
        parts, pen = [], "M"
        low, high = min(self.y), max(self.y)
        for x, y in zip(xs, ys, strict=True):
            if not (math.isfinite(x) and math.isfinite(y)):
                pen = "M"
                continue
            parts.append(f"{pen}{self.across(x):.1f} {self.down(min(max(y, low), high)):.1f}")
            pen = "L"
        return _stroke("".join(parts), ink, dash, width)


def _part(value: float, ends: tuple[float, float], log: bool) -> float:
    low, high = ends
    if log:
        return math.log(max(value, 1e-300) / low) / math.log(high / low)
    return (value - low) / (high - low)


def _ticks(ends: tuple[float, float], log: bool) -> Iterator[float]:
    low, high = ends
    if log:
        first, last = math.ceil(math.log10(low) - 1e-9), math.floor(math.log10(high) + 1e-9)
        yield from (10.0**k for k in range(first, last + 1, (last - first) // 6 + 1))
        return
    step = 10.0 ** math.floor(math.log10((high - low) / 4))
    step *= next(k for k in (1, 2, 5, 10) if (high - low) / (k * step) <= 5)
    for k in range(math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9) + 1):
        yield k * step


def _tick(value: float, log: bool) -> str:
    if log and not 1e-3 <= value <= 1e3:
        return f"1e{round(math.log10(value))}".replace("-", "−")
    return number(value, 6) if abs(value) < 1e4 else number(value, 4)


def span(values: Array, room: float = 0.06) -> tuple[float, float]:
    """The ends of an axis for these numbers, with some room; never empty."""
    finite = values[np.isfinite(values)]
    low, high = (float(finite.min()), float(finite.max())) if len(finite) else (0.0, 1.0)
    more = room * (high - low) or 0.5 * abs(high) or 1.0
    return low - more, high + more
