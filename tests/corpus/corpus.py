"""What a case of the corpus is, what a checker answers, and the two checkers."""

from __future__ import annotations

import json
import marshal
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from proofs import standalone
from proofs.certificate import read_certificate
from proofs.checking import check
from proofs.document import TooLarge, digest, parse_json
from proofs.exact import Malformed
from proofs.instance import read_instance

GOOD = Path(__file__).resolve().parent / "good"
EXAMINED = Path(__file__).resolve().parents[1] / "proofs" / "data_examined"
MOST_EXAMINED = 10
"""Trained networks with more samples take the second checker too long for thousands of changes."""

Document = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Answer:
    """What a checker says.

    Attributes:
        verdict: PROVED, REJECTED, UNDECIDED, malformed or too large.
        step: the step that stopped the check, or `claim` or `certificate`; empty for the other verdicts.
        code: for instance CP03.
        passed: how many steps went through; not part of the answer.
    """

    verdict: str
    step: str = ""
    code: str = ""
    passed: int = field(default=0, compare=False)

    def __str__(self) -> str:
        return " ".join(part for part in (self.verdict, self.step, self.code) if part)


PROVED = Answer("PROVED")
MALFORMED = Answer("malformed")
TOO_LARGE = Answer("too large")


def rejected(step: str, code: str) -> Answer:
    return Answer("REJECTED", step, code)


def undecided(step: str, code: str) -> Answer:
    return Answer("UNDECIDED", step, code)


@dataclass(frozen=True, slots=True)
class Texts:
    """The bytes of an instance, of a certificate and of the files beside the instance."""

    instance: bytes
    certificate: bytes
    files: Mapping[str, bytes] = field(default_factory=dict)

    @contextmanager
    def folder(self) -> Iterator[Path | None]:
        """A folder that holds the files beside the instance; None when there are none."""
        if not self.files:
            yield None
            return
        with TemporaryDirectory() as name:
            for file, content in self.files.items():
                (Path(name) / file).write_bytes(content)
            yield Path(name)


@dataclass(frozen=True, slots=True)
class Case:
    """One certificate and the answer that every checker must give.

    Attributes:
        origin: the good certificate it was made from.
        change: what was changed.
        because: the reason for the answer, in a few words.
    """

    origin: str
    change: str
    texts: Texts
    expected: Answer
    because: str = ""

    @property
    def name(self) -> str:
        return f"{self.origin}: {self.change}"


@dataclass(frozen=True, slots=True)
class Good:
    """A certificate that must be proved, as parsed documents. Do not change them: take a copy."""

    name: str
    instance: Document
    certificate: Document
    files: Mapping[str, bytes] = field(default_factory=dict)

    @property
    def texts(self) -> Texts:
        return Texts(encoded(self.instance), encoded(self.certificate), self.files)


def copied(document: Any) -> Any:
    """A deep copy of a JSON document (`copy.deepcopy` takes ten times as long)."""
    return marshal.loads(marshal.dumps(document))


def encoded(document: object) -> bytes:
    return json.dumps(document, ensure_ascii=True).encode()


def load_good(folder: Path) -> Good:
    documents = {p.stem: json.loads(p.read_text("utf-8")) for p in folder.glob("*.json")}
    files = {p.name: p.read_bytes() for p in folder.iterdir() if p.suffix != ".json"}
    return Good(folder.name, documents["instance"], documents["certificate"], files)


def all_good() -> list[Good]:
    return [*(load_good(folder) for folder in sorted(GOOD.iterdir())), *examined_good()]


def examined_good() -> Iterator[Good]:
    """Those about small trained networks."""
    for path in sorted(EXAMINED.glob("*.json")):
        document = json.loads(path.read_text("utf-8"))
        if len(document["instance"]["data"]["inputs"]) <= MOST_EXAMINED:
            yield Good(f"examined-{path.stem}", document["instance"], document["certificate"])


def rehashed(instance: Document, certificate: Document) -> Document:
    """The certificate, made out for this instance: the hash alone must never do the work."""
    return {**certificate, "instance": digest(instance)}


def main_checker(texts: Texts) -> Answer:
    """`proofs.check`."""
    try:
        with texts.folder() as folder:
            instance = read_instance(parse_json(texts.instance, "instance"), folder)
            outcome = check(instance, read_certificate(parse_json(texts.certificate, "certificate")))
    except (Malformed, FileNotFoundError):
        return MALFORMED
    except TooLarge:
        return TOO_LARGE
    passed = len(outcome.facts)
    if outcome.failure is None:
        return Answer(outcome.verdict.value, passed=passed)
    return Answer(outcome.verdict.value, outcome.failure.step, outcome.failure.failure.code, passed)


def second_checker(texts: Texts, module: Any = standalone) -> Answer:
    """`proofs.standalone`, or a changed copy of that module."""
    try:
        with texts.folder() as folder:
            instance = module.read_instance(module.parse_json(texts.instance, "instance"), folder)
            result = module.check(instance, module.parse_json(texts.certificate, "certificate"))
    except (module.Malformed, FileNotFoundError):
        return MALFORMED
    except module.TooLarge:
        return TOO_LARGE
    return Answer(result.verdict, result.stopped, result.failure.code if result.failure else "", len(result.steps))


Checker = Callable[[Texts], Answer]
CHECKERS: dict[str, Checker] = {"main": main_checker, "second": second_checker}
