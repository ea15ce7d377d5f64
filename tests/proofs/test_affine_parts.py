"""Affine pieces: where they are said to be, sigma is affine; and units are placed on them with certainty."""

from __future__ import annotations

import random
from fractions import Fraction

import mpmath
import pytest
from flint import arb, fmpq

from proofs.affine_parts import AffineParts, affine_parts
from proofs.formulas import ROWS
from proofs.kernel import Failure
from tests.proofs.oracle import flint, real, sigma


def test_the_margin_is_the_distance_from_the_kinks() -> None:
    parts = AffineParts.of(ROWS["relu6"], [arb(1), arb("5.5"), arb(2)], "unit 0")
    assert parts.lines == ((1, 0),) * 3
    assert fmpq(499, 1000) < parts.margin <= fmpq(1, 2)


def test_affine_parts_are_affine() -> None:
    numbers = random.Random(0)
    with mpmath.workdps(40):
        for name, row in ROWS.items():
            for part in affine_parts(row):
                for _ in range(20):
                    z = Fraction(numbers.randint(-(10**6), 10**6), 10**5)
                    if part.holds_inside(flint(z)):
                        assert abs(sigma(name, real(z)) - real(part.value(flint(z)))) < mpmath.mpf(10) ** -35


PLACED: list[tuple[str, list[arb], str]] = [
    ("tanh", [arb(1)], "Rejected"),
    ("elu", [arb(1), arb(-1)], "Rejected"),
    ("elu", [arb(1), arb(0)], "Undecided"),
    ("relu", [arb(1), arb(0)], "Undecided"),
    ("relu", [arb(0, 1)], "Undecided"),
    ("relu", [arb.nan()], "Undecided"),
    ("hardswish", [arb(4), arb(0)], "Rejected"),
    ("hardswish", [arb(3)], "Undecided"),
]


@pytest.mark.parametrize(("name", "sums", "kind"), PLACED)
def test_units_that_are_not_on_pieces(name: str, sums: list[arb], kind: str) -> None:
    with pytest.raises(Failure) as caught:
        AffineParts.of(ROWS[name], sums, "unit 0")
    assert (type(caught.value).__name__, caught.value.code) == (kind, "CR08")


def test_lines_that_meet() -> None:
    def meeting(name: str, *sums: int) -> tuple[fmpq, fmpq]:
        return AffineParts.of(ROWS[name], [arb(z) for z in sums], "unit 0").meeting_point()

    assert meeting("relu", -1, 2) == (0, 0)
    assert meeting("relu6", 7, 2) == (6, 6)
    assert meeting("hardtanh", 5) == (0, 1)
    for name, *sums in (("relu6", -1, 2, 7), ("hardtanh", -2, 2), ("softshrink", -1, 1)):
        with pytest.raises(Failure) as caught:
            meeting(str(name), *map(int, sums))
        assert caught.value.code == "CR08"
