"""Exact networks: against fractions, for random weights and every piecewise affine activation."""

from __future__ import annotations

import random
from fractions import Fraction
from itertools import pairwise
from typing import Any

import pytest
from flint import fmpq

from proofs.exact_network import common_piece, exact_sums, residuals
from proofs.instance import Instance, read_instance
from proofs.layers import Layer
from proofs.piecewise import NAMED
from tests.proofs.build import instance_document
from tests.proofs.test_piecewise import second

EACH = pytest.mark.parametrize("name", NAMED)


def flint(value: Fraction) -> fmpq:
    return fmpq(value.numerator, value.denominator)


def fraction(value: fmpq) -> Fraction:
    return Fraction(int(value.p), int(value.q))


def instance_of(name: str, rng: random.Random, samples: int = 5) -> Instance:
    def numbers(count: int) -> list[str]:
        return [str(Fraction(rng.randint(-50, 50), rng.choice((1, 3, 10, 14)))) for _ in range(count)]

    inputs, targets = ([numbers(width) for _ in range(samples)] for width in (3, 2))
    return read_instance(instance_document(inputs, targets, name, depth=2, bias=True))


def layers_of(rng: random.Random, *sizes: int) -> list[Layer]:
    def number() -> fmpq:
        return fmpq(rng.randint(-30, 30), rng.choice((1, 2, 7, 10)))

    return [
        Layer(tuple(tuple(number() for _ in range(below)) for _ in range(above)), tuple(number() for _ in range(above)))
        for below, above in pairwise(sizes)
    ]


@EACH
@pytest.mark.parametrize("seed", range(8))
def test_sums_and_residuals_are_those_of_fractions(name: str, seed: int) -> None:
    rng = random.Random(seed)
    instance, layers = instance_of(name, rng), layers_of(rng, 3, 4, 2, 2)
    tables = exact_sums(instance, NAMED[name][1], layers)
    assert [table.columns for table in tables] == [4, 2, 2]
    losses: Any = Fraction(0)
    differences: list[list[Fraction]] = [[], []]
    for n in range(instance.samples):
        states = [fraction(v) for v in instance.inputs.row(n)]
        for h, (layer, table) in enumerate(zip(layers, tables, strict=True)):
            if h:
                states = [second(name, flint(z)) for z in states]
            states = [
                sum((fraction(w) * s for w, s in zip(row, states, strict=True)), fraction(b))
                for row, b in zip(layer.weights, layer.biases, strict=True)
            ]
            assert [fraction(v) for v in table.row(n)] == states
        for o, t in enumerate(states):
            differences[o].append(t - fraction(instance.targets.entry(n, o)))
            losses += differences[o][-1] ** 2
    found, loss = residuals(instance, tables[-1])
    assert fraction(loss) == losses
    for column, truth in zip(found, differences, strict=True):
        ratios = {Fraction(d) / t for d, t in zip(column, truth, strict=True) if t}
        assert len(ratios) == 1
        assert min(ratios) > 0
        assert all((d == 0) == (t == 0) for d, t in zip(column, truth, strict=True))


@EACH
def test_a_common_piece_holds_all_samples_strictly(name: str) -> None:
    piecewise, rng = NAMED[name][1], random.Random(name)
    kinks = [fraction(t) for t in piecewise.breakpoints]
    for _ in range(60):
        instance = instance_of(name, rng)
        shift, size = fmpq(rng.randint(-8, 8)), fmpq(1, rng.choice((1, 10, 60)))
        layer = Layer(((size, fmpq(0), fmpq(0)),), (shift,))
        (table,) = exact_sums(instance, piecewise, [layer])
        values = [fraction(table.entry(n, 0)) for n in range(table.rows)]
        piece = common_piece(table, 0, piecewise)
        sides = {tuple((v > kink) - (v < kink) for kink in kinks) for v in values}
        straight = len(sides) == 1 and 0 not in next(iter(sides))
        assert (piece is not None) == straight
        if piece is not None:
            assert all(fraction(piece.value(flint(v))) == second(name, flint(v)) for v in values)


@EACH
def test_at_a_breakpoint_there_is_no_common_piece(name: str) -> None:
    piecewise = NAMED[name][1]
    document = instance_document([[0], [1]], [[0], [0]], name)
    instance = read_instance(document)
    for kink in piecewise.breakpoints:
        for weight, bias in (
            (0, kink),
            (fmpq(1, 100), kink),
            (fmpq(-1, 100), kink),
            (fmpq(1, 100), kink - fmpq(1, 100)),
        ):
            (table,) = exact_sums(instance, piecewise, [Layer(((fmpq(weight),),), (bias,))])
            assert common_piece(table, 0, piecewise) is None
