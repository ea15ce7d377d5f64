"""Formulas as MathML, which browsers set without help."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from certify.report.formula import Accent, Formula, Fraction, Node, Role, Row, Scripts, Symbol, is_tall

_SIGNS = {"-": "−", "*": "⋅", "·": "⋅", "...": "…", "..": "…", "<": "&lt;", ">": "&gt;", "->": "→"}
_FENCES = {"<": "⟨", ">": "⟩"}
_MARKS = {"\u0304": "¯", "\u0303": "~", "\u0302": "^", "\u0307": "˙"}
_SUMS = {"Σ": "∑", "Π": "∏"}
_THIN = '<mspace width="0.17em"/>'
_HAIR = '<mspace width="0.1em"/>'
_WIDE = "0.28em"
_SLANTED = frozenset("EFHKMNPTUVWXYf")  # these lean over what follows
_PRIME, _TRANSPOSE = Symbol("′", Role.CLOSE), Symbol("T", Role.VARIABLE)
_BREAKABLE = 22  # longer formulas may be broken at their relations and sums


def mathml(formula: Formula) -> list[str]:
    """The formula as one `math` element or, when it is long, several, between which a line may be broken."""
    return [f"<math>{''.join(_spaced(part, place == 0))}</math>" for place, part in enumerate(_parts(formula))]


def _parts(formula: Formula) -> Iterator[Row]:
    """The formula cut before its relations and sums, because browsers do not break lines inside formulas."""
    items, gaps = formula.tree.items, formula.tree.gaps
    start = 0
    if len(formula.source) > _BREAKABLE:
        for place in range(1, len(items)):
            item = items[place]
            if isinstance(item, Symbol) and gaps[place] and item.role in {Role.RELATION, Role.BINARY}:
                yield Row(items[start:place], gaps[start:place])
                start = place
    yield Row(items[start:], gaps[start:])


def _row(found: Row) -> str:
    return "".join(_spaced(found, True))


def _spaced(found: Row, first: bool) -> Iterator[str]:
    """The items with thin spaces around names, sums and fractions; `first`: what is before is a blank in the text."""
    before: Node | None = None
    for item, gap, after in zip(found.items, found.gaps, [*found.items[1:], None], strict=False):
        if before is not None and gap and not (_is_sign(before) or _is_sign(item)):
            yield _THIN if _wants_space(before) or _wants_space(item) else ""
        if before is None and first and isinstance(item, Symbol) and item.role is Role.RELATION:
            yield _sign(item.text, "infix", "0", _WIDE)
        else:
            yield _node(item)
        if isinstance(item, Symbol) and item.text in _SLANTED and (after is None or _is_sign(after)):
            yield _HAIR
        before = item


def _is_sign(node: Node) -> bool:
    return isinstance(node, Symbol) and node.role in {Role.RELATION, Role.BINARY, Role.PREFIX, Role.CLOSE}


def _wants_space(node: Node) -> bool:
    base = node.base if isinstance(node, Scripts) else node
    if isinstance(base, Row):
        return _wants_space(base.items[0])
    return isinstance(base, Fraction) or (isinstance(base, Symbol) and base.role in {Role.NAME, Role.SUM})


def _node(node: Node) -> str:
    if isinstance(node, Symbol):
        return _symbol(node)
    if isinstance(node, Row):
        return f"<mrow>{_row(node)}</mrow>"
    if isinstance(node, Scripts):
        return _scripts(node)
    if isinstance(node, Accent):
        return f'<mover accent="true">{_symbol(node.base)}<mo stretchy="false">{_MARKS[node.mark]}</mo></mover>'
    if isinstance(node, Fraction):
        return f"<mfrac>{_node(node.above)}{_node(node.below)}</mfrac>"
    left, right = (_FENCES.get(mark, mark) for mark in (node.left, node.right))
    fence = '<mo fence="true" form="{}" stretchy="{}">{}</mo>'
    tall = "true" if is_tall(node.body) else "false"
    return f"<mrow>{fence.format('prefix', tall, left)}{_row(node.body)}{fence.format('postfix', tall, right)}</mrow>"


def _symbol(symbol: Symbol) -> str:
    text = symbol.text
    if symbol.role is Role.NUMBER:
        return f"<mn>{_SIGNS.get(text) or escape(text)}</mn>"
    if symbol.role in {Role.VARIABLE, Role.NAME}:
        return f"<mi>{_SIGNS.get(text) or escape(text)}</mi>"
    if symbol.role is Role.SUM:
        return f'<mo largeop="false" lspace="0" rspace="0.1em">{_SUMS[text]}</mo>'
    if symbol.role is Role.RELATION:
        return _sign(text, "infix", _WIDE, _WIDE)
    if symbol.role is Role.BINARY:
        space = "0.1em" if text in {"·", "*"} else "0.22em"
        return _sign(text, "infix", space, space)
    if symbol.role is Role.PREFIX:
        return _sign(text, "prefix", "0", "0")
    return _sign(text, "postfix", "0", "0.17em" if text in {",", ";"} else "0")


def _sign(text: str, form: str, left: str, right: str) -> str:
    return (
        f'<mo form="{form}" stretchy="false" lspace="{left}" rspace="{right}">{_SIGNS.get(text) or escape(text)}</mo>'
    )


def _scripts(node: Scripts) -> str:
    """Scripts; primes without others beside them stand at full size, as they are drawn to."""
    base = _node(node.base)
    below = _node(node.below) if node.below is not None else ""
    primes = sum(part == _PRIME for part in node.above)
    others = [part for part in node.above if part != _PRIME]
    above = "".join('<mi mathvariant="normal">T</mi>' if part == _TRANSPOSE else _node(part) for part in others)
    if len(others) + bool(primes and others) > 1:
        above = f"<mrow>{_primes(primes)}{above}</mrow>"
        primes = 0
    if below and above:
        base = f"<msubsup>{base}{below}{above}</msubsup>"
    elif below:
        base = f"<msub>{base}{below}</msub>"
    elif above:
        base = f"<msup>{base}{above}</msup>"
    return f"<mrow>{base}{_primes(primes)}</mrow>" if primes else base


def _primes(number: int) -> str:
    return (
        f'<mo form="postfix" lspace="0" rspace="0">{"′″‴"[number - 1] if number <= 3 else "′" * number}</mo>'
        if number
        else ""
    )
