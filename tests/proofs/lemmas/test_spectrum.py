"""spectrum/1: accepted and rejected, against the eigenvalues of a Hessian by differences in 40 digits."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import Any

import mpmath
import pytest
from flint import arb

from proofs.document import Reader
from proofs.exact import Malformed
from proofs.kernel import Conclusion, Fact, Rejected, Undecided
from proofs.lemmas import LEMMAS
from proofs.lemmas.critical_point import CriticalPoint
from proofs.lemmas.spectrum import Spectrum
from tests.proofs.build import Case
from tests.proofs.examined import CRITICAL, EXAMINED, SPECTRUM, having, loss_at, shape_and_centre
from tests.proofs.oracle import real

AT_SADDLE, STUCK = EXAMINED["saddle"], EXAMINED["stuck"]


def eigenvalues(case: Case) -> list[Any]:
    """Of the Hessian by second differences, at the centre of the box."""
    shape, centre = shape_and_centre(case, CRITICAL)
    point, size, step = [real(c) for c in centre], len(centre), mpmath.mpf(10) ** -15

    def moved(i: int, a: int, j: int, b: int) -> Any:
        there = list(point)
        there[i] += a * step
        there[j] += b * step
        return loss_at(case, shape, there)

    hessian = mpmath.matrix(size)
    for i in range(size):
        for j in range(i + 1):
            mixed = sum(a * b * moved(i, a, j, b) for a in (1, -1) for b in (1, -1)) / (4 * step**2)
            hessian[i, j] = hessian[j, i] = mixed
    return sorted(mpmath.eigsy(hessian, eigvals_only=True))


@pytest.mark.parametrize("name", having(SPECTRUM))
def test_accepted_and_the_eigenvalues_are_between_the_bounds(name: str) -> None:
    case = EXAMINED[name]
    found = case.step(SPECTRUM)
    proposition = found.proposition
    assert isinstance(proposition, Spectrum)
    with mpmath.workdps(60):
        values = eigenvalues(case)
        for (lower, upper), value in ((proposition.smallest, values[0]), (proposition.largest, values[-1])):
            assert real(lower) < value < real(upper)
        assert sum(value < 0 for value in values) == proposition.negative
        if proposition.condition is None:
            assert proposition.negative > 0
            assert found.margin == ""
        else:
            lower, upper = proposition.condition
            assert real(lower) < values[-1] / values[0] < real(upper)
            assert found.margin.startswith("condition number ≤")


def times(case: Case, key: str, *factors: str) -> dict[str, Any]:
    values = case.arguments[SPECTRUM][key]
    return {key: [str(Fraction(v) * Fraction(f)) for v, f in zip(values, factors, strict=True)]}


def test_wider_bounds_are_accepted() -> None:
    for key in ("smallest", "largest"):
        assert STUCK.code(SPECTRUM, times(STUCK, key, "1/2", "2")) == ("", "")
    assert STUCK.code(SPECTRUM, {"smallest": ["-1", "1"]}) == ("", "")
    proposition = STUCK.step(SPECTRUM, {"smallest": ["-1", "1"]}).proposition
    assert isinstance(proposition, Spectrum)
    assert proposition.condition is None


REJECTED: list[tuple[str, Case, dict[str, Any], str, str]] = [
    ("one bound", STUCK, {"smallest": ["0"]}, "Rejected", "SP02"),
    ("three bounds", STUCK, {"largest": ["70", "74", "75"]}, "Rejected", "SP02"),
    ("a negative eigenvalue of a minimum", STUCK, {"negative": 1}, "Rejected", "SP03"),
    ("a saddle without negative eigenvalues", AT_SADDLE, {"negative": 0}, "Rejected", "SP03"),
    ("a saddle with two", AT_SADDLE, {"negative": 2}, "Rejected", "SP03"),
    ("fewer than none", STUCK, {"negative": -1}, "Rejected", "SP03"),
    ("a smallest eigenvalue that is larger", STUCK, times(STUCK, "smallest", "101/100", "2"), "Rejected", "SP04"),
    ("one that is smaller", STUCK, times(STUCK, "smallest", "1/2", "99/100"), "Rejected", "SP04"),
    ("bounds in the wrong order", STUCK, {"smallest": ["1", "0"]}, "Rejected", "SP04"),
    ("the smallest of a saddle is not positive", AT_SADDLE, {"smallest": ["1/1000", "1"]}, "Rejected", "SP04"),
    ("a largest eigenvalue that is larger", STUCK, times(STUCK, "largest", "101/100", "2"), "Rejected", "SP05"),
    ("one that is smaller than it is", STUCK, times(STUCK, "largest", "1/2", "99/100"), "Rejected", "SP05"),
    ("the largest is not the second", STUCK, {"largest": ["1/1000", "1"]}, "Rejected", "SP05"),
]


@pytest.mark.parametrize(("case", "changes", "kind", "code"), [r[1:] for r in REJECTED], ids=[r[0] for r in REJECTED])
def test_rejected(case: Case, changes: dict[str, Any], kind: str, code: str) -> None:
    assert case.code(SPECTRUM, changes) == (kind, code)


def test_bounds_that_close_in_on_an_eigenvalue_are_undecided_before_they_are_wrong() -> None:
    """The enclosures of the point decide nothing at the eigenvalue itself, to which the bisection leads."""
    low, high = map(Fraction, STUCK.arguments[SPECTRUM]["largest"])
    found = set()
    for _ in range(60):
        middle = (low + high) / 2
        kind, code = STUCK.code(SPECTRUM, {"largest": [str(low), str(middle)]})
        assert code in ("", "SP05")
        found.add(kind)
        low, high = (low, middle) if kind == "" else (middle, high)
    assert found == {"", "Rejected", "Undecided"}


@pytest.mark.parametrize(("radius", "code"), [(1e-3, "SP03"), (float("inf"), "SP03")])
def test_a_hessian_that_may_be_singular_is_undecided(radius: float, code: str) -> None:
    point = STUCK.step(CRITICAL).proposition
    assert isinstance(point, CriticalPoint)
    blurred = replace(point, residual=[[d + arb(0, radius) for d in row] for row in point.residual])
    fact = Fact("s1", LEMMAS[CRITICAL], Conclusion(blurred, ""))
    with pytest.raises(Undecided) as caught:
        LEMMAS[SPECTRUM].check(STUCK.instance, (fact,), Reader(STUCK.arguments[SPECTRUM], ""))
    assert caught.value.code == code


def test_it_needs_a_critical_point() -> None:
    stranger = Fact("s1", LEMMAS[CRITICAL], Conclusion("critical, believe me", ""))
    with pytest.raises(Rejected) as caught:
        LEMMAS[SPECTRUM].check(STUCK.instance, (stranger,), Reader(STUCK.arguments[SPECTRUM], ""))
    assert caught.value.code == "SP01"


@pytest.mark.parametrize(
    "changes", [{"smallest": None}, {"largest.0": 1}, {"negative": "0"}, {"negative": None}, {"more": "1"}]
)
def test_malformed(changes: dict[str, Any]) -> None:
    with pytest.raises(Malformed):
        STUCK.step(SPECTRUM, changes)
