"""fitted-region/1: accepted and rejected, its estimates at random networks of the region, and an attack."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from typing import Any

import mpmath
import numpy as np
import pytest
from flint import arb, fmpq

from proofs.balls import Sign, lower_bound, precision, upper_bound
from proofs.document import Reader
from proofs.exact import Malformed
from proofs.kernel import Rejected, Undecided
from proofs.lemmas import LEMMAS, fitted_region
from proofs.lemmas.fitted_point import FittedPoint
from proofs.lemmas.fitted_region import FittedRegion, remaining_forms
from tests.proofs.build import Case
from tests.proofs.fitted import (
    EPSILON,
    FITTED,
    KINKED,
    LOGISTIC,
    POINT,
    REGION,
    SIGMOID,
    THREE,
    TWO,
    UNEVEN,
    Critical,
    Lifts,
    critical,
    criticals,
    fraction,
    having,
    point_of,
    rational,
    scaled,
    stranger,
    targets_of,
    upside_down,
)
from tests.proofs.network import FLOAT_SIGMA, Array, Weights

REGIONS = having(REGION)
EACH = pytest.mark.parametrize("name", REGIONS)
ROUNDING = 1e-17
WIDTHS = {
    1: [(1,), (2,), (5,)],
    2: [(1, 1), (3, 2), (2, 5), (5, 1)],
    3: [(1, 1, 1), (2, 3, 2), (4, 1, 5)],
}


def radius_of(case: Case) -> Fraction:
    return Fraction(case.arguments[REGION]["radius"])


@EACH
def test_accepted(name: str) -> None:
    proposition = FITTED[name].step(REGION).proposition
    assert isinstance(proposition, FittedRegion)
    assert proposition.radius == rational(radius_of(FITTED[name]))
    assert proposition.point.centre == point_of(FITTED[name]).centre


def kink_at(case: Case) -> Fraction:
    """The radius at which some pre-activation of a case of depth 1 reaches zero."""
    (found,) = criticals("kinked", 1)
    sums, inputs = found.chain.pre_activations(found.parameters)[0], found.chain.inputs
    with mpmath.workdps(30):
        nearest = min(abs(z) / (1 + sum(map(abs, x))) for z, x in zip(sums, inputs, strict=True))
        return Fraction(str(mpmath.nstr(nearest, 12)))


KINK = kink_at(KINKED)
WITH_REGION = Case(UNEVEN.document, UNEVEN.arguments | {REGION: {"radius": str(EPSILON), "rates": ["1/100"]}})
JUST = 1 + Fraction(1, 10**3)

REJECTED: list[tuple[str, Case, dict[str, Any], str, str]] = [
    ("radius zero", SIGMOID, {"radius": "0"}, "Rejected", "FR01"),
    ("radius negative", SIGMOID, {"radius": f"-{EPSILON}"}, "Rejected", "FR01"),
    ("radius one", SIGMOID, {"radius": "1"}, "Rejected", "FR01"),
    ("radius above one", SIGMOID, {"radius": "7"}, "Rejected", "FR01"),
    ("a rate in depth 1", SIGMOID, {"rates": ["1/10"]}, "Rejected", "FR01"),
    ("no rate in depth 2", TWO, {"rates": []}, "Rejected", "FR01"),
    ("a rate too many", TWO, {"rates": ["1/10", "1/10"]}, "Rejected", "FR01"),
    ("a rate zero", TWO, {"rates": ["0"]}, "Rejected", "FR01"),
    ("a rate negative", TWO, {"rates": ["-1/10"]}, "Rejected", "FR01"),
    ("a rate one", TWO, {"rates": ["1"]}, "Rejected", "FR01"),
    ("the second rate zero", THREE, {"rates.1": "0"}, "Rejected", "FR01"),
    ("the kink of softsign is in the range", KINKED, {"radius": str(KINK * JUST)}, "Undecided", "FR02"),
    ("the kink is just outside", KINKED, {"radius": str(KINK * Fraction(98, 100))}, "Undecided", "FR03"),
    ("the kink of softsign is deep in the range", KINKED, {"radius": "9/10"}, "Undecided", "FR02"),
    ("a digit more, depth 1", SIGMOID, {"radius": str(radius_of(SIGMOID) + Fraction(1, 1000))}, "Undecided", "FR03"),
    ("a digit more, logistic", LOGISTIC, {"radius": "1/5"}, "Undecided", "FR03"),
    ("a digit more, depth 2", TWO, {"radius": str(radius_of(TWO) + Fraction(1, 100))}, "Undecided", "FR03"),
    ("a digit more, depth 3", THREE, {"radius": str(radius_of(THREE) + Fraction(1, 10000))}, "Undecided", "FR03"),
    ("far too much, depth 1", SIGMOID, {"radius": "99/100"}, "Undecided", "FR03"),
    ("far too much, depth 2", TWO, {"radius": "99/100"}, "Undecided", "FR03"),
    ("far too much, depth 3", THREE, {"radius": "99/100"}, "Undecided", "FR03"),
    ("a rate too large", TWO, {"rates": ["999/1000"]}, "Undecided", "FR03"),
    ("a rate too small", TWO, {"rates": [str(EPSILON)]}, "Undecided", "FR03"),
    ("the second rate too small", THREE, {"rates.1": str(EPSILON)}, "Undecided", "FR03"),
    ("uniform lifts only", WITH_REGION, {}, "Undecided", "FR03"),
    ("targets on the other side", scaled(SIGMOID, -1), {"radius": str(EPSILON)}, "Undecided", "FR03"),
]  # fmt: skip


@pytest.mark.parametrize(("case", "changes", "kind", "code"), [r[1:] for r in REJECTED], ids=[r[0] for r in REJECTED])
def test_rejected(case: Case, changes: dict[str, Any], kind: str, code: str) -> None:
    assert case.code(REGION, changes) == (kind, code)


@EACH
def test_every_smaller_radius_is_accepted(name: str) -> None:
    for share in (Fraction(1, 10**20), Fraction(1, 1000), Fraction(1, 3), Fraction(9, 10)):
        assert FITTED[name].code(REGION, {"radius": str(radius_of(FITTED[name]) * share)}) == ("", "")


@EACH
def test_once_a_radius_is_too_large_so_is_every_larger_one(name: str) -> None:
    case = FITTED[name]
    radii = [r for k in range(1, 60, 5) if (r := radius_of(case) * Fraction(11, 10) ** k) < 1]
    codes = [case.code(REGION, {"radius": str(r)})[1] for r in [*radii, Fraction(99, 100)]]
    first = next(i for i, code in enumerate(codes) if code)
    assert first < 3
    assert all(codes[first:])


def test_it_needs_a_fitted_point() -> None:
    with pytest.raises(Rejected) as caught:
        LEMMAS[REGION].check(SIGMOID.instance, (stranger(),), Reader(SIGMOID.arguments[REGION], ""))
    assert caught.value.code == "FR01"


def test_malformed() -> None:
    for changes in ({"radius": 1}, {"radius": None}, {"rates": None}, {"rates": "1"}, {"size": "1"}):
        with pytest.raises(Malformed):
            SIGMOID.step(REGION, changes)


def test_a_form_that_is_not_decided_is_not_positive(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fitted_region, "form_definiteness", lambda rows, coefficients: (Sign.UNKNOWN, fmpq(0)))
    assert SIGMOID.code(REGION) == ("Undecided", "FR03")


@pytest.mark.parametrize("field", ["sums", "reach"])
def test_a_layer_without_bounds_has_no_region(field: str) -> None:
    """No fitted point has such a layer."""
    point = point_of(SIGMOID)
    spoiled = replace(point.values.layers[0], **{field: [arb.nan()] * SIGMOID.instance.samples})
    other = replace(point, values=replace(point.values, layers=(spoiled,)))
    with precision(128), pytest.raises(Undecided) as caught:
        remaining_forms(SIGMOID.instance, other, fmpq(1, 1000), ())
    assert caught.value.code == "FR02"


def test_a_slope_without_bounds_has_no_region() -> None:
    """No activation of the catalogue has one beside a bounded second derivative."""
    instance = SIGMOID.instance
    sigmoid = instance.architecture.activation

    def jet(z: arb) -> tuple[arb, arb, arb, arb]:
        value, _, *rest = sigmoid.jet(z)
        return (value, arb.nan(), *rest)

    network = replace(instance.architecture, activation=replace(sigmoid, jet=jet))
    with precision(128), pytest.raises(Undecided) as caught:
        remaining_forms(replace(instance, architecture=network), point_of(SIGMOID), fmpq(1, 1000), ())
    assert caught.value.code == "FR02"


def largest_of_depth_one(case: Case, found: Critical) -> float:
    """For the sigmoid: where sum_n min(D_n V sigma'' over z_n +- r (1 + |x_n|_1)) x_n x_n^T stops being definite."""
    value = np.array([float(layer) for layer in found.layers()[0].sums])
    pull = np.array([float(d * t) for d, t in zip(found.residual, found.layers()[0].reach, strict=True)])
    rows = np.array([[float(v) for v in row] for row in found.layers()[0].wide])
    sizes = 1 + np.abs(
        [[float(fraction(v)) for v in case.instance.inputs.row(n)] for n in range(case.instance.samples)]
    ).sum(axis=1)

    def definite(r: float) -> bool:
        grid = value + r * sizes * np.linspace(-1, 1, 401)[:, None]
        state = 1 / (1 + np.exp(-grid))
        least = (pull * state * (1 - state) * (1 - 2 * state)).min(axis=0)
        return bool(np.linalg.eigvalsh(rows.T @ (least[:, None] * rows))[0] > 0)

    low, high = 0.0, 1.0
    for _ in range(40):
        middle = (low + high) / 2
        low, high = (middle, high) if definite(middle) else (low, middle)
    return low


@pytest.mark.parametrize("name", ["sigmoid", "repeated"])
def test_the_largest_radius_of_depth_one_with_targets_that_are_exact(name: str) -> None:
    case = scaled(FITTED[name], 1)
    largest = largest_of_depth_one(case, criticals(name, 1)[0])
    assert largest < 0.9
    assert case.code(REGION, {"radius": str(Fraction(largest * 0.99).limit_denominator(10**6))}) == ("", "")
    above = str(Fraction(largest * 1.001).limit_denominator(10**6))
    assert case.code(REGION, {"radius": above}) == ("Undecided", "FR03")


# The estimates of the proof, at random networks of the region, whether it is proved or not.


def bounds(case: Case, point: FittedPoint, radius: Fraction, rates: Any) -> Iterator[tuple[Array, list[Array], Array]]:
    """For each layer the checker's spreads of u, gammas, and f_l, as floats."""
    layers, r = point.values.layers, rational(radius)
    forms = remaining_forms(case.instance, point, r, [rational(rate) for rate in rates])
    spreads = fitted_region._first_spreads(case.instance, r)
    remainders: list[list[arb]] = []
    for h, layer in enumerate(layers):
        yield (
            np.array([float(fraction(s)) for s in spreads]),
            [np.array([float(fraction(upper_bound(g))) for g in gammas]) for gammas in remainders],
            np.array([float(fraction(lower_bound(f))) for f in forms[h]]),
        )
        slopes, bends = fitted_region._over(case.instance.architecture.activation, layer, spreads, h)
        if h + 1 < len(layers):
            scale = layers[h + 1].scale
            remainders = fitted_region._next_remainders(remainders, scale, layer, bends, spreads, r)
            spreads = fitted_region._next_spreads(scale, layer, slopes, spreads, r)


@pytest.mark.parametrize("name", ["logistic", "two-layers", "three-layers"])
def test_what_is_left_of_a_form_is_what_the_page_says(name: str) -> None:
    """f_l = a_l - e_l |a_l| - sum_{h > l} (1 + 1/e_h) |a_h| gamma_{h,l}, for rates that differ."""
    case, point = FITTED[name], point_of(FITTED[name])
    depth, samples = case.instance.architecture.depth, case.instance.samples
    rates = [Fraction(1, 3), Fraction(1, 7)][: depth - 1]
    with precision(128):
        estimates = list(bounds(case, point, radius_of(case), rates))
        layers, spreads = point.values.layers, [list(map(float, e[0])) for e in estimates]
        lows = []
        for layer, spread in zip(layers, spreads, strict=True):
            exact = [rational(Fraction(s)) for s in spread]
            _, bends = fitted_region._over(case.instance.architecture.activation, layer, exact, 0)
            lows.append(
                np.array(
                    [
                        float(fraction(lower_bound(d * t * bend)))
                        for d, t, bend in zip(point.residual, layer.reach, bends, strict=True)
                    ]
                )
            )
    for h in range(depth):
        left = lows[h] - (float(rates[h - 1]) if h else 0) * np.abs(lows[h])
        for above in range(h + 1, depth):
            left = left - (1 + 1 / float(rates[above - 1])) * np.abs(lows[above]) * estimates[above][1][h]
        assert len(left) == samples
        assert np.allclose(estimates[h][2], left, rtol=1e-6, atol=1e-9 * np.abs(lows[h]).max())


def test_a_form_pays_enough_for_what_is_not_linear() -> None:
    """a (l + p)^2 >= (a - e |a|) l^2 - (1 + 1/e) |a| p^2, with equality for p = e l and a < 0."""
    for a, e in ((Fraction(-3), Fraction(1, 10)), (Fraction(2), Fraction(1, 3)), (Fraction(-1, 7), Fraction(9, 10))):
        for linear in (Fraction(1), Fraction(-2)):
            for rest in (e * linear, -e * linear, Fraction(0), linear, -linear):
                least = (a - e * abs(a)) * linear**2 - (1 + 1 / e) * abs(a) * rest**2
                assert a * (linear + rest) ** 2 >= least
                assert a * (linear + rest) ** 2 > least or (a < 0 and rest == e * linear)


@pytest.mark.parametrize("seed", range(4))
def test_the_remainder_of_the_next_layer_is_bounded_in_the_worst_case(seed: int) -> None:
    """One neuron a layer, weight s, r = 0: p' = s (sigma' p + sigma'' u^2 / 2) with u = l + p, |u| the spread.

    The bound is attained where p = l and both terms are equal, so no smaller constant will do; in the first layer,
    where p = 0, always.
    """
    rng = np.random.default_rng(seed)

    def number(*shape: int) -> Any:
        return np.vectorize(lambda k: Fraction(int(k), 8))(rng.integers(1, 40, shape))

    (scale, slope, linear, bend), attained = number(4), [False, False]
    for rest in (linear, linear / 2, 3 * linear, -linear / 3, Fraction(0)):
        total = linear + rest
        for bending in (bend, 2 * slope * rest / total**2, -2 * slope * rest / total**2):
            gamma = Fraction(5, 3)  # p^2 = gamma * (linear part below)^2
            below = rest**2 / gamma
            layer = replace(point_of(SIGMOID).values.layers[0], slopes=[arb(rational(slope))], states=[arb(0)])
            remainders = [] if rest == 0 else [[arb(rational(gamma))]]
            with precision(256):
                *kept, (new,) = fitted_region._next_remainders(
                    remainders,
                    arb(rational(scale)),
                    layer,
                    [arb(rational(bending))],
                    [rational(abs(total))],
                    fmpq(0),
                )
                allowed = new * arb(rational(linear**2))
                for (factor,) in kept:
                    allowed += factor * arb(rational(below))
                found = arb(rational((scale * (slope * rest + bending * total**2 / 2)) ** 2))
                assert not found > allowed + arb(2) ** -100
                attained[rest == 0] |= bending != 0 and (allowed - found).contains(0)
    assert attained == [True, True]


def linear_parts(lifts: Lifts, weights: Weights) -> Iterator[tuple[Array, Array]]:
    """u_h and its linear part, each N x d_h."""
    zetas, slopes = lifts.sums, lifts.slopes
    sums = weights.hidden_units(lifts.name, lifts.inputs)
    linear = sums[0] - zetas[0][:, None]
    yield linear, linear
    for h in range(1, lifts.depth):
        shares = weights.hidden[h]
        state = FLOAT_SIGMA[lifts.name](zetas[h - 1])[:, None]
        excess = shares.sum(axis=1) - lifts.scales[h - 1]
        linear = state * excess + (weights.biases[h] - lifts.biases[h]) + (slopes[h - 1][:, None] * linear) @ shares.T
        yield sums[h] - zetas[h][:, None], linear


@pytest.mark.parametrize("factor", [1, 3, 10, 100])
@pytest.mark.parametrize("name", ["sigmoid", "logistic", "two-layers", "two-layers-bias", "three-layers"])
def test_every_estimate_of_the_proof_holds_at_random_networks(name: str, factor: int) -> None:
    case, point = FITTED[name], point_of(FITTED[name])
    radius = min(radius_of(case) * factor, Fraction(9, 10))
    depth = case.instance.architecture.depth
    found = criticals(name, 2)[1]
    lifts = Lifts(case, found, np.random.default_rng(factor))
    with precision(128):
        estimates = list(bounds(case, point, radius, ["1/10"] * (depth - 1)))
    for widths in WIDTHS[depth]:
        for _ in range(40):
            weights = lifts.sample(widths, float(radius))
            paths = [weights.last[0] / lifts.top]
            for h in range(depth - 1, 0, -1):
                paths.insert(0, paths[0] @ (weights.hidden[h] / lifts.scales[h - 1]))
            assert all((c >= 0).all() for c in paths)
            parts = list(linear_parts(lifts, weights))
            below: list[Array] = []
            left = np.longdouble(0)
            for (spread, gammas, form), (u, linear), c in zip(estimates, parts, paths, strict=True):
                assert (np.abs(u) <= spread[:, None] * (1 + 1e-12)).all()
                squares = (u - linear) ** 2 @ c
                allowed = sum((g * b for g, b in zip(gammas, below, strict=True)), np.zeros(len(u)))
                assert (squares <= allowed * (1 + 1e-12) + 1e-30 * c.sum()).all()
                below.append(linear**2 @ c)
                left += form @ below[-1]
            change = weights.outputs(lifts.name, lifts.inputs)[:, 0] - lifts.chain_outputs
            right = 2 * (lifts.residual @ (change - (weights.output_biases[0] - lifts.offset)))
            size = np.abs(lifts.residual).sum() * (abs(lifts.top) + np.abs(weights.last).sum())
            assert left <= right + 1e-17 * size


# The attack.


def climb(lifts: Lifts, widths: tuple[int, ...], radius: float, count: int) -> float:
    """Exchange one layer at a time for another one while the least <D, T> falls; the least that is seen."""
    best = lifts.sample(widths, radius)
    least = lifts.inner(best)
    for _ in range(count):
        other = lifts.sample(widths, radius)
        h = int(lifts.rng.integers(lifts.depth))
        hidden, biases = list(best.hidden), list(best.biases)
        if lifts.rng.random() < 0.5:
            hidden[h] = other.hidden[h]
        else:
            biases[h] = other.biases[h]
        trial = Weights(hidden, biases, best.last, best.output_biases)
        if (inner := lifts.inner(trial)) < least:
            best, least = trial, inner
    return float(least)


@EACH
def test_no_parameters_of_the_region_have_a_smaller_loss(name: str) -> None:
    case = FITTED[name]
    radius = float(radius_of(case))
    for found in criticals(name, 3):
        lifts = Lifts(case, found, np.random.default_rng(1))
        for widths in WIDTHS[lifts.depth]:
            for _ in range(60):
                weights = lifts.sample(widths, radius)
                assert lifts.inner(weights) >= -ROUNDING
                assert lifts.loss(weights) >= lifts.least - 1e-15 * max(1, abs(lifts.least))
            assert climb(lifts, widths, radius, 60) >= -ROUNDING


@pytest.mark.parametrize("name", ["sigmoid", "two-layers", "three-layers"])
def test_nor_do_those_of_the_region_of_a_negative_weight(name: str) -> None:
    case = upside_down(FITTED[name])
    radius = float(radius_of(case))
    lifts = Lifts(case, critical(case, targets_of(case)), np.random.default_rng(2))
    assert lifts.top < 0
    for widths in WIDTHS[lifts.depth]:
        for _ in range(30):
            weights = lifts.sample(widths, radius)
            assert lifts.inner(weights) >= -ROUNDING
            assert lifts.loss(weights) >= lifts.least - 1e-15 * max(1, abs(lifts.least))


@pytest.mark.parametrize(
    ("name", "radius"),
    [("sigmoid", 0.99), ("two-layers", 0.9), ("two-layers-bias", 0.9), ("kinked", 0.06), ("poisson", 0.3)],
)
def test_the_same_attack_succeeds_outside_of_the_region(name: str, radius: float) -> None:
    """A control: the attack is strong enough to find smaller losses where there are any."""
    lifts = Lifts(FITTED[name], criticals(name, 1)[0], np.random.default_rng(0))
    widths = WIDTHS[lifts.depth][1]
    assert min(lifts.inner(lifts.sample(widths, radius)) for _ in range(200)) < -1e-6
    assert any(climb(lifts, widths, radius, 60) < -1e-6 for _ in range(5))


def test_the_radius_counts_the_features_that_the_chain_does_not_use() -> None:
    """|u_1| <= r (1 + |x_n|_1) over all features: their weights may move, too."""
    case = FITTED["dependent"]
    inputs = case.instance.inputs
    with precision(128):
        spreads = fitted_region._first_spreads(case.instance, fmpq(1, 7))
    for n, spread in enumerate(spreads):
        assert spread == (1 + abs(inputs.entry(n, 0)) + abs(inputs.entry(n, 1))) / 7
    assert POINT in case.arguments
