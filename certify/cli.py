"""The commands, thin: which there are, and what becomes of their errors."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from importlib import import_module
from typing import Protocol, cast

from certify import __version__
from certify.arguments import Parser
from certify.errors import PluginError, UsageError, did_you_mean, printable
from certify.exit_codes import FAILED, INTERRUPTED, USAGE

COMMANDS = {
    "prove": "construct and prove a sub-optimal local minimum for a data set",
    "examine": "prove whether a trained network is at a local minimum, or not",
    "sweep": "prove for many data sets and settings, on all cores or a cluster",
    "check": "check a certificate against its instance, trusting nothing",
    "report": "check what prove or examine wrote, and write a report to read",
    "assemble": "make a certificate of your own steps, and check it",
    "export": "write the weights of a concrete network at the proved point",
    "doctor": "show versions and test both checkers on known answers",
    "lemmas": "list the lemmas: statements and sources",
    "activations": "list the activations, or show what is proved about one",
    "completion": "print a script that completes command lines",
}
"""Each is the module of this name in `certify.commands`."""

_FIRST_STEPS = """\
usage: certify COMMAND ...

  certify prove examples/iris.csv --activation sigmoid --out out/
      construct a bad local minimum for a data set, and prove it
  certify examine model.safetensors --data train.csv --target y --activation tanh
      prove whether a trained network is at a local minimum
  certify check out/instance.json out/certificate.json
      check a proof that somebody wrote

`certify help` lists all commands, `certify COMMAND --help` explains one."""


class Command(Protocol):
    """What a module of `certify.commands` has. It imports what is heavy in `run` only."""

    EXAMPLE: str

    @staticmethod
    def configure(parser: Parser) -> None:
        """Add the arguments of the command."""

    @staticmethod
    def run(arguments: argparse.Namespace) -> int:
        """Do it; returns the exit code."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command.

    Returns:
        the exit code: 0 proved, 2 usage or malformed input, 3 rejected (for `prove`: certified impossible; for
        `examine`: certainly not a minimum),
        4 undecided, 5 a resource or something around the program failed, 130 interrupted.
    """
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="replace")  # a terminal without Greek letters still gets every line
    try:
        return _run(sys.argv[1:] if argv is None else argv)
    except UsageError as error:
        return _complain(f"error: {error}", USAGE)
    except PluginError as error:
        return _complain(f"error: {error}", FAILED)
    except MemoryError:
        return _complain("error: out of memory", FAILED)
    except BrokenPipeError:
        sys.stderr.close()
        return FAILED
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        return _complain(f"error: {where}{error.strerror or error}", FAILED)
    except KeyboardInterrupt:
        return _complain("interrupted; nothing was written", INTERRUPTED)


def _complain(message: str, code: int) -> int:
    print(f"certify: {printable(message)}", file=sys.stderr)
    return code


def _run(words: Sequence[str]) -> int:
    if not words:
        print(_FIRST_STEPS, file=sys.stderr)
        return USAGE
    first, *rest = words
    if first == "help" and rest:
        first, rest = rest[0], ["--help"]
    if first in ("help", "-h", "--help"):
        print("\n".join(_overview()))
        return 0
    if first == "--version":
        print(f"certify {__version__}")
        return 0
    if first not in COMMANDS:
        kind = "option" if first.startswith("-") else "command"
        raise UsageError(f"unknown {kind} {first!r}{did_you_mean(first, COMMANDS)} (see certify --help)")
    command = module_of(first)
    return command.run(parser_of(first).parse(rest))


def _overview() -> Iterator[str]:
    yield "usage: certify COMMAND ..."
    yield ""
    yield "Prove that neural networks have bad local minima, and check such proofs."
    yield ""
    yield from (f"  {name:<12} {purpose}" for name, purpose in COMMANDS.items())
    yield ""
    yield "  certify COMMAND --help explains a command; certify --version prints the version."
    yield ""
    yield "example: certify prove examples/iris.csv --activation tanh --depth 3"


def module_of(command: str) -> Command:
    """The module of a command."""
    return cast(Command, import_module(f"certify.commands.{command}"))


def parser_of(command: str) -> Parser:
    """The parser of a command."""
    module = module_of(command)
    parser = Parser(command, COMMANDS[command], module.EXAMPLE)
    module.configure(parser)
    return parser


if __name__ == "__main__":
    sys.exit(main())
