"""The theorems of a constant point: the minimum, its regions, the better network."""

from __future__ import annotations

from collections.abc import Iterator

from certify.coq import terms
from certify.coq.forms import margin, rounding
from certify.coq.pieces import Piece, computation, definition, theorem
from certify.coq.regions import box, jensen
from certify.coq.subject import Subject
from certify.errors import UsageError
from proofs.balls import precision
from proofs.checking import Outcome
from proofs.kernel import propositions
from proofs.layers import hidden_widths, read_layers
from proofs.lemmas.local_minimum import LocalMinimum

BITS = 128


def constant_theorems(subject: Subject, outcome: Outcome) -> list[Piece]:
    """What the Coq file of a constant point says.

    Raises:
        UsageError: the certificate does not say that it is a local minimum.
    """
    with precision(BITS):
        return list(_pieces(subject, propositions(outcome.facts, LocalMinimum)))


def _pieces(subject: Subject, minima: list[LocalMinimum]) -> Iterator[Piece]:
    yield definition("rows", "list row", terms.rows(subject.instance), "The data: inputs and target of each sample.")
    minimum = ""
    if "jensen-region/1" in subject.arguments:
        yield from jensen(subject)
        minimum = "(fun _ net _ _ => jensen_minimum net)"
    if minima:
        yield from _deep(subject, minima[0])
        minimum = "local_minimum_of_every_width"
    if not minimum:
        raise UsageError("the certificate does not say that the point is a local minimum; nothing is written for Coq")
    if "interval-region/1" in subject.arguments and len(subject.point.levels) == 1:
        yield from box(subject, subject.arguments["interval-region/1"].rational("radius"))
    if "better-point/1" in subject.arguments:
        yield from _bad(subject, minimum)


def _deep(subject: Subject, minimum: LocalMinimum) -> Iterator[Piece]:
    orient, bends = minimum.moments[0][0], minimum.curvature_signs
    layers = terms.listed(f"({terms.sign(k)}%Z, {stage})" for k, stage in zip(bends[1:], subject.stages(), strict=True))
    signs = " ".join(map(terms.sign, (subject.sign, orient, bends[0])))
    table = subject.instance.inputs
    size = margin(table, [orient * subject.residual(n) for n in range(table.rows)])
    if size is None:
        raise UsageError("the residual's form is definite by too little for the Coq library")
    fine = f"{terms.argument(size)} {rounding(table, size)}"
    data = f"rows {subject.inputs} {subject.level(0)} {terms.argument(subject.c)} {signs}\n    {layers} {fine}"
    yield computation("minimum_computed", f"deep_check {subject.derivatives('first', 'second')} {data}")
    yield theorem(
        "local_minimum_of_every_width",
        f"forall widths net, Forall (fun w => 1 <= w)%nat widths -> of_shape {subject.inputs} widths net ->\n"
        f"    {subject.is_constant()} ->\n    local_minimum {subject.activation} (data_of rows) net",
        f"deep_minimum_checked {subject.activation} smooth_{subject.activation} {data} minimum_computed",
        "Every such constant network, of every width, is a local minimum.",
    )


def _bad(subject: Subject, minimum: str) -> Iterator[Piece]:
    arguments = subject.arguments["better-point/1"]
    layers = read_layers(subject.instance, arguments)
    yield definition("better", "rational_network", terms.network(layers), "A network with a smaller loss.")
    loss = subject.point.loss
    high, low = terms.argument(loss), terms.argument(loss - arguments.rational("gap"))
    widths = terms.listed(f"{w}%nat" for w in hidden_widths(layers))
    shape = f"{subject.inputs} {'true' if subject.instance.architecture.output_bias else 'false'}"
    data = (
        f"{subject.derivatives('value')} rows {shape} {subject.level(0)}\n    {terms.listed(subject.stages())} "
        f"{terms.argument(subject.c)} {terms.sign(subject.sign)} {widths} {high} {low} better"
    )
    yield computation("point_computed", f"point_check {data}")
    yield theorem(
        "bad_local_minimum_of_every_width",
        f"forall widths, at_least widths {widths} ->\n"
        f"    bad_local_minimum {subject.activation} (data_of rows) {shape} widths (Q2R {high}) (Q2R {low})",
        f"bad_local_minimum_checked {subject.activation} {data}\n"
        f"    (value_correct smooth_{subject.activation}) point_computed {minimum}",
        "Networks at least this wide have a local minimum with the first loss, and parameters with at most the second.",
    )
