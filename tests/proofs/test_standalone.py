"""The arithmetic of proofs/standalone.py, tested as FLINT tests itself.

A random interval, a random exact rational inside it, the function applied to both: the value at 200 and more digits
must lie in the enclosure. The working precision is also set to a few bits, where a forgotten rounding shows.
"""

from __future__ import annotations

import ast
import importlib.util
import random
import sys
from collections.abc import Callable, Iterator
from fractions import Fraction
from itertools import combinations, pairwise, permutations
from math import prod
from pathlib import Path
from typing import Any

import mpmath
import pytest
import sympy

SOURCE = Path(__file__).parent.parent.parent / "proofs" / "standalone.py"


def load() -> Any:
    """The checker as a sceptic has it: a file by itself, in no package."""
    spec = importlib.util.spec_from_file_location("standalone_by_path", SOURCE)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module


sa = load()
DIGITS = 400
COARSE = 12  # working bits at which every rounding matters
WIDTHS = [Fraction(0), Fraction(1, 2**150), Fraction(1, 2**40), Fraction(1, 50), Fraction(1)]
NAMES = sa.ACTIVATIONS
SMOOTH = [name for name in NAMES if name not in ("softsign", "elu")]


@pytest.fixture(params=[160, COARSE], ids=["fine", "coarse"])
def bits(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> int:
    monkeypatch.setattr(sa, "_bits", request.param)
    return int(request.param)


def real(x: Fraction) -> Any:
    return mpmath.mpf(x.numerator) / x.denominator


def contains(enclosure: Any, number: Any) -> bool:
    """Whether the enclosure contains a number that is known to about DIGITS digits."""
    low, high = (mpmath.ldexp(mpmath.mpf(end), enclosure.exponent) for end in (enclosure.lo, enclosure.hi))
    slack = abs(number) * mpmath.mpf(10) ** (200 - DIGITS)
    return bool(low - slack <= number <= high + slack)


def relative_width(enclosure: Any) -> Fraction:
    return Fraction(enclosure.hi - enclosure.lo, max(abs(enclosure.lo), abs(enclosure.hi), 1))


def hull(low: Fraction, high: Fraction) -> Any:
    return sa.interval(low).hull(sa.interval(high))


def rational(rng: random.Random, size: int) -> Fraction:
    """A rational of modulus below 2^size, of any order of magnitude, sometimes a dyadic one or 0."""
    if rng.random() < 0.05:
        return Fraction(0)
    denominator = rng.choice([1 << 20, 3**12, rng.randint(1, 10**6)])
    number = Fraction(rng.randint(-denominator, denominator), denominator)
    return number * Fraction(2) ** rng.choice([size, size, size - 2, -10, -80])


def cases(seed: int, count: int, size: int) -> Iterator[tuple[Any, Fraction]]:
    """Intervals (points, tiny, wide, with an end at 0) and rationals inside them."""
    rng = random.Random(seed)
    for _ in range(count):
        low = rational(rng, size)
        width = abs(rational(rng, size)) * rng.choice(WIDTHS)
        if rng.random() < 0.1:
            low, width = Fraction(0), width * rng.choice([1, -1])
        ends = sorted((low, low + width))
        inside = ends[0] + (ends[1] - ends[0]) * Fraction(rng.choice([0, 8, rng.randint(0, 8)]), 8)
        yield hull(*ends), inside


class TestArithmetic:
    def test_operations_contain_the_exact_results(self, bits: int) -> None:
        for seed, (x, p) in enumerate(cases(1, 400, 6)):
            y, q = next(cases(1000 + seed, 1, 6))
            exact = {
                x + y: p + q,
                x - y: p - q,
                x * y: p * q,
                -x: -p,
                abs(x): abs(p),
                x.square(): p * p,
                x.shifted(-5): p / 32,
                3 + x: 3 + p,
                Fraction(1, 3) - x: Fraction(1, 3) - p,
                Fraction(1, 3) * x: p / 3,
                x.hull(y): p,
                x.hull(q): q,
            }
            if not y.lo <= 0 <= y.hi:
                exact |= {x / y: p / q, 1 / y: 1 / q}
            for enclosure, number in exact.items():
                assert enclosure.lower() <= number <= enclosure.upper()

    def test_signs_of_quotients(self, bits: int) -> None:
        ends = [Fraction(n, 7) for n in (-5, -2, 0, 3, 4)]
        for a, b in combinations(ends, 2):
            for c, d in [(Fraction(1, 3), Fraction(5, 3)), (Fraction(-5, 3), Fraction(-1, 3))]:
                quotient = hull(a, b) / hull(c, d)
                corners = [p / q for p in (a, b) for q in (c, d)]
                assert quotient.lower() <= min(corners)
                assert quotient.upper() >= max(corners)
                assert quotient.upper() - quotient.lower() <= (max(corners) - min(corners)) * (
                    1 + Fraction(16, 2**bits)
                )

    @pytest.mark.parametrize("ends", [(0, 0), (0, 1), (-1, 0), (-1, 1)])
    def test_division_by_zero_is_unclear(self, ends: tuple[int, int]) -> None:
        with pytest.raises(sa.Unclear):
            sa.interval(1) / sa.Interval(*ends)

    def test_numbers_of_very_different_size(self, bits: int) -> None:
        tiny, one = sa.Interval(1, 1, -(10**12)), sa.interval(1)
        for total in (one + tiny, tiny + one, one - tiny, tiny.hull(one)):
            assert total.lower() <= 1 <= total.upper()
            assert total.hi.bit_length() <= bits + 1
        assert (one + tiny).upper() > 1
        assert (one - tiny).lower() < 1
        assert (sa.interval(0) + tiny).positive
        assert (tiny + sa.interval(0)).positive
        assert tiny.upper() == Fraction(1, 2**sa.MOST_EXPONENT)
        assert tiny.lower() == 0
        assert (-tiny).lower() == -Fraction(1, 2**sa.MOST_EXPONENT)
        with pytest.raises(sa.Unclear):
            sa.Interval(1, 1, 10**12).upper()

    def test_operations_lose_no_more_than_rounding(self, bits: int) -> None:
        for seed, (x, _) in enumerate(cases(5, 300, 6)):
            y, _ = next(cases(2000 + seed, 1, 6))
            (a, b), (c, d) = (x.lower(), x.upper()), (y.lower(), y.upper())
            products = [p * q for p in (a, b) for q in (c, d)]
            exact = [
                (x + y, a + c, b + d),
                (x - y, a - d, b - c),
                (x * y, min(products), max(products)),
                (x.square(), 0 if a <= 0 <= b else min(a * a, b * b), max(a * a, b * b)),
                (x.hull(y), min(a, c), max(b, d)),
            ]
            if max(a, c) <= min(b, d):
                exact.append((x.meet(y), max(a, c), min(b, d)))
            largest = max(map(abs, (a, b, c, d)))
            for result, low, high in exact:
                rounding = max(abs(low), abs(high)) * Fraction(4, 2**bits) + largest * Fraction(2, 4**bits)
                assert low - rounding <= result.lower() <= low
                assert high <= result.upper() <= high + rounding

    def test_meet(self, bits: int) -> None:
        for x, p in cases(3, 200, 4):
            other = hull(p - Fraction(1, 3), p + Fraction(1, 7))
            for met in (x.meet(other), other.meet(x)):
                assert met.lower() <= p <= met.upper()
                assert met.upper() - met.lower() <= Fraction(10, 21) + Fraction(64, 2**bits)
        tiny = sa.Interval(2, 3, -(10**9))
        for met in (tiny.meet(sa.Interval(-1, 1)), sa.Interval(-1, 1).meet(tiny)):
            assert (met.lo, met.hi, met.exponent) == (2, 3, -(10**9))
        with pytest.raises(sa.Unclear):
            sa.Interval(0, 1).meet(sa.Interval(2, 3))
        assert sa.Interval(0, 1).meet(sa.Interval(1, 2)).lower() == 1

    def test_signs_are_claimed_only_when_certain(self) -> None:
        assert sa.Interval(1, 2).positive
        assert sa.Interval(-2, -1).negative
        for ends in [(0, 1), (-1, 0), (-1, 1), (0, 0)]:
            assert not sa.Interval(*ends).positive
            assert not sa.Interval(*ends).negative

    def test_rationals(self, bits: int) -> None:
        for number in (Fraction(0), Fraction(-1, 3), Fraction(10**80, 7), Fraction(-7, 10**80), Fraction(5, 8)):
            enclosure = sa.interval(number)
            assert enclosure.lower() <= number <= enclosure.upper()
            assert relative_width(enclosure) <= Fraction(4, 2**bits)
        assert sa.interval(Fraction(5, 8)).lower() == sa.interval(Fraction(5, 8)).upper() == Fraction(5, 8)

    def test_precision_is_settable(self) -> None:
        sa.set_precision(300)
        try:
            with mpmath.workdps(DIGITS):
                assert contains(sa.pi(), mpmath.pi)
                assert relative_width(sa.pi()) < Fraction(1, 2**300)
        finally:
            sa.set_precision(128)
        assert relative_width(sa.pi()) > Fraction(1, 2**200)


FUNCTIONS: dict[str, tuple[Callable[[Any], Any], Callable[[Any], Any], int]] = {
    "exp": (sa.exp, mpmath.exp, 7),
    "atan": (sa.atan, mpmath.atan, 7),
    "erf": (sa.erf, mpmath.erf, 4),
    "normal": (sa.normal, lambda x: mpmath.erfc(-x / mpmath.sqrt(2)) / 2, 5),
    "sin": (sa.sin, mpmath.sin, 7),
    "cos": (lambda x: sa.sin(x, 1), mpmath.cos, 7),
    "-sin": (lambda x: sa.sin(x, 2), lambda x: -mpmath.sin(x), 7),
    "log": (lambda x: sa.log(abs(x) + Fraction(1, 9)), lambda x: mpmath.log(abs(x) + mpmath.mpf(1) / 9), 7),
    "log near 1": (lambda x: sa.log(x + 33), lambda x: mpmath.log(x + 33), 5),
    "sqrt": (lambda x: sa.sqrt(abs(x)), lambda x: mpmath.sqrt(abs(x)), 7),
}


class TestElementaryFunctions:
    @pytest.mark.parametrize("name", FUNCTIONS)
    def test_contain_the_value(self, name: str, bits: int) -> None:
        ours, reference, size = FUNCTIONS[name]
        with mpmath.workdps(DIGITS):
            for x, p in cases(11, 150, size):
                assert contains(ours(x), reference(real(p))), (x, p)

    @pytest.mark.parametrize("name", FUNCTIONS)
    def test_are_tight_at_points(self, name: str) -> None:
        ours, reference, _ = FUNCTIONS[name]
        rng = random.Random(5)
        points = [Fraction(rng.randint(-(10**9), 10**9), 10**8) for _ in range(20)]
        points += [
            Fraction(1, 3**40),
            Fraction(-1, 3**40),
            Fraction(10**6),
            Fraction(-(10**4), 3),
            Fraction(-9),
            Fraction(4),
        ]
        if "log" in name or name == "normal":
            points = [p for p in points if abs(p) < 30]
        with mpmath.workdps(DIGITS):
            for p in points:
                enclosure = ours(sa.interval(p))
                assert contains(enclosure, reference(real(p)))
                assert relative_width(enclosure) < Fraction(1, 2**100), p

    def test_constants(self, bits: int) -> None:
        with mpmath.workdps(DIGITS):
            assert contains(sa.pi(), mpmath.pi)
            assert contains(sa.ln2(), mpmath.log(2))
        assert relative_width(sa.pi()) < Fraction(64, 2**bits)
        assert relative_width(sa.ln2()) < Fraction(64, 2**bits)

    def test_exact_values(self) -> None:
        assert (
            sa.sqrt(sa.interval(Fraction(9, 4))).lower()
            == Fraction(3, 2)
            == sa.sqrt(sa.interval(Fraction(9, 4))).upper()
        )
        for function, argument, result in [
            (sa.exp, 0, 1),
            (sa.log, 1, 0),
            (sa.atan, 0, 0),
            (sa.erf, 0, 0),
            (sa.sin, 0, 0),
        ]:
            enclosure = function(sa.interval(argument))
            assert enclosure.lower() <= result <= enclosure.upper()
            assert enclosure.upper() - enclosure.lower() < Fraction(1, 2**120)

    def test_continued_fraction_at_any_length(self) -> None:
        """Short ones are wide, so a wrong bound of the tail shows."""
        with mpmath.workdps(DIGITS):
            for x in (Fraction(1, 2), Fraction(2), Fraction(12), Fraction(100)):
                ratio = 2 / mpmath.sqrt(mpmath.pi) * mpmath.exp(-(real(x) ** 2)) / mpmath.erfc(real(x))
                widths = []
                for steps in range(12):
                    enclosure = sa._erfc_ratio(sa.interval(x), steps)
                    assert contains(enclosure, ratio)
                    widths.append(relative_width(enclosure))
                assert widths == sorted(widths, reverse=True)
                assert widths[0] <= Fraction(1, 2) / x**2

    def test_series_stop_only_when_the_tail_is_halved_at_each_step(self) -> None:
        class Endless(Exception):
            pass

        def geometric(p: int, q: int) -> Callable[[int], tuple[int, int]]:
            def ratio(n: int) -> tuple[int, int]:
                if n > 3000:
                    raise Endless
                return p, q

            return ratio

        for u, p, q in [(Fraction(1, 2), 1, 1), (Fraction(1), 1, 2), (Fraction(1, 2), 5, 6), (Fraction(0), 1, 1)]:
            total = sa._series(sa.interval(u), geometric(p, q))
            assert total.lower() <= 1 / (1 - u * p / q) <= total.upper()
            alternating = sa._series(sa.interval(u), geometric(p, q), alternating=True)
            assert alternating.lower() <= 1 / (1 + u * p / q) <= alternating.upper()
            assert total.upper() - total.lower() < Fraction(1, 2**150)
        for u, p, q in [(Fraction(3, 5), 1, 1), (Fraction(9, 10), 5, 6), (Fraction(3), 1, 4)]:
            with pytest.raises(Endless):
                sa._series(sa.interval(u), geometric(p, q))

    def test_domains(self) -> None:
        for argument in (sa.Interval(-1, 1), sa.Interval(-2, -1)):
            with pytest.raises(sa.Unclear):
                sa.log(argument)
            with pytest.raises(sa.Unclear):
                sa.sqrt(argument)
        with pytest.raises(sa.Unclear):
            sa.log(sa.Interval(0, 1))
        with pytest.raises(sa.Unclear):
            sa.exp(sa.interval(2**41))
        assert sa.sqrt(sa.Interval(0, 0)).upper() == 0

    def test_exponentials_of_any_size(self) -> None:
        with mpmath.workdps(DIGITS):
            for p in (10**6, -(10**6), 10**12, -(10**12), -(2**40) - 1, -(10**30), -(10**300)):
                assert contains(sa.exp(sa.interval(p)), mpmath.exp(p))
        assert sa.exp(sa.interval(-(10**300))).hi > 0

    def test_sine_on_wide_intervals(self) -> None:
        whole = sa.sin(hull(Fraction(-(10**9)), Fraction(1)))
        assert (whole.lower(), whole.upper()) == (-1, 1)
        hump = sa.sin(hull(Fraction(1, 10), Fraction(3)))
        assert hump.upper() == 1
        assert Fraction(998, 10**4) < hump.lower() < Fraction(999, 10**4)
        slope = sa.sin(hull(Fraction(2), Fraction(4)))
        assert slope.upper() < Fraction(91, 100)
        assert slope.lower() > Fraction(-76, 100)
        trough = sa.sin(hull(Fraction(4), Fraction(5)))
        assert trough.lower() == -1
        assert trough.upper() < Fraction(-75, 100)
        middle = sa.sin(hull(Fraction(-1, 2), Fraction(1, 2)))
        assert -middle.lower() == middle.upper() < Fraction(1, 2)
        valley = sa.sin(hull(Fraction(-22, 7), Fraction(0)), 1)
        assert (valley.lower(), valley.upper()) == (-1, 1)

    def test_sine_of_hopeless_arguments(self) -> None:
        for x in (sa.interval(2**300), sa.Interval(1, 1, 10**15), sa.Interval(-1, 1, 10**15)):
            assert (sa.sin(x).lower(), sa.sin(x).upper()) == (-1, 1)


def erfc(x: Any) -> Any:
    """mpmath's erfc is 0 for arguments of a million; the asymptotic series is exact there to all digits used."""
    if x < 10**4:
        return mpmath.erfc(x)
    total = term = mpmath.mpf(1)
    for n in range(1, 80):
        term *= -(2 * n - 1) / (2 * x**2)
        total += term
    return mpmath.exp(-(x**2)) / (x * mpmath.sqrt(mpmath.pi)) * total


class Normal(sympy.Function):  # type: ignore[misc]
    """The normal distribution function; SymPy would write erfc(-x) as 2 - erfc(x), which cancels."""

    def fdiff(self, argindex: int = 1) -> Any:
        return sympy.exp(-(self.args[0] ** 2) / 2) / sympy.sqrt(2 * sympy.pi)


def references() -> dict[str, list[Callable[[Any], Any]]]:
    """sigma and three derivatives, differentiated by SymPy from the definitions, for mpmath."""
    z = sympy.Symbol("z", real=True)
    sigmoid = 1 / (1 + sympy.exp(-z))
    definitions = {
        "sigmoid": sigmoid,
        "tanh": 2 / (1 + sympy.exp(-2 * z)) - 1,
        "silu": z * sigmoid,
        "gelu": z * Normal(z),
        "erf": sympy.erf(z),
        "arctan": sympy.atan(z),
        "sin": sympy.sin(z),
        "exp": sympy.exp(z),
        "square": z**2,
        "softsign+": z / (1 + z),
        "softsign-": z / (1 - z),
        "elu+": z,
        "elu-": sympy.exp(z) - 1,
    }
    table = {
        name: [
            sympy.lambdify(
                z, sympy.diff(formula, z, k), [{"Normal": lambda x: erfc(-x / mpmath.sqrt(2)) / 2}, "mpmath"]
            )
            for k in range(4)
        ]
        for name, formula in definitions.items()
    }
    table["softplus"] = [lambda z: max(z, 0) + mpmath.log1p(mpmath.exp(-abs(z))), *table["sigmoid"][:3]]
    return table


REFERENCES = references()


def reference(name: str, p: Fraction) -> list[Any]:
    key = name if name in REFERENCES else name + ("+" if p >= 0 else "-")
    return [derivative(real(p)) for derivative in REFERENCES[key]]


class TestActivations:
    def test_softplus_is_the_integral_of_the_sigmoid(self) -> None:
        z = sympy.Symbol("z", real=True)
        assert sympy.simplify(sympy.diff(sympy.log(1 + sympy.exp(z)), z) - 1 / (1 + sympy.exp(-z))) == 0

    @pytest.mark.parametrize("name", NAMES)
    def test_jets_contain_the_derivatives(self, name: str, bits: int) -> None:
        with mpmath.workdps(DIGITS):
            for x, p in cases(21, 120, 5):
                numbers = reference(name, p)
                assert contains(sa.value(name, x), numbers[0]), (x, p)
                assert contains(sa.slope(name, x), numbers[1]), (x, p)
                if name in ("softsign", "elu") and x.lo <= 0 <= x.hi:
                    continue
                for enclosures in (sa.jet(name, x), sa.sharp(name, x)):
                    for order, (enclosure, number) in enumerate(zip(enclosures, numbers, strict=True)):
                        assert contains(enclosure, number), (x, p, order)

    @pytest.mark.parametrize("name", NAMES)
    def test_every_part_of_a_wide_interval_is_covered(self, name: str) -> None:
        """The parts of an interval sweep over the extremes that its ends do not see."""
        for low, high in [(Fraction(-6), Fraction(-1, 9)), (Fraction(1, 9), Fraction(6)), (Fraction(-6), Fraction(7))]:
            if name not in SMOOTH and low < 0 < high:
                continue
            whole = sa.sharp(name, hull(low, high))
            for k in range(40):
                part = sa.jet(name, sa.interval(low + (high - low) * Fraction(k, 39)))
                for wide, narrow in zip(whole, part, strict=True):
                    assert wide.lower() <= narrow.upper()
                    assert wide.upper() >= narrow.lower()

    @pytest.mark.parametrize("name", NAMES)
    def test_points_are_tight(self, name: str) -> None:
        rng = random.Random(31)
        points = [Fraction(rng.randint(-(10**9), 10**9), 10**8) for _ in range(15)]
        points += [
            sign * p for sign in (1, -1) for p in (Fraction(1, 3**40), Fraction(17), Fraction(4), Fraction(10**6))
        ]
        with mpmath.workdps(DIGITS):
            for p in points:
                for enclosure, number in zip(sa.jet(name, sa.interval(p)), reference(name, p), strict=True):
                    assert contains(enclosure, number), p
                    assert relative_width(enclosure) < Fraction(1, 2**100), p

    @pytest.mark.parametrize("name", [name for name in NAMES if name != "exp"])
    def test_huge_arguments_do_not_overflow(self, name: str) -> None:
        for p in (10**9, -(10**9), 10**40, -(10**40)):
            for x in (sa.interval(p), hull(Fraction(min(p, 2 * p)), Fraction(max(p, 2 * p)))):
                jet = sa.sharp(name, x)
                if name not in ("sin", "square"):
                    assert abs(jet[1]).upper() <= 1 + Fraction(1, 10**6)
                    assert abs(jet[2]).upper() + abs(jet[3]).upper() < Fraction(1, 10**6)
                if name in ("sigmoid", "tanh", "erf", "softsign", "arctan"):
                    assert abs(jet[0]).upper() < 2

    @pytest.mark.parametrize("name", [name for name in NAMES if name != "exp"])
    def test_astronomical_arguments_take_no_memory(self, name: str) -> None:
        for sign in (-1, 1):
            assert sa.jet(name, sa.Interval(sign, sign, 10**12))[2] is not None

    def test_the_whole_line(self) -> None:
        line = hull(Fraction(-(10**20)), Fraction(10**20))
        values = {"sigmoid": (0, 1), "tanh": (-1, 1), "erf": (-1, 1), "sin": (-1, 1)}
        slopes = {"tanh": (0, 1), "softplus": (0, 1), "sin": (-1, 1), "elu": (0, 1)}
        for function, table in ((sa.value, values), (sa.slope, slopes)):
            for name, bounds in table.items():
                assert (function(name, line).lower(), function(name, line).upper()) == bounds
        assert sa.slope("sigmoid", line).upper() == Fraction(1, 4)

    @pytest.mark.parametrize("name", ["softsign", "elu"])
    @pytest.mark.parametrize("ends", [(0, 0), (0, 1), (-1, 0), (-2, 3)])
    def test_kinks_are_unclear(self, name: str, ends: tuple[int, int]) -> None:
        x = sa.Interval(*ends, -3)
        for function in (sa.jet, sa.sharp):
            with pytest.raises(sa.Unclear):
                function(name, x)
        assert sa.value(name, x).lower() <= 0 <= sa.value(name, x).upper()
        assert sa.slope(name, x).lower() <= 1 <= sa.slope(name, x).upper()
        assert sa.slope(name, x).positive

    def test_unknown_names(self) -> None:
        with pytest.raises(sa.Malformed):
            sa.value("swish", sa.interval(1))

    @pytest.mark.parametrize("name", SMOOTH)
    def test_the_mean_value_form_narrows(self, name: str) -> None:
        """On [c - r, c + r] the enclosures are wider than 2 r |f'(c)| by O(r^2) only."""
        radius = Fraction(1, 1000)
        for centre in (Fraction(-4, 3), Fraction(-1, 5), Fraction(3, 2)):
            x = hull(centre - radius, centre + radius)
            direct, narrowed, point = sa.jet(name, x), sa.sharp(name, x), sa.jet(name, sa.interval(centre))
            for order in (0, 1, 2):
                assert (
                    narrowed[order].upper() - narrowed[order].lower() <= direct[order].upper() - direct[order].lower()
                )
                if order < 2 or name != "exp":
                    width = narrowed[order].upper() - narrowed[order].lower()
                    assert width <= 2 * radius * abs(point[order + 1]).upper() + 40 * radius**2

    def test_signs_of_curvature_are_found(self) -> None:
        assert sa.sharp("sigmoid", hull(Fraction(-3), Fraction(-1, 2)))[2].positive
        assert sa.sharp("tanh", hull(Fraction(1, 2), Fraction(3)))[2].negative
        assert sa.sharp("softplus", hull(Fraction(-5), Fraction(5)))[2].positive
        assert sa.sharp("silu", hull(Fraction(-2), Fraction(2)))[2].positive
        assert sa.sharp("gelu", hull(Fraction(-7, 5), Fraction(7, 5)))[2].positive
        assert sa.sharp("sin", hull(Fraction(1, 10), Fraction(3)))[2].negative
        assert sa.sharp("arctan", hull(Fraction(-3), Fraction(-1, 2)))[2].positive


def determinant(matrix: list[list[Fraction]]) -> Fraction:
    size = range(len(matrix))
    total = Fraction(0)
    for order in permutations(size):
        inversions = sum(a > b for a, b in combinations(order, 2))
        total += (1 - 2 * (inversions % 2)) * prod((matrix[i][order[i]] for i in size), start=Fraction(1))
    return total


def minor(matrix: list[list[Fraction]], rows: tuple[int, ...]) -> Fraction:
    return determinant([[matrix[i][j] for j in rows] for i in rows])


def symmetric_matrices(seed: int, count: int) -> Iterator[list[list[Fraction]]]:
    """Arbitrary ones, Gram matrices of full and of low rank, and Gram matrices with one entry moved a little."""
    rng = random.Random(seed)
    for _ in range(count):
        size, kind = rng.randint(1, 4), rng.choice(["any", "gram", "thin", "moved"])
        rank = size if kind in ("any", "gram") else rng.randint(0, size - 1)
        factor = [[Fraction(rng.randint(-3, 3), rng.choice([1, 1, 2, 3])) for _ in range(size)] for _ in range(rank)]
        matrix = [[sum((row[i] * row[j] for row in factor), Fraction(0)) for j in range(size)] for i in range(size)]
        if kind == "any":
            for i in range(size):
                for j in range(i + 1):
                    matrix[i][j] = matrix[j][i] = Fraction(rng.randint(-1, 4) if i == j else rng.randint(-2, 2))
        if kind == "moved":
            i, j = rng.randrange(size), rng.randrange(size)
            matrix[i][j] += Fraction(rng.choice([-1, 1]), 10**30)
            matrix[j][i] = matrix[i][j]
        yield matrix


class TestDefiniteness:
    def test_against_all_minors(self) -> None:
        seen = set()
        for matrix in symmetric_matrices(7, 1500):
            size = len(matrix)
            subsets = [rows for k in range(1, size + 1) for rows in combinations(range(size), k)]
            semidefinite = all(minor(matrix, rows) >= 0 for rows in subsets)
            leading = [Fraction(1)] + [minor(matrix, tuple(range(k + 1))) for k in range(size)]
            definite = all(m > 0 for m in leading)
            smallest = min(b / a for a, b in pairwise(leading)) if definite else None
            assert sa.is_positive_semidefinite(matrix) is semidefinite, matrix
            assert sa.is_positive_definite(matrix) == smallest, matrix
            seen.add((size, semidefinite, definite))
        assert len(seen) == 12  # every size saw every answer

    def test_zero_pivots(self) -> None:
        assert sa.is_positive_semidefinite([[0, 0], [0, 1]])
        assert sa.is_positive_definite([[0, 0], [0, 1]]) is None
        assert not sa.is_positive_semidefinite([[0, 1], [1, 0]])
        assert not sa.is_positive_semidefinite([[0, 1], [1, 5]])
        assert not sa.is_positive_semidefinite([[1, 1, 0], [1, 1, 1], [0, 1, 9]])
        assert sa.is_positive_semidefinite([[1, 1, 2], [1, 1, 2], [2, 2, 4]])
        assert not sa.is_positive_semidefinite([[1, 1, 2], [1, 1, 2], [2, 2, 3]])
        assert sa.is_positive_semidefinite([[0]])
        assert sa.is_positive_definite([[Fraction(2, 3)]]) == Fraction(2, 3)

    def test_hilbert_matrices_and_their_neighbours(self) -> None:
        hilbert = [[Fraction(1, i + j + 1) for j in range(12)] for i in range(12)]
        smallest = sa.is_positive_definite(hilbert)
        assert smallest is not None
        assert smallest == sa.pivots(hilbert)[-1]
        hilbert[-1][-1] -= smallest
        assert sa.is_positive_definite(hilbert) is None
        assert sa.is_positive_semidefinite(hilbert)
        hilbert[-1][-1] -= Fraction(1, 10**50)
        assert not sa.is_positive_semidefinite(hilbert)

    @pytest.mark.parametrize("size", [5, sa.FEW, sa.FEW + 1])
    def test_large_matrices_are_decided_by_circles_or_exactly(self, size: int) -> None:
        matrix = [[(i * j) % 7 + (j * i) % 5 + 99 * int(i == j) for j in range(size)] for i in range(size)]
        assert sa.is_definite(matrix)
        assert not sa.is_definite([[-entry for entry in row] for row in matrix])
        for digits in (10, 100):  # the circles see the first, exact elimination both
            big = 10**digits
            matrix = [[int(i == j) for j in range(size)] for i in range(size)]
            matrix[0][:2], matrix[1][:2] = [big, big + 1], [big + 1, big + 2]
            assert not sa.is_definite(matrix)
            matrix[1][1] += 1
            assert sa.is_definite(matrix)
        matrix[1][:2] = [big + 1, 0]
        matrix[0][0] = 0
        assert not sa.is_definite(matrix)

    @pytest.mark.parametrize("matrix", [[], [[]], [[1, 2]], [[1], [2]], [[1, 2], [3, 9]], [[1, 0], [0]]])
    def test_what_is_no_symmetric_matrix_is_refused(self, matrix: list[list[int]]) -> None:
        with pytest.raises(ValueError, match="matrix"):
            sa.pivots(matrix)

    def test_the_argument_is_left_alone(self) -> None:
        matrix = [[2, 1], [1, 2]]
        assert sa.is_positive_definite(matrix) == Fraction(3, 2)
        assert matrix == [[2, 1], [1, 2]]


class TestTheFile:
    TREE = ast.parse(SOURCE.read_text(encoding="utf-8"))

    def test_imports_the_standard_library_only(self) -> None:
        roots = set()
        for node in ast.walk(self.TREE):
            if isinstance(node, ast.Import):
                roots |= {alias.name.split(".")[0] for alias in node.names}
            if isinstance(node, ast.ImportFrom):
                assert node.level == 0
                roots.add(str(node.module).split(".")[0])
        assert roots <= sys.stdlib_module_names | {"__future__"}

    def test_has_no_floats_and_no_asserts(self) -> None:
        for node in ast.walk(self.TREE):
            assert not isinstance(node, ast.Assert)
            assert not (isinstance(node, ast.Constant) and isinstance(node.value, float | complex))
            assert not (isinstance(node, ast.Name) and node.id in ("float", "eval", "exec", "__import__"))
            assert not (isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div) and _integers(node))

    def test_is_short(self) -> None:
        """About 3,120 lines, not counting blank ones and comments of a whole line, but docstrings."""
        lines = [line.strip() for line in SOURCE.read_text(encoding="utf-8").splitlines()]
        assert sum(bool(line) and not line.startswith("#") for line in lines) <= 3_120


def _integers(node: ast.BinOp) -> bool:
    """Whether a true division has two integer literals, which would be a float."""
    return all(isinstance(side, ast.Constant) for side in (node.left, node.right))
