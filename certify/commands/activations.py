"""`certify activations`."""

from __future__ import annotations

import argparse

from certify.arguments import Parser
from certify.errors import printable
from certify.exit_codes import PROVED
from certify.progress import Progress
from certify.terminal import print_json, print_lines

EXAMPLE = 'certify activations "z*tanh(log(1+exp(z)))"'


def configure(parser: Parser) -> None:
    """Add the arguments."""
    parser.add_argument("name", nargs="?", metavar="A", help="a name, with parameters or without, or a formula")
    parser.add_json()


def run(arguments: argparse.Namespace) -> int:
    """Print the catalogue, or what can be proved about one activation; returns the exit code."""
    from certify.activation_text import catalogue, description, document, facts_of, table

    with Progress() as progress:
        found = facts_of(arguments.name, progress) if arguments.name is not None else catalogue(progress)
    if isinstance(found, list):
        if arguments.json:
            print_json([document(facts) for facts in found])
        else:
            print_lines(table(found))
    elif arguments.json:
        print_json(document(found))
    else:
        print_lines(map(printable, description(found)))
    return PROVED
