"""The commands shown in the documentation and their real output.

A console block holds `$ certify ...` lines, each followed by its output. The tests demand that the output is what the
command prints; `python -m tests.console README.md docs/*.md` writes it there.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from tests.packages import EXAMPLE, install_example

PACKAGES = ".packages"
ROOT = Path(__file__).resolve().parent.parent
DOCUMENTS = (
    "README.md",
    "docs/activations.md",
    "docs/coq.md",
    "docs/examining.md",
    "docs/reports.md",
    "docs/start.md",
    "docs/sweeps.md",
    "docs/three-points.md",
    "docs/writing-a-lemma.md",
    *(
        f"docs/gallery/{name}.md"
        for name in (
            "yun-sra-jadbabaie",
            "fukumizu-amari",
            "auer-herbster-warmuth",
            "safran-shamir",
            "venturi-bandeira-bruna",
            "yu-chen",
        )
    ),
)
_BLOCK = re.compile(r"```console\n(.*?)```", re.DOTALL)


def render(block: str, folder: Path) -> str:
    """The block with the output that its commands print when run in `folder`."""
    commands = [line[2:] for line in block.splitlines() if line.startswith("$ ")]
    return "".join(f"$ {command}\n{run(command, folder)[1]}" for command in commands)


def render_document(text: str, folder: Path) -> str:
    """A document with all console blocks rendered, in order, in one folder."""
    return _BLOCK.sub(lambda match: f"```console\n{render(match[1], folder)}```", text)


def prepare(folder: Path) -> None:
    """Make `folder` look like a checkout to the commands: the examples are there, and the example package installed."""
    (folder / "examples").symlink_to(ROOT / "examples")
    install_example(folder / PACKAGES)


def run(command: str, folder: Path) -> tuple[int, str]:
    """The exit code and the output of a command of certify, run in `folder`."""
    program, *arguments = shlex.split(command)
    if program != "certify":
        raise ValueError(f"only certify is run here, not {program!r}")
    path = os.pathsep.join(map(str, (ROOT, folder / PACKAGES, EXAMPLE)))
    environment = {**os.environ, "PYTHONPATH": path, "PYTHONIOENCODING": "utf-8"}
    done = subprocess.run(
        [sys.executable, "-m", "certify.cli", *arguments],
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        check=False,
    )
    return done.returncode, done.stdout


def main(names: Sequence[str]) -> None:
    import tempfile

    for name in names:
        with tempfile.TemporaryDirectory() as folder:
            prepare(Path(folder))
            path = ROOT / name
            path.write_text(render_document(path.read_text("utf-8"), Path(folder)), "utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
