"""Exact numbers, data and networks as terms of the library in `formal/`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from flint import arb, fmpq

from proofs.exact import Level
from proofs.instance import Instance
from proofs.layers import Layer

_DIGITS = 10**15


def rational(value: fmpq) -> str:
    """`3#7` or `(-3)#7`; in brackets where it is an argument."""
    return f"{value.p}#{value.q}" if value >= 0 else f"({value.p})#{value.q}"


def argument(value: fmpq) -> str:
    return f"({rational(value)})"


def maybe(value: fmpq | None) -> str:
    return "None" if value is None else f"(Some {argument(value)})"


def sign(value: int) -> str:
    return "1" if value > 0 else "(-1)"


def listed(terms: Iterable[str], indent: str = "") -> str:
    """A list on one line, or with one line for each entry after an indent."""
    return f"[{'; '.join(terms)}]" if not indent else f"[\n{indent}{(f';{chr(10)}{indent}').join(terms)}]"


def rationals(values: Iterable[fmpq]) -> str:
    return listed(map(rational, values))


def rows(instance: Instance) -> str:
    """The samples: inputs and target."""
    inputs, targets = instance.inputs, instance.targets
    lines = (
        f"Row {rationals(inputs.entry(n, j) for j in range(inputs.columns))} {argument(targets.entry(n, 0))}"
        for n in range(instance.samples)
    )
    return listed(lines, "  ")


def inputs(instance: Instance) -> str:
    table = instance.inputs
    return listed((rationals(table.entry(n, j) for j in range(table.columns)) for n in range(table.rows)), "  ")


def number(level: Level) -> str:
    return f"({'Logarithm' if level.is_log else 'Rational'} {argument(level.value)})"


def bounds(level: Level) -> tuple[fmpq, fmpq]:
    """Rationals below and above a level: itself, or 15 decimals of a logarithm."""
    return outward(level.ball(), fmpq(1, _DIGITS)) if level.is_log else (level.value, level.value)


def bracket(level: Level) -> str:
    below, above = bounds(level)
    return f"(Bracket {number(level)} {argument(below)} {argument(above)})"


def outward(ball: arb, unit: fmpq) -> tuple[fmpq, fmpq]:
    """Multiples of `unit` with at least one unit between them and the ball."""
    scaled = ball / arb(unit)
    below, above = (scaled.lower().floor() - 2).unique_fmpz(), (scaled.upper().ceil() + 2).unique_fmpz()
    if below is None or above is None:
        raise ValueError(f"{ball} is not finite")
    return below * unit, above * unit


def network(layers: Sequence[Layer]) -> str:
    """A network with one output."""
    hidden = listed((listed(map(_unit, zip(layer.weights, layer.biases, strict=True))) for layer in layers[:-1]), "  ")
    last = layers[-1]
    return f"QNetwork {hidden}\n  {rationals(last.weights[0])} {argument(last.biases[0])}"


def _unit(unit: tuple[Sequence[fmpq], fmpq]) -> str:
    weights, bias = unit
    return f"QUnit {rationals(weights)} {argument(bias)}"
