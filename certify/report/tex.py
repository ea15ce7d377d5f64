"""A report as a LaTeX document, for pdflatex, LuaLaTeX or Tectonic: no package beyond the usual ones."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from certify.errors import printable
from certify.report.document import (
    Attachment,
    Block,
    Code,
    Document,
    Fold,
    Items,
    Lead,
    Listing,
    Maths,
    Name,
    Notice,
    Paragraph,
    Part,
    Picture,
    Section,
    Table,
    Text,
    Tone,
)
from certify.report.formula import Formula
from certify.report.latex import latex_formula, latex_text
from certify.report.recognise import apostrophes, formula, runs

_START = r"""\documentclass[11pt,a4paper]{article}
\usepackage[T1]{fontenc}
\usepackage[utf8]{inputenc}
\usepackage{lmodern,textcomp,amsmath,color}
\usepackage[margin=28mm]{geometry}
\setlength{\parindent}{0pt}
\setlength{\parskip}{0.5em}
\definecolor{proved}{rgb}{0,0.376,0.294}
\definecolor{refused}{rgb}{0.639,0.086,0.039}
\definecolor{open}{rgb}{0.478,0.322,0}
\sloppy
\begin{document}
"""
_WORDS = {Tone.PROVED: "proved", Tone.REFUSED: "refused", Tone.OPEN: "open"}
_BREAK = r"\hspace{0pt}"


def tex(document: Document) -> str:
    """The document; pictures are named and described, since LaTeX does not read SVG."""
    title = f"{{\\Large\\bfseries {_text(document.title)}\\par}}\n"
    return "\n".join([_START + title, *_blocks(document.blocks), "\\end{document}\n"])


def _blocks(blocks: Sequence[Block]) -> Iterator[str]:
    for block in blocks:
        yield from _block(block)


def _block(block: Block) -> Iterator[str]:
    if isinstance(block, Section):
        yield from (f"\\section*{{{latex_text(block.title)}}}", *_blocks(block.blocks))
    elif isinstance(block, Fold):
        if not block.extra:
            yield from (f"\\subsection*{{{_text(block.title)}}}", *_blocks(block.blocks))
    elif isinstance(block, Notice):
        word = _WORDS[block.tone]
        said = f"\\bfseries\\color{{{word}}}{_text(block.text)}"
        yield f"\\fcolorbox{{{word}}}{{white}}{{\\parbox{{0.95\\linewidth}}{{{said}}}}}\n"
    elif isinstance(block, Lead):
        yield f"{{\\large {_text(block.text)}\\par}}\n"
    elif isinstance(block, Paragraph):
        label = f"\\emph{{{latex_text(block.label)}.}} " if block.label else ""
        yield f"{label}{_text(block.text)}\n"
    elif isinstance(block, Items):
        yield from (r"\begin{itemize}", *(f"\\item {_text(item)}" for item in block.items), "\\end{itemize}\n")
    elif isinstance(block, Table):
        yield from _table(block)
    elif isinstance(block, Picture):
        caption = _prose(block.figure.caption)
        alt, file = _prose(block.figure.alt), latex_text(f"{block.figure.name}.svg")
        yield f"\\fbox{{\\parbox{{0.95\\linewidth}}{{\\emph{{Figure ({file}).}} {caption} {alt}}}}}\n"
    elif isinstance(block, Listing):
        yield from (r"\begin{quote}\ttfamily\small", *_lines(block.text), "\\end{quote}\n")
    else:
        yield _attachment(block)


def _lines(text: str) -> Iterator[str]:
    return (f"{latex_text(printable(line)).replace('/', '/' + _BREAK)}\\par" for line in text.splitlines())


def _table(table: Table) -> Iterator[str]:
    """Without a head a list of what is described by what; with one, as many columns of numbers."""
    if not table.head:
        yield r"\begin{description}"
        yield from (
            f"\\item[{{\\normalfont {_text(first)}:}}] {' '.join(map(_text, others))}" for first, *others in table.rows
        )
        yield "\\end{description}\n"
        return
    yield f"\\begin{{tabular}}{{{'r' * len(table.head)}}}"
    yield from (f"{' & '.join(map(_text, row))} \\\\" for row in (table.head, *table.rows))
    yield "\\end{tabular}\n"


def _attachment(attachment: Attachment) -> str:
    return f"\\texttt{{{latex_text(attachment.name)}}}, {attachment.size} bytes, beside this report.\n"


def _text(text: Text) -> str:
    return "".join(map(_part, text))


def _part(part: Part) -> str:
    if isinstance(part, Code):
        return f"\\texttt{{{_breakable(part.text)}}}"
    if isinstance(part, Maths):
        return f"${latex_formula(formula(printable(part.text)))}$"
    return latex_text(printable(part.text)) if isinstance(part, Name) else _prose(part.text)


def _prose(text: str) -> str:
    found = runs(printable(text))
    return "".join(
        f"${latex_formula(run)}$" if isinstance(run, Formula) else latex_text(apostrophes(run)) for run in found
    )


def _breakable(text: str) -> str:
    """A digest or path that may be broken anywhere it must."""
    return _BREAK.join(latex_text(printable(text[n : n + 8])) for n in range(0, len(text), 8))
