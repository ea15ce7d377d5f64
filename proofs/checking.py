"""instance + certificate -> verdict."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from proofs.balls import precision
from proofs.certificate import Certificate
from proofs.claim import Claim, demand_support
from proofs.instance import Instance
from proofs.kernel import Fact, Failure, Lemma, Rejected, StepFailure, Undecided, Verdict, run_steps
from proofs.lemmas import LEMMAS


@dataclass(frozen=True, slots=True)
class Outcome:
    """The result of checking one certificate.

    Attributes:
        verdict: PROVED, REJECTED or UNDECIDED.
        claim: what the certificate claims; a theorem only when the verdict is PROVED.
        facts: the facts established, in the order of the steps.
        failure: the step that stopped the check, if any; the step is `claim` or `certificate` when the fault is there.
        precision: the working precision in bits.
    """

    verdict: Verdict
    claim: Claim
    facts: tuple[Fact, ...]
    failure: StepFailure | None
    precision: int


def check(instance: Instance, certificate: Certificate, lemmas: Mapping[str, Lemma] = LEMMAS) -> Outcome:
    """Recompute every conclusion of the certificate from the instance and compare the claim with them.

    Raises:
        Malformed: a step's arguments are not of the form its lemma expects.
    """
    if certificate.instance != instance.hash:
        failure = Rejected(
            "CE01", f"the certificate is for instance {certificate.instance[:23]}, this is {instance.hash[:23]}"
        )
        return _failed(certificate, (), StepFailure("certificate", "", failure))
    if not certificate.steps:
        return _failed(certificate, (), StepFailure("certificate", "", Undecided("CE02", "there are no steps")))
    with precision(certificate.precision):
        facts, stopped = run_steps(instance, certificate.steps, lemmas)
        if stopped is not None:
            return _failed(certificate, facts, stopped)
        try:
            demand_support(certificate.claim, instance, facts)
        except Failure as failure:
            return _failed(certificate, facts, StepFailure("claim", "", failure))
    return Outcome(Verdict.PROVED, certificate.claim, facts, None, certificate.precision)


def _failed(certificate: Certificate, facts: tuple[Fact, ...], stopped: StepFailure) -> Outcome:
    verdict = Verdict.REJECTED if isinstance(stopped.failure, Rejected) else Verdict.UNDECIDED
    return Outcome(verdict, certificate.claim, facts, stopped, certificate.precision)
