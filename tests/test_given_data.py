"""Data in memory: every number is exactly what it was, and anything else is refused with its place."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from certify.data import Dataset, read_dataset
from certify.errors import UsageError
from certify.given_data import GivenData


def read(inputs: Any, targets: Any = None, features: Any = None) -> Dataset:
    data = GivenData(inputs, targets, features)
    return read_dataset(data, features, data.targets)


def values(dataset: Dataset, column: int = 0) -> list[Fraction]:
    return [Fraction(str(value)) for value in dataset.inputs.column(column)]


def test_every_kind_of_number_is_exact() -> None:
    kinds = [2, -3, 0.1, "0.1", "3/5", Fraction(1, 3), Decimal("0.1"), np.float32(0.1), np.int64(7), np.float64(0.5)]
    exactly = [2, -3, Fraction(0.1), "0.1", "3/5", Fraction(1, 3), "0.1", Fraction(float(np.float32(0.1))), 7, "1/2"]
    assert values(read(kinds)) == [Fraction(v) for v in exactly]
    assert read(kinds).features == ("x1",)
    assert read(kinds).source == "the given data"


@given(st.lists(st.lists(st.floats(allow_nan=False, width=64, min_value=-1e9, max_value=1e9), min_size=2, max_size=2),
                min_size=2, max_size=6))  # fmt: skip
def test_lists_and_arrays_are_the_same_dyadic_rationals(rows: list[list[float]]) -> None:
    tiny = [[0.0 if abs(v) < 1e-9 else v for v in row] for row in rows]
    listed, array = read(tiny), read(np.array(tiny))
    for j in range(2):
        assert values(listed, j) == values(array, j) == [Fraction(row[j]) for row in tiny]


def test_targets_and_names() -> None:
    one = read([[1, 2], [3, 4]], [5, 6], ["a", "b"])
    assert (one.features, one.target_names) == (("a", "b"), ("y",))
    two = read(np.array([[1, 2], [3, 4]]), np.array([[5, 6], [7, 8]]))
    assert (two.features, two.target_names) == (("x1", "x2"), ("y1", "y2"))
    assert two.targets is not None
    assert [str(v) for v in two.targets.column(1)] == ["6", "8"]
    assert read([1, 2]).targets is None


@pytest.mark.parametrize(
    ("inputs", "targets", "features", "message"),
    [
        ("data.csv", None, None, "X: expected an array or a list of rows"),
        (5, None, None, "X: expected an array or a list of rows"),
        (np.float64(5), None, None, "X: expected an array or a list of rows"),
        ({"x": [1, 2]}, None, None, "X: expected an array or a list of rows"),
        ([], None, None, "X: expected at least one number"),
        ([[], []], None, None, "X: expected at least one number"),
        ([[1, 2], [3]], None, None, "X: row 2 has 1 numbers where the first has 2"),
        ([1], None, None, "the given data: holds one sample"),
        ([1, float("nan")], None, None, "sample 2, column 'x1': expected a finite number, found nan"),
        ([1, float("-inf")], None, None, "sample 2, column 'x1': expected a finite number, found -inf"),
        (np.array([[1.0], [np.inf]]), None, None, "sample 2, column 'x1': expected a finite number"),
        ([1, "two"], None, None, "sample 2, column 'x1': expected a number such as 5.1"),
        ([1, "1e99999"], None, None, "more than 4,000 digits"),
        ([1, True], None, None, "sample 2, column 'x1': expected a number, found bool"),
        ([1, None], None, None, "expected a number, found NoneType"),
        ([1, 2j], None, None, "expected a number, found complex"),
        (np.zeros((2, 2, 2)), None, None, "expected a number, found list"),
        ([1, 2], [1, 2, 3], None, "targets: expected one for each of the 2 rows of X, found 3"),
        ([1, 2], "y", None, "targets: expected an array"),
        ([1, 2], None, ["a", "b"], "features: expected 1 names"),
        ([1, 2], [1, 2], ["y"], "'y' stands for more than one column"),
        ([[1, 2], [3, 4]], None, ["a", "a"], "'a' stands for more than one column"),
    ],
)
def test_what_is_no_data_is_refused(inputs: Any, targets: Any, features: Any, message: str) -> None:
    with pytest.raises(UsageError) as refused:
        read(inputs, targets, features)
    assert message in str(refused.value)
