"""The plane of the landscapes, its windows, and the shades of its cells."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import numpy as np
import pytest

from certify.report.figures.plane import FAR, near_window, plane_of, view_of
from certify.report.figures.shades import Shades
from certify.report.figures.svg import Axes
from tests.report.figures.cases import SOME, drawn


@pytest.mark.parametrize("name", SOME)
def test_the_plane_goes_through_both_points(name: str) -> None:
    scene = drawn(name).scene
    plane = plane_of(scene)
    minimum, better = plane.points(np.array([[0.0, 0.0], [1.0, 0.0]]))
    assert (minimum == scene.minimum).all()
    if scene.better is not None:
        assert better == pytest.approx(scene.better)
    if scene.edge is not None or scene.beside is not None:
        line = plane.points(np.column_stack([np.zeros(9), np.linspace(-1.25, 1.75, 9)]))
        assert scene.surface.losses(line) == pytest.approx(scene.loss, rel=1e-7)


@pytest.mark.parametrize("name", SOME)
def test_the_losses_of_the_cells(name: str) -> None:
    """Row by row from below, at the centres."""
    scene = drawn(name).scene
    plane = plane_of(scene)
    view = view_of(scene, plane, (), FAR, 4)
    p, q = -0.25 + 1.5 * 2.5 / 4, -1.25 + 3 * 1.5 / 4
    assert view.losses[1, 2] == scene.surface.losses(plane.points(np.array([[p, q]])))[0]
    assert view.dots == ()


def test_the_near_window_holds_the_region() -> None:
    """Its borders are outside of the box, and the box reaches close to them."""
    case = drawn("hand-three-points")
    plane = plane_of(case.scene)
    box = case.regions[0]
    window = near_window(plane, case.regions)
    assert window is not None
    for part, (low, high) in enumerate(window):
        for end in (low, high):
            place = np.zeros((1, 2))
            place[0, part] = end
            assert not box.inside(plane.points(place))[0]
            assert box.inside(plane.points(place / 1.36))[0]
    assert near_window(plane, []) is None


def test_dots_belong_to_the_smallest_region_only() -> None:
    case = drawn("hand-three-points")
    plane = plane_of(case.scene)
    window = near_window(plane, case.regions)
    assert window is not None
    view = view_of(case.scene, plane, case.regions, window, 2)
    (box, inner), (jensen, outer) = view.dots
    assert (box.title, jensen.title) == ("box", "Jensen region")
    assert not {tuple(p) for p in inner} & {tuple(p) for p in outer}
    assert not box.inside(plane.points(outer)).any()
    assert [0.0, 0.0] in inner.tolist()


AXES = Axes((0, 1), (0, 1), 0, 100)


def colours(losses: list[list[float]], level: float) -> list[str]:
    """The fill of each cell's path, in the order of the paths."""
    body = "".join(Shades(np.array(losses), level).cells(AXES))
    return [e.attrib["fill"] for e in ElementTree.fromstring(f"<g>{body}</g>") if e.attrib.get("fill") != "none"]


def test_cells_below_and_above_have_different_colours() -> None:
    losses = np.array([[1.0, 2.0], [3.0, 4.0]])
    assert len(colours(losses.tolist(), 2.5)) == 4
    lower, higher = set(colours(losses.tolist(), 9.0)), set(colours(losses.tolist(), 0.5))
    assert not lower & higher
    red, _, blue = (int(min(higher)[k : k + 2], 16) for k in (1, 3, 5))
    assert red < blue


def test_rounding_is_no_difference() -> None:
    shades = Shades(np.array([[5.0, 5.0 + 1e-14], [5.0 - 1e-14, 6.0]]), 5.0)
    assert shades.excess.tolist() == [[0, 0], [0, 1]]


def test_what_is_not_finite_has_the_last_colour() -> None:
    losses = np.linspace(1, 9, 36).reshape(6, 6)
    assert colours(losses.tolist(), 0.5)[0] != colours(losses.tolist(), 0.5)[-1] == "#12456f"
    losses[0, 0] = np.inf
    assert colours(losses.tolist(), 0.5)[0] == "#12456f"


def test_the_border_runs_between_lower_and_other_cells() -> None:
    body = "".join(Shades(np.array([[0.0, 2.0], [2.0, 2.0]]), 1.0).cells(AXES))
    (border,) = re.findall(r'<path d="([^"]*)" fill="none"', body)
    assert border == "M263.0 50.0v50.0M62.0 50.0h201.0"


def test_the_scale_names_its_ends() -> None:
    words = re.findall(r">([^<]+)</text>", "".join(Shades(np.array([[0.0, 1.0], [2.0, 3.0]]), 1.5).scale(0)))
    assert "0" in words
    assert any(word.startswith("−") for word in words)
