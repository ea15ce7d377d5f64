"""Coq's opinion: the library compiled from its sources, then a generated file, and what its theorems assume."""

from __future__ import annotations

import re
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

import certify

LIBRARY = Path(certify.__file__).resolve().parent.parent / "formal"
FILE = "Certified.v"
PACKAGES = "coq libcoq-coquelicot libcoq-interval"

# The axioms of Coq's real numbers, and of classical logic, which its libraries of analysis use.
EXPECTED = frozenset(
    {
        "ClassicalDedekindReals.sig_not_dec",
        "ClassicalDedekindReals.sig_forall_dec",
        "FunctionalExtensionality.functional_extensionality_dep",
        "Classical_Prop.classic",
    }
)
_SECONDS = 3600


class CoqRefuses(Exception):
    """Coq does not accept a file: its first complaint."""


@dataclass(frozen=True, slots=True)
class Opinion:
    """What Coq accepted.

    Attributes:
        theorems: their names.
        axioms: what they rest on besides Coq's kernel.
    """

    version: str
    theorems: tuple[str, ...]
    axioms: tuple[str, ...]

    @property
    def line(self) -> str:
        assumed = ", ".join(self.axioms) or "no axioms"
        return f"Coq {self.version} agrees: {', '.join(self.theorems)}; assumes: {assumed}"


def opinion(text: str) -> Opinion:
    """Compile the library and the text in a temporary folder.

    Raises:
        CoqRefuses: the text does not compile, or rests on axioms beyond EXPECTED.
        OSError: Coq or its libraries are missing, or out of time.
    """
    version = coq_version()
    with tempfile.TemporaryDirectory(prefix="certify-coq-") as folder:
        library = Path(folder)
        build_library(library)
        answer = compile_text(library, text)
    return Opinion(version, tuple(re.findall(r"^Theorem (\w+)", text, re.MULTILINE)), answer)


def coq_version() -> str:
    """
    Raises:
        OSError: there is no Coq.
    """
    if shutil.which("coqc") is None:
        raise OSError(f"Coq is not installed, and --coq needs it; on Debian: apt-get install {PACKAGES}")
    found = subprocess.run(["coqc", "--print-version"], capture_output=True, text=True, check=True, timeout=60)
    return found.stdout.split()[0]


def library_files() -> list[str]:
    """The files of the library, each after those that it needs."""
    return [line for line in (LIBRARY / "_CoqProject").read_text(encoding="utf-8").split() if line.endswith(".v")]


def build_library(folder: Path) -> None:
    """Compile the library's sources in `folder`.

    Raises:
        OSError: it does not compile here.
    """
    for name in library_files():
        shutil.copyfile(LIBRARY / name, folder / name)
        try:
            _coqc(folder, folder / name)
        except CoqRefuses as error:
            raise OSError(f"formal/{name} does not compile with this Coq ({error}); it needs {PACKAGES}") from None


def compile_text(library: Path, text: str) -> tuple[str, ...]:
    """Compile a generated file with the library compiled in `library`; returns the axioms that it rests on.

    Raises:
        CoqRefuses: it does not compile, or rests on other axioms than EXPECTED.
        OSError: out of time.
    """
    with tempfile.TemporaryDirectory(prefix="certify-coq-") as folder:
        file = Path(folder) / FILE
        file.write_text(text, encoding="utf-8")
        axioms = printed_axioms(_coqc(library, file))
    if others := sorted(set(axioms) - EXPECTED):
        raise CoqRefuses(f"it rests on {', '.join(others)}")
    return axioms


def printed_axioms(output: str) -> tuple[str, ...]:
    """The names that `Print Assumptions` printed.

    Raises:
        CoqRefuses: it printed nothing.
    """
    if "Axioms:" not in output and "Closed under the global context" not in output:
        raise CoqRefuses("it does not say what it rests on")
    names = re.findall(r"^([A-Za-z_][\w.']*)\s*(?::|$)", output, re.MULTILINE)
    return tuple(sorted(set(names) - {"Axioms", "Closed"}))


def _coqc(library: Path, file: Path) -> str:
    command = ["coqc", "-q", "-w", "none", "-R", str(library), "Minima", str(file)]
    try:
        result = subprocess.run(command, capture_output=True, text=True, check=False, timeout=_SECONDS, cwd=file.parent)
    except subprocess.TimeoutExpired:
        raise OSError(f"Coq did not finish {file.name} within {_SECONDS} seconds") from None
    if result.returncode != 0:
        raise CoqRefuses(_complaint(result.stderr))
    return result.stdout


def _complaint(errors: str) -> str:
    """Coq's error as one line: where and what, without the terms that it prints after it."""
    place = re.search(r"line (\d+)", errors)
    what = errors.partition("Error:")[2].split()
    return (
        f"line {place[1] if place else '?'}: {' '.join(what[:25])}"
        if what
        else errors.strip()[:200] or "no reason given"
    )
