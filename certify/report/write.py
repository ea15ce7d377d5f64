"""The files of a report."""

from __future__ import annotations

from collections.abc import Callable, Collection

from certify.report.compose import Subject, compose
from certify.report.document import Document
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
FORMATS = tuple(_WRITERS)
_BESIDE = frozenset({"md", "tex"})  # these name the pictures; the others hold them


def report_files(subject: Subject, formats: Collection[str]) -> dict[str, bytes]:
    """The report in these formats, and the pictures beside it if one of them needs that.

    Raises:
        OSError: a format needs a package that is not installed.
    """
    shown = pictures(subject.instance, subject.outcome)
    document = compose(subject, shown)
    files = {f"report.{name}": _WRITERS[name](document) for name in formats}
    beside = shown if _BESIDE.intersection(formats) else []
    return {**files, **{f"{figure.name}.svg": figure.svg.encode("utf-8") for figure in beside}}
