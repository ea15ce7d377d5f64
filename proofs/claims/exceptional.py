"""The claim that an activation admits no fitted construction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from proofs.instance import Instance
from proofs.kernel import Fact, Rejected, propositions
from proofs.lemmas.exceptional_activation import ExceptionalActivation


@dataclass(frozen=True, slots=True)
class ExceptionalClaim:
    """For any data, no critical chain of this activation, depth and output bias satisfies the hypotheses of any-lift/1
    or uniform-lift/1, unless it is constant on the data."""

    kind: ClassVar[str] = "exceptional-activation"

    def document(self) -> dict[str, object]:
        return {}

    def demand(self, instance: Instance, facts: Sequence[Fact]) -> None:
        if not propositions(facts, ExceptionalActivation):
            raise Rejected("CL12", "no step shows that the activation is exceptional")
