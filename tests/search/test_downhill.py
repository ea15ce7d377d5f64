"""Directions of descent: all go down, and one is nearly the best there is."""

from __future__ import annotations

import numpy as np
import pytest
from flint import arb, arb_mat

from certify.search.downhill import directions
from certify.search.polish import Slopes


@pytest.mark.parametrize("seed", range(5))
def test_all_go_down_and_the_best_excludes_the_box_up_to_newtons_step(seed: int) -> None:
    numbers = np.random.default_rng(seed)
    size = 6
    factor = numbers.normal(size=(size, size))
    hessian, gradient = factor @ factor.T + np.eye(size), numbers.normal(size=size)
    slopes = Slopes([arb(float(g)) for g in gradient], arb_mat([[arb(float(v)) for v in row] for row in hessian]))
    reached = 0.0
    for direction in directions(slopes):
        assert direction @ gradient < 0
        assert np.abs(direction).max() == pytest.approx(1)
        reached = max(reached, -(direction @ gradient) / np.abs(hessian @ direction).sum())
    assert reached == pytest.approx(np.abs(np.linalg.solve(hessian, gradient)).max())


def test_nowhere_to_go() -> None:
    assert not list(directions(Slopes([arb(0)] * 2, arb_mat([[1, 0], [0, 1]]))))
