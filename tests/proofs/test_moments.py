"""Moments against sums of fractions, sample by sample."""

from __future__ import annotations

from fractions import Fraction

import pytest
from flint import fmpq, fmpz_mat
from hypothesis import given, settings
from hypothesis import strategies as st

import proofs.moments
from proofs.moments import SHELLS, ShellMoments, first_moments, shell_moments
from proofs.table import Table

Data = tuple[list[list[int]], list[int], list[int]]


@st.composite
def datasets(draw: st.DrawFn) -> Data:
    """Integer rows, positive denominators, weights that are not all zero."""
    columns, rows = draw(st.integers(1, 4)), draw(st.integers(1, 12))
    entries = st.integers(-20, 20) | st.integers(-(10**30), 10**30)
    numerators = draw(st.lists(st.lists(entries, min_size=columns, max_size=columns), min_size=rows, max_size=rows))
    denominators = draw(st.lists(st.integers(1, 30), min_size=columns, max_size=columns))
    weights = draw(st.lists(st.integers(-9, 9), min_size=rows, max_size=rows).filter(any))
    return numerators, denominators, weights


def table(data: Data) -> Table:
    return Table(fmpz_mat(data[0]), tuple(data[1]))


@given(datasets())
@settings(deadline=None, derandomize=True)
def test_first_moments(data: Data) -> None:
    numerators, _, weights = data
    total, moments = first_moments(table(data), weights)
    assert total == sum(weights)
    assert moments == [sum(w * row[j] for w, row in zip(weights, numerators, strict=True)) for j in range(len(data[1]))]


def _expected(data: Data, columns: list[int], factor: dict[int, int]) -> list[list[int]]:
    """sum of factor[sign w_n] |w_n| numerators numerators^T."""
    rows = [(factor[(w > 0) - (w < 0)] * abs(w), row) for w, row in zip(data[2], data[0], strict=True) if w]
    return [[sum(f * row[j] * row[k] for f, row in rows) for k in columns] for j in columns]


@given(datasets(), st.data())
@settings(deadline=None, derandomize=True)
def test_second_moments_of_some_of_the_columns(data: Data, choice: st.DataObject) -> None:
    columns = choice.draw(st.lists(st.sampled_from(range(len(data[1]))), min_size=1, unique=True))
    moments = shell_moments(table(data), columns, data[2])
    assert moments.signed == fmpz_mat(_expected(data, columns, {1: 1, -1: -1}))
    factors = [fmpq({1: 2, -1: 5}[shell.residual_sign]) for shell in moments.shells]
    assert moments.weighted(factors) == fmpz_mat(_expected(data, columns, {1: 2, -1: 5}))
    assert len(moments.shells) <= 2 * (SHELLS + 1)


@given(datasets())
@settings(deadline=None, derandomize=True)
def test_no_sample_is_larger_than_its_shell_and_none_much_smaller(data: Data) -> None:
    """One sample at a time: its shell's size is an upper bound of |x|_1, by less than the largest / SHELLS."""
    numerators, denominators, weights = data
    columns = list(range(len(denominators)))
    sizes = [sum(abs(Fraction(v, d)) for v, d in zip(row, denominators, strict=True)) for row in numerators]
    used = [size for size, w in zip(sizes, weights, strict=True) if w]
    moments = shell_moments(table(data), columns, weights)
    largest = Fraction(int(moments.largest.p), int(moments.largest.q))
    assert largest == max(used)
    bounds = sorted(Fraction(int(s.size.p), int(s.size.q)) for s in moments.shells)
    for size in used:
        fitting = [bound for bound in bounds if size <= bound]
        assert fitting
        assert fitting[0] - size < max(used) / SHELLS or size == fitting[0]


def test_samples_without_weight_do_not_count() -> None:
    numbers = Table(fmpz_mat([[1], [1000], [-2]]), (1,))
    moments = shell_moments(numbers, [0], [3, 0, -1])
    assert moments.largest == 2
    assert [(s.size, s.residual_sign, int(s.moment[0, 0])) for s in moments.shells] == [
        (fmpq(1), 1, 3),
        (fmpq(2), -1, 4),
    ]


def test_all_inputs_zero() -> None:
    moments = shell_moments(Table(fmpz_mat([[0], [0]]), (7,)), [0], [1, -1])
    assert moments.largest == 0
    assert moments.signed == fmpz_mat([[0]])


def test_without_any_weight_there_are_no_moments() -> None:
    with pytest.raises(ValueError, match="zero"):
        shell_moments(Table(fmpz_mat([[1], [2]]), (1,)), [0], [0, 0])


def test_weighted_sums_are_positive_multiples() -> None:
    moments = shell_moments(Table(fmpz_mat([[1, 0], [0, 2], [3, 3]]), (1, 1)), [0, 1], [1, 1, -1])
    factors = [fmpq(1, 2), fmpq(-1, 3), fmpq(5)]
    total = moments.weighted(factors)
    expected = [
        sum((f * s.moment[j, k] for f, s in zip(factors, moments.shells, strict=True)), fmpq(0)) * 6
        for j in (0, 1)
        for k in (0, 1)
    ]
    assert [fmpq(total[j, k]) for j in (0, 1) for k in (0, 1)] == expected


def test_a_sum_over_several_blocks_is_the_sum(monkeypatch: pytest.MonkeyPatch) -> None:
    numbers = Table(fmpz_mat([[n, n * n % 7] for n in range(50)]), (1, 3))
    weights = [(-1) ** n * (n % 5) for n in range(50)]
    whole = shell_moments(numbers, [0, 1], weights)
    monkeypatch.setattr(proofs.moments, "_BLOCK", 3)
    parts: ShellMoments = shell_moments(numbers, [0, 1], weights)
    assert [s.moment for s in whole.shells] == [s.moment for s in parts.shells]
