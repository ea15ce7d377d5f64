"""Formulas and text as LaTeX; formulas need amsmath."""

from __future__ import annotations

import unicodedata

from certify.report.formula import Accent, Fenced, Formula, Fraction, Node, Role, Row, Scripts, Symbol, is_tall

_CAPITALS = frozenset("ΓΔΘΛΞΠΣΥΦΨΩ")
_COMMANDS = {
    "ε": "varepsilon", "λ": "lambda", "Λ": "Lambda", "ς": "varsigma", "φ": "varphi", "ϕ": "phi", "ϵ": "epsilon",
    "∞": "infty", "ℓ": "ell", "∂": "partial", "∇": "nabla",
}  # fmt: skip
_SIGNS = {
    "≤": r"\le", "≥": r"\ge", "≠": r"\ne", "≈": r"\approx", "≻": r"\succ", "≺": r"\prec", "→": r"\to", "->": r"\to",
    "·": r"\cdot", "*": r"\cdot", "×": r"\times", "±": r"\pm", "∈": r"\in", "∉": r"\notin", "⊂": r"\subset",
    "⊆": r"\subseteq", "∩": r"\cap", "∪": r"\cup", "...": r"\ldots", "..": r"\ldots", "~": r"\sim", "−": "-",
    "′": r"\prime", "∗": "*",
}  # fmt: skip
_FENCES = {"<": r"\langle", ">": r"\rangle", "{": r"\{", "}": r"\}"}
_MARKS = {"\u0304": r"\bar", "\u0303": r"\tilde", "\u0302": r"\hat", "\u0307": r"\dot"}
_SPECIAL = {
    "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "$": r"\$", "&": r"\&", "#": r"\#", "%": r"\%", "_": r"\_",
    "^": r"\textasciicircum{}", "~": r"\textasciitilde{}", "<": r"\textless{}", ">": r"\textgreater{}",
    "|": r"\textbar{}", '"': r"\textquotedbl{}", "`": r"\textasciigrave{}", "'": r"\textquotesingle{}",
    "-": "{-}", "²": r"\textsuperscript{2}", "’": "'",
}  # fmt: skip


def latex_formula(formula: Formula) -> str:
    """What stands between dollars."""
    return _row(formula.tree) or "{}"


def latex_text(text: str) -> str:
    """Plain text, every character taken literally; those outside of Latin alphabets as mathematics or by their name."""
    return "".join(map(_character, text))


def _character(character: str) -> str:
    if character in _SPECIAL:
        return _SPECIAL[character]
    if character.isascii() or "\u00a0" <= character < "\u0180":
        return character
    if command := _command(character):
        return rf"\ensuremath{{{command}}}"
    if character in _SIGNS:
        return rf"\ensuremath{{{_SIGNS[character]}}}"
    return f"[U+{ord(character):04X}]"


def _command(character: str) -> str:
    """The command for a letter that is not Latin; empty if there is none."""
    if character in _COMMANDS:
        return f"\\{_COMMANDS[character]}"
    kind, _, letter = unicodedata.name(character, "").rpartition(" LETTER ")
    if kind == "GREEK SMALL" and " " not in letter:
        return f"\\{letter.lower()}"
    return f"\\{letter.title()}" if character in _CAPITALS else ""


def _row(row: Row) -> str:
    first = row.items[0] if row.items else None
    start = ["{}"] if isinstance(first, Symbol) and first.role is Role.RELATION else []
    return " ".join([*start, *map(_node, row.items)])


def _node(node: Node) -> str:
    if isinstance(node, Symbol):
        return _symbol(node)
    if isinstance(node, Row):
        return _row(node)
    if isinstance(node, Accent):
        return f"{_MARKS[node.mark]}{{{_symbol(node.base)}}}"
    if isinstance(node, Fraction):
        return rf"\frac{{{_inner(node.above)}}}{{{_inner(node.below)}}}"
    if isinstance(node, Scripts):
        below = f"_{{{_inner(node.below)}}}" if node.below is not None else ""
        raised = [r"\mathrm{T}" if part == Symbol("T", Role.VARIABLE) else _inner(part) for part in node.above]
        above = f"^{{{' '.join(raised)}}}" if node.above else ""
        base = f"{{{_row(node.base)}}}" if isinstance(node.base, Row) else _node(node.base)
        return f"{base}{below}{above}"
    return _fenced(node)


def _inner(node: Node) -> str:
    return _row(node) if isinstance(node, Row) else _node(node)


def _fenced(node: Fenced) -> str:
    left, right = (_FENCES.get(mark, mark) for mark in (node.left, node.right))
    if (left, right) == ("|", "|"):
        left, right = r"\lvert", r"\rvert"
    body = _row(node.body)
    return rf"\left{left} {body} \right{right}" if is_tall(node.body) else f"{left} {body} {right}"


def _symbol(symbol: Symbol) -> str:
    text = symbol.text
    if text in _SIGNS:
        return _SIGNS[text]
    if symbol.role is Role.SUM:
        return r"\textstyle\sum" if text == "Σ" else r"\textstyle\prod"
    if len(text) == 1 and (command := _command(text)):
        return command
    if symbol.role is Role.NAME:
        return rf"\operatorname{{{latex_text(text)}}}"
    if symbol.role is Role.PREFIX:
        return f"{{{text}}}"
    if symbol.role is Role.NUMBER:
        return text.replace("...", r"\ldots ")
    return text if (text.isascii() and text not in _SPECIAL) or text in "<>-|" else rf"\text{{{latex_text(text)}}}"
