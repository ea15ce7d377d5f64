"""The kernel: what a lemma, a fact and a verdict are, and the loop that runs the steps of a certificate.

A `Fact` exists only because `run_steps` called a lemma's check on the instance itself; the certificate supplies
arguments (hints), never conclusions.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import TypeVar

from proofs.document import Reader
from proofs.instance import Extension, Instance


class Verdict(Enum):
    """The outcome of a check. It is deliberately not a truth value."""

    PROVED = "PROVED"
    REJECTED = "REJECTED"
    UNDECIDED = "UNDECIDED"

    def __bool__(self) -> bool:
        raise TypeError("a verdict is not a truth value: compare it with `is`")


class Failure(Exception):
    """A step that did not go through: a stable code such as `CP03`, and what was found."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(f"[{code}] {detail}")
        self.code = code
        self.detail = detail


class Rejected(Failure):
    """The step is wrong: its hypotheses do not hold for this instance."""


class Undecided(Failure):
    """The step may be right, but it cannot be decided here (precision too low, lemma unknown)."""


@dataclass(frozen=True, slots=True)
class Conclusion:
    """What a lemma's check established.

    Attributes:
        proposition: the mathematical content, an object of the lemma's own class.
        detail: one line for people, with this instance's numbers. A certificate can claim the conclusion of a step as
            it stands (kind "lemma"); then this line is the claim, so it says what holds, and of what.
        margin: how far the decisive inequality is from failing, for people; empty when the check is exact equality.
    """

    proposition: object
    detail: str
    margin: str = ""


@dataclass(frozen=True, slots=True)
class Fact:
    """A conclusion established by a step; only `run_steps` makes facts."""

    step: str
    lemma: Lemma
    conclusion: Conclusion


@dataclass(frozen=True, slots=True)
class Lemma:
    """A theorem together with the procedure that checks its hypotheses on an instance.

    Attributes:
        name: for instance `constant-point/1`; its meaning never changes (a new meaning gets a new number).
        title: a few words for tables.
        statement: the theorem, with its hypotheses.
        source: where the theorem and its proof are written.
        premises: the names of the lemmas whose facts it builds on, in order.
        check: recomputes the conclusion from the instance, the premises' facts and the step's arguments; raises
            Rejected, Undecided or Malformed.
        covers: the extensions of an instance that the theorem is about, too; `run_step` refuses instances with others.
    """

    name: str
    title: str
    statement: str
    source: str
    premises: tuple[str, ...]
    check: Callable[[Instance, tuple[Fact, ...], Reader], Conclusion]
    covers: frozenset[Extension] = frozenset()


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a certificate: which lemma, on which earlier steps, with which arguments."""

    id: str
    lemma: str
    premises: tuple[str, ...]
    arguments: Reader


@dataclass(frozen=True, slots=True)
class StepFailure:
    """The step that stopped the check, and why."""

    step: str
    lemma: str
    failure: Failure


_ID = re.compile(r"[a-z][a-z0-9-]{0,39}")


def run_steps(
    instance: Instance, steps: Sequence[Step], lemmas: Mapping[str, Lemma]
) -> tuple[tuple[Fact, ...], StepFailure | None]:
    """Run the steps in order; stop at the first that fails.

    Returns:
        the facts established, and the failure if there was one.

    Raises:
        Malformed: a step's arguments are not of the form its lemma expects.
    """
    facts: dict[str, Fact] = {}
    for step in steps:
        try:
            facts[step.id] = run_step(instance, step, facts, lemmas)
        except Failure as failure:
            return tuple(facts.values()), StepFailure(step.id, step.lemma, failure)
    return tuple(facts.values()), None


def run_step(instance: Instance, step: Step, facts: Mapping[str, Fact], lemmas: Mapping[str, Lemma]) -> Fact:
    """Check one step against the facts of earlier ones.

    Raises:
        Rejected, Undecided: the step does not go through.
        Malformed: its arguments are not of the form the lemma expects.
    """
    if not _ID.fullmatch(step.id):
        raise Rejected("KE01", f"{step.id[:40]!r} is not a step name (a-z, 0-9 and -, at most 40)")
    if step.id in facts:
        raise Rejected("KE02", f"the step name {step.id!r} is used twice")
    if step.lemma not in lemmas:
        raise Undecided("KE03", f"no lemma {step.lemma[:60]!r} is known here")
    lemma = lemmas[step.lemma]
    premises = []
    for name in step.premises:
        if name not in facts:
            raise Rejected("KE04", f"premise {name[:40]!r} is not an earlier step")
        premises.append(facts[name])
    found = tuple(fact.lemma.name for fact in premises)
    if found != lemma.premises:
        raise Rejected("KE05", f"expected premises {lemma.premises}, found {found}")
    if strange := sorted(extension.value for extension in instance.extensions - lemma.covers):
        raise Rejected("KE06", f"{lemma.name} is not about instances with {' and '.join(strange)}")
    conclusion = lemma.check(instance, tuple(premises), step.arguments)
    step.arguments.finish()
    return Fact(step.id, lemma, conclusion)


_P = TypeVar("_P")


def propositions(facts: Sequence[Fact], kind: type[_P]) -> list[_P]:
    """What facts of this kind say, in their order."""
    return [f.conclusion.proposition for f in facts if isinstance(f.conclusion.proposition, kind)]
