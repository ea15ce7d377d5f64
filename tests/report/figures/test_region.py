"""What is drawn as a proved region lies in it, by exact arithmetic; nothing there is lower; and it is not empty."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from certify.report.figures.plane import FAR, near_window, plane_of, view_of
from certify.report.figures.region import regions_of
from tests.report.figures.cases import SOME, drawn
from tests.report.figures.membership import inside, loss_above

WITH_REGION = [name for name in SOME if drawn(name).regions]


def test_there_are_regions_of_each_kind() -> None:
    found = {region.lemma for name in SOME for region in drawn(name).regions}
    assert found == {"interval-region/1", "jensen-region/1", "fitted-region/1", "affine-minimum/1"}


@pytest.mark.parametrize("name", WITH_REGION)
def test_dots_are_inside(name: str) -> None:
    """Exactly, for some dots of each picture and each region; for a rational E* nothing there is lower."""
    case, generator = drawn(name), np.random.default_rng(1)
    plane = plane_of(case.scene)
    seen = 0
    for window in (FAR, near_window(plane, case.regions)):
        if window is None:
            continue
        for region, dots in view_of(case.scene, plane, case.regions, window, 3).dots:
            for place in generator.permutation(dots)[:6]:
                layers = case.layers(plane.points(place[None])[0])
                assert inside(case, region.lemma, layers), place
                if region.lemma != "fitted-region/1":
                    assert not loss_above(case, layers) < 0
                seen += 1
    assert seen >= 6


@pytest.mark.parametrize("name", WITH_REGION)
def test_the_ends_of_the_regions(name: str) -> None:
    """Along random lines from the minimum, exact arithmetic says the same just before and just after the end."""
    case, generator = drawn(name), np.random.default_rng(2)
    origin, reaches = case.scene.minimum, np.geomspace(1e-9, 1e3, 200)
    ends = 0
    for region in case.regions:
        for _ in range(4):
            direction = generator.standard_normal(len(origin)) * (np.abs(origin) + 0.1)
            if not case.instance.architecture.output_bias:
                direction[-case.scene.surface.sizes[-1] :] = 0
            found = region.inside(origin + reaches[:, None] * direction)
            for k in np.flatnonzero(found[:-1] != found[1:])[:2]:
                for place in (k, k + 1):
                    layers = case.layers(origin + reaches[place] * direction)
                    assert inside(case, region.lemma, layers) == found[place]
                ends += 1
    assert ends >= 3


@pytest.mark.parametrize("name", [n for n in WITH_REGION if "interval-region/1" in drawn(n).lemmas])
def test_outside_the_box(name: str) -> None:
    """Each condition of the box, broken alone, is noticed."""
    case = drawn(name)
    box = next(region for region in case.regions if region.lemma == "interval-region/1")
    assert box.inside(case.scene.minimum[None])[0]
    radius = float(Fraction(case.of("interval-region/1")["radius"]))
    for part in range(len(case.scene.surface.sizes) - 1):
        for which in (0, 1):
            for sense in (-1, 1):
                point = case.scene.minimum.copy()
                values = case.scene.surface.layers(point)[part][which]
                last = part == len(case.scene.surface.sizes) - 2
                if last and which == 1:
                    continue  # any output bias
                if last or (part > 0 and which == 0):
                    values[0, -1] *= -1e-3  # the wrong sign
                else:
                    values[..., 0] += sense * 1.01 * radius
                met = box.inside(point[None])[0]
                dependent = part == 0 and which == 0 and case.of("constant-point/1")["dependent"]
                assert not met or dependent, (part, which, sense)


def test_the_critical_chain_is_where_the_certificate_says() -> None:
    """A chain that Newton's method left would have no region."""
    case = drawn("fitted-two-layers-bias")
    (region,) = case.regions
    assert region.title == "box"
    moved = [(w + 1.0, b) for w, b in case.scene.own]
    assert regions_of(case.instance, case.outcome, case.arguments, replace(case.scene, own=moved)) == []
