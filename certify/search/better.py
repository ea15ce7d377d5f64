"""A better network: the best of several fits, in as few digits as it needs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from flint import fmpq

from certify.progress import Report
from certify.search.floats import Array
from certify.search.levenberg import Model, Weights
from certify.search.starts import Plateau, nearer_starts, starts

__all__ = ["Better", "Plateau", "find_better"]

_ROUNDS = 150
_OPERATIONS = 3e10
_SOLVED = 1e-6
_DIGITS = (3, 6, 9, 12, 17)
_KEPT = 0.99


@dataclass(frozen=True, slots=True)
class Better:
    """Short exact weights, one (matrix, biases) pair per layer, and the float64 loss there."""

    layers: tuple[tuple[tuple[tuple[fmpq, ...], ...], tuple[fmpq, ...]], ...]
    loss: float


def find_better(
    inputs: Array,
    targets: Array,
    activation: str,
    plateau: Plateau,
    last_width: int,
    output_bias: bool,
    direction: Array,
    seed: int,
    report: Report,
) -> Better | None:
    """Search a network of hidden widths (1, .., 1, last_width) with a loss below that of the plateau.

    Args:
        inputs: N x d_0.
        targets: N x m.
        direction: d_0, a direction in which the residual's second moment is large.

    Returns:
        the best network found, or None when none is below the plateau's loss.
    """
    model = Model(activation, output_bias, inputs, targets)
    plateau_loss = float(np.sum((plateau.constants - targets) ** 2))
    best, least = None, plateau_loss

    def attempts() -> Iterator[Weights]:
        yield from starts(model, plateau, last_width, direction, np.random.default_rng(seed))
        if best is None:
            yield from nearer_starts(model, plateau, last_width, direction)

    left = int(_OPERATIONS / (targets.size * _parameters(inputs, targets, plateau, last_width) ** 2)) + 1
    with np.errstate(all="ignore"):  # what overflows is no better point
        for number, start in enumerate(attempts(), 1):
            report(f"better point: start {number}")
            layers, taken = model.improve(start, min(_ROUNDS, left))
            left -= taken
            loss = model.loss(layers)
            if loss < least:
                best, least = layers, loss
            if least < _SOLVED * plateau_loss or (left <= 0 and best is not None):
                break
        return None if best is None else shortened(model, best, plateau_loss)


def _parameters(inputs: Array, targets: Array, plateau: Plateau, last_width: int) -> int:
    sizes = [inputs.shape[1], *[1] * (len(plateau.levels) - 1), last_width, targets.shape[1]]
    return sum((below + 1) * width for below, width in pairwise(sizes))


def shortened(model: Model, layers: Weights, plateau_loss: float) -> Better:
    """The weights in the fewest digits that keep nearly all of the gain."""
    wanted = plateau_loss - _KEPT * (plateau_loss - model.loss(layers))
    for digits in _DIGITS[:-1]:
        rounded = [(_rounded(weights, digits), _rounded(biases, digits)) for weights, biases in layers]
        if model.loss(rounded) <= wanted:
            return _exact(model, rounded, digits)
    return _exact(model, layers, _DIGITS[-1])


def _rounded(values: Array, digits: int) -> Array:
    return np.array([float(_text(v, digits)) for v in values.flat]).reshape(values.shape)


def _exact(model: Model, layers: Weights, digits: int) -> Better:
    exact = [
        (tuple(tuple(_decimal(v, digits) for v in row) for row in weights), tuple(_decimal(v, digits) for v in biases))
        for weights, biases in layers
    ]
    return Better(tuple(exact), model.loss(layers))


def _text(value: float, digits: int) -> str:
    return f"{value:.{digits - 1}e}"


def _decimal(value: float, digits: int) -> fmpq:
    """The decimal that `_text` shows."""
    mantissa, _, exponent = _text(value, digits).partition("e")
    return fmpq(int(mantissa.replace(".", ""))) * fmpq(10) ** (int(exponent) - digits + 1)
