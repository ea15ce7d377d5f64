"""The notations for formulas: well-formed, and all letters of the source are in them, in their order."""

from __future__ import annotations

from itertools import chain
from xml.etree import ElementTree

import pytest
from hypothesis import given

from certify.report.formula import Formula
from certify.report.latex import latex_formula, latex_text
from certify.report.mathml import mathml
from certify.report.recognise import formula, runs
from certify.report.typst_formula import typst_formula, typst_string
from tests.report.reading import of_latex, of_mathml, of_source, of_typst
from tests.report.test_recognise import STATEMENTS, TEXTS, TREES

FORMULAS = list(
    dict.fromkeys(run.source for run in chain.from_iterable(map(runs, STATEMENTS.values())) if isinstance(run, Formula))
)


def as_mathml(found: Formula) -> str:
    return "".join(mathml(found))


def test_there_are_many_formulas() -> None:
    assert len(FORMULAS) > 200


@pytest.mark.parametrize("text", [*FORMULAS, *TREES])
def test_nothing_is_dropped(text: str) -> None:
    found = formula(text)
    assert of_mathml(as_mathml(found)) == of_source(text)
    assert of_latex(latex_formula(found)) == of_source(text)
    assert of_typst(typst_formula(found)) == of_source(text)


@given(TEXTS)
def test_any_formula_is_well_formed(text: str) -> None:
    found = formula(text)
    ElementTree.fromstring(f"<p>{as_mathml(found)}</p>")
    assert balanced(latex_formula(found))
    assert "$" not in latex_formula(found).replace(r"\$", "")
    typst_formula(found)


def balanced(markup: str) -> bool:
    """Whether the braces of LaTeX match, but for those with a backslash."""
    depth = 0
    for mark in markup.replace("\\\\", "").replace("\\{", "").replace("\\}", ""):
        depth += (mark == "{") - (mark == "}")
        if depth < 0:
            return False
    return depth == 0


MATHML = {
    "x_n^T": '<msubsup><mi>x</mi><mi>n</mi><mi mathvariant="normal">T</mi></msubsup>',
    "1/2": "<mfrac><mn>1</mn><mn>2</mn></mfrac>",
    "σ''": '<mrow><mi>σ</mi><mo form="postfix" lspace="0" rspace="0">″</mo></mrow>',
    "M̄": '<mover accent="true"><mi>M</mi><mo stretchy="false">¯</mo></mover>',
    "ω": "<mi>ω</mi>",
    "gap": "<mi>gap</mi>",
}
LATEX = {
    "x_n^T": r"x_{n}^{\mathrm{T}}",
    "1/2": r"\frac{1}{2}",
    "σ''(a_h)": r"\sigma^{\prime \prime} ( a_{h} )",
    "<D,1> = 0": r"\langle D , 1 \rangle = 0",
    "|w|_inf": r"\lvert w \rvert_{\infty}",
    "(1/2)": r"\left( \frac{1}{2} \right)",
    "≥ 3": r"{} \ge 3",
    "span(1)": r"\operatorname{span} ( 1 )",
}
TYPST = {
    "x_n^T": 'attach(x, br: n, tr: upright("T"))',
    "1/2": 'frac("1", "2")',
    "span": 'op("span")',
    "a ≥ b": 'a class("relation", \\u{2265}) b',
}


@pytest.mark.parametrize("text", MATHML)
def test_mathml(text: str) -> None:
    assert as_mathml(formula(text)) == f"<math>{MATHML[text]}</math>"


@pytest.mark.parametrize("text", LATEX)
def test_latex(text: str) -> None:
    assert " ".join(latex_formula(formula(text)).split()) == LATEX[text]


@pytest.mark.parametrize("text", TYPST)
def test_typst(text: str) -> None:
    assert typst_formula(formula(text)) == TYPST[text]


def test_long_formulas_can_be_broken_before_their_signs() -> None:
    parts = mathml(formula("f_l = a_l - e_l |a_l| - Σ_{h>l} (1 + 1/e_h) |a_h| γ_{h,l}"))
    assert len(parts) == 4
    assert all(part.startswith("<math><mo") for part in parts[1:])
    assert len(mathml(formula("a = b"))) == 1


def test_literal_text() -> None:
    assert latex_text(r"a_b\c{d}$5%#&~^σ≥語") == (
        r"a\_b\textbackslash{}c\{d\}\$5\%\#\&\textasciitilde{}\textasciicircum{}"
        r"\ensuremath{\sigma}\ensuremath{\ge}[U+8A9E]"
    )
    assert typst_string('a"b\\c\nd') == r'"a\"b\\c\nd"'
