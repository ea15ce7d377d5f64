"""strict-minimum/1: accepted and rejected, and the loss at random points and corners of the proved boxes."""

from __future__ import annotations

from fractions import Fraction

import mpmath
import pytest
from flint import arb, arb_mat

from proofs.document import Reader
from proofs.kernel import Conclusion, Fact, Rejected
from proofs.lemmas import LEMMAS
from proofs.lemmas.critical_point import CriticalPoint
from proofs.lemmas.strict_minimum import StrictMinimum
from tests.proofs.build import Case
from tests.proofs.examined import (
    CRITICAL,
    EXAMINED,
    SADDLE,
    STRICT,
    having,
    loss_at,
    points_within,
    shape_and_centre,
)
from tests.proofs.oracle import ends, real

CASES = having(STRICT)
EACH = pytest.mark.parametrize("name", CASES)


@EACH
def test_accepted_and_every_other_point_of_the_box_is_higher(name: str) -> None:
    case = CASES[name]
    proposition = case.step(STRICT).proposition
    assert isinstance(proposition, StrictMinimum)
    shape, centre = shape_and_centre(case, CRITICAL)
    radius = Fraction(case.arguments[CRITICAL]["radius"])
    assert radius >= Fraction(1, 10**7)
    with mpmath.workdps(50):
        upper = real(proposition.point.loss[1])
        assert abs(loss_at(case, shape, [real(c) for c in centre]) - upper) < 1e-12
        fixed = [symmetry["fixes"] for symmetry in case.arguments[CRITICAL]["symmetries"]]
        for point in points_within(centre, radius, 40):
            in_slice = [real(centre[k]) if k in fixed else v for k, v in enumerate(point)]
            assert loss_at(case, shape, in_slice) > upper


@pytest.mark.parametrize("name", ["sym-dead", "sym-twice", "sym-deep"])
def test_with_symmetries_it_is_a_minimum_in_all_parameters(name: str) -> None:
    """Points near the centre, with the fixed parameters moved too, are not lower, and the orbit has the same loss."""
    case = CASES[name]
    proposition = case.step(STRICT).proposition
    assert isinstance(proposition, StrictMinimum)
    point = proposition.point
    shape, centre = shape_and_centre(case, CRITICAL)
    with mpmath.workdps(60):
        here = [real(c) for c in centre]
        lower = real(point.loss[0])
        for moved in points_within(centre, Fraction(1, 10**7), 40):
            assert loss_at(case, shape, moved) > lower
        step = mpmath.mpf(10) ** -8
        for symmetry in point.symmetries:
            along = [ends(symmetry.tangent.get(k, arb(0)))[0] for k in range(len(here))]
            there = loss_at(case, shape, [v + step * t for v, t in zip(here, along, strict=True)])
            assert abs(there - loss_at(case, shape, here)) < 10**6 * step**2


def test_a_saddle_is_no_minimum() -> None:
    saddle = EXAMINED["saddle"]
    case = Case(saddle.document, {CRITICAL: saddle.arguments[CRITICAL], STRICT: {}}, saddle.claim)
    assert case.code(STRICT) == ("Rejected", "SM02")
    assert saddle.code(SADDLE) == ("", "")


def test_a_hessian_that_may_be_singular() -> None:
    case = EXAMINED["minimum"]
    point = case.step(CRITICAL).proposition
    assert isinstance(point, CriticalPoint)
    wide = arb_mat([[entry + arb(0, 1) for entry in row] for row in point.hessian.tolist()])
    blurred = CriticalPoint(
        point.shape, point.centre, point.radius, point.parameters, wide, point.values, point.residual, point.loss
    )
    fact = Fact("s1", LEMMAS[CRITICAL], Conclusion(blurred, ""))
    with pytest.raises(Exception, match="SM02") as caught:
        LEMMAS[STRICT].check(case.instance, (fact,), Reader({}, ""))
    assert type(caught.value).__name__ == "Undecided"


@pytest.mark.parametrize(("lemma", "code"), [(STRICT, "SM01"), (SADDLE, "SA01")])
def test_it_needs_a_critical_point(lemma: str, code: str) -> None:
    case = EXAMINED["minimum"]
    stranger = Fact("s1", LEMMAS[CRITICAL], Conclusion("a critical point, believe me", ""))
    with pytest.raises(Rejected) as caught:
        LEMMAS[lemma].check(case.instance, (stranger,), Reader({}, ""))
    assert caught.value.code == code
