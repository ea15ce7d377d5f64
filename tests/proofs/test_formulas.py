"""The rows that are formulas: what the catalogue says of them is true, and what it does not know it does not say."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import mpmath
import pytest
import sympy
from flint import arb, fmpq
from hypothesis import assume, given, settings

from proofs import standalone as sa
from proofs.activations import CATALOGUE, Shape, Span
from proofs.balls import Sign, precision, sign
from proofs.exact import Malformed
from proofs.expression import parse, spell
from proofs.formulas import FORMULAS, ROWS, read_activation
from tests.proofs.build import BIASED, Case
from tests.proofs.formulas import texts
from tests.proofs.oracle import encloses, formula, real, sigma

EVERY = pytest.mark.parametrize("name", FORMULAS)
SHAPES = [pytest.param(n, s, id=f"{n}-{i}") for n, row in FORMULAS.items() for i, s in enumerate(row.shapes)]


def of_span(span: Span | None) -> list[str]:
    return [name for name, row in FORMULAS.items() if row.span is span]


@pytest.fixture(autouse=True)
def digits() -> Iterator[None]:
    with mpmath.workdps(60):
        yield


def test_the_catalogue_is_large_and_every_name_means_one_thing() -> None:
    assert len(ROWS) >= 30
    assert len(ROWS) == len(CATALOGUE) + len(FORMULAS)
    assert all(row.name == name and read_activation(name, "") is row for name, row in ROWS.items())
    assert all(name.isidentifier() and name != "z" for name in ROWS)


@EVERY
def test_formulas_are_in_their_canonical_spelling(name: str) -> None:
    assert spell(parse(FORMULAS[name].formula, "")) == FORMULAS[name].formula


def test_both_checkers_know_the_same_formulas() -> None:
    assert {name: row.formula for name, row in FORMULAS.items()} == sa.FORMULAS
    assert tuple(CATALOGUE) == (*sa.ACTIVATIONS, *sa.LINES)
    assert {name: row.flat.value for name, row in ROWS.items() if row.flat is not None} == sa.FLAT
    assert set(sa.INTERPOLATING) == {name for name, row in FORMULAS.items() if row.span not in (None, Span.POLYNOMIAL)}
    assert set(sa.EXCEPTIONAL) == {name for name, row in ROWS.items() if row.equation is not None}


@pytest.mark.parametrize("name", ROWS)
def test_both_checkers_list_the_same_shapes(name: str) -> None:
    row, ends = ROWS[name], {end for row in ROWS.values() for s in row.shapes for end in (s.lower, s.upper)}
    assert bool(row.shapes) == (name in sa.SHAPES)
    for lower in ends:
        for upper in ends:
            if lower is None or upper is None or lower < upper:
                shape = row.shape_on(lower, upper)
                second = sa._shape(name, *(None if e is None else sa.Fraction(str(e)) for e in (lower, upper)))
                assert (None if shape is None else (shape.slope, shape.curvature)) == second


def _grid(shape: Shape) -> list[Any]:
    lower = real(shape.lower) if shape.lower is not None else mpmath.mpf(-40)
    upper = real(shape.upper) if shape.upper is not None else mpmath.mpf(40)
    ticks = [(upper - lower) * mpmath.mpf(10) ** -k for k in range(4, 30)]
    return [*(lower + (upper - lower) * k / 801 for k in range(802)), *(lower + t for t in ticks)] + [
        upper - t for t in ticks
    ]


@pytest.mark.parametrize(("name", "shape"), SHAPES)
def test_a_shape_holds_on_its_whole_interval(name: str, shape: Shape) -> None:
    """By differences, which kinks inside the interval do not escape."""
    points = sorted(_grid(shape))
    values = [sigma(name, z) for z in points]
    slopes = [(v - u) / (b - a) for (a, b), (u, v) in zip(pairwise(points), pairwise(values), strict=True)]
    slack = mpmath.mpf(10) ** -25
    assert all(shape.slope * slope >= -slack for slope in slopes)
    assert all(shape.curvature * (b - a) >= -slack for a, b in pairwise(slopes))
    if shape.slope == 0:
        assert min(slopes) < 0 < max(slopes)


@pytest.mark.parametrize(("name", "shape"), SHAPES)
def test_a_shape_fails_outside_of_its_interval(name: str, shape: Shape) -> None:
    """Inflections and minima lie within 1/5 of the ends, if shapes do not just continue in others there."""
    for end, side in ((shape.lower, -1), (shape.upper, 1)):
        if end is None:
            continue
        kinks = FORMULAS[name].kinks
        near = [real(end) + side * mpmath.mpf(k) / 1000 for k in (-1, 1, 200, 201, 202)]
        inner, outer = near[0], near[1:]
        rise, bends = sigma(name, near[3], 1), sigma(name, near[3], 2)
        corner = side * (sigma(name, outer[0], 1) - sigma(name, inner, 1)) * shape.curvature
        assert rise * shape.slope < 0 or bends * shape.curvature < 0 or (end in kinks and corner < 0)


@EVERY
def test_kinks_are_where_a_derivative_jumps(name: str) -> None:
    near = mpmath.mpf(10) ** -40
    for kink in {*FORMULAS[name].kinks, fmpq(0), fmpq(-3), fmpq(3)} - ({fmpq(0)} if name == "sinc" else set()):
        jumps = [abs(sigma(name, real(kink) + near, k) - sigma(name, real(kink) - near, k)) for k in (1, 2)]
        assert (max(jumps) > 0.3) == (kink in FORMULAS[name].kinks)
        assert abs(sigma(name, real(kink) + near) - sigma(name, real(kink) - near)) < 1e-30


@EVERY
def test_equations_are_true(name: str) -> None:
    equation = FORMULAS[name].equation
    if equation is None:
        return
    for z in map(mpmath.mpf, ("-2.3", "-0.4", "0.7", "3.1")):
        p, q = (sum(c * z**k for k, c in enumerate(coefficients)) for coefficients in (equation.p, equation.q))
        assert abs(p * sigma(name, z, 2) + q * sigma(name, z, 1) + equation.r * sigma(name, z)) < 1e-40
    low, middle, high = equation.p
    assert low >= 0
    assert high >= 0
    assert middle**2 <= 4 * low * high
    assert any(equation.p)


@pytest.mark.parametrize("name", ["isru", "asinh", "multiquadric", "squareplus", "cosh", "gaussian", "quadratic"])
def test_equations_are_identities(name: str) -> None:
    z = sympy.Symbol("z", real=True)
    equation, formula_ = FORMULAS[name].equation, sympy.sympify(FORMULAS[name].formula, locals={"z": z}, rational=True)
    assert equation is not None
    p, q = (sum(c * z**k for k, c in enumerate(coefficients)) for coefficients in (equation.p, equation.q))
    left = p * sympy.diff(formula_, z, 2) + q * sympy.diff(formula_, z) + equation.r * formula_
    assert sympy.simplify(left) == 0


@pytest.mark.parametrize("name", of_span(Span.STEP))
def test_steps(name: str) -> None:
    far = mpmath.mpf(60 if name == "cloglog" else 10**25)  # exp(exp(10^25)) is beyond mpmath
    rise = sigma(name, far) - sigma(name, -far)
    with precision(150):
        assert encloses(FORMULAS[name].variation() + arb(0, 1e-24), rise)
    assert FORMULAS[name].shape_on(None, fmpq(0)) == Shape(None, fmpq(0), 1, 1)
    assert FORMULAS[name].shape_on(fmpq(0), None) == Shape(fmpq(0), None, 1, -1)


@pytest.mark.parametrize("name", of_span(Span.HINGE))
def test_hinges(name: str) -> None:
    """Convex with slopes from 0 to 1, so that the total variation of the slope is 1."""
    far = mpmath.mpf(10) ** 12
    assert abs(sigma(name, -far, 1)) < 1e-20
    assert abs(sigma(name, far, 1) - 1) < 1e-20
    assert FORMULAS[name].shape_on(None, None) == Shape(None, None, 1, 1)
    assert FORMULAS[name].variation() == 1


@pytest.mark.parametrize("name", of_span(Span.BUMP))
def test_bumps(name: str) -> None:
    assert sign(FORMULAS[name].value(arb(0))) is Sign.POSITIVE
    assert all(abs(sigma(name, side * mpmath.mpf(200))) < 1e-40 for side in (-1, 1))
    points = [mpmath.mpf(p) for p in (-2, 0, 1, 5)]
    steep = mpmath.matrix([[sigma(name, 200 * (p - q)) for q in points] for p in points])
    assert abs(mpmath.det(steep) - sigma(name, 0) ** 4) < 1e-30


@pytest.mark.parametrize("name", [*of_span(Span.EXPONENTIAL), *of_span(Span.SINE)])
def test_vandermonde_matrices(name: str) -> None:
    """The units of the theorem at five scalars: sinh and sin begin with i = 1, cosh and cos with i = 0."""
    first = 1 if name.startswith("sin") else 0
    points = [mpmath.mpf(p) / 10 for p in (1, 4, 11, 17, 29)]
    matrix = mpmath.matrix([[sigma(name, i * p) for i in range(first, first + 5)] for p in points])
    assert abs(mpmath.det(matrix)) > 1e-6


@pytest.mark.parametrize("name", of_span(Span.POLYNOMIAL))
def test_polynomials(name: str) -> None:
    assert sympy.sympify(FORMULAS[name].formula).is_polynomial()


def test_no_other_row_is_a_polynomial() -> None:
    for name in set(FORMULAS) - set(of_span(Span.POLYNOMIAL)):
        assert any(abs(mpmath.diff(formula(FORMULAS[name].formula), mpmath.mpf("1.3"), k)) > 1e-3 for k in (4, 5)) or (
            FORMULAS[name].kinks
        )


def test_a_typed_formula_comes_without_shapes() -> None:
    found = read_activation("z*tanh(softplus(z))", "")
    assert found.name == found.formula == "z*tanh(softplus(z))"
    assert (found.shapes, found.span, found.equation, found.kinks) == ((), None, None, ())
    assert found.shape_on(None, fmpq(0)) is None
    assert found.variation() == 0


def test_kinks_of_a_typed_formula_are_points_where_pieces_meet() -> None:
    found = read_activation("abs(z-1/3)+piecewise(z<-2,relu(z),abs(z**2))", "")
    assert found.kinks == (fmpq(-2), fmpq(0), fmpq(1, 3))


REFUSED = {
    "1/0": "'1/0' has no bounded value",
    "z+1/0": "'1/0' has no bounded value",
    "z/0": "division by '0', which may be 0",
    "z/(2-2)": "division by '2-2', which may be 0",
    "z/(pi-pi)": "division by 'pi-pi', which may be 0",
    "z+sqrt(-1)": "'sqrt(-1)' has no bounded value",
    "log(0)*z": "'log(0)' has no bounded value",
    "z+exp(exp(exp(9)))": "'exp(exp(exp(9)))' has no bounded value",
    "z*exp(((9**64)**64)**64)": "has no bounded value",
    "(((9**64)**64)**64)**2*z": "has no bounded value",
    "z/(((9**64)**64)**64)**-2": "division by '(((9**64)**64)**64)**-2', which may be 0",
    "piecewise(z<0,1/0,z)": "'1/0' has no bounded value",
    "2+3": "the formula '2+3' does not depend on z",
    "z * z": "expected the canonical spelling 'z*z'",
    "(z)": "expected the canonical spelling 'z'",
    "0.50*z": "expected the canonical spelling '0.5*z'",
    "relux": "unknown activation 'relux'; known: sigmoid, tanh",
    "Sigmoid": "unknown activation 'Sigmoid'",
    "": "unexpected the end",
    "__import__('os').system('true')": 'unexpected "\'"',
    "9**9**9": "a power of a power needs parentheses",
}


@pytest.mark.parametrize(("text", "message"), REFUSED.items(), ids=lambda text: repr(text[:24]))
def test_what_is_no_activation_is_refused_by_both(text: str, message: str) -> None:
    with pytest.raises(Malformed) as refusal:
        read_activation(text, "instance.network.activation")
    assert str(refusal.value).startswith("instance.network.activation: ")
    assert message in str(refusal.value)
    with pytest.raises(sa.Malformed):
        sa.demand_formula(text)


def test_huge_constants_that_do_no_harm_are_quick() -> None:
    """Both checkers enclose these at once; their value is 10^(10^100) and more, or near 0."""
    for text in ("sin((((9**64)**64)**64)**-64)*z", "z+tanh(exp(1000)*exp(-1000))", "z*exp(-(9**64)**64)"):
        read_activation(text, "")
        sa.demand_formula(text)


@given(texts())
@settings(derandomize=True, deadline=None, max_examples=300)
def test_both_checkers_take_the_same_formulas(text: str) -> None:
    text = spell(parse(text, ""))
    assume(text not in ROWS)
    taken = []
    for read, refusal in (
        (lambda: read_activation(text, ""), Malformed),
        (lambda: sa.demand_formula(text), sa.Malformed),
    ):
        try:
            read()
            taken.append(True)
        except refusal:
            taken.append(False)
    assert taken[0] == taken[1]


@pytest.mark.parametrize("name", [*FORMULAS, "z*tanh(softplus(z))", "tanh(2*z)", "relu(z)**3+z"])
@pytest.mark.parametrize(
    ("lemma", "only_known"),
    [("jensen-region/1", "JR07"), ("exact-optimum/1", "EO06"), ("exceptional-activation/1", "EA01")],
)
def test_both_checkers_know_and_do_not_know_the_same(name: str, lemma: str, only_known: str) -> None:
    """constant-point/1 at the level 1/2, then the lemma: PROVED or not, both stop at the same place for the same
    reason, and what needs a shape, an interpolation or an equation that nobody knows is undecided."""
    hints = {"exceptional-activation/1": {}, "jensen-region/1": {"intervals": [{"lower": "1/3", "upper": "2/3"}]}}
    arguments = {
        "constant-point/1": {**BIASED.arguments["constant-point/1"], "levels": ["1/2"]},
        lemma: BIASED.arguments.get(lemma, {}) | hints.get(lemma, {}),
    }
    case = Case(BIASED.about({"network.activation": name}).document, arguments, {"kind": "exceptional-activation"})
    outcome = case.check()
    second = sa.check(sa.read_instance(case.document), case.certificate())
    stopped = (outcome.failure.step, outcome.failure.failure.code) if outcome.failure else ("", "")
    assert (second.verdict, second.stopped, second.failure.code if second.failure else "") == (
        outcome.verdict.value,
        *stopped,
    )
    row = ROWS.get(name)
    known = row and {"JR07": bool(row.shapes), "EO06": bool(row.span), "EA01": bool(row.equation)}[only_known]
    assert known or (outcome.verdict.value, stopped[1]) == ("UNDECIDED", only_known)
