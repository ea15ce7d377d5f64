"""The step table and the scope of a claim, as text for a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Protocol, runtime_checkable

from certify.report.claims import words_for
from proofs.checking import Outcome
from proofs.instance import Instance
from proofs.kernel import Verdict
from proofs.lemmas import LEMMAS


def outcome_lines(instance: Instance, outcome: Outcome, assumed: Sequence[str] = ()) -> Iterator[str]:
    """The table of steps, the scope and the verdict. Names are as in the files: print lines by way of `printable`.

    Args:
        assumed: what the verdict rests on besides certify itself.
    """
    names = [fact.lemma.name for fact in outcome.facts] + ([outcome.failure.lemma] if outcome.failure else [])
    width = max([len(name) for name in names], default=0)
    for fact in outcome.facts:
        line = f"{fact.step:<3} {fact.lemma.name:<{width}}  ok   {fact.conclusion.detail}"
        yield f"{line}   {fact.conclusion.margin}" if fact.conclusion.margin else line
    if dependent := dependencies(instance, outcome):
        yield f"basis: {dependent}"
    if outcome.failure:
        failed = outcome.failure
        word = "NO" if outcome.verdict is Verdict.REJECTED else "??"
        yield f"{failed.step:<3} {failed.lemma:<{width}}  {word}   [{failed.failure.code}] {failed.failure.detail}"
    if outcome.verdict is Verdict.PROVED:
        yield from (f"scope: {line}" for line in scope_lines(instance, outcome))
    yield f"assumes: {'; '.join(assumed) or 'none'}   precision: {outcome.precision} bits"
    yield verdict_line(outcome)


@runtime_checkable
class _OnBasis(Protocol):
    """What is proved of a point of a network that uses these features alone."""

    @property
    def basis(self) -> tuple[int, ...]:
        """Their numbers."""


def dependencies(instance: Instance, outcome: Outcome) -> str:
    """`c, d are affine functions of a, b`, when the proof works on a basis of the features; empty otherwise."""
    for fact in outcome.facts:
        point = fact.conclusion.proposition
        own = fact.lemma.name in LEMMAS
        if own and isinstance(point, _OnBasis) and len(point.basis) < len(instance.features):
            others = [name for j, name in enumerate(instance.features) if j not in point.basis]
            kept = ", ".join(instance.features[j] for j in point.basis)
            be = "is an affine function" if len(others) == 1 else "are affine functions"
            return f"{', '.join(others)} {be} of {kept} on the data; weights along such a dependency are flat"
    return ""


def verdict_line(outcome: Outcome) -> str:
    """`PROVED  local minimum, not global`."""
    if outcome.verdict is not Verdict.PROVED:
        return f"{outcome.verdict.value}  {outcome.failure.failure if outcome.failure else ''}".rstrip()
    return f"PROVED  {summary(outcome)}"


def summary(outcome: Outcome) -> str:
    """The claim in a few words."""
    return words_for(outcome.claim.kind).summary(outcome)


def scope_lines(instance: Instance, outcome: Outcome) -> Iterator[str]:
    """What exactly is claimed, one item a line."""
    return words_for(outcome.claim.kind).scope(instance, outcome)
