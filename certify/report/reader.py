"""Reads formulas from the tokens of a text."""

from __future__ import annotations

import re
from collections.abc import Sequence

from certify.report.formula import INFINITY, Fenced, Node, Role, Row, Scripts, Symbol, letter, number, row
from certify.report.tokens import Kind, Token, tokens_of

_RELATIONS = frozenset("=≠≤≥≻≺≈~∈∉⊂⊆→") | {"->"}
_BINARY = frozenset("+-−·×±∩∪") | {"*"}
_SIGNED = frozenset("+-−±")
_CLOSING = {"(": ")", "[": "]", "{": "}", "<": ">", "|": "|"}
_FUNCTIONS = frozenset(
    re.findall(
        r"\w+", "exp log ln sin cos tan sinh cosh tanh arctan atan erf sqrt abs tr diag span min max sup sign det relu"
    )
)
_AFTER_VARIABLE = frozenset(re.findall(r"\w+", "is are be that has to and or of in at for with among times"))
_MOST_WORDS = 3
_DEEPEST = 30  # a text with brackets deeper than this is for no reader, and is left as it is


class TooDeep(Exception):
    """Brackets in brackets, more than anybody reads."""


class FormulaReader:
    """Reads formulas from left to right; each method returns what it found and the place of the token after it.

    Args:
        words: whether any word is a name in a formula; otherwise a formula ends where a word begins.
    """

    def __init__(self, text: str, words: bool) -> None:
        self.tokens = tokens_of(text)
        self.words = words
        if _depth(self.tokens) > _DEEPEST:
            raise TooDeep
        self.known: dict[tuple[int, int, bool], tuple[Node, int] | None] = {}

    def expression(self, place: int, end: int, inside: bool) -> tuple[Row, int]:
        """Operands and the operators between them; commas only inside brackets, where operators may end it, too."""
        items: list[Node] = []
        gaps: list[bool] = []
        good, after = 0, place  # what was read up to the last operand
        while place < end:
            operand = bool(items) and not _is_operator(items[-1])
            found = self._operator(place, end, operand, inside) or self._factor(place, end, operand)
            if found is None:
                break
            gaps.append(self.tokens[place].spaced)
            items.append(found[0])
            place = found[1]
            if inside or not _is_operator(items[-1]):
                good, after = len(items), place
        return row(items[:good], gaps[:good]), after

    def _operator(self, place: int, end: int, operand: bool, inside: bool) -> tuple[Node, int] | None:
        token = self.tokens[place]
        text = token.text
        tight = not token.spaced and not token.followed
        follows = self._follows(place + 1, end) or (
            place + 1 < end and operand and token.followed and self.tokens[place + 1].kind is Kind.WORD
        )
        if inside and text in {",", ";", "...", "..", ":"}:
            return Symbol(text, Role.CLOSE), place + 1
        if operand and self._is_cross(place, end):
            return Symbol("×", Role.BINARY), place + 1
        if not follows:
            return None
        if text in _RELATIONS or (text in "<>" and token.spaced == token.followed and (operand or token.spaced)):
            return Symbol(text, Role.RELATION), place + 1
        if text in {"..", "..."} and operand:
            return Symbol(text, Role.CLOSE), place + 1
        if text in _BINARY and operand and token.spaced == token.followed and not self._is_range(place):
            return Symbol(text, Role.BINARY), place + 1
        free = token.spaced or self.tokens[place - 1].kind is Kind.SIGN  # not the hyphen of 1-2
        if text in _SIGNED and not operand and free and (not token.followed or text == "±"):
            return Symbol(text, Role.PREFIX), place + 1
        if operand and text == "/" and token.spaced == token.followed:
            return Symbol(text, Role.BINARY if token.spaced else Role.CLOSE), place + 1
        if operand and text == "." and tight and self.tokens[place + 1].kind is Kind.LETTER:
            return Symbol("·", Role.BINARY), place + 1
        return None

    def _follows(self, place: int, end: int) -> bool:
        """Whether an operand begins here, perhaps with a sign."""
        if place < end and self.tokens[place].text in _SIGNED:
            place += 1
        return place < end and self._factor(place, end, False) is not None

    def _is_range(self, place: int) -> bool:
        """Whether this is the hyphen of `widths 1-2`."""
        sides = (self.tokens[place - 1], self.tokens[place], self.tokens[place + 1])
        return sides[0].kind is sides[2].kind is Kind.NUMBER and sides[1].text == "-" and not sides[1].spaced

    def _is_cross(self, place: int, end: int) -> bool:
        """Whether this is the x of `15 x 15` or `N' x N'`."""
        token = self.tokens[place]
        if token.text != "x" or not (token.spaced and token.followed) or place + 1 >= end:
            return False
        after = self.tokens[place + 1]
        before = [t for t in self.tokens[max(0, place - 2) : place] if t.kind is not Kind.SIGN][-1]
        return after.text == before.text or after.kind is before.kind is Kind.NUMBER

    def _factor(self, place: int, end: int, operand: bool) -> tuple[Node, int] | None:
        """A variable, number, name or bracket with its scripts; `operand`: one stands before it."""
        key = (place, end, operand)
        if key not in self.known:  # asked for twice: whether an operator has an operand, and which
            token = self.tokens[place]
            beside = operand and token.kind is Kind.NUMBER and token.spaced and not self.words
            found = None if beside else self._base(place, end, operand)
            self.known[key] = None if found is None else self._scripts(*found, end)
        return self.known[key]

    def _base(self, place: int, end: int, operand: bool) -> tuple[Node, int] | None:
        token = self.tokens[place]
        after = place + 1
        if token.kind is Kind.NUMBER:
            return number(token.text), after
        if token.kind is Kind.LETTER:
            return (letter(token.text), after) if not self._is_article(place) else None
        if token.kind is Kind.WORD:
            return (self._name(place, end), after) if self._is_name(place, end) else None
        if token.text in _CLOSING:
            return self._bracket(place, end, operand)
        return (Symbol("...", Role.NUMBER), after) if token.text == "..." and place + 1 < end else None

    def _is_article(self, place: int) -> bool:
        """Whether a letter is the article, the end of `unit(s)`, or the number of an item, such as `(i) Let`."""
        token = self.tokens[place]
        if self.words or place + 1 >= len(self.tokens):
            return False
        after = self.tokens[place + 1]
        if place and self.tokens[place - 1].text == "(" and after.text == ")":
            if token.text == "s" and self._ends_word(place - 2):
                return True
            if token.text in {"i", "v", "x"}:
                return place + 2 < len(self.tokens) and self.tokens[place + 2].text.istitle()
        if token.text not in {"a", "A"} or not token.followed:
            return False
        if after.kind is Kind.WORD:
            return after.text not in _AFTER_VARIABLE
        return after.kind in {Kind.LETTER, Kind.NUMBER}

    def _ends_word(self, place: int) -> bool:
        """Whether a word of the text, and no function, is before a bracket."""
        return place >= 0 and self.tokens[place].kind is Kind.WORD and self.tokens[place].text not in _FUNCTIONS

    def _name(self, place: int, end: int) -> Symbol:
        """A name; `inf` is the infimum before a variable, and infinity elsewhere."""
        text = self.tokens[place].text
        variable = place + 1 < end and self.tokens[place + 1].kind is Kind.LETTER
        return INFINITY if text == "inf" and not variable else Symbol(text, Role.NAME)

    def _is_name(self, place: int, end: int) -> bool:
        """Whether a word is a name in a formula: a function before its argument, one with a subscript, or the right
        side of an operator."""
        token, after = self.tokens[place], self.tokens[place + 1] if place + 1 < end else None
        if self.words or token.text == "inf":
            return True
        if after is not None and not token.followed and after.text in {"_", "("}:
            return after.text == "_" or token.text in _FUNCTIONS
        if token.text in _FUNCTIONS and after is not None and (after.kind is Kind.LETTER or after.text == "|"):
            return not self._is_article(place + 1)
        before = self.tokens[place - 1].text if place else ""
        known = before in _RELATIONS or before in _SIGNED or before in {"<", ">"}
        return known and self.tokens[place - 1].spaced and token.spaced and place > 1 and self._ends_operand(place - 2)

    def _ends_operand(self, place: int) -> bool:
        """Whether the token before an operator ends something with a value, so that a word after it has one, too."""
        token = self.tokens[place]
        return token.kind in {Kind.LETTER, Kind.NUMBER} or token.text in {"*", "'", ")", "]", "|"}

    def _bracket(self, place: int, end: int, operand: bool) -> tuple[Node, int] | None:
        token = self.tokens[place]
        left = token.text
        if not (operand or token.spaced or self.words) and self._ends_word(place - 1):
            return None
        if (left in "|<" and token.followed) or (left == "<" and not token.spaced and operand):
            return None
        close = self._closing(place, end)
        if close is None or (left in "|<" and self.tokens[close].spaced):
            return None
        body, after = self.expression(place + 1, close, inside=True)
        if after != close or (close == place + 1 and not self.words):
            if token.spaced or left not in "([" or close - place - 1 > _MOST_WORDS or not operand:
                return None
            body = self._words(place + 1, close)
        if operand and token.spaced and not self.words and _has_relation(body):
            return None  # a remark, such as (h ≥ 2)
        return Fenced(left, body, self.tokens[close].text), close + 1

    def _words(self, place: int, end: int) -> Row:
        """An argument in words, as in E(better)."""
        part = self.tokens[place:end]
        return Row(tuple(Symbol(t.text, Role.NAME) for t in part), tuple(t.spaced for t in part))

    def _closing(self, place: int, end: int) -> int | None:
        """The bracket that closes this one; [ and ) may form an interval."""
        left = self.tokens[place].text
        ends = {")", "]"} if left in "([" else {_CLOSING[left]}
        depth = 0
        for index in range(place + 1, end):
            token = self.tokens[index]
            if depth == 0 and token.text in ends and not (left in "|<" and token.spaced):
                return index
            if token.text in {"(", "[", "{"}:
                depth += 1
            elif token.text in {")", "]", "}"}:
                depth -= 1
                if depth < 0:
                    return None
        return None

    def _scripts(self, base: Node, place: int, end: int) -> tuple[Node, int]:
        below: Node | None = None
        above: list[Node] = []
        while place < end and not self.tokens[place].spaced:
            token = self.tokens[place]
            found: tuple[Node, int] | None = None
            if token.text == "'" and not self._is_quotation(place):
                if isinstance(below, Symbol) and below.text.isupper() and not above:
                    below = Scripts(below, None, (Symbol("′", Role.CLOSE),))  # p_N' is p_{N'}
                else:
                    above.append(Symbol("′", Role.CLOSE))
                place += 1
                continue
            if token.text == "*" and isinstance(base, Symbol) and self._is_star(place, end):
                above.append(Symbol("∗", Role.CLOSE))
                place += 1
                continue
            if token.text == "_" and below is None:
                found = self._script(place + 1, end)
                below = found[0] if found else None
            elif token.text in {"^", "**"}:
                found = self._script(place + 1, end)
                above += [found[0]] if found else []
            elif token.text in {"(", "["} and not _is_number(base):
                argument = self._bracket(place, end, True)
                if argument is not None:  # σ(z): the bracket may have scripts of its own
                    scripted = _with_scripts(base, below, above)
                    inner, after = self._scripts(*argument, end)
                    parts = (*scripted.items, inner) if isinstance(scripted, Row) else (scripted, inner)
                    return Row(parts, (False,) * len(parts)), after
            if found is None:
                break
            place = found[1]
        return _with_scripts(base, below, above), place

    def _is_quotation(self, place: int) -> bool:
        """Whether this apostrophe ends a quotation of one letter."""
        return place > 1 and self.tokens[place - 2].text == "'" and not self.tokens[place - 2].followed

    def _is_star(self, place: int, end: int) -> bool:
        """Whether this is the star of E*, and not a product."""
        return place + 1 >= end or self.tokens[place].followed or self.tokens[place + 1].text in set(",;.:)]|}")

    def _script(self, place: int, end: int) -> tuple[Node, int] | None:
        """What stands raised or lowered: one symbol, perhaps with a sign, or anything in braces."""
        if place >= end or self.tokens[place].spaced:
            return None
        token = self.tokens[place]
        if token.text == "{":
            close = self._closing(place, end)
            if close is None:
                return None
            body, after = self.expression(place + 1, close, inside=True)
            return (body, close + 1) if after == close else None
        if token.text in {"-", "+"} and self.tokens[place - 1].text not in {"-", "+"}:
            found = self._script(place + 1, end)
            return found and (Row((Symbol(token.text, Role.PREFIX), found[0]), (False, False)), found[1])
        if token.kind is Kind.SIGN:
            return self._bracket(place, end, True) if token.text == "(" else None
        if token.kind is Kind.LETTER:
            return letter(token.text), place + 1
        if token.text == "inf":
            return INFINITY, place + 1
        return Symbol(token.text, Role.NUMBER if token.kind is Kind.NUMBER else Role.NAME), place + 1


def _depth(tokens: Sequence[Token]) -> int:
    """How deep brackets are in one another, at most."""
    deepest = depth = 0
    for token in tokens:
        depth = max(0, depth + (token.text in {"(", "[", "{"}) - (token.text in {")", "]", "}"}))
        deepest = max(deepest, depth)
    return deepest


def _with_scripts(base: Node, below: Node | None, above: Sequence[Node]) -> Node:
    return Scripts(base, below, tuple(above)) if below is not None or above else base


def _is_operator(node: Node) -> bool:
    return isinstance(node, Symbol) and node.role in {Role.RELATION, Role.BINARY, Role.PREFIX, Role.CLOSE}


def _is_number(node: Node) -> bool:
    return isinstance(node, Symbol) and node.role is Role.NUMBER


def _has_relation(body: Row) -> bool:
    return any(isinstance(item, Symbol) and item.role is Role.RELATION for item in body.items)
