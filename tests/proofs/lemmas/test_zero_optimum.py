"""zero-optimum/1: accepted and rejected as zero-loss/1, which finds the same network."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import mpmath
import pytest
from flint import fmpq

from proofs import standalone
from proofs.exact import Malformed
from proofs.lemmas.examined_optimum import ExaminedOptimum
from proofs.lemmas.zero_loss import ZeroLoss
from tests.proofs.build import Case
from tests.proofs.examined import EXACT, EXAMINED, FIT, loss_at, shape_and_centre
from tests.proofs.lemmas import test_zero_loss
from tests.proofs.oracle import real

CASE = EXAMINED["fit"]
OTHER = Case(test_zero_loss.CASE.document, {FIT: test_zero_loss.CASE.arguments[EXACT]}, {})


def test_accepted() -> None:
    found = CASE.step(FIT)
    assert found.proposition == ExaminedOptimum((3,), (fmpq(0), fmpq(0)), True)
    assert found.detail == "min E = 0 for widths of at least 3: some network fits all 8 targets exactly"
    assert found.margin
    assert OTHER.step(FIT).proposition == ExaminedOptimum((10,), (fmpq(0), fmpq(0)), True)


def test_it_is_the_network_of_zero_loss_and_not_the_examined_one() -> None:
    alone = Case(CASE.document, {EXACT: CASE.arguments[FIT]})
    fit = alone.step(EXACT).proposition
    assert isinstance(fit, ZeroLoss)
    shape, centre = shape_and_centre(CASE, FIT)
    with mpmath.workdps(50):
        assert loss_at(CASE, shape, [real(c) for c in centre]) < mpmath.mpf(10) ** -30
        network = [real(Fraction(v)) for v in CASE.claim["network"]]
        assert loss_at(CASE, shape, network) > 2.9


REJECTED: list[tuple[str, Case, dict[str, Any], str, str]] = [
    (name, Case(case.document, {FIT: case.arguments[EXACT]}), changes, kind, code)
    for name, case, changes, kind, code in test_zero_loss.REJECTED
] + [
    ("weight decay", OTHER.about({"weight_decay": {"weights": "1/1000", "biases": "0"}}), {}, "Rejected", "KE06"),
    ("cross-entropy", OTHER.about({"loss": "cross-entropy"}), {}, "Rejected", "KE06"),
]


@pytest.mark.parametrize(("case", "changes", "kind", "code"), [r[1:] for r in REJECTED], ids=[r[0] for r in REJECTED])
def test_rejected(case: Case, changes: dict[str, Any], kind: str, code: str) -> None:
    assert case.code(FIT, changes) == (kind, code)


@pytest.mark.parametrize("key", ["layers", "free", "radius"])
def test_malformed(key: str) -> None:
    with pytest.raises(Malformed, match=key):
        OTHER.step(FIT, {key: None})


def test_the_second_checker() -> None:
    fields = standalone.Fields(CASE.arguments[FIT], "")
    found = standalone.zero_optimum(standalone.read_instance(CASE.document), [], fields)
    assert found == standalone.Optimum(0, 0, True)
