"""The convex losses of proofs/losses.py as formulas: their halved derivatives, and differences of two values."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from proofs.derivations.algebra import Expr, Matrix, Symbol, column, diff, exp, log, sqrt, symbols
from proofs.derivations.derivation import Derivation, Hypothesis

OUTPUT, OTHER, TARGET = symbols("T t y", real=True)


@dataclass(frozen=True, slots=True)
class LossFormulas:
    """One loss as SymPy expressions: the fields of `proofs.losses.Loss` with their formulas as people write them."""

    name: str
    value: Callable[[Expr, Expr], Expr]
    residual: Callable[[Expr, Expr], Expr]
    curvature: Callable[[Expr, Expr], Expr]
    advantage: Callable[[Expr, Expr, Expr], Expr]
    texts: tuple[str, str, str, str]


def _root(t: Expr, y: Expr) -> Expr:
    return sqrt(1 + (t - y) ** 2)


LOSSES = (
    LossFormulas(
        "squared",
        lambda t, y: (t - y) ** 2,
        lambda t, y: t - y,
        lambda t, y: 1 + 0 * t,
        lambda t, other, y: (t - other) * (t + other - 2 * y),
        ("(T - y)^2", "T - y", "1", "(T - t) (T + t - 2 y)"),
    ),
    LossFormulas(
        "logistic",
        lambda t, y: log(1 + exp(t)) - y * t,
        lambda t, y: (1 / (1 + exp(-t)) - y) / 2,
        lambda t, y: 1 / (1 + exp(-t)) / (1 + exp(t)) / 2,
        lambda t, other, y: log(1 + exp(t)) - log(1 + exp(other)) - y * (t - other),
        (
            "log(1 + e^T) - y T",
            "(s(T) - y) / 2, s(T) = 1 / (1 + e^-T)",
            "s(T) s(-T) / 2",
            "log(1 + e^T) - log(1 + e^t) - y (T - t)",
        ),
    ),
    LossFormulas(
        "pseudo-huber",
        lambda t, y: _root(t, y) - 1,
        lambda t, y: (t - y) / _root(t, y) / 2,
        lambda t, y: 1 / _root(t, y) ** 3 / 2,
        lambda t, other, y: (t - other) * (t + other - 2 * y) / (_root(t, y) + _root(other, y)),
        (
            "R(T) - 1, R(T) = sqrt(1 + (T - y)^2)",
            "(T - y) / (2 R(T))",
            "1 / (2 R(T)^3)",
            "(T - t) (T + t - 2 y) / (R(T) + R(t))",
        ),
    ),
    LossFormulas(
        "poisson",
        lambda t, y: exp(t) - y * t,
        lambda t, y: (exp(t) - y) / 2,
        lambda t, y: exp(t) / 2,
        lambda t, other, y: exp(t) - exp(other) - y * (t - other),
        ("e^T - y T", "(e^T - y) / 2", "e^T / 2", "e^T - e^t - y (T - t)"),
    ),
)


def halved_derivatives(loss: LossFormulas) -> Derivation:
    """D and W of one loss."""
    residual, curvature = symbols("D W")
    value, first, second, _ = loss.texts

    def difference() -> Matrix:
        slope = diff(loss.value(OUTPUT, TARGET), OUTPUT) / 2
        return column((slope - residual, diff(slope, OUTPUT) - curvature))

    return Derivation(
        f"D and W of the {loss.name} loss",
        f"D = l'/2 and W = l''/2, derivatives in T of l = {value}.",
        (
            Hypothesis(f"D = {first}", {residual: loss.residual(OUTPUT, TARGET)}),
            Hypothesis(f"W = {second}", {curvature: loss.curvature(OUTPUT, TARGET)}),
        ),
        difference,
    )


def difference_of_values(loss: LossFormulas) -> Derivation:
    """The advantage of t over T."""
    here, there = Symbol("l(T,y)"), Symbol("l(t,y)")
    value, _, _, advantage = loss.texts
    return Derivation(
        f"The advantage of t over T, {loss.name} loss",
        f"l(T, y) - l(t, y) = {advantage}.",
        (Hypothesis(f"l(T, y) = {value}", {s: loss.value(t, TARGET) for s, t in ((here, OUTPUT), (there, OTHER))}),),
        lambda: Matrix([here - there - loss.advantage(OUTPUT, OTHER, TARGET)]),
    )
