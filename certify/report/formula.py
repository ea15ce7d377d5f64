"""Formulas of statements, such as `Σ_n D_n x_n x_n^T` or `|w_i|_inf ≤ r`, as trees that can be typeset.

Statements are plain text. `runs` finds the formulas in it, `formula` takes all of a text for one. Nothing is dropped:
`source` of a tree, and the runs together, are the text that was read.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from certify.report.tokens import ACCENTS

_SUMS = frozenset("ΣΠ")


class Role(Enum):
    """How a symbol is set."""

    VARIABLE = "variable"  # a letter, italic
    NAME = "name"  # several letters, upright: exp, min, gap
    NUMBER = "number"
    SUM = "sum"  # Σ and Π
    RELATION = "relation"
    BINARY = "binary"  # with space on both sides: +, -, ×
    PREFIX = "prefix"  # the sign of a number
    CLOSE = "close"  # punctuation, and operators without space: comma, ellipsis, slash


@dataclass(frozen=True, slots=True)
class Symbol:
    """One letter, number, name or sign."""

    text: str
    role: Role


INFINITY = Symbol("∞", Role.NUMBER)


@dataclass(frozen=True, slots=True)
class Row:
    """Things side by side.

    Attributes:
        gaps: for each item, whether a blank was before it.
    """

    items: tuple[Node, ...]
    gaps: tuple[bool, ...]


@dataclass(frozen=True, slots=True)
class Scripts:
    """A base with a subscript or superscripts; primes and stars are superscripts."""

    base: Node
    below: Node | None
    above: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Accent:
    """A letter with a bar or a tilde; `mark` is the combining character."""

    base: Symbol
    mark: str


@dataclass(frozen=True, slots=True)
class Fraction:
    """One thing over another."""

    above: Node
    below: Node


@dataclass(frozen=True, slots=True)
class Fenced:
    """Something in brackets or bars; `{` and `}` without the backslash that other notations need."""

    left: str
    body: Row
    right: str


Node = Symbol | Row | Scripts | Accent | Fraction | Fenced


@dataclass(frozen=True, slots=True)
class Formula:
    """A formula and the text that it was read from."""

    source: str
    tree: Row


def letter(text: str) -> Node:
    """A variable, with its accent if it has one, or the sign of a sum."""
    base, marks = (parts := unicodedata.normalize("NFD", text))[0], parts[1:]
    if len(marks) == 1 and marks in ACCENTS:
        return Accent(Symbol(base, Role.VARIABLE), marks)
    return Symbol(text, Role.SUM if text in _SUMS else Role.VARIABLE)


def number(text: str) -> Node:
    """`3.4e-3` is a product with a power of ten."""
    match = re.fullmatch(r"([\d.]*\d)e([+-]?)(\d+)(\.\.\.)?", text)
    if match is None:
        return Symbol(text, Role.NUMBER)
    mantissa, sign, exponent, more = match.groups()
    digits: list[Node] = [Symbol(str(int(exponent)), Role.NUMBER)]
    if sign == "-":
        digits.insert(0, Symbol("-", Role.PREFIX))
    power = Scripts(Symbol("10", Role.NUMBER), None, (Row(tuple(digits), (False,) * len(digits)),))
    parts: list[Node] = [Symbol(mantissa + (more or ""), Role.NUMBER), Symbol("·", Role.BINARY), power]
    return Row(tuple(parts), (False,) * 3)


def row(items: Sequence[Node], gaps: Sequence[bool]) -> Row:
    """Items side by side; what has a tight slash between becomes a fraction."""
    while (place := next((i for i in range(1, len(items) - 1) if _is_bar(items, gaps, i)), None)) is not None:
        first, last = place - 1, place + 2
        while first > 0 and not gaps[first] and _is_factor(items[first - 1]) and _is_factor(items[first]):
            first -= 1
        while last < len(items) and not gaps[last] and _is_factor(items[last]):
            last += 1
        above, below = (_side(items[a:b], gaps[a:b]) for a, b in ((first, place), (place + 1, last)))
        items = [*items[:first], Fraction(above, below), *items[last:]]
        gaps = [*gaps[: first + 1], *gaps[last:]]
    return Row(tuple(items), tuple(gaps))


def is_tall(node: Node) -> bool:
    """Whether brackets around it should grow."""
    if isinstance(node, Row):
        return any(map(is_tall, node.items))
    if isinstance(node, Fenced):
        return is_tall(node.body)
    return isinstance(node, Fraction) or (isinstance(node, Scripts) and is_tall(node.base))


def _is_bar(items: Sequence[Node], gaps: Sequence[bool], place: int) -> bool:
    sign = items[place]
    if not (isinstance(sign, Symbol) and sign.text == "/") or gaps[place] or gaps[place + 1]:
        return False
    return _is_factor(items[place - 1]) and _is_factor(items[place + 1])


def _is_factor(node: Node) -> bool:
    return not isinstance(node, Symbol) or node.role in {Role.VARIABLE, Role.NAME, Role.NUMBER}


def _side(items: Sequence[Node], gaps: Sequence[bool]) -> Node:
    """The numerator or denominator; the bar makes round brackets around all of it superfluous."""
    if len(items) > 1:
        return Row(tuple(items), tuple(gaps))
    (only,) = items
    return only.body if isinstance(only, Fenced) and (only.left, only.right) == ("(", ")") else only
