"""`certify report`."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from certify.commands.check import EXIT_CODES, checked_files
from certify.errors import UsageError, printable
from certify.files import read_bytes
from certify.output import CERTIFICATE, INSTANCE, write_all
from certify.report.compose import Result
from certify.report.text import verdict_line
from certify.report.write import report_files


def run(arguments: argparse.Namespace) -> int:
    """Check what is in the folder, write its report, print the verdict; returns the exit code of the check."""
    folder: Path = arguments.out
    if not folder.is_dir():
        raise UsageError(f"{folder}: expected the folder that `certify prove` or `certify examine` wrote")
    files = {name: read_bytes(folder / name) for name in (INSTANCE, CERTIFICATE)}
    found = checked_files(files[INSTANCE], files[CERTIFICATE], folder)
    if (data := json.loads(files[INSTANCE])["data"].get("file")) is not None:
        files[data] = read_bytes(folder / data)
    result = Result(found.instance, found.outcome, (), found.assumed, found.missing, folder, files)
    written = report_files(result, (arguments.format,))
    write_all(folder, written)
    print(printable(verdict_line(found.outcome)))
    print(f"written to {folder}/: {', '.join(written)}", file=sys.stderr)
    return EXIT_CODES[found.outcome.verdict]
