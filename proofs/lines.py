"""Which formulas are continuous and piecewise affine, and with which pieces: exact arithmetic on the tree."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise

from flint import fmpq

from proofs.expression import Binary, Call, Expression, Negative, Number, Piecewise, Variable
from proofs.piecewise import PiecewiseAffine

MAX_PIECES = 64
"""Formulas with more pieces (nested `abs` can double them) count as formulas of which nothing is known."""

_Line = tuple[fmpq, fmpq]  # slope, intercept


@dataclass(frozen=True, slots=True)
class _Lines:
    """An affine function on each of the intervals between the breaks, from left to right."""

    breaks: tuple[fmpq, ...]
    lines: tuple[_Line, ...]


def piecewise_affine(expression: Expression) -> PiecewiseAffine | None:
    """The exact data of a formula that is visibly continuous, piecewise affine and not affine; None for others.

    It knows z, decimals, + and -, products and quotients with constants, abs, relu, max, min and piecewise. At a
    breakpoint of `piecewise` both sides must agree.
    """
    found = _lines(expression)
    if found is None or not found.breaks:
        return None
    slope, intercept = found.lines[0]
    slopes = tuple(line[0] for line in found.lines)
    return PiecewiseAffine(found.breaks, slopes, slope * found.breaks[0] + intercept)


def _lines(expression: Expression) -> _Lines | None:
    match expression:
        case Variable():
            return _line(fmpq(1), fmpq(0))
        case Number():
            return _line(fmpq(0), expression.value)
        case Negative(operand):
            return _apply(_lines(operand), _line(fmpq(0), fmpq(0)), lambda u, _: (-u[0], -u[1]))
        case Binary(operator, left, right):
            return _binary(operator, _lines(left), _lines(right))
        case Call("relu", (operand,)):
            return _extreme(_lines(operand), _line(fmpq(0), fmpq(0)), 1)
        case Call("abs", (operand,)):
            lines = _lines(operand)
            return _extreme(lines, _binary("*", _line(fmpq(0), fmpq(-1)), lines), 1)
        case Call("max" | "min" as name, (left, right)):
            return _extreme(_lines(left), _lines(right), 1 if name == "max" else -1)
        case Piecewise(_, _, below, above):
            return _glued(expression.threshold, _lines(below), _lines(above))
    return None


def _line(slope: fmpq, intercept: fmpq) -> _Lines:
    return _Lines((), ((slope, intercept),))


def _binary(operator: str, left: _Lines | None, right: _Lines | None) -> _Lines | None:
    if left is None or right is None:
        return None
    if operator in "+-":
        sign = 1 if operator == "+" else -1
        return _apply(left, right, lambda u, v: (u[0] + sign * v[0], u[1] + sign * v[1]))
    if operator == "*" and (factor := _constant(left)) is not None:
        left, right = right, _line(fmpq(0), factor)
    factor = _constant(right)
    if factor is None or (operator == "/" and factor == 0):
        return None
    by = factor if operator == "*" else 1 / factor
    return _apply(left, right, lambda u, _: (u[0] * by, u[1] * by))


def _constant(lines: _Lines) -> fmpq | None:
    return lines.lines[0][1] if not lines.breaks and lines.lines[0][0] == 0 else None


def _pairs(left: _Lines, right: _Lines) -> Iterator[tuple[fmpq | None, _Line, _Line]]:
    """The lines of both on each interval of the common refinement, with the interval's upper end."""
    for upper in [*sorted({*left.breaks, *right.breaks}), None]:
        places = [
            len(f.breaks) if upper is None else sum(1 for place in f.breaks if place < upper) for f in (left, right)
        ]
        yield upper, left.lines[places[0]], right.lines[places[1]]


def _apply(left: _Lines | None, right: _Lines | None, combine: Callable[[_Line, _Line], _Line]) -> _Lines | None:
    if left is None or right is None:
        return None
    return _joined([(upper, combine(u, v)) for upper, u, v in _pairs(left, right)])


def _extreme(left: _Lines | None, right: _Lines | None, side: int) -> _Lines | None:
    """The larger (side 1) or the smaller (side -1) of the two; they may cross once on each interval."""
    if left is None or right is None:
        return None
    found: list[tuple[fmpq | None, _Line]] = []
    lower: fmpq | None = None
    for upper, u, v in _pairs(left, right):
        slope, gap = side * (u[0] - v[0]), side * (u[1] - v[1])
        if slope == 0:
            found.append((upper, u if gap >= 0 else v))
        else:
            crossing = -gap / slope
            before, after = (v, u) if slope > 0 else (u, v)
            if (lower is None or crossing > lower) and (upper is None or crossing < upper):
                found += [(crossing, before), (upper, after)]
            else:
                found.append((upper, after if lower is not None and crossing <= lower else before))
        lower = upper
    return _joined(found)


def _glued(place: fmpq, below: _Lines | None, above: _Lines | None) -> _Lines | None:
    if below is None or above is None:
        return None
    left = [(b, line) for b, line in zip(below.breaks, below.lines, strict=False) if b < place]
    last = below.lines[len(left)]
    skipped = sum(1 for b in above.breaks if b <= place)
    first = above.lines[skipped]
    if last[0] * place + last[1] != first[0] * place + first[1]:
        return None
    right = zip((*above.breaks[skipped:], None), above.lines[skipped:], strict=True)
    return _joined([*left, (place, last), *right])


def _joined(parts: list[tuple[fmpq | None, _Line]]) -> _Lines | None:
    """Without breaks at which nothing changes."""
    breaks: list[fmpq] = []
    lines = [parts[0][1]]
    for (upper, _), (_, line) in pairwise(parts):
        if line != lines[-1] and upper is not None:
            breaks.append(upper)
            lines.append(line)
    return _Lines(tuple(breaks), tuple(lines)) if len(lines) <= MAX_PIECES else None
