"""Exact moments of the data weighted by a residual: integer matrices, one pass over the samples."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from flint import fmpq, fmpz, fmpz_mat

from proofs.table import Table

SHELLS = 64
_BLOCK = 4096


def first_moments(inputs: Table, weights: Sequence[int]) -> tuple[fmpz, list[fmpz]]:
    """sum_n w_n, and for every column j the integer sum_n w_n numerators[n, j] (zero exactly when sum w_n x_nj is)."""
    row = fmpz_mat(1, inputs.rows, weights) * inputs.numerators
    return fmpz(sum(weights)), [row[0, j] for j in range(inputs.columns)]


@dataclass(frozen=True, slots=True)
class Shell:
    """Samples of one sign of the residual and similar size.

    Attributes:
        size: a rational at least |x_n|_1 for every sample of the shell.
        residual_sign: the common sign of the residual, +1 or -1.
        moment: sum |D_n| x_n x_n^T over the shell, in the integer scale shared by all shells of a family.
    """

    size: fmpq
    residual_sign: int
    moment: fmpz_mat


@dataclass(frozen=True)
class ShellMoments:
    """The second moments of the data weighted by |D_n|, split by the sign of D_n and by |x_n|_1.

    All matrices are in one integer scale: entry (j, k) is multiplied by denominator_j denominator_k and by the
    denominator of D. This is a positive diagonal congruence (times a positive number), so definiteness of any
    combination of them is that of the same combination of the true matrices.
    """

    shells: tuple[Shell, ...]

    @cached_property
    def signed(self) -> fmpz_mat:
        """M = sum_n D_n x_n x_n^T."""
        return self.weighted([fmpq(shell.residual_sign) for shell in self.shells])

    @cached_property
    def largest(self) -> fmpq:
        """An upper bound of |x_n|_1 over the samples with D_n != 0."""
        return max(shell.size for shell in self.shells)

    def weighted(self, factors: Sequence[fmpq]) -> fmpz_mat:
        """A positive multiple of the sum over shells of factors[i] times the shell's moment."""
        common = fmpz(1)
        for factor in factors:
            common = common.lcm(factor.q)
        size = self.shells[0].moment.nrows()
        total = fmpz_mat(size, size)
        for factor, shell in zip(factors, self.shells, strict=True):
            total += shell.moment * (factor.p * (common // factor.q))
        return total


def shell_moments(inputs: Table, columns: Sequence[int], weights: Sequence[int]) -> ShellMoments:
    """Split the samples with w_n != 0 into shells over the given columns and sum |w_n| x_n x_n^T in each.

    Sizes are rounded up to multiples of the largest |x_n|_1 / SHELLS, so the number of shells does not grow with N.

    Raises:
        ValueError: every weight is zero.
    """
    common = fmpz(1)
    for j in columns:
        common = common.lcm(inputs.denominators[j])
    scales = [(j, common // inputs.denominators[j]) for j in columns]
    entries = inputs.numerators
    sizes = {n: int(sum(abs(entries[n, j]) * s for j, s in scales)) for n, w in enumerate(weights) if w}
    if not sizes:
        raise ValueError("every weight is zero")
    largest = max(sizes.values())
    groups: dict[tuple[int, int], list[int]] = {}
    for n, size in sizes.items():
        index = -(-size * SHELLS // largest) if largest else 0
        groups.setdefault((index, 1 if weights[n] > 0 else -1), []).append(n)
    absolute = list(map(abs, weights))
    shells = []
    for (index, residual_sign), members in sorted(groups.items()):
        moment = second_moment(entries, columns, members, absolute)
        shells.append(Shell(fmpq(largest * index, SHELLS * common), residual_sign, moment))
    return ShellMoments(tuple(shells))


def second_moment(
    entries: fmpz_mat, columns: Sequence[int], samples: Sequence[int], weights: Sequence[int]
) -> fmpz_mat:
    """sum of weights[n] x_n x_n^T over these samples, for the rows x_n of `entries` in these columns.

    The memory needed beside `entries` does not grow with the number of samples.
    """
    moment = fmpz_mat(len(columns), len(columns))
    for start in range(0, len(samples), _BLOCK):
        block = samples[start : start + _BLOCK]
        rows = [[entries[n, j] for j in columns] for n in block]
        factors = [fmpz(weights[n]) for n in block]
        heavy = [[factor * x for x in row] for factor, row in zip(factors, rows, strict=True)]
        moment += fmpz_mat(rows).transpose() * fmpz_mat(heavy)
    return moment
