"""Colours for losses around E*: blues above, oranges below, each shade for about as many numbers."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from certify.report.figures.svg import LEFT, RIGHT, SMALL, TINY, WIDTH, Axes, text
from certify.search.floats import Array

_HIGHER = ("#f1f4f7", "#cfe1ee", "#9dc3de", "#5f9cc6", "#2a6fa3", "#12456f")
_LOWER = ("#fdf0e2", "#fbcf9f", "#f2a25c", "#d9701f", "#9a4a0c")
_ROUNDING = 1e-12
"""A difference from E* below this part of E* is taken for none."""


class Shades:
    """The cells of a picture by their losses.

    Attributes:
        excess: E - E* of each cell.
    """

    def __init__(self, losses: Array, level: float) -> None:
        self.excess = np.where(np.abs(losses - level) <= _ROUNDING * abs(level), 0.0, losses - level)
        finite = self.excess[np.isfinite(self.excess)]
        self._above = _limits(finite[finite > 0], len(_HIGHER) - 1)
        self._below = _limits(-finite[finite < 0], len(_LOWER) - 1)

    def cells(self, axes: Axes) -> Iterator[str]:
        """The cells, in one path for each shade; those of a row that touch are one rectangle."""
        count = len(self.excess)
        wide, high = (WIDTH - RIGHT - LEFT) / count, (axes.bottom - axes.top) / count
        paths: dict[str, list[str]] = {}
        for row, values in enumerate(self.excess):
            colours, start = [self._shade(float(v)) for v in values], 0
            for k in range(1, count + 1):
                if k == count or colours[k] != colours[start]:
                    x, y, w = LEFT + start * wide, axes.bottom - (row + 1) * high, (k - start) * wide
                    path = f"M{x:.1f} {y:.1f}h{w + 0.3:.1f}v{high + 0.3:.1f}h{-w - 0.3:.1f}z"
                    paths.setdefault(colours[start], []).append(path)
                    start = k
        for colour, parts in paths.items():
            yield f'<path d="{"".join(parts)}" fill="{colour}" shape-rendering="crispEdges"/>'
        yield from self._border(axes, wide, high)

    def _border(self, axes: Axes, wide: float, high: float) -> Iterator[str]:
        """Between cells below E* and the others."""
        below, parts = self.excess < 0, []
        for row, k in zip(*np.nonzero(below[:, 1:] != below[:, :-1]), strict=True):
            parts.append(f"M{LEFT + (k + 1) * wide:.1f} {axes.bottom - (row + 1) * high:.1f}v{high:.1f}")
        for row, k in zip(*np.nonzero(below[1:] != below[:-1]), strict=True):
            parts.append(f"M{LEFT + k * wide:.1f} {axes.bottom - (row + 1) * high:.1f}h{wide:.1f}")
        if parts:
            yield f'<path d="{"".join(parts)}" fill="none" stroke="#7a3300" stroke-width="1.6"/>'

    def _shade(self, excess: float) -> str:
        if excess < 0:
            return _LOWER[int(np.searchsorted(self._below, -excess, "right"))]
        return _HIGHER[int(np.searchsorted(self._above, excess, "right"))]

    def scale(self, top: float) -> Iterator[str]:
        """The shades in a row, with the differences from E* at which some of them begin, seen from E*."""
        low = [(_LOWER[k + 1], f"−{_short(float(limit))}") for k, limit in enumerate(self._below)][::-1]
        low += [(_LOWER[0], "")] if (self.excess < 0).any() else []
        high = [(_HIGHER[0], ""), *((_HIGHER[k + 1], _short(float(v))) for k, v in enumerate(self._above))]
        count = len(low) + len(high)
        wide = (WIDTH - RIGHT - LEFT) / count
        yield text(6, top + 11, "E − E*", "start", f' font-size="{SMALL}"')
        for k, (colour, words) in enumerate([*low, *high]):
            x = LEFT + k * wide
            yield f'<rect x="{x:.1f}" y="{top:.1f}" width="{wide:.1f}" height="14" fill="{colour}" stroke="#888"/>'
            if words and (k if k < len(low) else count - 1 - k) % 2 == 0:
                yield text(x + (wide if k < len(low) else 0), top + 28, words, more=f' font-size="{TINY}"')
        yield text(LEFT + len(low) * wide, top + 28, "0", more=f' font-size="{TINY}"')


def _limits(sizes: Array, count: int) -> Array:
    """At most so many numbers, of one digit each, where new shades begin."""
    if not len(sizes):
        return np.zeros(0)
    cuts = np.quantile(sizes, (np.arange(count) + 0.6) / (count + 0.6))
    rounded: Array = np.unique([float(f"{v:.0e}") for v in cuts])
    return rounded[rounded > 0]


def _short(size: float) -> str:
    if 0.01 <= size < 1e4:
        return f"{size:g}"
    mantissa, _, exponent = f"{size:.0e}".partition("e")
    return f"{mantissa}e{int(exponent)}".replace("-", "−")
