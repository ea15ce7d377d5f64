"""`certify check`."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from pathlib import Path

from certify.errors import UsageError, printable
from certify.report.text import outcome_lines, scope_lines, summary
from proofs.certificate import load_certificate
from proofs.check import Outcome, check
from proofs.document import TooLarge
from proofs.exact import Malformed
from proofs.instance import Instance, load_instance
from proofs.kernel import Verdict

EXIT_CODES = {Verdict.PROVED: 0, Verdict.REJECTED: 3, Verdict.UNDECIDED: 4}


def run(arguments: argparse.Namespace) -> int:
    """Check and print; returns the exit code."""
    if arguments.paranoid:
        _demand_self_test()
    instance, outcome = checked(arguments.instance, arguments.certificate)
    second = _second_opinion(outcome, arguments.instance, arguments.certificate) if arguments.second else None
    if arguments.json:
        document = outcome_document(instance, outcome)
        print(json.dumps({**document, "second": second} if second else document, ensure_ascii=False))
    else:
        for line in _lines(instance, outcome, second, arguments.instance.name):
            print(printable(line))
    return EXIT_CODES[outcome.verdict]


def _lines(instance: Instance, outcome: Outcome, second: str | None, name: str) -> Iterator[str]:
    yield f"instance {instance.hash}  (recomputed from {name})"
    yield from outcome_lines(instance, outcome)
    if second:
        yield f"the second checker agrees: {second}"


def _demand_self_test() -> None:
    from certify.selftest import wrong_answers

    for line in wrong_answers():
        raise OSError(f"the self-test failed, so no verdict is given: {line}")


def _second_opinion(outcome: Outcome, instance: Path, certificate: Path) -> str:
    """The verdict of the second checker, which must be that of the first, for the same step and code."""
    from proofs import standalone

    try:
        result = standalone.check_files(instance, certificate)
    except (standalone.Malformed, standalone.TooLarge) as error:
        raise OSError(f"the checkers disagree: the main one says {outcome.verdict.value}, the second {error}") from None
    first = (outcome.verdict.value, *((outcome.failure.step, outcome.failure.failure.code) if outcome.failure else ()))
    second = (result.verdict, *((result.stopped, result.failure.code) if result.failure else ()))
    if first != second:
        raise OSError(f"the checkers disagree: the main one says {' '.join(first)}, the second {' '.join(second)}")
    return " ".join(second)


def checked(instance_path: Path, certificate_path: Path) -> tuple[Instance, Outcome]:
    """Load both files and check.

    Raises:
        UsageError: a file is missing or malformed.
        OSError: too large, or a file cannot be read for another reason.
    """
    try:
        instance = load_instance(instance_path)
        return instance, check(instance, load_certificate(certificate_path))
    except (FileNotFoundError, IsADirectoryError) as error:
        raise UsageError(f"{error.filename}: no such file") from None
    except Malformed as error:
        raise UsageError(str(error)) from None
    except TooLarge as error:
        raise OSError(str(error)) from None


def outcome_document(instance: Instance, outcome: Outcome) -> dict[str, object]:
    """The result as JSON."""
    failure = outcome.failure
    return {
        "verdict": outcome.verdict.value,
        "instance": instance.hash,
        "claim": summary(outcome.claim),
        "scope": list(scope_lines(instance, outcome.claim)) if outcome.verdict is Verdict.PROVED else [],
        "precision": outcome.precision,
        "assumes": [],
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
