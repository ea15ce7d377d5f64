"""quadratic-floor/1: what it accepts, what it rejects with which code, and whether it is true."""

from __future__ import annotations

import copy
import json
import random
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from certify_floor.quadratic_floor import LEMMA, QuadraticFloor
from flint import fmpq

from certify.assemble import assemble
from proofs.certificate import read_certificate
from proofs.checking import Outcome, check
from proofs.exact import Malformed
from proofs.instance import read_instance
from proofs.lemmas import LEMMAS

BUMP = json.loads((Path(__file__).parent.parent / "bump.instance.json").read_text("utf-8"))
THIRD = ["-1", "3", "-3", "1"]


def outcome(instance: Any, arguments: Any) -> Outcome:
    """The check of a certificate with this one step, with no other package's lemma around."""
    read = read_instance(instance)
    document = assemble(read, {"steps": [{"lemma": LEMMA.name, "arguments": arguments}]})
    return check(read, read_certificate(document), {**LEMMAS, LEMMA.name: LEMMA})


def floor(instance: Any, arguments: Any) -> fmpq:
    found = outcome(instance, arguments)
    assert found.failure is None
    proposition = found.facts[0].conclusion.proposition
    assert isinstance(proposition, QuadraticFloor)
    return proposition.floor


def about(change: dict[str, dict[str, Any]]) -> Any:
    instance = copy.deepcopy(BUMP)
    for section, values in change.items():
        if isinstance(values, dict):
            instance[section].update(values)
        else:
            instance[section] = values
    return instance


PLANE = about({"data": {
    "features": ["x", "y"],
    "inputs": [[str(a), str(b)] for a, b in ((0, 0), (1, 0), (2, 0), (0, 1), (0, 2), (1, 1), (3, 0))],
    "targets": [["0"], ["1"], ["0"], ["0"], ["5"], ["0"], ["0"]],
}})  # fmt: skip


def test_accepted() -> None:
    assert floor(BUMP, {"weights": THIRD}) == fmpq(9, 20)
    assert floor(BUMP, {"weights": ["1/7", "-3/7", "3/7", "-1/7"]}) == fmpq(9, 20)
    assert floor(PLANE, {"weights": ["-1", "3", "-3", "0", "0", "0", "1"]}) == fmpq(9, 20)


REJECTED = [
    ("another activation", about({"network": {"activation": "sigmoid"}}), THIRD, "QF01"),
    ("two hidden layers", about({"network": {"depth": 2}}), THIRD, "QF01"),
    ("another loss", about({"loss": "pseudo-huber"}), THIRD, "QF02"),
    ("two outputs", about({"data": {"targets": [["0", "0"], ["1", "1"], ["0", "0"], ["0", "0"]]}}), THIRD, "QF02"),
    ("no outputs", about({"data": {"targets": []}}), THIRD, "QF02"),
    ("a weight too few", BUMP, THIRD[1:], "QF03"),
    ("a weight too many", BUMP, [*THIRD, "0"], "QF03"),
    ("not orthogonal to 1", BUMP, ["-1", "3", "-3", "2"], "QF04"),
    ("a second difference", BUMP, ["1", "-2", "1", "0"], "QF04"),
    ("off by a little", BUMP, ["-1", "3", "-3", f"{10**40 + 1}/{10**40}"], "QF04"),
    ("not orthogonal to x y", PLANE, ["1", "-1", "0", "-1", "0", "1", "0"], "QF04"),
    ("targets that a quadratic fits", about({"data": {"targets": [["0"], ["1"], ["4"], ["9"]]}}), THIRD, "QF05"),
    ("no weight at all", BUMP, ["0"] * 4, "QF05"),
]


@pytest.mark.parametrize(("instance", "weights", "code"), [r[1:] for r in REJECTED], ids=[r[0] for r in REJECTED])
def test_rejected(instance: Any, weights: list[str], code: str) -> None:
    failure = outcome(instance, {"weights": weights}).failure
    assert failure is not None
    assert failure.failure.code == code


@pytest.mark.parametrize("arguments", [{}, {"weights": [1, 2, 3, 4]}, {"weights": THIRD, "floor": "100"}])
def test_malformed(arguments: Any) -> None:
    with pytest.raises(Malformed):
        outcome(BUMP, arguments)


def test_no_network_is_below() -> None:
    """Random networks of widths 1 to 4, in exact arithmetic."""
    bound = Fraction(str(floor(BUMP, {"weights": THIRD})))
    chance = random.Random(0)
    data = list(zip(range(4), (0, 1, 0, 0), strict=True))
    for _ in range(300):
        units = [[Fraction(chance.randint(-8, 8), 4) for _ in range(3)] for _ in range(chance.randint(1, 4))]
        bias = Fraction(chance.randint(-8, 8), 4)
        loss = sum((sum(v * (w * x + b) ** 2 for v, w, b in units) + bias - y) ** 2 for x, y in data)
        assert loss >= bound


def test_the_bound_is_sharp_for_the_best_quadratic() -> None:
    """Y - <λ,Y>/|λ|^2 λ is a quadratic polynomial of x with exactly this loss: its third difference is 0."""
    weights = [Fraction(w) for w in THIRD]
    scale = Fraction(3, 20)
    best = [y - scale * w for y, w in zip((0, 1, 0, 0), weights, strict=True)]
    assert sum(w * t for w, t in zip(weights, best, strict=True)) == 0
    assert sum((scale * w) ** 2 for w in weights) == Fraction(str(floor(BUMP, {"weights": THIRD})))
