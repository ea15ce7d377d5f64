"""The conclusion of a step may be claimed, by its name and its lemma, and nothing else."""

from __future__ import annotations

from typing import Any

import pytest

from proofs.certificate import read_certificate
from proofs.claim import claim_document
from proofs.claims.lemma import claimed_fact
from proofs.kernel import Verdict
from proofs.lemmas import LEMMAS
from tests.proofs.build import (
    CASES,
    MINIMUM,
    OBSTRUCTION,
    POINT,
    THREE,
    Case,
)


def outcome(case: Case, changes: dict[str, Any] | None = None) -> tuple[Verdict, str]:
    found = case.check(changes)
    return found.verdict, found.failure.failure.code if found.failure else ""


def lemma_claim(step: str, lemma: str) -> dict[str, Any]:
    return {"claim": {"kind": "lemma", "step": step, "lemma": lemma}}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_the_conclusion_of_each_step_may_be_claimed(case: Case) -> None:
    for lemma in case.arguments:
        changes = lemma_claim(lemma.partition("/")[0], lemma)
        found = case.check(changes)
        assert found.verdict is Verdict.PROVED
        fact = claimed_fact(found.claim, found.facts)
        assert fact is not None
        assert fact.lemma is LEMMAS[lemma]
        certificate = case.certificate(changes)
        assert claim_document(read_certificate(certificate).claim) == certificate["claim"]


@pytest.mark.parametrize(
    ("step", "lemma"),
    [
        ("local-minimum", POINT),
        ("constant-point", MINIMUM),
        ("constant-point", "constant-point/2"),
        ("constant-point/1", POINT),
        ("point", POINT),
        ("", POINT),
        ("constant-point", ""),
        ("obstruction", OBSTRUCTION),
    ],
)
def test_a_conclusion_that_was_not_established(step: str, lemma: str) -> None:
    assert outcome(THREE, lemma_claim(step, lemma)) == (Verdict.REJECTED, "CL13")
