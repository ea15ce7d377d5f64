"""Every enclosure of a formula contains the truth, in both checkers."""

from __future__ import annotations

import random
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import mpmath
import pytest
from flint import arb, fmpq
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from proofs import standalone as sa
from proofs.balls import Sign, hull, precision, sign
from proofs.exact import Malformed
from proofs.expression import UNARY_FUNCTIONS, parse, spell
from proofs.formulas import FORMULAS, read_activation
from proofs.taylor import breaks, enclose_jet, enclose_value, series
from tests.proofs.formulas import texts
from tests.proofs.oracle import encloses, flint, formula, real, sigma

DIGITS = 60


@pytest.fixture(autouse=True)
def digits() -> Iterator[None]:
    with mpmath.workdps(DIGITS):
        yield


INTERVALS = st.tuples(
    st.fractions(-4, 4, max_denominator=1000), st.integers(-100, 2), st.fractions(1, 2, max_denominator=50)
).map(lambda t: (t[0], t[0] + t[2] * Fraction(2) ** t[1]))


def inside(lower: Fraction, upper: Fraction, seed: int, count: int = 4) -> list[Fraction]:
    rng = random.Random(seed)
    shares = [Fraction(0), Fraction(1), *(Fraction(rng.random()) for _ in range(count))]
    return [lower + share * (upper - lower) for share in shares]


def second_jet(text: str, lower: Fraction, upper: Fraction) -> list[Any]:
    """The enclosures of the second checker, as many as it has."""
    z = sa.interval(lower).hull(upper)
    found: list[Any] = []
    tree = sa.formula(text)
    for order, factor in enumerate((1, 1, 2, 6)):
        try:
            found.append(sa.taylor(tree, z, order)[order] * factor)
        except sa.Unclear:
            break
    return found


def holds(enclosure: sa.Interval, number: Any) -> bool:
    low, high = (mpmath.ldexp(end, enclosure.exponent) for end in (enclosure.lo, enclosure.hi))
    slack = (abs(number) + 1) * mpmath.mpf(10) ** (20 - DIGITS)
    return bool(low - slack <= number <= high + slack)


def demand(text: str, lower: Fraction, upper: Fraction, seed: int, derivative: Any) -> int:
    """That both checkers enclose the truth at points of the interval; how many enclosures were compared."""
    ball, tree = hull(flint(lower), flint(upper)), parse(text, "")
    jet, value, second = enclose_jet(tree, ball), enclose_value(tree, ball), second_jet(text, lower, upper)
    compared = 0
    for z in inside(lower, upper, seed):
        for order in range(4):
            finite = jet[order].is_finite()
            if not finite and order >= len(second):
                continue
            truth = derivative(order, real(z))
            compared += 1
            assert not finite or encloses(jet[order], truth), (text, order, lower, upper, z)
            assert order >= len(second) or holds(second[order], truth), (text, order, lower, upper, z)
            assert order or not value.is_finite() or encloses(value, truth)
    return compared


@pytest.mark.parametrize("name", FORMULAS)
@given(interval=INTERVALS, bits=st.sampled_from([30, 53, 128]), seed=st.integers(0, 10**6))
@settings(deadline=None, derandomize=True, max_examples=20)
def test_the_catalogue_is_enclosed(name: str, interval: tuple[Fraction, Fraction], bits: int, seed: int) -> None:
    text = FORMULAS[name].formula
    with precision(bits):
        demand(text, *interval, seed, lambda order, z: mpmath.mpf(formula(text, order)(z)))


@pytest.mark.parametrize("name", FORMULAS)
@pytest.mark.parametrize("radius", [Fraction(0), Fraction(1, 10**30), Fraction(1, 7), Fraction(9)])
def test_the_catalogue_is_enclosed_around_special_points(name: str, radius: Fraction) -> None:
    text = FORMULAS[name].formula
    with precision(128):
        for centre in map(Fraction, ("0", "3", "-3", "-1/2", "1.41", "-0.88", "30")):
            if name != "sinc" or abs(centre) > radius:
                demand(text, centre - radius, centre + radius, 0, lambda order, z: mpmath.mpf(formula(text, order)(z)))


@pytest.mark.parametrize("name", UNARY_FUNCTIONS)
@given(interval=INTERVALS, bits=st.sampled_from([30, 53, 128]), seed=st.integers(0, 10**6))
@settings(deadline=None, derandomize=True, max_examples=40)
def test_each_function_is_enclosed(name: str, interval: tuple[Fraction, Fraction], bits: int, seed: int) -> None:
    text = f"{name}(z)"
    with precision(bits):
        demand(text, *interval, seed, lambda order, z: mpmath.mpf(formula(text, order)(z)))


@pytest.mark.parametrize("exponent", ["1", "2", "3", "64", "-1", "-2", "(1/2)", "(-1/2)", "(5/2)", "(-7/3)", "(1/64)"])
@given(interval=INTERVALS, seed=st.integers(0, 10**6))
@settings(deadline=None, derandomize=True, max_examples=30)
def test_each_power_is_enclosed(exponent: str, interval: tuple[Fraction, Fraction], seed: int) -> None:
    text = f"z**{exponent}"
    with precision(128):
        demand(text, *interval, seed, lambda order, z: mpmath.mpf(formula(text, order)(z)))


@given(text=texts(), interval=INTERVALS, seed=st.integers(0, 10**6))
@settings(deadline=None, derandomize=True, max_examples=250)
def test_random_formulas_are_enclosed(text: str, interval: tuple[Fraction, Fraction], seed: int) -> None:
    """mpmath differentiates numerically, at a precision that it raises for that."""
    text = spell(parse(text, ""))
    try:
        read_activation(text, "")
    except Malformed:
        assume(False)
    lower, upper = interval
    function = formula(text)

    def derivative(order: int, z: Any) -> Any:
        if order == 0:
            return mpmath.mpf(function(z))
        with mpmath.workdps(2 * DIGITS):
            return mpmath.diff(function, z, order, h=mpmath.mpf(10) ** -22)

    with precision(128):
        jet = enclose_jet(parse(text, ""), hull(flint(lower), flint(upper)))
        assume(all(not c.is_finite() or abs(c) < 10**12 for c in jet))
        demand_roughly(text, lower, upper, seed, derivative)


def demand_roughly(text: str, lower: Fraction, upper: Fraction, seed: int, derivative: Any) -> None:
    """As `demand`, to within the error of numerical differentiation."""
    ball = hull(flint(lower), flint(upper))
    jet, second = enclose_jet(parse(text, ""), ball), second_jet(text, lower, upper)
    for z in inside(lower, upper, seed, 2):
        for order in range(4):
            if not jet[order].is_finite() and order >= len(second):
                break
            if order and not is_smooth(text, z):
                break
            truth = derivative(order, real(z))
            slack = arb(0, 1e-6) * (1 + arb(str(abs(truth))))
            if jet[order].is_finite():
                assert encloses(jet[order] + slack, truth), (text, order, z)
            if order < len(second):
                room = sa.interval(Fraction(1, 10**6)) * (1 + abs(second[order]))
                assert holds(second[order] + room.hull(-room), truth), (text, order, z)


def is_smooth(text: str, z: Fraction) -> bool:
    """Whether there is no kink as near as numerical differentiation looks."""
    return enclose_jet(parse(text, ""), arb(flint(z)) + arb(0, 1e-18))[3].is_finite()


@pytest.mark.parametrize("name", ["mish", "z*tanh(log(1+exp(z)))", "hardswish"])
def test_the_second_checker_takes_names_and_formulas(name: str) -> None:
    z = sa.interval(Fraction(1, 3)).hull(Fraction(1, 2))
    for order, found in enumerate((sa.value(name, z), sa.slope(name, z), sa.curvature(name, z), sa.jet(name, z)[3])):
        assert all(holds(found, sigma(name, real(t), order)) for t in inside(Fraction(1, 3), Fraction(1, 2), 0))
    assert sa.slope(name, z).upper() - sa.slope(name, z).lower() < Fraction(1, 4)


CLAIMS_NOTHING = {
    "abs(z)": 0,
    "relu(z-1)": 1,
    "max(z,2-z)": 1,
    "min(z,z**2)": 1,
    "piecewise(z<-2,z,0)": -2,
    "abs(sin(z))": 0,
    "exp(abs(z))": 0,
    "0*abs(z)": 0,
    "abs(z)**2": 0,
    "z*abs(z)": 0,
    "piecewise(z<1/2,z,z)": Fraction(1, 2),
}


@pytest.mark.parametrize(("text", "kink"), CLAIMS_NOTHING.items())
@pytest.mark.parametrize("reach", [(0, 0), (-1, 1), (0, 1), (-1, 0), (Fraction(-1, 10**40), Fraction(1, 10**40))])
def test_no_derivative_is_claimed_across_a_kink(text: str, kink: Any, reach: tuple[Any, Any]) -> None:
    lower, upper = (Fraction(kink) + end / Fraction(100) for end in reach)
    jet = enclose_jet(parse(text, ""), hull(flint(lower), flint(upper)))
    assert jet[0].is_finite()
    assert [d.is_finite() for d in jet[1:]] == [False] * 3
    assert all(sign(d) is Sign.UNKNOWN for d in jet[1:])
    assert len(second_jet(text, lower, upper)) == 1


POLES = ("1/z", "z**-2", "sin(z)/z", "0/z")
HALF_LINES = ("log(z)", "sqrt(z)", "log1p(z-1)", "z**(1/2)", "0*log(z)", "log(z)-log(z)")


@pytest.mark.parametrize(
    ("text", "lower", "upper"),
    [
        *((text, *ends) for text in (*POLES, *HALF_LINES) for ends in ((-1, 1), (-1, 0), (Fraction(-1, 10**40), 1))),
        *((text, -2, -1) for text in HALF_LINES),
    ],
)
def test_nothing_is_claimed_beyond_the_domain(text: str, lower: Any, upper: Any) -> None:
    lower, upper = Fraction(lower), Fraction(upper)
    for order, enclosure in enumerate(enclose_jet(parse(text, ""), hull(flint(lower), flint(upper)))):
        assert not enclosure.is_finite(), (text, order)
    assert second_jet(text, lower, upper) == []


def test_the_square_root_has_a_value_but_no_slope_at_its_end() -> None:
    value, *rest = enclose_jet(parse("sqrt(z)", ""), arb(0))
    assert value == 0
    assert not any(d.is_finite() for d in rest)
    assert len(second_jet("sqrt(z)", Fraction(0), Fraction(0))) == 1


def test_across_a_jump_the_value_is_the_hull_of_both_sides() -> None:
    value = enclose_value(parse("piecewise(z<0,-5,7)", ""), hull(fmpq(-1), fmpq(1)))
    assert value.contains(-5)
    assert value.contains(7)
    (second,) = second_jet("piecewise(z<0,-5,7)", Fraction(-1), Fraction(1))
    assert (second.lower(), second.upper()) == (-5, 7)


@pytest.mark.parametrize("ball", [arb.nan(), arb(0, "inf"), arb(-1, "inf")], ids=str)
@pytest.mark.parametrize("name", FORMULAS)
def test_balls_without_bounds_have_no_jet(name: str, ball: arb) -> None:
    assert not any(d.is_finite() for d in FORMULAS[name].jet(ball))
    assert not FORMULAS[name].value(ball).is_finite()


def test_equal_factors_are_a_square() -> None:
    ball = hull(fmpq(-1), fmpq(2))
    assert enclose_value(parse("z*z", ""), ball) > -1e-6
    assert enclose_value(parse("z*(z+0)", ""), ball).lower() < -1
    assert sa.taylor(sa.formula("z*z"), sa.interval(-1).hull(2), 0)[0].lower() == 0


def test_the_mean_value_form_sharpens_narrow_enclosures() -> None:
    """z exp(-z) - z: direct evaluation is wider than |f'| w by a multiple of w, the mean value form by w^2."""
    tree = parse("z*exp(-z)-z", "")
    width = fmpq(1, 10**6)
    ball = hull(fmpq(1), 1 + width)
    direct, sharp = series(tree, ball, 3)[1], enclose_jet(tree, ball)[1]
    assert sharp.rad() * 2 < arb(width) * 1.2 * arb(-1).exp()
    assert direct.rad() > 2.9 * sharp.rad()


def test_breaks_are_found_where_they_are_exact() -> None:
    found = {
        "z": [],
        "relu(2*z-3)": [(fmpq(3, 2),)],
        "abs(1-z/4)": [(fmpq(4),)],
        "max(z,2-z)": [(fmpq(1),)],
        "min(-z,(z+1)*3)": [(fmpq(-3, 4),)],
        "abs(z**2)": [()],
        "abs(sin(z))+piecewise(z<5,relu(z),1)": [(), (fmpq(0),), (fmpq(5),)],
        "abs(z*z)": [()],
        "abs(1/z)": [()],
        "abs(3)": [()],
        "abs(pi*z)": [()],
        "abs(z/0)": [()],
    }
    for text, expected in found.items():
        assert breaks(parse(text, "")) == expected, text


def test_the_comparison_would_notice_a_wrong_derivative() -> None:
    """Controls: a formula against the derivatives of another one, in either checker."""
    with pytest.raises(AssertionError):
        demand("sin(z)", Fraction(1), Fraction(1), 0, lambda order, z: mpmath.mpf(formula("cos(z)", order)(z)))
    assert not holds(second_jet("exp(z)", Fraction(1), Fraction(1))[2], mpmath.exp(1) * (1 + mpmath.mpf(10) ** -30))
    assert demand("exp(z)", Fraction(1), Fraction(2), 0, lambda order, z: mpmath.exp(z)) == 24
