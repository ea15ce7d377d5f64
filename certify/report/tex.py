"""A report as a LaTeX document, for pdflatex, LuaLaTeX or Tectonic: no package beyond the usual ones."""

from __future__ import annotations

from collections.abc import Iterator

from certify.errors import printable
from certify.report import document as doc
from certify.report.formula import Formula
from certify.report.latex import latex_formula, latex_text
from certify.report.recognise import apostrophes, formula, runs
from certify.report.writer import Writer

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
_WORDS = {doc.Tone.PROVED: "proved", doc.Tone.REFUSED: "refused", doc.Tone.OPEN: "open"}
_BREAK = r"\hspace{0pt}"


def tex(document: doc.Document) -> str:
    """The document; pictures are named and described, since LaTeX does not read SVG."""
    writer = _Latex()
    title = f"{{\\Large\\bfseries {writer.text(document.title)}\\par}}\n"
    return "\n".join([_START + title, *writer.blocks(document.blocks), "\\end{document}\n"])


class _Latex(Writer):
    def section(self, section: doc.Section) -> Iterator[str]:
        yield from (f"\\section*{{{latex_text(section.title)}}}", *self.blocks(section.blocks))

    def fold(self, fold: doc.Fold) -> Iterator[str]:
        if not fold.extra:
            yield from (f"\\subsection*{{{self.text(fold.title)}}}", *self.blocks(fold.blocks))

    def notice(self, notice: doc.Notice) -> str:
        word = _WORDS[notice.tone]
        said = f"\\bfseries\\color{{{word}}}{self.text(notice.text)}"
        return f"\\fcolorbox{{{word}}}{{white}}{{\\parbox{{0.95\\linewidth}}{{{said}}}}}\n"

    def lead(self, lead: doc.Lead) -> str:
        return f"{{\\large {self.text(lead.text)}\\par}}\n"

    def paragraph(self, paragraph: doc.Paragraph) -> str:
        label = f"\\emph{{{latex_text(paragraph.label)}.}} " if paragraph.label else ""
        return f"{label}{self.text(paragraph.text)}\n"

    def items(self, items: doc.Items) -> Iterator[str]:
        yield from (r"\begin{itemize}", *(f"\\item {self.text(item)}" for item in items.items), "\\end{itemize}\n")

    def table(self, table: doc.Table) -> Iterator[str]:
        """Without a head a list of what is described by what; with one, as many columns of numbers."""
        if not table.head:
            yield r"\begin{description}"
            for first, *others in table.rows:
                yield f"\\item[{{\\normalfont {self.text(first)}:}}] {' '.join(map(self.text, others))}"
            yield "\\end{description}\n"
            return
        yield f"\\begin{{tabular}}{{{'r' * len(table.head)}}}"
        yield from (f"{' & '.join(map(self.text, row))} \\\\" for row in (table.head, *table.rows))
        yield "\\end{tabular}\n"

    def picture(self, picture: doc.Picture) -> Iterator[str]:
        figure = picture.figure
        said = (
            f"\\emph{{Figure ({self.literal(f'{figure.name}.svg')}).}} {self.prose(f'{figure.caption} {figure.alt}')}"
        )
        yield f"\\fbox{{\\parbox{{0.95\\linewidth}}{{{said}}}}}\n"

    def listing(self, listing: doc.Listing) -> Iterator[str]:
        yield r"\begin{quote}\ttfamily\small"
        yield from (f"{self.literal(line).replace('/', '/' + _BREAK)}\\par" for line in listing.text.splitlines())
        yield "\\end{quote}\n"

    def attachment(self, attachment: doc.Attachment) -> Iterator[str]:
        yield f"{self.code(attachment.name)}, {attachment.size} bytes, beside this report.\n"

    def literal(self, text: str) -> str:
        return latex_text(printable(text))

    def prose(self, text: str) -> str:
        found = runs(printable(text))
        return "".join(
            f"${latex_formula(run)}$" if isinstance(run, Formula) else latex_text(apostrophes(run)) for run in found
        )

    def code(self, text: str) -> str:
        """A digest or path may be broken anywhere it must."""
        parts = (self.literal(text[n : n + 8]) for n in range(0, len(text), 8))
        return f"\\texttt{{{_BREAK.join(parts)}}}"

    def maths(self, text: str) -> str:
        return f"${latex_formula(formula(printable(text)))}$"
