"""The claim of a minimum says no more than the facts: every item, widened by the smallest step, is refused."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from proofs.certificate import read_certificate
from proofs.claim import claim_document
from proofs.kernel import Verdict
from tests.proofs.build import (
    BETTER,
    BINARY,
    BOX,
    CASES,
    DEEP,
    DEEPER,
    DEPENDENT,
    GENERIC,
    JENSEN,
    MINIMUM,
    NULL,
    OPTIMUM,
    POINT,
    THREE,
    Case,
)

EPSILON = Fraction(1, 10**30)
KIND, GAP, LOSS = "claim.kind", "claim.gap", "claim.loss"


def without(case: Case, *lemmas: str) -> Case:
    """The case with some steps left out."""
    return Case(case.document, {k: v for k, v in case.arguments.items() if k not in lemmas}, case.claim)


def outcome(case: Case, changes: dict[str, Any] | None = None) -> tuple[Verdict, str]:
    found = case.check(changes)
    return found.verdict, found.failure.failure.code if found.failure else ""


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_everything_that_was_established_may_be_claimed(case: Case) -> None:
    assert outcome(case) == (Verdict.PROVED, "")


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_a_claim_can_be_written_again(case: Case) -> None:
    certificate = read_certificate(case.certificate())
    assert claim_document(certificate.claim) == case.claim
    modest = case.certificate({KIND: "local-minimum", GAP: None}) if "gap" in case.claim else case.certificate()
    assert claim_document(read_certificate(modest).claim) == modest["claim"]


@pytest.mark.parametrize("item", ["box_radius", "zero_loss_widths"])
def test_what_is_not_claimed_is_written_as_null(item: str) -> None:
    certificate = THREE.certificate({f"claim.{item}": NULL})
    document = claim_document(read_certificate(certificate).claim)
    assert document == certificate["claim"]
    assert document[item] is None


LESS: list[tuple[str, Case, dict[str, Any]]] = [
    ("a smaller gap", THREE, {GAP: str(EPSILON)}),
    ("wider networks only", THREE, {"claim.least_widths": [7]}),
    ("a smaller radius", THREE, {"claim.box_radius": str(EPSILON)}),
    ("no radius", THREE, {"claim.box_radius": NULL}),
    ("no Jensen region", THREE, {"claim.jensen_region": False}),
    ("no optimum", THREE, {"claim.zero_loss_widths": NULL}),
    ("the optimum for wider networks", THREE, {"claim.zero_loss_widths": [9]}),
    ("nothing about other data", THREE, {"claim.generic": False}),
    ("a local minimum only", THREE, {KIND: "local-minimum", GAP: None}),
    ("a local minimum only, of every width", THREE, {KIND: "local-minimum", GAP: None, "claim.least_widths": [1]}),
    ("the optimum is a better point", without(THREE, BETTER), {GAP: "6", "claim.least_widths": [3]}),
    ("the optimum is a better point, gap E*", THREE, {GAP: "6", "claim.least_widths": [3]}),
    ("the Jensen region is a local minimum", without(THREE, MINIMUM, BOX, GENERIC), {
        "claim.box_radius": NULL, "claim.generic": False}),
    ("steps that the claim does not need", without(DEPENDENT, JENSEN), {"claim.jensen_region": False}),
]  # fmt: skip


@pytest.mark.parametrize(("case", "changes"), [r[1:] for r in LESS], ids=[r[0] for r in LESS])
def test_less_may_be_claimed(case: Case, changes: dict[str, Any]) -> None:
    assert outcome(case, changes) == (Verdict.PROVED, "")


BEYOND = str(Fraction(599, 100) + EPSILON)
FIXED = THREE.about({"network.widths": [2]})
WIDTHS, ZERO = "claim.least_widths", "claim.zero_loss_widths"
NARROW: dict[str, Any] = {ZERO: NULL}
NO_OPTIMUM = without(THREE, OPTIMUM)

MORE: list[tuple[str, Case, dict[str, Any], str]] = [
    ("no point", without(BINARY, POINT), {"claim": THREE.claim}, "CL01"),
    ("no local minimum", without(THREE, MINIMUM, BOX, GENERIC, JENSEN), {}, "CL02"),
    ("no local minimum, nothing else claimed", without(THREE, MINIMUM, BOX, GENERIC, JENSEN, BETTER, OPTIMUM), {
        KIND: "local-minimum", GAP: None, "claim.box_radius": NULL, "claim.jensen_region": False, ZERO: NULL,
        "claim.generic": False}, "CL02"),
    ("a smaller loss", THREE, {LOSS: str(6 - EPSILON)}, "CL03"),
    ("a larger loss", THREE, {LOSS: str(6 + EPSILON)}, "CL03"),
    ("loss zero", THREE, {LOSS: "0"}, "CL03"),
    ("no widths", THREE, {WIDTHS: []}, "CL04"),
    ("a width too many", THREE, {WIDTHS: [2, 2]}, "CL04"),
    ("a width too few", DEEP, {WIDTHS: [2]}, "CL04"),
    ("width zero", THREE, {WIDTHS: [0]}, "CL04"),
    ("a negative width", DEEP, {WIDTHS: [2, -1]}, "CL04"),
    ("a local minimum of width zero", THREE, {KIND: "local-minimum", GAP: None, WIDTHS: [0]}, "CL04"),
    ("widths that the network does not have", without(FIXED, OPTIMUM), {WIDTHS: [3], ZERO: NULL}, "CL04"),
    ("a gap that is a little larger", NO_OPTIMUM, {GAP: BEYOND, ZERO: NULL}, "CL05"),
    ("a gap of everything at the narrow width", THREE, {GAP: "6"}, "CL05"),
    ("a gap of more than everything", THREE, {GAP: str(6 + EPSILON), WIDTHS: [3]}, "CL05"),
    ("a narrower network", THREE, {WIDTHS: [1]}, "CL05"),
    ("a narrower first layer", without(DEEP, OPTIMUM), {WIDTHS: [1, 9], ZERO: NULL}, "CL05"),
    ("the units in the wrong layer", DEEP, {WIDTHS: [1, 2]}, "CL05"),
    ("gap zero", THREE, {GAP: "0"}, "CL05"),
    ("a negative gap", THREE, {GAP: "-1"}, "CL05"),
    ("no better point", without(NO_OPTIMUM, BETTER), {ZERO: NULL}, "CL05"),
    ("a radius that is a little larger", THREE, {"claim.box_radius": str(Fraction(1, 10) + EPSILON)}, "CL06"),
    ("radius zero", THREE, {"claim.box_radius": "0"}, "CL06"),
    ("a negative radius", THREE, {"claim.box_radius": "-1/10"}, "CL06"),
    ("no box", without(THREE, BOX), {}, "CL06"),
    ("no Jensen region", without(THREE, JENSEN), {}, "CL07"),
    ("the optimum for narrower networks", THREE, {ZERO: [2]}, "CL08"),
    ("the optimum for the better point's widths", DEEPER, {ZERO: [2, 1, 1]}, "CL08"),
    ("the optimum in the wrong layer", DEEP, {ZERO: [3, 1]}, "CL08"),
    ("the optimum for width zero below", DEEP, {ZERO: [0, 3]}, "CL08"),
    ("the optimum with a width too many", THREE, {ZERO: [3, 3]}, "CL08"),
    ("the optimum with no width", THREE, {ZERO: []}, "CL08"),
    ("no optimum", NO_OPTIMUM, {}, "CL08"),
    ("the optimum at widths that the network does not have", THREE.about({"network.widths": [3]}), {ZERO: [4]}, "CL08"),
    ("the optimum at widths of another depth", THREE.about({"network.widths": [3]}), {ZERO: [4, 4]}, "CL08"),
    ("not generic", without(THREE, GENERIC), {}, "CL09"),
]  # fmt: skip


@pytest.mark.parametrize(("case", "changes", "code"), [r[1:] for r in MORE], ids=[r[0] for r in MORE])
def test_nothing_more_may_be_claimed(case: Case, changes: dict[str, Any], code: str) -> None:
    assert outcome(case, changes) == (Verdict.REJECTED, code)


def _steps(case: Case, *extra: dict[str, Any]) -> list[dict[str, Any]]:
    return [*case.certificate()["steps"], *extra]


def _step(name: str, lemma: str, premises: list[str], arguments: Any) -> dict[str, Any]:
    return {"id": name, "lemma": lemma, "premises": premises, "arguments": arguments}


def test_two_critical_points_cannot_lend_each_other_their_properties() -> None:
    """The minimum is shown at one level; a second critical point, at another, might carry the region."""
    other = THREE.arguments[POINT] | {"levels": ["-3"]}
    steps = _steps(
        THREE,
        _step("other", POINT, [], other),
        _step("minimum", MINIMUM, ["other"], {}),
        _step("box", BOX, ["minimum"], {"radius": "1/2", "rates": ["1/1000"]}),
    )
    assert outcome(THREE, {"steps": steps, "claim.box_radius": "1/2"}) == (Verdict.REJECTED, "CL01")
    twice = _steps(THREE, _step("again", POINT, [], THREE.arguments[POINT]))
    assert outcome(THREE, {"steps": twice}) == (Verdict.REJECTED, "CL01")


def test_several_facts_of_one_kind_about_one_point_are_fine() -> None:
    wider = {"gap": "1", "layers": THREE.arguments[BETTER]["layers"]}
    small = {"radius": "1/1000", "rates": ["1/100"]}
    steps = _steps(
        THREE,
        _step("better-2", BETTER, ["constant-point"], wider),
        _step("box-2", BOX, ["local-minimum"], small),
    )
    assert outcome(THREE, {"steps": steps}) == (Verdict.PROVED, "")


def test_the_gap_and_the_widths_must_come_from_one_step() -> None:
    """A small gap at narrow widths and a large gap at wide widths do not make a large gap at narrow widths."""
    poor = {"gap": "1", "layers": THREE.arguments[BETTER]["layers"]}
    case = Case(THREE.document, THREE.arguments | {BETTER: poor}, THREE.claim)
    assert outcome(case, {GAP: "1"}) == (Verdict.PROVED, "")
    assert outcome(case, {GAP: "6", WIDTHS: [3]}) == (Verdict.PROVED, "")
    assert outcome(case, {GAP: "6", WIDTHS: [2]}) == (Verdict.REJECTED, "CL05")
