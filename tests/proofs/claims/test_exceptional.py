"""An exceptional activation is claimed when a step shows it."""

from __future__ import annotations

import pytest

from proofs.certificate import read_certificate
from proofs.checking import check
from proofs.claim import claim_document, read_claim
from proofs.claims.exceptional import ExceptionalClaim
from proofs.document import Reader
from proofs.exact import Malformed
from proofs.instance import read_instance
from proofs.kernel import Verdict
from tests.proofs.build import Case, instance_document

NAME = "exceptional-activation/1"


def case(activation: str, depth: int = 1, bias: bool = False) -> Case:
    document = instance_document([[-1], [0], [1]], [], activation, depth, bias=bias)
    return Case(document, {NAME: {}}, {"kind": "exceptional-activation"})


def test_the_claim_can_be_written_and_read() -> None:
    document = claim_document(ExceptionalClaim())
    assert read_claim(Reader.of(document, "claim")) == ExceptionalClaim()
    with pytest.raises(Malformed):
        read_claim(Reader.of({**document, "loss": "1"}, "claim"))


def test_the_claim_needs_the_step() -> None:
    outcome = case("erf").check()
    assert outcome.failure is None
    obstruction = {"matrix": [["1"]], "linear": ["0"], "constant": "1"}
    document = instance_document([[-1], [1]], [], "erf")
    other = Case(document, {"obstruction/1": obstruction}, {"kind": "exceptional-activation"})
    failed = check(read_instance(document), read_certificate(other.certificate()))
    assert failed.verdict is Verdict.REJECTED
    assert failed.failure is not None
    assert failed.failure.failure.code == "CL12"
