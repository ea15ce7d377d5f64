"""`certify completion`."""

from __future__ import annotations

import argparse

from certify.arguments import Parser
from certify.exit_codes import PROVED

EXAMPLE = 'eval "$(certify completion bash)"'


def configure(parser: Parser) -> None:
    """Add the arguments."""
    parser.add_argument("shell", choices=("bash", "zsh", "fish"), help="for bash and zsh: eval it; for fish: source it")


def run(arguments: argparse.Namespace) -> int:
    """Print the script; returns the exit code."""
    from certify.completion import script

    print(script(arguments.shell), end="")
    return PROVED
