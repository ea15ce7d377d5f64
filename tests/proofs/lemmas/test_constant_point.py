"""constant-point/1: accepted and rejected, and the gradient once more with 50 digits."""

from __future__ import annotations

from fractions import Fraction
from itertools import product
from typing import Any

import mpmath
import numpy as np
import pytest
from flint import fmpq

from proofs.exact import Malformed
from proofs.lemmas.constant_point import ConstantPoint
from tests.proofs.build import (
    BIASED,
    BINARY,
    CASES,
    DEEP,
    DEEPER,
    DEPENDENT,
    POINT,
    SQUARE,
    THREE,
    TWO_OUTPUTS,
    Case,
)
from tests.proofs.network import lift, precise_loss, reals
from tests.proofs.oracle import real, sigma

STEP = f"1/{10**30}"
MINIMA = {name: case for name, case in CASES.items() if POINT in case.arguments}


def found(case: Case, changes: dict[str, Any] | None = None) -> ConstantPoint:
    proposition = case.step(POINT, changes).proposition
    assert isinstance(proposition, ConstantPoint)
    return proposition


@pytest.mark.parametrize("case", MINIMA.values(), ids=MINIMA)
def test_accepted_with_the_loss_and_the_residual_of_fractions(case: Case) -> None:
    point = found(case)
    targets = [[Fraction(v) for v in row] for row in case.document["data"]["targets"]]
    loss = Fraction(0)
    for o, c in enumerate(case.arguments[POINT]["constants"]):
        residual = [Fraction(c) - row[o] for row in targets]
        ratios = {Fraction(v) / r for v, r in zip(point.residuals[o], residual, strict=True) if r}
        assert len(ratios) <= 1
        assert all(ratio > 0 for ratio in ratios)
        assert [bool(v) for v in point.residuals[o]] == [bool(r) for r in residual]
        loss += sum(r * r for r in residual)
    assert point.loss == fmpq(loss.numerator, loss.denominator)


@pytest.mark.parametrize(
    ("case", "changes"),
    [
        (THREE, {"levels": ["-690000"]}),
        (THREE, {"levels": ["log(3)"]}),
        (BIASED, {"output_weights": ["0"]}),
        (BIASED, {"output_weights": [f"-{10**40}"]}),
        (DEEP, {"scales": [STEP]}),
        (DEEP, {"scales": ["-5"]}),
        (DEPENDENT, {"dependent": []}),
        (DEPENDENT, {"dependent": [{"feature": 0, "coefficients": ["1/2"], "constant": "-1/2"}]}),
        (DEPENDENT.about({"data.inputs": [["-1/2", "1/2"], ["0", "1"], ["1/2", "3/2"]]}),
         {"dependent": [{"feature": 1, "coefficients": ["1"], "constant": "1"}]}),
        (DEPENDENT.about({"data.inputs": [["-1", "0"], ["0", "1"], ["1", "2"]]}),
         {"dependent": [{"feature": 1, "coefficients": ["1"], "constant": "1"}]}),
        (DEPENDENT.about({"data.inputs": [["-1", "2"], ["0", "1"], ["1", "0"]]}),
         {"dependent": [{"feature": 1, "coefficients": ["-1"], "constant": "1"}]}),
    ],
)  # fmt: skip
def test_more_that_is_accepted(case: Case, changes: dict[str, Any]) -> None:
    found(case, changes)


def test_the_loss_is_shown_exactly_unless_it_is_long() -> None:
    assert THREE.step(POINT).detail.endswith("; E* = 6")
    long = THREE.about({"data.targets": [["0"], [str(10**15)], ["0"]]})  # E* = 2/3 10^30
    assert long.step(POINT, {"constants": [f"{10**15}/3"]}).detail.endswith("; E* = 6.66e29...")


def test_the_basis_is_what_is_not_dependent() -> None:
    assert found(DEPENDENT).basis == (0,)
    assert found(DEPENDENT, {"dependent": []}).basis == (0, 1)
    assert found(SQUARE).basis == (0, 1)


@pytest.mark.parametrize(
    ("case", "changes", "signs"),
    [
        (THREE, {}, (1,)),
        (BIASED, {"output_weights": ["-2"]}, (-1,)),
        (BIASED, {"output_weights": ["0"]}, (0,)),
        (TWO_OUTPUTS, {}, (1, -1)),
        (DEEP, {}, (1,)),
        (THREE.about({"network.activation": "tanh"}), {"levels": ["-1"]}, (-1,)),
        (THREE.about({"network.activation": "tanh"}), {"levels": ["1"]}, (1,)),
        (DEEP.about({"network.output_bias": False}), {"levels": ["1", "-1"], "output_weights": None}, (-1,)),
        (THREE.about({"data.targets": [["-1"], ["2"], ["-1"]]}), {"constants": ["0"]}, (0,)),
        (THREE.about({"data.targets": [["-2"], ["1"], ["-2"]]}), {"constants": ["-1"]}, (-1,)),
    ],
)
def test_the_signs_of_the_last_weights(case: Case, changes: dict[str, Any], signs: tuple[int, ...]) -> None:
    assert found(case, changes).weight_signs == signs


def _targets(*values: str) -> dict[str, Any]:
    return {"data.targets": [[v] for v in values]}


def _dependent(**changes: Any) -> dict[str, Any]:
    return {"dependent": [{"feature": 1, "coefficients": ["2"], "constant": "1"} | changes]}


ALMOST_ZERO, ALMOST_THREE, OFF = STEP, str(Fraction(3) + Fraction(STEP)), f"-{STEP}"

REJECTED: list[tuple[str, Case, dict[str, Any], str]] = [
    ("no level", THREE, {"levels": []}, "CP01"),
    ("a level too many", THREE, {"levels": ["-1", "-1"]}, "CP01"),
    ("a level too few", DEEP, {"levels": ["-1"]}, "CP01"),
    ("a scale too many", THREE, {"scales": ["1"]}, "CP01"),
    ("a scale too few", DEEPER, {"scales": ["1"]}, "CP01"),
    ("no constant", THREE, {"constants": []}, "CP01"),
    ("a constant too many", THREE, {"constants": ["1", "1"]}, "CP01"),
    ("a constant too few", TWO_OUTPUTS, {"constants": ["1"], "output_weights": ["3"]}, "CP01"),
    ("an output weight too few", TWO_OUTPUTS, {"output_weights": ["3"]}, "CP01"),
    ("no output weight", BIASED, {"output_weights": []}, "CP01"),
    ("an output weight too many", BIASED, {"output_weights": ["3", "3"]}, "CP01"),
    ("a scale is zero", DEEP, {"scales": ["0"]}, "CP02"),
    ("the second scale is zero", DEEPER, {"scales": ["1", "0"]}, "CP02"),
    ("D is not orthogonal to 1: the constant", THREE, {"constants": [f"{10**30 + 1}/{10**30}"]}, "CP03"),
    ("D is not orthogonal to 1: the constant is 0", THREE, {"constants": ["0"]}, "CP03"),
    ("D is not orthogonal to 1: a target", THREE.about(_targets("0", ALMOST_THREE, "0")), {}, "CP03"),
    ("D_2 is not orthogonal to 1", TWO_OUTPUTS, {"constants": ["1", f"{2 * 10**30 + 1}/{10**30}"]}, "CP03"),
    ("D is not orthogonal to x: by the smallest step", THREE.about(_targets(STEP, "3", OFF)), {}, "CP04"),
    ("D is not orthogonal to x: the inputs", THREE.about({"data.inputs.0.0": f"-{10**30 + 1}/{10**30}"}), {}, "CP04"),
    ("D is not orthogonal to x: exchanged targets", THREE.about(_targets("3", "0", "0")), {}, "CP04"),
    ("D_2 is not orthogonal to x", TWO_OUTPUTS.about({"data.targets.0.1": "5", "data.targets.2.1": "3"}), {}, "CP04"),
    ("D is not orthogonal to the second feature", SQUARE.about({"data.inputs.2.1": "2"}), {}, "CP04"),
    ("D is not orthogonal to a dependent feature", DEPENDENT.about({"data.inputs.2.1": "4"}), {}, "CP04"),
    ("a feature number too large", DEPENDENT, _dependent(feature=2), "CP06"),
    ("a negative feature number", DEPENDENT, _dependent(feature=-1), "CP06"),
    ("a feature number too large, beside coefficients for both", DEPENDENT,
     _dependent(feature=2, coefficients=["0", "2"]), "CP06"),
    ("a negative feature number, beside coefficients for both", DEPENDENT,
     _dependent(feature=-1, coefficients=["0", "1"], constant="0"), "CP06"),
    ("a feature twice", DEPENDENT, {"dependent": _dependent()["dependent"] * 2}, "CP06"),
    ("no feature is left", THREE, {"dependent": [{"feature": 0, "coefficients": [], "constant": "0"}]}, "CP06"),
    ("a coefficient too many", DEPENDENT, _dependent(coefficients=["2", "0"]), "CP06"),
    ("no coefficient", DEPENDENT, _dependent(coefficients=[]), "CP06"),
    ("the slope is off", DEPENDENT, _dependent(coefficients=[f"{2 * 10**30 + 1}/{10**30}"]), "CP07"),
    ("the constant is off", DEPENDENT, _dependent(constant=f"{10**30 - 1}/{10**30}"), "CP07"),
    ("a sample without residual is off", SQUARE, {"dependent": [
        {"feature": 1, "coefficients": ["0"], "constant": "0"}]}, "CP07"),
    ("the last sample, without residual, is off", SQUARE.about({"data.features": ["a", "b", "c"], "data.inputs": [
        ["1", "0", "1"], ["-1", "0", "-1"], ["0", "1", "1"], ["0", "-1", "-1"], ["0", "0", "0"], ["1/2", "1/3", "1"]]}),
     {"dependent": [{"feature": 2, "coefficients": ["1", "1"], "constant": "0"}]}, "CP07"),
    ("there are no outputs", Case(BINARY.document, {POINT: THREE.arguments[POINT]}), {"constants": []}, "CP01"),
]  # fmt: skip


@pytest.mark.parametrize(("case", "changes", "code"), [r[1:] for r in REJECTED], ids=[r[0] for r in REJECTED])
def test_rejected(case: Case, changes: dict[str, Any], code: str) -> None:
    assert case.code(POINT, changes) == ("Rejected", code)


@pytest.mark.parametrize(
    ("activation", "level"),
    [("tanh", "0"), ("sin", "0"), ("arctan", "log(1)"), ("erf", "0"), ("square", "0"), ("elu", "0")],
)
def test_without_an_output_bias_the_last_level_needs_a_value(activation: str, level: str) -> None:
    case = THREE.about({"network.activation": activation})
    assert case.code(POINT, {"levels": [level]}) == ("Undecided", "CP05")
    biased = BIASED.about({"network.activation": activation})
    assert biased.code(POINT, {"levels": [level]}) == ("", "")


def test_a_value_that_is_too_close_to_zero_for_the_precision_is_undecided() -> None:
    case = THREE.about({"network.activation": "exp"})
    assert case.code(POINT, {"levels": [f"{10**12}"]}) == ("Undecided", "CP05")  # too large to write down
    sine = THREE.about({"network.activation": "sin"})
    near_pi = {"levels": [str(Fraction("3.141592653589793238462643383279502884197169399375105820974944592"))]}
    assert sine.code(POINT, near_pi, bits=53) == ("Undecided", "CP05")
    assert sine.code(POINT, near_pi, bits=300) == ("", "")


@pytest.mark.parametrize(
    ("activation", "level", "code"),
    [
        ("relu", "0", "CP09"),
        ("relu", STEP, ""),
        ("abs", "log(1)", "CP09"),
        ("relu6", "6", "CP09"),
        ("selu", "0", "CP09"),
        ("sqrt(abs(z))", "0", "CP09"),
        ("log(z)", "-1", "CP09"),
        ("log(z)", "1", ""),
        ("elu", "0", ""),
        ("softsign", "0", ""),
    ],
)
def test_the_gradient_exists_at_the_levels(activation: str, level: str, code: str) -> None:
    """A unit at a kink has two one-sided slopes: nothing there is a gradient that is zero."""
    biased = BIASED.about({"network.activation": activation})
    assert biased.code(POINT, {"levels": [level]}) == ("Undecided" if code else "", code)
    deep = DEEP.about({"network.activation": activation})
    for place in range(2):
        assert deep.code(POINT, {f"levels.{place}": level, f"levels.{1 - place}": "1"})[1] == code


@pytest.mark.parametrize(
    ("case", "changes", "message"),
    [
        (THREE, {"output_weights": ["3"]}, "unknown field 'output_weights'"),
        (BIASED, {"output_weights": None}, "'output_weights' is missing"),
        (THREE, {"levels": None}, "'levels' is missing"),
        (THREE, {"levels.0": -1}, r"levels\[0\]"),
        (THREE, {"constants.0": "1.0"}, r"constants\[0\]"),
        (THREE, {"dependent": None}, "'dependent' is missing"),
        (DEPENDENT, _dependent(extra=1), "unknown field 'extra'"),
        (DEPENDENT, _dependent(feature="1"), "feature"),
        (THREE, {"loss": "5"}, "unknown field 'loss'"),
        (THREE, {"residual": ["0"]}, "unknown field 'residual'"),
    ],
)
def test_malformed(case: Case, changes: dict[str, Any], message: str) -> None:
    with pytest.raises(Malformed, match=message):
        case.step(POINT, changes)


WIDTHS = {1: (3,), 2: (2, 3), 3: (2, 1, 2)}


@pytest.mark.parametrize("case", MINIMA.values(), ids=MINIMA)
def test_the_gradient_vanishes_with_fifty_digits(case: Case) -> None:
    """Central differences of the loss in every parameter of a lift, and the loss is E*."""
    instance, point = case.instance, found(case)
    name = instance.architecture.activation.name
    rng = np.random.default_rng(5)
    with mpmath.workdps(50):
        weights = lift(instance, point, WIDTHS[instance.architecture.depth], rng)
        layers = _exact(instance, point, weights)
        inputs, targets = reals(instance.inputs), reals(instance.targets)
        assert abs(precise_loss(name, layers, inputs, targets) - real(point.loss)) < mpmath.mpf(10) ** -44
        step = mpmath.mpf(10) ** -12
        for matrix, biases in layers:
            rows = [*matrix] + ([biases] if matrix is not layers[-1][0] or instance.architecture.output_bias else [])
            for row, i in [(values, i) for values in rows for i in range(len(values))]:
                middle = row[i]
                row[i] = middle + step
                above = precise_loss(name, layers, inputs, targets)
                row[i] = middle - step
                below = precise_loss(name, layers, inputs, targets)
                row[i] = middle
                assert abs(above - below) / (2 * step) < mpmath.mpf(10) ** -20


def _exact(instance: Any, point: ConstantPoint, weights: Any) -> list[tuple[Any, Any]]:
    """The shares of a float64 lift, with biases and last weights that are right to all digits."""
    name = instance.architecture.activation.name
    levels = [mpmath.log(real(a.value)) if a.is_log else real(a.value) for a in point.levels]
    heights = [sigma(name, a) for a in levels]
    layers = []
    for h, matrix in enumerate(weights.hidden):
        rows = [[mpmath.mpf(float(w)) for w in row] for row in matrix]
        if h == 0:
            layers.append((rows, [levels[0]] * len(rows)))
            continue
        layers.append((rows, [levels[h] - sum(row) * heights[h - 1] for row in rows]))
    last = [[mpmath.mpf(float(v)) for v in row] for row in weights.last]
    if point.output_weights is None:
        last = [
            [v * real(c) / heights[-1] / sum(row) for v in row] for row, c in zip(last, point.constants, strict=True)
        ]
        output_biases = [mpmath.mpf(0)] * len(last)
    else:
        output_biases = [real(c) - sum(row) * heights[-1] for row, c in zip(last, point.constants, strict=True)]
    return [*layers, (last, output_biases)]


def test_the_signs_of_dependence_do_not_matter() -> None:
    """Every choice of which features are called dependent, when all of them are multiples of one."""
    rows = [["-1", "-2", "3"], ["0", "0", "0"], ["1", "2", "-3"]]
    multiples = [fmpq(1), fmpq(2), fmpq(-3)]
    case = THREE.about({"data.features": ["a", "b", "c"], "data.inputs": rows})
    for kept in range(3):
        others = [j for j in range(3) if j != kept]
        dependent = [
            {"feature": j, "coefficients": [str(multiples[j] / multiples[kept])], "constant": "0"} for j in others
        ]
        assert found(case, {"dependent": dependent}).basis == (kept,)
    for first, second in product(range(3), repeat=2):
        wrong = [{"feature": first, "coefficients": ["7", "0"], "constant": str(second)}]
        assert case.code(POINT, {"dependent": wrong}) == ("Rejected", "CP07")
