"""The counts of the corpus at the end of a run."""

from __future__ import annotations

from typing import Any

from tests.corpus.running import TALLIES


def pytest_terminal_summary(terminalreporter: Any) -> None:
    for title, tally in TALLIES.items():
        terminalreporter.section(f"corpus: {title}")
        for line in tally.lines():
            terminalreporter.write_line(line)
