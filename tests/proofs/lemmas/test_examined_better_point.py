"""examined-better-point/1: accepted and rejected, and both losses once more with 50 digits."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import mpmath
import pytest

from proofs.document import Reader
from proofs.kernel import Conclusion, Fact, Rejected
from proofs.lemmas import LEMMAS
from proofs.lemmas.examined_better_point import ExaminedBetterPoint
from tests.proofs.build import Case, layer
from tests.proofs.examined import BETTER, CRITICAL, EXAMINED, having, loss_at, shape_and_centre
from tests.proofs.oracle import real

CASES = having(BETTER)
EACH = pytest.mark.parametrize("name", CASES)
STUCK = EXAMINED["stuck"]


@EACH
def test_accepted_and_lower_by_the_gap_but_not_by_more(name: str) -> None:
    case = CASES[name]
    assert isinstance(case.step(BETTER).proposition, ExaminedBetterPoint)
    with mpmath.workdps(50):
        worse, better = (
            loss_at(case, shape, [real(c) for c in centre])
            for shape, centre in (shape_and_centre(case, lemma) for lemma in (CRITICAL, BETTER))
        )
        gap = Fraction(mpmath.nstr(worse - better, 40))
        assert gap >= Fraction(case.arguments[BETTER]["gap"])
    little = Fraction(1, 10**12)
    assert case.code(BETTER, {"gap": str(gap * (1 - little))}) == ("", "")
    assert case.code(BETTER, {"gap": str(gap * (1 + little))}) == ("Rejected", "XB02")


REJECTED: list[tuple[str, Case, dict[str, Any], str, str]] = [
    ("no gap", STUCK, {"gap": "0"}, "Rejected", "XB01"),
    ("a negative gap", STUCK, {"gap": "-1"}, "Rejected", "XB01"),
    ("the point itself", STUCK, {"layers": STUCK.arguments[CRITICAL]["layers"]}, "Rejected", "XB02"),
    ("the point itself and next to no gap", STUCK, {
        "layers": STUCK.arguments[CRITICAL]["layers"], "gap": str(Fraction(1, 10**30)),
    }, "Undecided", "XB02"),
    ("a layer too few", STUCK, {"layers": [layer([[1]], [0])]}, "Rejected", "BP03"),
    ("too wide", STUCK, {"layers": [layer([[1]] * 3, [0] * 3), layer([[1] * 3], [0])]}, "Rejected", "BP04"),
]  # fmt: skip


@pytest.mark.parametrize(("case", "changes", "kind", "code"), [r[1:] for r in REJECTED], ids=[r[0] for r in REJECTED])
def test_rejected(case: Case, changes: dict[str, Any], kind: str, code: str) -> None:
    assert case.code(BETTER, changes) == (kind, code)


def test_it_needs_a_critical_point() -> None:
    stranger = Fact("s1", LEMMAS[CRITICAL], Conclusion("a critical point, believe me", ""))
    with pytest.raises(Rejected) as caught:
        LEMMAS[BETTER].check(STUCK.instance, (stranger,), Reader(STUCK.arguments[BETTER], ""))
    assert caught.value.code == "XB01"
