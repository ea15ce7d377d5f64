"""`certify report`."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from certify.arguments import Parser
from certify.progress import Progress
from certify.terminal import print_json, print_lines, uninterrupted

EXAMPLE = "certify report out/ --pdf"
_FORMATS = {"html": "a page (default)", "pdf": "needs the package typst", "md": "Markdown", "tex": "LaTeX"}


def configure(parser: Parser) -> None:
    """Add the arguments."""
    parser.add_argument("out", type=Path, metavar="OUT", help="the folder that `certify prove` or `examine` wrote")
    formats = parser.add_mutually_exclusive_group()
    for name, what in _FORMATS.items():
        formats.add_argument(
            f"--{name}", dest="format", action="store_const", const=name, help=f"write report.{name}: {what}"
        )
    parser.set_defaults(format="html")
    parser.add_quiet()
    parser.add_json()


def run(arguments: argparse.Namespace) -> int:
    """Check what is in the folder, write its report, print the verdict; returns the exit code of the check."""
    from certify.output import write_all
    from certify.report.folder import checked_folder
    from certify.report.write import report_in

    folder: Path = arguments.out
    with Progress(arguments.quiet) as progress:
        result, subject = checked_folder(folder, progress)
        progress("writing the report")
        files = report_in(arguments.format, subject)
    with uninterrupted():
        write_all(folder, files)
        if arguments.json:
            print_json({**result.document, "written": [str(folder / name) for name in files]})
        else:
            print_lines(result.verdict_lines)
            if not arguments.quiet:
                print(f"written to {folder}/: {', '.join(files)}", file=sys.stderr)
    return result.exit_code
