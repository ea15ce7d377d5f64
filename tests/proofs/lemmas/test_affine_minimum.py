"""affine-minimum/1: accepted and rejected, and the region attacked at random."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from flint import fmpq

from proofs.activations import CATALOGUE
from proofs.exact import Malformed
from proofs.lemmas.affine_minimum import AffineMinimum
from tests.proofs.affine import ABS, AFFINE, DEAD, DEPENDENT, HARDTANH, MINIMUM, RELU
from tests.proofs.build import Case, layer
from tests.straight import float_loss, network_of, straight_or_not

EACH = pytest.mark.parametrize("case", AFFINE.values(), ids=AFFINE)
LOSSES = {"relu": 4, "hardtanh": 4, "abs": 20, "dead": 9, "repeated": fmpq(9, 2), "dependent": 4}


@pytest.mark.parametrize("name", AFFINE)
def test_accepted(name: str) -> None:
    proposition = AFFINE[name].step(MINIMUM).proposition
    assert isinstance(proposition, AffineMinimum)
    assert proposition.loss == LOSSES[name]
    assert proposition.constant == (name == "dead")
    hidden = AFFINE[name].arguments[MINIMUM]["layers"][:-1]
    assert proposition.least_widths == tuple(len(item["biases"]) for item in hidden)


TINY = f"1/{10**40}"

REJECTED: list[tuple[str, Case, dict[str, Any], str]] = [
    ("a smooth activation", RELU.about({"network.activation": "elu"}), {}, "AM01"),
    ("another loss", RELU.about({"loss": "pseudo-huber"}), {}, "AM02"),
    ("no layer", RELU, {"layers": []}, "BP03"),
    ("an output bias where there is none", RELU, {"layers.1.biases": [TINY]}, "BP03"),
    ("too wide", ABS.about({"network.widths": [1]}), {}, "BP04"),
    ("a unit that bends", RELU, {"layers.0.biases": ["-1/2"]}, "AM03"),
    ("a sample at the kink, the others to its right", RELU, {"layers.0.biases": ["0"]}, "AM03"),
    ("a sample at the kink, the others to its left", RELU, {"layers.0.biases": ["-3"]}, "AM03"),
    ("all samples at the kink", DEAD, {"layers.0.biases": ["0"]}, "AM03"),
    ("beyond the piece by a little", HARDTANH, {"layers.0.biases": [f"{7 * 10**39 + 1}/{10**40}"]}, "AM03"),
    ("at the end of the piece", HARDTANH, {"layers.0.biases": ["7/10"]}, "AM03"),
    ("the second layer at the end of its piece", HARDTANH, {"layers.1.biases": ["-1"]}, "AM03"),
    ("samples on both flat pieces", HARDTANH, {"layers.0.weights": [["10"]], "layers.0.biases": ["-15"]}, "AM03"),
    ("a unit with outgoing weight 0 that bends", ABS, {
        "layers.0": layer([[1], ["4/5"], [1]], [1, "11/10", -1]),
        "layers.1": layer([[1, 0, 0], [-10, 10, 0]], [0, 0])}, "AM03"),
    ("a fit that is too high", RELU, {"layers.0.biases": [f"{10**40 + 1}/{10**40}"]}, "AM04"),
    ("a constant that is not the mean", DEAD, {"layers.1.biases": ["2"]}, "AM04"),
    ("the second fit is wrong", ABS, {"layers.1.weights": [["1", "0"], ["-10", "9"]]}, "AM04"),
    ("the mean, by a unit that is not flat", DEAD, {"layers.0": layer([[0]], [1])}, "AM05"),
    ("the wrong slope around the mean", HARDTANH, {
        "layers.2": layer([[f"{10**40 + 1}/{10**39}"]], [f"{2 * 10**40 - 3}/{2 * 10**40}"])}, "AM05"),
    ("no slope", HARDTANH, {"layers.2": layer([[0]], ["5/2"])}, "AM05"),
    ("a slope along a dependency in the wrong measure", DEPENDENT, {
        "layers.0": layer([["1", "1/4"]], ["0"])}, "AM05"),
]  # fmt: skip


@pytest.mark.parametrize(("case", "changes", "code"), [r[1:] for r in REJECTED], ids=[r[0] for r in REJECTED])
def test_rejected(case: Case, changes: dict[str, Any], code: str) -> None:
    assert case.code(MINIMUM, changes) == ("Rejected", code)


def test_a_layer_with_one_flat_unit_is_no_flat_layer() -> None:
    """The other unit moves: the residual must be orthogonal to the features as well."""
    one_dead = {"layers": [layer([[1], [0]], [1, -1]), layer([[0, 0]], ["5/2"])]}
    assert DEAD.code(MINIMUM, one_dead) == ("Rejected", "AM05")
    both = {"layers": [layer([[1], [0]], [-9, -1]), layer([[0, 0]], ["5/2"])]}
    assert DEAD.code(MINIMUM, both) == ("", "")


def test_one_flat_layer_is_enough() -> None:
    """The first layer moves, the second is dead."""
    case = DEAD.about({"network.depth": 2})
    layers = [layer([[1]], [1]), layer([[1]], [-9]), layer([[3]], ["5/2"])]
    proposition = case.step(MINIMUM, {"layers": layers}).proposition
    assert isinstance(proposition, AffineMinimum)
    assert proposition.constant
    assert proposition.loss == 9


@pytest.mark.parametrize("name", [name for name, row in CATALOGUE.items() if row.piecewise is None])
def test_smooth_activations_are_refused(name: str) -> None:
    assert RELU.about({"network.activation": name}).code(MINIMUM) == ("Rejected", "AM01")


@EACH
@pytest.mark.parametrize("changes", [{"layers": None}, {"layers": [1]}, {"piece": 0}, {"layers.0.biases": [1]}])
def test_malformed(case: Case, changes: dict[str, Any]) -> None:
    with pytest.raises(Malformed):
        case.step(MINIMUM, changes)


@EACH
@pytest.mark.parametrize("seed", range(4))
def test_nothing_is_lower_where_all_units_are_straight(case: Case, seed: int) -> None:
    """Random networks of several widths: those with straight units (and a flat layer, for the constant) are no better;
    enough of them are straight for this to mean something."""
    rng, straight = np.random.default_rng(seed), 0
    proposition = case.step(MINIMUM).proposition
    assert isinstance(proposition, AffineMinimum)
    least = float(proposition.loss.p) / float(proposition.loss.q)
    for _ in range(400):
        widths = rng.integers(1, 4, size=case.instance.architecture.depth)
        layers = network_of(case.instance, widths, rng)
        all_straight, flat = straight_or_not(case.instance, layers)
        if all_straight and (flat or not proposition.constant):
            straight += 1
            assert float_loss(case.instance, layers) >= least * (1 - 1e-9)
    assert straight >= 10
