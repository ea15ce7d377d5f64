"""examined-optimum/1: accepted and rejected; the least loss found again with 50 digits, approached by networks of the
shape, and never beaten by any."""

from __future__ import annotations

import random
from typing import Any

import mpmath
import numpy as np
import pytest
from flint import fmpq

from proofs.exact import Malformed
from proofs.full_network import Shape
from proofs.lemmas.examined_optimum import ExaminedOptimum
from tests.proofs.build import Case
from tests.proofs.examined import OPTIMUM, having, loss_at
from tests.proofs.network import reals
from tests.proofs.oracle import real, sigma
from tests.proofs.test_full_network import outputs_of


def alone(case: Case) -> Case:
    """Without the steps about the network, which know nothing of changed data."""
    return Case(case.document, {OPTIMUM: case.arguments[OPTIMUM]}, case.claim)


CASES = {name: alone(case) for name, case in having(OPTIMUM).items()}
EACH = pytest.mark.parametrize("name", CASES)
WIDE, REPEATED, REPLICATED, DEEP = (CASES[f"wide{name}"] for name in ("", "-repeated", "-replicated", "-deep"))
LOGISTIC, ENTROPY, POISSON, HUBER = (CASES[f"wide-{name}"] for name in ("logistic", "entropy", "poisson", "huber"))
BEND = {"network.activation": "max(z,0)+z/10"}

WIDTHS_AND_VALUES: dict[str, tuple[tuple[int, ...], fmpq | None, bool]] = {
    "wide": ((4,), fmpq(0), True),
    "wide-repeated": ((4,), fmpq(5, 8), True),
    "wide-replicated": ((5,), fmpq(0), True),
    "wide-saddle": ((5,), fmpq(0), True),
    "wide-deep": ((1, 5), fmpq(0), True),
    "wide-logistic": ((5,), fmpq(0), False),
    "wide-entropy": ((5,), None, False),
    "wide-poisson": ((5,), None, False),
    "wide-huber": ((5,), None, True),
}


def proposition(case: Case) -> ExaminedOptimum:
    found = case.step(OPTIMUM).proposition
    assert isinstance(found, ExaminedOptimum)
    return found


@EACH
def test_accepted(name: str) -> None:
    widths, value, attained = WIDTHS_AND_VALUES[name]
    found = proposition(CASES[name])
    lower, upper = found.bounds
    assert (found.least_widths, found.attained) == (widths, attained)
    assert (lower == upper) == (value is not None)
    assert value in (None, lower)
    assert upper - lower < fmpq(1, 10**15)


def test_what_it_says() -> None:
    assert [CASES[name].step(OPTIMUM).detail for name in ("wide", "wide-repeated", "wide-logistic", "wide-huber")] == [
        "min E = 0 for d_H ≥ 4: hinge units along one direction",
        "min E = 5/8 for d_H ≥ 4: hinge units along one direction",
        "inf E = 0, not attained, for d_H ≥ 5: step units along one direction",
        "0.297 ≤ min E ≤ 0.298 for d_H ≥ 5: sine units along one direction",
    ]
    assert WIDE.step(OPTIMUM).margin == "projections 0.5 apart"
    one = WIDE.about({"data.inputs": [["1"]] * 5})
    assert one.step(OPTIMUM).margin == ""
    assert proposition(one).least_widths == (1,)


REJECTED: list[tuple[str, Case, dict[str, Any], str, str]] = [
    ("no targets", WIDE.about({"data.targets": []}), {}, "Rejected", "XO01"),
    ("a mean count below 0", POISSON.about({"data.targets.0": ["-1"]}), {}, "Rejected", "XO01"),
    ("a mean label below 0", LOGISTIC.about({"data.targets.0": ["-1"]}), {}, "Rejected", "XO01"),
    ("a mean label above 1", LOGISTIC.about({"data.targets.0": ["2"]}), {}, "Rejected", "XO01"),
    ("no probabilities", ENTROPY.about({"data.targets.0": ["1", "1", "0"]}), {}, "Rejected", "XO01"),
    ("negative ones", ENTROPY.about({"data.targets.0": ["2", "-1", "0"]}), {}, "Rejected", "XO01"),
    ("too narrow with kinks", WIDE.about({"network.widths": [3]}), {}, "Rejected", "XO02"),
    ("too narrow with kinks and no output bias", WIDE.about({"network.output_bias": False}), {}, "Rejected", "XO02"),
    ("too narrow without kinks", REPLICATED.about({"network.widths": [4]}), {}, "Rejected", "XO02"),
    ("wide in another layer", DEEP.about({"network.widths": [9, 4]}), {}, "Rejected", "XO02"),
    ("a formula with kinks, too narrow", WIDE.about({**BEND, "network.widths": [3]}), {}, "Rejected", "XO02"),
    ("no direction", WIDE, {"direction": []}, "Rejected", "EO01"),
    ("a direction that is too long", WIDE, {"direction": ["1", "1"]}, "Rejected", "EO01"),
    ("a carrier where none is needed", WIDE, {"carriers": [{"lower": "1", "upper": "2"}]}, "Rejected", "EO01"),
    ("no carrier", DEEP, {"carriers": []}, "Rejected", "EO01"),
    ("an empty carrier", DEEP, {"carriers": [{"lower": "1", "upper": "1"}]}, "Rejected", "EO01"),
    ("a carrier that is not monotone", DEEP.about({"network.activation": "sin"}),
     {"carriers": [{"lower": "1", "upper": "2"}]}, "Undecided", "EO04"),
    ("a carrier at a kink", DEEP.about({"network.activation": "relu"}),
     {"carriers": [{"lower": "-1", "upper": "1"}]}, "Undecided", "EO04"),
    ("a carrier where relu is 0", DEEP.about({"network.activation": "relu"}),
     {"carriers": [{"lower": "-2", "upper": "-1"}]}, "Undecided", "EO04"),
    ("a direction that is zero", WIDE, {"direction": ["0"]}, "Rejected", "EO05"),
    ("a polynomial", REPLICATED.about({"network.activation": "square"}), {}, "Rejected", "EO06"),
    ("a formula of which nothing is known", REPLICATED.about({"network.activation": "tanh(2*z)"}), {}, "Undecided",
     "EO06"),
    ("weight decay", WIDE.about({"weight_decay": {"weights": "1/1000", "biases": "0"}}), {}, "Rejected", "KE06"),
]  # fmt: skip


@pytest.mark.parametrize(("case", "changes", "kind", "code"), [r[1:] for r in REJECTED], ids=[r[0] for r in REJECTED])
def test_rejected(case: Case, changes: dict[str, Any], kind: str, code: str) -> None:
    assert case.code(OPTIMUM, changes) == (kind, code)


@pytest.mark.parametrize("key", ["direction", "carriers"])
def test_malformed(key: str) -> None:
    with pytest.raises(Malformed, match=key):
        WIDE.step(OPTIMUM, {key: None})


WIDE_ENOUGH = [
    ("kinks without output bias", WIDE, {"network.output_bias": False, "network.widths": [5]}),
    ("wider", WIDE, {"network.widths": [10**12]}),
    ("every width", WIDE, {"network.widths": "every"}),
    ("a formula with kinks", WIDE, BEND),
    ("fewer distinct inputs", WIDE, {"data.inputs.0": ["1"], "network.widths": [3]}),
    ("a second layer that is narrow", DEEP, {"network.widths": [1, 5]}),
]


@pytest.mark.parametrize(("case", "changes"), [r[1:] for r in WIDE_ENOUGH], ids=[r[0] for r in WIDE_ENOUGH])
def test_wide_enough(case: Case, changes: dict[str, Any]) -> None:
    assert case.about(changes).code(OPTIMUM) == ("", "")


def shape_of(case: Case) -> Shape:
    network = case.instance.architecture
    return Shape((case.instance.inputs.columns, *(network.widths or ()), network.outputs), network.output_bias)


def best_outputs(case: Case) -> dict[int, list[Any]]:
    """For the first sample of each group the outputs that are best, or far out where there are none."""
    found = {}
    targets = reals(case.instance.targets)
    for group in case.instance.distinct_inputs:
        columns = list(zip(*(targets[n] for n in group), strict=True))
        found[group[0]] = [_best(case.instance.loss.name, column) for column in columns]
    return found


FAR = 40


def _best(loss: str, targets: tuple[Any, ...]) -> Any:
    mean = mpmath.fsum(targets) / len(targets)
    if loss == "squared":
        return mean
    if loss == "logistic":
        return mpmath.log(mean / (1 - mean)) if 0 < mean < 1 else FAR * mpmath.sign(mean - 0.5)
    if loss == "pseudo-huber":
        return mpmath.findroot(lambda t: mpmath.fsum((t - y) / mpmath.sqrt(1 + (t - y) ** 2) for y in targets), mean)
    return mpmath.log(mean) if mean > 0 else mpmath.mpf(-FAR)


@EACH
def test_networks_of_this_shape_come_as_near_as_one_likes(name: str) -> None:
    """Random hidden layers, and the last weights that give the best outputs: of each shape, narrow as it is."""
    case, numbers = CASES[name], random.Random(1)
    shape, wanted = shape_of(case), best_outputs(case)
    activation, inputs = case.instance.architecture.activation.name, reals(case.instance.inputs)
    with mpmath.workdps(60):
        for _ in range(500):
            hidden = [mpmath.mpf(numbers.gauss(0, 2)) for _ in range(shape.starts[-2])]
            states = [_states(activation, shape, hidden, inputs[n]) for n in wanted]
            matrix = mpmath.matrix([[*row, *([1] if shape.output_bias else [])] for row in states])
            chosen = matrix[:, matrix.cols - matrix.rows :]
            if abs(np.linalg.det(np.array(chosen.tolist(), dtype=float))) > 1e-9:
                break
        else:
            pytest.fail("no random hidden layers interpolate")
        tops = []
        for o in range(shape.sizes[-1]):
            solved = mpmath.lu_solve(chosen, mpmath.matrix([wanted[n][o] for n in wanted]))
            tops += [0] * (matrix.cols - matrix.rows) + list(solved)
        loss = loss_at(case, shape, hidden + tops)
        lower, upper = map(real, proposition(case).bounds)
        assert lower - mpmath.mpf(10) ** -30 <= loss <= upper + mpmath.mpf(10) ** -14


def _states(activation: str, shape: Shape, hidden: list[Any], x: list[Any]) -> list[Any]:
    """Of the last hidden layer: the sums of a network without its outputs, one σ later."""
    sums = outputs_of(activation, Shape(shape.sizes[:-1], True), hidden, x)
    return [sigma(activation, z) for z in sums]


@EACH
def test_no_network_has_less(name: str) -> None:
    case, numbers = CASES[name], random.Random(2)
    shape, least = shape_of(case), real(proposition(case).bounds[0])
    for _ in range(40):
        scale = numbers.choice((0.1, 1, 10))
        point = [mpmath.mpf(numbers.gauss(0, scale)) for _ in range(shape.parameters)]
        loss = loss_at(case, shape, point)
        assert loss > least or loss == least == 0  # a probability may round to 1
