"""The report of a checked result, as a document."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from certify.output import CERTIFICATE, INSTANCE
from certify.report.document import (
    Attachment,
    Block,
    Code,
    Document,
    Fold,
    Items,
    Lead,
    Link,
    Listing,
    Maths,
    Name,
    Notice,
    Paragraph,
    Part,
    Picture,
    Prose,
    Section,
    Table,
    Text,
    Tone,
)
from certify.report.figure import Figure
from certify.report.loss import loss_text
from certify.report.points import point_sections
from certify.report.text import dependencies, scope_lines, summary, verdict_line
from certify.report.values import values
from certify.short import decimal
from proofs.activations import Activation
from proofs.checking import Outcome
from proofs.examined import ExaminedClaim
from proofs.instance import Instance
from proofs.kernel import Fact, Verdict

MOST_TARGETS = 12
MOST_SHOWN = 200
MOST_LINES = 30
MOST_ATTACHED = 400_000
"""Files of more bytes are named, not attached: a page stays under 1.5 MB."""

_MAY_BE_GLOBAL = frozenset({"local-minimum", "fitted-minimum", "affine-minimum"})
_TONES = {Verdict.PROVED: Tone.PROVED, Verdict.REJECTED: Tone.REFUSED, Verdict.UNDECIDED: Tone.REFUSED}


@dataclass(frozen=True, slots=True)
class Subject:
    """What a report is about: a result that was checked, and what goes with it.

    Attributes:
        notes: what is not claimed, and why.
        assumed: what the verdict rests on besides certify itself.
        missing: what is known about lemmas that the certificate needs and nobody has here.
        folder: where the files are, for the command that checks again.
        files: the files that belong to it, by name: the certificate that was checked, its instance, perhaps the data.
    """

    instance: Instance
    outcome: Outcome
    notes: Sequence[str]
    assumed: Sequence[str]
    missing: Sequence[str]
    folder: Path
    files: Mapping[str, bytes]

    @property
    def steps(self) -> dict[str, dict[str, Any]]:
        """The steps in the certificate, by their ids."""
        steps = json.loads(self.files[CERTIFICATE])["steps"]
        return {step["id"]: step for step in reversed(steps)}  # the first of a name is the one that was run

    @property
    def arguments(self) -> dict[str, Mapping[str, object]]:
        """The arguments of each step in the certificate, by its id."""
        return {name: step["arguments"] for name, step in self.steps.items()}


def compose(subject: Subject, pictures: Sequence[Figure]) -> Document:
    """The whole report; `pictures` are drawn from the same subject."""
    composer = _Composer(subject)
    title = (
        summary(subject.outcome)
        if subject.outcome.verdict is Verdict.PROVED
        else f"Not proved: {summary(subject.outcome)}"
    )
    blocks = tuple(composer.blocks(pictures))
    return Document((Name(title[0].upper() + title[1:]),), subject.instance.hash, blocks)


class _Composer:
    """Texts of one result, in which the names of its features are taken literally."""

    def __init__(self, subject: Subject) -> None:
        self.subject = subject
        self.steps = subject.steps
        special = {
            name for name in subject.instance.features if not re.fullmatch(r"[A-Za-z]\d*|[A-Za-z][\w -]+\w", name)
        }
        names = sorted(special, key=len, reverse=True)
        self.names = re.compile(f"({'|'.join(map(re.escape, names))})") if names else None

    def said(self, text: str) -> Text:
        """Words of ours, with names of the user's among them."""
        if self.names is None:
            return (Prose(text),)
        parts = self.names.split(text)
        return tuple(Name(part) if n % 2 else Prose(part) for n, part in enumerate(parts) if part)

    def blocks(self, pictures: Sequence[Figure]) -> Iterator[Block]:
        instance, outcome = self.subject.instance, self.subject.outcome
        proved = outcome.verdict is Verdict.PROVED
        yield Notice(_TONES[outcome.verdict], self.said(verdict_line(outcome)))
        if proved:
            if outcome.claim.kind in _MAY_BE_GLOBAL:
                yield Notice(Tone.OPEN, self.said("Not claimed: that a lower point exists. The minimum may be global."))
            yield Section("What is claimed", tuple(self._claim()))
        else:
            yield Paragraph(
                self.said("Nothing is proved by this certificate. What follows says how far the check went.")
            )
        yield Section("The instance", tuple(self._instance()))
        yield from point_sections(instance, outcome)
        shown = tuple(Picture(figure) for figure in pictures)
        if proved and isinstance(outcome.claim, ExaminedClaim):
            from certify.report.examined_findings import descent_table, examined_findings

            found = Items(tuple(self.said(line) for line in examined_findings(instance, outcome)))
            yield Section("What it looks like", (found, *shown, *descent_table(instance, outcome)))
        elif shown:
            yield Section("What it looks like", shown)
        yield Section("The proof, step by step" if proved else "How far the check went", tuple(self._steps()))
        yield Section("What was trusted", tuple(self._trusted()))
        yield Section("Check it again", tuple(self._again()))

    def _claim(self) -> Iterator[Block]:
        title = summary(self.subject.outcome)
        yield Lead(self.said(f"{title[0].upper()}{title[1:]}. Its exact scope:"))
        notes = [self.said(f"not claimed: {note}") for note in self.subject.notes]
        assumed = [self.said(f"assumes: {text}") for text in self.subject.assumed]
        scope = scope_lines(self.subject.instance, self.subject.outcome)
        yield Items((*map(self.said, scope), *notes, *assumed))

    def _instance(self) -> Iterator[Block]:
        instance = self.subject.instance
        network = instance.architecture
        rows: list[tuple[str, Text]] = [
            ("data", (Name(instance.provenance),)),
            ("samples", self.said(f"{instance.samples} samples ({len(instance.distinct_inputs)} different inputs)")),
            (
                f"{len(instance.features)} feature{'' if len(instance.features) == 1 else 's'}",
                (Name(", ".join(instance.features)),),
            ),
        ]
        if dependent := dependencies(instance, self.subject.outcome):
            rows.append(("dependent", self.said(dependent)))
        if network.outputs:
            rows += self._network()
        yield Table((), tuple(((Prose(name),), text) for name, text in rows))

    def _network(self) -> Iterator[tuple[str, Text]]:
        instance = self.subject.instance
        network = instance.architecture
        targets = ", ".join(decimal(instance.targets.entry(n, 0)) for n in range(min(MOST_TARGETS, instance.samples)))
        yield "targets (output 1)", (Prose(f"{targets}{', ...' if instance.samples > MOST_TARGETS else ''}"),)
        widths = "every choice of widths" if network.widths is None else f"widths {'-'.join(map(str, network.widths))}"
        bias = "with" if network.output_bias else "without"
        outputs = f"{network.outputs} output{'' if network.outputs == 1 else 's'} {bias} output bias"
        start = self.said(f"fully connected, depth {network.depth}, ")
        yield "network", (*start, *_activation(network.activation), *self.said(f", {widths}, {outputs}"))
        yield "loss", self.said(f"{instance.loss.name}, {loss_text(instance)}")

    def _steps(self) -> Iterator[Block]:
        outcome = self.subject.outcome
        for number, fact in enumerate(outcome.facts):
            yield self._step(fact, shut=number > 0)
        if outcome.failure is not None:
            failed = f"The check stopped at {outcome.failure.step}: {outcome.failure.failure}"
            yield Notice(Tone.REFUSED, self.said(failed))
        if self.subject.missing:
            yield Items(tuple(map(self.said, self.subject.missing)))

    def _step(self, fact: Fact, shut: bool) -> Fold:
        lemma, found = fact.lemma, fact.conclusion
        blocks: list[Block] = [Paragraph((Prose(lemma.statement),), "Statement")]
        if premises := self.steps[fact.step]["premises"]:
            links = [part for name in premises for part in (Prose(", "), Link(name, f"step-{name}"))]
            blocks.append(Paragraph(tuple(links[1:]), "Builds on"))
        if rows := tuple(values(self.subject.instance, fact)):
            blocks.append(Paragraph((Prose("What the symbols stand for here, as was established:"),), "In numbers"))
            blocks.append(Table((), rows))
        blocks.append(Paragraph(self.said(found.detail), "Here"))
        if found.margin:
            blocks.append(Paragraph(self.said(found.margin), "Margin"))
        if given := tuple(_arguments(self.steps[fact.step]["arguments"])):
            blocks += [
                Paragraph(
                    (Prose("The arguments of this step, of which the check verifies what it needs:"),),
                    "Given by the certificate",
                ),
                Table((), given),
            ]
        blocks.append(Paragraph((Name(lemma.source),), "Proof"))
        title = (Prose(f"{fact.step}: {lemma.title} ("), Code(lemma.name), Prose(")"))
        return Fold(f"step-{fact.step}", title, tuple(blocks), self.said(found.detail), shut)

    def _trusted(self) -> Iterator[Block]:
        outcome = self.subject.outcome
        yield Paragraph(
            (
                Prose("The check recomputes every conclusion from the instance ("),
                Code(self.subject.instance.hash),
                Prose(
                    f") with exact rationals and ball arithmetic at {outcome.precision} bits. It trusts Python, FLINT, "
                ),
                Prose("the code in "),
                Code("proofs/"),
                Prose(" and the theorems in "),
                Code("docs/mathematics.md"),
                Prose("; it assumes nothing else." if not self.subject.assumed else "; and it assumes:"),
            )
        )
        if self.subject.assumed:
            yield Items(tuple(map(self.said, self.subject.assumed)))

    def _again(self) -> Iterator[Block]:
        folder = self.subject.folder
        yield Listing(shlex.join(["certify", "check", str(folder / INSTANCE), str(folder / CERTIFICATE)]))
        for name, content in self.subject.files.items():
            whole = content if len(content) <= MOST_ATTACHED else None
            yield Attachment(name, whole, len(content))
        preview = (_preview(self.subject.files[CERTIFICATE]),)
        yield Fold("certificate", (Prose("The certificate, from its start"),), preview, shut=True, extra=True)


def _preview(content: bytes) -> Listing:
    lines = content.decode("utf-8").splitlines()
    shown = [line if len(line) <= MOST_SHOWN else line[: MOST_SHOWN - 3] + "..." for line in lines[:MOST_LINES]]
    more = len(lines) - len(shown)
    return Listing("\n".join([*shown, *([f"... ({more} more lines in the file)"] if more > 0 else [])]))


def _activation(activation: Activation) -> tuple[Part, ...]:
    """`silu: σ(z) = z/(1+exp(-z))`; a formula that stands for itself only once."""
    formula = Maths(f"σ(z) = {activation.formula}")
    return (formula,) if activation.name == activation.formula else (Name(f"{activation.name} ("), formula, Name(")"))


def _arguments(arguments: Mapping[str, object]) -> Iterator[tuple[Text, Text]]:
    """The arguments of a step, long ones cut."""
    for key, value in arguments.items():
        text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False).replace('"', "")
        yield (Name(key),), (Name(text if len(text) <= MOST_SHOWN else text[: MOST_SHOWN - 3] + "..."),)
