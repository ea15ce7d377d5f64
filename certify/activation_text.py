"""What is proved about activations, as a table, as text and as JSON."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from flint import fmpq

from certify.activation import FAMILIES, resolve
from certify.facts import REACH, Facts, everywhere, facts_about
from certify.progress import Report
from certify.report.plot import plot
from certify.search.floats import VALUE_AND_SLOPE
from certify.search.intervals import Interval
from certify.short import decimal
from proofs.activations import Activation
from proofs.exact import show
from proofs.formulas import ROWS
from proofs.lemmas.jensen_region import show_interval

COARSE, FINE = fmpq(1, 8), fmpq(1, 64)
_NOT_PROVED = "not proved"


def catalogue(progress: Report) -> list[Facts]:
    """What is proved of each activation of the catalogue."""
    found = []
    for activation in ROWS.values():
        progress(f"enclosing {activation.name}")
        found.append(facts_about(activation, COARSE))
    return found


def facts_of(name: str, progress: Report) -> Facts:
    """What is proved of one activation, more finely.

    Raises:
        UsageError: neither a name nor a formula.
    """
    activation = resolve(name)
    progress(f"enclosing {activation.name}")
    return facts_about(activation, FINE)


def table(rows: Sequence[Facts]) -> Iterator[str]:
    header = ("name", "kinks", "monotone", "convex on", "σ'σ'' ≠ 0 at", "fitted construction", "formula")
    cells = [header]
    for facts in rows:
        activation = facts.activation
        cells.append(
            (
                activation.name,
                ", ".join(map(str, facts.kinks)) or (f"unknown on {_unions(facts.rough)}" if facts.rough else "none"),
                _monotone(facts),
                _unions(facts.convex) if facts.convex else _NOT_PROVED,
                str(facts.witness.point) if facts.witness else _NOT_PROVED,
                _fitted(activation),
                activation.formula,
            )
        )
    widths = [max(len(row[column]) for row in cells) for column in range(len(header))]
    for row in cells:
        yield "  ".join(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True)).rstrip()
    yield ""
    yield f"Every cell is proved: by enclosures on [-{REACH}, {REACH}] in pieces of {COARSE} or more, beyond it in the"
    yield "catalogue (docs/activations.md). What is not stated is not proved, and not denied."
    yield "With parameters: " + ", ".join(
        f"{name}:{','.join(f'{key}={value}' for key, value in family.parameters.items())}"
        for name, family in FAMILIES.items()
    )


def _fitted(activation: Activation) -> str:
    if activation.equation:
        return f"impossible: {activation.equation}"
    if activation.piecewise:
        return "impossible: σ'' = 0; see --construction affine"
    return "not excluded" if activation.flat is None else f"not excluded; flat along a {activation.flat.value}"


def _monotone(facts: Facts) -> str:
    if everywhere(facts.rising):
        return "increasing"
    if everywhere(facts.falling):
        return "decreasing"
    found = [f"+ {_unions(facts.rising)}"] if facts.rising else []
    found += [f"- {_unions(facts.falling)}"] if facts.falling else []
    return " ".join(found) or _NOT_PROVED


def _unions(intervals: Sequence[Interval]) -> str:
    return " ".join(_interval(interval) for interval in intervals)


def _interval(interval: Interval) -> str:
    """`[-1.25, 8]`, `(-inf, 0]`; the ends of the enclosures are short decimals."""
    lower, upper = interval
    if (lower is None or decimal_of(lower)) and (upper is None or decimal_of(upper)):
        left = "(-inf" if lower is None else f"[{decimal_of(lower)}"
        return f"{left}, {'inf)' if upper is None else f'{decimal_of(upper)}]'}"
    return show_interval(lower, upper)


def decimal_of(value: fmpq) -> str:
    """The exact decimal of a number with a denominator that divides 10^6, else nothing."""
    return decimal(value) if 10**6 % int(value.q) == 0 else ""


def description(facts: Facts) -> Iterator[str]:
    activation = facts.activation
    named = activation.formula != activation.name
    yield f"{activation.name}: σ(z) = {activation.formula}" if named else f"σ(z) = {activation.formula}"
    yield ""
    yield from plot(VALUE_AND_SLOPE[activation.name][0], -4.0, 4.0)
    yield ""
    yield f"Proved, by enclosures on [-{REACH}, {REACH}] in pieces of {FINE} or more, and by the catalogue:"
    if facts.kinks:
        yield f"  kinks                {', '.join(map(str, facts.kinks))}: no σ'' is claimed there"
    if facts.other_breaks:
        yield "  kinks                where pieces of the formula meet, at points that are not known exactly"
    if activation.piecewise:
        yield "  affine               between the kinks"
    elif facts.rough:
        yield f"  smooth on            [-{REACH}, {REACH}] but for {_unions(facts.rough)}"
    else:
        yield f"  smooth on            [-{REACH}, {REACH}]"
    for label, intervals in (
        ("does not decrease on", facts.rising),
        ("does not increase on", facts.falling),
        ("convex on           ", facts.convex),
        ("concave on          ", facts.concave),
    ):
        yield f"  {label} {_unions(intervals) if intervals else _NOT_PROVED}"
    yield ""
    yield from _constructions(facts)


def _constructions(facts: Facts) -> Iterator[str]:
    activation, witness = facts.activation, facts.witness
    yield "Constructions:"
    if activation.piecewise:
        yield "  constant network     not offered: its proof needs σ''"
        yield "  fitted network       impossible: σ'' = 0 wherever it exists, so no form is definite"
        yield "  affine network       applies, with your own targets (--construction affine)"
        yield "  exact optimum        wide networks fit any targets: hinges at the kinks"
        return
    if witness:
        yield (
            f"  constant network     applies: at z = {witness.point}, |σ'| ≥ {show(witness.slope)} and "
            f"|σ''| ≥ {show(witness.bend)}"
        )
    else:
        yield "  constant network     no point with σ' ≠ 0 and σ'' ≠ 0 was found"
    if activation.equation:
        yield f"  fitted network       impossible, for {activation.equation}"
    else:
        flat = f"; its units are exactly flat along a {activation.flat.value}" if activation.flat else ""
        yield f"  fitted network       not excluded: no equation is known that forbids it{flat}"
    regions = ", ".join(show_interval(shape.lower, shape.upper) for shape in activation.shapes)
    yield f"  Jensen regions       {f'on {regions}' if regions else 'none: no shape is proved in the catalogue'}"
    yield f"  exact optimum        {_interpolation(facts)}"


def _interpolation(facts: Facts) -> str:
    span = facts.activation.span
    if span is None:
        return _NOT_PROVED
    return "not for polynomials" if span.value == "polynomial" else f"wide networks fit any targets: {span.value} units"


def document(facts: Facts) -> dict[str, object]:
    activation, witness = facts.activation, facts.witness

    def listed(intervals: Sequence[Interval]) -> list[list[str | None]]:
        return [[None if end is None else str(end) for end in interval] for interval in intervals]

    return {
        "name": activation.name,
        "formula": activation.formula,
        "kinks": list(map(str, facts.kinks)),
        "other_breaks": facts.other_breaks,
        "not_smooth": listed(facts.rough),
        "rising": listed(facts.rising),
        "falling": listed(facts.falling),
        "convex": listed(facts.convex),
        "concave": listed(facts.concave),
        "witness": None
        if witness is None
        else {"point": str(witness.point), "slope": str(witness.slope), "bend": str(witness.bend)},
        "equation": str(activation.equation) if activation.equation else None,
        "interpolation": activation.span.value if activation.span else None,
        "shapes": [
            {"interval": [None if e is None else str(e) for e in (s.lower, s.upper)]}
            | {"slope": s.slope, "curvature": s.curvature}
            for s in activation.shapes
        ],
    }
