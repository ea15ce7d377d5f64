"""Straight networks: for every activation, piece, depth and bias they compute the fits, inside the piece, and their
widths are those of Theorem 36."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from flint import fmpq

from certify.search.affine_fit import AffineFunction
from certify.search.affine_point import Interval, carried, image, interior, straight_network
from proofs.exact_network import common_piece, exact_sums
from proofs.instance import Instance, read_instance
from proofs.layers import Layer, hidden_widths
from proofs.piecewise import NAMED, Piece
from tests.proofs.build import instance_document

PIECES = [(name, k) for name, (_, piecewise) in NAMED.items() for k in range(len(piecewise.pieces))]
SLOPED = [(name, k) for name, k in PIECES if NAMED[name][1].pieces[k].slope != 0]
FLAT = [(name, k) for name, k in PIECES if NAMED[name][1].pieces[k].slope == 0]

X = [[0, 5], [1, -3], [-2, "1/2"], [4, 4], ["7/2", 0]]


def function(*numbers: Any) -> AffineFunction:
    *weights, constant = (fmpq(*v) if isinstance(v, tuple) else fmpq(v) for v in numbers)
    return AffineFunction(tuple(weights), constant)


ONE = function(1, 2, 3)
POSITIVE = function(1, 2, 40)
NEGATIVE = function(3, -1, -90)
CONSTANT = function(0, 0, (7, 2))
NOTHING = function(0, 0, 0)
# the fits, and r and rho of Theorem 36
FITS: dict[str, tuple[list[AffineFunction], int, int]] = {
    "changes sign": ([ONE], 1, 1),
    "positive": ([POSITIVE], 1, 1),
    "negative": ([NEGATIVE], 1, 1),
    "constant": ([CONSTANT], 0, 1),
    "zero": ([NOTHING], 0, 0),
    "parallel": ([ONE, function(-2, -4, -6)], 1, 1),
    "parallel but for a constant": ([ONE, function(1, 2, 4)], 1, 2),
    "independent": ([ONE, function(0, 1, -1)], 2, 2),
    "three, dependent": ([ONE, function(0, 1, -1), function(1, 3, 2)], 2, 2),
    "with a zero": ([NOTHING, ONE], 1, 1),
}


def instance_of(name: str, depth: int, bias: bool, outputs: int) -> Instance:
    return read_instance(instance_document(X, [[0] * outputs] * len(X), name, depth, bias=bias))


def demand_straight(instance: Instance, name: str, piece: Piece, layers: list[Layer]) -> Any:
    """The outputs as rows, once every unit is seen to be inside the piece."""
    *hidden, outputs = exact_sums(instance, NAMED[name][1], layers)
    for sums in hidden:
        assert all(common_piece(sums, unit, NAMED[name][1]) == piece for unit in range(sums.columns))
    return [outputs.row(n) for n in range(outputs.rows)]


@pytest.mark.parametrize(("name", "number"), SLOPED)
@pytest.mark.parametrize("bias", [False, True])
@pytest.mark.parametrize("depth", [1, 2, 4])
@pytest.mark.parametrize("which", FITS)
def test_it_computes_the_fits(name: str, number: int, bias: bool, depth: int, which: str) -> None:
    fits, r, rho = FITS[which]
    instance, piece = instance_of(name, depth, bias, len(fits)), NAMED[name][1].pieces[number]
    layers = straight_network(instance, NAMED[name][1], piece, fits)
    assert layers is not None
    for n, row in enumerate(demand_straight(instance, name, piece, layers)):
        x = instance.inputs.row(n)
        assert row == [f.constant + sum(w * v for w, v in zip(f.weights, x, strict=True)) for f in fits]
    assert bias or not any(layers[-1].biases)
    *lower, top = hidden_widths(layers)
    assert all(width == max(1, r) for width in lower)
    if bias:
        assert top == max(1, r)
    else:
        reach = image(piece)
        signed = which in ("positive", "negative", "constant") or reach.holds(fmpq(0), fmpq(0))
        assert top == (max(1, rho) if signed else rho + 1)


@pytest.mark.parametrize(("name", "number"), FLAT)
@pytest.mark.parametrize("bias", [False, True])
@pytest.mark.parametrize("depth", [1, 3])
def test_dead_units(name: str, number: int, bias: bool, depth: int) -> None:
    fits = [CONSTANT, function(0, 0, -1)]
    instance, piece = instance_of(name, depth, bias, 2), NAMED[name][1].pieces[number]
    layers = straight_network(instance, NAMED[name][1], piece, fits)
    if not bias and piece.intercept == 0:
        assert layers is None
        return
    assert layers is not None
    assert hidden_widths(layers) == (1,) * depth
    assert demand_straight(instance, name, piece, layers) == [[fmpq(7, 2), fmpq(-1)]] * len(X)


def test_dead_units_that_compute_nothing() -> None:
    instance, piece = instance_of("relu", 2, False, 1), NAMED["relu"][1].pieces[0]
    layers = straight_network(instance, NAMED["relu"][1], piece, [NOTHING])
    assert layers is not None
    assert demand_straight(instance, "relu", piece, layers) == [[0]] * len(X)


@pytest.mark.parametrize(("name", "number"), SLOPED)
@pytest.mark.parametrize("depth", [1, 2, 3])
@pytest.mark.parametrize("rows", [1, 2, 3])
def test_pre_activations_are_carried_upwards(name: str, number: int, depth: int, rows: int) -> None:
    """Those of the last hidden layer are what they are at depth 1, whatever they are; the others are inside."""
    rng = np.random.default_rng(rows)
    numbers = [[fmpq(int(v), 7) for v in row] for row in rng.integers(-50, 50, size=(rows, 3))]
    if rows == 3:
        numbers[2] = [a - 2 * b for a, b in zip(numbers[0], numbers[1], strict=True)]
    last = Layer(tuple(tuple(row[:2]) for row in numbers), tuple(row[2] for row in numbers))
    instance, piece = instance_of(name, depth, False, 1), NAMED[name][1].pieces[number]
    layers = carried(instance, NAMED[name][1], piece, last)
    assert [len(layer.biases) for layer in layers] == [min(rows, 2)] * (depth - 1) + [rows]
    out = Layer(((fmpq(0),) * rows,), (fmpq(0),))
    *lower, top, _ = exact_sums(instance, NAMED[name][1], [*layers, out])
    (wanted,) = exact_sums(instance, NAMED[name][1], [last])
    assert [top.row(n) for n in range(top.rows)] == [wanted.row(n) for n in range(wanted.rows)]
    for sums in lower:
        assert all(common_piece(sums, unit, NAMED[name][1]) == piece for unit in range(sums.columns))


@pytest.mark.parametrize(
    "ends", [(0, None), (None, 0), (3, None), (None, -4), (-1, 1), ((1, 3), (2, 3)), (5, 6), (None, 9), (-9, None)]
)
@pytest.mark.parametrize("values", [(0, 0), (-3, 10**6), (2, 5), (-7, -6), (0, 10**20), ((1, 10**9), (2, 10**9))])
def test_there_is_room(ends: Any, values: Any) -> None:
    def number(value: Any) -> fmpq:
        return fmpq(*value) if isinstance(value, tuple) else fmpq(value)

    lower, upper = (None if end is None else number(end) for end in ends)
    least, most = map(number, values)
    interval = Interval(lower, upper)
    factor, shift = interval.room_for(least, most)
    assert factor > 0
    assert interval.holds(shift + factor * least, shift + factor * most)


def test_images() -> None:
    assert image(NAMED["abs"][1].pieces[0]) == Interval(fmpq(0), None)
    assert image(NAMED["leaky_relu"][1].pieces[0]) == Interval(None, fmpq(0))
    assert image(NAMED["hardsigmoid"][1].pieces[1]) == Interval(fmpq(0), fmpq(1))
    assert interior(NAMED["hardsigmoid"][1].pieces[1]) == Interval(fmpq(-3), fmpq(3))
    assert not Interval(fmpq(0), fmpq(1)).holds(fmpq(0), fmpq(1, 2))
    assert not Interval(fmpq(0), fmpq(1)).holds(fmpq(1, 2), fmpq(1))
