"""Hints for interpolation: directions that separate, minors that are not singular."""

from __future__ import annotations

import random
from fractions import Fraction
from itertools import combinations_with_replacement

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sympy import Matrix, Rational

from certify.search.optimum import generic_rows, separating_direction
from proofs.activations import CATALOGUE
from proofs.instance import Architecture, Instance
from proofs.losses import LOSSES
from proofs.table import table_from_columns, table_from_rows
from tests.search.tables import rationals


def instance(rows: list[list[Fraction]]) -> Instance:
    features = len(rows[0])
    network = Architecture(CATALOGUE["sigmoid"], 1, None, 1, False)
    targets = table_from_columns([([0] * len(rows), 1)], len(rows))
    names = tuple(f"x{j}" for j in range(features))
    return Instance(
        names, table_from_rows([rationals(row) for row in rows], features), targets, network, LOSSES["squared"], "", ""
    )


@given(
    st.integers(1, 3).flatmap(
        lambda d: st.lists(
            st.lists(st.fractions(-2, 2, max_denominator=4), min_size=d, max_size=d), min_size=1, max_size=30
        )
    ),
    st.integers(0, 5),
)
def test_distinct_inputs_have_distinct_projections(rows: list[list[Fraction]], seed: int) -> None:
    direction = separating_direction(instance(rows), seed)
    assert direction is not None
    distinct = {tuple(row) for row in rows}
    assert len({sum(g * x for g, x in zip(direction, row, strict=True)) for row in distinct}) == len(distinct)


def test_one_small_feature_needs_a_small_direction_only() -> None:
    assert separating_direction(instance([[Fraction(k, 7)] for k in range(50)]), 0) in {(1,), (-1,)}


def test_points_that_many_directions_confuse() -> None:
    grid = [[Fraction(a), Fraction(b), Fraction(c)] for a in range(9) for b in range(9) for c in range(9)]
    direction = separating_direction(instance(grid), 0)
    assert direction is not None
    assert len({sum(g * x for g, x in zip(direction, row, strict=True)) for row in grid}) == len(grid)


def quadratics(row: list[Fraction]) -> list[Rational]:
    products = [a * b for a, b in combinations_with_replacement(row, 2)]
    return [Rational(v.numerator, v.denominator) for v in (Fraction(1), *row, *products)]


@pytest.mark.parametrize(("features", "samples"), [(1, 3), (1, 10), (2, 6), (2, 20), (3, 10), (3, 40)])
def test_the_minor_is_not_singular(features: int, samples: int) -> None:
    generator = random.Random(features)
    rows = [[Fraction(generator.randint(-30, 30), 10) for _ in range(features)] for _ in range(samples)]
    chosen = generic_rows(instance(rows))
    assert chosen is not None
    assert Matrix([quadratics(rows[n]) for n in chosen]).det() != 0


def test_data_sorted_by_a_feature_are_still_generic() -> None:
    """The first thousand samples all have the same x1."""
    rows = [[Fraction(k), Fraction((37 * i * i + k) % 1009, 10)] for k in range(3) for i in range(1000)]
    chosen = generic_rows(instance(rows))
    assert chosen is not None
    assert Matrix([quadratics(rows[n]) for n in chosen]).det() != 0


def test_what_is_not_generic() -> None:
    few = [[Fraction(k), Fraction(k * k)] for k in range(5)]
    assert generic_rows(instance(few)) is None
    parabola = [[Fraction(k), Fraction(k * k)] for k in range(50)]
    assert generic_rows(instance(parabola)) is None
    binary = [[Fraction(k % 2), Fraction(k)] for k in range(50)]
    assert generic_rows(instance(binary)) is None
    repeated = [[Fraction(k % 2)] for k in range(50)]
    assert generic_rows(instance(repeated)) is None
