"""Exact tables in floats."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from flint import fmpz_mat
from hypothesis import given
from hypothesis import strategies as st

from certify.errors import UsageError
from certify.search.tables import to_floats
from proofs.table import Table, table_from_rows
from tests.search.tables import rationals


@given(st.integers(1, 4).flatmap(lambda d: st.lists(st.lists(st.fractions(), min_size=d, max_size=d), min_size=1)))
def test_every_entry_is_rounded_correctly(rows: list[list[Fraction]]) -> None:
    floats = to_floats(table_from_rows([rationals(row) for row in rows], len(rows[0])))
    assert floats.dtype == np.float64
    assert floats.tolist() == [[float(v) for v in row] for row in rows]


def test_long_integers_over_long_denominators() -> None:
    assert to_floats(Table(fmpz_mat([[3 * 10**400, 1]]), (10**400, 10**400))).tolist() == [[3.0, 0.0]]


def test_numbers_beyond_floats_are_refused() -> None:
    with pytest.raises(UsageError, match="beyond 1e308"):
        to_floats(Table(fmpz_mat([[10**400]]), (1,)))
