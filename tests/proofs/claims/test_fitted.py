"""The claim about a fitted point says no more than the facts: every item, widened by the smallest step, is refused."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from proofs.certificate import read_certificate
from proofs.claim import claim_document
from proofs.claims.fitted import FittedClaim
from proofs.exact import Malformed
from proofs.kernel import Verdict
from tests.proofs import build
from tests.proofs.build import NULL, Case
from tests.proofs.fitted import (
    ANY,
    BETTER,
    EPSILON,
    FITTED,
    LOGISTIC,
    OPTIMUM,
    POINT,
    REGION,
    SIGMOID,
    THREE,
    TWO,
    UNEVEN,
    UNIFORM,
    fraction,
    point_of,
    rational,
    upside_down,
)

EACH = pytest.mark.parametrize("case", FITTED.values(), ids=FITTED)
KIND, GAP, LIFTS, TARGETS = "claim.kind", "claim.gap", "claim.lifts", "claim.target_radius"
LOWER, UPPER = "claim.loss_lower", "claim.loss_upper"
WIDTHS, RADIUS, BEST = "claim.least_widths", "claim.region_radius", "claim.optimum_widths"


def without(case: Case, *lemmas: str) -> Case:
    """The case with some steps left out."""
    return Case(case.document, {k: v for k, v in case.arguments.items() if k not in lemmas}, case.claim)


def with_uniform(case: Case) -> Case:
    return Case(case.document, case.arguments | {UNIFORM: {}}, case.claim)


def outcome(case: Case, changes: dict[str, Any] | None = None) -> tuple[Verdict, str]:
    found = case.check(changes)
    return found.verdict, found.failure.failure.code if found.failure else ""


@EACH
def test_everything_that_was_established_may_be_claimed(case: Case) -> None:
    assert outcome(case) == (Verdict.PROVED, "")


@EACH
def test_the_loss_lies_strictly_between_the_bounds_and_the_targets_are_a_box(case: Case) -> None:
    claim = case.check().claim
    assert isinstance(claim, FittedClaim)
    assert claim.loss_lower < claim.loss_upper
    assert claim.target_radius > 0


@EACH
def test_a_claim_can_be_written_again(case: Case) -> None:
    certificate = read_certificate(case.certificate())
    assert claim_document(certificate.claim) == case.claim
    nulls = {RADIUS: NULL, BEST: NULL}
    for changes in (nulls, {KIND: "fitted-minimum", GAP: None}, nulls | {KIND: "fitted-minimum", GAP: None}):
        modest = case.certificate(changes)
        assert claim_document(read_certificate(modest).claim) == modest["claim"]


@pytest.mark.parametrize(
    "name", ["sigmoid", "pseudo-huber", "two-layers", "two-layers-bias", "uniform", "three-layers"]
)
def test_the_same_is_true_of_the_network_upside_down(name: str) -> None:
    """Negative V: every item of the claim stays as it is."""
    assert outcome(upside_down(FITTED[name])) == (Verdict.PROVED, "")
    assert outcome(upside_down(FITTED[name]), {UPPER: "0"}) == (Verdict.REJECTED, "CL03")


def test_a_claim_is_read_as_it_is_written() -> None:
    claim = read_certificate(TWO.certificate()).claim
    assert claim == FittedClaim(
        lifts="any",
        target_radius=rational(TWO.claim["target_radius"]),
        loss_lower=rational(TWO.claim["loss_lower"]),
        loss_upper=rational(TWO.claim["loss_upper"]),
        least_widths=(1, 2),
        gap=rational(TWO.claim["gap"]),
        region_radius=rational(TWO.claim["region_radius"]),
        optimum_widths=(1, 14),
    )


def _moved(case: Case, key: str, step: Fraction) -> str:
    return str(Fraction(case.claim[key]) + step)


PLAIN: dict[str, Any] = {KIND: "fitted-minimum", GAP: None}

LESS: list[tuple[str, Case, dict[str, Any]]] = [
    ("uniform lifts only", SIGMOID, {LIFTS: "uniform"}),
    ("uniform lifts by the region alone", without(TWO, ANY), {LIFTS: "uniform"}),
    ("any lift by the region alone", without(TWO, ANY), {}),
    ("any lift without a region", without(TWO, REGION), {RADIUS: NULL}),
    ("uniform lifts by their own lemma", without(with_uniform(TWO), ANY, REGION), {LIFTS: "uniform", RADIUS: NULL}),
    ("targets a little nearer", SIGMOID, {TARGETS: _moved(SIGMOID, "target_radius", -EPSILON)}),
    ("the instance's targets only", SIGMOID, {TARGETS: "0"}),
    ("a loss that is a little larger than the lower bound", SIGMOID, {LOWER: _moved(SIGMOID, "loss_lower", -EPSILON)}),
    ("a loss above zero", SIGMOID, {LOWER: "0"}),
    ("a loss below a thousand", SIGMOID, {UPPER: "1000"}),
    ("a smaller gap", SIGMOID, {GAP: str(EPSILON)}),
    ("wider networks only", SIGMOID, {WIDTHS: [7]}),
    ("wider networks only, depth 2", TWO, {WIDTHS: [4, 3]}),
    ("a smaller region", SIGMOID, {RADIUS: str(EPSILON)}),
    ("no region", SIGMOID, {RADIUS: NULL}),
    ("no optimum", SIGMOID, {BEST: NULL}),
    ("the optimum for wider networks", SIGMOID, {BEST: [9]}),
    ("a minimum only", SIGMOID, PLAIN),
    ("a minimum only, of every width", TWO, PLAIN | {WIDTHS: [1, 1]}),
    ("the optimum is a better point", without(SIGMOID, BETTER), {WIDTHS: [8]}),
    ("a minimum and nothing more", without(SIGMOID, REGION, BETTER, OPTIMUM), PLAIN | {RADIUS: NULL, BEST: NULL}),
]  # fmt: skip


@pytest.mark.parametrize(("case", "changes"), [r[1:] for r in LESS], ids=[r[0] for r in LESS])
def test_less_may_be_claimed(case: Case, changes: dict[str, Any]) -> None:
    assert outcome(case, changes) == (Verdict.PROVED, "")


FIXED = without(SIGMOID.about({"network.widths": [2]}), OPTIMUM)

MORE: list[tuple[str, Case, dict[str, Any], str]] = [
    ("no point", build.THREE, {"claim": SIGMOID.claim}, "CL01"),
    ("a constant point's claim", SIGMOID, {"claim": build.THREE.claim}, "CL01"),
    ("a point and nothing more", without(SIGMOID, ANY, REGION, BETTER, OPTIMUM),
     PLAIN | {RADIUS: NULL, BEST: NULL}, "CL02"),
    ("a point and nothing more, uniform", without(SIGMOID, ANY, REGION, BETTER, OPTIMUM),
     PLAIN | {LIFTS: "uniform", RADIUS: NULL, BEST: NULL}, "CL02"),
    ("any lift where only uniform ones are shown", UNEVEN, {LIFTS: "any"}, "CL02"),
    ("any lift where only uniform ones are shown, depth 2", without(with_uniform(TWO), ANY, REGION),
     {RADIUS: NULL}, "CL02"),
    ("any lift where only uniform ones are shown, depth 1", without(with_uniform(SIGMOID), ANY, REGION),
     {RADIUS: NULL}, "CL02"),
    ("a loss that is a little larger", SIGMOID, {LOWER: _moved(SIGMOID, "loss_lower", EPSILON)}, "CL03"),
    ("a loss that is a little smaller", SIGMOID, {UPPER: _moved(SIGMOID, "loss_upper", -EPSILON)}, "CL03"),
    ("bounds in the wrong order", SIGMOID,
     {LOWER: SIGMOID.claim["loss_upper"], UPPER: SIGMOID.claim["loss_lower"]}, "CL03"),
    ("a loss of exactly the lower bound", SIGMOID, {UPPER: SIGMOID.claim["loss_lower"]}, "CL03"),
    ("a logistic loss that is a little smaller", LOGISTIC, {UPPER: _moved(LOGISTIC, "loss_upper", -EPSILON)}, "CL03"),
    ("no widths", SIGMOID, {WIDTHS: []}, "CL04"),
    ("a width too many", SIGMOID, {WIDTHS: [2, 2]}, "CL04"),
    ("a width too few", TWO, {WIDTHS: [2]}, "CL04"),
    ("width zero", SIGMOID, PLAIN | {WIDTHS: [0]}, "CL04"),
    ("a negative width", TWO, {WIDTHS: [-1, 2]}, "CL04"),
    ("widths that the network does not have", FIXED, {WIDTHS: [3], BEST: NULL}, "CL04"),
    ("a gap that is a little larger", without(SIGMOID, OPTIMUM),
     {GAP: _moved(SIGMOID, "gap", EPSILON), BEST: NULL}, "CL05"),
    ("a gap that only wide networks have", SIGMOID, {GAP: _moved(SIGMOID, "gap", EPSILON)}, "CL05"),
    ("a narrower network", SIGMOID, {WIDTHS: [1]}, "CL05"),
    ("a narrower last layer", TWO, {WIDTHS: [9, 1]}, "CL05"),
    ("the units in the wrong layer", TWO, {WIDTHS: [2, 1]}, "CL05"),
    ("gap zero", SIGMOID, {GAP: "0"}, "CL05"),
    ("a negative gap", SIGMOID, {GAP: f"-{EPSILON}"}, "CL05"),
    ("no better point", without(SIGMOID, BETTER, OPTIMUM), {BEST: NULL}, "CL05"),
    ("the optimum is a better point for its own widths only", without(SIGMOID, BETTER), {WIDTHS: [7]}, "CL05"),
    ("a region that is a little larger", SIGMOID, {RADIUS: _moved(SIGMOID, "region_radius", EPSILON)}, "CL06"),
    ("a region of radius zero", SIGMOID, {RADIUS: "0"}, "CL06"),
    ("a region of negative radius", SIGMOID, {RADIUS: f"-{EPSILON}"}, "CL06"),
    ("no region", without(SIGMOID, REGION), {}, "CL06"),
    ("a region around uniform lifts", UNEVEN, {RADIUS: str(EPSILON)}, "CL06"),
    ("the optimum with a unit too few", SIGMOID, {BEST: [7]}, "CL08"),
    ("the optimum in the wrong layer", TWO, {BEST: [14, 1]}, "CL08"),
    ("the optimum with width zero below", TWO, {BEST: [0, 14]}, "CL08"),
    ("the optimum with a width too many", SIGMOID, {BEST: [8, 8]}, "CL08"),
    ("the optimum with no width", THREE, {BEST: []}, "CL08"),
    ("no optimum", without(SIGMOID, OPTIMUM), {}, "CL08"),
    ("the optimum at widths that the network does not have", SIGMOID.about({"network.widths": [8]}),
     {BEST: [9]}, "CL08"),
    ("targets a little further", SIGMOID, {TARGETS: _moved(SIGMOID, "target_radius", EPSILON)}, "CL11"),
    ("targets within a negative radius", SIGMOID, {TARGETS: f"-{EPSILON}"}, "CL11"),
    ("targets anywhere", SIGMOID, {TARGETS: str(10**9)}, "CL11"),
]  # fmt: skip


@pytest.mark.parametrize(("case", "changes", "code"), [r[1:] for r in MORE], ids=[r[0] for r in MORE])
def test_nothing_more_may_be_claimed(case: Case, changes: dict[str, Any], code: str) -> None:
    assert outcome(case, changes) == (Verdict.REJECTED, code)


def _step(name: str, lemma: str, premises: list[str], arguments: Any) -> dict[str, Any]:
    return {"id": name, "lemma": lemma, "premises": premises, "arguments": arguments}


def test_two_critical_points_cannot_lend_each_other_their_properties() -> None:
    steps = SIGMOID.certificate()["steps"]
    again = _step("again", POINT, [], SIGMOID.arguments[POINT])
    assert outcome(SIGMOID, {"steps": [*steps, again]}) == (Verdict.REJECTED, "CL01")
    tight = SIGMOID.arguments[POINT] | {"target_radius": "0"}
    assert outcome(SIGMOID, {"steps": [*steps, again | {"arguments": tight}]})[1] == "CL01"


def test_several_facts_of_one_kind_about_one_point_are_fine() -> None:
    steps = [
        *SIGMOID.certificate()["steps"],
        _step("small", REGION, ["fitted-point"], {"radius": str(EPSILON), "rates": []}),
        _step("poor", BETTER, ["fitted-point"], SIGMOID.arguments[BETTER] | {"gap": str(EPSILON)}),
        _step("uniform", UNIFORM, ["fitted-point"], {}),
    ]
    assert outcome(SIGMOID, {"steps": steps}) == (Verdict.PROVED, "")


def test_the_gap_and_the_widths_must_come_from_one_step() -> None:
    """The optimum's gap is for wide networks, the better point's for narrow ones."""
    poor = Case(SIGMOID.document, SIGMOID.arguments | {BETTER: SIGMOID.arguments[BETTER] | {"gap": "1"}}, SIGMOID.claim)
    assert outcome(poor, {GAP: "1"}) == (Verdict.PROVED, "")
    assert outcome(poor, {GAP: "6/5", WIDTHS: [8]}) == (Verdict.PROVED, "")
    assert outcome(poor, {GAP: "6/5"}) == (Verdict.REJECTED, "CL05")


def test_the_bounds_of_the_loss_are_those_of_the_point() -> None:
    low, high = point_of(SIGMOID).loss
    exact = {LOWER: str(fraction(low)), UPPER: str(fraction(high))}
    assert outcome(SIGMOID, exact) == (Verdict.PROVED, "")


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({KIND: "fitted"}, "unknown claim 'fitted'"),
        ({KIND: "suboptimal-fitted"}, "unknown claim"),
        ({KIND: "fitted-minimum"}, "unknown field 'gap'"),
        ({LIFTS: "all"}, 'claim.lifts: expected "any" or "uniform"'),
        ({LIFTS: "Any"}, 'claim.lifts: expected "any" or "uniform"'),
        ({LIFTS: ""}, 'claim.lifts: expected "any" or "uniform"'),
        ({LIFTS: NULL}, "claim.lifts"),
        ({LIFTS: None}, "'lifts' is missing"),
        ({TARGETS: None}, "'target_radius' is missing"),
        ({TARGETS: 0}, "claim.target_radius"),
        ({LOWER: None}, "'loss_lower' is missing"),
        ({UPPER: None}, "'loss_upper' is missing"),
        ({UPPER: "1.5"}, "claim.loss_upper"),
        ({GAP: None}, "'gap' is missing"),
        ({GAP: NULL}, "claim.gap"),
        ({WIDTHS: None}, "'least_widths' is missing"),
        ({WIDTHS: ["2"]}, r"claim.least_widths\[0\]"),
        ({RADIUS: None}, "'region_radius' is missing"),
        ({RADIUS: False}, "claim.region_radius"),
        ({BEST: None}, "'optimum_widths' is missing"),
        ({BEST: 8}, "claim.optimum_widths"),
        ({"claim.loss": "0"}, "unknown field 'loss'"),
        ({"claim.box_radius": "1"}, "unknown field 'box_radius'"),
    ],
)
def test_malformed(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(Malformed, match=message):
        SIGMOID.check(changes)
