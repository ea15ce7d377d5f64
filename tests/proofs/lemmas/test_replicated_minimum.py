"""replicated-minimum/1: accepted and rejected, and the loss around lifts with other shares with 50 digits."""

from __future__ import annotations

import random
from dataclasses import replace
from fractions import Fraction
from typing import Any

import mpmath
import pytest
from flint import arb

from proofs.document import Reader
from proofs.exact import Malformed
from proofs.full_network import Shape
from proofs.kernel import Conclusion, Fact, Rejected, Undecided
from proofs.lemmas import LEMMAS
from proofs.lemmas.replicated_minimum import ReplicatedMinimum
from proofs.lemmas.strict_minimum import StrictMinimum
from tests.proofs.build import Case
from tests.proofs.examined import CRITICAL, EXAMINED, REPLICATED, STRICT, loss_at, shape_and_centre
from tests.proofs.oracle import encloses, real

CASE = EXAMINED["replicated"]
(ONLY,) = CASE.arguments[REPLICATED]["replicas"]
COPIES, SHARES = ONLY["copies"], [Fraction(s) for s in ONLY["shares"]]
DEEP = EXAMINED["deep-replicated"]


def with_shares(case: Case, shares: list[Fraction]) -> tuple[Shape, list[Fraction]]:
    """The parameters of the lift, by hand: for one input and an output bias."""
    _, c = shape_and_centre(case, CRITICAL)
    units = (len(c) - 1) // 3
    hidden, top, bias = c[: 2 * units], c[2 * units : 3 * units], c[-1]
    incoming = [v for a in COPIES for v in hidden[2 * a : 2 * a + 2]]
    outgoing = [s * top[a] for a, s in zip(COPIES, shares, strict=True)]
    return Shape((1, len(COPIES), 1), True), [*incoming, *outgoing, bias]


def test_accepted_and_the_parameters_are_those_of_the_lift() -> None:
    proposition = CASE.step(REPLICATED).proposition
    assert isinstance(proposition, ReplicatedMinimum)
    assert proposition.flat == 1
    shape, lift = with_shares(CASE, SHARES)
    assert len(proposition.parameters) == shape.parameters
    with mpmath.workdps(50):
        spread = mpmath.mpf("1e-15")
        pairs = zip(proposition.parameters, lift, strict=True)
        assert all(abs(real(v) - mpmath.mpf(str(ball.mid().str(30, radius=False)))) < spread for ball, v in pairs)
        assert encloses(proposition.parameters[0], real(lift[0]))


@pytest.mark.parametrize("share", [Fraction(1, 2), Fraction(1, 10), Fraction(99, 100)])
def test_nothing_is_lower_around_lifts_with_any_shares(share: Fraction) -> None:
    first = COPIES.index(COPIES[-1])
    shares = [share if i == first else 1 - share if i == len(COPIES) - 1 else Fraction(1) for i in range(len(COPIES))]
    shape, lift = with_shares(CASE, shares)
    numbers = random.Random(0)
    with mpmath.workdps(50):
        here = loss_at(CASE, shape, [real(v) for v in lift])
        for _ in range(60):
            step = Fraction(1, 10 ** numbers.randint(3, 6))
            there = [real(v + step * numbers.randint(-100, 100) / 100) for v in lift]
            assert loss_at(CASE, shape, there) > here - mpmath.mpf("1e-16")


@pytest.mark.parametrize("share", [Fraction(1, 4), Fraction(9, 10)])
def test_nothing_is_lower_around_lifts_of_a_deep_network(share: Fraction) -> None:
    """1-2-1-1, the first layer replicated: the one unit above it is not the output."""
    proposition = DEEP.step(REPLICATED).proposition
    assert isinstance(proposition, ReplicatedMinimum)
    assert (proposition.widths, proposition.flat) == ((2, 1), 1)
    _, (w, b, top, *rest) = shape_and_centre(DEEP, CRITICAL)
    lift = [w, b, w, b, share * top, (1 - share) * top, *rest]
    shape, numbers = Shape((1, 2, 1, 1), True), random.Random(1)
    with mpmath.workdps(50):
        here = loss_at(DEEP, shape, [real(v) for v in lift])
        for k in range(80):
            step = Fraction(1, 10 ** numbers.randint(3, 6))
            move = [numbers.randint(-100, 100) for _ in lift]
            if k % 2:  # the copies part, all else stays
                first, second = numbers.randint(-100, 100), numbers.randint(-100, 100)
                move = [(1 - share) * first, (1 - share) * second, -share * first, -share * second, 0, 0, 0, 0, 0]
            there = [real(v + step * m / 100) for v, m in zip(lift, move, strict=True)]
            assert loss_at(DEEP, shape, there) > here - mpmath.mpf("1e-16")


def replicas(*rows: tuple[list[int], list[str]]) -> dict[str, Any]:
    return {"replicas": [{"copies": copies, "shares": shares} for copies, shares in rows]}


def changed_shares(*shares: str) -> dict[str, Any]:
    return replicas((COPIES, list(shares)))


TWO_LAYERS, TWO_OUTPUTS = EXAMINED["deep"], EXAMINED["two-outputs"]
SYMMETRIC = EXAMINED["sym-twice"]
UNITS = len(set(COPIES))


def also(case: Case, *rows: tuple[list[int], list[str]]) -> Case:
    """The minimum with these replicas, in an instance of their widths."""
    about = case.about({"network.widths": [len(copies) for copies, _ in rows]})
    return Case(about.document, {**case.arguments, REPLICATED: replicas(*rows)}, case.claim)


REJECTED: list[tuple[str, Case, dict[str, Any], str, str]] = [
    ("symmetries", also(SYMMETRIC, ([0, 1, 1], ["1", "1/2", "1/2"])), {}, "Rejected", "RM02"),
    ("two layers", also(TWO_LAYERS, ([0, 0], ["1/2", "1/2"]), ([0, 0], ["1/2", "1/2"])), {}, "Rejected", "RM02"),
    ("two outputs", also(TWO_OUTPUTS, ([0, 1, 1], ["1", "1/2", "1/2"])), {}, "Rejected", "RM02"),
    ("a form of the first layer", also(TWO_LAYERS, ([0, 0], ["1/2", "1/2"]), ([0], ["1"])), {}, "Rejected", "RM05"),
    ("a form of the second layer", also(TWO_LAYERS, ([0], ["1"]), ([0, 0], ["1/2", "1/2"])), {}, "Rejected", "RM05"),
    ("one layer of two", DEEP, replicas(([0, 0], ["1/2", "1/2"])), "Rejected", "RM03"),
    ("the other layer", DEEP, replicas(([0], ["1"]), ([0, 0], ["1/2", "1/2"])), "Rejected", "RM03"),
    ("a unit that does not exist", CASE, replicas(([0, 1, 2], ["1", "1", "1"])), "Rejected", "RM03"),
    ("a unit that is not copied", CASE, replicas(([0, 0, 0], ["1/2", "1/4", "1/4"])), "Rejected", "RM03"),
    ("nothing replicated", CASE, replicas(([0, 1], ["1", "1"])), "Rejected", "RM03"),
    ("a negative number", CASE, replicas(([0, -1, 1], ["1", "1", "1"])), "Rejected", "RM03"),
    ("a share too few", CASE, changed_shares("1/2", "1/2"), "Rejected", "RM03"),
    ("a unit too many", CASE, replicas(([0, 0, 0, 1], ["1/3", "1/3", "1/3", "1"])), "Rejected", "RM03"),
    ("a share zero", CASE, changed_shares("1", "1", "0"), "Rejected", "RM04"),
    ("a negative share", CASE, changed_shares("3/2", "1", "-1/2"), "Rejected", "RM04"),
    ("shares of more than 1", CASE, changed_shares("1/2", "1", "2/3"), "Rejected", "RM04"),
    ("shares of the other unit", CASE, changed_shares("1/2", "1/2", "1"), "Rejected", "RM04"),
]


@pytest.mark.parametrize(("case", "changes", "kind", "code"), [r[1:] for r in REJECTED], ids=[r[0] for r in REJECTED])
def test_rejected(case: Case, changes: dict[str, Any], kind: str, code: str) -> None:
    assert case.code(REPLICATED, changes) == (kind, code)


@pytest.mark.parametrize("unit", [0, 1])
def test_copies_of_a_unit_whose_form_is_not_definite_are_rejected_and_at_a_saddle(unit: int) -> None:
    """wave-minimum is a strict minimum, but not with a unit twice: moving the copies apart lowers the loss."""
    minimum = EXAMINED["minimum"]
    copies, shares = [0, 1, unit], ["1", "1"]
    shares[unit] = "1/2"
    case = also(minimum, (copies, [*shares, "1/2"]))
    assert case.code(REPLICATED) == ("Rejected", "RM05")
    _, c = shape_and_centre(minimum, CRITICAL)
    hidden, top = c[:4], c[4:6]
    top[unit] /= 2
    lift = [*hidden, *hidden[2 * unit : 2 * unit + 2], *top, top[unit], c[6]]
    shape = Shape((1, 3, 1), True)
    with mpmath.workdps(50):
        here = loss_at(minimum, shape, [real(v) for v in lift])
        lower = []
        for a, b in ((1, 0), (0, 1), (1, 1), (1, -1), (2, 1), (2, -1), (1, 2), (1, -2)):
            there = list(lift)
            for place, side in ((2 * unit, 1), (4, -1)):
                there[place] += Fraction(side * a, 1000)
                there[place + 1] += Fraction(side * b, 1000)
            lower.append(loss_at(minimum, shape, [real(v) for v in there]) < here)
        assert any(lower)


def test_a_form_that_may_be_indefinite_is_undecided() -> None:
    minimum = CASE.step(STRICT).proposition
    assert isinstance(minimum, StrictMinimum)
    blurred = replace(minimum.point, residual=[[d + arb(0, 1) for d in row] for row in minimum.point.residual])
    fact = Fact("s2", LEMMAS[STRICT], Conclusion(StrictMinimum(blurred), ""))
    with pytest.raises(Undecided) as caught:
        LEMMAS[REPLICATED].check(CASE.instance, (fact,), Reader(CASE.arguments[REPLICATED], ""))
    assert caught.value.code == "RM05"


def test_it_needs_a_strict_minimum() -> None:
    stranger = Fact("s2", LEMMAS[STRICT], Conclusion("a minimum, believe me", ""))
    with pytest.raises(Rejected) as caught:
        LEMMAS[REPLICATED].check(CASE.instance, (stranger,), Reader(CASE.arguments[REPLICATED], ""))
    assert caught.value.code == "RM01"


@pytest.mark.parametrize(
    "changes", [{"replicas": None}, {"replicas.0.shares": None}, {"replicas.0.copies.0": "0"}, {"replicas.0.more": 1}]
)
def test_malformed(changes: dict[str, Any]) -> None:
    with pytest.raises(Malformed):
        CASE.step(REPLICATED, changes)
