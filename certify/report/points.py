"""Where the point is that a report is about."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from certify.report.document import Block, Items, Name, Paragraph, Prose, Section, Text
from certify.short import decimal
from proofs.checking import Outcome
from proofs.exact import show, show_above
from proofs.instance import Instance

if TYPE_CHECKING:  # a certificate needs few of the lemmas, and those are imported by then
    from proofs.lemmas.affine_minimum import AffineMinimum
    from proofs.lemmas.constant_point import ConstantPoint
    from proofs.lemmas.fitted_point import FittedPoint

_MOST = 60


def point_sections(instance: Instance, outcome: Outcome) -> Iterator[Section]:
    """One section for a point that was constructed."""
    for fact in outcome.facts:
        point: Any = fact.conclusion.proposition
        match fact.lemma.name:
            case "constant-point/1":
                yield Section("The point", (Items(tuple(_constant(point))),))
            case "fitted-point/1":
                yield Section("The point", tuple(_chain(instance, point)))
            case "affine-minimum/1":
                yield Section("The point", (Items(tuple(_straight(point))),))
            case _:
                continue
        return


def _constant(point: ConstantPoint) -> Iterator[Text]:
    top = f"σ(a_{len(point.levels)})"
    yield _said("W_1 = 0: the network is constant over the data")
    for h, level in enumerate(point.levels, 1):
        if h == 1:
            yield _said(f"layer 1: biases a_1 = {level}")
        else:
            scale = point.scales[h - 2]
            yield _said(
                f"layer {h}: weights {scale} times any positive shares that sum to 1, "
                f"biases a_{h} - ({scale}) σ(a_{h - 1}), so that the level is a_{h} = {level}"
            )
    for o, constant in enumerate(point.constants):
        if point.output_weights is None:
            yield _said(
                f"output {o + 1}: last weights any positive shares of ({constant})/{top}; the output is {constant}"
            )
        else:
            weight = point.output_weights[o]
            yield _said(
                f"output {o + 1}: last weights any positive shares of {weight}, bias {constant} - ({weight}) {top}; "
                f"the output is {constant}"
            )
    yield _loss(str(point.loss), show(point.loss))


def _chain(instance: Instance, point: FittedPoint) -> Iterator[Block]:
    """The parameters of the chain, each with the radius of the box that holds the critical points."""
    output = f"V σ(z_H){' + c' if instance.architecture.output_bias else ''}"
    ratios = point.ratios
    several = f"T_o = e_o ({output}) with e_o = {', '.join(map(str, ratios))}"
    yield Paragraph(
        _said(
            "The chain has one neuron in each hidden layer: z_1 = w.x + b_1, z_h = s_h σ(z_{h-1}) + b_h, "
            f"{f'T = {output}' if len(ratios) == 1 else several}."
        )
    )
    yield Paragraph(
        _said(
            "A lift copies every neuron and splits every outgoing weight into positive shares, to any width; it "
            "computes the same function. For each target vector of the scope there is exactly one critical chain in "
            "the box of the first step, and it lies within these bounds:"
        )
    )
    depth = instance.architecture.depth
    names: list[Text] = [(Prose("w("), Name(instance.features[j]), Prose(")")) for j in point.basis]
    names += [(Prose(name),) for name in ("b_1", *(f"{name}_{h}" for h in range(2, depth + 1) for name in ("s", "b")))]
    names += [(Prose("V"),), (Prose("c"),)]
    yield Items(
        tuple(
            (*name, Prose(f" = {decimal(centre)} ± {show_above(spread)}"))
            for name, centre, spread in zip(names, point.centre, point.spreads, strict=False)
        )
    )


def _straight(point: AffineMinimum) -> Iterator[Text]:
    """What the network computes, and the piece that each layer sits on."""
    fit = "the mean of the targets" if point.constant else "the least-squares affine fit of the targets"
    widths = "-".join(map(str, point.least_widths))
    yield _said(f"a network of widths {widths} (its exact weights are in the first step) that computes {fit}")
    dead = ", and in one layer these pieces have slope 0" if point.constant else ""
    stays, functions = ("constant", "constants") if point.constant else ("affine", "affine functions")
    yield _said(
        f"each unit has the pre-activations of all samples strictly inside one piece of σ{dead}, so that the network "
        f"stays {stays} on the data under small changes: among {functions} nothing is better than the "
        f"{'mean' if point.constant else 'fit'}"
    )
    yield _said("wider networks: copies of these units, with outgoing weights 0")
    yield _loss(str(point.loss), show(point.loss))


def _loss(exact: str, short: str) -> Text:
    return _said(f"E* = {exact if len(exact) <= _MOST else f'{short}...'}")


def _said(text: str) -> Text:
    return (Prose(text),)
