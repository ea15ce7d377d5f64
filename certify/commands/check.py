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
from certify.output import CERTIFICATE, INSTANCE
from certify.report.text import outcome_lines, scope_lines, summary
from proofs.certificate import Certificate, load_certificate, read_certificate
from proofs.check import Outcome, check
from proofs.document import TooLarge, parse_json
from proofs.exact import Malformed
from proofs.instance import Instance, load_instance, read_instance
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
class Second:
    """The answer of the second checker.

    Attributes:
        answer: its verdict, and the step and code that stopped it.
        agrees: whether that is the answer of the main one; otherwise it knows too few lemmas to say anything.
    """

    answer: str
    agrees: bool

    @property
    def line(self) -> str:
        if self.agrees:
            return f"the second checker agrees: {self.answer}"
        return f"the second checker has no opinion, because it knows certify's own lemmas only: {self.answer}"


def run(arguments: argparse.Namespace) -> int:
    """Check and print; returns the exit code."""
    if arguments.paranoid:
        _demand_self_test()
    result = checked(arguments.instance, arguments.certificate)
    second = _second_opinion(result, arguments.instance, arguments.certificate) if arguments.second else None
    show(result, arguments.instance.name, arguments.json, second)
    if second and not second.agrees and result.outcome.verdict is Verdict.PROVED:
        return EXIT_CODES[Verdict.UNDECIDED]  # both were asked, and one did not say that it is proved
    return EXIT_CODES[result.outcome.verdict]


def show(result: Checked, name: str, as_json: bool, second: Second | None = None) -> None:
    """Print the result of a check; `name` is that of the instance's file."""
    if as_json:
        document = outcome_document(result.instance, result.outcome, result.assumed, result.missing)
        print(json.dumps({**document, "second": second.answer} if second else document, ensure_ascii=False))
        return
    for line in _lines(result, name, second):
        print(printable(line))


def _lines(result: Checked, name: str, second: Second | None) -> Iterator[str]:
    yield f"instance {result.instance.hash}  (recomputed from {name})"
    yield from (f"missing: {line}" for line in result.missing)
    yield from outcome_lines(result.instance, result.outcome, result.assumed)
    if second:
        yield second.line


def _demand_self_test() -> None:
    from certify.selftest import wrong_answers

    for line in wrong_answers():
        raise OSError(f"the self-test failed, so no verdict is given: {line}")


def _second_opinion(result: Checked, instance: Path, certificate: Path) -> Second:
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
        return Second(" ".join(second), True)
    done = [(fact.step, fact.lemma.name) for fact in outcome.facts]
    stranger = next((step.lemma for step in result.certificate.steps if step.id == other.stopped), None)
    if (
        second[-1] == "KE03"
        and stranger in result.library.lemmas
        and stranger not in LEMMAS
        and done[: len(other.steps)] == other.steps
    ):
        return Second(" ".join(second), False)
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
        return _checked(load_instance(instance_path), load_certificate(certificate_path))


def checked_files(instance: bytes, certificate: bytes, folder: Path) -> Checked:
    """As `checked`, of the contents of these files of a folder, so that what is shown is what was checked."""
    with reading():
        return _checked(
            read_instance(parse_json(instance, INSTANCE), folder),
            read_certificate(parse_json(certificate, CERTIFICATE)),
        )


def _checked(instance: Instance, certificate: Certificate) -> Checked:
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
