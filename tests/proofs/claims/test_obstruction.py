"""An obstruction is claimed by exactly the features that a step shows."""

from __future__ import annotations

from typing import Any

import pytest

from proofs.certificate import read_certificate
from proofs.claim import claim_document
from proofs.kernel import Verdict
from tests.proofs.build import (
    BINARY,
    OBSTRUCTION,
    THREE,
    Case,
    texts,
)


def outcome(case: Case, changes: dict[str, Any] | None = None) -> tuple[Verdict, str]:
    found = case.check(changes)
    return found.verdict, found.failure.failure.code if found.failure else ""


MORE: list[tuple[str, Case, dict[str, Any]]] = [
    ("no obstruction", THREE, {"claim": BINARY.claim}),
    ("an obstruction by another feature", BINARY, {"claim.features": ["age"]}),
    ("an obstruction by a feature more", BINARY, {"claim.features": ["sex", "age"]}),
    ("an obstruction by nothing", BINARY, {"claim.features": []}),
    ("an obstruction twice", BINARY, {"claim.features": ["sex", "sex"]}),
]


@pytest.mark.parametrize(("case", "changes"), [r[1:] for r in MORE], ids=[r[0] for r in MORE])
def test_other_features_may_not_be_claimed(case: Case, changes: dict[str, Any]) -> None:
    assert outcome(case, changes) == (Verdict.REJECTED, "CL10")


def test_the_claim_can_be_written_again() -> None:
    certificate = BINARY.certificate()
    assert claim_document(read_certificate(certificate).claim) == certificate["claim"] == BINARY.claim


def test_an_obstruction_next_to_a_claim_about_a_minimum_helps_nobody() -> None:
    steps = [{"id": "s", "lemma": OBSTRUCTION, "premises": [], "arguments": BINARY.arguments[OBSTRUCTION]}]
    claim = {"claim": THREE.claim}
    assert outcome(BINARY, claim | {"steps": steps}) == (Verdict.REJECTED, "CL01")


def test_obstructions_are_compared_by_name_and_in_order() -> None:
    both = {"matrix": texts([[1, 0], [0, 1]]), "linear": ["0", "1"], "constant": "1"}
    case = Case(
        BINARY.about({"data.inputs": [["-1", "0"], ["-1", "1"], ["1", "0"], ["1", "1"]]}).document,
        {OBSTRUCTION: both},
        {"kind": "obstruction", "features": ["sex", "age"]},
    )
    assert outcome(case) == (Verdict.PROVED, "")
    assert outcome(case, {"claim.features": ["age", "sex"]}) == (Verdict.REJECTED, "CL10")
    assert outcome(case, {"claim.features": ["sex"]}) == (Verdict.REJECTED, "CL10")
