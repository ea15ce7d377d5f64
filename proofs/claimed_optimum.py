"""The claim about the least loss of a shape, which claims about trained networks can carry in their field `optimum`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flint import fmpq

from proofs.document import Reader
from proofs.kernel import Fact, Rejected, propositions
from proofs.lemmas.examined_optimum import ExaminedOptimum


@dataclass(frozen=True, slots=True)
class ClaimedOptimum:
    """The infimum of the loss over all networks of the instance's shape lies between these bounds. If `attained`, some
    network has it: the global minimum. Otherwise none has."""

    lower: fmpq
    upper: fmpq
    attained: bool


def read_optimum(reader: Reader) -> ClaimedOptimum | None:
    """The field `optimum` of a claim; without it nothing is claimed.

    Raises:
        Malformed: it is not of the published format.
    """
    if not reader.has("optimum"):
        return None
    section = reader.section("optimum")
    claim = ClaimedOptimum(section.rational("lower"), section.rational("upper"), section.boolean("attained"))
    section.finish()
    return claim


def optimum_document(claim: ClaimedOptimum | None) -> dict[str, object]:
    """What a claim has for it in its JSON form."""
    if claim is None:
        return {}
    return {"optimum": {"lower": str(claim.lower), "upper": str(claim.upper), "attained": claim.attained}}


def demand_optimum(claim: ClaimedOptimum | None, facts: Sequence[Fact]) -> None:
    """Check that some fact says as much.

    Raises:
        Rejected: none does.
    """
    if claim is not None and not any(
        claim.lower <= found.bounds[0] and found.bounds[1] <= claim.upper and found.attained == claim.attained
        for found in propositions(facts, ExaminedOptimum)
    ):
        raise Rejected("CL18", "no step shows that the least loss of this shape lies between these bounds")


def reaches(gap: fmpq, loss_lower: fmpq, facts: Sequence[Fact]) -> bool:
    """Whether the least loss of the shape shows that some network of it has a loss of at most a loss that is at least
    `loss_lower`, less `gap`. Where no network has the infimum, those with a loss next to it do if there is any room."""
    room = [(loss_lower - gap - found.bounds[1], found.attained) for found in propositions(facts, ExaminedOptimum)]
    return any(left > 0 or (left == 0 and attained) for left, attained in room)
