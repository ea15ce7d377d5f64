"""Asking Coq about a certificate that has been checked."""

from __future__ import annotations

from dataclasses import dataclass

from certify.checking import Checked
from certify.coq.run import CoqRefuses, coq_version, opinion
from certify.coq.theorems import coq_file, untranslated
from certify.errors import UsageError
from proofs.kernel import Verdict


@dataclass(frozen=True, slots=True)
class CoqAnswer:
    """What Coq says.

    Attributes:
        line: the answer for people.
        agrees: whether it accepts the theorems; otherwise it refuses them, or they cannot be written for it.
    """

    line: str
    agrees: bool


def ask(result: Checked) -> CoqAnswer:
    """What Coq says of the certificate that led to this result.

    Raises:
        OSError: Coq, or a library that it needs, is not here.
    """
    coq_version()
    if result.verdict is not Verdict.PROVED:
        return CoqAnswer("Coq was not asked, because nothing is proved", False)
    try:
        found = opinion(coq_file(result.instance, result.certificate, result.outcome))
    except UsageError as error:
        return CoqAnswer(f"Coq has no opinion: {error}", False)
    except CoqRefuses as error:
        return CoqAnswer(f"Coq does not confirm it: {error}", False)
    left = untranslated(result.instance, result.certificate)
    rest = f"; it says nothing about {', '.join(left)}" if left else ""
    return CoqAnswer(found.line + rest, True)
