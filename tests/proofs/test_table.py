"""The exact matrix: what goes in comes out."""

from __future__ import annotations

from fractions import Fraction

from flint import fmpq, fmpz_mat
from hypothesis import given, settings
from hypothesis import strategies as st

from proofs.table import _GENERATOR, _PRIME, Table, equal_rows, table_from_columns, table_from_rows

MATRICES = st.integers(1, 4).flatmap(
    lambda columns: st.lists(st.lists(st.fractions(), min_size=columns, max_size=columns), min_size=1, max_size=5)
)


def _flint(rows: list[list[Fraction]]) -> list[list[fmpq]]:
    return [[fmpq(v.numerator, v.denominator) for v in row] for row in rows]


@given(MATRICES)
@settings(deadline=None, derandomize=True)
def test_rows_and_columns_come_back(rows: list[list[Fraction]]) -> None:
    exact = _flint(rows)
    table = table_from_rows(exact, len(rows[0]))
    assert [table.row(n) for n in range(table.rows)] == exact
    assert [table.column(j) for j in range(table.columns)] == [list(column) for column in zip(*exact, strict=True)]


@given(MATRICES)
@settings(deadline=None, derandomize=True)
def test_each_column_has_its_least_denominator(rows: list[list[Fraction]]) -> None:
    table = table_from_rows(_flint(rows), len(rows[0]))
    for j, denominator in enumerate(table.denominators):
        column = [row[j] for row in rows]
        assert all((v * denominator).denominator == 1 for v in column)
        smaller = [p for p in (2, 3, 5, 7) if denominator % p == 0]
        assert not any(all((v * (denominator // p)).denominator == 1 for v in column) for p in smaller)


def test_selected_columns_keep_their_order_and_denominators() -> None:
    table = table_from_columns([([1, 2], 2), ([3, 4], 5), ([5, 6], 7)], 2)
    chosen = table.select([2, 0])
    assert [chosen.row(n) for n in (0, 1)] == [[fmpq(5, 7), fmpq(1, 2)], [fmpq(6, 7), fmpq(1)]]
    assert chosen.denominators == (7, 2)
    assert table.select([]).columns == 0


def _expected_groups(rows: list[list[int]]) -> tuple[tuple[int, ...], ...]:
    groups: dict[tuple[int, ...], list[int]] = {}
    for n, row in enumerate(rows):
        groups.setdefault(tuple(row), []).append(n)
    return tuple(map(tuple, groups.values()))


@given(st.integers(1, 3).flatmap(lambda size: st.lists(st.lists(st.integers(-2, 2), min_size=size, max_size=size))))
@settings(deadline=None, derandomize=True)
def test_equal_rows_are_grouped(rows: list[list[int]]) -> None:
    assert equal_rows(fmpz_mat(rows)) == _expected_groups(rows)


def test_different_rows_of_one_projection_are_told_apart() -> None:
    direction = (_GENERATOR, _GENERATOR**2 % _PRIME)
    rows = [[direction[1], 0], [1, 1], [0, direction[0]], [1, 1], [direction[1], 0], [0, direction[0]]]
    projections = {sum(x * g for x, g in zip(row, direction, strict=True)) for row in rows}
    assert len(projections) == 2
    assert equal_rows(fmpz_mat(rows)) == ((0, 4), (1, 3), (2, 5)) == _expected_groups(rows)


def test_tables_without_rows_or_columns() -> None:
    assert (table_from_rows([], 3).rows, table_from_rows([], 3).columns) == (0, 3)
    assert (table_from_columns([], 4).rows, table_from_columns([], 4).columns) == (4, 0)
    assert Table(fmpz_mat(2, 0), ()).row(1) == []
