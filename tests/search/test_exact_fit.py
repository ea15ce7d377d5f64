"""Exact fits: as near as least-norm steps lead, and none where the targets contradict each other."""

from __future__ import annotations

from flint import arb, arb_mat

from certify.search.exact_fit import _pivots, exact_fit
from certify.search.polish import floats
from proofs.balls import precision
from proofs.full_network import evaluate
from tests.proofs.examined import CRITICAL, EXACT, EXAMINED, shape_and_centre

CASE = EXAMINED["exact"]


def test_it_fits_from_nearby() -> None:
    shape, centre = shape_and_centre(CASE, EXACT)
    start = [arb(c.numerator) / c.denominator + arb("0.001") for c in centre]
    with precision(128):
        found = exact_fit(CASE.instance, shape, [s.mid() for s in start])
        assert found is not None
        assert len(set(found.free)) == CASE.instance.samples
        assert 0 < found.distance < 0.1
        outputs = evaluate(CASE.instance, shape, found.parameters).outputs
        for n, (t,) in enumerate(outputs):
            assert float(abs(t - arb(CASE.instance.targets.entry(n, 0))).mid()) < 1e-25


def test_equal_inputs_with_different_targets() -> None:
    shape, centre = shape_and_centre(CASE, EXACT)
    start = [arb(c.numerator) / c.denominator for c in centre]
    with precision(128):
        assert exact_fit(CASE.about({"data.inputs.0": ["1"]}).instance, shape, [s.mid() for s in start]) is None


def test_at_a_kink_there_are_no_derivatives() -> None:
    case = EXAMINED["wide"]
    shape, _ = shape_and_centre(case, CRITICAL)
    with precision(128):
        assert exact_fit(case.instance, shape, [arb(0)] * shape.parameters) is None


def test_pivots_are_independent_columns() -> None:
    matrix = floats(arb_mat([[0, 1, 2, 0], [0, 1, 2, 3]]))
    assert _pivots(matrix) == (2, 3)
