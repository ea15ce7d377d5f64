"""Running commands inside the tests, and what they leave behind."""

from __future__ import annotations

import json
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from fractions import Fraction
from io import StringIO
from pathlib import Path
from typing import Any

from certify.cli import main

EXAMPLES = Path(__file__).resolve().parent.parent / "examples"
ACTIVATIONS = (
    "sigmoid", "tanh", "softplus", "silu", "gelu", "erf", "arctan", "sin", "exp", "square", "softsign", "elu",
)  # fmt: skip


@dataclass(frozen=True)
class Ended:
    """How a command ended."""

    code: int
    out: str
    err: str


def certify(*arguments: object) -> Ended:
    """Run `certify ARGUMENTS` in this process; whatever is not an exit code comes through as an exception."""
    out, err = StringIO(), StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        try:
            code = main([str(a) for a in arguments])
        except SystemExit as exit_of_argparse:
            code = int(exit_of_argparse.code or 0)
    return Ended(code, out.getvalue(), err.getvalue())


@dataclass(frozen=True)
class Written:
    """The files of one `certify prove`."""

    folder: Path
    ended: Ended

    @property
    def instance(self) -> Any:
        return json.loads((self.folder / "instance.json").read_text("utf-8"))

    @property
    def certificate(self) -> Any:
        return json.loads((self.folder / "certificate.json").read_text("utf-8"))

    @property
    def claim(self) -> Any:
        return self.certificate["claim"]

    def fraction(self, item: str) -> Fraction:
        """A number of the claim."""
        return Fraction(self.claim[item])

    def arguments(self, lemma: str) -> Any:
        """The arguments of the only step with this lemma."""
        (step,) = [s for s in self.certificate["steps"] if s["lemma"] == f"{lemma}/1"]
        return step["arguments"]

    @property
    def lemmas(self) -> list[str]:
        return [s["lemma"].removesuffix("/1") for s in self.certificate["steps"]]

    @property
    def inputs(self) -> list[list[Fraction]]:
        return [[Fraction(v) for v in row] for row in self.instance["data"]["inputs"]]

    @property
    def targets(self) -> list[list[Fraction]]:
        return [[Fraction(v) for v in row] for row in self.instance["data"]["targets"]]

    def check(self, *options: str) -> Ended:
        """Check the written files, like a stranger."""
        return certify("check", self.folder / "instance.json", self.folder / "certificate.json", *options)


def prove(folder: Path, *arguments: object) -> Written:
    """Run `certify prove` into `folder`, whatever comes of it."""
    return Written(folder, certify("prove", *arguments, "--out", folder))


def proved(folder: Path, *arguments: object) -> Written:
    """Run `certify prove`, which must succeed, and so must the check of the files it wrote."""
    written = prove(folder, *arguments)
    assert written.ended.code == 0, (arguments, written.ended)
    checked = written.check()
    assert checked.code == 0, (arguments, checked)
    return written


def csv(path: Path, *lines: str) -> Path:
    """Write a small CSV file."""
    path.write_text("\n".join(lines) + "\n", "utf-8")
    return path
