"""saddle/1: accepted and rejected, and lower points found with 60 digits."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import mpmath
import pytest

from proofs.exact import Malformed
from proofs.lemmas.saddle import Saddle
from tests.proofs.build import NULL, Case
from tests.proofs.examined import CRITICAL, EXAMINED, SADDLE, loss_at, shape_and_centre
from tests.proofs.oracle import real

CASE = EXAMINED["saddle"]
DIRECTION = [Fraction(v) for v in CASE.arguments[SADDLE]["direction"]]
MINIMUM = EXAMINED["minimum"]
AT_A_MINIMUM = Case(MINIMUM.document, {CRITICAL: MINIMUM.arguments[CRITICAL], SADDLE: {"direction": ["1"] * 7}})


def test_accepted_and_lower_points_are_on_both_sides() -> None:
    proposition = CASE.step(SADDLE).proposition
    assert isinstance(proposition, Saddle)
    shape, centre = shape_and_centre(CASE, CRITICAL)
    with mpmath.workdps(60):
        here = loss_at(CASE, shape, [real(c) for c in centre])
        for step in (Fraction(1, 10**4), Fraction(-1, 10**4), Fraction(1, 10**6)):
            there = [real(c + step * d) for c, d in zip(centre, DIRECTION, strict=True)]
            assert loss_at(CASE, shape, there) < here


REJECTED: list[tuple[str, Case, dict[str, Any], str, str]] = [
    ("a number too few", CASE, {"direction": [str(d) for d in DIRECTION[1:]]}, "Rejected", "SA02"),
    ("a number too many", CASE, {"direction": [*map(str, DIRECTION), "0"]}, "Rejected", "SA02"),
    ("no direction", CASE, {"direction": ["0"] * 7}, "Rejected", "SA03"),
    ("a direction of positive curvature", CASE, {"direction": ["0"] * 6 + ["1"]}, "Rejected", "SA03"),
    ("any direction at a minimum", AT_A_MINIMUM, {}, "Rejected", "SA03"),
    *[
        (
            f"axis {k} at a minimum",
            AT_A_MINIMUM,
            {"direction": [str(int(j == k)) for j in range(7)]},
            "Rejected",
            "SA03",
        )
        for k in range(7)
    ],
]


@pytest.mark.parametrize(("case", "changes", "kind", "code"), [r[1:] for r in REJECTED], ids=[r[0] for r in REJECTED])
def test_rejected(case: Case, changes: dict[str, Any], kind: str, code: str) -> None:
    assert case.code(SADDLE, changes) == (kind, code)


def test_a_direction_of_nearly_no_curvature_is_undecided() -> None:
    """Between the direction and one of positive curvature the sign changes; there the box decides nothing."""
    low, high = Fraction(0), Fraction(1)
    found = set()
    for _ in range(60):
        middle = (low + high) / 2
        direction = [str(d + (middle if k == 6 else 0)) for k, d in enumerate(DIRECTION)]
        kind, _ = CASE.code(SADDLE, {"direction": direction})
        found.add(kind)
        if kind == "":
            low = middle
        else:
            high = middle
    assert found == {"", "Rejected", "Undecided"}


@pytest.mark.parametrize("changes", [{"direction": None}, {"direction": NULL}, {"direction.0": 1}, {"more": "1"}])
def test_malformed(changes: dict[str, Any]) -> None:
    with pytest.raises(Malformed):
        CASE.step(SADDLE, changes)
