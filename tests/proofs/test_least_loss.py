"""The least loss of all functions of the inputs: both checkers, and the definition with 50 digits."""

from __future__ import annotations

import random
from fractions import Fraction
from itertools import pairwise
from typing import Any

import mpmath
import pytest
from flint import fmpq

from proofs import standalone
from proofs.balls import precision
from proofs.instance import read_instance
from proofs.kernel import Rejected
from proofs.least_loss import least_loss
from proofs.lemmas.examined_optimum import ExaminedOptimum
from tests.proofs.build import changed
from tests.proofs.examined import OPTIMUM
from tests.proofs.lemmas.test_examined_optimum import ENTROPY, HUBER, POISSON, WIDE, best_outputs, proposition
from tests.proofs.network import reals
from tests.proofs.oracle import real
from tests.proofs.test_full_network import LOSSES, cross_entropy

FINE = [Fraction(k, 12) for k in range(13)]


def _targets(loss: str, outputs: int, samples: int, numbers: random.Random) -> list[list[str]]:
    if loss == "cross-entropy":
        cuts = [sorted([0, *(numbers.randint(0, 12) for _ in range(outputs - 1)), 12]) for _ in range(samples)]
        return [[str(Fraction(b - a, 12)) for a, b in pairwise(cut)] for cut in cuts]
    choose = FINE if loss == "logistic" else [12 * y for y in FINE] if loss == "poisson" else [y - 3 for y in FINE]
    return [[str(numbers.choice(choose)) for _ in range(outputs)] for _ in range(samples)]


@pytest.mark.parametrize("loss", ["squared", "logistic", "pseudo-huber", "poisson", "cross-entropy"])
@pytest.mark.parametrize("seed", range(6))
def test_both_checkers_find_the_same_least_loss(loss: str, seed: int) -> None:
    """Random targets of repeated inputs; and the best outputs have that loss, with 50 digits."""
    numbers = random.Random(seed)
    outputs, samples = numbers.randint(1, 3), numbers.randint(1, 9)
    case = WIDE.about({
        "data.inputs": [[str(numbers.randint(0, 3))] for _ in range(samples)], "loss": loss,
        "data.targets": _targets(loss, outputs, samples, numbers), "network.widths": "every",
        "network.activation": numbers.choice(["relu", "tanh"]),
    })  # fmt: skip
    found = proposition(case)
    lower, upper = found.bounds
    standalone.set_precision(128)
    other = standalone.examined_optimum(
        standalone.read_instance(case.document), [], standalone.Fields(case.arguments[OPTIMUM], "")
    )
    assert other.attained == found.attained
    little = Fraction(1, 10**15)
    assert abs(other.least - Fraction(int(lower.p), int(lower.q))) < little
    assert abs(other.most - Fraction(int(upper.p), int(upper.q))) < little
    assert (lower == upper) == (other.least == other.most) or loss not in ("squared", "cross-entropy")
    with mpmath.workdps(50):
        total, targets = mpmath.mpf(0), reals(case.instance.targets)
        wanted = best_outputs(case)
        for group in case.instance.distinct_inputs:
            total += mpmath.fsum(_value(loss, wanted[group[0]], targets[n]) for n in group)
        assert real(lower) - mpmath.mpf(10) ** -14 < total < real(upper) + mpmath.mpf(10) ** -14


def _value(loss: str, outputs: list[Any], targets: list[Any]) -> Any:
    if loss == "cross-entropy":
        return cross_entropy(outputs, targets)
    return mpmath.fsum(LOSSES[loss](t, y) for t, y in zip(outputs, targets, strict=True))


def _of(loss: str, *targets: str) -> tuple[fmpq, fmpq, bool]:
    """Of one group of equal inputs, with one output."""
    data = {"data.inputs": [["1"]] * len(targets), "data.targets": [[y] for y in targets], "loss": loss}
    with precision(128):
        found = least_loss(read_instance(changed(WIDE.document, data)), "XX00")
        return *found.bounds, found.attained


@pytest.mark.parametrize(
    ("loss", "targets", "value", "attained"),
    [
        ("squared", ("0", "1", "5"), 14, True),
        ("squared", ("1/3",), 0, True),
        ("logistic", ("0", "0"), 0, False),
        ("logistic", ("1",), 0, False),
        ("poisson", ("0",), 0, False),
        ("poisson", ("1", "1"), 2, True),
        ("poisson", ("-1", "3"), 2, True),
        ("pseudo-huber", ("7", "7"), 0, True),
        ("cross-entropy", ("1", "1"), 0, True),
    ],
)
def test_rational_ones_are_exact(loss: str, targets: tuple[str, ...], value: int, attained: bool) -> None:
    assert _of(loss, *targets) == (value, value, attained)


def test_entropies() -> None:
    for loss, targets, value in (
        ("logistic", ("0", "1"), 2 * mpmath.log(2)),
        ("logistic", ("-1", "2"), 2 * mpmath.log(2)),
        ("poisson", ("0", "4"), 4 - 4 * mpmath.log(2)),
    ):
        lower, upper, attained = _of(loss, *targets)
        assert attained
        assert real(lower) <= value + 1e-15
        assert value - 1e-15 <= real(upper)
        assert 0 < upper - lower < fmpq(1, 10**15)


@pytest.mark.parametrize(
    ("loss", "targets"),
    [("logistic", ("-1", "0")), ("logistic", ("1", "2")), ("poisson", ("-2", "1")), ("cross-entropy", ("1", "2"))],
)
def test_refused_with_the_code_of_the_caller(loss: str, targets: tuple[str, ...]) -> None:
    with pytest.raises(Rejected) as caught:
        _of(loss, *targets)
    assert caught.value.code == "XX00"


def test_low_precision_widens_the_bounds_and_no_more() -> None:
    for case in (ENTROPY, POISSON, HUBER):
        fine = proposition(case).bounds
        coarse = case.step(OPTIMUM, bits=53).proposition
        assert isinstance(coarse, ExaminedOptimum)
        assert coarse.bounds[0] <= fine[0] <= fine[1] <= coarse.bounds[1]
        assert coarse.bounds[1] - coarse.bounds[0] < fmpq(1, 10**10)


def test_extreme_targets_of_pseudo_huber() -> None:
    """The bound of the slope is next to useless for targets so far apart, and the minimum is found all the same."""
    case = HUBER.about({"data.inputs": [["1"], ["1"]], "data.targets": [["0"], [str(10**9)]]})
    lower, upper = proposition(case).bounds
    exact = 2 * (mpmath.sqrt(1 + mpmath.mpf(10**9) ** 2 / 4) - 1)
    assert real(lower) <= exact <= real(upper) + mpmath.mpf(10) ** -3
