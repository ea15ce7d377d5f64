"""Where a derivative has a certain sign, found by bisection with enclosures."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from flint import arb, fmpq

from proofs.balls import Sign, hull, sign

Interval = tuple[fmpq | None, fmpq | None]
"""[lower, upper]; None: unbounded."""


@dataclass(frozen=True, slots=True)
class Signs:
    """Closed intervals, in order, on all of which a function is positive, negative, exactly zero; and the rest.

    Attributes:
        unknown: the pieces where no sign is certain although the function has a finite enclosure: its zeros are here.
        undefined: the pieces where it has no finite enclosure.
    """

    positive: tuple[Interval, ...]
    negative: tuple[Interval, ...]
    zero: tuple[Interval, ...]
    unknown: tuple[Interval, ...]
    undefined: tuple[Interval, ...]


def signs_on(function: Callable[[arb], arb], lower: fmpq, upper: fmpq, finest: fmpq) -> Signs:
    """Bisect [lower, upper] down to pieces of length `finest` and join neighbours of one kind."""
    found: dict[str, list[Interval]] = {kind: [] for kind in ("positive", "negative", "zero", "unknown", "undefined")}
    stack = [(lower, upper)]
    while stack:
        low, high = stack.pop()
        enclosure = function(hull(low, high))
        kind = _kind(enclosure)
        if kind in ("unknown", "undefined") and high - low > finest:
            middle = (low + high) / 2
            stack += [(middle, high), (low, middle)]
        else:
            found[kind].append((low, high))
    return Signs(**{kind: joined(pieces) for kind, pieces in found.items()})


def _kind(enclosure: arb) -> str:
    if enclosure == 0:
        return "zero"
    if not enclosure.is_finite():
        return "undefined"
    return {Sign.POSITIVE: "positive", Sign.NEGATIVE: "negative", Sign.UNKNOWN: "unknown"}[sign(enclosure)]


def joined(intervals: Iterable[Interval], touching: bool = True) -> tuple[Interval, ...]:
    """The union as few intervals; those that only touch each other are joined if `touching`."""
    result: list[Interval] = []
    for lower, upper in sorted(intervals, key=_start):
        if result and _meet(result[-1][1], lower, touching):
            before, end = result[-1]
            result[-1] = before, None if end is None or upper is None else max(end, upper)
        else:
            result.append((lower, upper))
    return tuple(result)


def _start(interval: Interval) -> tuple[int, fmpq]:
    lower = interval[0]
    return (0, fmpq(0)) if lower is None else (1, lower)


def _meet(end: fmpq | None, start: fmpq | None, touching: bool) -> bool:
    if end is None or start is None:
        return True
    return start <= end if touching else start < end
