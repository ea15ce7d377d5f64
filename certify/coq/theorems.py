"""The Coq file of a proved certificate: this instance's theorems, stated in full and proved by computation."""

from __future__ import annotations

from pathlib import Path

from certify.checking import check
from certify.coq.constant import constant_theorems
from certify.coq.obstructed import obstruction_theorem
from certify.coq.subject import Subject
from certify.errors import UsageError
from certify.output import CERTIFICATE, INSTANCE
from certify.progress import Report
from proofs.certificate import Certificate
from proofs.checking import Outcome
from proofs.instance import Instance
from proofs.kernel import Verdict, propositions
from proofs.lemmas.constant_point import ConstantPoint
from proofs.lemmas.obstruction import Obstruction

TRANSLATED = frozenset(
    {
        "constant-point/1",
        "local-minimum/1",
        "interval-region/1",
        "jensen-region/1",
        "better-point/1",
        "obstruction/1",
    }
)

_HEADER = """(* Written by `certify export --format coq` for the instance
   {hash}.
   What is claimed: the theorems. What the words mean: formal/Network.v, formal/Layers.v, formal/Widths.v. *)

From Coq Require Import Reals QArith List.
From Minima Require Import Exported.
Import ListNotations.
Open Scope Q_scope.

"""


def coq_file(instance: Instance, certificate: Certificate, outcome: Outcome) -> str:
    """The text of a file for Coq, which proves the instance's theorems again from the same certificate.

    Raises:
        UsageError: the certificate is about something that the library does not cover.
    """
    if propositions(outcome.facts, Obstruction):
        pieces = obstruction_theorem(instance, certificate)
    elif points := propositions(outcome.facts, ConstantPoint):
        arguments = {step.lemma: step.arguments for step in certificate.steps}
        pieces = constant_theorems(Subject(instance, points[0], arguments), outcome)
    else:
        raise UsageError("the Coq library covers the constant construction and the obstruction; this is neither")
    body = "\n\n".join(piece.text for piece in pieces)
    names = ", ".join(piece.name for piece in pieces if piece.statement)
    question = f"Definition all_theorems := ({names}).\nPrint Assumptions all_theorems.\n"
    return f"{_HEADER.format(hash=instance.hash)}{body}\n\n{question}"


def theorems_in(folder: Path, progress: Report) -> tuple[str, list[str]]:
    """Check the certificate in a folder; the Coq file, and the lemmas that it says nothing about.

    Raises:
        UsageError: the certificate is not proved, or about something that the library does not cover.
        OSError: a file cannot be read.
    """
    result = check(folder / INSTANCE, folder / CERTIFICATE, progress=progress)
    if result.verdict is not Verdict.PROVED:
        raise UsageError(f"{folder}: the certificate there is not proved ({result.verdict.value}); nothing is exported")
    text = coq_file(result.instance, result.certificate, result.outcome)
    return text, untranslated(result.instance, result.certificate)


def untranslated(instance: Instance, certificate: Certificate) -> list[str]:
    """The lemmas of a certificate that the Coq file says nothing about."""
    deep = {"interval-region/1"} if instance.architecture.depth > 1 else set()
    return sorted({step.lemma for step in certificate.steps} - (TRANSLATED - deep))
