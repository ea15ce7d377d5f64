"""The certificate document, format 1: parse and refuse, nothing else."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from proofs.claim import Claim, read_claim
from proofs.document import Reader, TooLarge, parse_json
from proofs.exact import Malformed
from proofs.kernel import Step

FORMAT = "certify-certificate/1"
MIN_PRECISION, MAX_PRECISION = 53, 4096
MAX_STEPS = 10_000


@dataclass(frozen=True, slots=True)
class Use:
    """Which package a lemma that is not certify's own came from when the certificate was made."""

    lemma: str
    package: str
    version: str


@dataclass(frozen=True, slots=True)
class Certificate:
    """A claim about one instance and the steps that are said to prove it.

    Attributes:
        instance: the digest of the instance document it is about.
        precision: the working precision of ball arithmetic in bits.
        uses: where to find lemmas that are not certify's own; it helps people and proves nothing.
    """

    instance: str
    precision: int
    claim: Claim
    steps: tuple[Step, ...]
    uses: tuple[Use, ...] = ()


def load_certificate(path: Path) -> Certificate:
    """Read a certificate file.

    Raises:
        Malformed: not of the published format.
        TooLarge: larger than the checker reads.
        OSError: the file cannot be read.
    """
    return read_certificate(parse_json(path.read_bytes(), path.name))


def read_certificate(document: object) -> Certificate:
    """Build a certificate from a parsed document.

    Raises:
        Malformed: not of the published format.
        TooLarge: more than MAX_STEPS steps.
    """
    root = Reader.of(document, "certificate")
    if root.take("format") != FORMAT:
        raise Malformed("certificate.format", f"expected {FORMAT!r}")
    precision = root.integer("precision")
    if not MIN_PRECISION <= precision <= MAX_PRECISION:
        raise Malformed("certificate.precision", f"expected {MIN_PRECISION} to {MAX_PRECISION} bits")
    if len(root.items("steps")) > MAX_STEPS:
        raise TooLarge(f"certificate.steps: at most {MAX_STEPS} steps are read")
    steps = []
    for item in root.sections("steps"):
        step = Step(item.text("id"), item.text("lemma"), item.texts("premises"), item.section("arguments"))
        item.finish()
        steps.append(step)
    uses = _read_uses(root) if root.has("uses") else ()
    certificate = Certificate(root.text("instance"), precision, read_claim(root.section("claim")), tuple(steps), uses)
    root.finish()
    return certificate


# No more than packages and versions are made of: the words are shown to people who look for a package.
_PACKAGE = re.compile(r"[A-Za-z0-9]([A-Za-z0-9._-]{0,98}[A-Za-z0-9])?")
_VERSION = re.compile(r"[A-Za-z0-9][A-Za-z0-9.+!_-]{0,99}")


def _read_uses(root: Reader) -> tuple[Use, ...]:
    uses: dict[str, Use] = {}
    for item in root.sections("uses"):
        use = Use(item.text("lemma"), item.text("package"), item.text("version"))
        item.finish()
        if use.lemma in uses:
            raise Malformed(item.place("lemma"), "the lemma is listed twice")
        if not _PACKAGE.fullmatch(use.package):
            raise Malformed(item.place("package"), "expected the name of a package, such as certify-example")
        if not _VERSION.fullmatch(use.version):
            raise Malformed(item.place("version"), "expected a version, such as 1.0.2")
        uses[use.lemma] = use
    return tuple(uses.values())
