"""auer-herbster-warmuth/1: accepted and rejected; the minima are counted again on a grid."""

from __future__ import annotations

from fractions import Fraction
from math import exp, expm1, tanh
from typing import Any

import numpy as np
import pytest

from proofs.exact import Malformed
from proofs.gallery.auer_herbster_warmuth import ManyMinima
from tests.proofs.gallery.pieces import Piece, piece

NINE = piece("auer-herbster-warmuth")
SIGMAS = {"sigmoid": lambda z: 1 / (1 + exp(-z)) if z > -700 else 0.0, "tanh": tanh,
          "elu": lambda z: z if z > 0 else expm1(z)}  # fmt: skip


def proved(entry: Piece, arguments: dict[str, Any] | None = None, instance: dict[str, Any] | None = None) -> int:
    outcome = entry.outcome(arguments, instance)
    assert outcome.failure is None
    proposition = outcome.facts[-1].conclusion.proposition
    assert isinstance(proposition, ManyMinima)
    assert f"at least {proposition.count} different local minima" in outcome.facts[-1].conclusion.detail
    return proposition.count


def counted(entry: Piece, feature: int) -> int:
    """Local minima of the loss over one weight, on a fine grid of its logarithm, in float64."""
    data = entry.instance["data"]
    samples = [
        (float(Fraction(row[feature])), float(Fraction(y)))
        for row, (y,) in zip(data["inputs"], data["targets"], strict=True)
        if row[feature] != "0"
    ]
    sigma = SIGMAS[entry.instance["network"]["activation"]]
    values = [sum((sigma(w * x) - y) ** 2 for x, y in samples) for w in np.exp(np.linspace(-14, 6, 4000))]
    return sum(a > b < c for a, b, c in zip(values, values[1:], values[2:], strict=False))


def test_nine_minima() -> None:
    assert proved(NINE) == 9
    assert counted(NINE, 0) * counted(NINE, 1) == 9


def brackets(*ends: tuple[str, str]) -> list[dict[str, str]]:
    return [{"lower": low, "upper": high} for low, high in ends]


def test_fewer_may_be_shown() -> None:
    assert proved(NINE, {"axes.0.brackets": brackets(("1/20000", "3/10000"))}) == 3
    assert proved(NINE, {"axes.1.brackets": brackets(("1/2", "3")), "axes.0.brackets": brackets(("1/2", "3"))}) == 1
    assert proved(NINE, {"axes.0.brackets": brackets(("1/20000", "3"))}) == 3  # one valley is certain, of three


def test_other_activations_and_a_sample_at_the_origin() -> None:
    half = {"network.activation": "tanh", "data.targets": [["1/2"]] * 6}
    assert proved(NINE, instance=half) == 9
    inputs = [*NINE.instance["data"]["inputs"], ["0", "0"]]
    assert (
        proved(NINE, instance={"data.inputs": inputs, "data.targets": [*NINE.instance["data"]["targets"], ["7"]]}) == 9
    )


def test_one_feature() -> None:
    data = {"data.features": ["x"], "data.inputs": [["1"], ["100"], ["10000"]], "data.targets": [["3/4"]] * 3}
    axes = [NINE.last()["axes"][0]]
    assert proved(NINE, {"axes": axes}, data) == 3


REJECTED: list[tuple[str, dict[str, Any], dict[str, Any], tuple[str, str]]] = [
    ("another loss", {}, {"loss": "logistic"}, ("REJECTED", "AH01")),
    ("two targets", {}, {"data.targets": [["1", "1"]] * 6}, ("REJECTED", "AH01")),
    ("no targets", {}, {"data.targets": []}, ("REJECTED", "AH01")),
    ("a sample off the axes", {}, {"data.inputs.5.0": "1/1000000000"}, ("REJECTED", "AH02")),
    ("brackets for one feature", {"axes": NINE.last()["axes"][:1]}, {}, ("REJECTED", "AH03")),
    ("brackets for three features", {"axes": NINE.last()["axes"] * 2}, {}, ("REJECTED", "AH03")),
    ("no brackets for a feature", {"axes.1.brackets": []}, {}, ("REJECTED", "AH03")),
    ("the same valley twice", {"axes.1.brackets": brackets(("1/2", "3"), ("1/2", "3"))}, {}, ("REJECTED", "AH03")),
    ("overlapping brackets", {"axes.1.brackets": brackets(("1/20000", "3"), ("1/2", "4"))}, {}, ("REJECTED", "AH03")),
    ("brackets from right to left", {"axes.1.brackets": brackets(("1/2", "3"), ("1/200", "3/100"))}, {},
     ("REJECTED", "AH03")),
    ("a bracket upside down", {"axes.1.brackets": brackets(("3", "1/2"))}, {}, ("REJECTED", "AH03")),
    ("a point", {"axes.1.brackets": brackets(("1", "1"))}, {}, ("REJECTED", "AH03")),
    ("a point beside a bracket", {"axes.1.brackets": brackets(("1/200", "3/100"), ("1", "1"))}, {},
     ("REJECTED", "AH03")),
    ("on a slope", {"axes.1.brackets": brackets(("1/2", "1"))}, {}, ("REJECTED", "AH04")),
    ("around a maximum", {"axes.1.brackets": brackets(("3/100", "1/2"))}, {}, ("REJECTED", "AH04")),
    ("one bracket of three", {"axes.1.brackets.2.upper": "1"}, {}, ("REJECTED", "AH04")),
    ("a feature without samples", {}, {"data.inputs": [[x, "0"] for x in ("1", "100", "10000", "2", "3", "4")]},
     ("UNDECIDED", "AH04")),
    ("a neuron that jumps", {}, {"network.activation": "piecewise(z<1,sigmoid(z),sigmoid(z)+0.0001)"},
     ("UNDECIDED", "AH04")),
    ("the very minimum", {"axes": [{"brackets": brackets(("0", "1"))}]},
     {"data.features": ["x"], "data.inputs": [["1"]], "data.targets": [["1/2"]]}, ("UNDECIDED", "AH04")),
]  # fmt: skip


@pytest.mark.parametrize(("changes", "instance", "answer"), [r[1:] for r in REJECTED], ids=[r[0] for r in REJECTED])
def test_rejected(changes: dict[str, Any], instance: dict[str, Any], answer: tuple[str, str]) -> None:
    assert NINE.answer(changes, instance) == answer


@pytest.mark.parametrize(
    "changes", [{"axes": None}, {"axes.0.count": 3}, {"axes.0.brackets.0.lower": "0.1"}, {"axes.0.brackets.0.at": "1"}]
)
def test_malformed(changes: dict[str, Any]) -> None:
    with pytest.raises(Malformed):
        NINE.answer(changes)
