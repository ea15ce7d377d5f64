"""Run checkers over cases, and count."""

from __future__ import annotations

import zlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from tests.corpus.corpus import CHECKERS, PROVED, Case, Checker

OFTEN = 3
"""So many cases of each expected answer are in every sample."""


def sample(cases: Iterable[Case], every: int) -> Iterator[Case]:
    """About one in `every` cases, always the same ones, and the first few of each expected verdict and code."""
    seen: Counter[tuple[str, str]] = Counter()
    for case in cases:
        kind = case.expected.verdict, case.expected.code
        seen[kind] += 1
        if seen[kind] <= OFTEN or zlib.crc32(case.name.encode("utf-8", "backslashreplace")) % every == 0:
            yield case


@dataclass(slots=True)
class Tally:
    """What the checkers said.

    Attributes:
        answers: how often each expected verdict and code occurred.
        steps: for each checker the number of steps that went through.
        wrong: the answers that were not the expected ones.
    """

    answers: Counter[tuple[str, str]] = field(default_factory=Counter)
    steps: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)

    @property
    def bad(self) -> int:
        return self.answers.total() - self.good

    @property
    def good(self) -> int:
        return self.answers[PROVED.verdict, ""]

    def lines(self) -> Iterator[str]:
        """A table for people."""
        yield f"{self.good} certificates to be proved, {self.bad} to be refused, {len(self.wrong)} wrong answers"
        for checker, steps in self.steps.items():
            yield f"the {checker} checker went through {steps} steps"
        verdicts: Counter[str] = Counter()
        for (verdict, _), count in self.answers.items():
            verdicts[verdict] += count
        yield "  ".join(f"{verdict} {count}" for verdict, count in sorted(verdicts.items()))
        codes = [
            f"{code}{'' if verdict == 'REJECTED' else '?'} {n}"
            for (verdict, code), n in sorted(self.answers.items())
            if code
        ]
        codes.sort()
        for start in range(0, len(codes), 10):
            yield "  ".join(f"{text:<10}" for text in codes[start : start + 10]).rstrip()
        yield from self.wrong[:50]


def run(cases: Iterable[Case], checkers: Mapping[str, Checker] = CHECKERS) -> Tally:
    """Ask every checker about every case."""
    tally = Tally()
    for case in cases:
        tally.answers[case.expected.verdict, case.expected.code] += 1
        for name, checker in checkers.items():
            answer = checker(case.texts)
            tally.steps[name] += answer.passed
            if answer != case.expected:
                tally.wrong.append(f"{case.name}: expected {case.expected}, the {name} checker says {answer}")
    return tally
