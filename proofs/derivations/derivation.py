"""What a derivation is: an expression that vanishes under its hypotheses, and only under them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from proofs.derivations.algebra import Expr, Matrix, Symbol, is_zero


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """A hypothesis of an identity, solved for some of its symbols.

    Attributes:
        text: the hypothesis as one writes it.
        solution: the value of each symbol it determines.
    """

    text: str
    solution: Mapping[Symbol, Expr]


@dataclass(frozen=True, slots=True)
class Derivation:
    """An identity behind a lemma, derived by computer algebra.

    Attributes:
        title: a few words.
        statement: the identity, in words and formulas.
        hypotheses: imposed in this order; a later one may determine symbols that an earlier one brought in.
        difference: builds the two sides' difference, a column of expressions, before any hypothesis is imposed.
    """

    title: str
    statement: str
    hypotheses: tuple[Hypothesis, ...]
    difference: Callable[[], Matrix]

    def residual(self, without: Hypothesis | None = None) -> Matrix:
        """The difference of the two sides under all hypotheses, or under all but one."""
        result = self.difference()
        for hypothesis in self.hypotheses:
            if hypothesis is not without:
                result = result.subs(hypothesis.solution, simultaneous=True)
        return result

    def holds(self, without: Hypothesis | None = None) -> bool:
        """Whether the residual is identically zero."""
        return all(is_zero(entry) for entry in self.residual(without))
