"""`certify examine`."""

from __future__ import annotations

import argparse
from pathlib import Path

from certify.arguments import Parser, integer, names, number
from certify.commands import use_one_thread
from certify.exit_codes import UNDECIDED
from certify.progress import Progress
from certify.terminal import save_and_show, show_undecided

EXAMPLE = "certify examine model.safetensors --data train.csv --target y --activation tanh --out out/"


def configure(parser: Parser) -> None:
    """Add the arguments."""
    add = parser.add_argument
    add("model", type=Path, metavar="MODEL", help="a .safetensors, .pt, .npz, .onnx or .keras file")
    add("--data", type=Path, required=True, metavar="DATA", help="the training data: .csv or .npz")
    add("--target", type=names, required=True, metavar="Y,..", help="the columns to be predicted")
    add("--features", type=names, metavar="A,B,..", help="input columns (default: all numeric ones)")
    add("--activation", metavar="NAME", help="of the hidden units, such as tanh (.onnx, .keras: told)")
    add("--loss", default="squared", metavar="NAME", help="squared (default), cross-entropy, ...")
    add("--weight-decay", default="0", metavar="WD", help="of the optimizer, as in PyTorch (0)")
    add("--reduction", choices=("mean", "sum"), default="mean", help="of the loss that decay was added to (mean)")
    add("--decay-biases", action=argparse.BooleanOptionalAction, default=True, help="whether biases decayed (yes)")
    add("--layers", type=names, default=(), metavar="A,B,..", help="names of the layers, in order")
    add("--within", type=number, default=1e-4, metavar="R", help="how far away a minimum may be (default: 0.0001)")
    add("--better", type=Path, metavar="MODEL", help="another network, to be shown to be better")
    add("--seed", type=integer, default=0, metavar="S", help="seed of the search (default: 0)")
    add("--out", type=Path, default=Path("out"), metavar="DIR", help="folder to write to")
    parser.add_quiet()
    parser.add_json()


def run(arguments: argparse.Namespace) -> int:
    """Examine, write, print; returns the exit code."""
    use_one_thread()
    from certify.api import examine
    from certify.plan import NotFound

    options = {name: value for name, value in vars(arguments).items() if name not in ("out", "quiet", "json")}
    try:
        with Progress(arguments.quiet) as progress:
            result = examine(**options, progress=progress)
            progress("writing the report")
            files = result.files(arguments.out)
    except NotFound as reason:
        show_undecided(reason, arguments)
        return UNDECIDED
    save_and_show(result, files, arguments)
    return result.exit_code
