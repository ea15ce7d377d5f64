"""A network with rational weights and a piecewise affine activation, exactly at every sample."""

from __future__ import annotations

from collections.abc import Sequence

from flint import fmpq, fmpz, fmpz_mat

from proofs.instance import Instance
from proofs.layers import Layer
from proofs.piecewise import Piece, PiecewiseAffine
from proofs.table import Table


def exact_sums(instance: Instance, piecewise: PiecewiseAffine, layers: Sequence[Layer]) -> tuple[Table, ...]:
    """The pre-activations of each hidden layer (N x d_h), and last the outputs (N x m)."""
    found, states = [], instance.inputs
    for layer in layers[:-1]:
        found.append(_affine(states, layer))
        states = _activated(found[-1], piecewise)
    return (*found, _affine(states, layers[-1]))


def common_piece(sums: Table, unit: int, piecewise: PiecewiseAffine) -> Piece | None:
    """The piece of sigma that has the pre-activations of a unit at all samples in its interior; None if there is none.

    Args:
        sums: N x d_h.
        unit: a column of it.
    """
    numerators = [sums.numerators[n, unit] for n in range(sums.rows)]
    least, most = (fmpq(end, sums.denominators[unit]) for end in (min(numerators), max(numerators)))
    piece = piecewise.piece_at(least)
    return piece if piece.holds_inside(least) and piece.holds_inside(most) else None


def residuals(instance: Instance, outputs: Table) -> tuple[list[list[int]], fmpq]:
    """For each output the integers D_n = T_n - y_n times a positive number, and the sum of all D_n^2."""
    found, loss = [], fmpq(0)
    for o in range(outputs.columns):
        scale = fmpz(outputs.denominators[o]).lcm(instance.targets.denominators[o])
        factor, other = scale // outputs.denominators[o], scale // instance.targets.denominators[o]
        column = [
            int(outputs.numerators[n, o] * factor - instance.targets.numerators[n, o] * other)
            for n in range(outputs.rows)
        ]
        loss += fmpq(sum(d * d for d in column), scale * scale)
        found.append(column)
    return found, loss


def _affine(states: Table, layer: Layer) -> Table:
    """W s + b for each sample: one integer product, every unit over its own denominator."""
    columns, denominators = [], []
    for weights, bias in zip(layer.weights, layer.biases, strict=True):
        scaled = [*(w / d for w, d in zip(weights, states.denominators, strict=True)), bias]
        common = fmpz(1)
        for entry in scaled:
            common = common.lcm(entry.q)
        columns.append([entry.p * (common // entry.q) for entry in scaled])
        denominators.append(int(common))
    size = len(columns)
    products = states.numerators * fmpz_mat(
        states.columns, size, [column[k] for k in range(states.columns) for column in columns]
    )
    shifts = fmpz_mat(1, size, [column[-1] for column in columns])
    ones = fmpz_mat(states.rows, 1, [1] * states.rows)
    return Table(products + ones * shifts, tuple(denominators))


def _activated(sums: Table, piecewise: PiecewiseAffine) -> Table:
    """sigma of every entry, over one denominator for each unit."""
    columns = [_column(sums, unit, piecewise) for unit in range(sums.columns)]
    numbers = [values[n] for n in range(sums.rows) for values, _ in columns]
    return Table(fmpz_mat(sums.rows, sums.columns, numbers), tuple(denominator for _, denominator in columns))


def _column(sums: Table, unit: int, piecewise: PiecewiseAffine) -> tuple[list[fmpz], int]:
    """On each piece slope z + intercept, with z = p / q, is a p + b over the common denominator of all pieces."""
    denominator, common = sums.denominators[unit], fmpz(1)
    scaled = [(piece.slope / denominator, piece.intercept) for piece in piecewise.pieces]
    for a, b in scaled:
        common = common.lcm(a.q).lcm(b.q)
    lines = [(a.p * (common // a.q), b.p * (common // b.q)) for a, b in scaled]
    limits = [-((-t.p * denominator) // t.q) for t in piecewise.breakpoints]  # p / q < t if and only if p < ceil(q t)
    values = []
    for n in range(sums.rows):
        p = sums.numerators[n, unit]
        slope, intercept = lines[sum(p >= limit for limit in limits)]
        values.append(slope * p + intercept)
    return values, int(common)
