"""Where nothing is lower than a constant point: the box of one hidden layer, and the Jensen region."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from flint import arb, fmpq

from certify.coq import terms
from certify.coq.forms import margin, rounding
from certify.coq.pieces import Piece, computation, definition, theorem
from certify.coq.subject import Subject
from certify.errors import UsageError
from proofs.document import Reader


@dataclass(frozen=True, slots=True)
class _Rung:
    """Bounds of sigma'' over the preactivations of all samples with |x|_1 at most `reach`."""

    reach: fmpq
    least: fmpq
    greatest: fmpq

    def __str__(self) -> str:
        return f"Rung {terms.argument(self.reach)} {terms.argument(self.least)} {terms.argument(self.greatest)}"


def box(subject: Subject, radius: fmpq) -> Iterator[Piece]:
    rungs, fine = _definite_rungs(subject, radius)
    comment = "Bounds of the second derivative in the box, for samples of several sizes."
    yield definition("rungs", "list rung", terms.listed(map(str, rungs), "  "), comment)
    c, sign, r = terms.argument(subject.c), terms.sign(subject.sign), terms.argument(radius)
    data = f"rows {subject.inputs} {subject.level(0)} {c} {sign} {r} rungs {fine}"
    yield computation("box_computed", f"box_check {subject.derivatives('second', 'third')} {data}")
    yield theorem(
        "nothing_lower_in_the_box",
        f"forall net net', {subject.is_constant()} ->\n    box (Q2R {r}) {subject.real_level(0)} {sign} net' ->\n"
        f"    {subject.nothing_lower()}",
        f"box_checked {subject.activation} smooth_{subject.activation} {data} box_computed",
        "In a box of every width nothing is lower than the constant network.",
    )


def _size(subject: Subject, n: int) -> fmpq:
    """|x_n|_1"""
    return sum(map(abs, subject.instance.inputs.row(n)), fmpq(0))


def _definite_rungs(subject: Subject, radius: fmpq) -> tuple[list[_Rung], int]:
    """Few rungs with short numbers, or more and longer ones, until their form is definite; and how finely to round it.

    Raises:
        UsageError: it never is.
    """
    table = subject.instance.inputs
    sizes = [_size(subject, n) for n in range(table.rows)]
    for most, digits in ((12, 3), (64, 5), (len(sizes), 8)):
        rungs = _rungs(subject, radius, sizes, most, digits)
        floors = []
        for n, size in enumerate(sizes):
            d = subject.sign * subject.residual(n)
            rung = next((rung for rung in rungs if size <= rung.reach), rungs[-1])
            floors.append(min(d * rung.least, d * rung.greatest))
        if (found := margin(table, floors)) is not None:
            return rungs, rounding(table, found)
    raise UsageError("the box is too tight for the bounds that Coq can check; make it smaller")


def _rungs(subject: Subject, radius: fmpq, sizes: list[fmpq], most: int, digits: int) -> list[_Rung]:
    """For at most so many sizes of the samples with a residual, from small to large."""
    activation = subject.instance.architecture.activation
    found = sorted({size for n, size in enumerate(sizes) if subject.residual(n)}, reverse=True)
    below, above = terms.bounds(subject.point.levels[0])
    rungs = []
    for size in reversed(found[:: -(-len(found) // most)]):
        spread = radius * (1 + size)
        second = activation.derivatives_over(below - spread, above + spread)[1]
        rungs.append(_Rung(size, *terms.outward(second, _unit(second, digits))))
    return rungs


def _unit(ball: arb, digits: int) -> fmpq:
    """A power of ten at most 10^-digits of the ball's largest number, or 1e-29."""
    units = (fmpq(1, 10**e) for e in range(1, 29))
    return next((unit for unit in units if 10**digits * arb(unit) < abs(ball).upper()), fmpq(1, 10**29))


def jensen(subject: Subject) -> Iterator[Piece]:
    arguments = subject.arguments["jensen-region/1"]
    scale = arguments.rationals("output_scales")[0]
    gaps = terms.listed((_gap(item, abs(scale)) for item in arguments.sections("gaps")), "  ")
    yield definition(
        "gaps", "list rational_gap", gaps, "The residual's Jensen gaps: size, centre, vertices and shares."
    )
    e, sign = (1 if scale > 0 else -1), terms.sign(subject.sign)
    intervals = [(i.optional_rational("lower"), i.optional_rational("upper")) for i in arguments.sections("intervals")]
    slopes = _slopes(subject, intervals)
    k = e * subject.sign
    for s, slope in zip(subject.incoming, slopes, strict=True):
        k *= s * slope
    layers = [
        f"(JLayer {terms.sign(s)} {subject.level(h)} {terms.sign(slope)} {terms.maybe(low)} {terms.maybe(high)})"
        for h, (s, slope, (low, high)) in enumerate(zip([1, *subject.incoming], [1, *slopes], intervals, strict=True))
    ]
    directions = f"{terms.sign(k)} {terms.sign(e)} {layers[0]}\n    {terms.listed(layers[1:])}"
    data = f"rows {terms.argument(subject.c)} {sign} gaps {directions}"
    yield computation("jensen_computed", f"jensen_check {subject.derivatives('first', 'second', 'third')} {data}")
    ranges = [f"(real_range {terms.maybe(low)} {terms.maybe(high)})" for low, high in intervals]
    bends = terms.listed(
        f"Bend {terms.sign(s)} {terms.sign(slope)} {interval}"
        for s, slope, interval in zip(subject.incoming, slopes, ranges[1:], strict=True)
    )
    points = "(flat_map points (map (real_gap rows) gaps))"
    region = f"jensen_region {subject.activation} {ranges[0]} {bends} {sign} {points} net'"
    known = f"{subject.activation} smooth_{subject.activation} {data} jensen_computed"
    yield theorem(
        "nothing_lower_in_the_jensen_region",
        f"forall net net', {subject.is_constant()} ->\n    {region} ->\n    {subject.nothing_lower()}",
        f"jensen_checked {known}",
        "Nothing is lower while preactivations at these samples stay in the intervals and weights keep their signs.",
    )
    yield theorem(
        "jensen_minimum",
        f"forall net, {subject.is_constant()} ->\n    local_minimum {subject.activation} (data_of rows) net",
        f"jensen_minimum_checked {known}",
        "Every such constant network, of every width, is a local minimum: by Jensen's inequality.",
    )


def _gap(item: Reader, scale: fmpq) -> str:
    shares = zip(item.rationals("coefficients"), item.integers("vertices"), strict=True)
    vertices = terms.listed(f"({terms.rational(share)}, {n}%nat)" for share, n in shares)
    return f"QGap {terms.argument(item.rational('weight') * scale)} {item.integer('centre')} {vertices}"


def _slopes(subject: Subject, intervals: list[tuple[fmpq | None, fmpq | None]]) -> list[int]:
    """+1 or -1 for each layer above the first, as sigma increases or decreases on its interval."""
    shapes = [subject.instance.architecture.activation.shape_on(*interval) for interval in intervals[1:]]
    return [-1 if shape is not None and shape.slope < 0 else 1 for shape in shapes]
