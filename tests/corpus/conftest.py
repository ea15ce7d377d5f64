"""The counts of the corpus at the end of a run."""

from __future__ import annotations

from typing import Any


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Tests record their tallies as properties, which reach this process from whichever one ran the test."""
    for report in terminalreporter.getreports("passed") + terminalreporter.getreports("failed"):
        for title, lines in report.user_properties:
            if title.startswith("corpus: ") and report.when == "call":
                terminalreporter.section(title)
                terminalreporter.write_line(lines)
