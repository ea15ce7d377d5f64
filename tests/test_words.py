"""Every kind of claim has words, which are about claims of that kind alone."""

from __future__ import annotations

from dataclasses import replace

import pytest

from certify.report.claims import words_for
from certify.report.words import claimed
from proofs.certificate import read_certificate
from proofs.checking import Outcome, check
from proofs.claims.minimum import MinimumClaim
from proofs.claims.obstruction import ObstructionClaim
from proofs.instance import read_instance
from tests.proofs.build import THREE
from tests.proofs.test_claim import INSTANCES, KINDS


def outcome(kind: str) -> Outcome:
    return check(read_instance(INSTANCES[kind]), read_certificate(KINDS[kind]))


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_has_words(kind: str) -> None:
    words, found = words_for(kind), outcome(kind)
    assert words.summary(found)
    lines = list(words.scope(read_instance(INSTANCES[kind]), found))
    assert lines
    assert all(lines)
    assert ("not global" in words.summary(found)) == kind.startswith("suboptimal-") or kind == "examined-minimum"


def test_no_words_for_a_kind_that_nobody_can_claim() -> None:
    with pytest.raises(ValueError, match="'global-minimum'"):
        words_for("global-minimum")


def test_words_are_about_claims_of_their_own_kind() -> None:
    found = THREE.check()
    assert claimed(found, ObstructionClaim, MinimumClaim) is found.claim
    with pytest.raises(TypeError, match="suboptimal-local-minimum"):
        claimed(found, ObstructionClaim)
    with pytest.raises(TypeError):
        words_for("fitted-minimum").summary(replace(found))
