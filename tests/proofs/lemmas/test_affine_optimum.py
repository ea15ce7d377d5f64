"""affine-optimum/1: accepted and rejected, and the theorem's network built and evaluated exactly."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from flint import fmpq, fmpq_mat

from proofs.activations import CATALOGUE
from proofs.document import Reader
from proofs.exact import Malformed
from proofs.kernel import Conclusion, Fact, Rejected
from proofs.lemmas import LEMMAS
from proofs.lemmas.affine_optimum import AffineOptimum
from tests.proofs.affine import AFFINE, DEAD, DEPENDENT, HARDTANH, MINIMUM, OPTIMUM, RELU, REPEATED
from tests.proofs.build import Case, layer

EXPECTED = {
    "relu": ((4,), 0, 4),
    "hardtanh": ((1, 3), 0, 4),
    "abs": ((4,), 0, 20),
    "dead": ((3,), 0, 9),
    "repeated": ((3,), fmpq(1, 2), 4),
    "dependent": ((4,), 0, 4),
}


@pytest.mark.parametrize("name", AFFINE)
def test_accepted(name: str) -> None:
    widths, least, gap = EXPECTED[name]
    assert AFFINE[name].step(OPTIMUM).proposition == AffineOptimum(widths, fmpq(least), fmpq(gap))


FITTED = RELU.about({"data.targets": [["1"], ["2"], ["3"], ["4"]]})
SPREAD = REPEATED.about({"data.targets": [["1"], ["1"], ["3"], ["3"]]})

REJECTED: list[tuple[str, Case, dict[str, Any], str]] = [
    ("a last layer that is too narrow", RELU.about({"network.widths": [3]}), {}, "AO02"),
    ("too narrow with an output bias", DEAD.about({"network.widths": [2]}), {}, "AO02"),
    ("too narrow where inputs are repeated", REPEATED.about({"network.widths": [2]}), {}, "AO02"),
    ("the last of two layers is too narrow", HARDTANH.about({"network.widths": [9, 2]}), {}, "AO02"),
    ("no direction", RELU, {"direction": []}, "AO03"),
    ("a direction that is too long", RELU, {"direction": ["1", "1"]}, "AO03"),
    ("a direction that is zero", RELU, {"direction": ["0"]}, "AO04"),
    ("a direction along the dependency", DEPENDENT, {"direction": ["2", "-1"]}, "AO04"),
    ("data that are fitted", FITTED, {}, "AO05"),
    ("the scatter is E* already", SPREAD, {}, "AO05"),
]


@pytest.mark.parametrize(("case", "changes", "code"), [r[1:] for r in REJECTED], ids=[r[0] for r in REJECTED])
def test_rejected(case: Case, changes: dict[str, Any], code: str) -> None:
    assert case.code(OPTIMUM, changes) == ("Rejected", code)


@pytest.mark.parametrize(
    ("case", "widths"), [(RELU, [4]), (DEAD, [3]), (REPEATED, [3]), (HARDTANH, [1, 3]), (HARDTANH, [5, 10**12])]
)
def test_wide_enough(case: Case, widths: list[int]) -> None:
    assert case.about({"network.widths": widths}).code(OPTIMUM) == ("", "")


@pytest.mark.parametrize("changes", [{"direction": None}, {"direction": [1]}, {"carriers": []}])
def test_malformed(changes: dict[str, Any]) -> None:
    with pytest.raises(Malformed):
        RELU.step(OPTIMUM, changes)


def test_it_needs_an_affine_minimum() -> None:
    stranger = Fact("s1", LEMMAS[MINIMUM], Conclusion("an affine minimum, believe me", ""))
    with pytest.raises(Rejected) as caught:
        LEMMAS[OPTIMUM].check(RELU.instance, (stranger,), Reader(RELU.arguments[OPTIMUM], ""))
    assert caught.value.code == "AO01"


def test_one_distinct_input() -> None:
    """Nothing is better than the mean: the scatter is E*."""
    case = RELU.about({"data.inputs": [["1"]] * 4})
    mean = Case(case.document, case.arguments | {MINIMUM: {"layers": [layer([[0]], [1]), layer([["5/2"]], [0])]}})
    assert mean.code(OPTIMUM) == ("Rejected", "AO05")


@pytest.mark.parametrize("bias", [False, True])
@pytest.mark.parametrize("name", [name for name, row in CATALOGUE.items() if row.piecewise is not None])
@pytest.mark.parametrize("points", [1, 2, 3, 6])
def test_the_units_of_the_theorem_interpolate(name: str, points: int, bias: bool) -> None:
    """Their values at distinct projections (with the output bias: and 1) form a matrix of full rank, exactly."""
    piecewise = CATALOGUE[name].piecewise
    assert piecewise is not None
    rng = np.random.default_rng(points)
    p = [fmpq(int(v), 7) for v in np.cumsum(rng.integers(1, 20, size=points))]
    epsilon = fmpq(1, 10**6)
    sloped = next(piece for piece in piecewise.pieces if piece.slope != 0)
    ends = [end for end in (sloped.lower, sloped.upper) if end is not None]
    inside = sum(ends, fmpq(0)) / 2 if len(ends) == 2 else ends[0] + (1 if sloped.upper is None else -1)
    constant = next(fmpq(v, 3) for v in range(-30, 30) if piecewise.value_at(fmpq(v, 3)) != 0)
    kink = piecewise.breakpoints[0]
    rows = [[piecewise.value_at(constant)] * points, [piecewise.value_at(inside + epsilon * v) for v in p]]
    rows += [[piecewise.value_at(kink + epsilon * (v - q)) for v in p] for q in p[1:-1]]
    if bias:
        rows[0] = [fmpq(1)] * points
    matrix = fmpq_mat(rows[:points])
    assert matrix.rref()[1] == points


@pytest.mark.parametrize("seed", range(3))
def test_no_random_function_of_the_inputs_is_below_the_scatter(seed: int) -> None:
    rng = np.random.default_rng(seed)
    repeated = REPEATED.step(OPTIMUM).proposition
    assert isinstance(repeated, AffineOptimum)
    for _ in range(100):
        a, b, c = rng.normal(size=3) * 5
        loss = (a - 0) ** 2 + (b - 2.5) ** 2 + (b - 3.5) ** 2 + (c - 2) ** 2
        assert loss >= float(repeated.least_loss.p) / float(repeated.least_loss.q)
