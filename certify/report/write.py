"""The files of a report."""

from __future__ import annotations

from collections.abc import Callable

from certify.report.compose import Subject, compose
from certify.report.document import Document
from certify.report.figure import Figure
from certify.report.pictures import pictures


def _markdown(document: Document) -> bytes:
    from certify.report.markdown import markdown

    return markdown(document).encode("utf-8")


def _html(document: Document) -> bytes:
    from certify.report.html import html

    return html(document).encode("utf-8")


def _tex(document: Document) -> bytes:
    from certify.report.tex import tex

    return tex(document).encode("utf-8")


def _pdf(document: Document) -> bytes:
    from certify.report.typst import pdf

    return pdf(document)


_WRITERS: dict[str, Callable[[Document], bytes]] = {"md": _markdown, "html": _html, "tex": _tex, "pdf": _pdf}
_BESIDE = frozenset({"md", "tex"})  # these name the pictures; the others hold them


def usual_reports(subject: Subject) -> dict[str, bytes]:
    """What `prove` and `examine` write: the page, and its words alone as Markdown."""
    page = compose(subject, shown(subject))
    return {"report.md": _markdown(compose(subject, ())), "report.html": _html(page)}


def report_in(form: str, subject: Subject) -> dict[str, bytes]:
    """The report in one of the formats, and the pictures beside it if it names them.

    Raises:
        OSError: the format needs a package that is not installed.
    """
    drawn = shown(subject)
    report = _WRITERS[form](compose(subject, drawn))
    beside = drawn if form in _BESIDE else []
    return {f"report.{form}": report, **{f"{figure.name}.svg": figure.svg.encode("utf-8") for figure in beside}}


def shown(subject: Subject) -> list[Figure]:
    """The pictures of the report."""
    return pictures(subject.instance, subject.outcome, subject.arguments)
