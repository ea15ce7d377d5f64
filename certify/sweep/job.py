"""One instance of a sweep: what it is, and what becomes of it."""

from __future__ import annotations

import hashlib
import json
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from certify.build import build
from certify.certified import Proof
from certify.draft import LARGE
from certify.errors import UsageError
from certify.exit_codes import PROVED, REJECTED
from certify.files import read_bytes
from certify.output import json_text
from certify.plan import NotFound
from certify.problem import Problem, checked_fields
from certify.progress import silent
from certify.sweep.random_data import RandomInputs
from proofs import check
from proofs.kernel import Verdict

OUTCOMES = ("proved", "obstructed", "undecided", "error", "crashed")
"""Obstructed: certified that the construction is impossible. Error: malformed input. Crashed: no answer at all."""

_KINDS = {PROVED: "proved", REJECTED: "obstructed"}

_ONE_AT_A_TIME = threading.Lock()
"""The precision of balls belongs to the process; a worker with several threads must not mix them."""


@dataclass(frozen=True)
class Job:
    """A data set and a problem.

    Attributes:
        spec: canonical JSON. `data` are the fields of `RandomInputs`, or of a file its name and SHA-256; `problem` are
            the fields of `Problem` that differ from the defaults.
        path: where the file is, which says nothing about the job.
    """

    spec: str
    path: Path | None = None

    @cached_property
    def name(self) -> str:
        """The SHA-256 of the specification."""
        return hashlib.sha256(self.spec.encode("utf-8")).hexdigest()

    def problem(self) -> Problem:
        """What to prove.

        Raises:
            UsageError: the file is another one now, or the problem is malformed.
        """
        document = json.loads(self.spec)
        fields = checked_fields(document["problem"])
        if self.path is None:
            return Problem(data=RandomInputs(**document["data"]).draw(), **fields)
        if sha256_of(self.path) != document["data"]["sha256"]:
            raise UsageError(f"{self.path}: has changed since the sweep was planned; start the sweep again")
        return Problem(data=self.path, **fields)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a job; `instance` and `certificate` are the texts of the files, checked by `proofs`."""

    kind: str
    cause: str = ""
    instance: bytes | None = None
    certificate: bytes | None = None
    seconds: float = 0.0


def canonical(document: Mapping[str, object]) -> str:
    """The one way to write a document."""
    return json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def sha256_of(path: Path) -> str:
    """Of a file's content; UsageError when it cannot be read."""
    return hashlib.sha256(read_bytes(path)).hexdigest()


def run(job: Job) -> Outcome:
    """Do a job, and turn whatever goes wrong into an outcome: others wait for their turn."""
    started = time.perf_counter()
    with _ONE_AT_A_TIME:
        try:
            outcome = _prove(job)
        except NotFound as reason:
            outcome = Outcome("undecided", str(reason))
        except UsageError as error:
            outcome = Outcome("error", str(error))
        except MemoryError:
            outcome = Outcome("crashed", "out of memory")
        except Exception as error:  # a fault of certify is counted, and must not end the sweep
            outcome = Outcome("crashed", f"{type(error).__name__}: {error}")
    return replace(outcome, seconds=time.perf_counter() - started)


def _prove(job: Job) -> Outcome:
    """What the function behind `certify prove` finds; the texts of the files are checked like a stranger's.

    Raises:
        UsageError: malformed data, or too many for one file.
        NotFound: undecided.
    """
    problem = job.problem()
    proof = Proof.of(build(problem, silent), problem.standardise)
    if proof.data_file is not None:
        raise UsageError(f"the data are more than {LARGE:,} numbers, too large for a sweep; use certify prove")
    instance, certificate = json_text(proof.instance_document), json_text(proof.certificate_document)
    verdict = check(instance.decode("utf-8"), certificate.decode("utf-8")).verdict
    if verdict is not Verdict.PROVED:
        return Outcome("undecided", f"checking the files ended with {verdict.value}", instance, certificate)
    kind = _KINDS.get(proof.exit_code, "undecided")
    cause = "; ".join(proof.notes) if kind == "undecided" else ""
    return Outcome(kind, cause, instance, certificate)
