"""The numbers that a lemma's statement has for this instance, by the symbols of the statement."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from flint import fmpq

from certify.report.document import Maths, Name, Prose, Text
from certify.report.text import widths_text
from certify.short import decimal
from proofs.exact import show, show_above, show_exact
from proofs.instance import Instance
from proofs.kernel import Fact
from proofs.lemmas.affine_better_point import AffineBetterPoint
from proofs.lemmas.affine_minimum import AffineMinimum
from proofs.lemmas.affine_optimum import AffineOptimum
from proofs.lemmas.better_point import BetterPoint
from proofs.lemmas.constant_point import ConstantPoint
from proofs.lemmas.critical_point import CriticalPoint
from proofs.lemmas.exact_optimum import ExactOptimum
from proofs.lemmas.examined_better_point import ExaminedBetterPoint
from proofs.lemmas.fitted_better_point import FittedBetterPoint
from proofs.lemmas.fitted_optimum import FittedOptimum
from proofs.lemmas.fitted_point import FittedPoint
from proofs.lemmas.fitted_region import FittedRegion
from proofs.lemmas.generic_data import GenericData
from proofs.lemmas.interval_region import IntervalRegion
from proofs.lemmas.jensen_region import JensenRegion
from proofs.lemmas.local_minimum import LocalMinimum
from proofs.lemmas.not_critical import NotCritical
from proofs.lemmas.obstruction import Obstruction
from proofs.lemmas.spectrum import Spectrum

Value = tuple[Text, Text]
_MOST = 60


def values(instance: Instance, fact: Fact) -> Iterator[Value]:
    """What the symbols of the statement stand for here; all of it was established by the check of this step."""
    known = fact.conclusion.proposition
    if isinstance(known, ConstantPoint):
        yield from _constant(instance, known)
    elif isinstance(known, LocalMinimum):
        for h, sign in enumerate(known.curvature_signs, 1):
            yield _value(f"σ''(a_{h})", "> 0" if sign > 0 else "< 0")
        with_residual = (o for o, residual in enumerate(known.point.residuals, 1) if any(residual))
        for o, (sign, _) in zip(with_residual, known.moments, strict=True):
            yield _value(f"M_{o}", "positive definite" if sign > 0 else "negative definite")
    elif isinstance(known, IntervalRegion | FittedRegion):
        yield _value("r", str(known.radius))
    elif isinstance(known, JensenRegion):
        for h, (lower, upper) in enumerate(known.intervals, 1):
            left = "(-inf" if lower is None else f"[{lower}"
            yield _value(f"I_{h}", f"{left}, {'inf)' if upper is None else f'{upper}]'}")
    elif isinstance(known, GenericData):
        yield _value("N", str(known.samples))
        yield _value("d", str(known.features))
    elif isinstance(known, Obstruction):
        yield (Prose("features in S"),), (Name(", ".join(instance.features[j] for j in known.features)),)
    elif isinstance(known, FittedPoint):
        yield _value("r", str(known.target_radius))
        yield from _bounds(known.loss)
    elif isinstance(known, AffineMinimum):
        yield _value("E*", _exact(known.loss))
        yield _widths(known.least_widths)
    elif isinstance(known, AffineOptimum):
        yield _value("min E", show_exact(known.least_loss))
        yield _value("E* - min E", f"≥ {show(known.gap)}")
        yield _widths(known.least_widths)
    elif isinstance(known, ExactOptimum | FittedOptimum):
        yield _value("E* - min E", f"≥ {show(known.gap)}")
        yield _widths(known.least_widths)
    elif isinstance(known, BetterPoint | FittedBetterPoint | AffineBetterPoint | ExaminedBetterPoint):
        yield _value("gap", f"≥ {show(known.gap)}")
        yield _widths(known.least_widths)
    elif isinstance(known, CriticalPoint):
        yield (Prose("radius of the box"),), (Prose(show_exact(known.radius)),)
        yield (Prose("parameters"),), (Prose(str(known.shape.parameters)),)
        yield from _bounds(known.loss)
    elif isinstance(known, Spectrum):
        for name, (lower, upper) in (("smallest eigenvalue", known.smallest), ("largest eigenvalue", known.largest)):
            yield (Prose(name),), (Maths(f"[{show(lower)}, {show_above(upper)}]"),)
        yield (Prose("negative eigenvalues"),), (Prose(str(known.negative)),)
    elif isinstance(known, NotCritical):
        yield (Prose("radius"),), (Prose(show_exact(known.radius)),)


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
