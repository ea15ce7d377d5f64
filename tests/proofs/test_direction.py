"""Directions have one number for each parameter, and what is not certainly negative is not called so."""

from __future__ import annotations

import pytest
from flint import arb, fmpq

from proofs.direction import negative_curvature, read_direction
from proofs.document import Reader
from proofs.full_network import Shape
from proofs.kernel import Rejected, Undecided

SHAPE = Shape((1, 1, 1), False)
DIRECTION = (fmpq(3), fmpq(0), fmpq(-4))


def test_one_number_for_each_parameter() -> None:
    assert read_direction(Reader({"direction": ["3", "0", "-4"]}, ""), SHAPE, "XX01") == DIRECTION


@pytest.mark.parametrize("direction", [[], ["1", "2"], ["1"] * 4])
def test_too_few_or_too_many_are_refused(direction: list[str]) -> None:
    with pytest.raises(Rejected, match=r"\[XX01\] expected a direction of 3 numbers"):
        read_direction(Reader({"direction": direction}, ""), SHAPE, "XX01")


def test_the_margin_is_the_second_derivative_along_the_unit_vector() -> None:
    """2 * (-50) / 25, from half the second derivative."""
    assert negative_curvature(arb(-50), DIRECTION, "XX02") == "second derivative ≤ -4 along the unit vector"
    assert "-3.9" in negative_curvature(arb(-50, 1), DIRECTION, "XX02")


@pytest.mark.parametrize("curvature", [arb(0), arb(1), arb(0, 1), arb(-1, 1), arb("nan"), arb("-inf")])
def test_what_is_not_certainly_negative_is_no_curvature(curvature: arb) -> None:
    with pytest.raises((Rejected, Undecided), match="XX02"):
        negative_curvature(curvature, DIRECTION, "XX02")


def test_positive_is_rejected_and_unknown_is_undecided() -> None:
    with pytest.raises(Rejected):
        negative_curvature(arb(1, "0.5"), DIRECTION, "XX02")
    with pytest.raises(Undecided, match=r"is negative in this place$"):
        negative_curvature(arb(0, 1), DIRECTION, "XX02", " in this place")


def test_no_direction_has_no_curvature() -> None:
    with pytest.raises(Rejected):
        negative_curvature(arb(-1), (fmpq(0),) * 3, "XX02")
