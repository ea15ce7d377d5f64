"""What a certificate claims, and whether the facts its steps established say at least that.

The kinds of claim are in `proofs.claims`; a kind is imported when a certificate makes such a claim.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from proofs.claims.lemma import LemmaClaim
from proofs.document import Reader
from proofs.exact import Malformed
from proofs.instance import Instance
from proofs.kernel import Fact
from proofs.lemmas import LEMMAS


class Claim(Protocol):
    """A claim of any kind."""

    @property
    def kind(self) -> str:
        """Its kind, as certificates name it."""

    def document(self) -> dict[str, object]:
        """The JSON form of its fields other than the kind."""

    def demand(self, instance: Instance, facts: Sequence[Fact]) -> None:
        """Check that the facts imply the claim, item by item.

        Raises:
            Rejected: an item says more than was established.
        """


def read_claim(reader: Reader) -> Claim:
    """Parse the claim of a certificate.

    Raises:
        Malformed: not of the published format.
    """
    claim: Claim
    match reader.text("kind"):
        case "suboptimal-local-minimum" | "local-minimum" as kind:
            from proofs.claims import minimum

            claim = minimum.read(reader, kind)
        case "obstruction":
            from proofs.claims import obstruction

            claim = obstruction.read(reader)
        case "suboptimal-fitted-minimum" | "fitted-minimum" as kind:
            from proofs.claims import fitted

            claim = fitted.read(reader, kind)
        case "exceptional-activation":
            from proofs.claims import exceptional

            claim = exceptional.ExceptionalClaim()
        case "suboptimal-affine-minimum" | "affine-minimum" as kind:
            from proofs.claims import affine

            claim = affine.read(reader, kind)
        case "examined-slope" | "examined-saddle" | "examined-minimum" as kind:
            from proofs import examined

            claim = examined.read_examined(reader, kind)
        case "lemma":
            claim = LemmaClaim(reader.text("step"), reader.text("lemma"))
        case kind:
            raise Malformed(reader.place("kind"), f"unknown claim {kind[:40]!r}")
    reader.finish()
    return claim


def claim_document(claim: Claim) -> dict[str, object]:
    """The JSON form of a claim, which `read_claim` reads."""
    return {"kind": claim.kind, **claim.document()}


def demand_support(claim: Claim, instance: Instance, facts: Sequence[Fact]) -> None:
    """Check that the facts imply the claim, item by item.

    Raises:
        Rejected: an item says more than was established.
    """
    if not isinstance(claim, LemmaClaim):  # no stranger's lemma lends its word to the other kinds
        facts = [fact for fact in facts if fact.lemma.name in LEMMAS]
    claim.demand(instance, facts)
