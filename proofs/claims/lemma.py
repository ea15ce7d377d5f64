"""The claim of one step's conclusion, for theorems that have no kind of claim of their own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from proofs.instance import Instance
from proofs.kernel import Fact, Rejected


@dataclass(frozen=True, slots=True)
class LemmaClaim:
    """The conclusion of one step, as its lemma words it."""

    kind: ClassVar[str] = "lemma"
    step: str
    lemma: str

    def document(self) -> dict[str, object]:
        return {"step": self.step, "lemma": self.lemma}

    def demand(self, instance: Instance, facts: Sequence[Fact]) -> None:
        if claimed_fact(self, facts) is None:
            raise Rejected("CL13", "no step of this name goes by this lemma")


def claimed_fact(claim: LemmaClaim, facts: Sequence[Fact]) -> Fact | None:
    """The fact that the claim is about, if it was established."""
    return next((fact for fact in facts if (fact.step, fact.lemma.name) == (claim.step, claim.lemma)), None)
