"""exceptional-activation/1: the equations are true, by SymPy, and only activations that have one are accepted."""

from __future__ import annotations

import pytest
import sympy

from proofs.activations import CATALOGUE, Equation
from proofs.formulas import FORMULAS
from proofs.kernel import Verdict
from proofs.lemmas.exceptional_activation import ExceptionalActivation
from tests.proofs.build import Case, instance_document

NAME = "exceptional-activation/1"
EXCEPTIONAL = {"erf", "arctan", "sin"}


def case(activation: str, depth: int = 1, bias: bool = False) -> Case:
    document = instance_document([[-1], [0], [1]], [], activation, depth, bias=bias)
    return Case(document, {NAME: {}}, {"kind": "exceptional-activation"})


@pytest.mark.parametrize("name", CATALOGUE)
def test_the_equation_is_true(name: str) -> None:
    activation = CATALOGUE[name]
    assert (activation.equation is not None) == (name in EXCEPTIONAL)
    if activation.equation is None:
        return
    z = sympy.symbols("z", real=True)
    sigma, equation = sympy.sympify(activation.formula, locals={"z": z}), activation.equation
    p, q = (sum(c * z**k for k, c in enumerate(coefficients)) for coefficients in (equation.p, equation.q))
    left = p * sympy.diff(sigma, z, 2) + q * sympy.diff(sigma, z) + equation.r * sigma
    assert sympy.simplify(left) == 0
    low, middle, high = equation.p
    assert low >= 0 and high >= 0 and middle**2 <= 4 * low * high and any(equation.p)


@pytest.mark.parametrize("depth", [1, 3])
@pytest.mark.parametrize("name", sorted(EXCEPTIONAL))
def test_accepted(name: str, depth: int) -> None:
    conclusion = case(name, depth).step(NAME)
    assert isinstance(conclusion.proposition, ExceptionalActivation)
    assert conclusion.detail == conclusion.proposition.reason
    assert str(CATALOGUE[name].equation) in conclusion.detail
    assert case(name, depth).check().verdict is Verdict.PROVED


@pytest.mark.parametrize("name", sorted(set(CATALOGUE) - EXCEPTIONAL))
def test_rejected(name: str) -> None:
    assert case(name).code(NAME) == ("Rejected", "EA01")


@pytest.mark.parametrize(("depth", "bias"), [(2, False), (1, True), (5, True)])
def test_square_is_exceptional_with_an_output_bias_or_more_layers(depth: int, bias: bool) -> None:
    conclusion = case("square", depth, bias).step(NAME)
    assert isinstance(conclusion.proposition, ExceptionalActivation)
    assert conclusion.detail.startswith("σ'' = 2")
    assert case("exp", depth, bias).code(NAME) == ("Rejected", "EA01")


@pytest.mark.parametrize("name", FORMULAS)
def test_formulas_of_the_catalogue(name: str) -> None:
    """Their equations are tried in tests/proofs/test_formulas.py."""
    if FORMULAS[name].equation is None:
        assert case(name).code(NAME) == ("Undecided", "EA01")
    else:
        assert case(name).check().verdict is Verdict.PROVED


@pytest.mark.parametrize("text", ["z*tanh(softplus(z))", "sin(z)", "exp(2*z)"])
def test_of_a_typed_formula_nothing_is_known(text: str) -> None:
    assert case(text).code(NAME) == ("Undecided", "EA01")


@pytest.mark.parametrize(
    ("equation", "text"),
    [
        (Equation((1, 0, 0), (0, 0), -1), "σ'' + (-1) σ = 0"),
        (Equation((1, 0, 1), (0, 2), 0), "(1 + z^2) σ'' + (2 z) σ' = 0"),
        (Equation((0, 0, 1), (0, 0), -2), "(z^2) σ'' + (-2) σ = 0"),
        (Equation((1, 0, 0), (0, 1), 1), "σ'' + (z) σ' + σ = 0"),
    ],
)
def test_equations_are_readable(equation: Equation, text: str) -> None:
    assert str(equation) == text
