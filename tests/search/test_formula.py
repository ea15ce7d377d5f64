"""Formulas in float64 against SymPy and mpmath."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from mpmath import mp, mpf

from certify.search.floats import CURVATURE, VALUE_AND_SLOPE
from certify.search.formula import derivatives
from proofs.activations import CATALOGUE
from proofs.expression import UNARY_FUNCTIONS, parse, spell
from proofs.formulas import FORMULAS
from proofs.taylor import enclose_jet
from tests.proofs.formulas import texts
from tests.proofs.oracle import formula

POINTS = np.array([-30.0, -5.0, -1.25, -0.5, -1e-3, 1e-3, 0.5, 1.25, 5.0, 30.0])


def compare(text: str, points: np.ndarray) -> int:
    found = derivatives(parse(text, ""), points)
    compared = 0
    with mp.workdps(50):
        for order in range(3):
            for z, number in zip(points, found[order], strict=True):
                if np.isfinite(number):
                    exact = formula(text, order)(mpf(float(z)))
                    assert abs(number - exact) <= 1e-11 * (1 + abs(exact)), (text, order, z)
                    compared += 1
    return compared


@pytest.mark.parametrize("name", FORMULAS)
def test_the_catalogue(name: str) -> None:
    points = POINTS[np.abs(POINTS) > 0.1] if name == "sinc" else POINTS  # sin(z)/z cancels near 0
    assert compare(FORMULAS[name].formula, points) == 3 * len(points)
    value, slope = VALUE_AND_SLOPE[name]
    found = derivatives(parse(FORMULAS[name].formula, ""), points)
    assert np.array_equal(np.stack(found), [value(points), slope(points), CURVATURE[name](points)])


@pytest.mark.parametrize("name", UNARY_FUNCTIONS)
def test_functions(name: str) -> None:
    least = {"log": 0.0, "sqrt": 0.0, "log1p": -1.0}.get(name, -6.0)
    assert compare(f"{name}(z)", POINTS[(least < POINTS) & (POINTS < 6)]) >= 12


def test_typed_formulas_are_made_from_their_text() -> None:
    value, slope = VALUE_AND_SLOPE["z*sin(z)-2"]
    assert np.allclose(value(POINTS), POINTS * np.sin(POINTS) - 2)
    assert np.allclose(slope(POINTS), np.sin(POINTS) + POINTS * np.cos(POINTS))
    assert np.allclose(CURVATURE["z*sin(z)-2"](POINTS), 2 * np.cos(POINTS) - POINTS * np.sin(POINTS))
    assert set(VALUE_AND_SLOPE) == set(CATALOGUE)  # those written out; the others are not kept
    assert set(CURVATURE) == set(CATALOGUE)


def test_outside_of_the_domain_there_is_no_number() -> None:
    value, slope, bend = derivatives(parse("log(z)", ""), np.array([-1.0, 2.0]))
    assert np.isnan(value[0])
    assert np.isfinite([value[1], slope[1], bend[1]]).all()


def test_pieces() -> None:
    points = np.array([-2.0, -0.5, 0.5, 2.0])
    for text in (
        "piecewise(z<1/3,exp(z),z**2)",
        "max(z,1-z)",
        "min(sin(z),z)",
        "abs(z-1)",
        "relu(1-z)*z",
        "max(-z,z**3)",
    ):
        assert compare(text, points) == 12


@given(texts())
@settings(derandomize=True, deadline=None, max_examples=150)
def test_random_formulas_are_near_their_enclosures(text: str) -> None:
    """Where the enclosure is of moderate size: rounding errors of large intermediate numbers are of no interest."""
    from flint import arb, fmpq

    from proofs.balls import precision

    tree = parse(spell(parse(text, "")), "")
    for z in (Fraction(-3, 4), Fraction(5, 8)):
        with precision(128):
            jet = enclose_jet(tree, arb(fmpq(z.numerator, z.denominator)))
        found = derivatives(tree, np.array([float(z)]))
        for enclosure, numbers in zip(jet, found, strict=False):
            if enclosure.is_finite() and abs(enclosure) < 1000 and enclosure.rad() < 1e-9 and np.isfinite(numbers[0]):
                assert abs(float(enclosure.mid()) - numbers[0]) < 1e-5 * (1 + abs(numbers[0])), text
