"""The readable report of a checked instance, in Markdown."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from certify.errors import printable
from certify.output import CERTIFICATE, INSTANCE
from certify.report.examined_findings import examined_findings, examined_pictures
from certify.report.loss import loss_text
from certify.report.text import dependencies, scope_lines, summary, verdict_line
from certify.short import decimal
from proofs.activations import Activation
from proofs.checking import Outcome
from proofs.exact import show, show_above
from proofs.examined import ExaminedClaim
from proofs.instance import Instance
from proofs.kernel import Verdict
from proofs.lemmas.affine_minimum import AffineMinimum
from proofs.lemmas.constant_point import ConstantPoint
from proofs.lemmas.fitted_point import FittedPoint

MOST_SHOWN = 12


def report(
    instance: Instance, outcome: Outcome, arguments: Mapping[str, object], notes: Sequence[str], folder: Path
) -> str:
    """Render an instance and the outcome of checking its certificate.

    Args:
        arguments: for each step its arguments in the certificate.
        notes: what is not claimed, and why.
        folder: where the files are, for the command that checks again.
    """
    return "\n".join(_lines(instance, outcome, arguments, notes, folder)) + "\n"


def _lines(
    instance: Instance, outcome: Outcome, arguments: Mapping[str, object], notes: Sequence[str], folder: Path
) -> Iterator[str]:
    title = summary(outcome)
    yield f"# {_escape(title[0].upper() + title[1:])}"
    yield ""
    yield f"**{_escape(verdict_line(outcome))}**"
    yield ""
    if outcome.verdict is Verdict.PROVED:
        yield "## What is claimed"
        yield ""
        yield from (f"- {_escape(line)}" for line in scope_lines(instance, outcome))
        yield from (f"- not claimed: {_escape(note)}" for note in notes)
        yield ""
    yield from _data(instance, dependencies(instance, outcome))
    point = next(
        (f.conclusion.proposition for f in outcome.facts if isinstance(f.conclusion.proposition, ConstantPoint)), None
    )
    if point is not None:
        yield from _point(instance, point)
    chain = next(
        (f.conclusion.proposition for f in outcome.facts if isinstance(f.conclusion.proposition, FittedPoint)), None
    )
    if chain is not None:
        yield from _chain(instance, chain)
    straight = next(
        (f.conclusion.proposition for f in outcome.facts if isinstance(f.conclusion.proposition, AffineMinimum)), None
    )
    if straight is not None:
        yield from _straight(instance, straight)
    if isinstance(outcome.claim, ExaminedClaim):
        yield "## What it looks like"
        yield ""
        yield from (f"- {_escape(line)}" for line in examined_findings(instance, outcome))
        yield ""
        yield from examined_pictures(instance, outcome)
    yield "## The proof, step by step"
    yield ""
    for fact in outcome.facts:
        yield f"### {fact.step}: {fact.lemma.title} (`{fact.lemma.name}`)"
        yield ""
        yield f"*Statement.* {_escape(fact.lemma.statement)}"
        yield ""
        yield f"*Here.* {_escape(fact.conclusion.detail)}"
        if fact.conclusion.margin:
            yield ""
            yield f"*Margin.* {_escape(fact.conclusion.margin)}"
        shown = _arguments(arguments.get(fact.step))
        if shown:
            yield ""
            yield f"*Given by the certificate.* {_escape(shown)}"
        yield ""
        yield f"*Proof.* {fact.lemma.source}"
        yield ""
    if outcome.failure is not None:
        yield f"**The check stopped at {outcome.failure.step}: {_escape(str(outcome.failure.failure))}**"
        yield ""
    yield "## Check it again"
    yield ""
    yield "    " + shlex.join(["certify", "check", str(folder / INSTANCE), str(folder / CERTIFICATE)])
    yield ""
    yield (
        f"The check recomputes every conclusion from the instance (`{instance.hash}`) with exact rationals and ball "
        f"arithmetic at {outcome.precision} bits. It trusts Python, FLINT, the code in `proofs/` and the theorems in "
        "`docs/mathematics.md`; it assumes nothing else."
    )


def _data(instance: Instance, dependent: str) -> Iterator[str]:
    network = instance.architecture
    yield "## The instance"
    yield ""
    yield f"- data: {_escape(instance.provenance)}"
    yield (
        f"- {instance.samples} samples ({len(instance.distinct_inputs)} different inputs), "
        f"{len(instance.features)} features: {_escape(', '.join(instance.features))}"
    )
    if dependent:
        yield f"- {_escape(dependent)}"
    if not network.outputs:
        yield ""
        return
    targets = ", ".join(decimal(instance.targets.entry(n, 0)) for n in range(min(MOST_SHOWN, instance.samples)))
    more = ", ..." if instance.samples > MOST_SHOWN else ""
    yield f"- targets (output 1): {targets}{more}"
    widths = "every choice of widths" if network.widths is None else "-".join(map(str, network.widths))
    bias = "with" if network.output_bias else "without"
    yield (
        f"- network: fully connected, depth {network.depth}, {_activation(network.activation)}, {widths}, "
        f"{network.outputs} output{'' if network.outputs == 1 else 's'} {bias} output bias"
    )
    yield f"- loss: {_escape(instance.loss.name)}, {_escape(loss_text(instance))}"
    yield ""


def _activation(activation: Activation) -> str:
    """`silu: σ(z) = z/(1+exp(-z))`; a formula that stands for itself only once."""
    formula = f"`σ(z) = {activation.formula}`"
    return formula if activation.name == activation.formula else f"{_escape(activation.name)} ({formula})"


def _point(instance: Instance, point: ConstantPoint) -> Iterator[str]:
    top = f"σ(a_{len(point.levels)})"
    yield "## The point"
    yield ""
    yield "- W_1 = 0: the network is constant over the data"
    for h, level in enumerate(point.levels, 1):
        if h == 1:
            yield f"- layer 1: biases a_1 = {level}"
        else:
            scale = point.scales[h - 2]
            yield (
                f"- layer {h}: weights {scale} times any positive shares that sum to 1, "
                f"biases a_{h} - ({scale}) σ(a_{h - 1}), so that the level is a_{h} = {level}"
            )
    for o, constant in enumerate(point.constants):
        if point.output_weights is None:
            yield f"- output {o + 1}: last weights any positive shares of ({constant})/{top}; the output is {constant}"
        else:
            weight = point.output_weights[o]
            yield (
                f"- output {o + 1}: last weights any positive shares of {weight}, bias {constant} - ({weight}) {top}; "
                f"the output is {constant}"
            )
    yield f"- E* = {point.loss if len(str(point.loss)) <= 60 else show(point.loss) + '...'}"
    yield ""


def _chain(instance: Instance, point: FittedPoint) -> Iterator[str]:
    """The parameters of the chain, each with the radius of the box that holds the critical points."""
    yield "## The point"
    yield ""
    yield "The chain has one neuron in each hidden layer: z_1 = w.x + b_1, z_h = s_h σ(z_{h-1}) + b_h, T = V σ(z_H)."
    yield (
        "A lift copies every neuron and splits every outgoing weight into positive shares, to any width; it computes "
        "the same function. For each target vector there is exactly one critical chain, and within"
    )
    yield ""
    depth, names = instance.architecture.depth, [f"w({instance.features[j]})" for j in point.basis]
    names += ["b_1", *(f"{name}_{h}" for h in range(2, depth + 1) for name in ("s", "b")), "V", "output bias"]
    for name, centre, spread in zip(names, point.centre, point.spreads, strict=False):
        yield f"- {_escape(name)} = {decimal(centre)} ± {show_above(spread)}"
    yield ""


def _straight(instance: Instance, point: AffineMinimum) -> Iterator[str]:
    """What the network computes, and the piece that each layer sits on."""
    yield "## The point"
    yield ""
    fit = "the mean of the targets" if point.constant else "the least-squares affine fit of the targets"
    widths = "-".join(map(str, point.least_widths))
    yield f"- a network of widths {widths} (its exact weights are in the first step) that computes {fit}"
    yield (
        "- each unit has the pre-activations of all samples strictly inside one piece of σ, so that the network stays "
        "affine on the data under small changes: among affine functions nothing is better than the fit"
    )
    yield "- wider networks: copies of these units, with outgoing weights 0"
    yield f"- E* = {point.loss if len(str(point.loss)) <= 60 else show(point.loss) + '...'}"
    yield ""


def _arguments(arguments: object) -> str:
    """The arguments of a step, long ones cut."""
    if not isinstance(arguments, dict):
        return ""
    parts = []
    for key, value in arguments.items():
        text = str(value).replace("'", "")
        parts.append(f"{key} = {text if len(text) <= 200 else text[:197] + '...'}")
    return "; ".join(parts)


def _escape(text: str) -> str:
    """Markdown takes `<`, `*`, `_` and `|` for its own, and a line break for the end of an item."""
    text = printable(text)
    for mark in "\\`*_<|":
        text = text.replace(mark, "\\" + mark)
    return text
