"""interval-region/1: its formulas once more from docs/mathematics.md, section 4, and an attack on the region."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import mpmath
import numpy as np
import pytest
from flint import fmpq, fmpz_mat

from proofs.activations import CATALOGUE
from proofs.balls import precision
from proofs.document import Reader
from proofs.exact import Malformed, parse_level
from proofs.kernel import Conclusion, Fact, Rejected
from proofs.lemmas import LEMMAS
from proofs.lemmas.interval_region import IntervalRegion, LayerRange, absorbed, layer_forms, layer_ranges
from proofs.lemmas.local_minimum import LocalMinimum
from proofs.moments import Shell, ShellMoments
from tests.proofs.build import (
    BIASED,
    BOX,
    CASES,
    DEEP,
    DEEPER,
    MINIMUM,
    SQUARE,
    THREE,
    TWO_OUTPUTS,
    Case,
    with_point,
)
from tests.proofs.network import FLOAT_SIGMA, Weights, floats, level_floats, loss, to_float
from tests.proofs.oracle import NAMES, real, sigma

BOXES = {name: case for name, case in CASES.items() if BOX in case.arguments}
TINY = f"1/{10**30}"


def minimum(case: Case) -> LocalMinimum:
    proposition = case.step(MINIMUM).proposition
    assert isinstance(proposition, LocalMinimum)
    return proposition


@pytest.mark.parametrize("case", BOXES.values(), ids=BOXES)
def test_accepted(case: Case) -> None:
    assert case.step(BOX).proposition == IntervalRegion(fmpq(*map(int, case.arguments[BOX]["radius"].split("/"))))


REJECTED: list[tuple[str, Case, dict[str, Any], str]] = [
    ("radius zero", THREE, {"radius": "0"}, "IR01"),
    ("radius negative", THREE, {"radius": "-1/10"}, "IR01"),
    ("radius one", THREE, {"radius": "1"}, "IR01"),
    ("radius above one", THREE, {"radius": "7"}, "IR01"),
    ("no rate", THREE, {"rates": []}, "IR01"),
    ("a rate too many", THREE, {"rates": ["1/100", "1/100"]}, "IR01"),
    ("a rate too few", DEEP, {"rates": ["1/10"]}, "IR01"),
    ("a rate zero", THREE, {"rates": ["0"]}, "IR01"),
    ("a rate negative", THREE, {"rates": ["-1/100"]}, "IR01"),
    ("the second rate negative", DEEP, {"rates": ["1/10", f"-{TINY}"]}, "IR01"),
    ("the kink of softsign is in the range",
     with_point(BIASED, {"levels": ["-1/10"]}, {"network.activation": "softsign"}), {"radius": "1/20"}, "IR02"),
    ("the kink of elu is in the range",
     with_point(BIASED, {"levels": ["-1/10"]}, {"network.activation": "elu"}), {"radius": "1/19"}, "IR02"),
    ("a range too large to write down",
     with_point(DEEP, {"levels": ["0", "0"], "scales": [f"{10**20}"]}, {"network.activation": "exp"}),
     {"radius": "1/2"}, "IR02"),
    ("the slope of the second layer may vanish",
     with_point(DEEP, {"levels": ["0", "-127/100"], "scales": ["1"]}, {"network.activation": "silu"}),
     {"radius": "1/50", "rates": ["1/1000", "1/1000"]}, "IR03"),
    ("the range reaches beyond the inflection", THREE, {"radius": "7/20", "rates": [TINY]}, "IR04"),
    ("the range reaches far beyond the inflection", THREE, {"radius": "99/100", "rates": [TINY]}, "IR04"),
    ("a rate too large", THREE, {"rates": ["3/40"]}, "IR04"),
    ("a rate far too large", THREE, {"rates": ["1000000"]}, "IR04"),
    ("the second rate too large", DEEP, {"rates": ["1/10", "1"]}, "IR04"),
    ("the third rate too large", DEEPER, {"rates": ["1/10", "1/10", "1"]}, "IR04"),
    ("the first rate cannot pay", DEEP, {"rates": [TINY, "1/10"]}, "IR05"),
    ("the second rate makes the remainder dear", DEEP, {"rates": ["1/10", TINY]}, "IR05"),
    ("the third rate makes the remainder dear", DEEPER, {"rates": ["1/10", "1/10", TINY]}, "IR05"),
]  # fmt: skip


@pytest.mark.parametrize(("case", "changes", "code"), [r[1:] for r in REJECTED], ids=[r[0] for r in REJECTED])
def test_rejected(case: Case, changes: dict[str, Any], code: str) -> None:
    assert case.code(BOX, changes) == ("Rejected", code)


def test_the_least_pivot_is_shown() -> None:
    """The four corners lie in one shell, so M_1 - rate M is a multiple of M = 2 [[1, 1], [1, 5]]: pivots 1 and 4/5."""
    corners = SQUARE.about({"data.inputs": [["1", "1"], ["-1", "-1"], ["0", "2"], ["0", "-2"], ["0", "0"], ["1", "0"]]})
    assert corners.step(BOX).margin == "relative pivot ≥ 0.8"
    assert DEEP.step(BOX).margin == "relative pivot ≥ 1"


def test_beside_a_kink_a_region_that_does_not_reach_it_is_accepted() -> None:
    for activation in ("softsign", "elu"):
        case = with_point(BIASED, {"levels": ["-1/10"]}, {"network.activation": activation})
        assert case.code(BOX, {"radius": "1/21"}) == ("", "")


def test_malformed() -> None:
    for changes in ({"radius": 1}, {"radius": None}, {"rates": None}, {"rates": "1"}, {"size": "1"}):
        with pytest.raises(Malformed):
            THREE.step(BOX, changes)


def test_it_needs_a_local_minimum() -> None:
    stranger = Fact("s2", LEMMAS[MINIMUM], Conclusion("a local minimum, believe me", ""))
    with pytest.raises(Rejected) as caught:
        LEMMAS[BOX].check(THREE.instance, (stranger,), Reader({"radius": "1/10", "rates": ["1/100"]}, ""))
    assert caught.value.code == "IR01"


def test_the_largest_radius_of_the_three_points() -> None:
    """By hand: 2 r <= ln 2 = 0.693.. With a rate as small as possible, the checker comes close and never beyond."""
    accepted = [
        k for k in range(1, 60) if THREE.code(BOX, {"radius": str(Fraction(k, 100)), "rates": [TINY]}) == ("", "")
    ]
    assert accepted == list(range(1, accepted[-1] + 1))
    assert 30 <= accepted[-1] <= 34
    assert THREE.code(BOX, {"radius": str(Fraction(accepted[-1] + 1, 100)), "rates": [TINY]}) == ("Rejected", "IR04")


# The formulas of the theorem, with ranges taken as they are.


@dataclass
class Formulas:
    """U, Gamma, R, K and the right-hand side of Theorem 8, as on the page."""

    scales: list[Fraction]
    radius: Fraction
    size: Fraction
    rates: list[Fraction]
    slopes: list[Fraction]
    least_slopes: list[Fraction]
    bends: list[Fraction]

    def reach(self, h: int) -> Fraction:
        if h == 1:
            return self.radius * self.size
        return abs(self.scale(h)) * (1 + self.radius) * self.slopes[h - 2] * self.reach(h - 1)

    def gain(self, h: int) -> Fraction:
        return Fraction(1) if h == 1 else abs(self.scale(h)) * self.slopes[h - 2] * self.gain(h - 1)

    def remainder(self, h: int) -> Fraction:
        if h == 1:
            return Fraction(0)
        below = self.slopes[h - 2] * self.remainder(h - 1)
        return abs(self.scale(h)) * (below + self.bends[h - 2] * self.reach(h - 1) * self.gain(h - 1) / 2)

    def price(self, h: int) -> Fraction:
        bend = self.bends[h - 1]
        return bend * (1 + bend / self.rates[h - 1])

    def scale(self, h: int) -> Fraction:
        return self.scales[h - 2]

    def right_hand_side(self) -> Fraction:
        total = Fraction(0)
        for h in range(2, len(self.slopes) + 1):
            path = Fraction(1)
            for layer in range(2, h + 1):
                path *= abs(self.scale(layer)) * self.least_slopes[layer - 1]
            total += self.price(h) * self.remainder(h) ** 2 * (1 + self.radius) ** (h - 1) / path
        return total


def _rational(value: Fraction) -> fmpq:
    return fmpq(value.numerator, value.denominator)


@pytest.mark.parametrize("depth", [1, 2, 3, 4, 6])
@pytest.mark.parametrize("seed", range(5))
def test_what_the_first_layer_absorbs_is_the_formula(depth: int, seed: int) -> None:
    rng = np.random.default_rng(seed)

    def numbers(count: int, low: int, high: int) -> list[Fraction]:
        return [
            Fraction(int(p), int(q))
            for p, q in zip(rng.integers(low, high, count), rng.integers(1, 9, count), strict=True)
        ]

    slopes, least, rates = (numbers(depth, 1, 30) for _ in range(3))
    lower, upper = numbers(depth, -20, 5), numbers(depth, 6, 20)
    scales = [s * int(sign) for s, sign in zip(numbers(depth - 1, 1, 9), rng.choice([-1, 1], depth - 1), strict=True)]
    radius, size = Fraction(int(rng.integers(1, 99)), 100), Fraction(int(rng.integers(0, 50)), 7)
    bends = [max(abs(a), abs(b)) for a, b in zip(lower, upper, strict=True)]
    ranges = [
        LayerRange(*map(_rational, row)) for row in zip(slopes, [Fraction(-1)] * depth, lower, upper, strict=True)
    ]  # the least slope over the whole range is not what is asked for
    constant = [LayerRange(fmpq(10**9), _rational(m), fmpq(-(10**9)), fmpq(10**9)) for m in least]
    found = absorbed(
        list(map(_rational, scales)), _rational(radius), _rational(size), list(map(_rational, rates)), ranges, constant
    )
    formulas = Formulas(scales, radius, size, rates, slopes, least, bends)
    assert found == _rational(formulas.right_hand_side())


WIDER = DEEP.about({"data.inputs": [["-2"], ["0"], ["2"]]})


@pytest.mark.parametrize(("case", "size"), [(DEEP, 1), (DEEPER, 1), (WIDER, 2)], ids=["depth 2", "depth 3", "|x| = 2"])
def test_the_first_rate_must_be_the_right_hand_side_and_no_less(case: Case, size: int) -> None:
    point, network = minimum(case).point, case.instance.architecture
    radius, above = fmpq(1, 1000), [fmpq(1, 10)] * (network.depth - 1)
    with precision(128):
        full = layer_ranges(network.activation, point.levels, point.scales, radius, fmpq(size))
        constant = layer_ranges(network.activation, point.levels, point.scales, radius, fmpq(0))
    formulas = Formulas(
        [Fraction(str(s)) for s in point.scales],
        Fraction(1, 1000),
        Fraction(size),
        [Fraction(0), *(Fraction(str(rate)) for rate in above)],
        [Fraction(str(layer.slope)) for layer in full],
        [Fraction(str(layer.least_slope)) for layer in constant],
        [max(abs(Fraction(str(layer.bend_lower))), abs(Fraction(str(layer.bend_upper)))) for layer in full],
    )
    enough = formulas.right_hand_side()
    for rate, expected in ((enough, ("", "")), (enough * (1 - Fraction(TINY)), ("Rejected", "IR05"))):
        rates = [str(rate), *map(str, above)]
        assert case.code(BOX, {"radius": "1/1000", "rates": rates}) == expected


def test_a_slope_without_a_certain_sign_cannot_carry_anything() -> None:
    full = [LayerRange(fmpq(1), fmpq(1), fmpq(1), fmpq(1))] * 2
    for least in (fmpq(0), fmpq(-1)):
        constant = [full[0], LayerRange(fmpq(1), least, fmpq(1), fmpq(1))]
        with pytest.raises(Rejected) as caught:
            absorbed([fmpq(1)], fmpq(1, 10), fmpq(1), [fmpq(1)] * 2, full, constant)
        assert caught.value.code == "IR03"


@pytest.mark.parametrize("definite", [1, -1])
@pytest.mark.parametrize("curvature", [1, -1])
def test_the_forms_are_the_smallest_over_the_range(definite: int, curvature: int) -> None:
    """min over t in kappa sigma''(Z) of (m D_n) t, for every sign of D_n, of m and of sigma''."""
    rng = np.random.default_rng(1)
    shells, ranges, expected = [], [], []
    for _ in range(40):
        sign_of_residual = int(rng.choice([-1, 1]))
        low, high = sorted(Fraction(int(v), 8) for v in rng.integers(-20, 21, 2))
        shells.append(Shell(fmpq(1), sign_of_residual, fmpz_mat([[1]])))
        ranges.append([LayerRange(fmpq(1), fmpq(1), _rational(low), _rational(high))])
        samples = [curvature * (low + (high - low) * Fraction(k, 10)) for k in range(11)]
        expected.append(_rational(min(definite * sign_of_residual * t for t in samples)))
    layer = LocalMinimum(None, (), (curvature,))  # type: ignore[arg-type]
    assert layer_forms(layer, definite, ShellMoments(tuple(shells)), ranges) == [expected]


# The ranges, by sampling sigma' and sigma'' densely.


def _span(name: str, order: int, lower: Any, upper: Any) -> tuple[Any, Any]:
    """The least and the largest sampled value of a derivative on [lower, upper]."""
    values = [sigma(name, lower + (upper - lower) * k / 200, order) for k in range(201)]
    return min(values), max(values)


def _levels(name: str, depth: int) -> list[str]:
    choice = {"square": ["1", "3/2", "2"], "sin": ["-1", "-1/2", "-1/3"], "elu": ["-1", "-2", "-1"]}
    return choice.get(name, ["-1", "log(1/2)", "-1/2"])[:depth]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(("radius", "size"), [("1/1000", "0"), ("1/1000", "3"), ("1/100", "1/2"), ("1/50", "4")])
def test_the_ranges_contain_what_the_recursion_gives(name: str, radius: str, size: str) -> None:
    """delta_h as on the page, with sampled suprema: a lower bound of the true one, which the checker must contain."""
    scales = [fmpq(1), fmpq(-1, 2)]
    levels = [parse_level(text, "") for text in _levels(name, 3)]
    with precision(128), mpmath.workdps(30):
        found = layer_ranges(CATALOGUE[name], levels, scales, _fmpq(radius), _fmpq(size))
        r, spread = real(Fraction(radius)), real(Fraction(radius)) * (1 + real(Fraction(size)))
        for h, (level, layer) in enumerate(zip(levels, found, strict=True)):
            centre = mpmath.log(real(level.value)) if level.is_log else real(level.value)
            slopes = _span(name, 1, centre - spread, centre + spread)
            bends = _span(name, 2, centre - spread, centre + spread)
            supremum = max(abs(s) for s in slopes)
            assert supremum <= real(layer.slope)
            assert real(layer.bend_lower) <= bends[0] <= bends[1] <= real(layer.bend_upper)
            if layer.least_slope != 0:
                assert 0 < real(layer.least_slope) <= min(abs(s) for s in slopes)
                assert slopes[0] * slopes[1] > 0
            if h < 2:
                height = abs(sigma(name, centre))
                spread = abs(real(scales[h])) * ((1 + r) * supremum * spread + r * height) + r


def _fmpq(text: str) -> fmpq:
    value = Fraction(text)
    return fmpq(value.numerator, value.denominator)


def test_the_least_slope_is_zero_where_the_slope_may_vanish() -> None:
    """silu' vanishes at -1.278.."""
    with precision(128):
        (layer,) = layer_ranges(CATALOGUE["silu"], [parse_level("-127/100", "")], [], fmpq(1, 50), fmpq(0))
    assert layer.least_slope == 0 < layer.slope


def test_the_ranges_are_not_far_too_wide() -> None:
    levels = [parse_level("-1", "")] * 2
    with precision(128), mpmath.workdps(30):
        first, second = layer_ranges(CATALOGUE["tanh"], levels, [fmpq(2)], fmpq(1, 1000), fmpq(1))
        spread = mpmath.mpf(2) / 1000
        top = sigma("tanh", -1 + spread, 1)
        assert top <= real(first.slope) < top * (1 + mpmath.mpf(10) ** -5)
        spread = 2 * (mpmath.mpf("1.001") * top * spread + mpmath.mpf("0.001") * mpmath.tanh(1)) + mpmath.mpf("0.001")
        ends = [sigma("tanh", -1 + spread, 2), sigma("tanh", -1 - spread, 2)]
        assert real(second.bend_lower) == pytest.approx(float(min(ends)), rel=1e-3)


# The attack: parameters of the region, extreme ones above all, never have a loss below E*.


@dataclass
class Attack:
    """Random parameters of R(r) at some widths, and how far <D, T> falls below zero for the worst of them."""

    case: Case
    radius: float
    widths: tuple[int, ...]
    rng: np.random.Generator

    def __post_init__(self) -> None:
        self.instance = self.case.instance
        self.point = minimum(self.case).point
        self.name = self.instance.architecture.activation.name
        self.inputs = floats(self.instance.inputs)
        self.targets = floats(self.instance.targets)
        self.levels = level_floats(self.point)
        self.heights = [float(FLOAT_SIGMA[self.name](np.array(a))) for a in self.levels]

    def _corner(self, shape: tuple[int, ...]) -> Any:
        """Entries in [-1, 1]: corners of the box, or its inside, or mostly zero."""
        kind = self.rng.integers(4)
        if kind == 0:
            return self.rng.uniform(-1, 1, shape)
        corners = self.rng.choice([-1.0, 1.0], shape)
        return corners if kind < 3 else corners * (self.rng.random(shape) < 0.3)

    def _share(self, rows: int, columns: int) -> Any:
        """Non-negative rows with sums in [1 - r, 1 + r]: spread evenly, unevenly, or all on one unit."""
        kind = self.rng.integers(3)
        raw = np.full((rows, columns), 1.0)
        if kind == 1:
            raw = self.rng.gamma(0.2, size=(rows, columns)) + 1e-12
        if kind == 2:
            raw = np.zeros((rows, columns))
            raw[np.arange(rows), self.rng.integers(columns, size=rows)] = 1
        sums = 1 + self.radius * self._corner((rows, 1))
        return raw / raw.sum(axis=1, keepdims=True) * sums

    def weights(self) -> Weights:
        r, basis = self.radius, list(self.point.basis)
        first = np.zeros((self.widths[0], self.inputs.shape[1]))
        first[:, basis] = r * self._corner((self.widths[0], len(basis)))
        hidden, biases = [first], [self.levels[0] + r * self._corner((self.widths[0],))]
        for h in range(1, len(self.widths)):
            scale = to_float(self.point.scales[h - 1])
            hidden.append(scale * self._share(self.widths[h], self.widths[h - 1]))
            biases.append(self.levels[h] - scale * self.heights[h - 1] + r * self._corner((self.widths[h],)))
        size = 10 ** self.rng.uniform(-6, 2)
        last = size * self.rng.gamma(0.5, size=(self.targets.shape[1], self.widths[-1]))
        last *= np.array(self.point.weight_signs)[:, None]
        free = self.targets.mean(axis=0) if self.instance.architecture.output_bias else np.zeros(self.targets.shape[1])
        return Weights(hidden, biases, last, free * self.rng.choice([0, 1, 1]))

    def violation(self, weights: Weights) -> float:
        """The most negative V_o <D_o, sigma(z_H,i)> over outputs and last units, relative to its rounding."""
        top = FLOAT_SIGMA[self.name](weights.hidden_units(self.name, self.inputs)[-1])
        worst = 0.0
        for o, sign_of_weight in enumerate(self.point.weight_signs):
            residual = to_float(self.point.constants[o]) - self.targets[:, o]
            forms = sign_of_weight * (residual @ (top - top.mean(axis=0)))
            worst = min(worst, float((forms / np.abs(residual).sum()).min()))
        return worst

    def run(self, count: int) -> Iterator[tuple[Weights, float]]:
        for _ in range(count):
            weights = self.weights()
            yield weights, self.violation(weights)

    def climb(self, count: int) -> Iterator[float]:
        """Start anywhere and exchange one layer at a time for another one while <D, T> / |W_1|^2 falls."""
        best = self.weights()
        for _ in range(count):
            other = self.weights()
            h = int(self.rng.integers(len(self.widths)))
            hidden, biases = list(best.hidden), list(best.biases)
            if self.rng.random() < 0.5:
                hidden[h] = other.hidden[h]
            else:
                biases[h] = other.biases[h]
            trial = Weights(hidden, biases, best.last, best.output_biases)
            if self._quotient(trial) < self._quotient(best):
                best = trial
                yield self.violation(best)

    def _quotient(self, weights: Weights) -> float:
        top = FLOAT_SIGMA[self.name](weights.hidden_units(self.name, self.inputs)[-1])
        forms = [
            sign_of_weight * (to_float(c) - y) @ (top - top.mean(axis=0))
            for sign_of_weight, c, y in zip(self.point.weight_signs, self.point.constants, self.targets.T, strict=True)
        ]
        return float(np.min(forms)) / (1e-12 + float((weights.hidden[0] ** 2).sum()))


ROUNDING = 1e-13


def widths_for(depth: int) -> Sequence[tuple[int, ...]]:
    return {1: [(1,), (2,), (7,)], 2: [(1, 1), (3, 2), (2, 5)], 3: [(1, 1, 1), (2, 3, 2), (4, 1, 3)]}[depth]


def largest(case: Case) -> tuple[str, list[str]]:
    """The largest radius of one digit for which some rates are accepted, found by trying."""
    depth = case.instance.architecture.depth
    for exponent in range(1, 6):
        for digit in range(9, 0, -1):
            radius = str(Fraction(digit, 10**exponent))
            for first in ("1/20", "1/100", "1/1000", TINY):
                for above in ("1/20", "1/100", "1/1000"):
                    rates = [first] + [above] * (depth - 1)
                    if case.code(BOX, {"radius": radius, "rates": rates}) == ("", ""):
                        return radius, rates
    raise AssertionError("no radius is accepted")


ATTACKED = BOXES | {
    "arctan, depth 2, uneven scales": with_point(
        DEEP, {"levels": ["-1", "-1/3"], "scales": ["1/3"]}, {"network.activation": "arctan"}
    ),
    "silu, depth 2": with_point(DEEP, {"levels": ["0", "1"], "scales": ["1"]}, {"network.activation": "silu"}),
    "sin, depth 3": with_point(
        DEEPER, {"levels": ["-1", "-1", "-1"], "output_weights": ["2"]},
        {"network.activation": "sin", "network.output_bias": True}),
    "tanh, falling scales": with_point(DEEP, {"levels": ["1", "-1"], "scales": ["-1"]}),
}  # fmt: skip


@pytest.mark.parametrize("case", ATTACKED.values(), ids=ATTACKED)
def test_no_parameters_of_the_region_have_a_smaller_loss(case: Case) -> None:
    radius, _ = largest(case)
    least = to_float(minimum(case).point.loss)
    for widths in widths_for(case.instance.architecture.depth):
        attack = Attack(case, float(Fraction(radius)), widths, np.random.default_rng(len(widths)))
        for weights, violation in attack.run(300):
            assert violation >= -ROUNDING
            found = loss(attack.name, weights, attack.inputs, attack.targets)
            assert found >= least * (1 - 1e-12)
        for _ in range(3):
            assert all(violation >= -ROUNDING for violation in attack.climb(100))


@pytest.mark.parametrize("name", ["three points", "depth 2", "two outputs", "repeated inputs"])
def test_the_same_attack_succeeds_outside_of_the_region(name: str) -> None:
    """A control: the attack is strong enough to find smaller losses where there are any."""
    case = CASES[name]
    widths = widths_for(case.instance.architecture.depth)[1]
    attack = Attack(case, 0.99, widths, np.random.default_rng(0))
    assert min(violation for _, violation in attack.run(300)) < -1e-3
    assert any(violation < -1e-3 for _ in range(10) for violation in attack.climb(100))


def test_every_output_with_a_residual_is_looked_at() -> None:
    """The second output's samples reach further than the first's, and beyond the inflection."""
    inputs = [["-1"], ["0"], ["1"], ["-9"], ["9"]]
    near, far = ["0", "3", "0", "1", "1"], ["1", "0", "1", "1/2", "1/2"]
    one = with_point(
        TWO_OUTPUTS,
        {"constants": ["1"], "output_weights": ["3"]},
        {"data.inputs": inputs, "data.targets": [[y] for y in near]},
    )
    two = with_point(
        TWO_OUTPUTS,
        {"constants": ["1", "3/5"], "output_weights": ["3", "3"]},
        {"data.inputs": inputs, "data.targets": [list(y) for y in zip(near, far, strict=True)]},
    )
    assert one.code(BOX) == ("", "")
    assert two.code(MINIMUM) == ("", "")
    assert two.code(BOX) == ("Rejected", "IR04")
    assert two.code(BOX, {"radius": "1/20"}) == ("", "")


def test_samples_without_residual_do_not_matter() -> None:
    far = SQUARE.about({"data.inputs.5": ["1000", "-1000"]})
    assert far.code(BOX) == ("", "")
