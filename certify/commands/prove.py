"""`certify prove`."""

from __future__ import annotations

import argparse
from pathlib import Path

from certify.arguments import Parser, integer, integers, names, number
from certify.commands import use_one_thread
from certify.exit_codes import UNDECIDED
from certify.progress import Progress
from certify.terminal import save_and_show, show_undecided

EXAMPLE = "certify prove examples/iris.csv --activation tanh --depth 3 --out out/"


def configure(parser: Parser) -> None:
    """Add the arguments."""
    add = parser.add_argument
    add("data", type=Path, metavar="DATA", help="a .csv, .npz or .npy file, or a .toml problem file")
    add("--features", type=names, metavar="A,B,..", help="columns to use (default: all numeric ones)")
    add("--target", type=names, dest="targets", metavar="Y,..", help="your own target columns (default: constructed)")
    add("--activation", metavar="A", help='a name, "softplus:beta=5", or a formula in z (sigmoid)')
    add("--depth", type=integer, metavar="H", help="number of hidden layers, 1 to 8 (default: 1)")
    add("--widths", type=integers, metavar="D1,..", help="fixed widths (default: every choice of widths)")
    add("--outputs", type=integer, metavar="M", help="number of constructed targets (default: 1)")
    add("--output-bias", action="store_true", default=None, help="the outputs have a trainable bias")
    add("--standardise", action="store_true", default=None, help="centre and scale features, exactly")
    add("--construction", metavar="NAME", help="constant (default), fitted or affine")
    add("--loss", metavar="NAME", help="squared (default); fitted: logistic, pseudo-huber, poisson")
    add("--digits", type=integer, metavar="D", help="fitted: decimals of the targets (default: fewest)")
    add("--piece", type=integer, metavar="K", help="affine: piece of the activation (default: the best)")
    add("--budget", type=number, metavar="SECONDS", help="fitted: give up the search then (default: 60)")
    add("--seed", type=integer, metavar="S", help="seed of the search (default: 0)")
    add("--out", type=Path, default=Path("out"), metavar="DIR", help="folder to write to (default: out)")
    parser.add_quiet()
    parser.add_json()


def run(arguments: argparse.Namespace) -> int:
    """Search, prove, write, print; returns the exit code."""
    use_one_thread()
    from certify.api import prove
    from certify.plan import NotFound

    options = {name: value for name, value in vars(arguments).items() if name not in ("data", "out", "quiet", "json")}
    try:
        with Progress(arguments.quiet) as progress:
            result = prove(arguments.data, **options, progress=progress)
            progress("writing the report")
            files = result.files(arguments.out)
    except NotFound as reason:
        show_undecided(reason, arguments)
        return UNDECIDED
    save_and_show(result, files, arguments)
    return result.exit_code
