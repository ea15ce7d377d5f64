"""A piece of a plane through the proved minimum: the loss on it, and networks on it that certainly lie in a region."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from certify.report.figures.region import Region
from certify.report.figures.scene import Scene
from certify.search.floats import Array

Ends = tuple[float, float]
Window = tuple[Ends, Ends]
"""Where p begins and ends, and q."""

FAR: Window = ((-0.25, 1.25), (-1.25, 1.75))
_DOTS = 16
_RIM = 1.35
_STEPS = np.geomspace(1e-12, 1, 145)


@dataclass(frozen=True, slots=True, eq=False)
class Plane:
    """The networks minimum + p across + q up.

    Attributes:
        across: towards the better network, which is at (1, 0), if there is one.
        up: along a line on which the loss is exactly E*, if one is known; up to the edge of the region, or until all
            idle units are those of the better network, at (0, 1).
    """

    origin: Array
    across: Array
    up: Array

    def points(self, places: Array) -> Array:
        """The networks at these (p, q), one in a row."""
        found: Array = self.origin + places[:, :1] * self.across + places[:, 1:] * self.up
        return found


@dataclass(frozen=True, slots=True, eq=False)
class View:
    """What is seen in a window.

    Attributes:
        losses: at the centres of cells, one row for each q.
        dots: for each region that has some, (p, q) of networks in it that are in no smaller one.
    """

    window: Window
    losses: Array
    dots: tuple[tuple[Region, Array], ...]


def plane_of(scene: Scene) -> Plane:
    """Through the better network and along the flat line; random directions (always the same) where these are not."""
    generator = np.random.default_rng(0)

    def at_random() -> Array:
        found: Array = generator.standard_normal(len(scene.minimum)) * (np.abs(scene.minimum) + 0.1)
        return found

    flat = scene.edge if scene.edge is not None else scene.beside
    across = at_random() if scene.better is None else scene.better - scene.minimum
    return Plane(scene.minimum, across, at_random() if flat is None else flat - scene.minimum)


def view_of(scene: Scene, plane: Plane, regions: Sequence[Region], window: Window, cells: int) -> View:
    """The losses of cells x cells networks, and the dots."""
    (left, right), (low, high) = window
    parts = (np.arange(cells) + 0.5) / cells
    places = _places(left + parts * (right - left), low + parts * (high - low))
    losses = scene.surface.losses(plane.points(places)).reshape(cells, cells)
    grid = _places(_dotted(left, right), _dotted(low, high))
    points, taken, dots = plane.points(grid), np.zeros(len(grid), bool), []
    for region in regions:
        inside = region.inside(points) & ~taken
        taken |= inside
        if inside.any():
            dots.append((region, grid[inside]))
    return View(window, losses, tuple(dots))


def _places(p: Array, q: Array) -> Array:
    grid = np.meshgrid(p, q)
    return np.column_stack([side.reshape(-1) for side in grid])


def _dotted(low: float, high: float) -> Array:
    """Multiples of a step, so that even a narrow region around 0 has dots."""
    step = (high - low) / _DOTS
    return np.arange(np.ceil(low / step + 0.3), np.floor(high / step - 0.3) + 1) * step


def near_window(plane: Plane, regions: Sequence[Region]) -> Window | None:
    """In which the smallest region that contains the minimum is seen whole; None if that is no smaller than FAR."""
    for region in regions:
        if region.inside(plane.origin[None])[0]:
            across, up = (_reaches(plane, region, direction) for direction in (plane.across, plane.up))
            return (across, up) if FAR[0][0] < across[0] and across[1] < FAR[0][1] else None
    return None


def _reaches(plane: Plane, region: Region, direction: Array) -> Ends:
    """A little more than how far one can go back and forth without leaving the region; that is at most 1."""
    ends = []
    for sense in (-_RIM, _RIM):
        inside = region.inside(plane.origin + np.sign(sense) * _STEPS[:, None] * direction)
        last = len(_STEPS) - 1 if inside.all() else max(int(np.argmin(inside)) - 1, 0)
        ends.append(sense * float(_STEPS[last]))
    return ends[0], ends[1]
