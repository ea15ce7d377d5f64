"""Random inputs are the same for ever, and are what they are said to be."""

from __future__ import annotations

from fractions import Fraction
from statistics import fmean, pvariance

import pytest

from certify.data import read_dataset
from certify.sweep.random_data import DISTRIBUTIONS, RandomInputs


def entries(inputs: RandomInputs) -> list[Fraction]:
    table = read_dataset(inputs.draw()).inputs
    assert (table.rows, table.columns) == (inputs.samples, inputs.dimension)
    return [Fraction(str(value)) for n in range(table.rows) for value in table.row(n)]


@pytest.mark.parametrize(
    ("random", "expected"),
    [("gaussian", ["1.94", "-0.14", "-0.69", "-1.62"]), ("uniform", ["0.48", "-0.41", "0.58", "-0.26"])],
)
def test_numbers_never_change(random: str, expected: list[str]) -> None:
    assert entries(RandomInputs(random, 2, 2, 2, 0)) == list(map(Fraction, expected))


@pytest.mark.parametrize(("random", "variance"), [("gaussian", 1.0), ("uniform", 1 / 3)])
def test_moments(random: str, variance: float) -> None:
    values = list(map(float, entries(RandomInputs(random, 5, 2000, 3, 1))))
    assert abs(fmean(values)) < 0.03
    assert abs(pvariance(values) / variance - 1) < 0.05
    assert (max(map(abs, values)) <= 1) == (random == "uniform")


def test_decimals_are_exact() -> None:
    for decimals in (0, 1, 4):
        assert all(
            (value * 10**decimals).denominator == 1 for value in entries(RandomInputs("gaussian", 3, 9, decimals, 7))
        )


def test_every_field_matters() -> None:
    sets = [
        RandomInputs("gaussian", 3, 9, 2, 0),
        RandomInputs("gaussian", 3, 9, 2, 1),
        RandomInputs("gaussian", 3, 9, 3, 0),
        RandomInputs("gaussian", 3, 10, 2, 0),
        RandomInputs("gaussian", 9, 3, 2, 0),
    ]
    assert len({tuple(entries(inputs)[:9]) for inputs in sets}) == len(sets)


def test_the_source_is_in_the_instance() -> None:
    source = read_dataset(RandomInputs("uniform", 3, 9, 2, 5).draw()).source
    assert source == "uniform inputs, N = 9, d_0 = 3, 2 decimals, seed 5"


def test_quantile_functions_are_odd() -> None:
    for quantile in DISTRIBUTIONS.values():
        assert quantile(0.25) == pytest.approx(-quantile(0.75))
