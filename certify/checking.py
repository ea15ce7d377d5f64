"""Checking a certificate: the one way in, for the command line and for programs."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from certify.errors import UsageError
from certify.exit_codes import UNDECIDED
from certify.library import Library, Watched, assumptions, library_for, missing_lemmas
from certify.progress import Report, silent
from certify.result import Result
from proofs import checking
from proofs.certificate import Certificate, read_certificate
from proofs.document import TooLarge, parse_json
from proofs.exact import Malformed
from proofs.instance import Instance, read_instance
from proofs.kernel import Verdict
from proofs.lemmas import LEMMAS

if TYPE_CHECKING:
    from certify.coq.ask import CoqAnswer

Source = str | os.PathLike[str] | Mapping[str, object]
"""The name of a file, or the document that it would hold."""


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


@dataclass(frozen=True, repr=False, kw_only=True)
class Checked(Result):
    """The result of `certify.check`.

    Attributes:
        certificate: the steps that were checked, and the claim.
        library: the lemmas that were at hand.
        name: of the instance's file.
        second: the second checker's answer, if it was asked.
        coq: Coq's answer, if it was asked.
    """

    certificate: Certificate
    library: Library
    name: str
    second: Second | None = None
    coq: CoqAnswer | None = None

    @property
    def exit_code(self) -> int:
        """UNDECIDED when others were asked, too, and one did not say that it is proved."""
        alone = any(other is not None and not other.agrees for other in (self.second, self.coq))
        return UNDECIDED if alone and self.verdict is Verdict.PROVED else super().exit_code

    @property
    def title(self) -> Iterator[str]:
        """What was checked."""
        yield f"instance {self.instance.hash}  (recomputed from {self.name})"
        yield from (f"missing: {line}" for line in self.missing)

    @property
    def qualification(self) -> str:
        """What the second checker and Coq say."""
        return "; ".join(other.line for other in (self.second, self.coq) if other is not None)

    @property
    def document(self) -> dict[str, object]:
        """The result as JSON."""
        second = {"second": self.second.answer} if self.second else {}
        return {**super().document, **second, **({"coq": self.coq.line} if self.coq else {})}


@dataclass(frozen=True, slots=True)
class Text:
    """The text of a document, where it came from, and where data files beside it are."""

    content: bytes
    name: str
    folder: Path | None


def check(instance: Source, certificate: Source, *, second: bool = False, progress: Report = silent) -> Checked:
    """Recompute every conclusion of a certificate from its instance, with the lemmas that are installed.

    Args:
        second: ask the second checker, too (standard library only; it needs longer).
        progress: is told what is being done, a line at a time.

    Raises:
        UsageError: a file is missing or malformed.
        OSError: too large, a file cannot be read for another reason, or the checkers disagree.
        PluginError: a lemma of another package does not work.
    """
    with reading():
        progress("reading the instance and the certificate")
        texts = _text(instance, "instance"), _text(certificate, "certificate")
        result = checked_texts(*texts, progress)
    if not second:
        return result
    progress("asking the second checker")
    return replace(result, second=_second_opinion(result, *texts))


def checked_texts(instance: Text, certificate: Text, progress: Report) -> Checked:
    """The result for texts, so that what is shown of them is what was checked.

    Raises:
        Malformed, TooLarge: not of the published formats, or larger than the checker reads.
        OSError: a data file beside the instance cannot be read.
        PluginError: a lemma of another package does not work.
    """
    read = read_instance(parse_json(instance.content, instance.name), instance.folder)
    return checked(read, read_certificate(parse_json(certificate.content, certificate.name)), instance.name, progress)


def checked(instance: Instance, certificate: Certificate, name: str, progress: Report) -> Checked:
    """The result for what has been read.

    Raises:
        Malformed: a step's arguments are not of the form its lemma expects.
        PluginError: a lemma of another package does not work.
    """
    library = library_for(certificate)
    outcome = checking.check(instance, certificate, Watched(library.lemmas, progress))
    lacks = outcome.failure is not None and outcome.failure.failure.code == "KE03"
    return Checked(
        instance=instance,
        outcome=outcome,
        assumed=tuple(assumptions(library, certificate, [fact.lemma.name for fact in outcome.facts])),
        missing=tuple(missing_lemmas(library, certificate)) if lacks else (),
        certificate=certificate,
        library=library,
        name=name,
    )


@contextmanager
def reading() -> Iterator[None]:
    """What may go wrong with files that a user names, as errors with an exit code of their own.

    Raises:
        UsageError: a file is missing or malformed.
        OSError: too large, or a file cannot be read for another reason.
    """
    try:
        yield
    except FileNotFoundError as error:
        raise UsageError(f"{error.filename}: no such file") from None
    except IsADirectoryError as error:
        raise UsageError(f"{error.filename}: is a directory; expected a file") from None
    except Malformed as error:
        raise UsageError(str(error)) from None
    except TooLarge as error:
        raise OSError(str(error)) from None


def demand_self_test() -> None:
    """Test both checkers on known answers.

    Raises:
        OSError: one gives a wrong answer.
    """
    from certify.selftest import wrong_answers

    for line in wrong_answers():
        raise OSError(f"the self-test failed, so no verdict is given: {line}")


def _text(source: Source, what: str) -> Text:
    if isinstance(source, str | os.PathLike):
        path = Path(source)
        return Text(path.read_bytes(), path.name, path.parent)
    try:
        return Text(json.dumps(dict(source)).encode("ascii"), what, None)
    except (TypeError, ValueError, RecursionError):
        raise UsageError(f"{what}: expected a JSON document: objects, lists, strings, integers, truth values") from None


def _second_opinion(result: Checked, instance: Text, certificate: Text) -> Second:
    """The answer of the second checker, which must be that of the first, for the same step and code, as far as it knows
    the lemmas.

    Raises:
        OSError: the checkers disagree.
    """
    from proofs import standalone

    outcome = result.outcome
    try:
        read = standalone.read_instance(standalone.parse_json(instance.content, instance.name), instance.folder)
        other = standalone.check(read, standalone.parse_json(certificate.content, certificate.name))
    except (standalone.Malformed, standalone.TooLarge) as error:
        raise _disagreement(outcome.verdict.value, str(error)) from None
    first = (outcome.verdict.value, *((outcome.failure.step, outcome.failure.failure.code) if outcome.failure else ()))
    answer = (other.verdict, *((other.stopped, other.failure.code) if other.failure else ()))
    if first == answer:
        return Second(" ".join(answer), True)
    done = [(fact.step, fact.lemma.name) for fact in outcome.facts]
    stranger = next((step.lemma for step in result.certificate.steps if step.id == other.stopped), None)
    if (
        answer[-1] == "KE03"
        and stranger in result.library.lemmas
        and stranger not in LEMMAS
        and done[: len(other.steps)] == other.steps
    ):
        return Second(" ".join(answer), False)
    raise _disagreement(" ".join(first), " ".join(answer))


def _disagreement(first: str, second: str) -> OSError:
    return OSError(
        f"the checkers disagree: the main one says {first}, the second {second}; one of them has a bug: trust neither, "
        "and report it"
    )
