"""The grammar of formulas: what is read, what is refused, and that a tree has one spelling."""

from __future__ import annotations

import random
from fractions import Fraction

import pytest
import sympy
from flint import fmpq
from hypothesis import given, settings
from hypothesis import strategies as st

from proofs import standalone as sa
from proofs.exact import Malformed
from proofs.expression import (
    MAX_DIGITS,
    MAX_LENGTH,
    MAX_NESTING,
    Binary,
    Call,
    Number,
    Piecewise,
    Power,
    Variable,
    is_constant,
    parse,
    parts,
    spell,
)
from tests.proofs.formulas import texts

SPELLINGS = {
    " z * tanh( log(1+exp( z ))) ": "z*tanh(log(1+exp(z)))",
    "-z**2": "-z**2",
    "(-z)**2": "(-z)**2",
    "-(z**2)": "-z**2",
    "(z**2)**3": "(z**2)**3",
    "((z))": "z",
    "(z-1)-2": "z-1-2",
    "z-(1-2)": "z-(1-2)",
    "(z*2)/3": "z*2/3",
    "z*(2/3)": "z*(2/3)",
    "z*(-2)": "z*-2",
    "z-(-2)": "z--2",
    "-(-z)": "--z",
    "-(z+1)": "-(z+1)",
    "(z+1)**2": "(z+1)**2",
    "007.500*z": "7.5*z",
    ".5*z": "0.5*z",
    "1.0*z": "1*z",
    "0.0+z": "0+z",
    "z**0.5": "z**(1/2)",
    "z**(-6/4)": "z**(-3/2)",
    "z**(4/2)": "z**2",
    "z**-2": "z**-2",
    "z**(-2)": "z**-2",
    "piecewise(z < -2/4, 0, z)": "piecewise(z<-1/2,0,z)",
    "piecewise(z<0.25,0,z)": "piecewise(z<1/4,0,z)",
    "max( z , min(z, 1))": "max(z,min(z,1))",
    "pi*e*z": "pi*e*z",
}

REFUSED = {
    "__import__('os')": 'unexpected "\'"',
    "__import__(z)": "unknown name '__import__'",
    "z.real": "unexpected '.'",
    "z[0]": "unexpected '['",
    "lambda z: z": "unexpected ':'",
    "z if z else z": "unexpected 'if'",
    "exec(z)": "unknown name 'exec'",
    "9**9**9": "a power of a power needs parentheses",
    "z**z": "unexpected 'z'",
    "z**(z)": "unexpected 'z'",
    "z**pi": "unexpected 'pi'",
    "z**65": "parts above 64",
    "z**(1/65)": "parts above 64",
    "z**0": "an exponent is 0",
    "z**(0/3)": "an exponent is 0",
    "z**(1/0)": "denominator zero",
    "z^2": "unexpected '^'",
    "1e5*z": "unexpected 'e5'",
    "2z": "unexpected 'z'",
    "z z": "unexpected 'z'",
    "+z": "unexpected '+'",
    "z+": "unexpected the end",
    "": "unexpected the end",
    "(z": "unexpected the end",
    "z)": "unexpected ')'",
    "tanh": "unexpected the end",
    "tanh z": "unexpected 'z'",
    "tanh()": "unexpected ')'",
    "tanh(z,z)": "unexpected ','",
    "max(z)": "unexpected ')'",
    "max(z,z,z)": "unexpected ','",
    "z<1": "unexpected '<'",
    "piecewise(z<z,z,z)": "unexpected 'z'",
    "piecewise(z>1,z,z)": "unexpected '>'",
    "piecewise(1<z,z,z)": "unexpected '1'",
    "piecewise(z<1,z)": "unexpected ')'",
    "piecewise(z<1/0,z,z)": "denominator zero",
    "Z": "unknown name 'Z'",
    "x": "unknown name 'x'",
    "σ(z)": "unexpected 'σ'",
    "z\n": "unexpected '\\n'",
    "z\t+1": "unexpected '\\t'",
    "z\u00a0+1": "unexpected '\\xa0'",
    "١*z": "unexpected '١'",
    "z\x00": "unexpected '\\x00'",
    "5.*z": "unexpected '.'",
    "1..2*z": "unexpected '.'",
    "1" * (MAX_DIGITS + 1) + "*z": "a number of 41 characters",
    "z" + "+z" * MAX_LENGTH: "a formula of 801 characters",
    "(" * (MAX_NESTING + 1) + "z" + ")" * (MAX_NESTING + 1): "nested deeper than 40",
    "-" * (MAX_NESTING + 1) + "z": "nested deeper than 40",
    "exp(" * (MAX_NESTING + 1) + "z" + ")" * (MAX_NESTING + 1): "nested deeper than 40",
    f"piecewise(z<0.{'3' * 37}1/{'7' * 20}9,z,1)": "a ratio with parts of more than 40 digits",
}


@pytest.mark.parametrize(("text", "spelling"), SPELLINGS.items())
def test_a_formula_is_read_and_spelled(text: str, spelling: str) -> None:
    assert spell(parse(text, "")) == spelling
    assert parse(spelling, "") == parse(text, "")


@pytest.mark.parametrize(("text", "message"), REFUSED.items(), ids=lambda text: repr(text[:24]))
def test_what_is_no_formula_is_refused_with_its_place(text: str, message: str) -> None:
    with pytest.raises(Malformed) as refusal:
        parse(text, "activation")
    assert str(refusal.value).startswith("activation: ")
    assert message in str(refusal.value)


@given(texts())
@settings(derandomize=True, deadline=None)
def test_spelling_and_reading_are_inverse(text: str) -> None:
    tree = parse(text, "")
    assert parse(spell(tree), "") == tree
    assert spell(parse(spell(tree), "")) == spell(tree)


def test_operators_bind_as_in_python() -> None:
    """SymPy lets Python read the same text, with z = 7/3, and both arrive at the same number."""
    rng = random.Random(1)
    compared = 0
    for _ in range(300):
        text = "".join(
            rng.choice(["z", "2", "(z+1)", "-z", "0.25"]) + rng.choice("+-*/") for _ in range(rng.randint(1, 6))
        )
        text += rng.choice(["z", "3", "-2", "z**2", "(z-3)**-2", "-z**3"])
        expected = sympy.sympify(text, rational=True).subs("z", sympy.Rational(7, 3))
        if expected.is_finite:
            assert _value(parse(text, "")) == Fraction(int(expected.p), int(expected.q)), text
            compared += 1
    assert compared > 250


def _value(tree: object) -> Fraction:
    match tree:
        case Variable():
            return Fraction(7, 3)
        case Number():
            return Fraction(int(tree.value.p), int(tree.value.q))
        case Power(base, numerator, 1):
            return _value(base) ** numerator
        case Binary(operator, left, right):
            u, v = _value(left), _value(right)
            return {"+": u.__add__, "-": u.__sub__, "*": u.__mul__, "/": u.__truediv__}[operator](v)
    (operand,) = parts(tree)
    return -_value(operand)


def test_trees() -> None:
    z = Variable()
    assert parse("1-z*2", "") == Binary("-", Number("1"), Binary("*", z, Number("2")))
    assert parse("z**(1/2)", "") == Power(z, 1, 2)
    assert parse("max(z,exp(z))", "") == Call("max", (z, Call("exp", (z,))))
    assert parse("piecewise(z<1/3,0,z)", "") == Piecewise(1, 3, Number("0"), z)
    assert parse("piecewise(z<1/3,0,z)", "").threshold == fmpq(1, 3)
    assert Number("12.50").value == fmpq(25, 2)


def test_z_is_looked_for_everywhere() -> None:
    for text in ("z", "1+exp(-z)", "2*z**2", "max(1,z)", "-z", "piecewise(z<0,1,2)"):
        assert not is_constant(parse(text, ""))
    for text in ("1", "pi", "exp(-1)", "-2/e", "max(1,2)", "2**3"):
        assert is_constant(parse(text, ""))


def reads(text: str) -> bool:
    """Whether the main checker takes the text for a formula in its canonical spelling."""
    try:
        return spell(parse(text, "")) == text
    except Malformed:
        return False


def second_reads(text: str) -> bool:
    try:
        sa.formula(text)
    except sa.Malformed:
        return False
    return True


@pytest.mark.parametrize("text", [*SPELLINGS, *SPELLINGS.values(), *REFUSED], ids=lambda text: repr(text[:24]))
def test_both_checkers_read_the_same_texts(text: str) -> None:
    assert reads(text) == second_reads(text)
    assert not second_reads(text) or sa.spelled(sa.formula(text)) == text


_BITS = (
    *(
        "z",
        "0",
        "1",
        "2.5",
        "10",
        ".5",
        "3.0",
        "e",
        "pi",
        "x",
        "_",
        "exp",
        "max",
        "piecewise",
        "piecewise(z<1,",
        "abs(",
    ),
    *("+", "-", "*", "/", "**", "**2", "**-3", "**(1/2)", "**(2/4)", "(", ")", ",", "<", " ", "z<", "-1/2", "\n", "σ"),
)


@given(st.lists(st.sampled_from(_BITS), max_size=14))
@settings(derandomize=True, deadline=None, max_examples=1500)
def test_both_checkers_read_the_same_random_texts(bits: list[str]) -> None:
    assert reads("".join(bits)) == second_reads("".join(bits))


@given(texts(), st.integers(0, 10**6), st.sampled_from(_BITS), st.booleans())
@settings(derandomize=True, deadline=None, max_examples=1500)
def test_both_checkers_read_the_same_spoiled_formulas(text: str, place: int, bit: str, remove: bool) -> None:
    text = spell(parse(text, ""))
    place %= len(text) + 1
    spoiled = text[:place] + bit + text[place + remove :]
    assert reads(text)
    assert second_reads(text)
    assert reads(spoiled) == second_reads(spoiled)
