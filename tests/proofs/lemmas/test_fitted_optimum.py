"""fitted-optimum/1: accepted and rejected, and the global minimum once more from its definition."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import mpmath
import pytest

from proofs.document import Reader
from proofs.exact import Malformed
from proofs.kernel import Rejected
from proofs.lemmas import LEMMAS
from proofs.lemmas.fitted_optimum import FittedOptimum
from tests.proofs.build import Case
from tests.proofs.fitted import (
    DIGITS,
    FITTED,
    LOSS,
    OPTIMUM,
    POINT,
    SIGMOID,
    TWO,
    Critical,
    criticals,
    fraction,
    having,
    point_of,
    scaled,
    stranger,
)
from tests.proofs.oracle import real

OPTIMA = having(OPTIMUM)
EACH = pytest.mark.parametrize("name", OPTIMA)
REPEATING = [name for name, case in OPTIMA.items() if len(case.instance.distinct_inputs) < case.instance.samples]


def groups_of(case: Case) -> list[list[int]]:
    groups: dict[tuple[str, ...], list[int]] = {}
    for n, row in enumerate(case.document["data"]["inputs"]):
        groups.setdefault(tuple(row), []).append(n)
    return list(groups.values())


def least_loss(case: Case, found: Critical) -> Any:
    """The least loss of any function of the inputs: each group's sum at the zero of its derivative."""
    value, half = LOSS[found.chain.loss_name]
    outputs = found.chain.outputs(found.parameters)
    total = []
    for group in groups_of(case):
        ys = [found.targets[n] for n in group]
        low, high = outputs[group[0]], outputs[group[0]]

        def slope(t: Any, ys: list[Any] = ys) -> Any:
            return mpmath.fsum(half(t, y) for y in ys)

        while slope(low) > 0:
            low -= 1
        while slope(high) < 0:
            high += 1
        for _ in range(120):
            middle = (low + high) / 2
            low, high = (low, middle) if slope(middle) > 0 else (middle, high)
        total.append(mpmath.fsum(value(low, y) for y in ys))
    return mpmath.fsum(total)


@EACH
def test_accepted_and_true_for_every_target(name: str) -> None:
    case = FITTED[name]
    proposition = case.step(OPTIMUM).proposition
    assert isinstance(proposition, FittedOptimum)
    assert proposition.point.centre == point_of(case).centre
    depth = case.instance.architecture.depth
    assert proposition.least_widths == (1,) * (depth - 1) + (len(groups_of(case)),)
    with mpmath.workdps(40):
        for found in criticals(name, 3):
            excess = found.loss - least_loss(case, found)
            assert 0 < real(proposition.gap) <= excess
            assert real(proposition.gap) > excess / 4


@pytest.mark.parametrize("name", ["sigmoid", "two-layers-bias", "dependent"])
def test_for_the_squared_loss_and_exact_targets_the_gap_is_everything(name: str) -> None:
    """E* less the scatter of the targets of equal inputs around their means."""
    case = scaled(FITTED[name], 1)
    proposition = case.step(OPTIMUM).proposition
    assert isinstance(proposition, FittedOptimum)
    with mpmath.workdps(DIGITS):
        (found,) = criticals(name, 1)
        excess = found.loss - least_loss(case, found)
        assert excess * (1 - mpmath.mpf(10) ** -14) < real(proposition.gap) <= excess * (1 + mpmath.mpf(10) ** -30)


def test_there_are_cases_with_repeated_inputs_for_several_losses() -> None:
    assert {OPTIMA[name].instance.loss.name for name in REPEATING} >= {"squared", "logistic", "pseudo-huber", "poisson"}


def carriers(*pieces: tuple[str, str]) -> dict[str, Any]:
    return {"carriers": [{"lower": lower, "upper": upper} for lower, upper in pieces]}


def _with_widths(case: Case, widths: list[int]) -> Case:
    return case.about({"network.widths": widths})


REJECTED: list[tuple[str, Case, dict[str, Any], str, str]] = [
    ("a last hidden layer with a unit too few", _with_widths(SIGMOID, [7]), {}, "Rejected", "FO02"),
    ("the wide layer is not the last", _with_widths(TWO, [14, 13]), {}, "Rejected", "FO02"),
    ("targets that the chain fits", scaled(SIGMOID, 0), {}, "Undecided", "FO03"),
    ("targets that the chain may fit", scaled(SIGMOID, 0, Fraction(1, 10**16)), {}, "Undecided", "FO03"),
    ("no direction", SIGMOID, {"direction": []}, "Rejected", "EO01"),
    ("no carrier", TWO, {"carriers": []}, "Rejected", "EO01"),
    ("an empty carrier", TWO, carriers(("1", "1")), "Rejected", "EO01"),
    ("a carrier around the minimum of silu", TWO, carriers(("-3/2", "-1")), "Undecided", "EO04"),
    ("a direction that does not separate", SIGMOID, {"direction": ["0"]}, "Rejected", "EO05"),
]


@pytest.mark.parametrize(("case", "changes", "kind", "code"), [r[1:] for r in REJECTED], ids=[r[0] for r in REJECTED])
def test_rejected(case: Case, changes: dict[str, Any], kind: str, code: str) -> None:
    assert case.code(POINT) == ("", "")
    assert case.code(OPTIMUM, changes) == (kind, code)


@pytest.mark.parametrize("widths", [[8], [9], [10**12]])
def test_wide_enough_networks(widths: list[int]) -> None:
    assert _with_widths(SIGMOID, widths).code(OPTIMUM) == ("", "")


def test_a_small_residual_is_enough() -> None:
    assert scaled(SIGMOID, Fraction(1, 10**9)).code(OPTIMUM) == ("", "")
    assert scaled(SIGMOID, -1).code(OPTIMUM) == ("", "")


def test_one_distinct_input_has_no_projections_to_tell_apart() -> None:
    assert SIGMOID.step(OPTIMUM).margin == "projections 0.5 apart"


def test_residuals_that_cancel_within_a_group_are_no_excess() -> None:
    """Two samples with one input and targets on either side of the output: nothing can serve both better."""
    exact = scaled(SIGMOID, 1)
    case = exact.about(
        {
            "data.inputs": [row for row in exact.document["data"]["inputs"] for _ in range(2)],
            "data.targets": [[y] for (y,) in exact.document["data"]["targets"] for y in (y, y)],
        }
    )
    whole, doubled = (c.step(OPTIMUM).proposition for c in (exact, case))
    assert isinstance(whole, FittedOptimum)
    assert isinstance(doubled, FittedOptimum)
    assert doubled.least_widths == whole.least_widths == (8,)
    assert float(fraction(doubled.gap)) == pytest.approx(2 * float(fraction(whole.gap)), rel=1e-12)
    spread = exact.about(
        {
            "data.inputs": [row for row in exact.document["data"]["inputs"] for _ in range(2)],
            "data.targets": [
                [str(Fraction(y) + shift)] for (y,) in exact.document["data"]["targets"] for shift in (-1, 1)
            ],
        }
    )
    other = spread.step(OPTIMUM).proposition
    assert isinstance(other, FittedOptimum)
    assert float(fraction(other.gap)) == pytest.approx(2 * float(fraction(whole.gap)), rel=1e-12)


def test_it_needs_a_fitted_point() -> None:
    with pytest.raises(Rejected) as caught:
        LEMMAS[OPTIMUM].check(SIGMOID.instance, (stranger(),), Reader(SIGMOID.arguments[OPTIMUM], ""))
    assert caught.value.code == "FO01"


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"direction": None}, "'direction' is missing"),
        ({"direction": [1]}, r"direction\[0\]"),
        ({"carriers": None}, "'carriers' is missing"),
        ({"gap": "1"}, "unknown field 'gap'"),
    ],
)
def test_malformed(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(Malformed, match=message):
        SIGMOID.step(OPTIMUM, changes)
