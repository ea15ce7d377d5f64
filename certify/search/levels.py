"""Where the constant network sits: a level a_h for each layer and the signs that make it a minimum."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flint import arb, fmpq

from proofs.activations import Activation, Shape
from proofs.balls import Sign, sign
from proofs.exact import Level

_GRID = tuple(fmpq(k, 4) for i in range(1, 13) for k in ((i, -i)))
_LEAST = 0.02


@dataclass(frozen=True, slots=True)
class Placement:
    """Levels, scales s_2..s_H, and the sign that V_o M_o must have."""

    levels: tuple[Level, ...]
    scales: tuple[fmpq, ...]
    orientation: int


def place(activation: Activation, depth: int, top_sign: int | None) -> Placement | None:
    """Choose good levels.

    Args:
        top_sign: the sign that sigma(a_H) sigma''(a_H) must have; None when it is free (output bias).

    Returns:
        None when no level of the grid fits: sigma'' (or, below the top, sigma') is too small everywhere.
    """
    upper = _best(activation, needs_slope=depth > 1, top_sign=top_sign)
    lower = _best(activation, needs_slope=depth > 1, top_sign=None)
    if upper is None or lower is None:
        return None
    # The level of layer 1 is only asked for its curvature, but a common level keeps the network easy to read.
    return placement_at(activation, (*([Level(lower)] * (depth - 1)), Level(upper)))


def placement_at(activation: Activation, levels: tuple[Level, ...]) -> Placement | None:
    """The scales +-1 and the orientation for given levels, or None when a needed sign is not certain."""
    bends, slopes = [], []
    for h, level in enumerate(levels):
        _, first, second, _ = activation.jet(level.ball())
        if sign(second) is Sign.UNKNOWN or (h > 0 and sign(first) is Sign.UNKNOWN):
            return None
        bends.append(sign(second).value)
        slopes.append(sign(first).value)
    scales = tuple(fmpq(bends[h - 1] * bends[h] * slopes[h]) for h in range(1, len(levels)))
    return Placement(levels, scales, bends[-1])


def jensen_intervals(activation: Activation, levels: Sequence[Level]) -> tuple[tuple[fmpq | None, fmpq | None], ...]:
    """For each layer the longest interval around its level on which sigma keeps its convexity (and, above the first
    layer, its monotonicity); empty when there is none."""
    intervals = []
    for h, level in enumerate(levels):
        bend = sign(activation.jet(level.ball())[2])
        fitting = [
            shape
            for shape in activation.shapes
            if shape.curvature == bend.value and (h == 0 or shape.slope) and _inside(level, shape)
        ]
        if not fitting:
            return ()
        best = max(fitting, key=_length)
        intervals.append((best.lower, best.upper))
    return tuple(intervals)


def carrier(activation: Activation) -> tuple[fmpq, fmpq] | None:
    """An interval on which sigma is certainly strictly monotone."""
    for middle in (fmpq(0), *_GRID):
        ends = middle - fmpq(1, 8), middle + fmpq(1, 8)
        first = activation.jet(arb(ends[0]).union(arb(ends[1])))[1]
        if sign(first) is not Sign.UNKNOWN:
            return ends
    return None


def _inside(level: Level, shape: Shape) -> bool:
    centre = level.ball()
    above = shape.lower is None or sign(centre - arb(shape.lower)) is Sign.POSITIVE
    below = shape.upper is None or sign(arb(shape.upper) - centre) is Sign.POSITIVE
    return above and below


def _length(shape: Shape) -> float:
    if shape.lower is None or shape.upper is None:
        return float("inf")
    return float(int((shape.upper - shape.lower) * 1000))


def _best(activation: Activation, needs_slope: bool, top_sign: int | None) -> fmpq | None:
    """The level with the best trade: strong curvature that changes slowly, clear slope, near zero, far from kinks."""
    best: tuple[float, fmpq] | None = None
    for level in _GRID:
        jet = [float(d.mid()) for d in activation.jet(arb(level))]
        value, slope, bend, change = jet  # nan, where sigma is not smooth or not defined, is above nothing
        if not (abs(bend) > _LEAST and abs(value) > _LEAST and (abs(slope) > _LEAST or not needs_slope)):
            continue
        if top_sign is not None and (value * bend > 0) != (top_sign > 0):
            continue
        size = abs(float(level.p) / float(level.q))
        room = min([abs(float((level - kink).p) / float((level - kink).q)) for kink in activation.kinks], default=1.0)
        score = bend * bend / (abs(bend) + abs(change)) * min(1.0, room) / (1 + size)
        if needs_slope:
            score *= min(1.0, abs(slope))
        if best is None or score > best[0] * 1.0001:
            best = score, level
    return None if best is None else best[1]
