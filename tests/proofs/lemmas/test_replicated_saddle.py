"""replicated-saddle/1: accepted and rejected, and in 60 digits: the gradient vanishes, and lower points are near."""

from __future__ import annotations

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
from proofs.lemmas.critical_point import CriticalPoint
from proofs.lemmas.replicated_saddle import ReplicatedSaddle
from tests.proofs.build import Case
from tests.proofs.examined import (
    CRITICAL,
    EXAMINED,
    REPLICATED,
    REPLICATED_SADDLE,
    having,
    loss_at,
    shape_and_centre,
    slope_at,
)
from tests.proofs.oracle import real

CASE, TWO_OUTPUTS = EXAMINED["replicated-saddle"], EXAMINED["two-outputs-saddle"]
DIRECTION = CASE.arguments[REPLICATED_SADDLE]["direction"]
EACH = pytest.mark.parametrize("name", having(REPLICATED_SADDLE))


def lift_of(case: Case, changes: dict[str, Any] | None = None) -> tuple[Shape, list[Fraction]]:
    """The wider network at the rational centre of the box, by hand, some 1e-20 from the critical point."""
    narrow, centre = shape_and_centre(case, CRITICAL)
    rows = (changes or {}).get("replicas", case.arguments[REPLICATED_SADDLE]["replicas"])
    copies = [list(range(narrow.sizes[0])), *(row["copies"] for row in rows), list(range(narrow.sizes[-1]))]
    shares = [[Fraction(1)] * narrow.sizes[0], *([Fraction(s) for s in row["shares"]] for row in rows)]
    numbers, start = list[Fraction](), 0
    for h, (inputs, units) in enumerate(zip(narrow.sizes, narrow.sizes[1:], strict=False)):
        biased = narrow.output_bias or h < len(rows)
        each = inputs + biased
        for unit in copies[h + 1]:
            row = centre[start + unit * each :][:each]
            numbers += [s * row[a] for a, s in zip(copies[h], shares[h], strict=True)]
            numbers += row[inputs:]
        start += units * each
    return Shape((narrow.sizes[0], *(len(c) for c in copies[1:])), narrow.output_bias), numbers


@EACH
def test_the_lift_is_critical_and_lower_points_are_on_both_sides(name: str) -> None:
    case = EXAMINED[name]
    proposition = case.step(REPLICATED_SADDLE).proposition
    assert isinstance(proposition, ReplicatedSaddle)
    shape, lift = lift_of(case)
    assert proposition.widths == shape.sizes[1:-1] == tuple(case.document["network"]["widths"])
    direction = [Fraction(v) for v in case.arguments[REPLICATED_SADDLE]["direction"]]
    with mpmath.workdps(60):
        point = [real(v) for v in lift]
        for ball, value in zip(proposition.parameters, point, strict=True):
            assert abs(real(Fraction(str(ball.mid().fmpq()))) - value) < mpmath.mpf("1e-15")
        for k in range(len(point)):
            axis = [real(int(j == k)) for j in range(len(point))]
            assert abs(slope_at(case, shape, point, axis)) < mpmath.mpf("1e-15")
        here = loss_at(case, shape, point)
        for step in (Fraction(1, 10**4), Fraction(-1, 10**4), Fraction(1, 10**6)):
            there = [p + real(step * d) for p, d in zip(point, direction, strict=True)]
            assert loss_at(case, shape, there) < here


def test_shares_of_any_sign_and_zero() -> None:
    for shares in (["1", "3/2", "-1/2"], ["1", "1", "0"]):
        changes = {"replicas": [{"copies": [0, 1, 1], "shares": shares}]}
        shape, lift = lift_of(CASE, changes)
        with mpmath.workdps(60):
            point = [real(v) for v in lift]
            for k in range(len(point)):
                axis = [real(int(j == k)) for j in range(len(point))]
                assert abs(slope_at(CASE, shape, point, axis)) < mpmath.mpf("1e-15")
        assert CASE.code(REPLICATED_SADDLE, changes) in (("", ""), ("Rejected", "RS05"))


def rows(copies: list[int], *shares: str) -> dict[str, Any]:
    return {"replicas": [{"copies": copies, "shares": list(shares)}]}


def at_a_minimum() -> Case:
    """The replicated minimum of the tests of replicated-minimum/1, with a direction in which the copies part."""
    case = EXAMINED["replicated"]
    replicas = case.arguments[REPLICATED]["replicas"]
    arguments = {"replicas": replicas, "direction": ["3", "0", "0", "0", "-1", "0", "0", "0", "0", "0"]}
    return Case(case.document, {CRITICAL: case.arguments[CRITICAL], REPLICATED_SADDLE: arguments})


SIZE = len(DIRECTION)
REJECTED: list[tuple[str, Case, dict[str, Any], str, str]] = [
    ("a layer too many", CASE, {"replicas": CASE.arguments[REPLICATED_SADDLE]["replicas"] * 2}, "Rejected", "RS02"),
    ("nothing replicated", CASE, rows([0, 1], "1", "1"), "Rejected", "RS02"),
    ("another number of units", CASE, rows([0, 1, 1, 1], "1", "1/2", "1/4", "1/4"), "Rejected", "RS02"),
    ("a unit that is not copied", CASE, rows([1, 1, 1], "1/2", "1/4", "1/4"), "Rejected", "RS02"),
    ("shares of less than 1", CASE, rows([0, 1, 1], "1", "1/2", "1/4"), "Rejected", "RS03"),
    ("shares that are 0", CASE, rows([0, 1, 1], "1", "0", "0"), "Rejected", "RS03"),
    ("a number too few", CASE, {"direction": DIRECTION[1:]}, "Rejected", "RS04"),
    ("a number too many", CASE, {"direction": [*DIRECTION, "0"]}, "Rejected", "RS04"),
    ("no direction", CASE, {"direction": ["0"] * SIZE}, "Rejected", "RS05"),
    ("a direction of positive curvature", CASE, {"direction": ["0"] * (SIZE - 1) + ["1"]}, "Rejected", "RS05"),
    ("two outputs, an output bias", TWO_OUTPUTS, {"direction": ["0"] * 13 + ["1"]}, "Rejected", "RS05"),
    ("copies of a minimum that part", at_a_minimum(), {}, "Rejected", "RS05"),
    (
        "the flat direction of the shares",
        CASE,
        {"direction": ["0"] * 7 + ["1", "-1", "0"]},
        "Undecided",
        "RS05",
    ),
]


@pytest.mark.parametrize(("case", "changes", "kind", "code"), [r[1:] for r in REJECTED], ids=[r[0] for r in REJECTED])
def test_rejected(case: Case, changes: dict[str, Any], kind: str, code: str) -> None:
    assert case.code(REPLICATED_SADDLE, changes) == (kind, code)


def test_no_direction_at_a_replicated_minimum_is_accepted() -> None:
    case = at_a_minimum()
    for k in range(10):
        for other in range(10):
            direction = [str(int(j == k) - int(j == other)) if k != other else str(int(j == k)) for j in range(10)]
            kind, code = case.code(REPLICATED_SADDLE, {"direction": direction})
            assert (kind in ("Rejected", "Undecided"), code) == (True, "RS05"), direction


def test_a_point_that_is_not_known_well_is_undecided() -> None:
    point = CASE.step(CRITICAL).proposition
    assert isinstance(point, CriticalPoint)
    rows = [[[entry + arb(0, 1) for entry in row] for row in layer] for layer in point.values.rows]
    blurred = replace(point, values=replace(point.values, rows=rows))
    fact = Fact("s1", LEMMAS[CRITICAL], Conclusion(blurred, ""))
    with pytest.raises(Undecided) as caught:
        LEMMAS[REPLICATED_SADDLE].check(CASE.instance, (fact,), Reader(CASE.arguments[REPLICATED_SADDLE], ""))
    assert caught.value.code == "RS05"


def test_it_needs_a_critical_point() -> None:
    stranger = Fact("s1", LEMMAS[CRITICAL], Conclusion("critical, believe me", ""))
    with pytest.raises(Rejected) as caught:
        LEMMAS[REPLICATED_SADDLE].check(CASE.instance, (stranger,), Reader(CASE.arguments[REPLICATED_SADDLE], ""))
    assert caught.value.code == "RS01"


@pytest.mark.parametrize(
    "changes",
    [{"replicas": None}, {"direction": None}, {"direction.0": 1}, {"replicas.0.copies.0": "0"}, {"more": "1"}],
)
def test_malformed(changes: dict[str, Any]) -> None:
    with pytest.raises(Malformed):
        CASE.step(REPLICATED_SADDLE, changes)
