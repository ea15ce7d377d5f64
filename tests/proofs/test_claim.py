"""Claims of every kind are read and written, and rest on no stranger's lemma."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import proofs
from proofs.certificate import read_certificate
from proofs.checking import check
from proofs.claim import claim_document
from proofs.exact import Malformed
from proofs.kernel import Conclusion, Lemma, Verdict
from proofs.lemmas import LEMMAS
from proofs.lemmas.constant_point import ConstantPoint
from tests.proofs.affine import RELU
from tests.proofs.build import (
    BETTER,
    BINARY,
    BOX,
    GENERIC,
    JENSEN,
    MINIMUM,
    OPTIMUM,
    POINT,
    THREE,
    Case,
    changed,
    instance_document,
)
from tests.proofs.examined import EXAMINED
from tests.proofs.fitted import SIGMOID

EXCEPTIONAL = Case(
    instance_document([[-1], [0], [1]], [], "erf"), {"exceptional-activation/1": {}}, {"kind": "exceptional-activation"}
)
PLAIN = {"local-minimum": THREE, "fitted-minimum": SIGMOID, "affine-minimum": RELU}
CLAIMED = {
    **{case.claim["kind"]: (case, {}) for case in (THREE, BINARY, SIGMOID, EXCEPTIONAL, RELU)},
    **{kind: (case, {"claim.kind": kind, "claim.gap": None}) for kind, case in PLAIN.items()},
    **{case.claim["kind"]: (case, {}) for case in EXAMINED.values()},
    "lemma": (THREE, {"claim": {"kind": "lemma", "step": "constant-point", "lemma": POINT}}),
}
INSTANCES = {kind: case.document for kind, (case, _) in CLAIMED.items()}
KINDS = {kind: case.certificate(changes) for kind, (case, changes) in CLAIMED.items()}


def test_these_are_the_published_kinds() -> None:
    schema = json.loads((Path(proofs.__path__[0]) / "schema" / "certificate.schema.json").read_text("utf-8"))
    assert set(KINDS) == set(schema["$defs"]["claim"]["properties"]["kind"]["enum"])


@pytest.mark.parametrize("kind", KINDS)
def test_a_claim_of_each_kind_can_be_written_again(kind: str) -> None:
    claim = read_certificate(KINDS[kind]).claim
    assert claim.kind == kind
    assert claim_document(claim) == KINDS[kind]["claim"]


@pytest.mark.parametrize("kind", KINDS)
def test_a_field_that_nobody_asked_for_is_refused(kind: str) -> None:
    with pytest.raises(Malformed, match="unknown field"):
        read_certificate(changed(KINDS[kind], {"claim.more": "1"}))


@pytest.mark.parametrize("kind", ["global-minimum", "", "Local-minimum", "examined-", "examined-network"])
def test_an_unknown_claim_is_refused(kind: str) -> None:
    with pytest.raises(Malformed, match="unknown claim"):
        read_certificate(THREE.certificate({"claim.kind": kind, "claim.gap": None}))


def stranger(proposition: object) -> dict[str, Lemma]:
    """certify's lemmas, and one of somebody else that concludes `proposition` from nothing."""
    lemma = Lemma("stranger/1", "s", "s", "s", (), lambda *_: Conclusion(proposition, "believe me"))
    return {**LEMMAS, lemma.name: lemma}


@pytest.mark.parametrize("lemma", [POINT, MINIMUM, BETTER, OPTIMUM, JENSEN, GENERIC, BOX])
def test_no_stranger_supports_certify_s_own_claims(lemma: str) -> None:
    """The very proposition, from a lemma that is not certify's: the claim is as if that step were not there."""
    proposition = THREE.step(lemma).proposition
    kept = {POINT} if lemma in {POINT, MINIMUM} else {POINT, MINIMUM}
    document = THREE.certificate()
    document["steps"] = [step for step in document["steps"] if step["lemma"] in kept]
    without_step = check(THREE.instance, read_certificate(document))
    document["steps"].append({"id": "more", "lemma": "stranger/1", "premises": [], "arguments": {}})
    with_step = check(THREE.instance, read_certificate(document), stranger(proposition))
    assert with_step.failure is not None
    assert without_step.failure is not None
    assert with_step.failure.failure.code == without_step.failure.failure.code


def test_a_stranger_s_critical_point_does_not_disturb_the_own_one() -> None:
    point = THREE.step(POINT).proposition
    assert isinstance(point, ConstantPoint)
    document = THREE.certificate()
    document["steps"].insert(0, {"id": "more", "lemma": "stranger/1", "premises": [], "arguments": {}})
    assert check(THREE.instance, read_certificate(document), stranger(point)).verdict is Verdict.PROVED
    document["claim"] = {"kind": "lemma", "step": "more", "lemma": "stranger/1"}
    assert check(THREE.instance, read_certificate(document), stranger(point)).verdict is Verdict.PROVED
