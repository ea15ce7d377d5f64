"""Replicated units: found, merged, and left alone where the theorem does not apply."""

from __future__ import annotations

from flint import fmpq

from certify.search.replicas import merged
from proofs.layers import Layer

ONE, TWO = fmpq(1), fmpq(2)


def layers(weights: list[int], top: list[int], last: fmpq = ONE) -> tuple[Layer, Layer]:
    rows = [(fmpq(w),) for w in weights]
    hidden = Layer((*rows[:-1], (rows[-1][0] * last,)), (fmpq(0),) * len(rows))
    return hidden, Layer((tuple(map(fmpq, top)),), (ONE,))


def test_units_that_are_alike_are_merged() -> None:
    found = merged(layers([3, 5, 3], [1, 7, 3]))
    assert found is not None
    assert found.copies == (0, 1, 0)
    assert [str(s) for s in found.shares] == ["1/4", "1", "3/4"]
    assert [str(row[0]) for row in found.layers[0].weights] == ["3", "5"]
    assert [str(v) for v in found.layers[1].weights[0]] == ["4", "7"]


def test_units_that_are_nearly_alike_are_merged() -> None:
    assert merged(layers([3, 5, 3], [1, 7, 3], ONE + fmpq(1, 10**8))) is not None
    assert merged(layers([3, 5, 3], [1, 7, 3], ONE + fmpq(1, 10**5))) is None


def test_what_is_left_alone() -> None:
    assert merged(layers([3, 5], [1, 7])) is None  # no units alike
    assert merged(layers([3, 3], [1, -2])) is None  # a negative share
    assert merged(layers([3, 3], [1, -1])) is None  # outgoing weights that cancel
    assert merged(layers([3, 3], [1, 0])) is None  # a unit without outgoing weight
    hidden, top = layers([3, 3], [1, 1])
    assert merged((hidden, Layer((*top.weights, (ONE, TWO)), (ONE, ONE)))) is None  # two outputs
    assert merged((hidden, hidden, top)) is None
