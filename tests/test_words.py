"""Every kind of claim has words, which are about claims of that kind alone."""

from __future__ import annotations

from dataclasses import replace

import pytest

from certify.report.claims import words_for
from certify.report.text import scope_lines
from certify.report.words import claimed
from proofs.balls import precision
from proofs.certificate import read_certificate
from proofs.checking import Outcome, check
from proofs.claims.fitted import FittedClaim
from proofs.claims.minimum import MinimumClaim
from proofs.claims.obstruction import ObstructionClaim
from proofs.instance import read_instance
from proofs.least_loss import least_loss
from tests.proofs.build import THREE
from tests.proofs.test_claim import INSTANCES, KINDS
from tests.report.figures.cases import NAMES, drawn


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


@pytest.mark.parametrize("name", [name for name in NAMES if name.startswith("fitted")])
def test_the_least_loss_is_called_what_it_is(name: str) -> None:
    """0 where that is so for all targets, the scatter for the squared loss alone."""
    case = drawn(name)
    lines = [line for line in scope_lines(case.instance, case.outcome) if line.startswith("the global minimum is ")]
    assert isinstance(case.outcome.claim, FittedClaim)
    assert len(lines) == (case.outcome.claim.optimum_widths is not None)
    for line in lines:
        with precision(128):
            lower, upper = least_loss(case.instance, "").bounds
        repeated = len(case.instance.distinct_inputs) < case.instance.samples
        assert ("exactly 0" in line) == (lower == upper == 0 and not repeated)  # equal inputs: not for other targets
        assert ("scatter" in line) == (case.instance.loss.name == "squared" and repeated)


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
