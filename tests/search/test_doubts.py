"""What is said of units at kinks and of saturated ones."""

from __future__ import annotations

from fractions import Fraction

from flint import fmpq

from certify.search.doubts import doubts
from proofs.full_network import Shape
from proofs.instance import read_instance
from tests.proofs.build import instance_document

INPUTS = [[Fraction(-1)], [Fraction(1, 2)], [Fraction(2)]]
SHAPE = Shape((1, 2, 1), False)


def said(name: str, *parameters: fmpq) -> list[str]:
    document = instance_document(INPUTS, [[0], [1], [0]], name)
    return list(doubts(read_instance(document), SHAPE, parameters, 1e-4))


def test_a_sample_near_a_kink_is_named() -> None:
    one = fmpq(1)
    (line,) = said("relu", one, one / 2, one, -one / 2 + fmpq(1, 10**6), one, one)
    assert line == "unit 1 of layer 1 is only 1e-06 away from a kink at sample 1"
    assert said("relu", one, one / 2, one, one / 4, one, one) == []


def test_saturated_units_are_named() -> None:
    one = fmpq(1)
    (line,) = said("tanh", one, one, one, 20 * one, one, one)
    assert line.startswith("unit 1 of layer 1 is saturated, |σ'| ≤ ")
    assert said("tanh", one, one, one, one, one, one) == []
