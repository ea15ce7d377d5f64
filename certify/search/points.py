"""The data as the search sees it: distinct inputs, as short integers for exact work and whitened for floats."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from math import gcd
from typing import Any, TypeAlias

import numpy as np
from flint import fmpq, fmpz, fmpz_mat
from numpy.typing import NDArray

from proofs.table import Table, equal_rows

Floats: TypeAlias = NDArray[np.floating[Any]]

_FLOAT_BITS = 1000


@dataclass(frozen=True, slots=True, eq=False)
class Coordinates:
    """r affine coordinates of G points: exact integers and, over a scale, floats.

    Attributes:
        integers: G x r, affinely independent columns.
        units: for each column the length of an integer step, in the units of the data.
        scales: for each column about the size of its integers; a power of two in the units of the data, where natural
            relations between the columns have short coefficients.
        floats: G x r, integers / scales.
    """

    integers: fmpz_mat
    units: tuple[fmpq, ...]
    scales: tuple[fmpq, ...]
    floats: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Whitened:
    """An affine image of coordinates with weighted mean 0 and weighted covariance 1.

    Attributes:
        reduced: G x r integers with the same column span as the coordinates, short and nearly orthogonal.
        values: G x r floats, the whitened image.
        transform: r x r floats; values = coordinates.floats transform, up to a constant row.
    """

    reduced: fmpz_mat
    values: Floats
    transform: Floats


@dataclass(frozen=True, eq=False)
class Points:
    """The G distinct inputs, x = origin + units * integers (entrywise), each with the samples that have it.

    Attributes:
        copies: for each point its samples.
        origin: the first sample.
        coordinates: the features' differences to the origin, without common factors in a column of integers.
        white: these coordinates whitened, every sample counted.
    """

    copies: tuple[tuple[int, ...], ...]
    origin: tuple[fmpq, ...]
    coordinates: Coordinates
    white: Whitened

    @property
    def count(self) -> int:
        return len(self.copies)

    @property
    def features(self) -> int:
        return len(self.origin)

    @cached_property
    def multiplicities(self) -> Floats:
        """The number of samples at each point (G)."""
        return np.array([len(samples) for samples in self.copies], dtype=np.float64)

    @cached_property
    def affine(self) -> Floats:
        """An orthonormal basis (G x (d_0 + 1)) of sqrt(multiplicity) times the affine functions of the inputs."""
        columns = np.column_stack([np.ones(self.count), self.white.values])
        return np.asarray(np.linalg.qr(np.sqrt(self.multiplicities)[:, None] * columns)[0])

    @cached_property
    def homogeneous(self) -> fmpz_mat:
        """The rows (1, reduced point): G x (d_0 + 1) integers that span the affine functions of the inputs."""
        rows, size = self.count, self.features
        shift = fmpz_mat(size, size + 1, [int(i + 1 == j) for i in range(size) for j in range(size + 1)])
        constant = fmpz_mat(rows, 1, [1] * rows) * fmpz_mat(1, size + 1, [1] + [0] * size)
        return constant + self.white.reduced * shift


def distinct_points(inputs: Table) -> Points:
    """Merge equal rows of ``inputs``.

    Raises:
        ValueError: the columns are affinely dependent.
    """
    copies = equal_rows(inputs.numerators)
    distinct = inputs.numerators
    if len(copies) < inputs.rows:
        distinct = fmpz_mat([[distinct[group[0], j] for j in range(inputs.columns)] for group in copies])
    integers, divisors = _primitive_columns(_minus_row(distinct, [distinct[0, j] for j in range(inputs.columns)]))
    if not all(divisors):
        raise ValueError("the columns are affinely dependent: one is constant")
    units = [fmpq(divisor, q) for divisor, q in zip(divisors, inputs.denominators, strict=True)]
    coordinates = coordinates_of(integers, units)
    counts = [len(samples) for samples in copies]
    return Points(copies, tuple(inputs.row(0)), coordinates, whiten(coordinates, counts))


def coordinates_of(integers: fmpz_mat, units: Sequence[fmpq]) -> Coordinates:
    """Scale integers, of any length, to floats of about 1."""
    floats, powers = scaled_floats(integers)
    lengths = [unit * power for unit, power in zip(units, powers, strict=True)]
    scales = [
        fmpq(2) ** (length.p.bit_length() - length.q.bit_length()) / unit
        for length, unit in zip(lengths, units, strict=True)
    ]
    ratios = [float(power / scale) for power, scale in zip(powers, scales, strict=True)]
    return Coordinates(integers, tuple(units), tuple(scales), floats * np.array(ratios))


def whiten(coordinates: Coordinates, counts: Sequence[int]) -> Whitened:
    """Whiten points, each counted so many times.

    Raises:
        ValueError: the columns are affinely dependent.

    The columns are first replaced by an LLL-reduced basis of their span, exactly, so that nearly dependent columns
    (powers of a year, say) do not cost the floats their digits.
    """
    integers, samples = coordinates.integers, sum(counts)
    sums = (fmpz_mat(1, len(counts), counts) * integers).tolist()[0]
    centred = _minus_row(integers * samples, sums)
    gram = centred.transpose() * centred
    if gram.rank() < gram.nrows():
        raise ValueError("the columns are affinely dependent")
    _, change = gram.lll(True, 0.99, 0.51, "gram", "exact")
    reduced = integers * change.transpose()
    floats, scales = scaled_floats(reduced)
    weights = np.array(counts, dtype=np.float64)
    floats -= weights @ floats / samples
    root = np.sqrt(weights)[:, None]
    orthonormal, triangle = np.linalg.qr(root * floats)
    changes = [
        [float(scale * change[j, i] / other) for j, other in enumerate(scales)]
        for i, scale in enumerate(coordinates.scales)
    ]
    return Whitened(
        reduced=reduced,
        values=orthonormal / root * np.sqrt(samples),
        transform=np.array(changes) @ np.linalg.inv(triangle) * np.sqrt(samples),
    )


def scaled_floats(integers: fmpz_mat) -> tuple[Floats, list[int]]:
    """The integers with each column divided by a power of two of about its size, and these powers.

    The integers may be too long for a float.
    """
    shifts = [0] * integers.ncols()
    try:
        values = _floats(integers)
    except OverflowError:
        lengths = [max(value.bit_length() for value in column) for column in integers.transpose().tolist()]
        shifts = [max(0, length - _FLOAT_BITS) for length in lengths]
        shifted = [[v >> shift for v, shift in zip(row, shifts, strict=True)] for row in integers.tolist()]
        values = _floats(fmpz_mat(shifted))
    exponents = np.frexp(np.abs(values).max(axis=0))[1]
    powers = [1 << (shift + exponent) for shift, exponent in zip(shifts, exponents.tolist(), strict=True)]
    return np.ldexp(values, -exponents), powers


def _floats(integers: fmpz_mat) -> Floats:
    return np.fromiter(map(float, integers.entries()), np.float64).reshape(integers.nrows(), integers.ncols())


def _minus_row(integers: fmpz_mat, row: Sequence[fmpz]) -> fmpz_mat:
    return integers - fmpz_mat(integers.nrows(), 1, [1] * integers.nrows()) * fmpz_mat(1, len(row), row)


def _primitive_columns(integers: fmpz_mat) -> tuple[fmpz_mat, list[int]]:
    """Each column divided by the greatest common divisor of its entries, and those divisors."""
    divisors = [_common_divisor(integers, j) for j in range(integers.ncols())]
    if any(divisor > 1 for divisor in divisors):
        rows = integers.tolist()
        integers = fmpz_mat([[value // divisor for value, divisor in zip(row, divisors, strict=True)] for row in rows])
    return integers, divisors


def _common_divisor(integers: fmpz_mat, column: int) -> int:
    divisor = 0
    for n in range(integers.nrows()):
        divisor = gcd(divisor, int(integers[n, column]))
        if divisor == 1:
            break
    return divisor
