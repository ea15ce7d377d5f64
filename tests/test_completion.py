"""`certify completion`: a real shell completes with the script."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from certify.cli import COMMANDS
from proofs.formulas import ROWS
from proofs.lemmas import LEMMAS
from tests.running import certify

_ASK = """
COMP_WORDS=({words})
COMP_CWORD=$(( ${{#COMP_WORDS[@]}} - 1 ))
_certify
printf '%s\\n' "${{COMPREPLY[@]}}"
"""


def completed(*words: str) -> set[str]:
    """What bash offers for the last word."""
    script = certify("completion", "bash").out
    ask = _ASK.format(words=" ".join(f"'{word}'" for word in ("certify", *words)))
    done = subprocess.run(["bash", "-c", script + ask], capture_output=True, text=True, check=True)
    assert done.stderr == ""
    return set(done.stdout.split())


def test_commands() -> None:
    assert completed("") == {*COMMANDS, "help", "--help", "--version"}
    assert completed("ex") == {"examine", "export"}
    assert completed("help", "do") == {"doctor"}


def test_options_of_a_command() -> None:
    assert completed("prove", "--de") == {"--depth"}
    assert completed("check", "--") == {"--help", "--second", "--coq", "--paranoid", "--quiet", "--json"}
    assert completed("examine", "m.npz", "--no-") == {"--no-decay-biases"}


def test_values_that_are_names() -> None:
    assert completed("prove", "x.csv", "--construction", "") == {"constant", "fitted", "affine"}
    assert completed("prove", "x.csv", "--activation", "") == set(ROWS)
    assert completed("examine", "m.npz", "--loss", "cross") == {"cross-entropy"}
    assert completed("export", "out", "--format", "") == {"npz", "pt", "coq"}
    assert completed("lemmas", "") == set(LEMMAS)
    assert completed("completion", "") == {"bash", "zsh", "fish"}


def test_files_are_left_to_the_shell() -> None:
    for words in (("prove", ""), ("prove", "x.csv", "--out", ""), ("examine", "m.npz", "--data", "t")):
        assert completed(*words) == set()
    assert "complete -o default -F _certify certify" in certify("completion", "bash").out


@pytest.mark.parametrize("shell", ["zsh", "fish"])
def test_the_scripts_of_other_shells_are_well_formed(shell: str, tmp_path: Path) -> None:
    script = certify("completion", shell).out
    for command in COMMANDS:
        assert command in script
    if shutil.which(shell) is not None:
        (tmp_path / "script").write_text(script, "utf-8")
        subprocess.run([shell, "-n", tmp_path / "script"], check=True)


def test_an_unknown_shell() -> None:
    ended = certify("completion", "tcsh")
    assert ended.code == 2
    assert "'bash', 'zsh', 'fish'" in ended.err
