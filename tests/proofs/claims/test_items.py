"""Items of claims: each is granted up to what was shown, and refused one step beyond."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from flint import fmpq

from proofs.claims.items import covers, demand_gap, demand_optimum, demand_region, demand_widths
from proofs.kernel import Rejected
from tests.proofs.build import DEEP, THREE


@dataclass(frozen=True)
class Lower:
    least_widths: tuple[int, ...]
    gap: fmpq


@dataclass(frozen=True)
class Region:
    radius: fmpq


SHOWN = [Lower((2, 1), fmpq(1)), Lower((5, 4), fmpq(3))]


@pytest.mark.parametrize("widths", [(1, 1), (2, 1), (10**9, 3)])
def test_any_positive_widths_of_a_network_without_fixed_ones(widths: tuple[int, ...]) -> None:
    demand_widths(widths, DEEP.instance)


@pytest.mark.parametrize("widths", [(), (1,), (1, 1, 1), (0, 1), (1, -1)])
def test_other_widths_are_refused(widths: tuple[int, ...]) -> None:
    with pytest.raises(Rejected, match=r"CL04.*2 positive widths"):
        demand_widths(widths, DEEP.instance)


def test_widths_beyond_fixed_ones_are_refused() -> None:
    fixed = THREE.about({"network.widths": [2]}).instance
    demand_widths((2,), fixed)
    with pytest.raises(Rejected, match=r"CL04.*does not have"):
        demand_widths((3,), fixed)


@pytest.mark.parametrize(
    ("gap", "widths"), [(None, ()), (fmpq(1), (2, 1)), (fmpq(1), (9, 9)), (fmpq(3), (5, 4)), (fmpq(1, 9), (2, 2))]
)
def test_a_gap_that_one_step_shows(gap: fmpq | None, widths: tuple[int, ...]) -> None:
    demand_gap(gap, widths, SHOWN)


@pytest.mark.parametrize(
    ("gap", "widths"),
    [
        (fmpq(0), (9, 9)),
        (fmpq(-1), (9, 9)),
        (fmpq(3), (5, 3)),
        (fmpq(301, 100), (9, 9)),
        (fmpq(2), (4, 4)),
        (fmpq(1), (1, 9)),
        (fmpq(1), (2,)),
        (fmpq(1), (2, 1, 1)),
    ],
)
def test_a_gap_that_no_step_shows(gap: fmpq, widths: tuple[int, ...]) -> None:
    with pytest.raises(Rejected, match="CL05"):
        demand_gap(gap, widths, SHOWN)


def test_a_region_up_to_the_largest_radius() -> None:
    regions = [Region(fmpq(1, 8)), Region(fmpq(1, 2))]
    for radius in (None, fmpq(1, 100), fmpq(1, 2)):
        demand_region(radius, regions)
    for radius in (fmpq(0), fmpq(-1), fmpq(51, 100)):
        with pytest.raises(Rejected, match="CL06"):
            demand_region(radius, regions)
    with pytest.raises(Rejected, match="CL06"):
        demand_region(fmpq(1, 8), [])


def test_an_optimum_at_widths_that_the_instance_has() -> None:
    fixed = THREE.about({"network.widths": [3]}).instance
    optimum = [Lower((2,), fmpq(1))]
    for widths in (None, (2,), (3,)):
        demand_optimum(widths, fixed, optimum)
    for widths in ((1,), (4,), (2, 2), ()):
        with pytest.raises(Rejected, match="CL08"):
            demand_optimum(widths, fixed, optimum)
    with pytest.raises(Rejected, match="CL08"):
        demand_optimum((3,), fixed, [])


def test_wider_in_every_layer() -> None:
    assert covers((2, 3), (2, 3))
    assert covers((3, 3), (2, 3))
    assert not covers((9, 2), (2, 3))
    assert not covers((2,), (2, 3))
    assert not covers((2, 3, 4), (2, 3))
