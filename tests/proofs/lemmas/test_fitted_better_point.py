"""fitted-better-point/1: accepted and rejected, and both losses once more with 60 digits for many targets."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import Any

import mpmath
import pytest
from flint import fmpq

from proofs.balls import precision
from proofs.document import Reader
from proofs.exact import Malformed
from proofs.kernel import Conclusion, Fact, Rejected, Undecided
from proofs.lemmas import LEMMAS
from proofs.lemmas.fitted_better_point import FittedBetterPoint
from tests.proofs.build import Case, layer
from tests.proofs.fitted import (
    BETTER,
    DIGITS,
    EPSILON,
    FITTED,
    LOSS,
    POINT,
    SIGMOID,
    TWO,
    UNEVEN,
    Critical,
    criticals,
    having,
    point_of,
    rational,
    scaled,
    stranger,
)
from tests.proofs.network import reals
from tests.proofs.oracle import real, sigma

BETTERS = having(BETTER)
EACH = pytest.mark.parametrize("name", BETTERS)


def gap_of(case: Case) -> Fraction:
    return Fraction(case.arguments[BETTER]["gap"])


def better_loss(case: Case, targets: list[Any]) -> Any:
    """The loss of the stated network, by the definition."""
    name, value = case.instance.architecture.activation.name, LOSS[case.instance.loss.name][0]
    layers = case.arguments[BETTER]["layers"]
    total = []
    for x, y in zip(reals(case.instance.inputs), targets, strict=True):
        states = list(x)
        for h, item in enumerate(layers):
            rows, biases = item["weights"], item["biases"]
            sums = [
                mpmath.fdot([real(Fraction(w)) for w in row], states) + real(Fraction(b))
                for row, b in zip(rows, biases, strict=True)
            ]
            states = [sigma(name, z) for z in sums] if h < len(layers) - 1 else sums
        (output,) = states
        total.append(value(output, y))
    return mpmath.fsum(total)


def true_gap(case: Case, found: Critical) -> Any:
    return found.loss - better_loss(case, found.targets)


@EACH
def test_accepted_and_true_for_every_target(name: str) -> None:
    case = FITTED[name]
    conclusion = case.step(BETTER)
    proposition = conclusion.proposition
    assert isinstance(proposition, FittedBetterPoint)
    assert proposition.point.centre == point_of(case).centre
    assert proposition.gap == rational(gap_of(case)) > 0
    assert proposition.least_widths == tuple(len(item["biases"]) for item in case.arguments[BETTER]["layers"][:-1])
    assert conclusion.margin.startswith("gap ≥ ")
    with mpmath.workdps(DIGITS):
        for found in criticals(name, 4):
            assert true_gap(case, found) >= real(gap_of(case))


SHARP = ["sigmoid", "logistic", "pseudo-huber", "poisson", "two-layers-bias", "dependent"]


@pytest.mark.parametrize("name", SHARP)
def test_a_gap_larger_than_the_true_one_by_a_little(name: str) -> None:
    """For targets in no box the gap is known to many digits."""
    case = scaled(FITTED[name], 1)
    with mpmath.workdps(DIGITS):
        (found,) = criticals(name, 1)
        gap = Fraction(str(mpmath.nstr(true_gap(case, found), 40)))
    little = Fraction(1, 10**14)
    assert case.code(BETTER, {"gap": str(gap * (1 - little))}) == ("", "")
    assert case.code(BETTER, {"gap": str(gap * (1 + little))}) == ("Rejected", "FB02")
    assert case.code(BETTER, {"gap": str(gap)}) == ("Undecided", "FB02")


def _with_widths(case: Case, widths: list[int]) -> Case:
    return case.about({"network.widths": widths})


FIRST, LAST = SIGMOID.arguments[BETTER]["layers"]
CHAIN = SIGMOID.arguments[POINT]["chain"]
ITSELF = [layer([CHAIN["weights"]], CHAIN["biases"]), layer([[CHAIN["output_weight"]]], ["0"])]
SLACK = Fraction(1, 10)

REJECTED: list[tuple[str, Case, dict[str, Any], str, str]] = [
    ("gap zero", SIGMOID, {"gap": "0"}, "Rejected", "FB01"),
    ("gap negative", SIGMOID, {"gap": f"-{EPSILON}"}, "Rejected", "FB01"),
    ("more than there is for any of the targets", SIGMOID, {"gap": str(gap_of(SIGMOID) + SLACK)}, "Rejected", "FB02"),
    ("more than everything", SIGMOID, {"gap": "2"}, "Rejected", "FB02"),
    ("far more than everything", SIGMOID, {"gap": str(10**50)}, "Rejected", "FB02"),
    ("no better at all", SIGMOID, {"layers.1.weights": [["0", "0"]]}, "Rejected", "FB02"),
    ("the chain itself", SIGMOID, {"layers": ITSELF, "gap": "1/100"}, "Rejected", "FB02"),
    ("the chain itself, with hardly a gap", SIGMOID, {"layers": ITSELF, "gap": str(EPSILON)}, "Undecided", "FB02"),
    ("no layer", SIGMOID, {"layers": []}, "Rejected", "BP03"),
    ("a layer too few", TWO, {"layers": TWO.arguments[BETTER]["layers"][:2]}, "Rejected", "BP03"),
    ("a bias too few", SIGMOID, {"layers.0.biases": ["10"]}, "Rejected", "BP03"),
    ("an incoming weight too many", SIGMOID, {"layers.0.weights": [["20", "0"], ["20", "0"]]}, "Rejected", "BP03"),
    ("an output too many", SIGMOID, {"layers.1": layer([[3, -3], [3, -3]], [0, 0])}, "Rejected", "BP03"),
    ("an output bias where there is none", SIGMOID, {"layers.1.biases": [str(EPSILON)]}, "Rejected", "BP03"),
    ("a network that is too narrow", _with_widths(SIGMOID, [1]), {}, "Rejected", "BP04"),
    ("a last hidden layer that is too narrow", _with_widths(UNEVEN, [9, 1]), {}, "Rejected", "BP04"),
]  # fmt: skip


@pytest.mark.parametrize(("case", "changes", "kind", "code"), [r[1:] for r in REJECTED], ids=[r[0] for r in REJECTED])
def test_rejected(case: Case, changes: dict[str, Any], kind: str, code: str) -> None:
    assert case.code(BETTER, changes) == (kind, code)


@EACH
def test_between_the_gaps_of_different_targets_nothing_is_decided(name: str) -> None:
    """The true gap of the instance's own targets is too large for some of the others; half as much again, for all."""
    case = FITTED[name]
    with mpmath.workdps(DIGITS):
        gap = Fraction(str(mpmath.nstr(true_gap(case, criticals(name, 1)[0]), 30)))
    assert case.code(BETTER, {"gap": str(gap)}) == ("Undecided", "FB02")
    assert case.code(BETTER, {"gap": str(gap * Fraction(3, 2))}) == ("Rejected", "FB02")


@pytest.mark.parametrize("name", ["sigmoid", "logistic", "pseudo-huber", "poisson"])
def test_the_targets_are_those_of_the_premise_s_box(name: str) -> None:
    """A premise with exact outputs but targets that are far apart: the gap is not there for all of them."""
    case = FITTED[name]
    lemma = LEMMAS[POINT]
    for radius, decided in ((fmpq(0), True), (fmpq(1), False)):
        point = replace(point_of(scaled(case, 1)), target_radius=radius)
        arguments = Reader(case.arguments[BETTER], "")
        with precision(128):
            try:
                LEMMAS[BETTER].check(case.instance, (Fact("s1", lemma, Conclusion(point, "")),), arguments)
                assert decided
            except Undecided as failure:
                assert failure.code == "FB02"
                assert not decided


def test_an_output_that_cannot_be_bounded() -> None:
    """exp(10^300) has no ball that decides anything."""
    poisson = FITTED["poisson"]
    layers = [layer([[1]], [0]), layer([[10**300]], [0])]
    assert poisson.code(BETTER, {"layers": layers}) == ("Undecided", "FB02")


@pytest.mark.parametrize("widths", [[2], [3], [10**12]])
def test_wide_enough_networks_have_the_better_point(widths: list[int]) -> None:
    assert _with_widths(SIGMOID, widths).code(BETTER) == ("", "")


def test_units_with_outgoing_weights_zero_change_nothing() -> None:
    wider = [
        layer([*FIRST["weights"], ["7"]], [*FIRST["biases"], "3"]),
        layer([[*LAST["weights"][0], "0"]], ["0"]),
    ]
    proposition = SIGMOID.step(BETTER, {"layers": wider}).proposition
    assert isinstance(proposition, FittedBetterPoint)
    assert proposition.least_widths == (3,)


def test_it_needs_a_fitted_point() -> None:
    with pytest.raises(Rejected) as caught:
        LEMMAS[BETTER].check(SIGMOID.instance, (stranger(),), Reader(SIGMOID.arguments[BETTER], ""))
    assert caught.value.code == "FB01"


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"gap": 1}, "gap"),
        ({"gap": None}, "'gap' is missing"),
        ({"layers": None}, "'layers' is missing"),
        ({"layers.0.weights.0": "20"}, r"weights\[0\]"),
        ({"layers.0.activation": "exp"}, "unknown field 'activation'"),
        ({"loss": "0"}, "unknown field 'loss'"),
    ],
)
def test_malformed(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(Malformed, match=message):
        SIGMOID.step(BETTER, changes)
