"""`certify check`."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from certify.errors import UsageError, printable
from certify.library import Library, assumptions, library_for, missing_lemmas
from certify.report.text import outcome_lines, scope_lines, summary
from proofs.certificate import Certificate, load_certificate
from proofs.check import Outcome, check
from proofs.document import TooLarge
from proofs.exact import Malformed
from proofs.instance import Instance, load_instance
from proofs.kernel import Verdict
from proofs.lemmas import LEMMAS

EXIT_CODES = {Verdict.PROVED: 0, Verdict.REJECTED: 3, Verdict.UNDECIDED: 4}


@dataclass(frozen=True, slots=True)
class Checked:
    """What was checked, with which lemmas, and what came of it."""

    instance: Instance
    certificate: Certificate
    library: Library
    outcome: Outcome

    @property
    def assumed(self) -> tuple[str, ...]:
        """What the verdict rests on besides certify itself."""
        return tuple(assumptions(self.library, self.certificate, [fact.lemma.name for fact in self.outcome.facts]))

    @property
    def missing(self) -> tuple[str, ...]:
        """What is known about lemmas that the certificate needs and nobody has here."""
        failure = self.outcome.failure
        if failure is None or failure.failure.code != "KE03":
            return ()
        return tuple(missing_lemmas(self.library, self.certificate))


@dataclass(frozen=True, slots=True)
class Opinion:
    """What somebody else says of the certificate: the second checker, or Coq.

    Attributes:
        who: `second` or `coq`.
        answer: its verdict.
        agrees: whether it says the same as the main checker; otherwise it knows too little to say anything.
        line: the answer for people.
    """

    who: str
    answer: str
    agrees: bool
    line: str


def run(arguments: argparse.Namespace) -> int:
    """Check and print; returns the exit code."""
    if arguments.paranoid:
        _demand_self_test()
    result = checked(arguments.instance, arguments.certificate)
    second = _second_opinion(result, arguments.instance, arguments.certificate) if arguments.second else None
    coq = _coq_opinion(result) if arguments.coq else None
    show(result, arguments.instance.name, arguments.json, [opinion for opinion in (second, coq) if opinion])
    if result.outcome.verdict is Verdict.PROVED and not all(o.agrees for o in (second, coq) if o):
        return EXIT_CODES[Verdict.UNDECIDED]  # several were asked, and one did not say that it is proved
    return EXIT_CODES[result.outcome.verdict]


def show(result: Checked, name: str, as_json: bool, opinions: Sequence[Opinion] = ()) -> None:
    """Print the result of a check and of others asked; `name` is that of the instance's file."""
    if as_json:
        document = outcome_document(result.instance, result.outcome, result.assumed, result.missing)
        print(json.dumps({**document, **{o.who: o.answer for o in opinions}}, ensure_ascii=False))
        return
    for line in _lines(result, name, opinions):
        print(printable(line))


def _lines(result: Checked, name: str, opinions: Sequence[Opinion]) -> Iterator[str]:
    yield f"instance {result.instance.hash}  (recomputed from {name})"
    yield from (f"missing: {line}" for line in result.missing)
    yield from outcome_lines(result.instance, result.outcome, result.assumed)
    yield from (opinion.line for opinion in opinions)


def _demand_self_test() -> None:
    from certify.selftest import wrong_answers

    for line in wrong_answers():
        raise OSError(f"the self-test failed, so no verdict is given: {line}")


def _coq_opinion(result: Checked) -> Opinion:
    """What Coq says of the same certificate.

    Raises:
        OSError: Coq, or a library that it needs, is not here.
    """
    from certify.coq.run import CoqRefuses, coq_version, opinion
    from certify.coq.theorems import coq_file, untranslated

    coq_version()
    if result.outcome.verdict is not Verdict.PROVED:
        return Opinion("coq", "not asked", False, "Coq was not asked, because nothing is proved")
    try:
        found = opinion(coq_file(result.instance, result.certificate, result.outcome))
    except UsageError as error:
        return Opinion("coq", f"no opinion: {error}", False, f"Coq has no opinion: {error}")
    except CoqRefuses as error:
        return Opinion("coq", f"does not confirm: {error}", False, f"Coq does not confirm it: {error}")
    left = untranslated(result.instance, result.certificate)
    rest = f"; it says nothing about {', '.join(left)}" if left else ""
    return Opinion("coq", found.line + rest, True, found.line + rest)


def _second_opinion(result: Checked, instance: Path, certificate: Path) -> Opinion:
    """The answer of the second checker, which must be that of the first, for the same step and code, as far as it knows
    the lemmas.

    Raises:
        OSError: the checkers disagree.
    """
    from proofs import standalone

    outcome = result.outcome
    try:
        other = standalone.check_files(instance, certificate)
    except (standalone.Malformed, standalone.TooLarge) as error:
        raise OSError(f"the checkers disagree: the main one says {outcome.verdict.value}, the second {error}") from None
    first = (outcome.verdict.value, *((outcome.failure.step, outcome.failure.failure.code) if outcome.failure else ()))
    second = (other.verdict, *((other.stopped, other.failure.code) if other.failure else ()))
    if first == second:
        return Opinion("second", " ".join(second), True, f"the second checker agrees: {' '.join(second)}")
    done = [(fact.step, fact.lemma.name) for fact in outcome.facts]
    stranger = next((step.lemma for step in result.certificate.steps if step.id == other.stopped), None)
    if (
        second[-1] == "KE03"
        and stranger in result.library.lemmas
        and stranger not in LEMMAS
        and done[: len(other.steps)] == other.steps
    ):
        ignorant = "the second checker has no opinion, because it knows certify's own lemmas only"
        return Opinion("second", " ".join(second), False, f"{ignorant}: {' '.join(second)}")
    raise OSError(f"the checkers disagree: the main one says {' '.join(first)}, the second {' '.join(second)}")


@contextmanager
def reading() -> Iterator[None]:
    """What may go wrong with files that a user names, as errors with an exit code of their own.

    Raises:
        UsageError: a file is missing or malformed.
        OSError: too large, or a file cannot be read for another reason.
    """
    try:
        yield
    except (FileNotFoundError, IsADirectoryError) as error:
        raise UsageError(f"{error.filename}: no such file") from None
    except Malformed as error:
        raise UsageError(str(error)) from None
    except TooLarge as error:
        raise OSError(str(error)) from None


def checked(instance_path: Path, certificate_path: Path) -> Checked:
    """Load both files and check.

    Raises:
        UsageError: a file is missing or malformed.
        OSError: too large, or a file cannot be read for another reason.
        PluginError: a lemma of another package does not work.
    """
    with reading():
        instance, certificate = load_instance(instance_path), load_certificate(certificate_path)
        library = library_for(certificate)
        return Checked(instance, certificate, library, check(instance, certificate, library.lemmas))


def outcome_document(
    instance: Instance, outcome: Outcome, assumed: Sequence[str] = (), missing: Sequence[str] = ()
) -> dict[str, object]:
    """The outcome as JSON, with what it rests on besides certify itself, and lemmas that are missing."""
    failure = outcome.failure
    return {
        "verdict": outcome.verdict.value,
        "instance": instance.hash,
        "claim": summary(outcome),
        "scope": list(scope_lines(instance, outcome)) if outcome.verdict is Verdict.PROVED else [],
        "precision": outcome.precision,
        "assumes": list(assumed),
        "missing": list(missing),
        "steps": [
            {
                "id": fact.step,
                "lemma": fact.lemma.name,
                "detail": fact.conclusion.detail,
                "margin": fact.conclusion.margin,
            }
            for fact in outcome.facts
        ],
        "failure": None
        if failure is None
        else {
            "step": failure.step,
            "lemma": failure.lemma,
            "code": failure.failure.code,
            "detail": failure.failure.detail,
        },
    }
