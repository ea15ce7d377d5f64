"""Directions of descent: all go down, and one is nearly the best there is."""

from __future__ import annotations

import numpy as np
import pytest

from certify.search.downhill import directions


@pytest.mark.parametrize("seed", range(5))
def test_all_go_down_and_the_best_excludes_the_box_up_to_newtons_step(seed: int) -> None:
    numbers = np.random.default_rng(seed)
    size = 6
    factor = numbers.normal(size=(size, size))
    hessian, gradient = factor @ factor.T + np.eye(size), numbers.normal(size=size)
    reached = 0.0
    for radius, direction in directions(gradient, hessian):
        assert direction @ gradient < 0
        assert np.abs(direction).max() == pytest.approx(1)
        assert radius == pytest.approx(-(direction @ gradient) / np.abs(hessian @ direction).sum())
        reached = max(reached, radius)
    assert reached == pytest.approx(np.abs(np.linalg.solve(hessian, gradient)).max())


def test_nowhere_to_go() -> None:
    assert not list(directions(np.zeros(2), np.eye(2)))
