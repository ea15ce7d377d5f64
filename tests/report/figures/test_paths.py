"""The path that never climbs never climbs, and comes below the better network."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from flint import arb

from certify.report.figures.paths import paths, ways_of
from proofs.balls import precision
from tests.report.figures.cases import SOME, WITH, drawn
from tests.report.figures.membership import BITS, loss_above


@pytest.mark.parametrize("name", WITH)
def test_it_never_climbs(name: str) -> None:
    scene = drawn(name).scene
    ways = ways_of(scene)
    assert (ways is None) == (scene.better is None)
    if ways is None:
        return
    assert ways.straight.losses[0] == pytest.approx(scene.loss, rel=1e-9)
    assert bool(ways.descending) == (scene.beside is not None)
    if not ways.descending:
        return
    losses = np.concatenate([leg.losses for leg in ways.descending])
    size = 1e-9 * (abs(scene.loss) + float((scene.surface.model.targets**2).sum()))
    assert (np.diff(losses) <= size).all()
    flat = np.concatenate([leg.losses for leg in ways.descending[:-1]])
    assert flat == pytest.approx(scene.loss, abs=size)
    assert losses[-1] <= ways.straight.losses[-1] + size
    assert losses[-1] < scene.loss
    for first, second in pairwise(ways.descending):
        assert (first.end == second.start).all()
    assert (ways.descending[0].start == scene.minimum).all()


@pytest.mark.parametrize("name", ["hand-three-points", "hand-depth-2", "hand-two-outputs", "affine-hand-relu"])
def test_it_never_climbs_in_balls(name: str) -> None:
    """The same networks at 300 bits: flat, and then lower at each place, up to what float64 weights are off by."""
    case = drawn(name)
    ways = ways_of(case.scene)
    assert ways is not None
    with precision(BITS):
        last = arb(0)
        for leg in ways.descending:
            for part in np.linspace(0, 1, 6):
                here = loss_above(case, case.layers(leg.start + part * (leg.end - leg.start)))
                assert here <= last + arb(1e-12)
                if leg is not ways.descending[-1]:
                    assert abs(here) <= arb(1e-12)
                last = here
        assert last < loss_above(case, case.layers(case.scene.better)) + arb(1e-12)  # type: ignore[arg-type]


@pytest.mark.parametrize("name", SOME)
def test_the_picture_says_which(name: str) -> None:
    scene = drawn(name).scene
    figure = paths(scene)
    if scene.better is None:
        assert figure is None
        return
    assert figure is not None
    assert ("is a theorem" in figure.caption) == (scene.beside is not None)
    assert ("needs room for the units of both networks" in figure.caption) == (scene.beside is None)
    assert ("never climbing" in figure.svg) == (scene.beside is not None)
