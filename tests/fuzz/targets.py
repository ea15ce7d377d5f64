"""What is fuzzed: each target takes arbitrary bytes and must end cleanly, whatever they are."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from pathlib import Path

from certify.data import read_dataset
from certify.errors import UsageError
from certify.problem import read_problem
from certify.selftest import document
from proofs import standalone
from proofs.certificate import read_certificate
from proofs.checking import check
from proofs.document import TooLarge, parse_json
from proofs.exact import Malformed
from proofs.formulas import read_activation
from proofs.instance import read_instance

INSTANCE = document("three-points", "instance")


def instance(data: bytes) -> None:
    """Both checkers read the same instances, and give them the same hash."""
    try:
        first: str | None = read_instance(parse_json(data, "fuzz")).hash
    except (Malformed, TooLarge):
        first = None
    try:
        second: str | None = standalone.read_instance(standalone.parse_json(data, "fuzz")).hash
    except (standalone.Malformed, standalone.TooLarge):
        second = None
    if first != second:
        raise AssertionError(f"main: {first}, second: {second}")


def certificate(data: bytes) -> None:
    """Both checkers say the same of any certificate for a fixed instance, or a box ends where their enclosures do.

    A radius or rate at the limit of interval-region/1 may pass one checker only (docs/certificate-format.md); what
    follows that step is then read by one of them alone.
    """
    try:
        outcome = check(read_instance(INSTANCE), read_certificate(parse_json(data, "fuzz")))
        failure = outcome.failure
        first = (outcome.verdict.value, failure.step if failure else "", failure.failure.code if failure else "")
    except (Malformed, TooLarge):
        first = ("malformed", "", "")
    try:
        result = standalone.check(standalone.read_instance(INSTANCE), standalone.parse_json(data, "fuzz"))
        second = (result.verdict, result.stopped, result.failure.code if result.failure else "")
    except (standalone.Malformed, standalone.TooLarge):
        second = ("malformed", "", "")
    if first != second and not any(code.startswith("IR") for _, _, code in (first, second)):
        raise AssertionError(f"main: {first}, second: {second}")


def formula(data: bytes) -> None:
    """Both checkers take the same texts for an activation."""
    text = data.decode("utf-8", "replace")
    try:
        read_activation(text, "fuzz")
        first = True
    except Malformed:
        first = False
    try:
        if text not in (*standalone.ACTIVATIONS, *standalone.FORMULAS):
            standalone.demand_formula(text)
        second = True
    except standalone.Malformed:
        second = False
    if first != second:
        raise AssertionError(f"main: {first}, second: {second}")


def _reader(suffix: str, read: Callable[[Path], object]) -> Callable[[bytes], None]:
    """Write the bytes to a file and read it; only a UsageError may come out."""
    folder = Path("/dev/shm") if Path("/dev/shm").is_dir() else Path(tempfile.gettempdir())

    def target(data: bytes) -> None:
        path = folder / f"certify-fuzz-{os.getpid()}{suffix}"
        path.write_bytes(data)
        try:
            read(path)
        except UsageError:
            pass
        finally:
            path.unlink()

    return target


TARGETS: dict[str, Callable[[bytes], None]] = {
    "instance": instance,
    "certificate": certificate,
    "formula": formula,
    "csv": _reader(".csv", read_dataset),
    "npz": _reader(".npz", read_dataset),
    "toml": _reader(".toml", read_problem),
}
