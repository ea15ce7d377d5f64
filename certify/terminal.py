"""What commands print, and when an interrupt comes too late."""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import argparse

    from certify.certified import Certified
    from certify.result import Result

_COLOURS = {"PROVED": "32", "REJECTED": "31", "UNDECIDED": "33"}


def show(result: Result, arguments: argparse.Namespace) -> None:
    """Print a result: all of it, the verdict alone (`--quiet`), or as JSON (`--json`)."""
    if arguments.json:
        print_json(result.document)
    else:
        print_lines(result.verdict_lines if arguments.quiet else result.lines)


def save_and_show(result: Certified, files: dict[str, bytes], arguments: argparse.Namespace) -> None:
    """Write its files into the folder `--out`, and print the result."""
    from certify.output import write_all

    with uninterrupted():
        write_all(arguments.out, files)
        if arguments.json:
            print_json({**result.document, "out": str(arguments.out)})
            return
        show(result, arguments)
        if not arguments.quiet:
            print(f"written to {arguments.out}/: {', '.join(files)}", file=sys.stderr)


def show_undecided(reason: Exception, arguments: argparse.Namespace) -> None:
    """Print why nothing was proved."""
    if arguments.json:
        print_json({"verdict": "UNDECIDED", "reason": str(reason)})
    else:
        from certify.errors import printable

        print_lines([f"UNDECIDED  {printable(str(reason))}"])


def print_json(document: object) -> None:
    """Print a document on one line."""
    print(json.dumps(document, ensure_ascii=False))


def print_lines(lines: Iterable[str]) -> None:
    """Print lines; on a terminal a verdict at the beginning of one has a colour, unless NO_COLOR asks for none."""
    coloured = sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    for line in lines:
        word = line.partition(" ")[0]
        if coloured and word in _COLOURS:
            print(f"\x1b[1;{_COLOURS[word]}m{word}\x1b[0m{line[len(word) :]}")
        else:
            print(line)


@contextmanager
def uninterrupted() -> Iterator[None]:
    """Ctrl-C does nothing meanwhile: writing files takes a moment only, and what is written is also said."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
