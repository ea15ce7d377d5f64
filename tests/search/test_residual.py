"""Every search ends with a residual or an obstruction, verified here by other means."""

from __future__ import annotations

from fractions import Fraction
from itertools import product

import pytest
from flint import fmpz_mat
from hypothesis import given
from hypothesis import strategies as st

from certify.search.basis import affine_basis
from certify.search.residual import Obstruction, Residual, find_residual
from proofs.table import Table
from tests.search.second_order import (
    Rows,
    definiteness,
    example,
    gaussian,
    search,
    standardised,
    table,
    verify_residual,
)


def residual(rows: Rows, seed: int = 0) -> Residual:
    found = search(rows, seed)
    assert isinstance(found, Residual)
    return found


def threshold(features: int) -> int:
    return features * features // 4 + features


@pytest.mark.parametrize("features", range(1, 9))
@pytest.mark.parametrize("seed", range(12))
def test_around_the_threshold_every_search_is_decided(features: int, seed: int) -> None:
    samples = max(features + 1, threshold(features) - 2 + seed % 5)
    assert search(gaussian(samples, features, 1000 * features + seed)) is not None


@given(st.data())
def test_small_integers_are_decided_too(data: st.DataObject) -> None:
    """Ties, repeated inputs, faces: points of a grid, on a basis of their features."""
    features = data.draw(st.integers(1, 6))
    entry = st.integers(-2, 2) | st.integers(0, 1)
    row = st.lists(entry.map(Fraction), min_size=features, max_size=features)
    rows = data.draw(st.lists(row, min_size=1, max_size=threshold(features) + 6))
    kept, _ = affine_basis(table(rows))
    if kept:
        assert search([[row[j] for j in kept] for row in rows]) is not None


@given(st.integers(1, 6), st.integers(0, 10**6))
def test_enough_samples_always_have_a_residual(features: int, seed: int) -> None:
    residual(gaussian(1 + features + features * (features + 1) // 2, features, seed))


@pytest.mark.parametrize(
    ("samples", "seed", "expected"),
    [
        *((101, seed, Obstruction) for seed in range(2)),
        *((141, seed, Residual) for seed in range(2)),
        (121, 0, Obstruction),
        (121, 1, Residual),
    ],
)
def test_the_sharp_transition_in_twenty_dimensions(samples: int, seed: int, expected: type) -> None:
    assert isinstance(search(gaussian(samples, 20, seed)), expected)


@pytest.mark.parametrize("scale", [list, standardised])
@pytest.mark.parametrize(("name", "longest"), [("iris.csv", 10_000), ("wine.csv", 100), ("breast-cancer.csv", 1_000)])
def test_the_classical_data_sets(name: str, longest: int, scale: type) -> None:
    found = residual(scale(example(name)))
    assert max(map(abs, found.values)) < longest
    assert 1 <= max(map(abs, found.values)) / found.denominator < 10
    assert bool(found.gaps) == (name == "iris.csv")


def test_diabetes_is_obstructed_by_sex_alone() -> None:
    found = search(example("diabetes.csv"))
    assert isinstance(found, Obstruction)
    assert [[int(value) for value in row] for row in found.matrix] == [
        [int(i == j == 1) for j in range(10)] for i in range(10)
    ]
    residual(example("diabetes.csv", without=["sex"]))


def test_the_hand_example() -> None:
    found = residual([[Fraction(x)] for x in (-1, 0, 1)])
    assert (found.values, found.denominator, len(found.gaps)) == ((1, -2, 1), 1, 1)


@pytest.mark.parametrize("features", [5, 12, 20])
def test_a_simplex_and_its_centroid_are_one_gap_in_any_dimension(features: int) -> None:
    corners = gaussian(features + 1, features, 0)
    found = residual([*corners, [sum(column) / (features + 1) for column in zip(*corners, strict=True)]])
    assert found.values == (1,) * (features + 1) + (-features - 1,)
    assert len(found.gaps) == 1


@pytest.mark.parametrize("features", [2, 10])
def test_repeated_inputs_share_one_value(features: int) -> None:
    rows = gaussian(12 * features, features, 3)
    found = residual(rows + rows[::2] + rows[::5] + rows[:1])
    assert len(found.gaps) in ({1, 2, 3, 4} if features == 2 else {0})


def test_columns_of_very_different_size_cost_no_digits() -> None:
    rows = [[a / 10**9, b * 10**9, c, 10**15 + d * 10**9] for a, b, c, d in gaussian(60, 4, 0)]
    assert max(map(abs, residual(rows).values)) < 10**4


def test_nearly_dependent_columns() -> None:
    residual([[a, a + b / 10**30, c] for a, b, c in gaussian(60, 3, 0)])
    residual([[*row[:9], row[0] + row[9] / 10**30] for row in gaussian(120, 10, 0)])


def test_doubles() -> None:
    """Entries of 53 bits and more."""
    rows = [[Fraction(float(x) ** 3) for x in row] for row in gaussian(120, 9, 0)]
    assert max(map(abs, residual(rows).values)) < 10**12


def test_a_grid() -> None:
    assert len(residual([[Fraction(x) for x in point] for point in product((-1, 0, 1), repeat=3)]).gaps) == 1


def test_the_same_seed_gives_the_same_answer() -> None:
    rows = gaussian(40, 3, 0)
    assert residual(rows, 5) == residual(rows, 5)


def test_progress_is_reported() -> None:
    messages: list[str] = []
    find_residual(table(gaussian(200, 9, 0)), 0, messages.append)
    assert messages[0] == "200 distinct inputs in dimension 9"
    assert len(messages) > 1


@pytest.mark.parametrize(("rows", "columns"), [(0, 2), (3, 0)])
def test_no_samples_or_no_features_are_refused(rows: int, columns: int) -> None:
    with pytest.raises(ValueError, match="at least one"):
        find_residual(Table(fmpz_mat(rows, columns), (1,) * columns), 0)


def test_dependent_features_are_refused() -> None:
    with pytest.raises(ValueError, match="affinely dependent"):
        find_residual(table([[x, 1 - x] for (x,) in gaussian(9, 1, 0)]), 0)


def test_the_verifier_itself_refuses_a_wrong_residual() -> None:
    rows = gaussian(40, 9, 0)
    right = residual(rows)
    for values in (tuple(-value for value in right.values), (right.values[0] + 1, *right.values[1:])):
        with pytest.raises(AssertionError):
            verify_residual(rows, Residual(values, right.denominator, ()))
    assert definiteness([[Fraction(0), Fraction(1)], [Fraction(1), Fraction(5)]]) == "neither"
    assert definiteness([[Fraction(1), Fraction(2)], [Fraction(2), Fraction(4)]]) == "semidefinite"
    assert definiteness([[Fraction(1), Fraction(2)], [Fraction(2), Fraction(3)]]) == "neither"
