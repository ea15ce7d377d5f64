"""The activations of the search against mpmath."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from flint import fmpq
from mpmath import mp, mpf

from certify.search.floats import VALUE_AND_SLOPE
from proofs.activations import CATALOGUE
from proofs.piecewise import NAMED
from tests.precise import SIGMA
from tests.running import ACTIVATIONS


def test_every_activation_of_the_catalogue_is_there() -> None:
    assert set(VALUE_AND_SLOPE) == set(CATALOGUE) == {*ACTIVATIONS, *NAMED}


@pytest.mark.parametrize("activation", NAMED)
def test_piecewise_affine_values_and_slopes(activation: str) -> None:
    piecewise = NAMED[activation][1]
    points = [fmpq(n, 7) for n in range(-60, 61)]
    value, slope = VALUE_AND_SLOPE[activation]
    numbers = np.array([int(z.p) / int(z.q) for z in points])
    for z, v, s in zip(points, value(numbers), slope(numbers), strict=True):
        piece = piecewise.piece_at(z)
        assert abs(v - float(Fraction(str(piecewise.value_at(z))))) <= 1e-12
        if piece.holds_inside(z):
            assert abs(s - float(Fraction(str(piece.slope)))) <= 1e-12


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_values_and_slopes(activation: str) -> None:
    points = np.array([-30.0, -5.0, -1.25, -0.5, -1e-6, 1e-6, 0.5, 1.25, 5.0, 30.0])
    value, slope = VALUE_AND_SLOPE[activation]
    with mp.workdps(60):
        for z, v, s in zip(points, value(points), slope(points), strict=True):
            exact = SIGMA[activation](mpf(z))
            step = mpf(10) ** -20
            steepness = (SIGMA[activation](z + step) - SIGMA[activation](z - step)) / (2 * step)
            assert abs(v - exact) <= 1e-12 * (1e-3 + abs(exact))
            assert abs(s - steepness) <= 1e-12 * (1e-3 + abs(steepness))


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_extreme_arguments_give_numbers_or_infinities(activation: str) -> None:
    points = np.array([-1e5, -800.0, 0.0, 800.0, 1e5])
    for function in VALUE_AND_SLOPE[activation]:
        with np.errstate(over="ignore"):
            assert not np.isnan(function(points)).any()
