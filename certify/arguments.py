"""The parser of a command: one-line errors with the nearest option, an example in the help, common options."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import NoReturn

from certify.errors import UsageError, did_you_mean


class Parser(argparse.ArgumentParser):
    """A parser that raises UsageError instead of printing its usage and leaving.

    Args:
        command: such as `prove`.
        example: a command line that works, shown at the end of the help.
    """

    def __init__(self, command: str, description: str, example: str) -> None:
        super().__init__(
            prog=f"certify {command}",
            description=f"{description[0].upper()}{description[1:]}.",
            epilog=f"example: {example}",
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )

    def parse(self, arguments: Sequence[str]) -> argparse.Namespace:
        """The arguments of the command.

        Raises:
            UsageError: they do not fit.
        """
        known = [option for action in self._actions for option in action.option_strings]
        for word in arguments:
            name = word.partition("=")[0]
            if name.startswith("--") and not any(option.startswith(name) for option in known):
                self.error(f"unknown option {name!r}{did_you_mean(name, known)}")
        parsed, strangers = self.parse_known_args(arguments)
        if strangers:
            self.error(f"unknown argument {strangers[0]!r}")
        return parsed

    def error(self, message: str) -> NoReturn:
        """Raise UsageError."""
        raise UsageError(f"{message.removeprefix('argument ')} (see {self.prog} --help)")

    @property
    def actions(self) -> Sequence[argparse.Action]:
        """All arguments and options."""
        return self._actions

    def add_quiet(self) -> None:
        """Add `--quiet`."""
        self.add_argument("--quiet", action="store_true", help="print the verdict alone, and no progress")

    def add_json(self) -> None:
        """Add `--json`."""
        self.add_argument("--json", action="store_true", help="print the result as JSON")


def names(text: str) -> tuple[str, ...]:
    """`A,B,..` as names."""
    return tuple(name.strip() for name in text.split(","))


def integer(text: str) -> int:
    """An integer in decimal digits."""
    try:
        return int(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"expected an integer, found {text[:40]!r}") from None


def number(text: str) -> float:
    """A decimal number."""
    try:
        return float(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"expected a number, found {text[:40]!r}") from None


def integers(text: str) -> tuple[int, ...]:
    """`200,50` as integers."""
    try:
        return tuple(int(width) for width in text.split(","))
    except ValueError:
        raise argparse.ArgumentTypeError(f"expected positive integers such as 200,50, found {text[:40]!r}") from None
