"""A claimed obstruction of the constant-point construction, in words."""

from __future__ import annotations

from collections.abc import Iterator

from certify.report.words import Words, claimed
from proofs.checking import Outcome
from proofs.claims.obstruction import ObstructionClaim
from proofs.instance import Instance


def _summary(outcome: Outcome) -> str:
    features = ", ".join(claimed(outcome, ObstructionClaim).features)
    return f"obstruction: no residual for these inputs has a definite M, because of {features}"


def _scope(instance: Instance, outcome: Outcome) -> Iterator[str]:
    yield "the constant-point construction is impossible for these inputs; other bad minima are not excluded"


WORDS = Words(_summary, _scope)
