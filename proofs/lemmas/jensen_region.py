"""jensen-region/1: where every layer is convex (or concave) the loss cannot fall below E*, by Jensen's inequality."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flint import arb, fmpq

from proofs.balls import Sign, sign
from proofs.document import Reader
from proofs.exact import Level, Malformed, parse_rational
from proofs.instance import Instance
from proofs.kernel import Conclusion, Fact, Lemma, Rejected, Undecided
from proofs.lemmas.constant_point import ConstantPoint


@dataclass(frozen=True, slots=True)
class JensenRegion:
    """E >= E* wherever the pre-activations of layer h stay in intervals[h] and the weights keep their signs."""

    intervals: tuple[tuple[fmpq | None, fmpq | None], ...]
    samples: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class _Gap:
    weight: fmpq
    centre: int
    vertices: tuple[int, ...]
    coefficients: tuple[fmpq, ...]


def _check(instance: Instance, premises: tuple[Fact, ...], arguments: Reader) -> Conclusion:
    point = premises[0].conclusion.proposition
    if not isinstance(point, ConstantPoint):
        raise Rejected("JR01", "the premise is not a constant point")
    gaps = [_gap(instance, item) for item in arguments.sections("gaps")]
    if not gaps:
        raise Rejected("JR02", "no Jensen gap is given")
    scales = arguments.rationals("output_scales")
    if len(scales) != len(point.residuals):
        raise Rejected("JR01", f"{len(scales)} output scales for {len(point.residuals)} outputs")
    _compare_residual(instance, point, gaps, scales)
    at_work = [(e, v) for e, v, d in zip(scales, point.weight_signs, point.residuals, strict=True) if any(d)]
    orientations = {(1 if e > 0 else -1) * v for e, v in at_work}  # JR05: e is not 0 where D is not
    if len(orientations) != 1 or 0 in orientations:
        raise Rejected("JR06", "the signs of V_o and of the output scales do not agree, or V_o is zero")
    intervals = tuple(_interval(item) for item in arguments.sections("intervals"))
    _check_intervals(instance, point, intervals, orientations.pop())
    used = sorted({n for gap in gaps for n in (gap.centre, *gap.vertices)})
    return Conclusion(
        JensenRegion(intervals, tuple(used)),
        f"E ≥ E* while pre-activations stay in {', '.join(show_interval(*i) for i in intervals)}",
        f"{len(gaps)} Jensen gap{'s' if len(gaps) > 1 else ''} over {len(used)} samples",
    )


def show_interval(lower: fmpq | None, upper: fmpq | None) -> str:
    """`[0, 3/2]`, `(-inf, 0]`."""
    left = "(-inf" if lower is None else f"[{lower}"
    right = "inf)" if upper is None else f"{upper}]"
    return f"{left}, {right}"


def _gap(instance: Instance, item: Reader) -> _Gap:
    gap = _Gap(
        item.rational("weight"), item.integer("centre"), item.integers("vertices"), item.rationals("coefficients")
    )
    item.finish()
    samples = (gap.centre, *gap.vertices)
    if not all(0 <= n < instance.samples for n in samples) or len(gap.vertices) != len(gap.coefficients):
        raise Rejected("JR02", "a gap names a sample that does not exist, or not one coefficient for each vertex")
    if gap.weight <= 0 or not all(c > 0 for c in gap.coefficients):
        raise Rejected("JR03", "the weight and the coefficients of a gap must be positive")
    if sum(gap.coefficients, fmpq(0)) != 1:
        raise Rejected("JR03", "the coefficients of a gap do not sum to 1")
    for j in range(instance.inputs.columns):
        mean = sum(
            (c * instance.inputs.entry(n, j) for c, n in zip(gap.coefficients, gap.vertices, strict=True)), fmpq(0)
        )
        if mean != instance.inputs.entry(gap.centre, j):
            raise Rejected("JR04", f"sample {gap.centre} is not that mean of its vertices")
    return gap


def _compare_residual(instance: Instance, point: ConstantPoint, gaps: Sequence[_Gap], scales: Sequence[fmpq]) -> None:
    """D_o = e_o sum_g weight_g (sum_k lambda_k delta_k - delta_centre), exactly, for every output."""
    total: dict[int, fmpq] = {}
    for gap in gaps:
        total[gap.centre] = total.get(gap.centre, fmpq(0)) - gap.weight
        for n, c in zip(gap.vertices, gap.coefficients, strict=True):
            total[n] = total.get(n, fmpq(0)) + gap.weight * c
    for o, (scale, c) in enumerate(zip(scales, point.constants, strict=True)):
        for n in range(instance.samples):
            if c - instance.targets.entry(n, o) != scale * total.get(n, fmpq(0)):
                raise Rejected("JR05", f"the gaps do not add up to the residual of output {o + 1} at sample {n}")


def _interval(item: Reader) -> tuple[fmpq | None, fmpq | None]:
    lower, upper = (_end(item, "lower"), _end(item, "upper"))
    item.finish()
    if lower is not None and upper is not None and lower >= upper:
        raise Malformed(item.where, "expected lower < upper")
    return lower, upper


def _end(item: Reader, key: str) -> fmpq | None:
    value = item.take(key)
    return None if value is None else parse_rational(value, item.place(key))


def _check_intervals(
    instance: Instance, point: ConstantPoint, intervals: Sequence[tuple[fmpq | None, fmpq | None]], orientation: int
) -> None:
    """The sign pattern of local-minimum/1, for the whole interval of each layer instead of its level only."""
    if len(intervals) != len(point.levels):
        raise Rejected("JR01", f"expected {len(point.levels)} intervals")
    if not instance.architecture.activation.shapes:
        raise Undecided("JR07", "no interval is known on which σ is convex or concave")
    kappa = orientation
    for h in range(len(intervals), 0, -1):
        lower, upper = intervals[h - 1]
        shape = instance.architecture.activation.shape_on(lower, upper)
        if shape is None:
            raise Rejected("JR07", f"σ is not known to be convex or concave on {show_interval(lower, upper)}")
        if shape.curvature != kappa:
            raise Rejected("JR08", f"σ bends the wrong way on the interval of layer {h}")
        _demand_inside(point.levels[h - 1], lower, upper, h)
        if h > 1:
            if shape.slope == 0:
                raise Rejected("JR07", f"σ is not known to be monotone on the interval of layer {h}")
            kappa *= shape.slope * (1 if point.scales[h - 2] > 0 else -1)


def _demand_inside(level: Level, lower: fmpq | None, upper: fmpq | None, h: int) -> None:
    """The level lies strictly inside, so the region contains a neighbourhood of the point."""
    differences = []
    if lower is not None:
        differences.append(level.ball() - arb(lower))
    if upper is not None:
        differences.append(arb(upper) - level.ball())
    for difference in differences:
        side = sign(difference)
        if side is Sign.UNKNOWN:
            raise Undecided("JR09", f"cannot tell that the level of layer {h} lies strictly inside its interval")
        if side is Sign.NEGATIVE:
            raise Rejected("JR09", f"the level of layer {h} lies outside its interval")


LEMMA = Lemma(
    name="jensen-region/1",
    title="region: Jensen",
    statement=(
        "At a constant point (constant-point/1) let D_o = e_o Σ_g w_g (Σ_k λ_k δ_{x_k} - δ_{x_0}) with "
        "w_g > 0, λ > 0 summing to 1 and x_0 = Σ_k λ_k x_k, all points in the data. For each layer let I_h "
        "contain a_h in its interior, σ convex or concave and (h ≥ 2) monotone on I_h, with the sign pattern of "
        "local-minimum/1. Then E ≥ E* for all parameters whose pre-activations at these samples stay in I_h, with "
        "s_h W_h ≥ 0 for h ≥ 2, V_o v_{o,i} ≥ 0 and any output bias: at every width, without any bound on the size "
        "of the weights. In particular the point is a local minimum."
    ),
    source="docs/mathematics.md, jensen-region/1, Theorem 9",
    premises=("constant-point/1",),
    check=_check,
)
