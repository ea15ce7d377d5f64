"""Kept features are independent together with 1; every other one is exactly an affine function of them."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sympy import Matrix, Rational

from certify.search.basis import affine_basis
from tests.search.second_order import Rows, fraction, gaussian, table


def check(rows: Rows) -> tuple[int, ...]:
    """The kept features, after verifying both halves of the answer by other means."""
    kept, dependencies = affine_basis(table(rows))
    assert sorted((*kept, *(dependency.feature for dependency in dependencies))) == list(range(len(rows[0])))
    for dependency in dependencies:
        terms = [(j, fraction(value)) for j, value in zip(kept, dependency.coefficients, strict=True)]
        for row in rows:
            value = sum((c * row[j] for j, c in terms), fraction(dependency.constant))
            assert value == row[dependency.feature]
    used = [[Rational(1), *(Rational(row[j].numerator, row[j].denominator) for j in kept)] for row in rows]
    assert Matrix(used).rank() == len(kept) + 1
    return kept


@given(
    st.integers(1, 4).flatmap(
        lambda d: st.lists(
            st.lists(st.fractions(-2, 2, max_denominator=3), min_size=d, max_size=d), min_size=1, max_size=8
        )
    )
)
def test_any_small_table(rows: Rows) -> None:
    check(rows)


@given(st.integers(0, 50))
def test_a_hidden_dependency_is_found_and_the_later_column_goes(seed: int) -> None:
    rows = [[*row, 3 * row[0] - row[2] / 7 + 5] for row in gaussian(40, 4, seed)]
    assert check(rows) == (0, 1, 2, 3)


def test_early_columns_are_kept() -> None:
    rows = [[x, 2 * x + 1, y, x + y] for x, y in gaussian(10, 2, 1)]
    assert check(rows) == (0, 2)


def test_a_constant_column_depends_on_nothing() -> None:
    rows = [[Fraction(7, 3), x] for (x,) in gaussian(5, 1, 0)]
    kept, (dependency,) = affine_basis(table(rows))
    assert kept == (1,)
    assert (dependency.feature, list(map(int, dependency.coefficients))) == (0, [0])
    assert fraction(dependency.constant) == Fraction(7, 3)


@pytest.mark.parametrize("different", [0, 501, 998, 999])
def test_one_sample_among_a_thousand_refutes_a_dependency(different: int) -> None:
    rows = [[x, y, x + y] for x, y in gaussian(1000, 2, 3)]
    rows[different][2] += Fraction(1, 10**40)
    assert check(rows) == (0, 1, 2)


def test_one_sample_has_no_independent_feature() -> None:
    assert check([[Fraction(1), Fraction(2)]]) == ()


def test_data_sorted_by_class() -> None:
    rows = [[Fraction(n // 500), *row, row[0] if n < 500 else row[1]] for n, row in enumerate(gaussian(1000, 2, 4))]
    assert check(rows) == (0, 1, 2, 3)
