"""Better networks of one shape: certainly better in floats where one exists, none at the best."""

from __future__ import annotations

from fractions import Fraction

import pytest
from flint import fmpq

from certify.search.same_shape import better_of_same_shape, loss_of
from proofs.layers import Layer
from tests.proofs.examined import BETTER, CRITICAL, EXAMINED, loss_at, shape_and_centre
from tests.proofs.oracle import real


def layers_of(name: str, lemma: str) -> list[Layer]:
    return [
        Layer(tuple(tuple(map(fmpq_of, row)) for row in item["weights"]), tuple(map(fmpq_of, item["biases"])))
        for item in EXAMINED[name].arguments[lemma]["layers"]
    ]


def fmpq_of(text: str) -> fmpq:
    numerator, _, denominator = text.partition("/")
    return fmpq(int(numerator), int(denominator or 1))


def test_the_loss_in_floats() -> None:
    instance = EXAMINED["stuck"].instance
    assert loss_of(instance, layers_of("stuck", CRITICAL)) == pytest.approx(0.80877, abs=1e-5)
    assert loss_of(instance, layers_of("minimum", CRITICAL)) == pytest.approx(0.50361, abs=1e-5)


@pytest.mark.parametrize("name", ["decay", "entropy"])
def test_the_loss_in_floats_with_decay(name: str) -> None:
    case = EXAMINED[name]
    for lemma in (CRITICAL, BETTER):
        shape, point = shape_and_centre(case, lemma)
        exact = loss_at(case, shape, [real(v) for v in point])
        assert loss_of(case.instance, layers_of(name, lemma)) == pytest.approx(float(exact), rel=1e-12)


@pytest.mark.parametrize("name", ["decay", "entropy"])
def test_a_better_network_is_found_with_decay(name: str) -> None:
    case = EXAMINED[name]
    loss = loss_of(case.instance, layers_of(name, CRITICAL))
    found = better_of_same_shape(case.instance, loss, 0, lambda message: None)
    assert found is not None
    assert loss_of(case.instance, found) < loss - float(Fraction(case.arguments[BETTER]["gap"])) / 2


def test_a_better_network_is_found_again() -> None:
    instance = EXAMINED["stuck"].instance
    found = better_of_same_shape(instance, 0.80877, 0, lambda message: None)
    assert found is not None
    assert [len(layer.biases) for layer in found] == [2, 1]
    assert loss_of(instance, found) < 0.51
    assert loss_of(instance, found) <= loss_of(instance, layers_of("stuck", BETTER)) * 1.01


def test_nothing_is_better_than_zero() -> None:
    assert better_of_same_shape(EXAMINED["stuck"].instance, 0.0, 0, lambda message: None) is None
