"""The numbers that a lemma's statement has for this instance, by the symbols of the statement."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from flint import fmpq

from certify.report.document import Maths, Name, Prose, Text
from certify.report.words import widths_text
from certify.short import decimal
from proofs.exact import show, show_above, show_exact
from proofs.instance import Instance
from proofs.kernel import Fact
from proofs.lemmas import LEMMAS

if TYPE_CHECKING:  # a certificate needs few of the lemmas, and those are imported by then
    from proofs.lemmas.constant_point import ConstantPoint
    from proofs.lemmas.local_minimum import LocalMinimum

Value = tuple[Text, Text]
_MOST = 60


def values(instance: Instance, fact: Fact) -> Iterator[Value]:
    """What the symbols of the statement stand for here; all of it was established by the check of this step.

    Lemmas of other packages have none that are known here.
    """
    if fact.lemma.name not in LEMMAS:
        return
    known: Any = fact.conclusion.proposition
    match fact.lemma.name.removesuffix("/1"):
        case "constant-point":
            yield from _constant(instance, known)
        case "local-minimum":
            yield from _definite(known)
        case "interval-region" | "fitted-region":
            yield _value("r", str(known.radius))
        case "jensen-region":
            for h, (lower, upper) in enumerate(known.intervals, 1):
                left = "(-inf" if lower is None else f"[{lower}"
                yield _value(f"I_{h}", f"{left}, {'inf)' if upper is None else f'{upper}]'}")
        case "generic-data":
            yield _value("N", str(known.samples))
            yield _value("d", str(known.features))
        case "obstruction":
            yield (Prose("features in S"),), (Name(", ".join(instance.features[j] for j in known.features)),)
        case "fitted-point":
            yield _value("r", str(known.target_radius))
            yield from _bounds(known.loss)
        case "affine-minimum":
            yield _value("E*", _exact(known.loss))
            yield _widths(known.least_widths)
        case "affine-optimum":
            yield _value("min E", show_exact(known.least_loss))
            yield _value("E* - min E", f"≥ {show(known.gap)}")
            yield _widths(known.least_widths)
        case "examined-optimum":
            lower, upper = known.bounds
            what = "min E" if known.attained else "inf E"
            yield _value(what, show_exact(lower) if lower == upper else f"in [{show(lower)}, {show_above(upper)}]")
            yield _widths(known.least_widths)
        case "exact-optimum" | "fitted-optimum":
            yield _value("E* - min E", f"≥ {show(known.gap)}")
            yield _widths(known.least_widths)
        case "better-point" | "fitted-better-point" | "affine-better-point" | "examined-better-point":
            yield _value("gap", f"≥ {show(known.gap)}")
            yield _widths(known.least_widths)
        case "critical-point":
            yield (Prose("radius of the box"),), (Prose(show_exact(known.radius)),)
            yield (Prose("parameters"),), (Prose(str(known.shape.parameters)),)
            yield from _bounds(known.loss)
        case "spectrum":
            ends = (("smallest eigenvalue", known.smallest), ("largest eigenvalue", known.largest))
            for name, (lower, upper) in ends:
                yield (Prose(name),), (Maths(f"[{show(lower)}, {show_above(upper)}]"),)
            yield (Prose("negative eigenvalues"),), (Prose(str(known.negative)),)
        case "not-critical":
            yield (Prose("radius"),), (Prose(show_exact(known.radius)),)


def _definite(known: LocalMinimum) -> Iterator[Value]:
    for h, sign in enumerate(known.curvature_signs, 1):
        yield _value(f"σ''(a_{h})", "> 0" if sign > 0 else "< 0")
    with_residual = (o for o, residual in enumerate(known.point.residuals, 1) if any(residual))
    for o, (sign, _) in zip(with_residual, known.moments, strict=True):
        yield _value(f"M_{o}", "positive definite" if sign > 0 else "negative definite")


def _constant(instance: Instance, point: ConstantPoint) -> Iterator[Value]:
    yield _value("N", str(instance.samples))
    for h, level in enumerate(point.levels, 1):
        yield _value(f"a_{h}", str(level))
    for h, scale in enumerate(point.scales, 2):
        yield _value(f"s_{h}", str(scale))
    for o, constant in enumerate(point.constants, 1):
        yield _value(f"c_{o}", decimal(constant))
    for o, weight in enumerate(point.output_weights or (), 1):
        yield _value(f"V_{o}", decimal(weight))
    yield _value("E*", _exact(point.loss))


def _bounds(loss: tuple[fmpq, fmpq]) -> Iterator[Value]:
    yield _value("E*", f"in [{show(loss[0])}, {show_above(loss[1])}]")


def _widths(least: Sequence[int]) -> Value:
    return (Prose("widths"),), (Prose(widths_text(tuple(least))),)


def _value(symbol: str, value: str) -> Value:
    return (Maths(symbol),), (Prose(value),)


def _exact(value: fmpq) -> str:
    return text if len(text := str(value)) <= _MOST else f"{show(value)}..."
