"""The losses against mpmath: values, derivatives, convexity, differences, and the bound of the curvature."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import mpmath
import numpy as np
import pytest
from flint import arb, fmpq

from proofs.balls import hull, precision
from proofs.exact import Malformed
from proofs.instance import read_instance
from proofs.losses import EVERY_LOSS, LOSSES, CrossEntropy, softmax
from tests.proofs.fitted import LOSS, SIGMOID, rational
from tests.proofs.oracle import encloses, ends, real

DIGITS = 50
EACH = pytest.mark.parametrize("name", LOSSES)
OUTPUTS = [Fraction(v) for v in ("-40", "-5", "-1", "-1/3", "0", "1/1000", "2/3", "1", "4", "30")]


def targets(name: str) -> list[Fraction]:
    inner = ["1/1000", "1/3", "1/2", "9/10"]
    wider = {"logistic": [], "poisson": ["1", "7", "1000"]}.get(name, ["-8", "0", "1", "50"])
    return [Fraction(v) for v in [*inner, *wider]]


def derivative(function: Callable[[Any], Any], at: Any, order: int) -> Any:
    with mpmath.workdps(3 * DIGITS):
        return mpmath.diff(function, at, order)


def test_the_tests_know_every_loss() -> None:
    assert set(LOSS) == set(LOSSES)
    assert all(name == loss.name for name, loss in LOSSES.items())


@EACH
def test_values_and_derivatives(name: str) -> None:
    loss, exact = LOSSES[name], LOSS[name][0]
    with precision(128), mpmath.workdps(DIGITS):
        for output in OUTPUTS:
            for target in targets(name):
                t, y = arb(rational(output)), arb(rational(target))
                at, aim = real(output), real(target)
                for found, number in (
                    (loss.value(t, y), exact(at, aim)),
                    (loss.residual(t, y), derivative(lambda v, aim=aim: exact(v, aim), at, 1) / 2),
                    (loss.curvature(t, y), derivative(lambda v, aim=aim: exact(v, aim), at, 2) / 2),
                ):
                    assert encloses(found, number)
                    assert found.rad() < arb(2) ** -60


@EACH
def test_the_formula_is_the_loss(name: str) -> None:
    import sympy

    t, y = sympy.symbols("T y")
    formula = sympy.sympify(LOSSES[name].formula.replace("^", "**").replace("y T", "y*T"),
                            locals={"T": t, "y": y})  # fmt: skip
    with mpmath.workdps(DIGITS):
        found = sympy.lambdify((t, y), formula, "mpmath")(mpmath.mpf(2) / 3, mpmath.mpf(1) / 7)
        assert abs(found - LOSS[name][0](mpmath.mpf(2) / 3, mpmath.mpf(1) / 7)) < mpmath.mpf(10) ** -45


@EACH
def test_the_oracle_s_residual_is_half_the_derivative(name: str) -> None:
    with mpmath.workdps(DIGITS):
        for output in OUTPUTS:
            aim = mpmath.mpf(1) / 3
            slope = derivative(lambda v, aim=aim: LOSS[name][0](v, aim), real(output), 1)
            assert abs(LOSS[name][1](real(output), aim) - slope / 2) < mpmath.mpf(10) ** -40


@EACH
def test_balls_contain_what_their_points_give(name: str) -> None:
    loss, (exact, half) = LOSSES[name], LOSS[name]
    rng = np.random.default_rng(1)
    with precision(128), mpmath.workdps(DIGITS):
        for output in OUTPUTS[1:-1]:
            for width in (Fraction(1, 100), Fraction(1), Fraction(3)):
                target = Fraction(1, 2)
                t = hull(rational(output - width), rational(output + width))
                y = hull(rational(target - Fraction(1, 3)), rational(target + Fraction(1, 3)))
                other = arb(rational(output)) + 1
                balls = (loss.value(t, y), loss.residual(t, y), loss.curvature(t, y), loss.advantage(t, other, y))
                for _ in range(6):
                    shift, move = (Fraction(int(v), 64) for v in rng.integers(-64, 65, 2))
                    at, aim = real(output + width * shift), real(target + move / 3)
                    numbers = (
                        exact(at, aim),
                        half(at, aim),
                        derivative(lambda v, aim=aim: exact(v, aim), at, 2) / 2,
                        exact(at, aim) - exact(real(output + 1), aim),
                    )
                    for ball, number in zip(balls, numbers, strict=True):
                        assert encloses(ball, number) if ball.is_finite() else width >= 1


@EACH
def test_it_is_convex(name: str) -> None:
    """The curvature is nowhere negative, and E(T) - E(t) >= 2 D (T - t)."""
    loss, (exact, half) = LOSSES[name], LOSS[name]
    with precision(128), mpmath.workdps(DIGITS):
        for target in targets(name):
            for output in OUTPUTS:
                t, y = arb(rational(output)), arb(rational(target))
                assert ends(loss.curvature(t, y))[1] > 0
                for other in OUTPUTS:
                    if other == output:
                        continue
                    rise = exact(real(other), real(target)) - exact(real(output), real(target))
                    assert rise > 2 * half(real(output), real(target)) * (real(other) - real(output))


@EACH
def test_the_advantage_is_the_difference_and_knows_its_sign(name: str) -> None:
    loss, exact = LOSSES[name], LOSS[name][0]
    with precision(128), mpmath.workdps(DIGITS):
        for target in targets(name):
            for output in OUTPUTS:
                for other in OUTPUTS:
                    t, u, y = (arb(rational(v)) for v in (output, other, target))
                    difference = exact(real(output), real(target)) - exact(real(other), real(target))
                    assert encloses(loss.advantage(t, u, y), difference)
            t, y = hull(fmpq(1, 3), fmpq(2, 3)), arb(rational(target))
            assert loss.advantage(t, t, y).contains(0)


@pytest.mark.parametrize("name", ["squared", "pseudo-huber"])
def test_the_advantage_is_less_wide_than_the_difference_of_two_values(name: str) -> None:
    """For an output that is known and a target that is not."""
    loss = LOSSES[name]
    with precision(128):
        t, u, y = arb(3), arb(fmpq(31, 10)), hull(fmpq(-1), fmpq(1))
        direct = loss.value(t, y) - loss.value(u, y)
        assert loss.advantage(t, u, y).rad() < direct.rad() / 4


def best(name: str, aims: list[Any]) -> Any:
    """Where the sum of losses is least."""
    half = LOSS[name][1]
    low, high = mpmath.mpf(-100), mpmath.mpf(100)
    for _ in range(120):
        middle = (low + high) / 2
        if mpmath.fsum(half(middle, y) for y in aims) > 0:
            high = middle
        else:
            low = middle
    return low


@EACH
def test_steepest_bounds_the_curvature_up_to_the_least_loss(name: str) -> None:
    """Of one target and of several: sum_n c_n bounds half the second derivative between T and the best value."""
    loss = LOSSES[name]
    rng = np.random.default_rng(2)
    with precision(128), mpmath.workdps(30):
        for _ in range(40):
            aims = [targets(name)[int(i)] for i in rng.integers(len(targets(name)), size=int(rng.integers(1, 5)))]
            output = OUTPUTS[int(rng.integers(len(OUTPUTS)))]
            values = list(map(real, aims))
            bound = mpmath.fsum(ends(loss.steepest(arb(rational(output)), arb(rational(y))))[0] for y in aims)
            end = best(name, values)
            for k in range(11):
                at = real(output) + (end - real(output)) * k / 10
                curvature = mpmath.fsum(
                    mpmath.diff(lambda v, y=y: LOSS[name][1](v, y), at) if abs(at) < 60 else mpmath.mpf(0)
                    for y in values
                )
                assert curvature <= bound * (1 + mpmath.mpf(10) ** -8) + mpmath.mpf(10) ** -12


@EACH
def test_the_least_loss_is_at_least_as_far_below_as_steepest_says(name: str) -> None:
    """(sum D)^2 / sum c is at most what can be gained."""
    loss, (exact, half) = LOSSES[name], LOSS[name]
    with precision(128), mpmath.workdps(30):
        for aims in ([Fraction(1, 3)], [Fraction(1, 3), Fraction(9, 10)], [Fraction(1, 1000)] * 2 + [Fraction(1, 2)]):
            for output in OUTPUTS:
                values = list(map(real, aims))
                bound = mpmath.fsum(ends(loss.steepest(arb(rational(output)), arb(rational(y))))[0] for y in aims)
                end = best(name, values)
                gain = mpmath.fsum(exact(real(output), y) - exact(end, y) for y in values)
                residual = mpmath.fsum(half(real(output), y) for y in values)
                assert residual**2 / bound <= gain + mpmath.mpf(10) ** -12


TINY = Fraction(1, 10**30)

ALLOWED: list[tuple[str, Fraction, bool]] = [
    ("squared", Fraction(-(10**9)), True),
    ("squared", Fraction(0), True),
    ("pseudo-huber", Fraction(-(10**9)), True),
    ("pseudo-huber", Fraction(10**9), True),
    ("logistic", Fraction(0), False),
    ("logistic", TINY, True),
    ("logistic", -TINY, False),
    ("logistic", Fraction(1), False),
    ("logistic", 1 - TINY, True),
    ("logistic", 1 + TINY, False),
    ("logistic", Fraction(-3), False),
    ("logistic", Fraction(3), False),
    ("poisson", Fraction(0), False),
    ("poisson", TINY, True),
    ("poisson", -TINY, False),
    ("poisson", Fraction(10**9), True),
]


@pytest.mark.parametrize(("name", "target", "allowed"), ALLOWED)
def test_allowed_targets(name: str, target: Fraction, allowed: bool) -> None:
    assert LOSSES[name].allows(rational(target)) is allowed


@pytest.mark.parametrize("loss", ["absolute", "Squared", ""])
def test_an_unknown_loss_is_malformed(loss: str) -> None:
    with pytest.raises(Malformed, match="unknown loss"):
        read_instance(SIGMOID.about({"loss": loss}).document)


ENTROPY = CrossEntropy()


def entropy_at(outputs: list[Any], targets: list[Any]) -> tuple[Any, list[Any], dict[tuple[int, int], Any]]:
    """-sum y log p and half its derivatives, by mpmath; the second ones from p alone."""
    total = mpmath.fsum(map(mpmath.exp, outputs))
    p = [mpmath.exp(t) / total for t in outputs]
    value = mpmath.log(total) - mpmath.fsum(y * t for y, t in zip(targets, outputs, strict=True))
    pairs = [(o, k) for o in range(len(p)) for k in range(o, len(p))]
    return value, [(q - y) / 2 for q, y in zip(p, targets, strict=True)], {
        (o, k): ((p[o] if o == k else 0) - p[o] * p[k]) / 2 for o, k in pairs
    }  # fmt: skip


ROWS = [
    (["0", "0"], ["1/3", "2/3"]),
    (["1", "-2", "1/2"], ["0", "1", "0"]),
    (["7", "7", "7", "7"], ["1/4", "1/4", "1/2", "0"]),
    (["-40", "30", "2"], ["1/10", "1/5", "7/10"]),
    (["5"], ["1"]),
]


@pytest.mark.parametrize(("outputs", "targets"), ROWS)
def test_the_cross_entropy_of_points_and_of_balls(outputs: list[str], targets: list[str]) -> None:
    rng = np.random.default_rng(3)
    ts, ys = [Fraction(t) for t in outputs], [Fraction(y) for y in targets]
    for width in (Fraction(0), Fraction(1, 1000), Fraction(1)):
        with precision(128):
            balls = [hull(rational(t - width), rational(t + width)) for t in ts]
            others = [arb(rational(t * t + 1)) for t in ts]
            aims = [arb(rational(y)) for y in ys]
            found, gain = ENTROPY.at(balls, aims), ENTROPY.gain(balls, others, aims)
        with mpmath.workdps(80):
            for _ in range(12):
                at = [
                    real(t + width * Fraction(int(v), 64))
                    for t, v in zip(ts, rng.integers(-64, 65, len(ts)), strict=True)
                ]
                value, half, second = entropy_at(at, list(map(real, ys)))
                assert encloses(found.value, value)
                assert all(encloses(ball, d) for ball, d in zip(found.residual, half, strict=True))
                assert found.curvature.keys() == second.keys()
                assert all(encloses(ball, second[pair]) for pair, ball in found.curvature.items())
                other = entropy_at([real(t * t + 1) for t in ts], list(map(real, ys)))[0]
                assert encloses(gain, value - other)
        if width == 0:
            assert all(b.rad() < 1e-34 for b in (found.value, *found.residual, *found.curvature.values()))


def test_the_derivatives_of_the_cross_entropy_are_those_of_its_value() -> None:
    ts, ys = [mpmath.mpf(1), mpmath.mpf(-2), mpmath.mpf("0.5")], [mpmath.mpf(v) for v in ("0.25", "0.5", "0.25")]
    with mpmath.workdps(60):
        _, half, second = entropy_at(ts, ys)
        for (o, k), expected in second.items():
            order = tuple(int(j == o) + int(j == k) for j in range(3))
            found = mpmath.diff(lambda *t: entropy_at(list(t), ys)[0], tuple(ts), order) / 2
            assert abs(found - expected) < mpmath.mpf(10) ** -15
        for o in range(3):
            order = tuple(int(j == o) for j in range(3))
            assert abs(mpmath.diff(lambda *t: entropy_at(list(t), ys)[0], tuple(ts), order) / 2 - half[o]) < 1e-15


def test_large_outputs_do_no_harm() -> None:
    """Where float64 overflows: the loss is 2 * 10^5, and the other one is nearly 0."""
    with precision(128):
        ts, right = [arb(10**5), arb(-(10**5))], [arb(1), arb(0)]
        wrong = ENTROPY.at(ts, right[::-1])
        assert wrong.value.contains(2 * 10**5)
        assert wrong.value.rad() < 1e-20
        assert wrong.residual[0] > 0.499
        sure = ENTROPY.at(ts, right)
        assert 0 < sure.value < arb(10) ** -86858
        assert sure.curvature[0, 0] > 0, "small, and known to be positive"
        assert sure.curvature[0, 1] < 0


def test_the_enclosure_of_softmax_is_as_narrow_as_the_outputs_allow() -> None:
    """p_1 is extreme where T_1 is at one end, and all others at the other."""
    with precision(128), mpmath.workdps(50):
        p = softmax([arb(0, 1), arb(1, 1), arb(-1, 1)])[0]
        low, high = (
            mpmath.exp(a) / (mpmath.exp(a) + mpmath.exp(1 - a) + mpmath.exp(-1 - a))
            for a in (mpmath.mpf(-1), mpmath.mpf(1))
        )
        assert encloses(p, low)
        assert encloses(p, high)
        lower, upper = ends(p)
        assert upper - lower < (high - low) * mpmath.mpf("2.5")


PROBABILITIES: list[tuple[list[str], bool]] = [
    (["0", "1"], True), (["1/3", "1/3", "1/3"], True), (["1"], True), (["0", "0", "1"], True),
    (["0", "0"], False), (["1", "1"], False), (["-1/2", "3/2"], False), (["1/3", "1/3"], False), ([], False),
]  # fmt: skip


@pytest.mark.parametrize(("targets", "allowed"), PROBABILITIES)
def test_probabilities(targets: list[str], allowed: bool) -> None:
    assert ENTROPY.allows([rational(Fraction(y)) for y in targets]) is allowed


def test_a_coupled_loss_is_no_loss_of_an_output() -> None:
    assert set(EVERY_LOSS) == {*LOSSES, "cross-entropy"}
    assert SIGMOID.instance.loss_of_an_output is LOSSES["squared"]
    with pytest.raises(TypeError, match="cross-entropy is not a sum over the outputs"):
        _ = SIGMOID.about({"loss": "cross-entropy"}).instance.loss_of_an_output
