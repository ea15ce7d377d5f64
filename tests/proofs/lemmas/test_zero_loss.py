"""zero-loss/1: accepted and rejected, and the exact fit found again with 60 digits."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import mpmath
import pytest

from certify.search.exact_fit import exact_fit
from proofs.balls import precision
from proofs.exact import Malformed
from proofs.lemmas.zero_loss import ZeroLoss
from tests.proofs.build import Case
from tests.proofs.examined import EXACT, EXAMINED, loss_at
from tests.proofs.oracle import ends

CASE = EXAMINED["exact"]
FREE = CASE.arguments[EXACT]["free"]


def test_accepted_and_the_network_fits_to_sixty_digits() -> None:
    proposition = CASE.step(EXACT).proposition
    assert isinstance(proposition, ZeroLoss)
    assert all(ball.rad() < 1e-17 for ball in proposition.parameters)
    with precision(400):
        found = exact_fit(CASE.instance, proposition.shape, [ball.mid() for ball in proposition.parameters])
        assert found is not None
    with mpmath.workdps(100):
        assert loss_at(CASE, proposition.shape, [ends(p)[0] for p in found.parameters]) < mpmath.mpf(10) ** -60
    assert found.distance < 1e-15


REJECTED: list[tuple[str, Case, dict[str, Any], str, str]] = [
    ("no targets", CASE.about({"data.targets": []}), {}, "Rejected", "ZL01"),
    ("a loss that is never 0", CASE.about({"loss": "poisson"}), {}, "Rejected", "ZL01"),
    ("no radius", CASE, {"radius": "0"}, "Rejected", "ZL02"),
    ("a parameter too few", CASE, {"free": FREE[1:]}, "Rejected", "ZL02"),
    ("a parameter too many", CASE, {"free": [*FREE, 0]}, "Rejected", "ZL02"),
    ("a parameter twice", CASE, {"free": [*FREE[1:], FREE[1]]}, "Rejected", "ZL02"),
    ("a parameter that does not exist", CASE, {"free": [*FREE[1:], 31]}, "Rejected", "ZL02"),
    ("a negative parameter", CASE, {"free": [*FREE[1:], -1]}, "Rejected", "ZL02"),
    ("other targets", CASE.about({"data.targets.0": ["100"]}), {}, "Rejected", "ZL03"),
    ("equal inputs with different targets", CASE.about({"data.inputs.0": ["1"]}), {}, "Undecided", "ZL03"),
    ("a radius that is too large", CASE, {"radius": "1/10"}, "Undecided", "ZL03"),
    ("a radius that is far too large", CASE, {"radius": "1000"}, "Undecided", "ZL03"),
    ("a box that is too small to reach the exact fit", CASE, {"radius": str(Fraction(1, 10**60))}, "Rejected", "ZL03"),
    ("a parameter that moves nothing", CASE, {"layers.1.weights.0.0": "0", "free": [0, *FREE[1:]]}, "Undecided",
     "ZL03"),
    ("outputs that are not bounded", CASE.about({"network.activation": "exp"}), {"radius": str(10**12)}, "Undecided",
     "ZL03"),
    ("too wide for the instance", CASE.about({"network.widths": [9]}), {}, "Rejected", "BP04"),
]  # fmt: skip


@pytest.mark.parametrize(("case", "changes", "kind", "code"), [r[1:] for r in REJECTED], ids=[r[0] for r in REJECTED])
def test_rejected(case: Case, changes: dict[str, Any], kind: str, code: str) -> None:
    assert case.code(EXACT, changes) == (kind, code)


@pytest.mark.parametrize("key", ["layers", "free", "radius"])
def test_malformed(key: str) -> None:
    with pytest.raises(Malformed, match=key):
        CASE.step(EXACT, {key: None})
