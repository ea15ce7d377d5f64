"""A network that bends and is better than every affine function, in few digits."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from flint import fmpq

from certify.progress import Report
from certify.search.better import Better, shortened
from certify.search.floats import VALUE_AND_SLOPE, Array
from certify.search.levenberg import Model, Weights
from certify.search.starts import random_rows
from proofs.piecewise import PiecewiseAffine

_STARTS = 10
_ROUNDS = 80
_SHARE = 1e-3  # of E*: a gap that is worth claiming when more units would give a larger one


def bending_network(
    activation: str,
    piecewise: PiecewiseAffine,
    inputs: Array,
    targets: Array,
    fits: Array,
    output_bias: bool,
    widths: Sequence[int],
    seed: int,
    report: Report,
) -> Better | None:
    """Search a network with one hidden layer, of the first of these widths that will do.

    Args:
        inputs: N x k.
        targets: N x m.
        fits: N x m, the values of the affine fits.
        widths: numbers of hidden units, in the order in which they are tried.

    Returns:
        the first network that is better than the fits by a thousandth of their loss, or else the best one found, or
        None.
    """
    model, before = Model(activation, output_bias, inputs, targets), float(np.sum((fits - targets) ** 2))
    best, least = None, before
    for width in widths:
        found, loss = None, before
        generator = np.random.default_rng(seed)
        for number in range(1, _STARTS + 1):
            report(f"better point: {width} units, start {number}")
            start = _start(model, piecewise, fits, width, number, generator)
            layers, _ = model.improve(start, _ROUNDS)
            reached = model.loss(layers)
            if reached < loss:
                found, loss = layers, reached
        if found is not None and loss < least:
            best, least = found, loss
        if least < (1 - _SHARE) * before:
            break
    return None if best is None else shortened(model, best, before)


def _start(
    model: Model, piecewise: PiecewiseAffine, fits: Array, width: int, number: int, generator: np.random.Generator
) -> Weights:
    """Units that bend at samples, in the direction of a fit (in every other start the first one only) or at random."""
    rows = random_rows(model.inputs, width, generator) * 2.0 ** generator.uniform(-2, 2, size=(width, 1))
    direction = _direction(model.inputs, fits[:, generator.integers(fits.shape[1])])
    if direction is not None:
        aligned = width if number % 2 else 1
        rows[:aligned] = direction * generator.choice((-1, 1), size=(aligned, 1))
    samples = model.inputs[generator.integers(len(model.inputs), size=width)]
    kinks = np.array([float(generator.choice([_float(t) for t in piecewise.breakpoints])) for _ in range(width)])
    biases = kinks - np.sum(rows * samples, axis=1)
    units = VALUE_AND_SLOPE[model.activation][0](model.inputs @ rows.T + biases)
    ones = np.ones((len(units), 1 if model.output_bias else 0))
    outgoing = np.linalg.lstsq(np.concatenate([units, ones], axis=1), model.targets, rcond=1e-10)[0].T
    last = np.asarray(outgoing[:, width] if model.output_bias else np.zeros(len(outgoing)), np.float64)
    return [(rows, biases), (np.asarray(outgoing[:, :width], np.float64), last)]


def _direction(inputs: Array, values: Array) -> Array | None:
    """The row (1 x k) whose product with the inputs varies as the values do, by about 1; None for constant values."""
    centred, spread = inputs - inputs.mean(axis=0), float(values.std())
    if spread <= 1e-12 * float(np.abs(values).max()):
        return None
    row = np.linalg.lstsq(centred, (values - values.mean()) / spread, rcond=1e-10)[0]
    return np.asarray(row[None, :], np.float64)


def _float(value: fmpq) -> float:
    return float(int(value.p)) / float(int(value.q))
