"""`certify doctor`."""

from __future__ import annotations

import argparse
import platform
from importlib.metadata import PackageNotFoundError, version

from certify import __version__
from certify.errors import printable
from certify.library import every_lemma
from certify.selftest import CHECKERS, KNOWN, wrong_answers
from proofs.lemmas import LEMMAS

PACKAGES = ("python-flint", "numpy", "sympy", "mpmath", "rich")


def run(arguments: argparse.Namespace) -> int:
    """Print versions and the result of the self-test; returns the exit code."""
    print(f"certify {__version__}, Python {platform.python_version()} on {platform.machine()}")
    for package in PACKAGES:
        try:
            print(f"{package} {version(package)}")
        except PackageNotFoundError:
            print(f"{package} is not installed")
    library = every_lemma()
    for use in library.uses.values():
        print(f"{use.lemma} of {use.package} {use.version}")
    for fault in library.faults:
        print(printable(fault))
    wrong = list(wrong_answers())
    for line in wrong:
        print(f"WRONG  {line}")
    print(
        f"self-test: {len(KNOWN)} certificates, {len(LEMMAS)} lemmas, {len(CHECKERS)} checkers: "
        f"{'all answers right' if not wrong else f'{len(wrong)} wrong answers'}"
    )
    return 0 if not wrong else 5
