"""`certify export`."""

from __future__ import annotations

import argparse
from pathlib import Path

from certify.arguments import Parser, integers
from certify.errors import UsageError
from certify.exit_codes import PROVED
from certify.progress import Progress
from certify.terminal import print_json, print_lines, uninterrupted

EXAMPLE = "certify export out/ --widths 200"
_ROUNDED = "every number is the exact one rounded to float64, so the gradient there is zero up to rounding only"


def configure(parser: Parser) -> None:
    """Add the arguments."""
    add = parser.add_argument
    add("out", type=Path, metavar="OUT", help="the folder that `certify prove` wrote")
    add("--widths", type=integers, metavar="D1,..", help="hidden widths, for npz and pt")
    add("--format", choices=("npz", "pt", "coq"), default="npz", help="default: npz; pt needs torch; coq: theorems")
    parser.add_quiet()
    parser.add_json()


def run(arguments: argparse.Namespace) -> int:
    """Check the certificate, lift its point to the given widths, write; returns the exit code.

    Raises:
        UsageError: widths for theorems, or none for weights.
    """
    for_coq = arguments.format == "coq"
    if for_coq != (arguments.widths is None):
        raise UsageError("--widths is for the weights of a network: needed for npz and pt, meaningless for coq")
    return _write_theorems(arguments) if for_coq else _write_weights(arguments)


def _write_theorems(arguments: argparse.Namespace) -> int:
    from certify.coq.run import FILE
    from certify.coq.theorems import theorems_in
    from certify.output import write_all

    folder: Path = arguments.out
    with Progress(arguments.quiet) as progress:
        text, left = theorems_in(folder, progress)
    with uninterrupted():
        write_all(folder, {FILE: text.encode()})
        if arguments.json:
            print_json({"written": str(folder / FILE), "left_out": left})
        elif not arguments.quiet:
            print(f"written to {folder / FILE}: theorems about this instance, for Coq; `certify check --coq` runs it")
            if left:
                print(f"not in it: {', '.join(left)}")
    return PROVED


def _write_weights(arguments: argparse.Namespace) -> int:
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
