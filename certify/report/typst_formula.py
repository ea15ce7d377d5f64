"""Formulas and text in the language of Typst."""

from __future__ import annotations

from certify.report.formula import Accent, Fenced, Formula, Fraction, Node, Role, Row, Scripts, Symbol

_SIGNS = {"-": "−", "*": "⋅", "·": "⋅", "...": "…", "..": "…", "->": "→", "Σ": "∑", "Π": "∏"}
_FENCES = {"<": "⟨", ">": "⟩"}
_CLASSES = {Role.RELATION: "relation", Role.BINARY: "binary", Role.PREFIX: "normal"}


def typst_formula(formula: Formula) -> str:
    """What stands between dollars."""
    return _row(formula.tree)


def typst_string(text: str) -> str:
    """A string literal: any text, literally."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\t", "\\t")
    return f'"{escaped}"'


def _row(row: Row) -> str:
    return " ".join(map(_node, row.items))


def _node(node: Node) -> str:
    if isinstance(node, Symbol):
        return _symbol(node)
    if isinstance(node, Row):
        return _row(node)
    if isinstance(node, Accent):
        return f"accent({_symbol(node.base)}, {typst_string(node.mark)})".replace(
            f", {typst_string(node.mark)}", f", #{typst_string(node.mark)}"
        )
    if isinstance(node, Fraction):
        return f"frac({_node(node.above)}, {_node(node.below)})"
    if isinstance(node, Scripts):
        below = f", br: {_node(node.below)}" if node.below is not None else ""
        raised = [
            f"upright({typst_string('T')})" if part == Symbol("T", Role.VARIABLE) else _node(part)
            for part in node.above
        ]
        above = f", tr: {' '.join(raised)}" if node.above else ""
        return f"attach({_node(node.base)}{below}{above})"
    return _fenced(node)


def _fenced(node: Fenced) -> str:
    left, right = (_FENCES.get(mark, mark) for mark in (node.left, node.right))
    return f'lr(class("opening", {typst_string(left)}) {_row(node.body)} class("closing", {typst_string(right)}))'


def _symbol(symbol: Symbol) -> str:
    text = _SIGNS.get(symbol.text, symbol.text)
    if symbol.role in _CLASSES:
        return f'class("{_CLASSES[symbol.role]}", {_sign(text)})'
    if symbol.role is Role.NAME:
        return f"op({typst_string(text)})"
    if symbol.role is Role.VARIABLE:
        return text
    return typst_string(text) if symbol.role is Role.NUMBER else _sign(text)


def _sign(text: str) -> str:
    return f"\\u{{{ord(text):x}}}" if len(text) == 1 else typst_string(text)
