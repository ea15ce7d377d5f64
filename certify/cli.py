"""The commands, thin."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from certify import __version__
from certify.errors import PluginError, UsageError, printable

PROVED, USAGE, REJECTED, UNDECIDED, FAILED = 0, 2, 3, 4, 5


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command.

    Returns:
        the exit code: 0 proved, 2 usage or malformed input, 3 rejected (for `prove`: certified impossible; for
        `examine`: certainly not a minimum),
        4 undecided, 5 a resource or something around the program failed.
    """
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="replace")  # a terminal without Greek letters still gets every line
    arguments = _parser().parse_args(argv)
    try:
        code: int = arguments.run(arguments)
    except UsageError as error:
        return _complain(str(error), USAGE)
    except PluginError as error:
        return _complain(str(error), FAILED)
    except MemoryError:
        return _complain("out of memory", FAILED)
    except BrokenPipeError:
        sys.stderr.close()
        return FAILED
    except OSError as error:
        return _complain(f"{error.filename or ''}: {error.strerror or error}".lstrip(": "), FAILED)
    return code


def _complain(message: str, code: int) -> int:
    print(f"certify: error: {printable(message)}", file=sys.stderr)
    return code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="certify", description="Prove that neural networks have bad local minima, and check such proofs."
    )
    parser.add_argument("--version", action="version", version=f"certify {__version__}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND", prog="certify")

    prove = commands.add_parser("prove", help="construct and prove a sub-optimal local minimum for a data set")
    prove.add_argument("data", type=Path, metavar="DATA", help="a .csv, .npz or .npy file, or a .toml problem file")
    prove.add_argument("--features", type=_names, metavar="A,B,..", help="columns to use (default: all numeric ones)")
    prove.add_argument("--target", type=_names, metavar="Y,..", help="your own target columns (default: constructed)")
    prove.add_argument("--activation", metavar="A", help='a name, "softplus:beta=5", or a formula in z (sigmoid)')
    prove.add_argument("--depth", type=int, metavar="H", help="number of hidden layers, 1 to 8 (default: 1)")
    prove.add_argument("--widths", type=_widths, metavar="D1,..", help="fixed widths (default: every choice of widths)")
    prove.add_argument("--outputs", type=int, metavar="M", help="number of constructed targets (default: 1)")
    prove.add_argument("--output-bias", action="store_true", default=None, help="the outputs have a trainable bias")
    prove.add_argument("--standardise", action="store_true", default=None, help="centre and scale features, exactly")
    prove.add_argument("--construction", metavar="NAME", help="constant (default), fitted or affine")
    prove.add_argument("--loss", metavar="NAME", help="squared (default); fitted: logistic, pseudo-huber, poisson")
    prove.add_argument("--digits", type=int, metavar="D", help="fitted: decimals of the targets (default: fewest)")
    prove.add_argument("--piece", type=int, metavar="K", help="affine: piece of the activation (default: the best)")
    prove.add_argument("--budget", type=float, metavar="SECONDS", help="fitted: give up the search then (default: 60)")
    prove.add_argument("--seed", type=int, metavar="S", help="seed of the search (default: 0)")
    prove.add_argument("--out", type=Path, default=Path("out"), metavar="DIR", help="folder to write to (default: out)")
    prove.add_argument("--json", action="store_true", help="print the result as JSON")
    prove.set_defaults(run=_prove)

    examine = commands.add_parser("examine", help="prove whether a trained network is at a local minimum, or not")
    examine.add_argument("model", type=Path, metavar="MODEL", help="a .safetensors, .pt, .npz, .onnx or .keras file")
    examine.add_argument("--data", type=Path, required=True, metavar="DATA", help="the training data: .csv or .npz")
    examine.add_argument("--target", type=_names, required=True, metavar="Y,..", help="the columns to be predicted")
    examine.add_argument("--features", type=_names, metavar="A,B,..", help="input columns (default: all numeric ones)")
    examine.add_argument("--activation", metavar="NAME", help="of the hidden units, such as tanh (.onnx, .keras: told)")
    examine.add_argument("--loss", default="squared", metavar="NAME", help="squared (default), cross-entropy, ...")
    examine.add_argument("--weight-decay", default="0", metavar="WD", help="of the optimizer, as in PyTorch (0)")
    examine.add_argument(
        "--reduction", choices=("mean", "sum"), default="mean", help="of the loss that decay was added to (mean)"
    )
    examine.add_argument(
        "--decay-biases", action=argparse.BooleanOptionalAction, default=True, help="whether biases decayed (yes)"
    )
    examine.add_argument("--layers", type=_names, default=(), metavar="A,B,..", help="names of the layers, in order")
    examine.add_argument(
        "--within", type=float, default=1e-4, metavar="R", help="how far away a minimum may be (default: 0.0001)"
    )
    examine.add_argument("--better", type=Path, metavar="MODEL", help="another network, to be shown to be better")
    examine.add_argument("--seed", type=int, default=0, metavar="S", help="seed of the search (default: 0)")
    examine.add_argument("--out", type=Path, default=Path("out"), metavar="DIR", help="folder to write to")
    examine.add_argument("--json", action="store_true", help="print the result as JSON")
    examine.set_defaults(run=_examine)

    check = commands.add_parser("check", help="check a certificate against its instance, trusting nothing")
    check.add_argument("instance", type=Path, metavar="INSTANCE")
    check.add_argument("certificate", type=Path, metavar="CERTIFICATE")
    check.add_argument("--second", action="store_true", help="also run the second checker and demand that both agree")
    check.add_argument("--coq", action="store_true", help="also have Coq check the theorems (minutes; needs Coq)")
    check.add_argument("--paranoid", action="store_true", help="test both checkers on known answers first")
    check.add_argument("--json", action="store_true", help="print the result as JSON")
    check.set_defaults(run=_check)

    assemble = commands.add_parser("assemble", help="make a certificate of your own steps, and check it")
    assemble.add_argument("instance", type=Path, metavar="INSTANCE")
    assemble.add_argument("steps", type=Path, metavar="STEPS", help="a JSON file: the steps, and perhaps the claim")
    assemble.add_argument("--out", type=Path, required=True, metavar="CERTIFICATE", help="the file to write")
    assemble.add_argument("--json", action="store_true", help="print the result as JSON")
    assemble.set_defaults(run=_assemble)

    export = commands.add_parser("export", help="write a concrete network at the proved point, or theorems for Coq")
    export.add_argument("out", type=Path, metavar="OUT", help="the folder that `certify prove` wrote")
    export.add_argument("--widths", type=_widths, metavar="D1,..", help="hidden widths, for the weights of a network")
    export.add_argument("--format", choices=("npz", "pt", "coq"), default="npz", help="default: npz; pt needs torch")
    export.set_defaults(run=_export)

    doctor = commands.add_parser("doctor", help="show versions and test both checkers on known answers")
    doctor.set_defaults(run=_doctor)

    lemmas = commands.add_parser("lemmas", help="list the lemmas: statements and sources")
    lemmas.add_argument("name", nargs="?", metavar="NAME", help="show only this lemma")
    lemmas.add_argument("--derive", action="store_true", help="derive its identities with SymPy and verify them")
    lemmas.set_defaults(run=_lemmas)

    activations = commands.add_parser("activations", help="list the activations, or show what is proved about one")
    activations.add_argument("name", nargs="?", metavar="A", help="a name, with parameters or without, or a formula")
    activations.add_argument("--json", action="store_true", help="print the result as JSON")
    activations.set_defaults(run=_activations)
    return parser


def _names(text: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in text.split(","))


def _widths(text: str) -> tuple[int, ...]:
    try:
        return tuple(int(width) for width in text.split(","))
    except ValueError:
        raise argparse.ArgumentTypeError(f"expected positive integers such as 200,50, found {text!r}") from None


def _prove(arguments: argparse.Namespace) -> int:
    _use_one_thread()
    from certify.commands.prove import run

    return run(arguments)


def _examine(arguments: argparse.Namespace) -> int:
    _use_one_thread()
    from certify.commands.examine import run

    return run(arguments)


def _use_one_thread() -> None:
    """The searches solve many small dense systems, which more BLAS threads only slow down (up to 8 times, measured)."""
    for library in ("OPENBLAS", "OMP", "MKL"):
        os.environ.setdefault(f"{library}_NUM_THREADS", "1")


def _check(arguments: argparse.Namespace) -> int:
    from certify.commands.check import run

    return run(arguments)


def _assemble(arguments: argparse.Namespace) -> int:
    from certify.commands.assemble import run

    return run(arguments)


def _export(arguments: argparse.Namespace) -> int:
    from certify.commands.export import run

    return run(arguments)


def _doctor(arguments: argparse.Namespace) -> int:
    from certify.commands.doctor import run

    return run(arguments)


def _lemmas(arguments: argparse.Namespace) -> int:
    from certify.commands.lemmas import run

    return run(arguments)


def _activations(arguments: argparse.Namespace) -> int:
    from certify.commands.activations import run

    return run(arguments)


if __name__ == "__main__":
    sys.exit(main())
