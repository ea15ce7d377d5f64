"""local-minimum/1: accepted and rejected; the sign pattern against a Hessian computed by differences."""

from __future__ import annotations

from fractions import Fraction
from itertools import product
from typing import Any

import mpmath
import numpy as np
import pytest
from flint import fmpq

from proofs.document import Reader
from proofs.exact import show
from proofs.kernel import Conclusion, Fact, Rejected
from proofs.lemmas import LEMMAS
from proofs.lemmas.constant_point import ConstantPoint
from proofs.lemmas.local_minimum import LocalMinimum
from tests.proofs.build import (
    BIASED,
    CASES,
    DEEP,
    DEEPER,
    DEPENDENT,
    MINIMUM,
    POINT,
    SQUARE,
    THREE,
    TWO_OUTPUTS,
    Case,
    with_point,
)
from tests.proofs.network import lift
from tests.proofs.oracle import flint, real, sigma

MINIMA = {name: case for name, case in CASES.items() if MINIMUM in case.arguments}
TINY = f"1/{10**30}"


def _pivots(matrix: list[list[Fraction]]) -> list[Fraction]:
    rows = [list(row) for row in matrix]
    pivots = []
    for k in range(len(rows)):
        pivots.append(rows[k][k] / matrix[k][k])
        for i in range(k + 1, len(rows)):
            factor = rows[i][k] / rows[k][k]
            rows[i] = [a - factor * b for a, b in zip(rows[i], rows[k], strict=True)]
    return pivots


@pytest.mark.parametrize("case", MINIMA.values(), ids=MINIMA)
def test_accepted_with_margins_recomputed(case: Case) -> None:
    conclusion = case.step(MINIMUM)
    proposition = conclusion.proposition
    assert isinstance(proposition, LocalMinimum)
    point, instance = proposition.point, case.instance
    margins = []
    for o, c in enumerate(point.constants):
        rows = [[Fraction(str(v)) for v in instance.inputs.row(n)] for n in range(instance.samples)]
        residual = [Fraction(str(c - y)) for y in instance.targets.column(o)]
        moment = [
            [sum(d * x[j] * x[k] for d, x in zip(residual, rows, strict=True)) for k in point.basis]
            for j in point.basis
        ]
        margins += _pivots(moment)
    with mpmath.workdps(50):
        levels = [mpmath.log(real(a.value)) if a.is_log else real(a.value) for a in point.levels]
        bends = [sigma(instance.architecture.activation.name, a, 2) for a in levels]
        smallest = min(abs(b) for b in bends)
        shown = mpmath.mpf(conclusion.margin.partition("|σ''| ≥ ")[2])
        assert shown <= smallest < shown * 1.02
    assert proposition.curvature_signs == tuple(1 if b > 0 else -1 for b in bends)
    assert conclusion.margin.startswith(f"relative pivot ≥ {show(flint(min(margins)))}, ")


HYPERBOLIC = SQUARE.about({"data.targets": [["0"], ["0"], ["2"], ["2"], ["1"], ["1"]]})
SINGULAR = SQUARE.about({"data.targets": [["0"], ["0"], ["1"], ["1"], ["3"], ["1"]]})


def parabola(last: str) -> Case:
    """Points with D = (1, -2, 1, s, s, -2 s) and M = [[2, 2], [2, 2 + 2 s]] for s = `last`: singular for s = 0."""
    inputs = [["-1", "-1"], ["0", "0"], ["1", "1"], ["0", "1"], ["0", "-1"], ["0", "0"]]
    size = Fraction(last)
    targets = [["0"], ["3"], ["0"], [str(1 - size)], [str(1 - size)], [str(1 + 2 * size)]]
    return SQUARE.about({"data.inputs": inputs, "data.targets": targets})


@pytest.mark.parametrize(
    ("name", "case"),
    [
        ("M negative definite, V negative", with_point(
            BIASED, {"output_weights": ["-3"]}, {"data.targets": [["2"], ["-1"], ["2"]]})),
        ("M negative definite, no bias", with_point(
            THREE, {"constants": ["-1"]}, {"data.targets": [["0"], ["-3"], ["0"]]})),
        ("M definite by the smallest step", parabola(TINY)),
        ("a level close to the inflection", with_point(BIASED, {"levels": [f"-{TINY}"]})),
        ("concave and V negative", with_point(BIASED, {"levels": ["1"], "output_weights": ["-1"]})),
        ("sigma' = 0 at the only layer", with_point(BIASED, {"levels": ["0"]}, {"network.activation": "square"})),
        ("sigma'' just large enough to be told from zero", with_point(
            BIASED, {"levels": ["-693147"]}, {"network.activation": "exp"})),
        ("a second output without residual", with_point(
            TWO_OUTPUTS, {"output_weights": ["3", "0"], "constants": ["1", "7"]},
            {"data.targets": [["0", "7"], ["3", "7"], ["0", "7"]]})),
        ("dependent features the other way", with_point(DEPENDENT, {
            "dependent": [{"feature": 0, "coefficients": ["1/2"], "constant": "-1/2"}]})),
        ("a falling scale: the layers bend different ways", with_point(
            DEEP, {"levels": ["1", "-1"], "scales": ["-1"]})),
        ("softsign beside its kink", with_point(BIASED, {"levels": [f"-{TINY}"]}, {"network.activation": "softsign"})),
    ],
)  # fmt: skip
def test_more_that_is_accepted(name: str, case: Case) -> None:
    assert case.code(MINIMUM) == ("", "")


REJECTED: list[tuple[str, Case, str, str]] = [
    ("M is indefinite", HYPERBOLIC, "Rejected", "LM02"),
    ("M is only semidefinite", SINGULAR, "Rejected", "LM02"),
    ("M is singular by design", parabola("0"), "Rejected", "LM02"),
    ("M is indefinite by the smallest step", parabola(f"-{TINY}"), "Rejected", "LM02"),
    ("dependent features in the basis", with_point(DEPENDENT, {"dependent": []}), "Rejected", "LM02"),
    ("M of the second output is indefinite", with_point(
        SQUARE, {"constants": ["1", "1"], "output_weights": ["2", "2"]},
        {"data.targets": [["0", "0"], ["0", "0"], ["0", "2"], ["0", "2"], ["5", "1"], ["1", "1"]]}),
     "Rejected", "LM02"),
    ("no residual", BIASED.about({"data.targets": [["1"], ["1"], ["1"]]}), "Rejected", "LM03"),
    ("V is zero", with_point(BIASED, {"output_weights": ["0"]}), "Rejected", "LM04"),
    ("V is zero without a bias", with_point(
        THREE, {"constants": ["0"]}, {"data.targets": [["-1"], ["2"], ["-1"]]}), "Rejected", "LM04"),
    ("the outputs disagree", with_point(TWO_OUTPUTS, {"output_weights": ["3", "1"]}), "Rejected", "LM04"),
    ("one of the outputs has V zero", with_point(TWO_OUTPUTS, {"output_weights": ["3", "0"]}), "Rejected", "LM04"),
    ("without a bias the outputs disagree", with_point(
        TWO_OUTPUTS, {"output_weights": None}, {"network.output_bias": False}), "Rejected", "LM04"),
    ("V has the wrong sign", with_point(BIASED, {"output_weights": ["-3"]}), "Rejected", "LM06"),
    ("D has the wrong sign", BIASED.about({"data.targets": [["2"], ["-1"], ["2"]]}), "Rejected", "LM06"),
    ("the level is beyond the inflection", with_point(THREE, {"levels": ["log(2)"]}), "Rejected", "LM06"),
    ("the level is beyond the inflection by a little", with_point(THREE, {"levels": [TINY]}), "Rejected", "LM06"),
    ("silu beyond its irrational inflection", with_point(
        BIASED, {"levels": ["11997/5000"]}, {"network.activation": "silu"}), "Rejected", "LM06"),
    ("gelu beyond its irrational inflection", with_point(
        BIASED, {"levels": ["70711/50000"]}, {"network.activation": "gelu"}), "Rejected", "LM06"),
    ("a scale has the wrong sign", with_point(DEEP, {"scales": ["-2"]}), "Rejected", "LM06"),
    ("the top level is on the other side", with_point(DEEP, {"levels": ["-1", "1/2"]}), "Rejected", "LM06"),
    ("the bottom level is on the other side", with_point(DEEP, {"levels": ["1", "-1/2"]}), "Rejected", "LM06"),
    ("the top scale has the wrong sign", with_point(DEEPER, {"scales": ["1", "-1"]}), "Rejected", "LM06"),
    ("the bottom scale has the wrong sign", with_point(DEEPER, {"scales": ["-1", "1"]}), "Rejected", "LM06"),
    ("both scales have the wrong sign", with_point(DEEPER, {"scales": ["-1", "-1"]}), "Rejected", "LM06"),
    ("at the inflection of tanh", with_point(
        BIASED, {"levels": ["0"]}, {"network.activation": "tanh"}), "Undecided", "LM05"),
    ("at the kink of softsign", with_point(
        BIASED, {"levels": ["0"]}, {"network.activation": "softsign"}), "Undecided", "LM05"),
    ("at the kink of elu", with_point(BIASED, {"levels": ["0"]}, {"network.activation": "elu"}), "Undecided", "LM05"),
    ("on the linear piece of elu", with_point(
        BIASED, {"levels": ["1"]}, {"network.activation": "elu"}), "Undecided", "LM05"),
    ("sigma'' beyond 2^1000000, unlike sigma'", with_point(
        BIASED, {"levels": ["6931451/40"]}, {"network.activation": "exp(4*z)"}), "Undecided", "LM05"),
    ("sigma'' below 2^-1000000", with_point(
        BIASED, {"levels": ["-693148"]}, {"network.activation": "exp"}), "Undecided", "LM05"),
    ("the bottom layer at the inflection", with_point(DEEP, {"levels": ["0", "-1/2"]}), "Undecided", "LM05"),
    ("sigma' = 0 in the second layer", with_point(
        DEEP, {"levels": ["1", "0"]}, {"network.activation": "square"}), "Undecided", "LM07"),
]  # fmt: skip


@pytest.mark.parametrize(("case", "kind", "code"), [r[1:] for r in REJECTED], ids=[r[0] for r in REJECTED])
def test_rejected(case: Case, kind: str, code: str) -> None:
    assert case.code(MINIMUM) == (kind, code)


def test_silu_and_gelu_just_before_their_inflections() -> None:
    for name, level in (
        ("silu", "23993/10000"),
        ("gelu", "7071/5000"),
        ("silu", "-23993/10000"),
        ("gelu", "-7071/5000"),
    ):
        assert with_point(BIASED, {"levels": [level]}, {"network.activation": name}).code(MINIMUM) == ("", "")


def test_more_precision_decides_what_is_undecided() -> None:
    root = "1.4142135623730950488016887242096980785696718753769"  # of 2, where gelu has its inflection
    for digit, decided in ((4, ("", "")), (5, ("Rejected", "LM06"))):
        case = with_point(BIASED, {"levels": [str(Fraction(f"{root}{digit}"))]}, {"network.activation": "gelu"})
        assert case.code(MINIMUM, bits=64) == ("Undecided", "LM05")
        assert case.code(MINIMUM, bits=400) == decided


def test_it_has_no_arguments_and_needs_a_constant_point() -> None:
    with pytest.raises(Exception, match="unknown field 'margin'"):
        THREE.step(MINIMUM, {"margin": "1"})
    stranger = Fact("s1", LEMMAS[POINT], Conclusion("a constant point, believe me", ""))
    with pytest.raises(Rejected) as caught:
        LEMMAS[MINIMUM].check(THREE.instance, (stranger,), Reader({}, ""))
    assert caught.value.code == "LM01"


def _curvature(case: Case, point: ConstantPoint, widths: tuple[int, ...]) -> Any:
    """The Hessian of the output as a function of the first pre-activations, by central differences with 40 digits."""
    name = case.instance.architecture.activation.name
    weights = lift(case.instance, point, widths, np.random.default_rng(3))
    matrices = [[[mpmath.mpf(float(w)) for w in row] for row in m] for m in [*weights.hidden[1:], weights.last]]
    biases = [[mpmath.mpf(float(b)) for b in row] for row in weights.biases[1:]]

    def output(u: list[Any]) -> Any:
        states = [sigma(name, z) for z in u]
        for matrix, bias in zip(matrices[:-1], biases, strict=True):
            states = [
                sigma(name, mpmath.fsum(w * s for w, s in zip(row, states, strict=True)) + b)
                for row, b in zip(matrix, bias, strict=True)
            ]
        return mpmath.fsum(v * s for v, s in zip(matrices[-1][0], states, strict=True))

    step = mpmath.mpf(10) ** -8
    start = [mpmath.mpf(float(a)) for a in weights.biases[0]]
    size = widths[0]

    def at(i: int, a: int, j: int, b: int) -> Any:
        u = list(start)
        u[i] += a * step
        u[j] += b * step
        return output(u)

    def second(i: int, j: int) -> float:
        return float((at(i, 1, j, 1) - at(i, 1, j, -1) - at(i, -1, j, 1) + at(i, -1, j, -1)) / (4 * step**2))

    return np.array([[second(i, j) for j in range(size)] for i in range(size)])


SIDES = {
    "tanh": ["-1/2", "3/4"],
    "softplus": ["-1/2"],
    "silu": ["-2", "3"],
    "sin": ["-1", "2"],
    "square": ["-1", "1/2"],
}


@pytest.mark.parametrize("activation", SIDES)
@pytest.mark.parametrize("depth", [1, 2, 3])
def test_the_sign_pattern_is_definiteness_of_the_hessian(activation: str, depth: int) -> None:
    """For every choice of signs: accepted only if V D^2 G is definite, and for depth 1 and 2 exactly then.

    At widths (1, .., 1, 2, 1..) a single unit may have the right curvature by cancellation; at the widths below every
    layer has to contribute with its own sign.
    """
    seen = set()
    for levels in product(SIDES[activation], repeat=depth):
        for scales in product(["2", "-2"], repeat=depth - 1):
            for weight in ("1", "-1"):
                case = with_point(
                    BIASED,
                    {"levels": list(levels), "scales": list(scales), "output_weights": [weight]},
                    {"network.activation": activation, "network.depth": depth},
                )
                point = case.step(POINT).proposition
                assert isinstance(point, ConstantPoint)
                with mpmath.workdps(40):
                    hessian = _curvature(case, point, (2,) * depth)
                definite = bool(np.linalg.eigvalsh(hessian)[0] > 1e-9)
                accepted = case.code(MINIMUM) == ("", "")
                assert definite or not accepted
                seen.add((accepted, definite))
    assert (True, True) in seen
    assert (False, False) in seen
    if depth == 1:
        assert (False, True) not in seen


def test_scales_enter_by_their_signs_only() -> None:
    for size in (f"{10**6}", TINY):
        assert with_point(DEEP, {"scales": [size]}).code(MINIMUM) == ("", "")
        assert with_point(DEEP, {"scales": [f"-{size}"]}).code(MINIMUM) == ("Rejected", "LM06")


def test_the_smallest_curvature_is_the_one_that_is_shown() -> None:
    """tanh''(-1/10) = 0.197.. is below tanh''(-1) = 0.639.., in whichever layer it is."""
    for levels in (["-1", "-1/10"], ["-1/10", "-1"]):
        assert with_point(DEEP, {"levels": levels}).step(MINIMUM).margin.endswith("|σ''| ≥ 0.197")


def test_the_smallest_pivot_is_the_one_that_is_shown() -> None:
    conclusion = parabola("1/1000").step(MINIMUM)
    assert conclusion.margin.startswith(f"relative pivot ≥ {show(fmpq(2, 2002))}, ")
