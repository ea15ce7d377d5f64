"""How the outcomes depend on each field of the jobs, as a picture: one bar for each value, divided by outcome."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from html import escape
from typing import TypeAlias

from certify.sweep.job import OUTCOMES
from certify.sweep.store import Row
from certify.sweep.summary import fields_of

PICTURE = "summary.svg"
COLOURS = dict(zip(OUTCOMES, ("#2563a8", "#c2550a", "#d4b106", "#999", "#222"), strict=True))
_MOST_VALUES = 40
_WIDTH, _LEFT, _RIGHT, _BAR = 720, 220, 70, 18

_Counts: TypeAlias = Counter[str | None]


def picture(rows: Sequence[Row]) -> bytes:
    """The picture, as SVG. What is not done yet leaves its part of a bar empty."""
    bars = list(_bars([row.outcome for row in rows], fields_of(rows)))
    height = 60 + _BAR * len(bars)
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" font-family="sans-serif">',
        f'<rect width="{_WIDTH}" height="{height}" fill="white"/>',
        *_legend(),
    ]
    for number, (label, counts) in enumerate(bars):
        lines.extend(_bar(50 + _BAR * number, label, counts))
    return "\n".join([*lines, "</svg>\n"]).encode("utf-8")


def _bars(outcomes: Sequence[str | None], jobs: Sequence[dict[str, object]]) -> Iterator[tuple[str, _Counts]]:
    """A bar for all jobs, and one for each value of each field that has several, but not hundreds."""
    yield "all jobs", Counter(outcomes)
    for field in jobs[0]:
        counts = dict[tuple[int, str], _Counts]()
        for outcome, job in zip(outcomes, jobs, strict=True):
            value = job[field]
            place = (value, "") if isinstance(value, int) else (0, str(value))
            counts.setdefault(place, Counter())[outcome] += 1
        if 1 < len(counts) <= _MOST_VALUES:
            yield "", Counter()
            for number, text in sorted(counts):
                yield f"{field} = {text or number}", counts[number, text]


def _legend() -> Iterator[str]:
    x = _LEFT
    for kind, colour in COLOURS.items():
        yield f'<rect x="{x}" y="16" width="12" height="12" fill="{colour}"/>'
        yield f'<text x="{x + 17}" y="26" font-size="12">{kind}</text>'
        x += 95


def _bar(y: int, label: str, counts: _Counts) -> Iterator[str]:
    text = label if len(label) <= 32 else label[:29] + "..."
    yield f'<text x="{_LEFT - 8}" y="{y + 11}" text-anchor="end" font-size="12">{escape(text)}</text>'
    x, total = float(_LEFT), counts.total()
    for kind, colour in COLOURS.items():
        if counts[kind]:
            width = (_WIDTH - _LEFT - _RIGHT) * counts[kind] / total
            yield f'<rect x="{x:.2f}" y="{y}" width="{width:.2f}" height="{_BAR - 4}" fill="{colour}"/>'
            x += width
    if total:
        yield f'<text x="{_WIDTH - _RIGHT + 8}" y="{y + 11}" font-size="12">{total:,}</text>'
