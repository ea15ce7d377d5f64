"""The commands that README.md mentions without showing their output work, too."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from tests.console import ROOT, prepare, run

BASE = "certify prove examples/iris.csv"  # what ".." in the table stands for
STANDS_FOR = {
    "FORMULA": "z*exp(-z)",
    "INSTANCE STEPS": "examples/plugin/bump.instance.json examples/plugin/bump.steps.json",
    "FILE": "made.json",
    "model.safetensors": "examples/trained/wave-minimum.safetensors",
    "train.csv": "examples/trained/wave.csv",
}
_SPAN = re.compile(r"`([^`]+)`")


def mentioned() -> list[str]:
    """Inline and indented commands, complete, in their order."""
    text = re.sub(r"```.*?```", "", (ROOT / "README.md").read_text("utf-8"), flags=re.DOTALL)
    found = []
    for line in text.splitlines():
        spans = [line.strip()] if line.startswith("    certify ") else _SPAN.findall(line)
        for span in spans:
            command = span.replace("...", BASE) if span.startswith("... ") else span
            if line.startswith("| another activation |") and not span.startswith("..."):
                command = f"{BASE} --activation {span}"
            if command.startswith("certify "):
                found.append(command)
    return list(dict.fromkeys(found))


def is_name(command: str) -> bool:
    """Whether it only names a command that needs arguments."""
    return command in {f"certify {name}" for name in ("prove", "check", "export", "examine", "assemble")}


def test_the_commands_are_found() -> None:
    commands = mentioned()
    assert len(commands) > 20
    assert f"{BASE} --widths 200,50" in commands
    assert f'{BASE} --activation "z + sin(z)**2/3"' in commands
    assert sum(map(is_name, commands)) < 5


@pytest.mark.long
@pytest.mark.parametrize("command", [c for c in mentioned() if not is_name(c)])
def test_every_command_that_the_readme_mentions_works(command: str, tmp_path: Path) -> None:
    prepare(tmp_path)
    if "out/" in command:
        assert run(f"{BASE} --out out/", tmp_path)[0] == 0
    for word, value in STANDS_FOR.items():
        command = command.replace(word, value)
    code, output = run(command, tmp_path)
    assert code == 0, f"{shlex.join(shlex.split(command))}\n{output}"
