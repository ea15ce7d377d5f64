"""The loss on a plane through the proved minimum, with the proved regions in it: far, and near the minimum."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from certify.report.figure import Figure
from certify.report.figures.plane import FAR, View, Window, near_window, plane_of, view_of
from certify.report.figures.region import Region
from certify.report.figures.scene import Scene
from certify.report.figures.shades import Shades
from certify.report.figures.svg import (
    GREEN,
    LEFT,
    SMALL,
    TITLE,
    VERMILION,
    Axes,
    drawing,
    line,
    mark,
    number,
    text,
    width_of,
)
from proofs.instance import Instance

_MOST_WORK = 1.5e8
_LARGEST, _LEAST = 57, 13
_TOP, _BOTTOM, _HEIGHT = 62, 352, 482
_DARK = "#111"


def landscapes(instance: Instance, scene: Scene, regions: Sequence[Region]) -> list[Figure]:
    """The plane through the minimum, the better network and a flat direction, at both scales; none for large data."""
    cells = min(int(np.sqrt(_MOST_WORK / scene.surface.work / 40)), _LARGEST)
    if cells < _LEAST:
        return []
    plane = plane_of(scene)
    near = near_window(plane, regions)
    far = view_of(scene, plane, regions, FAR, cells)
    found = [_figure("landscape", "The loss on a plane", instance, scene, far, near)]
    if near is not None:
        view = view_of(scene, plane, regions, near, cells)
        found.append(_figure("region", "The loss around the minimum", instance, scene, view, None))
    return found


def _figure(name: str, title: str, instance: Instance, scene: Scene, view: View, frame: Window | None) -> Figure:
    up, flat = _up(scene)
    across = "a random direction" if scene.better is None else "part of the way to the better network"
    titles = " and ".join(region.title for region, _ in view.dots)
    finite = view.losses[np.isfinite(view.losses)]
    alt = (
        f"Map of the loss on a plane. Across: {across}; up: {up}. The loss is {number(scene.loss)} at the minimum, and "
        f"from {number(float(finite.min()))} to {number(float(finite.max()))} on this piece of the plane. "
        + (f"Dots mark the proved region: {titles}." if titles else "No proved region is marked.")
    )
    widths = scene.surface.sizes[1:-1]
    wider = "" if instance.architecture.widths == widths else "; wider networks contain it, with copies of these units"
    caption = (
        f"The loss on the plane through the minimum{'' if scene.better is None else ', the better network'} and "
        f"{'a flat' if flat else 'a random'} direction, at widths {'-'.join(map(str, widths))}{wider}."
    )
    if frame is not None:
        caption += " The small frame is magnified in the next picture."
    if titles:
        caption += " Every dot is a network inside a proved region, in which nothing is lower than E*."
    if flat:
        caption += " On the dashed line the loss is exactly E*: the minimum is not strict."
    caption += " The colours are a float64 illustration."
    body = _elements(title, scene, view, frame, across)
    return Figure(name, drawing(_HEIGHT, alt, body), alt, caption)


def _up(scene: Scene) -> tuple[str, bool]:
    """What the second axis is, and whether the loss is constant along it from the minimum on."""
    if scene.edge is not None:
        return "shares moved to the first units (1: all of them)", True
    if scene.beside is not None:
        return "idle units, turned into the better network's (1: entirely)", True
    return "a random direction", False


def _elements(title: str, scene: Scene, view: View, frame: Window | None, across: str) -> Iterator[str]:
    up, flat = _up(scene)
    axes = Axes(*view.window, _TOP, _BOTTOM)
    shades = Shades(view.losses, scene.loss)
    yield text(6, 18, title, "start", f' font-size="{TITLE}"')
    yield text(6, 40, f"Up: {up}", "start", f' font-size="{SMALL}"')
    yield from shades.cells(axes)
    if flat:
        x = axes.across(0)
        yield line(x, axes.top, x, axes.bottom, ' stroke-dasharray="5 4"', _DARK)
    for number_of, (_, dots) in enumerate(view.dots):
        for p, q in dots:
            yield _dot(axes.across(p), axes.down(q), _DARK, number_of)
    if frame is not None:
        yield _frame(axes, frame)
    yield from axes.frame(across, "")
    yield from _place(axes, 0.0, "diamond", VERMILION, "minimum")
    if scene.better is not None and view.window[0][1] > 1:
        yield from _place(axes, 1.0, "star", GREEN, "better")
    yield from shades.scale(axes.bottom + 56)
    x = float(LEFT)
    for number_of, (region, _) in enumerate(view.dots):
        words = f"proved: {region.title}"
        yield _dot(x, axes.bottom + 110, "currentColor", number_of)
        yield text(x + 10, axes.bottom + 114, words, "start", f' font-size="{SMALL}"')
        x += 40 + width_of(words)


def _dot(x: float, y: float, ink: str, number_of: int) -> str:
    """Full for the first region, hollow for others."""
    if number_of:
        return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="2.4" fill="none" stroke="{ink}" stroke-width="1.1"/>'
    return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="2.2" fill="{ink}"/>'


def _frame(axes: Axes, window: Window) -> str:
    """Around a window, large enough to be seen, and inside the axes."""
    (left, right), (low, high) = window
    x, y = axes.across(left) - 3, max(axes.down(high) - 3, axes.top)
    wide, tall = axes.across(right) + 3 - x, min(axes.down(low) + 3, axes.bottom) - y
    size = f'width="{wide:.1f}" height="{tall:.1f}"'
    return f'<rect x="{x:.1f}" y="{y:.1f}" {size} fill="none" stroke="{_DARK}" stroke-width="1.4"/>'


def _place(axes: Axes, p: float, shape: str, ink: str, words: str) -> Iterator[str]:
    """A mark at (p, 0) with its name."""
    x, y = axes.across(p), axes.down(0)
    yield mark(shape, x, y, ink, 7)
    yield (
        f'<text x="{x + 11:.1f}" y="{y - 8:.1f}" fill="{_DARK}" stroke="#fff" stroke-width="3" paint-order="stroke" '
        f'font-weight="bold" font-size="{SMALL}">{words}</text>'
    )
