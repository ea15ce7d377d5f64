"""The claim about an affine point says no more than the facts: every item, widened by the smallest step, is refused."""

from __future__ import annotations

from typing import Any

import pytest
from flint import fmpq

from proofs.certificate import read_certificate
from proofs.claim import claim_document
from proofs.claims.affine import AffineClaim
from proofs.exact import Malformed
from proofs.kernel import Verdict
from tests.proofs import build
from tests.proofs.affine import ABS, AFFINE, BETTER, DEAD, HARDTANH, MINIMUM, OPTIMUM, RELU, REPEATED
from tests.proofs.build import NULL, Case

EACH = pytest.mark.parametrize("case", AFFINE.values(), ids=AFFINE)
KIND, LOSS, GAP, REGION = "claim.kind", "claim.loss", "claim.gap", "claim.region"
WIDTHS, BEST, LEAST = "claim.least_widths", "claim.optimum_widths", "claim.optimum"
PLAIN = {KIND: "affine-minimum", GAP: None}


def with_optimum(case: Case) -> Case:
    """The case with everything claimed."""
    depth, distinct = case.instance.architecture.depth, len(case.instance.distinct_inputs)
    widths = [1] * (depth - 1) + [distinct - case.instance.architecture.output_bias]
    optimum = "1/2" if case is REPEATED else "0"
    return Case(case.document, case.arguments, case.claim | {"optimum_widths": widths, "optimum": optimum})


def without(case: Case, *lemmas: str) -> Case:
    return Case(case.document, {k: v for k, v in case.arguments.items() if k not in lemmas}, case.claim)


def outcome(case: Case, changes: dict[str, Any] | None = None) -> tuple[Verdict, str]:
    found = case.check(changes)
    return found.verdict, found.failure.failure.code if found.failure else ""


PROVED = (Verdict.PROVED, "")


def refused(code: str) -> tuple[Verdict, str]:
    return Verdict.REJECTED, code


@EACH
def test_everything_that_was_established_may_be_claimed(case: Case) -> None:
    assert outcome(case) == PROVED
    assert outcome(with_optimum(case)) == PROVED


@EACH
def test_less_may_be_claimed(case: Case) -> None:
    wider = [w + 1 for w in case.claim["least_widths"]]
    for changes in (
        PLAIN,
        {REGION: "constant"},
        {WIDTHS: wider},
        {GAP: f"1/{10**30}"},
        {BEST: NULL, LEAST: NULL},
        PLAIN | {WIDTHS: wider},
    ):
        assert outcome(case, changes) == PROVED


@EACH
def test_a_claim_can_be_written_again(case: Case) -> None:
    for changes in ({}, PLAIN, {BEST: NULL, LEAST: NULL}):
        document = with_optimum(case).certificate(changes)
        assert claim_document(read_certificate(document).claim) == document["claim"]


def test_a_claim_is_read_as_it_is_written() -> None:
    assert read_certificate(REPEATED.certificate()).claim == AffineClaim(
        fmpq(9, 2), "affine", (3,), fmpq(4), (3,), fmpq(1, 2)
    )


def doubled(case: Case) -> dict[str, Any]:
    steps = case.certificate()["steps"]
    return {"steps": [*steps, {**steps[0], "id": "again"}]}


REFUSED: list[tuple[str, Case, dict[str, Any], str]] = [
    ("two points", RELU, doubled(RELU), "CL01"),
    ("no point", build.THREE, {"claim": {**RELU.claim, "optimum_widths": NULL, "optimum": NULL}}, "CL01"),
    ("a larger loss", RELU, {LOSS: "5"}, "CL03"),
    ("a loss that is larger by a little", RELU, {LOSS: f"{4 * 10**40 + 1}/{10**40}"}, "CL03"),
    ("the region of the affine fit for a dead unit", DEAD, {REGION: "affine"}, "CL15"),
    ("no widths", RELU, {WIDTHS: []}, "CL04"),
    ("a width too many", RELU, {WIDTHS: [2, 2]}, "CL04"),
    ("width 0", RELU, {WIDTHS: [0]}, "CL04"),
    ("narrower than the minimum", ABS, PLAIN | {WIDTHS: [1]}, "CL04"),
    ("wider than the network is", RELU.about({"network.widths": [4]}), {WIDTHS: [5]}, "CL04"),
    ("a larger gap", RELU, {GAP: "33/10"}, "CL05"),
    ("a gap that is larger by a little", RELU, {GAP: f"{32 * 10**39 + 1}/{10**40}"}, "CL05"),
    ("no gap", RELU, {GAP: "0"}, "CL05"),
    ("narrower than the better point", RELU, {WIDTHS: [1]}, "CL05"),
    ("the second layer is narrower than that of the better point", HARDTANH, {WIDTHS: [7, 2]}, "CL05"),
    ("no better point", without(RELU, BETTER), {}, "CL05"),
    ("narrower than the optimum", RELU, {BEST: [3]}, "CL08"),
    ("no optimum", without(RELU, OPTIMUM), {}, "CL08"),
    ("the optimum of a network that is narrower", RELU.about({"network.widths": [4]}), {BEST: [5]}, "CL08"),
    ("another optimum", RELU, {LEAST: f"1/{10**40}"}, "CL14"),
    ("no scatter", REPEATED, {LEAST: "0"}, "CL14"),
    ("a smaller scatter", REPEATED, {LEAST: f"{5 * 10**39 - 1}/{10**40}"}, "CL14"),
    ("a constant point instead", RELU, {"claim": build.THREE.claim}, "CL01"),
    ("an obstruction instead", RELU, {"claim": build.BINARY.claim}, "CL10"),
]


@pytest.mark.parametrize(("case", "changes", "code"), [r[1:] for r in REFUSED], ids=[r[0] for r in REFUSED])
def test_more_may_not_be_claimed(case: Case, changes: dict[str, Any], code: str) -> None:
    assert outcome(case, changes) == refused(code)


def test_the_optimum_serves_as_the_better_point() -> None:
    case = without(RELU, BETTER)
    assert outcome(case, {WIDTHS: [4], GAP: "4"}) == PROVED
    assert outcome(case, {WIDTHS: [3], GAP: "4"}) == refused("CL05")
    assert outcome(case, {WIDTHS: [4], GAP: "5"}) == refused("CL05")


def test_a_minimum_alone() -> None:
    case = without(RELU, BETTER, OPTIMUM)
    assert outcome(case, PLAIN | {WIDTHS: [1], BEST: NULL, LEAST: NULL}) == PROVED
    assert outcome(case, {WIDTHS: [1], BEST: NULL, LEAST: NULL}) == refused("CL05")


@pytest.mark.parametrize(
    "changes",
    [
        {REGION: "box"},
        {REGION: None},
        {REGION: 1},
        {BEST: NULL},
        {LEAST: NULL},
        {LEAST: None},
        {BEST: ["4"]},
        {KIND: "affine-minimum"},
        {GAP: None},
        {KIND: "affine"},
        {"claim.generic": True},
        {LOSS: "4/1"},
    ],
)
def test_malformed(changes: dict[str, Any]) -> None:
    with pytest.raises(Malformed):
        RELU.check(changes)


def test_the_minimum_must_come_first() -> None:
    steps = RELU.certificate()["steps"]
    assert outcome(RELU, {"steps": steps[1:]}) == refused("KE04")
    wrong = [steps[0], {**steps[1], "premises": []}]
    assert outcome(RELU, {"steps": wrong}) == refused("KE05")
    assert steps[0]["lemma"] == MINIMUM
