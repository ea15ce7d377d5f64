"""What goes wrong because of what the user gave, said so that the user can mend it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable


class UsageError(Exception):
    """Bad input: the message says what is wrong, where, and what was expected instead."""


class PluginError(Exception):
    """A lemma of another package does not work: the message names the package."""


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """The known names closest to a mistyped one, as the end of a message; empty when none is close."""
    from difflib import get_close_matches  # only after a mistake: it costs as much as a lemma

    by_lower_case = {candidate.lower(): candidate for candidate in known}
    close = [by_lower_case[match] for match in get_close_matches(name.lower(), by_lower_case, n=3)]
    return f" (did you mean {' or '.join(map(repr, close))}?)" if close else ""


def shown(text: str) -> str:
    """Text as a message shows it: quoted, on one line, and never long."""
    return repr(text if len(text) <= 40 else text[:37] + "...")


def printable(text: str) -> str:
    """Text as one line that a terminal takes literally: line breaks and other control characters become escapes.

    Names come from files of strangers, and a name could otherwise fake a line of output, such as a verdict.
    """
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def repeated(names: Iterable[str]) -> str | None:
    """The first name that occurs more than once, if any."""
    return next((name for name, count in Counter(names).items() if count > 1), None)
