"""affine-better-point/1: accepted and rejected, and the losses once more in fractions."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
from flint import fmpq

from proofs.document import Reader
from proofs.exact import Malformed
from proofs.kernel import Conclusion, Fact, Rejected
from proofs.lemmas import LEMMAS
from proofs.lemmas.affine_better_point import AffineBetterPoint
from tests.proofs.affine import ABS, AFFINE, BETTER, DEAD, HARDTANH, MINIMUM, RELU
from tests.proofs.build import Case, layer
from tests.proofs.lemmas.test_affine_minimum import LOSSES

EXACT: dict[str, Any] = {
    "relu": lambda z: max(z, Fraction(0)),
    "leaky_relu": lambda z: max(z, z / 100),
    "relu6": lambda z: min(max(z, Fraction(0)), Fraction(6)),
    "hardtanh": lambda z: min(max(z, Fraction(-1)), Fraction(1)),
    "abs": abs,
}


def exact_loss(case: Case) -> Fraction:
    """The loss of the better point in fractions, from the definition."""
    data, sigma = case.document["data"], EXACT[case.document["network"]["activation"]]
    total = Fraction(0)
    for x, y in zip(data["inputs"], data["targets"], strict=True):
        states = [Fraction(v) for v in x]
        for h, item in enumerate(case.arguments[BETTER]["layers"]):
            if h:
                states = [sigma(z) for z in states]
            states = [
                sum((Fraction(w) * s for w, s in zip(row, states, strict=True)), Fraction(b))
                for row, b in zip(item["weights"], item["biases"], strict=True)
            ]
        total += sum((t - Fraction(v)) ** 2 for t, v in zip(states, y, strict=True))
    return total


@pytest.mark.parametrize("name", AFFINE)
def test_the_true_gap_is_accepted_and_nothing_above_it(name: str) -> None:
    case = AFFINE[name]
    loss = LOSSES[name]
    gap = Fraction(int(fmpq(loss).p), int(fmpq(loss).q)) - exact_loss(case)
    assert Fraction(case.arguments[BETTER]["gap"]) == gap
    proposition = case.step(BETTER).proposition
    assert isinstance(proposition, AffineBetterPoint)
    assert proposition.gap == fmpq(gap.numerator, gap.denominator)
    widths = tuple(len(item["biases"]) for item in case.arguments[BETTER]["layers"][:-1])
    assert proposition.least_widths == widths
    assert case.code(BETTER, {"gap": str(gap + Fraction(1, 10**60))}) == ("Rejected", "AB03")
    assert case.code(BETTER, {"gap": str(gap / 3)}) == ("", "")


FIRST, LAST = RELU.arguments[BETTER]["layers"]

REJECTED: list[tuple[str, Case, dict[str, Any], str]] = [
    ("gap zero", RELU, {"gap": "0"}, "AB02"),
    ("gap negative", RELU, {"gap": "-1"}, "AB02"),
    ("no layer", RELU, {"layers": []}, "BP03"),
    ("a layer too many", RELU, {"layers": [FIRST, layer([[1, 0], [0, 1]], [0, 0]), LAST]}, "BP03"),
    ("a bias too few", RELU, {"layers.0.biases": ["0"]}, "BP03"),
    ("an output too few", ABS, {"layers.1": layer([[1, 1, 1]], [0])}, "BP03"),
    ("an output bias where there is none", RELU, {"layers.1.biases": ["1"]}, "BP03"),
    ("too many units", RELU.about({"network.widths": [1]}), {}, "BP04"),
    ("the minimum itself", RELU, {"layers": RELU.arguments[MINIMUM]["layers"], "gap": f"1/{10**50}"}, "AB03"),
    ("a worse point", RELU, {"layers.1.weights": [["0", "0"]], "gap": f"1/{10**50}"}, "AB03"),
    ("a step in the wrong direction", HARDTANH, {"layers.2.biases": ["-33"]}, "AB03"),
    ("everything and more", DEAD, {"gap": "9"}, "AB03"),
]


@pytest.mark.parametrize(("case", "changes", "code"), [r[1:] for r in REJECTED], ids=[r[0] for r in REJECTED])
def test_rejected(case: Case, changes: dict[str, Any], code: str) -> None:
    assert case.code(BETTER, changes) == ("Rejected", code)


@pytest.mark.parametrize("changes", [{"gap": 1}, {"gap": None}, {"layers": None}, {"loss": "0"}])
def test_malformed(changes: dict[str, Any]) -> None:
    with pytest.raises(Malformed):
        RELU.step(BETTER, changes)


def test_it_needs_an_affine_minimum() -> None:
    stranger = Fact("s1", LEMMAS[MINIMUM], Conclusion("an affine minimum, believe me", ""))
    with pytest.raises(Rejected) as caught:
        LEMMAS[BETTER].check(RELU.instance, (stranger,), Reader(RELU.arguments[BETTER], ""))
    assert caught.value.code == "AB01"
