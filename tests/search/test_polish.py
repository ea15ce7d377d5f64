"""Newton's method for whole networks: it ends where the gradient is zero to all digits, or says that it does not."""

from __future__ import annotations

import pytest
from flint import arb

from certify.search.polish import floats, gradient_at, polished
from proofs.balls import precision
from proofs.full_hessian import half_hessian
from proofs.full_network import evaluate, residuals
from tests.proofs.examined import CRITICAL, EXAMINED, having, shape_and_centre


def start(name: str) -> list[arb]:
    _, centre = shape_and_centre(EXAMINED[name], CRITICAL)
    return [arb(c.numerator) / c.denominator for c in centre]


@pytest.mark.parametrize("name", having(CRITICAL))
def test_it_returns_from_nearby(name: str) -> None:
    case = EXAMINED[name]
    shape, _ = shape_and_centre(case, CRITICAL)
    with precision(128):
        fixed = [symmetry["fixes"] for symmetry in case.arguments[CRITICAL]["symmetries"]]
        moved = [x if k in fixed else x + arb("0.0001") for k, x in enumerate(start(name))]
        found = polished(case.instance, shape, moved, fixed)
        assert found is not None
        parameters, hessian = found
        assert all(abs(float(g)) < 1e-25 for g in gradient_at(case.instance, shape, parameters))
        assert all(float(abs(a - b).mid()) < 1e-12 for a, b in zip(parameters, start(name), strict=True))
        values = evaluate(case.instance, shape, parameters)
        residual, weights, _ = residuals(case.instance, values)
        assert abs(floats(hessian) - floats(half_hessian(values, residual, weights))).max() < 1e-8


def test_equal_units_have_no_isolated_critical_point() -> None:
    case = EXAMINED["minimum"]
    shape, _ = shape_and_centre(case, CRITICAL)
    alike = [arb(v) for v in (1, 0, 1, 0, 1, 1, 0)]
    with precision(128):
        assert polished(case.instance, shape, alike) is None
