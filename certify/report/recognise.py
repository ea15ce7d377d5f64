"""Which parts of a text are formulas, and their trees."""

from __future__ import annotations

import re

from certify.report.formula import Fenced, Formula, Node, Role, Row, Symbol, row
from certify.report.reader import FormulaReader, TooDeep


def runs(text: str) -> list[str | Formula]:
    """The text in order: what is plain, and the formulas in it."""
    try:
        reader = FormulaReader(text, words=False)
    except TooDeep:
        return [text]
    found: list[str | Formula] = []
    done = place = 0
    while place < len(reader.tokens):
        items, after = reader.expression(place, len(reader.tokens), inside=False)
        if after == place or not _is_formula(items):
            place = max(after, place + 1)
            continue
        start, end = reader.tokens[place].start, reader.tokens[after - 1].end
        if start > done:
            found.append(text[done:start])
        found.append(Formula(text[start:end], items))
        done, place = end, after
    if done < len(text):
        found.append(text[done:])
    return found


def apostrophes(text: str) -> str:
    """Plain text with the apostrophes of `the instance's` curved."""
    return re.sub(r"(?<=\w)'(?=s\b)|^'(?=s\b)", "’", text)


def formula(text: str) -> Formula:
    """All of the text as one formula; a sign without meaning stands for itself."""
    try:
        reader = FormulaReader(text, words=True)
    except TooDeep:
        return Formula(text, Row((Symbol(text, Role.CLOSE),), (True,)))
    items: list[Node] = []
    gaps: list[bool] = []
    place = 0
    while place < len(reader.tokens):
        part, after = reader.expression(place, len(reader.tokens), inside=True)
        if after == place:
            part, after = (
                Row((Symbol(reader.tokens[place].text, Role.CLOSE),), (reader.tokens[place].spaced,)),
                place + 1,
            )
        items += part.items
        gaps += part.gaps
        place = after
    return Formula(text, row(items, gaps))


def _is_formula(found: Row) -> bool:
    """A number alone, in brackets or not, is set as the text around it, unless it has an exponent."""
    if len(found.items) != 1:
        return True
    (only,) = found.items
    if isinstance(only, Fenced):
        return _is_formula(only.body)
    return not (isinstance(only, Symbol) and only.role is Role.NUMBER)
