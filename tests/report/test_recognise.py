"""Formulas in statements are found where they are, read as they are meant, and nothing is dropped."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from certify.library import every_lemma
from certify.report.formula import Accent, Formula, Fraction, Node, Row, Scripts, Symbol
from certify.report.recognise import apostrophes, formula, runs

STATEMENTS = {name: lemma.statement for name, lemma in every_lemma().lemmas.items()}


def marked(text: str) -> str:
    """The text with its formulas in double brackets."""
    return "".join(run if isinstance(run, str) else f"⟦{run.source}⟧" for run in runs(text))


def sketch(node: Node | None) -> str:
    """A tree as text, each kind of node by a mark of its own."""
    if node is None:
        return ""
    if isinstance(node, Symbol):
        return node.text
    if isinstance(node, Row):
        return " ".join(map(sketch, node.items))
    if isinstance(node, Scripts):
        return f"{sketch(node.base)}⌊{sketch(node.below)}⌈{' '.join(map(sketch, node.above))}⌋"
    if isinstance(node, Accent):
        return f"{node.base.text}{node.mark}"
    if isinstance(node, Fraction):
        return f"[{sketch(node.above)} ÷ {sketch(node.below)}]"
    return f"{node.left}⟨{sketch(node.body)}⟩{node.right}"


FOUND = [
    "Let ⟦D_o = c_o - Y_o⟧ satisfy ⟦<D_o,1> = 0⟧ and ⟦<D_o,x_j> = 0⟧ for every output ⟦o⟧",
    "at the levels of layers ⟦2..H⟧ (⟦σ' ≠ 0⟧ there)",
    "⟦<D, T_θ> = 1/2 Σ_h Σ_i c_{h,i} <D σ''(ξ), u_{h,i}^2>⟧ exactly, for every ⟦θ⟧.",
    "⟦|w_i|_inf ≤ r⟧ and ⟦|b_{1,i} - a_1| ≤ r⟧ in the first layer",
    "the range of layer ⟦h⟧'s pre-activations, the instance's, one of ⟦θ⟧'s",
    "loss at most ⟦E* - gap⟧, by ball arithmetic",
    "scalars ⟦p_1 < ... < p_N'⟧. There",
    "a nonsingular ⟦N' x N'⟧ matrix, a ⟦15 x 15⟧ minor of 1, ⟦x_j⟧, ⟦x_j x_k⟧",
    "(exp, sinh, cosh, sin, cos of ⟦i p⟧)",
    "is a sum, a point; for each unit ⟦a⟧ that is copied, into a unit ⟦b⟧, from ⟦a⟧ to ⟦b⟧, ⟦a⟧'s bias",
    "A chain is A network, so ⟦A⟧ is",
    "⟦t_h = dT/dσ(z_h)⟧, the q-dimensional orbit",
    "⟦Σ_n e_a σ''(z_a) ãã^T⟧ is positive definite",
    "⟦E relu(w.x) relu(v.x) = |w| |v| (sin θ + (π - θ) cos θ) / (2π)⟧. On",
    "(i) Let ⟦u_1 h(v_1) = 1/3⟧, (ii) Let",
    "where ⟦u ≥ 0⟧, ⟦T ≥ 0⟧, so ⟦E ≥ Σ_{y<0} y^2⟧ (the floor), leaves ⟦{E ≤ c}⟧: in",
    "pre-activations stay in ⟦[0, inf)⟧",
    "relative pivot ⟦≥ 0.116⟧, ⟦|σ''| ≥ 0.096⟧, projections ⟦1e-4⟧ apart, 128 bits, 0.4",
    "⟦E(better) ≤ E* - 2.25⟧ for all targets, widths 1-2",
    "2 hidden layers of ⟦z*tanh(log(1+exp(z)))⟧, every width",
    "⟦T_n⟧ (⟦T_n - y_n⟧ for the squared loss)",
    "⟦U_1 = span(1, x_j)⟧ on ⟦z_h(n) ± spread_h(n)⟧",
    "fitted-point/1, docs/mathematics.md, arXiv:1911.01413, sepal_length, e.g. and/or, i.e. unit(s), ok",
    "the network 1-2-1 of tanh, widths 200-50, step s1 [CP03]",
    "⟦f_l = a_l - e_l |a_l| - Σ_{h>l} (1 + 1/e_h) |a_h| γ_{h,l}⟧ gives",
    "layer ⟦h + 1⟧; ⟦σ⟧ convex and ⟦(h ≥ 2)⟧ monotone",
    "⟦inf E = 0⟧, not attained: ⟦-k Σ m ln m⟧ for one, ⟦-k (m ln m + (1 - m) ln(1 - m))⟧, ⟦k m (1 - ln m)⟧",
    "the value ⟦-7/3⟧ and 5; 'x' is quoted: unknown 'mish'",
]


@pytest.mark.parametrize("expected", FOUND)
def test_formulas_are_found_where_they_are(expected: str) -> None:
    assert marked(re.sub("[⟦⟧]", "", expected)).replace("'⟦x'⟧", "'x'").replace("'⟦x⟧'", "'x'") == expected


TREES = {
    "x_n^T S x_n": "x⌊n⌈T⌋ S x⌊n⌈⌋",
    "E*": "E⌊⌈∗⌋",
    "z*w": "z * w",
    "σ''(a_h)": "σ⌊⌈′ ′⌋ (⟨a⌊h⌈⌋⟩)",
    "p_N'": "p⌊N⌊⌈′⌋⌈⌋",
    "N'": "N⌊⌈′⌋",
    "1/2 Σ_n y": "[1 ÷ 2] Σ⌊n⌈⌋ y",
    "(p_1 + q_1)/2": "[p⌊1⌈⌋ + q⌊1⌈⌋ ÷ 2]",
    "d(d+1)/2": "[d (⟨d + 1⟩) ÷ 2]",
    "dT/dσ(z_h)": "[d T ÷ d σ (⟨z⌊h⌈⌋⟩)]",
    "a / b": "a / b",
    "z/(1+exp(-z))": "[z ÷ 1 + exp (⟨- z⟩)]",
    "(Σ D_n)^2": "(⟨Σ D⌊n⌈⌋⟩)⌊⌈2⌋",
    "(1+r)^{h-1}": "(⟨1 + r⟩)⌊⌈h - 1⌋",
    "|w_i|_inf": "|⟨w⌊i⌈⌋⟩|⌊∞⌈⌋",
    "<D_o,1>": "<⟨D⌊o⌈⌋ , 1⟩>",
    "V <D σ, u^2> > 0": "V <⟨D σ , u⌊⌈2⌋⟩> > 0",
    "Σ_{h≥2} K_h": "Σ⌊h ≥ 2⌈⌋ K⌊h⌈⌋",
    "δ_{x_k}": "δ⌊x⌊k⌈⌋⌈⌋",
    "[0, inf)": "[⟨0 , ∞⟩)",
    "inf E": "inf E",
    "(-inf, 0]": "(⟨- ∞ , 0⟩]",
    "W_h[i,k]/s_h": "[W⌊h⌈⌋ [⟨i , k⟩] ÷ s⌊h⌈⌋]",
    "w.x": "w · x",
    "15 x 15": "15 × 15",
    "M̄": "M\u0304",
    "ãã^T": "a\u0303 a\u0303⌊⌈T⌋",
    "10^-6": "10⌊⌈- 6⌋",
    "3.4e-3": "3.4 · 10⌊⌈- 3⌋",
    "1.26e6...": "1.26... · 10⌊⌈6⌋",
    "2..H": "2 .. H",
    "min_t(D_n t)": "min⌊t⌈⌋ (⟨D⌊n⌈⌋ t⟩)",
    "E(better)": "E (⟨better⟩)",
    "z**2/3": "[z⌊⌈2⌋ ÷ 3]",
    "1 ± r": "1 ± r",
    "": "",
}


@pytest.mark.parametrize("text", TREES)
def test_formulas_are_read_as_they_are_meant(text: str) -> None:
    assert sketch(formula(text).tree) == TREES[text]


@pytest.mark.parametrize("name", STATEMENTS)
def test_the_runs_of_every_statement_are_all_of_it(name: str) -> None:
    found = runs(STATEMENTS[name])
    assert "".join(run.source if isinstance(run, Formula) else run for run in found) == STATEMENTS[name]
    for run in found:
        left = run if isinstance(run, str) else ""
        assert not re.search(r"\w[_^]\{?\w|[σθκλμπξδΣ≤≥≠]|\b[B-HJ-Z]\b", left), f"a formula was not seen: {left!r}"
        if isinstance(run, Formula):
            words = re.findall(r"[A-Za-z]{4,}", re.sub(r"_\w+", "", run.source))
            assert set(words) <= {"span", "diag", "sign", "relu", "spread"}, (
                f"prose was taken for a formula: {run.source!r}"
            )


PIECES = [*"abxTE*'σΣãä_^{}()[]<>|=≤-+/.,;: 012e\"\\$#&%~@`∞", " the ", "x_n ", " exp("]
TEXTS = st.lists(st.sampled_from(PIECES), max_size=25).map("".join)
LONG = [
    "(" * 500 + "x" + ")" * 500,
    "-(" * 60 + "x" + ")" * 60,
    "-(" * 29 + "x" + ")" * 29,
    "f(" * 29 + "x" + ")" * 29,
    "a_{" * 200 + "b" + "}" * 200,
    "x^" + "-" * 3000 + "b",
    "|" * 500,
    "<a" * 300,
    "-" * 3000,
    "= " * 3000,
    "x " * 3000,
]


@given(TEXTS)
@example("")
@example("$\\#")
def test_any_text_can_be_read(text: str) -> None:
    assert "".join(run.source if isinstance(run, Formula) else run for run in runs(text)) == text
    assert formula(text).source == text


@pytest.mark.parametrize("text", LONG, ids=lambda text: text[:6])
def test_no_text_takes_long(text: str) -> None:
    start = time.process_time()
    assert "".join(run.source if isinstance(run, Formula) else run for run in runs(text)) == text
    assert formula(text).source == text
    assert time.process_time() - start < 5


def test_apostrophes() -> None:
    assert apostrophes("the instance's N' and σ''") == "the instance’s N' and σ''"
