"""Piecewise affine activations: the data are those of the functions, and every enclosure contains the truth."""

from __future__ import annotations

import random
from fractions import Fraction

import pytest
import sympy
from flint import arb, fmpq

from proofs import standalone
from proofs.activations import CATALOGUE, Span, piecewise_activation
from proofs.balls import Sign, hull, precision, sign
from proofs.piecewise import NAMED, PiecewiseAffine

EACH = pytest.mark.parametrize("name", NAMED)
PLACES = [fmpq(n, d) for d in (1, 2, 3, 7) for n in range(-8 * d, 8 * d + 1)]


def second(name: str, z: fmpq) -> Fraction:
    """sigma(z) from the second checker's own table."""
    kinks, lines = standalone.kinks_and_lines(name)
    exact = Fraction(int(z.p), int(z.q))
    a, b = lines[sum(kink < exact for kink in kinks)]
    return a * exact + b


@EACH
def test_the_data_are_those_of_the_formula(name: str) -> None:
    formula, piecewise = NAMED[name]
    z = sympy.Symbol("z")
    sigma = sympy.sympify(formula, locals={"z": z})
    for place in PLACES:
        expected = sigma.subs(z, sympy.Rational(int(place.p), int(place.q)))
        found = piecewise.value_at(place)
        assert sympy.Rational(int(found.p), int(found.q)) == expected
        assert second(name, place) == Fraction(int(found.p), int(found.q))


@EACH
def test_the_pieces_cover_the_line_and_meet(name: str) -> None:
    piecewise = NAMED[name][1]
    pieces = piecewise.pieces
    assert pieces[0].lower is None
    assert pieces[-1].upper is None
    for left, right, place in zip(pieces, pieces[1:], piecewise.breakpoints, strict=False):
        assert left.upper == right.lower == place
        assert left.value(place) == right.value(place) == piecewise.value_at(place)
        assert left.slope != right.slope
        assert not left.holds_inside(place)
        assert not right.holds_inside(place)
        assert right.holds_inside(place + fmpq(1, 10**9))
    assert len(pieces) == len(piecewise.breakpoints) + 1


@EACH
def test_both_checkers_have_the_same_breakpoints_and_slopes(name: str) -> None:
    kinks, lines = standalone.kinks_and_lines(name)
    piecewise = NAMED[name][1]
    assert kinks == [Fraction(int(t.p), int(t.q)) for t in piecewise.breakpoints]
    assert [a for a, _ in lines] == [Fraction(int(s.p), int(s.q)) for s in piecewise.slopes]


@EACH
@pytest.mark.parametrize("bits", [20, 53, 128])
@pytest.mark.parametrize("seed", range(40))
def test_enclosures_contain_the_truth(name: str, bits: int, seed: int) -> None:
    rng, piecewise = random.Random(seed), NAMED[name][1]
    lower = fmpq(rng.randint(-90, 90), rng.choice((1, 7, 10, 13)))
    upper = lower + fmpq(rng.randint(0, 60), 10 ** rng.choice((0, 1, 3)))
    with precision(bits):
        value, first, bend, third = piecewise.jet(hull(lower, upper))
        direct = piecewise.value(hull(lower, upper))
        for share in (0, 1, fmpq(1, 2), fmpq(rng.randint(0, 100), 100)):
            z = lower + share * (upper - lower)
            truth = piecewise.value_at(z)
            assert value.overlaps(arb(truth))
            assert direct.overlaps(arb(truth))
            if first.is_finite():
                assert first.overlaps(arb(piecewise.piece_at(z).slope))
        touched = any(lower <= t <= upper for t in piecewise.breakpoints)
        if touched:
            assert not first.is_finite() and not bend.is_finite() and not third.is_finite()
        if first.is_finite():
            assert bend == 0 and third == 0


@EACH
@pytest.mark.parametrize("seed", range(40))
def test_the_second_checker_encloses_the_truth(name: str, seed: int) -> None:
    rng = random.Random(seed)
    lower = Fraction(rng.randint(-90, 90), rng.choice((1, 7, 10, 13)))
    upper = lower + Fraction(rng.randint(0, 60), 10 ** rng.choice((0, 1, 3)))
    ball = standalone.interval(lower).hull(upper)
    value = standalone.value(name, ball)
    for share in (Fraction(0), Fraction(1), Fraction(1, 2), Fraction(rng.randint(0, 100), 100)):
        z = lower + share * (upper - lower)
        truth = second(name, fmpq(z.numerator, z.denominator))
        assert value.lower() <= truth <= value.upper()
    kinks, _ = standalone.kinks_and_lines(name)
    if any(lower <= kink <= upper for kink in kinks):
        with pytest.raises(standalone.Unclear):
            standalone.jet(name, ball)
    elif all(abs(kink - end) > 1e-9 for kink in kinks for end in (lower, upper)):
        _, slope, bend, third = standalone.jet(name, ball)
        rise = second(name, fmpq(upper.numerator, upper.denominator)) - second(
            name, fmpq(lower.numerator, lower.denominator)
        )
        assert slope.lower() * (upper - lower) <= rise <= slope.upper() * (upper - lower)
        assert bend.lower() == bend.upper() == third.lower() == third.upper() == 0


@EACH
@pytest.mark.parametrize("ball", [arb.nan(), arb(0, "inf")], ids=str)
def test_balls_without_bounds_claim_nothing(name: str, ball: arb) -> None:
    piecewise = NAMED[name][1]
    assert not piecewise.value(ball).is_finite()
    assert all(not part.is_finite() for part in piecewise.jet(ball))


@EACH
def test_no_sign_is_certain_at_a_kink_and_none_of_the_second_derivative(name: str) -> None:
    row = CATALOGUE[name]
    for z in (arb(t) for t in row.kinks):
        assert sign(row.jet(z)[1]) is Sign.UNKNOWN
    for z in (arb(place) for place in PLACES):
        assert sign(row.jet(z)[2]) is Sign.UNKNOWN
    assert row.shape_on(fmpq(1), fmpq(2)) is None
    assert row.span is Span.KINK


def rationals(*values: int) -> tuple[fmpq, ...]:
    return tuple(fmpq(v) for v in values)


@pytest.mark.parametrize(
    ("breakpoints", "slopes", "message"),
    [
        ((), (1,), "at least one breakpoint"),
        ((0,), (1,), "one slope more"),
        ((0,), (1, 2, 3), "one slope more"),
        ((0, 0), (1, 2, 3), "increasing"),
        ((1, 0), (1, 2, 3), "increasing"),
        ((0,), (1, 1), "changes"),
        ((0, 1), (1, 2, 2), "changes"),
    ],
)
def test_other_data_are_refused(breakpoints: tuple[int, ...], slopes: tuple[int, ...], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        PiecewiseAffine(rationals(*breakpoints), rationals(*slopes), fmpq(0))


def test_a_function_of_ones_own() -> None:
    """A tent: up to 2 at 1, down to 0 at 3, and constant; continuous by construction."""
    tent = PiecewiseAffine(rationals(1, 3), rationals(1, -1, 0), fmpq(2))
    assert [tent.value_at(fmpq(z)) for z in (-1, 0, 1, 2, 3, 9)] == [0, 1, 2, 1, 0, 0]
    row = piecewise_activation("tent", "Min(z + 1, Max(3 - z, 0))", tent)
    assert row.piecewise is tent
    assert row.value(arb(2)) == 1
