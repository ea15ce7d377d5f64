"""Gradient descent from the region stays, and never rises; it is the same at each call."""

from __future__ import annotations

import numpy as np
import pytest

from certify.report.figures.trajectories import runs_of, trajectories
from tests.report.figures.cases import SOME, WITH, drawn

RUN = [name for name in WITH if drawn(name).regions]


@pytest.mark.parametrize("name", RUN)
def test_from_the_region_nothing_falls_below(name: str) -> None:
    case = drawn(name)
    runs = case.runs
    level, size = case.scene.loss, 1e-9 * (1 + abs(case.scene.loss))
    assert (runs.from_region >= level - size).all()
    assert (np.diff(runs.from_region, axis=1) <= 0).all()
    assert (np.diff(runs.elsewhere, axis=1) <= 0).all()
    gained = runs.from_region[:, 0] - level
    assert (runs.from_region[:, -1] - level <= 0.5 * gained + size).all()


def test_elsewhere_they_come_below() -> None:
    """In most cases most random networks do."""
    lower = total = 0
    for name in SOME:
        case = drawn(name)
        lower += int((case.runs.elsewhere[:, -1] < case.scene.loss).sum())
        total += len(case.runs.elsewhere)
    assert lower > 0.7 * total


def test_the_same_at_each_call() -> None:
    case = drawn("hand-three-points")
    first, second = (runs_of(case.scene, case.regions) for _ in range(2))
    assert first is not None and second is not None
    assert (first.from_region == second.from_region).all()
    assert (first.elsewhere == second.elsewhere).all()


def test_the_numbers_of_the_caption() -> None:
    case = drawn("hand-three-points")
    runs, figure = runs_of(case.scene, case.regions), trajectories(case.scene, case.regions)
    assert runs is not None and figure is not None
    lower = int((runs.elsewhere[:, -1] < 6 - 1e-5).sum())
    assert f"5 of 5 runs from networks in the proved region never go below E*; {lower} of 7" in figure.caption
    assert figure.svg.count('fill="none" stroke="#d55e00"') == 5 + 1  # and the legend
    assert figure.svg.count('fill="none" stroke="#2b85bd"') == 7 + 1


def test_without_a_region_there_is_no_picture() -> None:
    assert trajectories(drawn("hand-three-points").scene, []) is None
