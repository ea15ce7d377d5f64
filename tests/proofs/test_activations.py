"""Every enclosure contains the truth, and every shape is the shape of its activation."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from typing import Any

import mpmath
import pytest
from flint import arb, fmpq
from hypothesis import given, settings
from hypothesis import strategies as st

from proofs.activations import CATALOGUE, Shape, Span
from proofs.balls import Sign, hull, precision, sign
from tests.proofs.oracle import KINKED, NAMES, encloses, flint, real, sigma

BITS = [20, 53, 128]
EVERY = pytest.mark.parametrize("name", NAMES)


@pytest.fixture(autouse=True)
def digits() -> Iterator[None]:
    with mpmath.workdps(120):
        yield


def inside(lower: Fraction, upper: Fraction, seed: int, count: int = 5) -> list[Fraction]:
    """The ends, the middle and some other rationals of the interval."""
    rng = random.Random(seed)
    shares = [Fraction(0), Fraction(1), Fraction(1, 2), *(Fraction(rng.random()) for _ in range(count))]
    return [lower + share * (upper - lower) for share in shares]


def demand_enclosures(name: str, lower: Fraction, upper: Fraction, seed: int) -> None:
    ball = hull(flint(lower), flint(upper))
    activation = CATALOGUE[name]
    jet = activation.jet(ball)
    value = activation.value(ball)
    for z in inside(lower, upper, seed):
        for order, enclosure in enumerate(jet):
            if enclosure.is_finite():
                assert encloses(enclosure, sigma(name, real(z), order)), (order, lower, upper, z)
        assert encloses(value, sigma(name, real(z))), (lower, upper, z)


INTERVALS = st.tuples(
    st.fractions(-12, 12, max_denominator=10**6), st.integers(-120, 4), st.fractions(1, 2, max_denominator=50)
).map(lambda t: (t[0], t[0] + t[2] * Fraction(2) ** t[1]))


@EVERY
@given(interval=INTERVALS, bits=st.sampled_from(BITS), seed=st.integers(0, 10**6))
@settings(deadline=None, derandomize=True, max_examples=25)
def test_jets_contain_the_values_at_random_points(
    name: str, interval: tuple[Fraction, Fraction], bits: int, seed: int
) -> None:
    with precision(bits):
        demand_enclosures(name, *interval, seed)


@EVERY
@pytest.mark.parametrize("bits", BITS)
def test_jets_on_wide_balls_and_around_special_points(name: str, bits: int) -> None:
    special = [
        Fraction(v) for v in ("0", "-1", "-2.4", "2.39", "-1.27", "1.41", "-0.75", "0.58", "-0.58", "3.14", "-1.57")
    ]
    with precision(bits):
        for centre in special:
            for radius in (Fraction(0), Fraction(1, 10**30), Fraction(1, 5), Fraction(15)):
                demand_enclosures(name, centre - radius, centre + radius, 0)
                demand_enclosures(name, centre, centre + radius, 1)


@EVERY
def test_jets_are_sharp_at_points(name: str) -> None:
    for z in (fmpq(-7, 4), fmpq(-1, 3), fmpq(1, 3), fmpq(7, 4)):
        with precision(128):
            for enclosure in (CATALOGUE[name].value(arb(z)), *CATALOGUE[name].jet(arb(z))):
                assert enclosure == 0 or enclosure.rel_accuracy_bits() > 110


FAR = {"erf": 20, "gelu": 20}


@EVERY
@pytest.mark.parametrize("side", [1, -1])
@pytest.mark.parametrize("bits", [53, 128])
def test_jets_far_out(name: str, side: int, bits: int) -> None:
    z = Fraction(side * FAR.get(name, 400))
    with mpmath.workdps(450), precision(bits):
        demand_enclosures(name, z, z, 0)
        demand_enclosures(name, z - 1, z + 1, 1)


# sigma, sigma' and sigma'' at minus and plus infinity, where they exist.
LIMITS: dict[str, tuple[tuple[Any, Any, Any], tuple[Any, Any, Any]]] = {
    "sigmoid": ((0, 0, 0), (1, 0, 0)),
    "tanh": ((-1, 0, 0), (1, 0, 0)),
    "softplus": ((0, 0, 0), (None, 1, 0)),
    "silu": ((0, 0, 0), (None, 1, 0)),
    "gelu": ((0, 0, 0), (None, 1, 0)),
    "erf": ((-1, 0, 0), (1, 0, 0)),
    "softsign": ((-1, 0, 0), (1, 0, 0)),
    "elu": ((-1, 0, 0), (None, 1, 0)),
    "exp": ((0, 0, 0), (None, None, None)),
}


@pytest.mark.parametrize("name", LIMITS)
@pytest.mark.parametrize("size", [fmpq(10) ** 6, fmpq(10) ** 18, fmpq(10) ** 300])
def test_jets_of_huge_arguments_contain_the_limits_or_decide_nothing(name: str, size: fmpq) -> None:
    with precision(128):
        for z, limits in zip((-size, size), LIMITS[name], strict=True):
            for found, limit in zip(CATALOGUE[name].jet(arb(z)), limits, strict=False):
                assert limit is None or not found.is_finite() or abs(found - limit) < 1e-5
    wide = hull(-size, size)
    for found, limit in zip(CATALOGUE[name].jet(wide), LIMITS[name][0], strict=False):
        assert not found.is_finite() or found.overlaps(arb(limit, 1e-5))


@EVERY
@pytest.mark.parametrize("ball", [arb.nan(), arb(0, "inf"), arb(-1, "inf"), arb(10**300).exp()], ids=str)
def test_jets_of_balls_without_bounds_claim_nothing_false(name: str, ball: arb) -> None:
    activation = CATALOGUE[name]
    for enclosures in (activation.jet(ball), (activation.value(ball),)):
        for order, enclosure in enumerate(enclosures):
            if enclosure.is_finite():
                assert all(encloses(enclosure, sigma(name, real(z), order)) for z in (-20, -1, Fraction(1, 2), 20))


@pytest.mark.parametrize("name", KINKED)
@pytest.mark.parametrize(
    ("lower", "upper"), [(0, 0), (-1, 1), (0, 1), (-1, 0), (Fraction(-1, 10**40), 1), (-1, Fraction(1, 10**40))]
)
def test_no_second_derivative_is_claimed_at_a_kink(name: str, lower: Any, upper: Any) -> None:
    _, first, second, third = CATALOGUE[name].jet(hull(fmpq(0) + flint(Fraction(lower)), flint(Fraction(upper))))
    assert sign(second) is Sign.UNKNOWN
    assert sign(third) is Sign.UNKNOWN
    assert not second.is_finite()
    assert not first.is_finite() or encloses(first, sigma(name, real(0), 1))
    if lower != upper:
        assert not CATALOGUE[name].derivatives_over(flint(Fraction(lower)), flint(Fraction(upper)))[1].is_finite()


@pytest.mark.parametrize("name", KINKED)
def test_across_a_kink_the_slope_is_still_enclosed(name: str) -> None:
    slope, _ = CATALOGUE[name].derivatives_over(fmpq(-1, 10), fmpq(1, 10))
    assert slope.is_finite()
    assert all(encloses(slope, sigma(name, real(z), 1)) for z in (fmpq(-1, 10), fmpq(1, 20)))


@pytest.mark.parametrize("name", KINKED)
def test_a_kink_is_left_behind_by_the_smallest_step(name: str) -> None:
    step = fmpq(1, 10**40)
    for lower, upper in ((step, 3 * step), (-3 * step, -step)):
        first, second = CATALOGUE[name].derivatives_over(lower, upper)
        assert encloses(first, sigma(name, real(lower + upper) / 2, 1))
        assert encloses(second, sigma(name, real(lower + upper) / 2, 2))


@EVERY
def test_kinks_are_where_the_second_derivative_jumps(name: str) -> None:
    kinks = CATALOGUE[name].kinks
    assert bool(kinks) == (name in KINKED)
    for kink in (*kinks, fmpq(0)):
        near = mpmath.mpf(10) ** -60
        left, right = (sigma(name, real(kink) + side * near, 2) for side in (-1, 1))
        assert (abs(left - right) > 0.5) == (kink in kinks)
        below, above = (sigma(name, real(kink) + side * near, 1) for side in (-1, 1))
        assert abs(below - above) < 1e-50


@EVERY
@given(interval=INTERVALS, bits=st.sampled_from(BITS), seed=st.integers(0, 10**6))
@settings(deadline=None, derandomize=True, max_examples=15)
def test_derivatives_over_an_interval_contain_the_values_inside(
    name: str, interval: tuple[Fraction, Fraction], bits: int, seed: int
) -> None:
    lower, upper = interval
    with precision(bits):
        first, second = CATALOGUE[name].derivatives_over(flint(lower), flint(upper))
    for z in inside(lower, upper, seed, 10):
        for order, enclosure in ((1, first), (2, second)):
            if enclosure.is_finite():
                assert encloses(enclosure, sigma(name, real(z), order))


@EVERY
def test_derivatives_over_a_narrow_interval_are_sharp_to_second_order(name: str) -> None:
    """The width exceeds |f'| w by O(w^2) only: this is what the mean value form is for."""
    for centre in (Fraction(-7, 5), Fraction(-3, 5), Fraction(3, 5), Fraction(7, 5)):
        width = Fraction(1, 1000)
        found = CATALOGUE[name].derivatives_over(flint(centre), flint(centre + width))
        for order, enclosure in ((1, found[0]), (2, found[1])):
            change = abs(sigma(name, real(centre), order + 1)) * real(width)
            low, high = (real(fmpq(e)) for e in (enclosure.lower().fmpq(), enclosure.upper().fmpq()))
            assert high - low <= change + 20 * real(width) ** 2


SHAPES = [
    pytest.param(name, shape, id=f"{name}-{i}") for name in NAMES for i, shape in enumerate(CATALOGUE[name].shapes)
]


def _grid(shape: Shape) -> list[Any]:
    lower = real(shape.lower) if shape.lower is not None else mpmath.mpf(-40)
    upper = real(shape.upper) if shape.upper is not None else mpmath.mpf(40)
    steps = 800
    points = [lower + (upper - lower) * k / steps for k in range(steps + 1)]
    ticks = [(upper - lower) * mpmath.mpf(10) ** -k for k in range(4, 40)]
    return [z for z in points + [lower + t for t in ticks] + [upper - t for t in ticks] if z != 0]


def _keeps(name: str, shape: Shape, z: Any) -> bool:
    with mpmath.workdps(60):
        return sigma(name, z, 2) * shape.curvature >= 0 and sigma(name, z, 1) * shape.slope >= 0


@pytest.mark.parametrize(("name", "shape"), SHAPES)
def test_a_shape_holds_on_its_whole_interval(name: str, shape: Shape) -> None:
    with mpmath.workdps(60):
        assert all(_keeps(name, shape, z) for z in _grid(shape))


@pytest.mark.parametrize(("name", "shape"), SHAPES)
def test_a_shape_fails_just_outside_of_its_interval(name: str, shape: Shape) -> None:
    """The irrational inflections and minima lie within 1/100 of the ends (pi and pi/2 within 1/6)."""
    reach = mpmath.mpf(1) / (6 if name == "sin" else 100)
    for end, side in ((shape.lower, -1), (shape.upper, 1)):
        if end is not None:
            assert not _keeps(name, shape, real(end) + side * reach)


@EVERY
def test_inflections_lie_between_the_shapes(name: str) -> None:
    """Where sigma'' vanishes strictly inside (-6, 6), no shape claims both sides."""
    zeros = {"silu": [2], "gelu": [1]}.get(name, [])
    for start in zeros:
        root = mpmath.findroot(lambda z: sigma(name, z, 2), start + mpmath.mpf(4) / 10)
        for inflection in (root, -root):
            near = [inflection - mpmath.mpf(1) / 10**20, inflection + mpmath.mpf(1) / 10**20]
            assert sigma(name, near[0], 2) * sigma(name, near[1], 2) < 0
            for shape in CATALOGUE[name].shapes:
                above = shape.lower is None or real(shape.lower) <= near[0]
                below = shape.upper is None or near[1] <= real(shape.upper)
                assert not (above and below)


@pytest.mark.parametrize(("name", "shape"), SHAPES)
def test_slopes_and_curvatures_are_signs(name: str, shape: Shape) -> None:
    """Slope 0 stands for not monotone, and for nothing else."""
    assert (shape.slope, shape.curvature) in {(slope, bend) for slope in (-1, 0, 1) for bend in (-1, 1)}
    with mpmath.workdps(60):
        rising = {sigma(name, z, 1) > 0 for z in _grid(shape)[::8]}
    assert rising == ({True, False} if shape.slope == 0 else {shape.slope > 0})


def test_the_longest_shape_that_fits_is_found_and_no_other() -> None:
    silu = CATALOGUE["silu"]
    assert silu.shape_on(fmpq(-1), fmpq(2)) == Shape(fmpq(-127, 100), fmpq(239, 100), 1, 1)
    assert silu.shape_on(fmpq(-2), fmpq(2)) == Shape(fmpq(-239, 100), fmpq(239, 100), 0, 1)
    assert silu.shape_on(fmpq(-239, 100), fmpq(239, 100)) is not None
    smallest = fmpq(1, 10**40)
    for lower, upper in (
        (fmpq(-239, 100) - smallest, fmpq(0)),
        (fmpq(0), fmpq(239, 100) + smallest),
        (fmpq(0), None),
        (None, fmpq(0)),
        (None, None),
        (fmpq(12, 5) - smallest, None),
        (None, fmpq(-12, 5) + smallest),
    ):
        assert silu.shape_on(lower, upper) is None
    assert silu.shape_on(fmpq(12, 5), None) == Shape(fmpq(12, 5), None, 1, -1)
    assert silu.shape_on(None, fmpq(-12, 5)) == Shape(None, fmpq(-12, 5), -1, -1)


@pytest.mark.parametrize("name", [name for name in NAMES if CATALOGUE[name].span is Span.STEP])
def test_a_step_rises_by_its_variation(name: str) -> None:
    with mpmath.workdps(60):
        far = mpmath.mpf(10) ** 25
        rise = sigma(name, far) - sigma(name, -far)
        with precision(150):
            assert encloses(CATALOGUE[name].variation() - arb(0, 1e-24), rise)


@pytest.mark.parametrize("name", [name for name in NAMES if CATALOGUE[name].span is Span.HINGE])
def test_the_slope_of_a_hinge_varies_less_than_stated_and_less_than_two(name: str) -> None:
    with mpmath.workdps(30):
        points = [mpmath.mpf(k) / 50 for k in range(-2000, 2001)]
        slopes = [sigma(name, z, 1) for z in points]
        assert abs(slopes[0]) < 1e-15
        assert abs(slopes[-1] - 1) < 1e-15
        total = sum(abs(b - a) for a, b in pairwise(slopes))
        assert total <= real(CATALOGUE[name].variation().upper().fmpq()) < 2


@EVERY
def test_the_catalogue_names_itself(name: str) -> None:
    activation = CATALOGUE[name]
    assert activation.name == name
    assert (activation.variation() == 0) == (activation.span in (Span.EXPONENTIAL, Span.SINE, Span.POLYNOMIAL))


def test_the_sampling_would_notice_a_wrong_jet() -> None:
    """A control: sigma'' with its sign changed, or a radius forgotten."""
    sigmoid = CATALOGUE["sigmoid"]
    _, _, second, _ = sigmoid.jet(arb(1))
    assert not encloses(-second, sigma("sigmoid", real(1), 2))
    assert not encloses(arb(sigmoid.value(arb(1)).mid()), sigma("sigmoid", real(1)))
    assert not _keeps("sigmoid", replace(sigmoid.shapes[0], curvature=-1), real(-1))
