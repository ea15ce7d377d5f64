"""The search for symmetries: as many as the Hessian has flat directions, and parameters to fix that follow them."""

from __future__ import annotations

import numpy as np
import pytest
from flint import arb, arb_mat, fmpq

from certify.search.curvature import half_hessian_at
from certify.search.symmetries import Slice, kernel, slice_at
from proofs.balls import precision
from tests.proofs.examined import CRITICAL, EXAMINED, shape_and_centre
from tests.proofs.oracle import flint


@pytest.mark.parametrize("name", ["sym-dead", "sym-twice", "sym-deep", "sym-saddle", "minimum"])
def test_the_rest_of_the_hessian_is_nonsingular(name: str) -> None:
    case = EXAMINED[name]
    shape, centre = shape_and_centre(case, CRITICAL)
    with precision(128):
        found = slice_at(case.instance, shape, [flint(c) for c in centre])
        assert len(found.fixed) == len(found.documents) == len(case.arguments[CRITICAL]["symmetries"])
        hessian = half_hessian_at(case.instance, shape, [arb(flint(c)) for c in centre])
        free = [k for k in range(shape.parameters) if k not in found.fixed]
        sizes = np.abs(np.linalg.eigvalsh(hessian))
        assert (sizes < 1e-9 * sizes.max()).sum() == len(found.fixed)
        assert np.abs(np.linalg.eigvalsh(hessian[np.ix_(free, free)])).min() > 1e-7


def test_a_network_without_symmetries() -> None:
    case = EXAMINED["minimum"]
    shape, centre = shape_and_centre(case, CRITICAL)
    assert slice_at(case.instance, shape, [flint(c) for c in centre]) == Slice()


def test_kernel() -> None:
    rows = [[fmpq(1, 2), fmpq(1), fmpq(0)], [fmpq(1), fmpq(2), fmpq(0)], [fmpq(1, 2), fmpq(1), fmpq(0)]]
    found = kernel(rows)
    assert len(found) == 2
    assert all(sum((a * b for a, b in zip(row, v, strict=True)), fmpq(0)) == 0 for row in rows for v in found)
    assert arb_mat([[arb(x) for x in v] for v in found]).nrows() == 2
    assert kernel([]) == []
    assert kernel([[fmpq(3)]]) == []
