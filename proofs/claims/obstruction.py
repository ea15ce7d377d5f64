"""The claim that the constant-point construction is impossible."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from proofs.document import Reader
from proofs.instance import Instance
from proofs.kernel import Fact, Rejected, propositions
from proofs.lemmas.obstruction import Obstruction


@dataclass(frozen=True, slots=True)
class ObstructionClaim:
    """No residual satisfies the hypothesis of local-minimum/1, because of these features."""

    kind: ClassVar[str] = "obstruction"
    features: tuple[str, ...]

    def document(self) -> dict[str, object]:
        return {"features": list(self.features)}

    def demand(self, instance: Instance, facts: Sequence[Fact]) -> None:
        for obstruction in propositions(facts, Obstruction):
            if self.features == tuple(instance.features[j] for j in obstruction.features):
                return
        raise Rejected("CL10", "no step shows an obstruction by exactly these features")


def read(reader: Reader) -> ObstructionClaim:
    """Parse the fields of a claim of an obstruction.

    Raises:
        Malformed: a field is missing or not what it should be.
    """
    return ObstructionClaim(reader.texts("features"))
