"""What can be proved of a trained network, in the order in which an answer says most."""

from __future__ import annotations

from dataclasses import replace

from flint import arb

from certify.least import add_optimum, claimed_optimum
from certify.plan import NotFound
from certify.search.doubts import doubts
from certify.settle.case import Case
from certify.settle.claims import critical_claim, minimum_claim
from certify.settle.critical import at_minimum_or_saddle
from certify.settle.exact import fit_exactly, looks_exact
from certify.settle.fall import fall
from proofs.exact import show
from proofs.examined import ExaminedClaim

MOST_PARAMETERS = 600


def settle(case: Case) -> ExaminedClaim:
    """Prove what can be proved, in the order in which an answer says most."""
    if case.shape.parameters > MOST_PARAMETERS:
        raise NotFound(f"{case.shape.parameters} parameters; networks of at most {MOST_PARAMETERS} are examined")
    if looks_exact(case) and fit_exactly(case):
        return minimum_claim(case)
    case.report("looking for the critical point")
    reason = at_minimum_or_saddle(case)
    if reason is None:
        return critical_claim(case)
    reason = "; ".join([reason, *doubts(case.draft.instance, case.shape, case.parameters, case.question.within)])
    case.draft.notes.append(f"a minimum: {reason}")
    slope = fall(case)
    if slope is None:
        raise NotFound(f"{reason}; and no direction was found along which the loss certainly falls there")
    if float(arb(slope.point.distance).mid()) < case.question.within:
        raise NotFound(
            f"{reason}; and critical points are excluded only within {show(slope.point.distance)} of the network, "
            f"not within {case.question.within:g} (no network with rounded weights is exactly critical; a smaller "
            "--within asks for less, a larger one admits minima farther away)"
        )
    add_optimum(case.draft, case.question.seed)
    return replace(slope, optimum=claimed_optimum(case.draft))
