"""The certificate document, format 1: parse and refuse, nothing else."""

from __future__ import annotations

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
class Certificate:
    """A claim about one instance and the steps that are said to prove it.

    Attributes:
        instance: the digest of the instance document it is about.
        precision: the working precision of ball arithmetic in bits.
    """

    instance: str
    precision: int
    claim: Claim
    steps: tuple[Step, ...]


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
    certificate = Certificate(root.text("instance"), precision, read_claim(root.section("claim")), tuple(steps))
    root.finish()
    return certificate
