"""A certificate under construction: every step is decided by `proofs` as soon as it is added."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from certify.data import Dataset
from certify.progress import Report, silent
from proofs.certificate import FORMAT, read_certificate
from proofs.checking import Outcome, check
from proofs.claim import Claim, claim_document
from proofs.document import Reader, digest
from proofs.instance import Architecture, Instance, WeightDecay, instance_document
from proofs.kernel import Fact, Failure, Step, run_step
from proofs.lemmas import LEMMAS
from proofs.losses import AnyLoss
from proofs.table import Table

LARGE = 200_000  # more numbers than this are written beside the instance, not into it
DATA_FILE = "instance.data.csv"

_P = TypeVar("_P")


@dataclass(frozen=True, slots=True)
class Bundle:
    """Everything `prove` writes, checked.

    Attributes:
        data_file: the data beside the instance document, for large data sets.
        notes: what is not claimed, and why.
    """

    dataset: Dataset
    instance: Instance
    instance_document: dict[str, object]
    data_file: bytes | None
    certificate_document: dict[str, object]
    outcome: Outcome
    notes: tuple[str, ...]


@dataclass(slots=True)
class Draft:
    """The steps that went through so far."""

    instance: Instance
    document: dict[str, object]
    data_file: bytes | None
    steps: list[dict[str, object]] = field(default_factory=list)
    facts: dict[str, Fact] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    report: Report = silent

    def add(self, lemma: str, premises: tuple[str, ...], arguments: dict[str, object]) -> Fact:
        """Add a step.

        Raises:
            Rejected, Undecided: `proofs` does not accept it.
        """
        name = f"s{len(self.steps) + 1}"
        step = Step(name, lemma, premises, Reader(arguments, f"steps[{len(self.steps)}].arguments"))
        self.report(f"proving {name} {lemma}")
        fact = run_step(self.instance, step, self.facts, LEMMAS)
        self.facts[name] = fact
        self.steps.append({"id": name, "lemma": lemma, "premises": list(premises), "arguments": arguments})
        return fact

    def probe(self, steps: Sequence[tuple[str, tuple[str, ...], dict[str, object]]]) -> None:
        """Try some more steps (lemma, premises, arguments) without adding them.

        Raises:
            Rejected, Undecided: `proofs` does not accept one of them.
        """
        facts = dict(self.facts)
        for lemma, premises, arguments in steps:
            name = f"s{len(facts) + 1}"
            self.report(f"trying {name} {lemma}")
            facts[name] = run_step(self.instance, Step(name, lemma, premises, Reader(arguments, name)), facts, LEMMAS)

    def attempt(self, lemma: str, premises: tuple[str, ...], arguments: dict[str, object]) -> Fact | None:
        """Add a step that the claim can do without; what fails is noted."""
        try:
            return self.add(lemma, premises, arguments)
        except Failure as failure:
            self.notes.append(f"{lemma}: {failure}")
            return None

    def proposition(self, kind: type[_P]) -> _P | None:
        """The first established proposition of this kind."""
        return next((p for f in self.facts.values() if isinstance(p := f.conclusion.proposition, kind)), None)

    def finish(self, dataset: Dataset, claim: Claim, bits: int) -> Bundle:
        """Write the certificate and check it from its text, like a stranger."""
        certificate: dict[str, object] = {
            "format": FORMAT,
            "instance": self.instance.hash,
            "precision": bits,
            "claim": claim_document(claim),
            "steps": self.steps,
        }
        self.report("checking the certificate")
        outcome = check(self.instance, read_certificate(certificate))
        return Bundle(dataset, self.instance, self.document, self.data_file, certificate, outcome, tuple(self.notes))


def start_draft(
    dataset: Dataset,
    targets: Table,
    network: Architecture,
    loss: AnyLoss,
    provenance: str,
    weight_decay: WeightDecay | None = None,
    report: Report = silent,
) -> Draft:
    """An empty draft for an instance; large data go to a file beside it. `report` is told which step is at hand."""
    data_file = None
    inputs = dataset.inputs
    if inputs.rows * inputs.columns <= LARGE:
        data: dict[str, object] = {
            "inputs": [[str(v) for v in inputs.row(n)] for n in range(inputs.rows)],
            "targets": [[str(v) for v in targets.row(n)] for n in range(inputs.rows)] if targets.columns else [],
        }
    else:
        data_file = _data_file(inputs, targets)
        data = {
            "file": DATA_FILE,
            "sha256": hashlib.sha256(data_file).hexdigest(),
            "outputs": targets.columns,
        }
    document = instance_document(dataset.features, data, network, loss, provenance, weight_decay)
    instance = Instance(dataset.features, inputs, targets, network, loss, digest(document), provenance, weight_decay)
    return Draft(instance, document, data_file, report=report)


def _data_file(inputs: Table, targets: Table) -> bytes:
    """Denominators in the first line, then one line of integers a sample: inputs, then targets."""
    lines = [",".join(map(str, (*inputs.denominators, *targets.denominators)))]
    for n in range(inputs.rows):
        row = [inputs.numerators[n, j] for j in range(inputs.columns)]
        row += [targets.numerators[n, o] for o in range(targets.columns)]
        lines.append(",".join(map(str, row)))
    return ("\n".join(lines) + "\n").encode("ascii")
