"""Commands on a terminal of their own (a pty), and what they show there."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from pathlib import Path

Started = tuple[subprocess.Popen[bytes], int]
ROOT = Path(__file__).resolve().parent.parent


def start(arguments: list[object], stdout: int | None = None, **environment: str) -> Started:
    """`certify ARGUMENTS` whose stderr (and stdout, unless given) is a terminal; the process and the other end."""
    ours, theirs = pty.openpty()
    kept = {key: value for key, value in os.environ.items() if key not in ("NO_COLOR", "TERM")}
    process = subprocess.Popen(
        [sys.executable, "-m", "certify.cli", *map(str, arguments)],
        env={"TERM": "xterm", "PYTHONPATH": str(ROOT), **kept, "PYTHONIOENCODING": "utf-8", **environment},
        stdin=theirs,
        stdout=theirs if stdout is None else stdout,
        stderr=theirs,
        start_new_session=True,
    )
    os.close(theirs)
    return process, ours


def rest(terminal: int) -> str:
    """All that is shown until the process ends."""
    shown = b""
    while True:
        try:
            some = os.read(terminal, 65536)
        except OSError:  # how Linux says that nobody writes to it any more
            some = b""
        if not some:
            os.close(terminal)
            return shown.decode("utf-8")
        shown += some


def on_terminal(*arguments: object, **environment: str) -> tuple[int, str]:
    """The exit code, and all that is shown."""
    process, terminal = start(list(arguments), **environment)
    shown = rest(terminal)
    return process.wait(), shown
