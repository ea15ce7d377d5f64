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
    assert found.replicas.copies == ((0, 1, 0),)
    assert [str(s) for s in found.replicas.shares[0]] == ["1/4", "1", "3/4"]
    assert [str(row[0]) for row in found.layers[0].weights] == ["3", "5"]
    assert [str(v) for v in found.layers[1].weights[0]] == ["4", "7"]


def test_units_that_are_nearly_alike_are_merged() -> None:
    assert merged(layers([3, 5, 3], [1, 7, 3], ONE + fmpq(1, 10**8))) is not None
    assert merged(layers([3, 5, 3], [1, 7, 3], ONE + fmpq(1, 10**5))) is None


def test_shares_of_any_sign() -> None:
    found = merged(layers([3, 3], [1, -3]))
    assert found is not None
    assert [str(s) for s in found.replicas.shares[0]] == ["-1/2", "3/2"]
    assert [str(v) for v in found.layers[1].weights[0]] == ["-2"]
    zero = merged(layers([3, 3], [1, 0]))
    assert zero is not None
    assert [str(s) for s in zero.replicas.shares[0]] == ["1", "0"]


def test_what_is_left_alone() -> None:
    assert merged(layers([3, 5], [1, 7])) is None  # no units alike
    assert merged(layers([3, 3], [1, -1])) is None  # outgoing weights that cancel
    found = merged(layers([3, 5, 3, 5], [1, 7, -1, 7]))
    assert found is not None
    assert found.replicas.copies == ((0, 1, 2, 1),)


def test_several_outputs() -> None:
    hidden, top = layers([3, 5, 3], [1, 7, 3])
    second = tuple(2 * v for v in top.weights[0])
    found = merged((hidden, Layer((top.weights[0], second), (ONE, TWO))))
    assert found is not None
    assert [str(s) for s in found.replicas.shares[0]] == ["1/4", "1", "3/4"]
    assert [[str(v) for v in row] for row in found.layers[1].weights] == [["4", "7"], ["8", "14"]]


def test_several_layers_from_the_inputs_to_the_outputs() -> None:
    """Units of the second layer are alike once those of the first are merged."""
    hidden, _ = layers([3, 5, 3], [1, 7, 3])
    middle = Layer(((ONE, TWO, ONE), (-ONE, TWO, 3 * ONE)), (ONE, ONE))
    found = merged((hidden, middle, Layer(((ONE, ONE),), (TWO,))))
    assert found is not None
    assert found.replicas.copies == ((0, 1, 0), (0, 0))
    assert found.replicas.widths == (3, 2)
    assert [[str(v) for v in row] for row in found.layers[1].weights] == [["2", "2"]]
    assert [[str(v) for v in row] for row in found.layers[2].weights] == [["2"]]
    for shares, copies in zip(found.replicas.shares, found.replicas.copies, strict=True):
        for unit in set(copies):
            assert sum((s for s, a in zip(shares, copies, strict=True) if a == unit), fmpq(0)) == 1


def test_shares_that_are_no_decimals_still_sum_to_one() -> None:
    found = merged(layers([3, 3, 3], [1, 1, 1]))
    assert found is not None
    assert sum(found.replicas.shares[0], fmpq(0)) == 1
    assert all(abs(s - fmpq(1, 3)) < fmpq(1, 10**19) for s in found.replicas.shares[0])
