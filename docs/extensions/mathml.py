"""Formulas as MathML, which browsers draw themselves: nothing is fetched when a page is built or read.

Docutils translates LaTeX; what it does not know of our formulas is replaced by what it knows.
"""

from __future__ import annotations

import re

from docutils import nodes
from docutils.utils.math.latex2mathml import tex2mathml
from sphinx.application import Sphinx
from sphinx.writers.html5 import HTML5Translator

REPLACED = (
    (r"\\[bB]ig[lr]?(?=[(\[])", r"\\left"),  # parentheses that grow with what they enclose
    (r"\\[bB]ig[lr]?(?=[)\]])", r"\\right"),
    (r"\\[bB]ig[lr]?(?![a-zA-Z])", ""),
    (r"\\dots(?![a-zA-Z])", r"\\ldots"),
    (r"\\gt(?![a-zA-Z])", ">"),
    (r"\\lt(?![a-zA-Z])", "<"),
    (r"\\mathrel\{(.)\}", r"\1"),
    (r"\\tag\{(.*?)\}", r"\\qquad\\text{(\1)}"),
    (r"\\(t?frac)(\d)(\d)", r"\\\1{\2}{\3}"),  # docutils reads 12 as one number
)


_CLOSE = 'stretchy="false" lspace="0" rspace="0"'  # fences as high as a letter, without spaces
FINISHED = (
    (r"<mo>'</mo>", "<mo lspace='0' rspace='0'>′</mo>"),
    (r"<mo class=\"mathopen\">([|‖])</mo>", rf'<mo form="prefix" {_CLOSE}>\1</mo>'),
    (r"<mo>([|‖])</mo>", rf'<mo form="postfix" {_CLOSE}>\1</mo>'),
    (r"<mo stretchy=\"false\">\|</mo>", f"<mo {_CLOSE}>|</mo>"),
    (r"<mo>([⟨⟩])</mo>", rf"<mo {_CLOSE}>\1</mo>"),
)


def mathml(formula: str, *, block: bool = False) -> str:
    """The `<math>` element of a formula.

    Raises:
        docutils.utils.math.MathError: it holds a command that docutils does not know.
    """
    for pattern, replacement in REPLACED:
        formula = re.sub(pattern, replacement, formula)
    found = str(tex2mathml(formula, as_block=block))
    for pattern, replacement in FINISHED:
        found = re.sub(pattern, replacement, found)
    return found


def _inline(self: HTML5Translator, node: nodes.math) -> None:
    self.body.append(mathml(node.astext()))
    raise nodes.SkipNode


def _block(self: HTML5Translator, node: nodes.math_block) -> None:
    self.body.append(f'<div class="math">{mathml(node.astext(), block=True)}</div>')
    raise nodes.SkipNode


def setup(app: Sphinx) -> dict[str, bool]:
    """The renderer `mathml`, for `html_math_renderer`."""
    app.add_html_math_renderer("mathml", inline_renderers=(_inline, None), block_renderers=(_block, None))
    return {"parallel_read_safe": True, "parallel_write_safe": True}
