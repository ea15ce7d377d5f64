"""`certify doctor`."""

from __future__ import annotations

import argparse

from certify import __version__
from certify.arguments import Parser
from certify.errors import printable
from certify.exit_codes import FAILED, PROVED
from certify.progress import Progress
from certify.terminal import print_json, print_lines

PACKAGES = ("python-flint", "numpy", "sympy", "mpmath", "rich")
EXAMPLE = "certify doctor"


def configure(parser: Parser) -> None:
    """Add the arguments."""
    parser.add_quiet()
    parser.add_json()


def run(arguments: argparse.Namespace) -> int:
    """Print versions and the result of the self-test; returns the exit code."""
    import platform

    from certify.library import every_lemma
    from certify.selftest import CHECKERS, KNOWN, wrong_answers
    from proofs.lemmas import LEMMAS

    with Progress(arguments.quiet) as progress:
        progress("testing both checkers on known answers")
        wrong = list(wrong_answers())
    library = every_lemma()
    packages = {package: _version(package) for package in PACKAGES}
    if arguments.json:
        print_json(
            {
                "certify": __version__,
                "python": platform.python_version(),
                "machine": platform.machine(),
                "packages": packages,
                "lemmas": [
                    {"lemma": use.lemma, "package": use.package, "version": use.version}
                    for use in library.uses.values()
                ],
                "faults": list(library.faults),
                "wrong": wrong,
            }
        )
        return FAILED if wrong else PROVED
    verdict = (
        f"self-test: {len(KNOWN)} certificates, {len(LEMMAS)} lemmas, {len(CHECKERS)} checkers: "
        f"{'all answers right' if not wrong else f'{len(wrong)} wrong answers'}"
    )
    versions = [
        f"certify {__version__}, Python {platform.python_version()} on {platform.machine()}",
        *(f"{package} {found}" if found else f"{package} is not installed" for package, found in packages.items()),
        *(f"{use.lemma} of {use.package} {use.version}" for use in library.uses.values()),
        *map(printable, library.faults),
        *(f"WRONG  {line}" for line in wrong),
    ]
    print_lines([verdict] if arguments.quiet else [*versions, verdict])
    return FAILED if wrong else PROVED


def _version(package: str) -> str | None:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version(package)
    except PackageNotFoundError:
        return None
