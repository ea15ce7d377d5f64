"""The data as the search sees it: distinct inputs, as short integers for exact work and whitened for floats."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import gcd
from typing import TypeAlias

import numpy as np
from flint import fmpq, fmpz, fmpz_mat
from numpy.typing import NDArray

from proofs.table import Table

Floats: TypeAlias = NDArray[np.float64]

_FLOAT_BITS = 1000


@dataclass(frozen=True, slots=True, eq=False)
class Whitened:
    """An affine image of the points with weighted mean 0 and weighted covariance 1, in floats.

    Attributes:
        reduced: points x r integers with the same column span as the original integers, short and nearly orthogonal.
        values: points x r floats, the whitened image.
        transform: r x r floats; values = (integers / scales) transform, up to a constant row.
        scales: for each column of the original integers a power of two of about its size.
    """

    reduced: fmpz_mat
    values: Floats
    transform: Floats
    scales: tuple[int, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Points:
    """The G distinct inputs, x = origin + units * integers (entrywise), each with the samples that have it.

    Attributes:
        copies: for each point its samples.
        integers: G x d_0; differences to the first sample, without common factors in a column.
        origin: the first sample.
        units: the size of one integer step, for each feature.
        white: the whitened points, every sample counted.
    """

    copies: tuple[tuple[int, ...], ...]
    integers: fmpz_mat
    origin: tuple[fmpq, ...]
    units: tuple[fmpq, ...]
    white: Whitened

    @property
    def count(self) -> int:
        return len(self.copies)

    @property
    def features(self) -> int:
        return self.integers.ncols()

    @property
    def multiplicities(self) -> Floats:
        return np.array([len(samples) for samples in self.copies], dtype=np.float64)


def distinct_points(inputs: Table) -> Points:
    """Merge equal rows of ``inputs``, whose columns must be affinely independent."""
    rows = inputs.numerators.tolist()
    groups: dict[tuple[fmpz, ...], list[int]] = {}
    for n, row in enumerate(rows):
        groups.setdefault(tuple(row), []).append(n)
    first = rows[0]
    columns = [_primitive([row[j] - first[j] for row in groups]) for j in range(inputs.columns)]
    integers = fmpz_mat(len(groups), inputs.columns, [value for row in zip(*(c for c, _ in columns)) for value in row])
    return Points(
        copies=tuple(map(tuple, groups.values())),
        integers=integers,
        origin=tuple(inputs.row(0)),
        units=tuple(fmpq(divisor, q) for (_, divisor), q in zip(columns, inputs.denominators, strict=True)),
        white=whiten(integers, np.array([len(samples) for samples in groups.values()], dtype=np.float64)),
    )


def whiten(integers: fmpz_mat, weights: Floats) -> Whitened:
    """Whiten points given as integers (G x r, columns affinely independent), counted with positive weights (G).

    The columns are first replaced by an LLL-reduced basis of their span, exactly, so that nearly dependent columns
    (powers of a year, say) do not cost the floats their digits.
    """
    centred = _centred(integers, weights)
    _, change = (centred.transpose() * centred).lll(transform=True, rep="gram", gram="exact")
    change = change.transpose()
    reduced = integers * change
    scales, new_scales = column_scales(integers), column_scales(reduced)
    columns = scaled_floats(reduced, new_scales)
    root = np.sqrt(weights)[:, None]
    columns -= weights @ columns / weights.sum()
    orthonormal, triangle = np.linalg.qr(root * columns)
    size = np.sqrt(weights.sum())
    exact_part = [
        [float(fmpq(change[i, j] * scales[i], new_scales[j])) for j in range(change.ncols())]
        for i in range(change.nrows())
    ]
    transform = np.array(exact_part) @ np.linalg.inv(triangle) * size
    return Whitened(reduced, orthonormal / root * size, transform, tuple(scales))


def _centred(integers: fmpz_mat, weights: Floats) -> fmpz_mat:
    """The integers minus their (weighted, rounded) mean; enough for a reduction that need not be exact."""
    total = fmpz_mat(1, len(weights), list(map(int, weights)))
    sums, samples = total * integers, int(weights.sum())
    mean = fmpz_mat(1, integers.ncols(), [sums[0, j] // samples for j in range(integers.ncols())])
    return integers - fmpz_mat(len(weights), 1, [1] * len(weights)) * mean


def _primitive(column: list[fmpz]) -> tuple[list[fmpz], int]:
    """The column divided by the greatest common divisor of its entries, and that divisor."""
    divisor = 0
    for value in column:
        divisor = gcd(divisor, int(value))
        if divisor == 1:
            return column, 1
    return ([value // divisor for value in column], divisor) if divisor else (column, 1)


def column_scales(integers: fmpz_mat) -> list[int]:
    """For each column the least power of two above all its entries."""
    return [1 << max(value.bit_length() for value in column) for column in integers.transpose().tolist()]


def scaled_floats(integers: fmpz_mat, scales: Iterable[int]) -> Floats:
    """The integers divided by a power of two for each column; the entries may be too long for a float."""
    exponents = [scale.bit_length() - 1 for scale in scales]
    shifts = [max(0, exponent - _FLOAT_BITS) for exponent in exponents]
    entries = integers.tolist()
    if any(shifts):
        entries = [[value >> shift for value, shift in zip(row, shifts, strict=True)] for row in entries]
    values = np.fromiter((float(value) for row in entries for value in row), np.float64)
    kept = np.array(exponents) - np.array(shifts)
    return np.ldexp(values.reshape(integers.nrows(), integers.ncols()), -kept)
