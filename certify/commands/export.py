"""`certify export`."""

from __future__ import annotations

import argparse
from pathlib import Path

from certify.arguments import Parser, integers
from certify.exit_codes import PROVED
from certify.progress import Progress
from certify.terminal import print_json, print_lines, uninterrupted

EXAMPLE = "certify export out/ --widths 200"
_ROUNDED = "every number is the exact one rounded to float64, so the gradient there is zero up to rounding only"


def configure(parser: Parser) -> None:
    """Add the arguments."""
    add = parser.add_argument
    add("out", type=Path, metavar="OUT", help="the folder that `certify prove` wrote")
    add("--widths", type=integers, required=True, metavar="D1,..", help="hidden widths")
    add("--format", choices=("npz", "pt"), default="npz", help="default: npz; pt needs torch")
    parser.add_quiet()
    parser.add_json()


def run(arguments: argparse.Namespace) -> int:
    """Check the certificate, lift its point to the given widths, write; returns the exit code."""
    from certify.export import networks_at, packed
    from certify.output import write_all

    folder: Path = arguments.out
    with Progress(arguments.quiet) as progress:
        networks = networks_at(folder, arguments.widths, progress)
        files = {f"{name}.{arguments.format}": packed(arrays, arguments.format) for name, arrays in networks.items()}
    shapes = {
        str(folder / file): {key: value.shape for key, value in arrays.items()}
        for file, arrays in zip(files, networks.values(), strict=True)
    }
    with uninterrupted():
        write_all(folder, files)
        if arguments.json:
            print_json({"written": shapes, "note": _ROUNDED})
        elif not arguments.quiet:
            print_lines(
                f"written to {path}: {', '.join(f'{key} {shape}' for key, shape in arrays.items())}"
                for path, arrays in shapes.items()
            )
            print(_ROUNDED)
    return PROVED
