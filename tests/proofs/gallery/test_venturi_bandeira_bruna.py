"""venturi-bandeira-bruna/1: accepted and rejected; the floor and the barrier are tried at random."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from flint import fmpq

from proofs.exact import Malformed
from proofs.gallery.venturi_bandeira_bruna import SpuriousValley
from tests.proofs.gallery.pieces import piece

VALLEY = piece("venturi-bandeira-bruna")
OTHERS = {
    "softplus": {"inside": {"weights": ["2"], "bias": "-2", "outgoing": "1"},
                 "outside": {"weights": ["-20"], "bias": "-10", "outgoing": "-1/5"}},
    "exp": {"inside": {"weights": ["5"], "bias": "-5", "outgoing": "1"},
            "outside": {"weights": ["-5"], "bias": "-5", "outgoing": "-2"}},
    "square": {"inside": {"weights": ["1/2"], "bias": "1/2", "outgoing": "1"},
               "outside": {"weights": ["-1/2"], "bias": "1/2", "outgoing": "-2"}},
}  # fmt: skip


def test_accepted() -> None:
    outcome = VALLEY.outcome()
    assert outcome.failure is None
    conclusion = outcome.facts[-1].conclusion
    assert conclusion.proposition == SpuriousValley(fmpq(4))
    assert "no loss below 4" in conclusion.detail


@pytest.mark.parametrize("name", OTHERS)
def test_other_activations(name: str) -> None:
    assert VALLEY.answer(OTHERS[name], {"network.activation": name}) == ("PROVED", "")


def test_small_targets() -> None:
    """The floor counts the negative targets and no others."""
    steep = {"inside.outgoing": "1/4", "outside.outgoing": "-1/2"}
    outcome = VALLEY.outcome(steep, {"data.targets": [["1/4"], ["-1/2"]]})
    assert outcome.failure is None
    assert outcome.facts[-1].conclusion.proposition == SpuriousValley(fmpq(1, 4))


def test_floor_and_barrier() -> None:
    """Random networks: with u >= 0 none is below the floor, with u = 0 all are at the barrier, with u < 0 some are."""
    chance = np.random.default_rng(0)
    below = 0
    for _ in range(2000):
        w, b, u = chance.normal(scale=6, size=3)
        losses = {
            side: sum((side * abs(u) / (1 + math.exp(-(w * x + b))) - y) ** 2 for x, y in ((1, 1), (-1, -2)))
            for side in (1, 0, -1)
        }
        assert losses[1] >= 4
        assert losses[0] == 5
        below += losses[-1] < 4
    assert below > 100


REJECTED: list[tuple[str, dict[str, Any], dict[str, Any], tuple[str, str]]] = [
    ("another loss", {}, {"loss": "pseudo-huber"}, ("REJECTED", "VB01")),
    ("two units", {}, {"network.widths": [2]}, ("REJECTED", "VB02")),
    ("every width", {}, {"network.widths": "every"}, ("REJECTED", "VB02")),
    ("two layers", {}, {"network.widths": [1, 1], "network.depth": 2}, ("REJECTED", "VB02")),
    ("an output bias", {}, {"network.output_bias": True}, ("REJECTED", "VB02")),
    ("two outputs", {}, {"data.targets": [["1", "1"], ["-2", "-2"]]}, ("REJECTED", "VB02")),
    ("no targets", {}, {"data.targets": []}, ("REJECTED", "VB02")),
    *((f"{name} is negative somewhere", {}, {"network.activation": name}, ("REJECTED", "VB03"))
      for name in ("tanh", "silu", "gelu", "erf", "arctan", "sin", "softsign", "elu")),
    ("a weight too many", {"inside.weights": ["20", "0"]}, {}, ("REJECTED", "VB04")),
    ("no weight", {"outside.weights": []}, {}, ("REJECTED", "VB04")),
    ("u = 0", {"inside.outgoing": "0"}, {}, ("REJECTED", "VB05")),
    ("u < 0", {"inside.outgoing": "-1"}, {}, ("REJECTED", "VB05")),
    ("the two exchanged", {"inside": VALLEY.last()["outside"], "outside": VALLEY.last()["inside"]}, {},
     ("REJECTED", "VB05")),
    ("a point above the barrier", {"inside.weights": ["-20"]}, {}, ("REJECTED", "VB06")),
    ("a point on the same side", {"outside": VALLEY.last()["inside"]}, {}, ("REJECTED", "VB06")),
    ("no better point", {"outside.outgoing": "-1/100"}, {}, ("REJECTED", "VB06")),
    ("the better valley", {}, {"data.targets": [["2"], ["-1"]]}, ("REJECTED", "VB06")),
    ("no negative target", {}, {"data.targets": [["1"], ["2"]]}, ("REJECTED", "VB06")),
    ("exactly at the barrier", {"inside": {"weights": ["1/2"], "bias": "1/2", "outgoing": "2"}},
     {"network.activation": "square"}, ("UNDECIDED", "VB06")),
]  # fmt: skip


@pytest.mark.parametrize(("changes", "instance", "answer"), [r[1:] for r in REJECTED], ids=[r[0] for r in REJECTED])
def test_rejected(changes: dict[str, Any], instance: dict[str, Any], answer: tuple[str, str]) -> None:
    assert VALLEY.answer(changes, instance) == answer


@pytest.mark.parametrize("changes", [{"inside": None}, {"inside.bias": 0}, {"outside.loss": "1"}, {"floor": "4"}])
def test_malformed(changes: dict[str, Any]) -> None:
    with pytest.raises(Malformed):
        VALLEY.answer(changes)
