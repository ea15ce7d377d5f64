"""The newcomer's path of docs/start.md, in a clean clone: few commands, and soon."""

from __future__ import annotations

import os
import re
import subprocess
import time
from pathlib import Path

import pytest

from tests.test_docs import ROOT, blocks, shell

MOST_SECONDS = 180
MOST_COMMANDS = 5


@pytest.mark.long
def test_a_newcomer_proves_checks_exports_and_examines(tmp_path: Path) -> None:
    page = ROOT / "docs" / "start.md"
    clone, install = shell("docs/start.md")
    shown = [line[2:] for block in blocks(page, "console") for line in block.splitlines() if line.startswith("$ ")]
    first, *rest = shown
    assert install.endswith(f".venv/bin/{first}")
    commands = [clone.replace("ADDRESS", str(ROOT)).replace("git clone", "git clone -q"), install, *rest]
    assert [command.split()[1] for command in rest] == ["check", "export", "examine"]
    assert len(commands) <= MOST_COMMANDS
    folder = tmp_path / "certify"
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    began = time.monotonic()
    for command in commands:
        line = re.sub("^certify ", ".venv/bin/certify ", command)
        place = folder if folder.exists() else tmp_path
        done = subprocess.run(
            ["bash", "-c", line], cwd=place, env=environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"
    assert time.monotonic() - began < MOST_SECONDS
    assert (folder / "out" / "report.md").is_file()
    assert "PROVED" in (folder / "stuck" / "report.md").read_text("utf-8")
