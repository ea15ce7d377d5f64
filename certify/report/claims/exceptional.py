"""A claimed exceptional activation, in words."""

from __future__ import annotations

from collections.abc import Iterator

from certify.report.words import Words, network_text
from proofs.checking import Outcome
from proofs.instance import Instance


def _summary(outcome: Outcome) -> str:
    return "exceptional activation: only networks constant on the data can have definite forms, whatever the data"


def _scope(instance: Instance, outcome: Outcome) -> Iterator[str]:
    yield (
        f"the fitted construction is impossible for {network_text(instance)}, whatever the data (but for networks "
        "that are constant on them); other minima are not excluded"
    )


WORDS = Words(_summary, _scope)
