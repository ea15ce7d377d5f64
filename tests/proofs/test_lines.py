"""Piecewise affine formulas: exact pieces, in both checkers, against exact evaluation."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proofs import standalone
from proofs.exact import Malformed
from proofs.expression import Binary, Call, Expression, Negative, Number, Piecewise, Variable, parse, spell
from proofs.formulas import read_activation
from proofs.lines import MAX_PIECES, piecewise_affine


def value(expression: Expression, z: Fraction) -> Fraction:
    """The formula at a rational, from the definitions."""
    match expression:
        case Variable():
            return z
        case Number(text):
            return Fraction(text)
        case Negative(operand):
            return -value(operand, z)
        case Binary(operator, left, right):
            a, b = value(left, z), value(right, z)
            return {"+": a + b, "-": a - b, "*": a * b}[operator] if operator != "/" else a / b
        case Call("relu", (operand,)):
            return max(value(operand, z), Fraction(0))
        case Call("abs", (operand,)):
            return abs(value(operand, z))
        case Call(name, (left, right)):
            return (max if name == "max" else min)(value(left, z), value(right, z))
        case Piecewise(_, _, below, above):
            threshold = Fraction(expression.numerator, expression.denominator)
            return value(below if z < threshold else above, z)
    raise AssertionError(expression)


_NUMBERS = st.sampled_from([Number(text) for text in ("0", "1", "2", "0.5", "3.25", "7")])


def _grown(inner: st.SearchStrategy[Expression]) -> st.SearchStrategy[Expression]:
    pair = st.tuples(inner, inner)
    return st.one_of(
        inner.map(Negative),
        st.builds(Binary, st.sampled_from("+-"), inner, inner),
        st.builds(Binary, st.sampled_from("*/"), inner, _NUMBERS),
        st.builds(lambda u, c: Binary("*", c, u), inner, _NUMBERS),
        inner.map(lambda u: Call("relu", (u,))),
        inner.map(lambda u: Call("abs", (u,))),
        pair.map(lambda uv: Call("max", uv)),
        pair.map(lambda uv: Call("min", uv)),
        st.builds(
            lambda t, u, v: Piecewise(t.numerator, t.denominator, u, v),
            st.fractions(-3, 3, max_denominator=2),
            inner,
            inner,
        ),
    )


TREES = st.recursive(st.one_of(st.just(Variable()), _NUMBERS), _grown, max_leaves=7)


def second_data(text: str) -> Any:
    try:
        return standalone.kinks_and_lines(text)
    except standalone.Malformed:
        return "malformed"


@given(TREES, st.lists(st.fractions(-9, 9, max_denominator=12), min_size=4, max_size=8))
def test_pieces_are_exact_and_both_checkers_find_the_same(tree: Expression, places: list[Fraction]) -> None:
    text = spell(tree)
    try:
        found = read_activation(text, "").piecewise
    except Malformed:
        assert second_data(text) == "malformed" or piecewise_affine(tree) is None
        return
    second = second_data(text)
    if found is None:
        assert second is None
        return
    kinks = [Fraction(str(t)) for t in found.breakpoints]
    assert second == (kinks, [(Fraction(str(p.slope)), Fraction(str(p.intercept))) for p in found.pieces])
    for z in (*places, *kinks, kinks[0] - 1, kinks[-1] + 1):
        from flint import fmpq

        assert Fraction(str(found.value_at(fmpq(z.numerator, z.denominator)))) == value(tree, z)


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("relu(z)", [("0",), ("0", "1")]),
        ("max(z,z/5)", [("0",), ("1/5", "1")]),
        ("min(max(z,-1),1)", [("-1", "1"), ("0", "1", "0")]),
        ("abs(abs(z)-1)", [("-1", "0", "1"), ("-1", "1", "-1", "1")]),
        ("piecewise(z<1/2,z,2*z-0.5)", [("1/2",), ("1", "2")]),
        ("relu(z)-relu(-z)", None),
        ("max(z,z)+1", None),
        ("piecewise(z<0,z,z+1)", None),
        ("piecewise(z<0,0,1)+piecewise(z<0,1,0)+abs(z)", None),
        ("z*relu(z)", None),
        ("abs(z)/pi", None),
        ("abs(z)**1", None),
        ("2*z+1", None),
        ("exp(abs(z))", None),
        ("-exp(z)", None),
        ("piecewise(z<0,exp(z),1+z)", None),
        ("min(exp(z),z)", None),
        ("z/abs(z)", None),
    ],
)
def test_some_formulas(text: str, pieces: Any) -> None:
    found = read_activation(text, "").piecewise
    second = second_data(text)
    if pieces is None:
        assert found is None
        assert second is None
        return
    assert found is not None
    assert tuple(map(str, found.breakpoints)) == pieces[0]
    assert tuple(map(str, found.slopes)) == pieces[1]
    assert second[0] == [Fraction(t) for t in pieces[0]]


def test_formulas_that_would_have_very_many_pieces() -> None:
    """abs(abs(...) - 1) doubles them each time; the time must not double with it."""
    text = "z"
    for power in range(1, 30):
        text = f"abs({text}-{2 ** (20 - power) if power < 20 else 1})"
    assert read_activation(text, "").piecewise is None
    assert second_data(text) is None
    six = "z"
    for power in (16, 8, 4, 2, 1):
        six = f"abs({six}-{power})"
    found = read_activation(six, "").piecewise
    assert found is not None
    assert len(found.pieces) == len(second_data(six)[1]) <= MAX_PIECES


def test_an_unreadable_formula() -> None:
    with pytest.raises(Malformed):
        parse("relu z", "")
    assert second_data("relu z") == "malformed"
