"""better-point/1: accepted and rejected, and the losses once more with 50 digits."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import mpmath
import pytest
from flint import fmpq

import proofs.layers
from proofs.document import Reader
from proofs.exact import Malformed
from proofs.kernel import Conclusion, Fact, Rejected
from proofs.lemmas import LEMMAS
from proofs.lemmas.better_point import BetterPoint
from proofs.lemmas.constant_point import ConstantPoint
from tests.proofs.build import (
    BETTER,
    BIASED,
    CASES,
    DEEP,
    DEEPER,
    POINT,
    SQUARE,
    THREE,
    TWO_OUTPUTS,
    Case,
    layer,
    with_point,
)
from tests.proofs.network import precise_loss, reals
from tests.proofs.oracle import NAMES, real

BETTERS = {name: case for name, case in CASES.items() if BETTER in case.arguments}


def true_loss(case: Case) -> Any:
    """The loss of the better point, in mpmath at the current precision."""
    layers = [
        (
            [[real(Fraction(w)) for w in row] for row in item["weights"]],
            [real(Fraction(b)) for b in item["biases"]],
        )
        for item in case.arguments[BETTER]["layers"]
    ]
    instance = case.instance
    return precise_loss(instance.architecture.activation.name, layers, reals(instance.inputs), reals(instance.targets))


def constant_loss(case: Case) -> fmpq:
    point = case.step(POINT).proposition
    assert isinstance(point, ConstantPoint)
    return point.loss


@pytest.mark.parametrize("case", BETTERS.values(), ids=BETTERS)
def test_accepted_and_the_loss_is_recomputed_with_fifty_digits(case: Case) -> None:
    conclusion = case.step(BETTER)
    widths = tuple(len(item["biases"]) for item in case.arguments[BETTER]["layers"][:-1])
    assert conclusion.proposition == BetterPoint(widths, _fmpq(case.arguments[BETTER]["gap"]))
    with mpmath.workdps(50):
        loss = true_loss(case)
        shown = mpmath.mpf(conclusion.detail.partition("≤ ")[2].partition(" < E*")[0])
        assert loss <= shown <= loss * 1.02
        assert real(constant_loss(case)) - loss >= real(_fmpq(case.arguments[BETTER]["gap"]))


def _fmpq(text: str) -> fmpq:
    value = Fraction(text)
    return fmpq(value.numerator, value.denominator)


def _text(number: Any) -> str:
    """An mpmath number as an exact fraction of 70 decimals."""
    return str(Fraction(int(mpmath.floor(number * mpmath.mpf(10) ** 70)), 10**70))


@pytest.mark.parametrize("case", BETTERS.values(), ids=BETTERS)
def test_a_gap_larger_than_the_true_one_by_a_little(case: Case) -> None:
    with mpmath.workdps(80):
        gap = real(constant_loss(case)) - true_loss(case)
        relative = mpmath.mpf(10) ** -30
        more, less = _text(gap * (1 + relative)), _text(gap * (1 - relative))
        barely = _text(gap * (1 - mpmath.mpf(10) ** -60))
    for bits in (192, 400):
        assert case.code(BETTER, {"gap": more}, bits) == ("Rejected", "BP05")
        assert case.code(BETTER, {"gap": less}, bits) == ("", "")
    assert case.code(BETTER, {"gap": barely}, bits=128) == ("Undecided", "BP05")
    assert case.code(BETTER, {"gap": barely}, bits=400) == ("", "")


@pytest.mark.parametrize("name", NAMES)
def test_every_activation_with_random_weights(name: str) -> None:
    """The enclosed loss is right for two hidden layers and two outputs, whatever the activation."""
    case = TWO_OUTPUTS.about({"network.activation": name, "network.depth": 2, "data.inputs": [["-2"], ["0"], ["2"]]})
    layers = [
        layer([["1/3"], ["-2/7"], ["5/11"]], ["1/5", "-1/2", "0"]),
        layer([["1/2", "-1/3", "1"], ["-1", "2/3", "1/9"]], ["1/7", "-1/4"]),
        layer([["2", "-1/2"], ["1/3", "-3"]], ["1/3", "2"]),
    ]
    arguments = {
        POINT: case.arguments[POINT] | {"levels": ["-1", "-1"], "scales": ["1"]},
        BETTER: {"gap": "1", "layers": layers},
    }
    case = Case(case.document, arguments)
    with mpmath.workdps(60):
        gap = real(constant_loss(case)) - true_loss(case)
        more, less = _text(gap + mpmath.mpf(10) ** -25), _text(gap - mpmath.mpf(10) ** -25)
    if gap > 0:
        assert case.code(BETTER, {"gap": more}) == ("Rejected", "BP05")
        assert case.code(BETTER, {"gap": less}) == ("", "")
    else:
        assert case.code(BETTER, {"gap": "1/1000000"}) == ("Rejected", "BP05")


NARROW = THREE.about({"network.widths": [1]})
FIRST, LAST = THREE.arguments[BETTER]["layers"]

REJECTED: list[tuple[str, Case, dict[str, Any], str, str]] = [
    ("gap zero", THREE, {"gap": "0"}, "Rejected", "BP02"),
    ("gap negative", THREE, {"gap": "-1"}, "Rejected", "BP02"),
    ("no layer", THREE, {"layers": []}, "Rejected", "BP03"),
    ("no output layer", THREE, {"layers": [FIRST]}, "Rejected", "BP03"),
    ("a layer too many", THREE, {"layers": [FIRST, layer([[1, 0], [0, 1]], [0, 0]), LAST]}, "Rejected", "BP03"),
    ("a layer too few", DEEP, {"layers": DEEP.arguments[BETTER]["layers"][:2]}, "Rejected", "BP03"),
    ("a layer without units", THREE, {"layers.0": layer([], [])}, "Rejected", "BP03"),
    ("a bias too few", THREE, {"layers.0.biases": ["10"]}, "Rejected", "BP03"),
    ("a bias too many", THREE, {"layers.0.biases": ["10", "-10", "0"]}, "Rejected", "BP03"),
    ("an incoming weight too many", THREE, {"layers.0.weights": [["20", "0"], ["20", "0"]]}, "Rejected", "BP03"),
    ("no incoming weight", THREE, {"layers.0.weights": [[], []]}, "Rejected", "BP03"),
    ("an incoming weight too few in the second layer", DEEP, {"layers.1.weights": [["1"]]}, "Rejected", "BP03"),
    ("ragged weights", SQUARE, {"layers.0.weights": [["1", "0"], ["1"]]}, "Rejected", "BP03"),
    ("an output too many", THREE, {"layers.1": layer([[3, -3], [3, -3]], [0, 0])}, "Rejected", "BP03"),
    ("an output too few", TWO_OUTPUTS, {"layers.1": layer([[3, -3]], [0])}, "Rejected", "BP03"),
    ("an output bias where there is none", THREE, {"layers.1.biases": [f"1/{10**30}"]}, "Rejected", "BP03"),
    ("an output bias of the second output only", with_point(
        TWO_OUTPUTS, {"output_weights": None}, {"network.output_bias": False}), {}, "Rejected", "BP03"),
    ("an output bias above hidden biases that are zero", DEEPER, {"layers.3.biases": ["1/100"]}, "Rejected", "BP03"),
    ("too many units", NARROW, {}, "Rejected", "BP04"),
    ("too many units in the second layer", DEEPER.about({"network.widths": [9, 9, 1]}), {
        "layers.2": layer([[1], [1]], [0, 0]), "layers.3": layer([[1, 1]], [0])}, "Rejected", "BP04"),
    ("no better at all", THREE, {"layers.1.weights": [["0", "0"]]}, "Rejected", "BP05"),
    ("the constant point itself", BIASED, {"layers": [layer([[0]], [0]), layer([[0]], [1])], "gap": f"1/{10**30}"},
     "Rejected", "BP05"),
    ("more than everything", THREE, {"gap": "6"}, "Rejected", "BP05"),
    ("far more than everything", THREE, {"gap": f"{10**50}"}, "Rejected", "BP05"),
    ("a loss that is not bounded", BIASED.about({"network.activation": "exp"}), {
        "layers": [layer([[10**300]], [0]), layer([[1]], [0])]}, "Undecided", "BP05"),
    ("a loss that is too large to write down", BIASED.about({"network.activation": "exp"}), {
        "layers": [layer([[10**12]], [0]), layer([[1]], [0])]}, "Undecided", "BP05"),
]  # fmt: skip


@pytest.mark.parametrize(("case", "changes", "kind", "code"), [r[1:] for r in REJECTED], ids=[r[0] for r in REJECTED])
def test_rejected(case: Case, changes: dict[str, Any], kind: str, code: str) -> None:
    assert case.code(BETTER, changes) == (kind, code)


@pytest.mark.parametrize("widths", [[2], [3], [10**12]])
def test_wide_enough_networks_have_the_better_point(widths: list[int]) -> None:
    assert THREE.about({"network.widths": widths}).code(BETTER) == ("", "")


def test_units_with_outgoing_weights_zero_change_nothing() -> None:
    wider = {"layers": [layer([[20], [20], [7]], [10, -10, 3]), layer([["30003/10000", "-30003/10000", 0]], [0])]}
    proposition = THREE.step(BETTER, wider).proposition
    assert proposition == BetterPoint((3,), _fmpq("599/100"))


def test_blocks_of_samples_are_added_up(monkeypatch: pytest.MonkeyPatch) -> None:
    with mpmath.workdps(60):
        gap = real(constant_loss(SQUARE)) - true_loss(SQUARE)
        more, less = _text(gap + mpmath.mpf(10) ** -30), _text(gap - mpmath.mpf(10) ** -30)
    for block in (1, 4, 5, 6, 7):
        monkeypatch.setattr(proofs.layers, "_BLOCK", block)
        assert SQUARE.code(BETTER, {"gap": less}) == ("", "")
        assert SQUARE.code(BETTER, {"gap": more}) == ("Rejected", "BP05")


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"gap": 1}, "gap"),
        ({"gap": "5.99"}, "gap"),
        ({"gap": None}, "'gap' is missing"),
        ({"layers": None}, "'layers' is missing"),
        ({"layers.0.weights.0": "20"}, r"weights\[0\]"),
        ({"layers.0.weights.0.0": 20}, r"weights\[0\]\[0\]"),
        ({"layers.0.activation": "exp"}, "unknown field 'activation'"),
        ({"loss": "0"}, "unknown field 'loss'"),
    ],
)
def test_malformed(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(Malformed, match=message):
        THREE.step(BETTER, changes)


def test_it_needs_a_constant_point() -> None:
    stranger = Fact("s1", LEMMAS[POINT], Conclusion("a constant point, believe me", ""))
    with pytest.raises(Rejected) as caught:
        LEMMAS[BETTER].check(THREE.instance, (stranger,), Reader(THREE.arguments[BETTER], ""))
    assert caught.value.code == "BP01"
