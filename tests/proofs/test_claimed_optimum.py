"""The field `optimum` of claims: well written or malformed, and what it lets a gap be. What it may say of an instance
is in test_examined.py."""

from __future__ import annotations

import json
from dataclasses import replace
from fractions import Fraction
from importlib.resources import files
from typing import Any

import pytest
from flint import fmpq
from jsonschema import Draft202012Validator

from proofs import standalone
from proofs.claimed_optimum import ClaimedOptimum, optimum_document, reaches, read_optimum
from proofs.document import Reader
from proofs.kernel import Conclusion, Fact
from proofs.lemmas import LEMMAS
from proofs.lemmas.examined_optimum import ExaminedOptimum
from tests.proofs.build import NULL, Case
from tests.proofs.examined import CRITICAL, OPTIMUM
from tests.proofs.test_examined import INFIMUM, WIDE, WIDE_SADDLE, answers


def test_read_as_it_is_written() -> None:
    for claim in (None, ClaimedOptimum(fmpq(-1, 3), fmpq(2), False)):
        document = optimum_document(claim)
        assert read_optimum(Reader(document, "claim")) == claim
    assert document == {"optimum": {"lower": "-1/3", "upper": "2", "attained": False}}


OF_AN_OPTIMUM: list[tuple[str, Any]] = [
    ("lower", None), ("upper", None), ("attained", None), ("lower", 0), ("upper", NULL), ("attained", 1),
    ("attained", "true"), ("least", "0"),
]  # fmt: skip


@pytest.mark.parametrize(("key", "value"), OF_AN_OPTIMUM)
@pytest.mark.parametrize("case", [WIDE, WIDE_SADDLE, INFIMUM], ids=["minimum", "saddle", "slope"])
def test_what_is_said_of_the_least_loss_is_well_written(case: Case, key: str, value: Any) -> None:
    assert answers(case, {f"claim.optimum.{key}": value}) == ["malformed"] * 2
    schema = json.loads(files("proofs").joinpath("schema", "certificate.schema.json").read_text("utf-8"))
    assert not Draft202012Validator(schema).is_valid(case.certificate({f"claim.optimum.{key}": value}))


@pytest.mark.parametrize("value", [NULL, "0", ["0", "0", True], {}])
def test_the_least_loss_is_an_object(value: Any) -> None:
    assert answers(WIDE, {"claim.optimum": value}) == ["malformed"] * 2


def test_an_infimum_that_no_network_has_is_not_reached_from_above() -> None:
    """Of the least loss itself, where it is attained, the loss of a critical point may be all the gap; where it is
    not, any smaller part of it."""
    room = Fraction(1, 3)
    for attained, gap, enough in (
        (True, room, True),
        (False, room, False),
        (False, room * Fraction(999, 1000), True),
        (True, room * Fraction(1001, 1000), False),
        (True, Fraction(0), True),
    ):
        optimum = ExaminedOptimum((4,), (fmpq(0), fmpq(1)), attained)
        fact = Fact("s1", LEMMAS[OPTIMUM], Conclusion(optimum, ""))
        assert reaches(fmpq(gap.numerator, gap.denominator), fmpq(4, 3), [fact]) is enough
        assert not reaches(fmpq(gap.numerator, gap.denominator), fmpq(4, 3), [])


@pytest.mark.parametrize("attained", [True, False])
def test_the_second_checker_and_the_distance_from_an_infimum(attained: bool) -> None:
    """As above: the loss at the point is just 4/3, and the least one at most 1."""
    instance, claim = standalone.read_instance(WIDE.document), dict(WIDE.claim)
    claim |= {"loss_lower": "0", "loss_upper": "2", "box_radius": None, "symmetries": 0}
    del claim["optimum"]
    result = standalone.critical_point(instance, [], standalone.Fields(WIDE.arguments[CRITICAL], ""))
    point = replace(result, loss=standalone.interval(Fraction(5, 4)))
    facts = [point, standalone.strict_minimum(instance, [point], standalone.Fields({}, "")),
             standalone.Optimum(Fraction(0), Fraction(1), attained)]  # fmt: skip
    for gap, enough in ((Fraction(1, 4), attained), (Fraction(1, 5), True), (Fraction(1, 3), False)):
        read = standalone.read_claim(standalone.Fields({**claim, "gap": str(gap)}, "claim"))
        assert not isinstance(read, tuple)
        if enough:
            standalone.demand_support(read, instance, facts)
            continue
        with pytest.raises(standalone.Rejected) as caught:
            standalone.demand_support(read, instance, facts)
        assert caught.value.code == "CL05"
