"""The files of a report."""

from __future__ import annotations

from certify.report.compose import Result, compose
from certify.report.html import html
from certify.report.markdown import markdown
from certify.report.pictures import pictures


def report_files(result: Result) -> dict[str, bytes]:
    """What `prove` and `examine` write for people: the report in words, the page, and the pictures of the first."""
    shown = pictures(result.instance, result.outcome)
    document = compose(result, shown)
    return {
        "report.md": markdown(document).encode("utf-8"),
        "report.html": html(document).encode("utf-8"),
        **{f"{figure.name}.svg": figure.svg.encode("utf-8") for figure in shown},
    }
