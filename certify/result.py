"""What came of checking a certificate, for programs, terminals and notebooks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from certify.errors import printable
from certify.exit_codes import PROVED, REJECTED, UNDECIDED
from certify.report.text import outcome_lines, scope_lines, summary, verdict_line
from proofs.checking import Outcome
from proofs.instance import Instance
from proofs.kernel import Fact, Verdict

if TYPE_CHECKING:
    from rich.console import RenderableType

EXIT_CODES = {Verdict.PROVED: PROVED, Verdict.REJECTED: REJECTED, Verdict.UNDECIDED: UNDECIDED}


@dataclass(frozen=True, repr=False, kw_only=True)
class Result:
    """A certificate that `proofs` has checked against its instance. It says no more than `outcome` does.

    `str(result)` is what a terminal shows, `repr(result)` one line, and a notebook shows a table. A result is no truth
    value: compare its verdict.

    Attributes:
        instance: the data, the architecture and the loss.
        outcome: the answer of `proofs`.
        assumed: what the verdict rests on besides certify itself: lemmas of other packages.
        missing: what is known about lemmas that the certificate needs and nobody has here.
    """

    instance: Instance
    outcome: Outcome
    assumed: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()

    @property
    def verdict(self) -> Verdict:
        """PROVED, REJECTED or UNDECIDED."""
        return self.outcome.verdict

    @property
    def claim(self) -> str:
        """What the certificate claims, in a few words; a theorem only when the verdict is PROVED."""
        return summary(self.outcome)

    @property
    def facts(self) -> tuple[Fact, ...]:
        """What was established, step by step: `fact.step`, `fact.lemma` and `fact.conclusion`."""
        return self.outcome.facts

    @property
    def scope(self) -> tuple[str, ...]:
        """Of what exactly the claim is proved; empty unless the verdict is PROVED."""
        return tuple(scope_lines(self.instance, self.outcome)) if self.verdict is Verdict.PROVED else ()

    @property
    def exit_code(self) -> int:
        """That of the command which gives this result."""
        return EXIT_CODES[self.verdict]

    @property
    def title(self) -> Iterator[str]:
        """What was checked, a line each."""
        yield f"instance {self.instance.hash}"
        yield from (f"missing: {line}" for line in self.missing)

    @property
    def remarks(self) -> Iterator[str]:
        """What else was found, and what is not claimed, a line each."""
        yield from ()

    @property
    def qualification(self) -> str:
        """What the verdict must not be read without, in a line; empty if that is nothing."""
        return ""

    @property
    def lines(self) -> Iterator[str]:
        """What a terminal shows."""
        yield from map(printable, self.title)
        yield from map(printable, outcome_lines(self.instance, self.outcome, self.assumed))
        yield from map(printable, self.remarks)
        yield from map(printable, filter(None, [self.qualification]))

    @property
    def verdict_lines(self) -> Iterator[str]:
        """The verdict, and what it must not be read without."""
        if self.assumed:
            yield printable(f"assumes: {'; '.join(self.assumed)}")
        yield printable(verdict_line(self.outcome))
        yield from map(printable, filter(None, [self.qualification]))

    @property
    def document(self) -> dict[str, object]:
        """The result as JSON."""
        failure = self.outcome.failure
        return {
            "verdict": self.verdict.value,
            "instance": self.instance.hash,
            "claim": self.claim,
            "scope": list(self.scope),
            "precision": self.outcome.precision,
            "assumes": list(self.assumed),
            "missing": list(self.missing),
            "steps": [
                {
                    "id": fact.step,
                    "lemma": fact.lemma.name,
                    "detail": fact.conclusion.detail,
                    "margin": fact.conclusion.margin,
                }
                for fact in self.facts
            ],
            "failure": None
            if failure is None
            else {
                "step": failure.step,
                "lemma": failure.lemma,
                "code": failure.failure.code,
                "detail": failure.failure.detail,
            },
        }

    def __bool__(self) -> bool:
        raise TypeError("a result is not a truth value: compare result.verdict with `is`")

    def __str__(self) -> str:
        return "\n".join(self.lines)

    def __repr__(self) -> str:
        steps = f"{len(self.facts)} step{'' if len(self.facts) == 1 else 's'}"
        return f"<{type(self).__name__} {printable(verdict_line(self.outcome))}; {steps}>"

    def __rich__(self) -> RenderableType:
        from certify.display import rich_text

        return rich_text(self)

    def _repr_html_(self) -> str:
        from certify.display import html

        return html(self)
