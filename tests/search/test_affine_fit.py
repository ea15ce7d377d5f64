"""The least-squares fits: the normal equations hold exactly, dependent features or not."""

from __future__ import annotations

import numpy as np
import pytest
from flint import fmpq

from certify.search.affine_fit import AffineFunction, affine_fits, mean_fits
from certify.search.basis import affine_basis
from proofs.table import Table, table_from_rows


def tables(seed: int, samples: int = 12, dependent: bool = False) -> tuple[Table, Table]:
    rng = np.random.default_rng(seed)
    rows = [[fmpq(int(v), int(d)) for v, d in rng.integers(1, 40, size=(3, 2))] for _ in range(samples)]
    if dependent:
        rows = [[*row[:2], row[0] - 3 * row[1] + fmpq(1, 7)] for row in rows]
    targets = [[fmpq(int(v), 10) for v in rng.integers(-50, 50, size=2)] for _ in range(samples)]
    return table_from_rows(rows, 3), table_from_rows(targets, 2)


@pytest.mark.parametrize("dependent", [False, True])
@pytest.mark.parametrize("seed", range(5))
def test_the_residual_is_orthogonal(seed: int, dependent: bool) -> None:
    inputs, targets = tables(seed, dependent=dependent)
    basis, dependencies = affine_basis(inputs)
    assert bool(dependencies) == dependent
    fits = affine_fits(inputs, basis, targets)
    assert len(fits) == 2
    for o, fit in enumerate(fits):
        assert all(w == 0 for j, w in enumerate(fit.weights) if j not in basis)
        values = [fit.constant + sum(w * x for w, x in zip(fit.weights, inputs.row(n), strict=True)) for n in range(12)]
        residual = [v - targets.entry(n, o) for n, v in enumerate(values)]
        assert sum(residual, fmpq(0)) == 0
        for j in range(3):
            assert sum((d * inputs.entry(n, j) for n, d in enumerate(residual)), fmpq(0)) == 0
        assert any(residual)


def test_means() -> None:
    inputs, targets = tables(0)
    for o, fit in enumerate(mean_fits(inputs, targets)):
        assert not any(fit.weights)
        assert fit.constant == sum(targets.column(o), fmpq(0)) / 12


def test_functions_scale_and_add() -> None:
    f, g = AffineFunction((fmpq(1), fmpq(2)), fmpq(3)), AffineFunction((fmpq(0), fmpq(1, 2)), fmpq(-1))
    assert f.scaled(fmpq(2), fmpq(1)) == AffineFunction((fmpq(2), fmpq(4)), fmpq(7))
    assert f.plus(g) == AffineFunction((fmpq(1), fmpq(5, 2)), fmpq(2))
