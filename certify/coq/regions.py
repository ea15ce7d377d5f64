"""Where nothing is lower than a constant point: the box of one hidden layer, and the Jensen region."""

from __future__ import annotations

from collections.abc import Iterator

from flint import arb, fmpq

from certify.coq import terms
from certify.coq.pieces import Piece, computation, definition, theorem
from certify.coq.subject import Subject
from proofs.document import Reader

RUNGS = 12


def box(subject: Subject, radius: fmpq) -> Iterator[Piece]:
    rungs = terms.listed(_rungs(subject, radius), "  ")
    yield definition(
        "rungs", "list rung", rungs, "Bounds of the second derivative in the box, for samples of several sizes."
    )
    c, sign, r = terms.argument(subject.c), terms.sign(subject.sign), terms.argument(radius)
    data = f"rows {subject.inputs} {subject.level(0)} {c} {sign} {r} rungs"
    yield computation("box_computed", f"box_check {subject.derivatives('second', 'third')} {data}")
    yield theorem(
        "nothing_lower_in_the_box",
        f"forall net net', {subject.is_constant()} ->\n    box (Q2R {r}) {subject.real_level(0)} {sign} net' ->\n"
        f"    {subject.nothing_lower()}",
        f"box_checked {subject.activation} smooth_{subject.activation} {data} box_computed",
        "In a box of every width nothing is lower than the constant network.",
    )


def _rungs(subject: Subject, radius: fmpq) -> Iterator[str]:
    """Sizes |x|_1 that the samples with a residual have, and bounds of sigma'' for each."""
    table, activation = subject.instance.inputs, subject.instance.architecture.activation
    residuals = subject.point.residuals[0]
    sizes = sorted({sum(map(abs, table.row(n)), fmpq(0)) for n in range(table.rows) if residuals[n]}, reverse=True)
    below, above = terms.bounds(subject.point.levels[0])
    for size in reversed(sizes[:: -(-len(sizes) // RUNGS)]):
        spread = radius * (1 + size)
        second = activation.derivatives_over(below - spread, above + spread)[1]
        least, greatest = terms.outward(second, _thousandth(second))
        yield f"Rung {terms.argument(size)} {terms.argument(least)} {terms.argument(greatest)}"


def _thousandth(ball: arb) -> fmpq:
    """A power of ten at most a thousandth of the ball's largest number, or 1e-29."""
    units = (fmpq(1, 10**e) for e in range(1, 29))
    return next((unit for unit in units if 1000 * arb(unit) < abs(ball).upper()), fmpq(1, 10**29))


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
