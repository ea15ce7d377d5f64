"""Replicas: which are refused, and the wider network computes what the narrower one does, with its gradient."""

from __future__ import annotations

import random
from typing import Any

import pytest
from flint import arb, fmpq

from proofs.balls import precision
from proofs.document import Reader
from proofs.exact import Malformed
from proofs.full_network import Shape, around, evaluate, flat, half_gradient, residuals, shape_of
from proofs.kernel import Rejected
from proofs.replicas import Replicas, read_replicas
from tests.proofs.test_full_network import instance, random_layers

CODES = ("XX02", "XX03")
SHAPE = Shape((2, 2, 2, 1), True)
GOOD = [{"copies": [0, 1, 0], "shares": ["1/3", "1", "2/3"]}, {"copies": [1, 0], "shares": ["1", "1"]}]


def read(*rows: Any) -> Replicas:
    return read_replicas(instance("tanh", 2, True), Reader({"replicas": list(rows)}, ""), SHAPE, CODES)


def test_what_is_read() -> None:
    replicas = read(*GOOD)
    assert replicas.widths == (3, 2)
    assert replicas.shape(SHAPE) == Shape((2, 3, 2, 1), True)
    assert replicas.shares[0] == (fmpq(1, 3), fmpq(1), fmpq(2, 3))


REFUSED: dict[str, tuple[list[Any], str]] = {
    "a layer too few": (GOOD[:1], "XX02"),
    "a layer too many": ([*GOOD, GOOD[1]], "XX02"),
    "nothing replicated": ([GOOD[1], GOOD[1]], "XX02"),
    "a unit that is not copied": ([{"copies": [0, 0, 0], "shares": ["1/3", "1/3", "1/3"]}, GOOD[1]], "XX02"),
    "a unit that does not exist": ([{"copies": [0, 1, 2], "shares": ["1", "1", "1"]}, GOOD[1]], "XX02"),
    "a negative number": ([{"copies": [0, 1, -1], "shares": ["1", "1", "1"]}, GOOD[1]], "XX02"),
    "a share too few": ([{"copies": [0, 1, 0], "shares": ["1", "1"]}, GOOD[1]], "XX02"),
    "more than 1": ([{"copies": [0, 1, 0], "shares": ["1/2", "1", "2/3"]}, GOOD[1]], "XX03"),
    "the share of the other unit": ([{"copies": [0, 1, 0], "shares": ["1/2", "1/2", "1"]}, GOOD[1]], "XX03"),
    "a single copy with half of the weight": ([GOOD[0], {"copies": [1, 0], "shares": ["1", "1/2"]}], "XX03"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_refused(name: str) -> None:
    rows, code = REFUSED[name]
    with pytest.raises(Rejected) as caught:
        read(*rows)
    assert caught.value.code == code


@pytest.mark.parametrize(
    "row",
    [
        {"copies": [0, 1, 0]},
        {"shares": ["1", "1", "1"]},
        {"copies": [0, 1, 0], "shares": ["1/3", "1", 1]},
        {"copies": ["0", 1, 0], "shares": ["1/3", "1", "2/3"]},
        {**GOOD[0], "more": 1},
        [],
    ],
)
def test_what_is_malformed(row: Any) -> None:
    with pytest.raises(Malformed):
        read(row, GOOD[1])


@pytest.mark.parametrize(("bias", "outputs"), [(True, 1), (False, 2), (True, 3)])
def test_the_same_function_and_the_gradient_times_the_shares(bias: bool, outputs: int) -> None:
    """With random shares of any sign, in both layers at once; at points that are not critical."""
    about = instance("silu", 2, bias, outputs)
    layers = random_layers((2, 2, 2, outputs), bias, 5 + outputs)
    shape, numbers = shape_of(about, layers), random.Random(outputs)
    for _ in range(3):
        first, second = (fmpq(numbers.randint(-20, 20), 7) for _ in range(2))
        replicas = Replicas(
            ((1, 0, 1), (0, 0, 1, 0)), ((first, fmpq(1), 1 - first), (second, fmpq(1, 5), fmpq(1), fmpq(4, 5) - second))
        )
        with precision(128):
            narrow = evaluate(about, shape, around(flat(layers, bias), fmpq(0)))
            wider = replicas.shape(shape)
            wide = evaluate(about, wider, replicas.lifted(narrow))
            for row, other in zip(narrow.outputs, wide.outputs, strict=True):
                assert all(t.overlaps(u) and (t - u).abs_upper() < 1e-30 for t, u in zip(row, other, strict=True))
            gradients = [half_gradient(v, residuals(about, v)[0]) for v in (narrow, wide)]
            rows, found = shape.rows(gradients[0]), wider.rows(gradients[1])
            sources = [range(2), *replicas.copies, range(outputs)]
            factors = [*replicas.shares, (fmpq(1),) * outputs]
            for h, layer in enumerate(found):
                for unit, share, row in zip(sources[h + 1], factors[h], layer, strict=True):
                    expected = [arb(share) * rows[h][unit][k] for k in (*sources[h], -1)]
                    assert all(abs(a - b).abs_upper() < 1e-28 for a, b in zip(row, expected, strict=True))
