"""The loss on a plane through the proved minimum, with the proved region in it: far, and near the minimum."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from certify.report.figure import Figure
from certify.report.figures.region import Region
from certify.report.figures.scene import Scene
from certify.report.figures.svg import LEFT, RIGHT, SMALL, VERMILION, WIDTH, Axes, drawing, line, mark, number, text
from certify.search.floats import Array

_HIGHER = ("#f1f4f7", "#cfe1ee", "#9dc3de", "#5f9cc6", "#2a6fa3", "#12456f")
_LOWER = ("#fdf0e2", "#fbcf9f", "#f2a25c", "#d9701f", "#9a4a0c")
_LEVEL = 1e-12
"""A difference from E* below this part of E* is rounding."""
_MOST_WORK = 4e7
_LARGEST, _LEAST = 57, 13
_DOTS = 16
_TOP, _BOTTOM = 62, 352


@dataclass(frozen=True, slots=True, eq=False)
class Plane:
    """minimum + p across + q up, for p and q in an interval each, and the loss there.

    Attributes:
        ends: of p, then of q.
        losses: at the centres of the cells, one row for each q.
        dots: (p, q) of networks certainly in a region, one array for each region.
    """

    origin: Array
    across: Array
    up: Array
    ends: tuple[tuple[float, float], tuple[float, float]]
    losses: Array
    dots: tuple[Array, ...]

    def points(self, places: Array) -> Array:
        """The networks at these (p, q)."""
        found: Array = self.origin + places[:, :1] * self.across + places[:, 1:] * self.up
        return found


def landscapes(scene: Scene, regions: Sequence[Region], widths: str) -> list[Figure]:
    """The plane through the minimum, the better network and a flat direction, at both scales; none for large data.

    Args:
        widths: of the network drawn, in words.
    """
    found = []
    directions = _directions(scene)
    cells = int(np.sqrt(_MOST_WORK / scene.surface.work / 40))
    if cells >= _LEAST:
        cells = min(cells, _LARGEST)
        near = _near(scene, regions, directions)
        far = _plane(scene, regions, directions, ((-0.25, 1.25), (-1.25, 1.75)), cells)
        found.append(_figure("landscape", scene, regions, far, near, widths))
        if near is not None:
            magnified = _plane(scene, regions, directions, near, cells)
            found.append(_figure("region", scene, regions, magnified, None, widths))
    return found


def _directions(scene: Scene) -> tuple[Array, Array]:
    """Towards the better network, and along the flat line; random ones (with a fixed seed) where these are not."""
    generator = np.random.default_rng(0)

    def at_random() -> Array:
        found: Array = generator.standard_normal(len(scene.minimum)) * (np.abs(scene.minimum) + 0.1)
        return found

    across = scene.better - scene.minimum if scene.better is not None else at_random()
    flat = scene.edge if scene.edge is not None else scene.beside
    return across, flat - scene.minimum if flat is not None else at_random()


def _plane(
    scene: Scene,
    regions: Sequence[Region],
    directions: tuple[Array, Array],
    ends: tuple[tuple[float, float], tuple[float, float]],
    cells: int,
) -> Plane:
    empty = Plane(scene.minimum, *directions, ends, np.zeros((0, 0)), ())
    losses = scene.surface.losses(empty.points(_grid(ends, cells))).reshape(cells, cells)
    grid = _dotted(ends)
    points = empty.points(grid)
    dots, taken = [], np.zeros(len(grid), bool)
    for region in regions:
        inside = region.inside(points) & ~taken
        dots.append(grid[inside])
        taken |= inside
    return Plane(scene.minimum, *directions, ends, losses, tuple(dots))


def _grid(ends: tuple[tuple[float, float], tuple[float, float]], cells: int) -> Array:
    """The centres of cells x cells cells, row by row."""
    (left, right), (low, high) = ends
    parts = (np.arange(cells) + 0.5) / cells
    p, q = np.meshgrid(left + parts * (right - left), low + parts * (high - low))
    return np.column_stack([p.reshape(-1), q.reshape(-1)])


def _dotted(ends: tuple[tuple[float, float], tuple[float, float]]) -> Array:
    """A grid that has the minimum, so that even a narrow region around it has dots."""
    sides = []
    for low, high in ends:
        step = (high - low) / _DOTS
        sides.append(np.arange(np.ceil(low / step + 0.3), np.floor(high / step - 0.3) + 1) * step)
    p, q = np.meshgrid(*sides)
    return np.column_stack([p.reshape(-1), q.reshape(-1)])


def _near(
    scene: Scene, regions: Sequence[Region], directions: tuple[Array, Array]
) -> tuple[tuple[float, float], tuple[float, float]] | None:
    """A window in which the smallest region that contains the minimum is seen whole, if there is one."""
    for region in regions:
        if region.inside(scene.minimum[None])[0]:
            (left, right), (low, high) = (_reaches(scene, region, d) for d in directions)
            return (-1.6 * left, 1.6 * right), (-1.6 * low, 1.6 * high)
    return None


def _reaches(scene: Scene, region: Region, direction: Array) -> tuple[float, float]:
    """How far one can go back and forth along a direction without leaving the region, at most 1."""
    steps = np.geomspace(1e-12, 1, 145)
    found = []
    for sense in (-1.0, 1.0):
        inside = region.inside(scene.minimum + sense * steps[:, None] * direction)
        found.append(float(steps[len(steps) - 1 if inside.all() else max(int(np.argmin(inside)) - 1, 0)]))
    return found[0], found[1]


def _figure(
    name: str,
    scene: Scene,
    regions: Sequence[Region],
    plane: Plane,
    frame: tuple[tuple[float, float], tuple[float, float]] | None,
    widths: str,
) -> Figure:
    axes = Axes(*plane.ends, _TOP, _BOTTOM)
    classes = _Classes(plane.losses, scene.loss)
    seen = [r for r, dots in zip(regions, plane.dots, strict=True) if len(dots)]
    better = "the better network" if scene.better is not None else "a random direction"
    up = _up(scene)
    alt = (
        f"Map of the loss on a plane. Across: {'part of the way to ' if scene.better is not None else ''}{better}; up: "
        f"{up}. The loss at the minimum is {number(scene.loss)}, on this piece of the plane it runs from "
        f"{number(float(np.min(plane.losses)))} to {number(float(np.max(plane.losses)))}. "
        + (f"Dots mark the proved region ({', '.join(r.title for r in seen)})." if seen else "No region is marked.")
    )
    what = "The loss on the plane through the minimum" + (", the better network" if scene.better is not None else "")
    flat = " and a flat direction" if scene.edge is not None or scene.beside is not None else " and random directions"
    proved = (
        "Every dot is a network in a proved region: nothing there is lower than E*. The colours are float64 "
        "illustrations."
        if seen
        else "The colours are float64 illustrations; no proved region meets this piece of the plane."
    )
    zoom = (
        " Magnified around the minimum."
        if name == "region"
        else " The small frame is the next picture."
        if frame
        else ""
    )
    caption = f"{what}{flat}, for a network of widths {widths}.{zoom} {proved}"
    if plane.ends[0][0] <= 0 <= plane.ends[0][1] and flat.endswith("flat direction"):
        caption += " On the dashed line the loss is exactly E*: the minimum is not strict."
    return Figure(
        name, drawing(_BOTTOM + 128, alt, _elements(scene, seen, plane, axes, classes, frame, up)), alt, caption
    )


def _up(scene: Scene) -> str:
    if scene.edge is not None:
        return "shares of outgoing weights, moved to the first units (1: all of them)"
    if scene.beside is not None:
        return "unused units, turned into those of the better network (1: entirely)"
    return "a random direction"


class _Classes:
    """The colours of the cells: above E* in blues, below in oranges, each class with about as many cells."""

    def __init__(self, losses: Array, level: float) -> None:
        excess = losses - level
        excess = np.where(np.isfinite(excess), excess, np.inf)
        excess[np.abs(excess) <= _LEVEL * abs(level)] = 0
        finite = np.abs(excess[np.isfinite(excess)])
        self.excess = excess
        self.above = _limits(excess[np.isfinite(excess) & (excess > 0)], len(_HIGHER) - 1)
        self.below = _limits(-excess[excess < 0], len(_LOWER) - 1)
        self.largest = float(finite.max()) if len(finite) else 0.0

    def colour(self, excess: float) -> str:
        if excess < 0:
            return _LOWER[int(np.searchsorted(self.below, -excess, "right"))]
        return _HIGHER[int(np.searchsorted(self.above, excess, "right"))]

    def scale(self) -> list[tuple[str, str]]:
        """The colours from low to high; each with the excess at which it begins, seen from E*."""
        low = [(_LOWER[k + 1], f"−{_short(float(limit))}") for k, limit in enumerate(self.below)][::-1]
        low += [(_LOWER[0], "< 0")] if (self.excess < 0).any() else []
        high = [(_HIGHER[k + 1], _short(float(limit))) for k, limit in enumerate(self.above)]
        return [*low, (_HIGHER[0], "≥ 0"), *high]


def _short(size: float) -> str:
    return (
        number(size, 1)
        if 0.01 <= size < 1e4
        else f"{size:.0e}".replace("e-0", "e−").replace("e-", "e−").replace("e+0", "e")
    )


def _limits(sizes: Array, classes: int) -> Array:
    """Where new classes begin."""
    if not len(sizes):
        return np.zeros(0)
    cuts = np.unique([float(f"{v:.0e}") for v in np.quantile(sizes, (np.arange(classes) + 0.6) / (classes + 0.6))])
    return np.asarray(cuts[cuts > 0], np.float64)


def _elements(
    scene: Scene,
    seen: Sequence[Region],
    plane: Plane,
    axes: Axes,
    classes: _Classes,
    frame: tuple[tuple[float, float], tuple[float, float]] | None,
    up: str,
) -> Iterator[str]:
    yield text(
        6, 18, "The loss around the minimum" if frame is None else "The loss on a plane", "start", ' font-size="15"'
    )
    yield text(6, 38, f"Up: {up}", "start", f' font-size="{SMALL}"')
    yield from _cells(classes, axes)
    yield from _contour(classes.excess, axes, plane)
    if scene.edge is not None or scene.beside is not None:
        yield line(axes.across(0), axes.top, axes.across(0), axes.bottom, ' stroke-dasharray="5 4" style="color:#222"')
    inks = ("#111", "#111")
    for (dots, hollow), ink in zip(_marked(plane), inks * len(plane.dots), strict=False):
        for p, q in dots:
            yield _dot(axes.across(p), axes.down(q), ink, hollow)
    if frame is not None:
        (left, right), (low, high) = frame
        x, y = axes.across(left), axes.down(high)
        yield (
            f'<rect x="{x - 3:.1f}" y="{y - 3:.1f}" width="{axes.across(right) - x + 6:.1f}" '
            f'height="{axes.down(low) - y + 6:.1f}" fill="none" stroke="#111" stroke-width="1.4"/>'
        )
    yield from axes.frame(
        "part of the way to the better network" if scene.better is not None else "a random direction", ""
    )
    yield from _place(axes, 0.0, 0.0, "diamond", "minimum")
    if scene.better is not None and plane.ends[0][1] >= 1:
        yield from _place(axes, 1.0, 0.0, "star", "better")
    yield from _scale(classes, axes.bottom + 56)
    if seen:
        x = float(LEFT)
        for number_, region in enumerate(seen):
            yield _dot(x, axes.bottom + 110, "currentColor", hollow=number_ > 0)
            words = f"proved: {region.title}"
            yield text(x + 10, axes.bottom + 114, words, "start", f' font-size="{SMALL}"')
            x += 40 + 0.56 * SMALL * len(words)


def _marked(plane: Plane) -> list[tuple[Array, bool]]:
    """The dots of each region that has some; those of the second are hollow."""
    full = [dots for dots in plane.dots if len(dots)]
    return [(dots, k > 0) for k, dots in enumerate(full)]


def _dot(x: float, y: float, ink: str, hollow: bool) -> str:
    if hollow:
        return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="2.4" fill="none" stroke="{ink}" stroke-width="1.1"/>'
    return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="2.2" fill="{ink}"/>'


def _cells(classes: _Classes, axes: Axes) -> Iterator[str]:
    """One path for each colour, with the cells of a row that touch as one rectangle."""
    count = len(classes.excess)
    wide, high = (WIDTH - RIGHT - LEFT) / count, (axes.bottom - axes.top) / count
    paths: dict[str, list[str]] = {}
    for row, values in enumerate(classes.excess):
        colours = [classes.colour(float(v)) for v in values]
        start = 0
        for k in range(1, count + 1):
            if k == count or colours[k] != colours[start]:
                x, y, w = LEFT + start * wide, axes.bottom - (row + 1) * high, (k - start) * wide
                paths.setdefault(colours[start], []).append(
                    f"M{x:.1f} {y:.1f}h{w + 0.3:.1f}v{high + 0.3:.1f}h{-w - 0.3:.1f}z"
                )
                start = k
    for colour, parts in paths.items():
        yield f'<path d="{"".join(parts)}" fill="{colour}" shape-rendering="crispEdges"/>'


def _contour(excess: Array, axes: Axes, plane: Plane) -> Iterator[str]:
    """Where the loss falls below E*: the borders between cells below and cells not below."""
    below, count = excess < 0, len(excess)
    wide, high = (WIDTH - RIGHT - LEFT) / count, (axes.bottom - axes.top) / count
    parts = []
    for row, k in zip(*np.nonzero(below[:, 1:] != below[:, :-1]), strict=True):
        parts.append(f"M{LEFT + (k + 1) * wide:.1f} {axes.bottom - (row + 1) * high:.1f}v{high:.1f}")
    for row, k in zip(*np.nonzero(below[1:] != below[:-1]), strict=True):
        parts.append(f"M{LEFT + k * wide:.1f} {axes.bottom - (row + 1) * high:.1f}h{wide:.1f}")
    if parts:
        yield f'<path d="{"".join(parts)}" fill="none" stroke="#7a3300" stroke-width="1.6"/>'


def _place(axes: Axes, p: float, q: float, shape: str, words: str) -> Iterator[str]:
    x, y = axes.across(p), axes.down(q)
    yield mark(shape, x, y, VERMILION if shape == "diamond" else "#009e73", 7)
    yield (
        f'<text x="{x + 11:.1f}" y="{y - 8:.1f}" fill="#111" stroke="#fff" stroke-width="3" paint-order="stroke" '
        f'font-weight="bold" font-size="{SMALL}">{words}</text>'
    )


def _scale(classes: _Classes, top: float) -> Iterator[str]:
    """The colours, and the difference from E* at which each begins."""
    entries = classes.scale()
    wide = (WIDTH - RIGHT - LEFT) / len(entries)
    yield text(6, top + 11, "E − E*", "start", f' font-size="{SMALL}"')
    for k, (colour, words) in enumerate(entries):
        yield f'<rect x="{LEFT + k * wide:.1f}" y="{top:.1f}" width="{wide:.1f}" height="14" fill="{colour}" stroke="#888"/>'
        yield text(LEFT + (k + 0.5) * wide, top + 27, words, more=' font-size="10"')
