"""The words, letters, numbers and signs of a statement."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from enum import Enum


class Kind(Enum):
    """What a token is."""

    LETTER = "letter"  # one, perhaps with an accent: a variable, or the article "a"
    WORD = "word"
    NUMBER = "number"
    SIGN = "sign"


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of a text, without blanks.

    Attributes:
        start, end: where it is.
        spaced: whether a blank, or nothing, is before it.
        followed: whether a blank, or nothing, is after it.
    """

    kind: Kind
    text: str
    start: int
    end: int
    spaced: bool
    followed: bool


_LATIN = "A-Za-z\u00c0-\u024f"
_TOKEN = re.compile(
    rf"""
      (?P<number>\d+(?:\.\d+)?(?:e[+-]?\d+)?(?:\.\.\.)?(?![A-Za-z]))
    | (?P<word>(?<=\w)['’]s\b
        | (?:e\.g|i\.e)\b
        | [{_LATIN}](?:[{_LATIN}\d]|(?<=[{_LATIN}])[-’](?=[{_LATIN}]{{2}}))+(?:/\d+)?(?:_(?=[A-Za-z0-9]{{2}})\w+)*
        | \d+[A-Za-z]\w*)
    | (?P<letter>[{_LATIN}\u0391-\u03c9ϕϵ∞ℓ∂∇][\u0300-\u036f]*)
    | (?P<sign>\.\.\.|\.\.|\*\*|->|\S)
    """,
    re.VERBOSE,
)
ACCENTS = frozenset("\u0303\u0304\u0302\u0307")
_DIFFERENTIAL = re.compile(r"d[A-Za-z]")


def tokens_of(text: str) -> list[Token]:
    """The tokens of a text, in order; together with blanks they are all of it."""
    found = []
    for match in _TOKEN.finditer(text):
        kind = Kind(match.lastgroup)
        parts = [match[0]]
        if kind is Kind.WORD and _is_product(match[0], text[match.end() :]):
            kind, parts = Kind.LETTER, list(match[0])
        start = match.start()
        for part in parts:
            end = start + len(part)
            spaced = start == 0 or text[start - 1].isspace()
            found.append(Token(kind, part, start, end, spaced, end == len(text) or text[end].isspace()))
            start = end
    return found


def _is_product(word: str, rest: str) -> bool:
    """Whether this is no word but letters side by side: `ãã` for vectors, or `dT` in `dT/dσ`."""
    if all(len(parts := unicodedata.normalize("NFD", c)) == 2 and parts[1] in ACCENTS for c in word):
        return True
    return bool(_DIFFERENTIAL.fullmatch(word)) and rest.startswith("/d")
