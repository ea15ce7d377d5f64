"""Formulas as MathML, which browsers set without help."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape

from certify.report.formula import Accent, Fenced, Formula, Fraction, Node, Role, Row, Scripts, Symbol

_SIGNS = {"-": "−", "*": "⋅", "·": "⋅", "...": "…", "..": "…", "<": "&lt;", ">": "&gt;", "->": "→", "inf": "∞"}
_FENCES = {"<": "⟨", ">": "⟩"}
_MARKS = {"\u0304": "¯", "\u0303": "~", "\u0302": "^", "\u0307": "˙"}
_SUMS = {"Σ": "∑", "Π": "∏"}
_THIN = '<mspace width="0.17em"/>'
_BREAKABLE = 22  # longer formulas may be broken at their relations and sums


def mathml(formula: Formula, block: bool = False) -> str:
    """The formula as one `math` element or, when it is long and not on a line of its own, several in a row."""
    if block:
        return f'<math display="block">{_row(formula.tree)}</math>'
    return "<wbr/>".join(f"<math>{_row(part)}</math>" for part in _parts(formula))


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
    return "".join(_spaced(found.items, found.gaps))


def _spaced(items: Sequence[Node], gaps: Sequence[bool]) -> Iterator[str]:
    for place, item in enumerate(items):
        before = items[place - 1] if place else None
        if before is not None and gaps[place] and (_wants_space(before) or _wants_space(item)):
            yield _THIN
        yield _node(item)


def _wants_space(node: Node) -> bool:
    """Whether a thin space keeps this from what stands beside it: names and sums."""
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
    tall = "true" if _is_tall(node.body) else "false"
    return f"<mrow>{fence.format('prefix', tall, left)}{_row(node.body)}{fence.format('postfix', tall, right)}</mrow>"


def _is_tall(node: Node) -> bool:
    if isinstance(node, Row):
        return any(map(_is_tall, node.items))
    if isinstance(node, Fenced):
        return _is_tall(node.body)
    return isinstance(node, Fraction) or (isinstance(node, Scripts) and _is_tall(node.base))


def _symbol(symbol: Symbol) -> str:
    text = _SIGNS.get(symbol.text) or escape(symbol.text)
    if symbol.role is Role.NUMBER:
        return f"<mn>{text}</mn>"
    if symbol.role in {Role.VARIABLE, Role.NAME}:
        return f"<mi>{text}</mi>"
    if symbol.role is Role.SUM:
        return f'<mo largeop="false" lspace="0" rspace="0.1em">{_SUMS[symbol.text]}</mo>'
    if symbol.role is Role.RELATION:
        return f'<mo form="infix" lspace="0.28em" rspace="0.28em">{text}</mo>'
    if symbol.role is Role.BINARY:
        space = "0.1em" if symbol.text in {"·", "*"} else "0.22em"
        return f'<mo form="infix" lspace="{space}" rspace="{space}">{text}</mo>'
    if symbol.role is Role.PREFIX:
        return f'<mo form="prefix" lspace="0" rspace="0">{text}</mo>'
    after = "0.17em" if text in {",", ";"} else "0"
    return f'<mo lspace="0" rspace="{after}">{text}</mo>'


def _scripts(node: Scripts) -> str:
    base = _node(node.base)
    below = _node(node.below) if node.below is not None else ""
    above = "".join(map(_node, node.above))
    if len(node.above) > 1:
        above = f"<mrow>{above}</mrow>"
    if node.above and isinstance(first := node.above[0], Symbol) and first.text == "T":
        above = '<mi mathvariant="normal">T</mi>'
    if below and above:
        return f"<msubsup>{base}{below}{above}</msubsup>"
    return f"<msub>{base}{below}</msub>" if below else f"<msup>{base}{above}</msup>"
