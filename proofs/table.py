"""An exact matrix: integers over one denominator per column."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from flint import fmpq, fmpz, fmpz_mat

_PRIME, _GENERATOR = 2**31 - 1, 48271
"""A direction that tells most rows apart: powers of a primitive root, as in Lehmer's generator."""


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """A rows x columns matrix of rationals; entry (n, j) is ``numerators[n, j] / denominators[j]``.

    Data sets are large and their columns share a scale (decimals, or standardised units), so the sums over
    samples that every lemma needs are integer matrix products.
    """

    numerators: fmpz_mat
    denominators: tuple[int, ...]

    @property
    def rows(self) -> int:
        return self.numerators.nrows()

    @property
    def columns(self) -> int:
        return self.numerators.ncols()

    def entry(self, n: int, j: int) -> fmpq:
        """The exact value in row ``n``, column ``j``."""
        return fmpq(self.numerators[n, j], self.denominators[j])

    def row(self, n: int) -> list[fmpq]:
        """Row ``n`` as rationals."""
        return [self.entry(n, j) for j in range(self.columns)]

    def column(self, j: int) -> list[fmpq]:
        """Column ``j`` as rationals."""
        return [self.entry(n, j) for n in range(self.rows)]

    def select(self, columns: Sequence[int]) -> Table:
        """The same rows with only the given columns, in the given order."""
        numbers = [self.numerators[n, j] for n in range(self.rows) for j in columns]
        return Table(fmpz_mat(self.rows, len(columns), numbers), tuple(self.denominators[j] for j in columns))


def equal_rows(matrix: fmpz_mat) -> tuple[tuple[int, ...], ...]:
    """The numbers of the rows grouped by equal rows, each group in order, groups by first appearance.

    Rows with different projections are different; only those with the same are compared entry by entry, so that the
    rows of a large matrix are never all held in memory twice.
    """
    direction = [pow(_GENERATOR, j + 1, _PRIME) for j in range(matrix.ncols())]
    projected = matrix * fmpz_mat(matrix.ncols(), 1, direction)
    alike: dict[fmpz, list[int]] = {}
    for n, value in enumerate(projected.entries()):
        alike.setdefault(value, []).append(n)
    groups: list[tuple[int, ...]] = []
    for members in alike.values():
        equal: dict[tuple[fmpz, ...], list[int]] = {}
        for n in members if len(members) > 1 else ():
            equal.setdefault(tuple(matrix[n, j] for j in range(matrix.ncols())), []).append(n)
        groups.extend(map(tuple, equal.values() or [members]))
    return tuple(sorted(groups))


def table_from_rows(rows: Sequence[Sequence[fmpq]], columns: int) -> Table:
    """Bring rows of rationals over the least common denominator of each column."""
    denominators = [1] * columns
    for row in rows:
        for j, value in enumerate(row):
            if value.q != 1:
                denominators[j] = int(fmpz(denominators[j]).lcm(value.q))
    numbers = [int(value.p) * (denominators[j] // int(value.q)) for row in rows for j, value in enumerate(row)]
    return Table(fmpz_mat(len(rows), columns, numbers), tuple(denominators))


def table_from_columns(columns: Iterable[tuple[Sequence[int], int]], rows: int) -> Table:
    """Build a table from (integer column, denominator) pairs."""
    pairs = list(columns)
    numbers = [column[n] for n in range(rows) for column, _ in pairs]
    return Table(fmpz_mat(rows, len(pairs), numbers), tuple(denominator for _, denominator in pairs))
