"""The pictures of a report."""

from __future__ import annotations

from certify.report.figure import Figure
from proofs.checking import Outcome
from proofs.examined import ExaminedClaim
from proofs.instance import Instance
from proofs.kernel import Verdict


def pictures(instance: Instance, outcome: Outcome) -> list[Figure]:
    """What there is to draw of a proved result, in the order in which it is shown."""
    if outcome.verdict is Verdict.PROVED and isinstance(outcome.claim, ExaminedClaim):
        from certify.report.examined_figures import figures

        return list(figures(instance, outcome))
    return []
