"""The claimed conclusion of one step, in words."""

from __future__ import annotations

from collections.abc import Iterator

from certify.report.words import Words, claimed
from proofs.checking import Outcome
from proofs.claims.lemma import LemmaClaim, claimed_fact
from proofs.instance import Instance


def _summary(outcome: Outcome) -> str:
    fact = claimed_fact(claimed(outcome, LemmaClaim), outcome.facts)
    return fact.conclusion.detail if fact is not None else "the conclusion of one step"


def _scope(instance: Instance, outcome: Outcome) -> Iterator[str]:
    claim = claimed(outcome, LemmaClaim)
    yield f"the conclusion of step {claim.step}, no more; `certify lemmas {claim.lemma}` states the theorem"


WORDS = Words(_summary, _scope)
