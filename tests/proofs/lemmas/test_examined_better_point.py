"""examined-better-point/1: accepted and rejected, and both losses once more with 50 digits."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import mpmath
import pytest

from proofs import standalone
from proofs.balls import precision
from proofs.document import Reader
from proofs.full_network import Shape
from proofs.kernel import Conclusion, Fact, Failure, Rejected
from proofs.lemmas import LEMMAS
from proofs.lemmas.examined_better_point import ExaminedBetterPoint
from tests.proofs.build import Case, layer
from tests.proofs.examined import BETTER, CRITICAL, EXAMINED, having, loss_at, shape_and_centre
from tests.proofs.oracle import real

CASES = having(BETTER)
EACH = pytest.mark.parametrize("name", CASES)
STUCK, DECAYED, CONSTANT = EXAMINED["stuck"], EXAMINED["decay"], EXAMINED["decay-saddle"]


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


def test_decay_counts_for_both() -> None:
    """Weights that are ten times as large, with outgoing ones to match, compute nearly the same and cost more."""
    hidden, top = DECAYED.arguments[BETTER]["layers"]
    steep = [layer([[10 * Fraction(w) for w in row] for row in hidden["weights"]], hidden["biases"]), top]
    assert DECAYED.code(BETTER, {"layers": steep, "gap": "1/1000"}) == ("Rejected", "XB02")
    huge = {"weight_decay": {"weights": "1000", "biases": "1000"}}
    fact = DECAYED.facts(BETTER)["critical-point"]
    with pytest.raises(Rejected, match="XB02"):
        LEMMAS[BETTER].check(DECAYED.about(huge).instance, (fact,), Reader(DECAYED.arguments[BETTER], ""))


NARROW = Case(CONSTANT.document, {
    **CONSTANT.arguments, BETTER: {"layers": [layer([[-3]], [0]), layer([[-1]], [0])], "gap": "1/10"},
})  # fmt: skip
"""One unit instead of two: sin(3 x) is nearly a multiple of tanh."""


def test_a_narrower_network_with_decay_is_padded_by_units_that_are_zero() -> None:
    """So the wider network of the instance has the same loss, by the definition."""
    found = NARROW.step(BETTER).proposition
    assert isinstance(found, ExaminedBetterPoint)
    assert found.least_widths == (1,)
    narrow = [real(v) for v in (-3, 0, -1, 0)]
    padded = [real(v) for v in (-3, 0, 0, 0, -1, 0, 0)]
    shape, centre = shape_and_centre(NARROW, CRITICAL)
    with mpmath.workdps(50):
        small, large = loss_at(NARROW, Shape((1, 1, 1), True), narrow), loss_at(NARROW, shape, padded)
        assert abs(small - large) < mpmath.mpf(10) ** -45
        assert real(found.gap) <= loss_at(NARROW, shape, [real(c) for c in centre]) - large


def both(about: Case) -> list[tuple[str, str]]:
    """How both checkers refuse the better point of DECAYED for another instance, told of the same critical point."""
    codes = []
    with precision(128), pytest.raises(Failure) as ours:
        fact = DECAYED.facts(BETTER)["critical-point"]
        LEMMAS[BETTER].check(about.instance, (fact,), Reader(DECAYED.arguments[BETTER], ""))
    codes.append((type(ours.value).__name__, ours.value.code))
    first, second = (standalone.Fields(DECAYED.arguments[name], "") for name in (CRITICAL, BETTER))
    point = standalone.critical_point(standalone.read_instance(DECAYED.document), [], first)
    with pytest.raises(standalone.Failure) as theirs:
        standalone.examined_better_point(standalone.read_instance(about.document), [point], second)
    codes.append((type(theirs.value).__name__, theirs.value.code))
    return codes


def test_the_second_checker_pads_too() -> None:
    first, second = (standalone.Fields(NARROW.arguments[name], "") for name in (CRITICAL, BETTER))
    about = standalone.read_instance(NARROW.document)
    found = standalone.examined_better_point(about, [standalone.critical_point(about, [], first)], second)
    assert found.widths == [1]


def test_padding_needs_units_that_are_bounded_at_zero(monkeypatch: pytest.MonkeyPatch) -> None:
    """No activation that can be read is otherwise: the second checker looks all the same."""
    case = DECAYED.about({"network.widths": [4]})
    first, second = (standalone.Fields(DECAYED.arguments[name], "") for name in (CRITICAL, BETTER))
    point = standalone.critical_point(standalone.read_instance(DECAYED.document), [], first)
    monkeypatch.setattr(standalone, "value", lambda *_: standalone.interval(1).shifted(2_000_000))
    with pytest.raises(standalone.Undecided) as caught:
        standalone.examined_better_point(standalone.read_instance(case.document), [point], second)
    assert caught.value.code == "XB03"


@pytest.mark.parametrize("activation", ["log(z)", "1/z", "sin(z)/z"])
def test_padding_needs_units_that_are_defined_at_zero(activation: str) -> None:
    """Without decay, or where nothing is padded, it is not asked."""
    case = DECAYED.about({"network.widths": [4], "network.activation": activation})
    assert both(case) == [("Undecided", "XB03")] * 2
    for changes in ({"network.widths": [2]}, {"weight_decay": None}):
        assert {code for _, code in both(case.about(changes))} == {"XB02"}
