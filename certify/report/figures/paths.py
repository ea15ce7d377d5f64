"""The loss along two ways from the proved minimum to a better network: straight, and one that never climbs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from certify.report.figure import Figure
from certify.report.figures.scene import Scene
from certify.report.figures.svg import (
    BLUE,
    GREEN,
    SMALL,
    TITLE,
    VERMILION,
    Axes,
    Entry,
    drawing,
    legend,
    line,
    mark,
    number,
    span,
    text,
)
from certify.search.floats import Array

_MOST_WORK = 3e7
_MOST_POINTS, _LEAST_POINTS = 81, 9
_STEEP = 25.0
"""If the straight line climbs by more than so many times what is gained, the axis is logarithmic."""


@dataclass(frozen=True, slots=True, eq=False)
class Leg:
    """A straight piece of a path, and the loss at equidistant points of it."""

    title: str
    start: Array
    end: Array
    losses: Array


@dataclass(frozen=True, slots=True)
class Ways:
    """Both ways to the better network.

    Attributes:
        straight: one leg.
        descending: two flat legs (one, when the minimum has no shares to move) and one along which the loss is convex,
            up to where it is least; none when there is no room for such a path at these widths.
    """

    straight: Leg
    descending: tuple[Leg, ...]


def ways_of(scene: Scene) -> Ways | None:
    """The paths of a scene, if it has a better network."""
    if scene.better is None:
        return None
    count = int(min(_MOST_POINTS, _MOST_WORK / scene.surface.work / 4))
    if count < _LEAST_POINTS:
        return None
    straight = _leg(scene, "straight", scene.minimum, scene.better, count)
    if scene.beside is None:
        return Ways(straight, ())
    start, legs = scene.minimum, []
    if scene.edge is not None:
        legs.append(_leg(scene, "shares", start, scene.edge, count))
        start = scene.edge
    legs.append(_leg(scene, "idle units", start, scene.beside, count))
    whole = _leg(scene, "last layer", scene.beside, scene.better, count)
    best = _least(scene, scene.beside, scene.better, whole.losses)
    legs.append(_leg(scene, "last layer", scene.beside, best, count))
    return Ways(straight, tuple(legs))


def _leg(scene: Scene, title: str, start: Array, end: Array, count: int) -> Leg:
    parts = np.linspace(0, 1, count)[:, None]
    return Leg(title, start, end, scene.surface.losses(start + parts * (end - start)))


def _least(scene: Scene, start: Array, end: Array, losses: Array) -> Array:
    """Where the loss, convex between these two, is least: the best of finer and finer points."""
    low, high = 0.0, 1.0
    for _ in range(6):
        parts = np.linspace(low, high, len(losses))
        k = int(np.argmin(scene.surface.losses(start + parts[:, None] * (end - start))))
        low, high = float(parts[max(k - 1, 0)]), float(parts[min(k + 1, len(parts) - 1)])
    found: Array = start + (high if high == 1.0 else low) * (end - start)
    return found


def paths(scene: Scene) -> Figure | None:
    """The picture of the paths, if there is a better network."""
    ways = ways_of(scene)
    if ways is None:
        return None
    highest, end = float(ways.straight.losses.max()), float(ways.straight.losses[-1])
    higher = highest > scene.loss + 1e-9 * abs(scene.loss)
    climbs = f"climbs to {number(highest)} on the way" if higher else "does not climb"
    alt = (
        f"The loss along paths from the minimum, where it is {number(scene.loss)}, to a better network, where it is "
        f"{number(end)}. On the straight line it {climbs}."
    )
    widths = "-".join(map(str, scene.surface.sizes[1:-1]))
    caption = f"Loss along paths from the minimum to the better network, at widths {widths} (float64)."
    if ways.descending:
        alt += f" The other path is flat, then falls to {number(float(ways.descending[-1].losses[-1]))}."
        caption += (
            " That the second path never climbs is a theorem (docs/mathematics.md, a way out): while shares of equal "
            "units move, and while units with outgoing weights 0 change, the outputs stay as they are; along the last "
            "leg the loss is convex, begins at E* and comes below it, so it falls until it is least, where the path "
            "ends."
        )
    else:
        caption += (
            " The path that never climbs (docs/mathematics.md, a way out) needs room for the units of both networks."
        )
    return Figure("paths", drawing(420, alt, _elements(scene, ways)), alt, caption)


def _elements(scene: Scene, ways: Ways) -> Iterator[str]:
    yield text(
        6,
        18,
        "Two ways to a better network" if ways.descending else "The way to a better network",
        "start",
        f' font-size="{TITLE}"',
    )
    entries = [Entry("straight line", BLUE, dash="6 4")]
    if ways.descending:
        entries.append(Entry("never climbing", GREEN))
    parts, top = legend([*entries, Entry("minimum", VERMILION, "diamond"), Entry("better", GREEN, "star")], 42)
    yield from parts
    losses = np.concatenate([ways.straight.losses, *(leg.losses for leg in ways.descending)])
    axes, label = _axes(losses, scene.loss, top + 28)
    yield from axes.frame("part of the way", label, x_ticks=not ways.descending)
    yield line(
        axes.left, axes.down(scene.loss), axes.across(1), axes.down(scene.loss), ' stroke-dasharray="2 4" opacity="0.7"'
    )
    yield text(axes.across(1), axes.down(scene.loss) - 5, f"E* = {number(scene.loss)}", "end", f' font-size="{SMALL}"')
    yield axes.curve(np.linspace(0, 1, len(ways.straight.losses)), ways.straight.losses, BLUE, "6 4")
    for k, leg in enumerate(ways.descending):
        left, right = k / len(ways.descending), (k + 1) / len(ways.descending)
        yield axes.curve(np.linspace(left, right, len(leg.losses)), leg.losses, GREEN, width=3)
        if k:
            yield line(axes.across(left), axes.top, axes.across(left), axes.bottom, ' stroke-dasharray="1 4"')
        yield text(axes.across((left + right) / 2), axes.bottom + 16, leg.title, more=f' font-size="{SMALL}"')
    yield mark("diamond", axes.across(0), axes.down(scene.loss), VERMILION, 6)
    yield mark("star", axes.across(1), axes.down(max(float(ways.straight.losses[-1]), axes.y[0])), GREEN, 7)


def _axes(losses: Array, level: float, top: float) -> tuple[Axes, str]:
    """With the label of the second axis. If the straight line climbs very high, that is logarithmic; or cut, where
    losses are not positive."""
    finite = losses[np.isfinite(losses)]
    low, high = span(finite)
    if finite.max() - level <= _STEEP * (level - finite.min()):
        return Axes((0, 1), (0.0 if 0 <= finite.min() < finite.max() / 2 else low, high), top, 370), "loss E"
    if finite.min() > 0:
        return Axes((0, 1), (float(finite.min()) / 1.6, float(finite.max()) * 1.6), top, 370, log_y=True), "loss E"
    low, high = span(np.array([float(finite.min()), level + _STEEP * (level - float(finite.min()))]))
    return Axes((0, 1), (low, high), top, 370), "loss E, cut above"
