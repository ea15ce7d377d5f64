"""How far the decisive inequality of each lemma is from failing."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from certify.report.figure import Figure
from certify.report.figures.svg import BLUE, SMALL, TINY, TITLE, Axes, drawing, line, mark, number, text
from proofs.kernel import Fact

_AT_LEAST = re.compile(r"(.*) ≥ ([0-9.]+(?:e-?[0-9]+)?)")
_BELOW = re.compile(r"(.*) ≤ -([0-9.]+(?:e-?[0-9]+)?)( .*)?")
_OF_BOX = re.compile(r".*image is ([0-9.]+(?:e-?[0-9]+)?) of (?:its|the) box")
_APART = re.compile(r"(.*) ([0-9.]+(?:e-?[0-9]+)?) apart")
_EXACT = frozenset({"constant-point/1", "affine-minimum/1", "generic-data/1"})
"""Their checks are of rational numbers, and no number says by how much they pass."""
_ROW, _TOP = 34, 62
_NAMES = 232


@dataclass(frozen=True, slots=True)
class Margin:
    """One number that must be positive.

    Attributes:
        lemma: whose it is.
        what: it measures; empty when the step states no margin.
        value: a lower bound, in float64; None when the step has no such number.
    """

    lemma: str
    what: str
    value: float | None


def margins_of(facts: Sequence[Fact]) -> list[Margin]:
    """What the steps say of their margins, in their order."""
    return [margin for fact in facts for margin in _margins(fact.lemma.name, fact.conclusion.margin)]


def _margins(lemma: str, words: str) -> Iterator[Margin]:
    if found := _OF_BOX.fullmatch(words):
        yield Margin(lemma, "part of the box that is left", 1 - float(found[1]))
        return
    if found := _BELOW.fullmatch(words):
        yield Margin(lemma, f"{found[1]} below 0 by", float(found[2]))
        return
    read = [m for part in words.split(", ") if (m := _AT_LEAST.fullmatch(part) or _APART.fullmatch(part))]
    for found in read:
        yield Margin(lemma, found[1] if "≥" in found[0] else f"{found[1]} apart by", float(found[2]))
    if not read:
        yield Margin(lemma, words, None)


def margins(facts: Sequence[Fact]) -> Figure | None:
    """The picture; none when no step has a number for a margin."""
    found = margins_of(facts)
    numbers = [(m, m.value) for m in found if m.value is not None and m.value > 0]
    if not numbers:
        return None
    smallest, least = min(numbers, key=lambda pair: pair[1])
    alt = (
        f"Margins of {', '.join(m.lemma for m, _ in numbers)} on a logarithmic axis; the smallest is {least:.3g}, that "
        f"of {smallest.lemma}."
    )
    caption = (
        "How far each decisive inequality is from failing: certified lower bounds, in the units of the inequality "
        "(a relative pivot, a distance, a difference of losses), so compare them with 0 rather than with each other."
    )
    return Figure(
        "margins", drawing(_TOP + _ROW * len(found) + 46, alt, _elements(found, [v for _, v in numbers])), alt, caption
    )


def _elements(found: Sequence[Margin], values: Sequence[float]) -> Iterator[str]:
    yield text(6, 18, "The margin of each step", "start", f' font-size="{TITLE}"')
    yield text(6, 40, "certified: at least this far from failing", "start", f' font-size="{SMALL}"')
    ends = (min(min(values) / 2, 0.05), max(max(values) * 2, 2.0))
    axes = Axes(ends, (0.0, 1.0), _TOP - 6, _TOP + _ROW * len(found), log_x=True, left=_NAMES)
    yield from axes.frame("margin (logarithmic)", "", y_ticks=False)
    for row, margin in enumerate(found):
        y = _TOP + _ROW * (row + 0.5)
        yield text(6, y - 2, margin.lemma.removesuffix("/1"), "start", f' font-size="{SMALL}"')
        exact = margin.lemma in _EXACT
        words = _cut("exact arithmetic" if exact else margin.what or "none stated")
        yield text(6, y + 12, words, "start", f' font-size="{TINY}" opacity="0.8"')
        if margin.value is None or margin.value <= 0:
            words = "exact" if exact else "no margin" if margin.value is None else "below the digits shown"
            yield text(_NAMES + 8, y + 4, words, "start", f' font-size="{TINY}" font-style="italic"')
            continue
        x = axes.across(margin.value)
        yield line(axes.left, y, x, y, ' stroke-width="3" opacity="0.55"', BLUE)
        yield mark("disc", x, y, BLUE, 5)
        right = x < 380
        yield text(
            x + (9 if right else -9),
            y + 4 - (0 if right else 9),
            number(margin.value),
            "start" if right else "end",
            f' font-size="{TINY}"',
        )


def _cut(words: str) -> str:
    return words if len(words) <= 34 else words[:32] + "…"
