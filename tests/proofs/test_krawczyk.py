"""Krawczyk's operator on maps whose zeros are known, in one to three dimensions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from flint import arb, arb_mat, fmpq

from proofs.balls import hull, is_bounded, lower_bound, precision, square, upper_bound
from proofs.krawczyk import krawczyk, midpoint_inverse
from tests.proofs.fitted import rational

Map = Callable[[Sequence[arb]], list[arb]]
Jacobian = Callable[[Sequence[arb]], list[list[arb]]]


def image(function: Map, jacobian: Jacobian, centre: Sequence[Any], radii: Sequence[Any]) -> tuple[arb, ...] | None:
    """K - c on the box, with the usual preconditioner."""
    middle, radius = [rational(str(c)) for c in centre], [rational(str(r)) for r in radii]
    over = [arb(c) + hull(-r, r) for c, r in zip(middle, radius, strict=True)]
    matrix = arb_mat(jacobian(over))
    inverse = midpoint_inverse(matrix)
    if inverse is None:
        return None
    steps = inverse * arb_mat([[value] for value in function([arb(c) for c in middle])])
    return krawczyk(inverse, steps.entries(), matrix, radius)


def inside(found: Sequence[arb], radii: Sequence[Any]) -> bool:
    return all(upper_bound(abs(k)) < rational(str(r)) for k, r in zip(found, radii, strict=True))


def outside(found: Sequence[arb], radii: Sequence[Any]) -> bool:
    return any(lower_bound(abs(k)) > rational(str(r)) for k, r in zip(found, radii, strict=True))


def root_of_two(x: Sequence[arb]) -> list[arb]:
    return [square(x[0]) - 2]


def twice(x: Sequence[arb]) -> list[list[arb]]:
    return [[2 * x[0]]]


F = Fraction


@pytest.mark.parametrize("radius", [F(1, 10), F(1, 4), F(1, 100)])
def test_the_root_of_two_is_found_in_a_box_around_it(radius: Fraction) -> None:
    with precision(128):
        found = image(root_of_two, twice, [F(141, 100)], [radius])
        assert found is not None
        assert inside(found, [radius])
        assert (found[0] + arb(fmpq(141, 100))).contains(arb(2).sqrt())


@pytest.mark.parametrize(
    ("centre", "radius"), [(F(1), F(1, 4)), (F(2), F(1, 4)), (F(141, 100), F(1, 250)), (F(142, 100), F(1, 1000))]
)
def test_a_box_without_a_zero_is_refused(centre: Fraction, radius: Fraction) -> None:
    with precision(128):
        found = image(root_of_two, twice, [centre], [radius])
        assert found is not None
        assert outside(found, [radius])


def test_at_the_edge_nothing_is_decided() -> None:
    """The root lies in the box but the image reaches beyond."""
    with precision(128):
        for centre, radius in ((F(14, 10), F(143, 10000)), (F(1), F(1, 2)), (F(3, 2), F(2))):
            found = image(root_of_two, twice, [centre], [radius])
            if found is not None:
                assert not inside(found, [radius])
                assert not outside(found, [radius])


def test_a_double_zero_is_never_proved() -> None:
    with precision(128):
        for radius in (F(1), F(1, 10), F(1, 10**9)):
            for centre in (F(0), radius / 3, radius / 2, radius * 2):
                found = image(lambda x: [square(x[0])], twice, [centre], [radius])
                assert found is None or not inside(found, [radius])


def test_no_real_zero_is_never_proved() -> None:
    with precision(128):
        for k in range(-8, 9):
            for radius in (F(1, 8), F(1), F(3)):
                found = image(lambda x: [square(x[0]) + 1], twice, [F(k, 4)], [radius])
                assert found is None or not inside(found, [radius])


def test_two_zeros_in_the_box_are_not_one() -> None:
    with precision(128):
        for centre in (F(0), F(1, 3), F(-1, 2)):
            found = image(root_of_two, twice, [centre], [F(3)])
            assert found is None or not (inside(found, [F(3)]) or outside(found, [F(3)]))


def circle_and_line(x: Sequence[arb]) -> list[arb]:
    """x^2 + y^2 = 25 and x = 3 y / 4: the zeros are +-(3, 4)."""
    return [square(x[0]) + square(x[1]) - 25, 4 * x[0] - 3 * x[1]]


def circle_jacobian(x: Sequence[arb]) -> list[list[arb]]:
    return [[2 * x[0], 2 * x[1]], [arb(4), arb(-3)]]


def test_two_dimensions() -> None:
    with precision(128):
        for centre in ([3, 4], [F(31, 10), F(39, 10)], [-3, -4]):
            found = image(circle_and_line, circle_jacobian, centre, [F(1, 2), F(1, 2)])
            assert found is not None
            assert inside(found, [F(1, 2), F(1, 2)])
            exact = [3, 4] if centre[0] > 0 else [-3, -4]
            for k, c, z in zip(found, centre, exact, strict=True):
                assert (k + arb(rational(str(c)))).contains(z)
        # One coordinate is enough for a refusal, and one too short for the whole.
        found = image(circle_and_line, circle_jacobian, [3, F(9, 2)], [F(1, 10), F(1, 4)])
        assert found is not None
        assert outside(found, [F(1, 10), F(1, 4)])
        narrow = image(circle_and_line, circle_jacobian, [F(31, 10), 4], [F(1, 20), F(1, 2)])
        assert narrow is not None
        assert not inside(narrow, [F(1, 20), F(1, 2)])


def triple(x: Sequence[arb]) -> list[arb]:
    """The only zero near (1, 1, 1) of x y = 1, y z = 1, x + y + z = 3 is a singular one; this one is not."""
    a, b, c = x
    return [a * b - 2, b * c - 6, a + b + c - 6]


def triple_jacobian(x: Sequence[arb]) -> list[list[arb]]:
    a, b, c = x
    return [[b, a, arb(0)], [arb(0), c, b], [arb(1), arb(1), arb(1)]]


def test_three_dimensions() -> None:
    """(1, 2, 3) is a zero, with Jacobian determinant 2 (3 - 2) + 1 (2) = 4."""
    with precision(128):
        radii = [F(1, 20)] * 3
        found = image(triple, triple_jacobian, [F(101, 100), F(199, 100), 3], radii)
        assert found is not None
        assert inside(found, radii)
        for k, c, z in zip(found, (F(101, 100), F(199, 100), F(3)), (1, 2, 3), strict=True):
            assert (k + arb(rational(str(c)))).contains(z)
        away = image(triple, triple_jacobian, [F(12, 10), 2, 3], radii)
        assert away is not None
        assert outside(away, radii)


@pytest.mark.parametrize("exponent", [3, 12, 25])
def test_an_ill_conditioned_linear_map(exponent: int) -> None:
    """Condition number 4 * 10^exponent; the preconditioner takes it away, up to the precision."""
    tiny = fmpq(1, 10**exponent)
    with precision(256):
        matrix = [[arb(1), arb(1)], [arb(1), arb(1) + arb(tiny)]]
        found = image(
            lambda x: [matrix[0][0] * x[0] + matrix[0][1] * x[1] - 2, matrix[1][0] * x[0] + matrix[1][1] * x[1] - 2],
            lambda x: matrix,
            [F(21, 10), F(0)],
            [F(1), F(1)],
        )
        assert found is not None
        assert inside(found, [F(1), F(1)])
        assert (found[0] + arb(fmpq(21, 10))).contains(2)
        assert found[1].contains(0)


@pytest.mark.parametrize("size", [1, 2, 3, 5])
def test_zeros_of_linear_maps_with_an_uncertain_matrix_lie_in_the_image(size: int) -> None:
    """For any matrix in the enclosure: what K promises of every zero in the box."""
    rng = np.random.default_rng(size)
    with precision(128):
        for _ in range(20):
            middle = rng.integers(-20, 21, (size, size)) + 30 * np.eye(size, dtype=int)
            balls = arb_mat([[arb(int(v)) + arb(0, 0.25) for v in row] for row in middle])
            exact = [[fmpq(int(v)) + fmpq(int(d), 400) for v, d in zip(row, shift, strict=True)]
                     for row, shift in zip(middle, rng.integers(-100, 101, (size, size)), strict=True)]  # fmt: skip
            zero = [fmpq(int(v), 10) for v in rng.integers(-10, 11, size)]
            constant = [sum(a * z for a, z in zip(row, zero, strict=True)) for row in exact]
            inverse = midpoint_inverse(balls)
            assert inverse is not None
            steps = inverse * arb_mat([[arb(-c)] for c in constant])
            radii = [fmpq(1)] * size
            found = krawczyk(inverse, steps.entries(), balls, radii)
            assert all(k.contains(arb(z)) for k, z in zip(found, zero, strict=True))


def test_any_preconditioner_is_safe() -> None:
    """A bad one proves nothing, and no wrong thing: zero makes the image the box itself."""
    radii = [fmpq(1), fmpq(2)]
    with precision(128):
        balls = arb_mat([[arb(1), arb(0)], [arb(0), arb(1)]])
        nothing = krawczyk(arb_mat(2, 2), [arb(0), arb(0)], balls, radii)
        assert [upper_bound(abs(k)) for k in nothing] >= radii
        exact = krawczyk(balls, [arb(0), arb(0)], balls, radii)
        assert all(k == 0 for k in exact)
        twisted = krawczyk(arb_mat([[0, 1], [1, 0]]), [arb(0), arb(0)], balls, radii)
        assert [upper_bound(abs(k)) for k in twisted] >= [fmpq(3), fmpq(3)]


def test_an_inverse_of_the_midpoint() -> None:
    with precision(128):
        matrix = arb_mat([[arb(3, 0.5), arb(1)], [arb(1), arb(2, 0.1)]])
        inverse = midpoint_inverse(matrix)
        assert inverse is not None
        assert all(entry.is_exact() for entry in inverse.entries())
        defect = inverse * matrix.mid() - arb_mat([[1, 0], [0, 1]])
        assert all(abs(entry) < 1e-30 for entry in defect.entries())


@pytest.mark.parametrize(
    "matrix",
    [
        arb_mat([[0]]),
        arb_mat([[1, 2], [2, 4]]),
        arb_mat([[0, 0], [0, 1]]),
        arb_mat([[arb.nan(), arb(0)], [arb(0), arb(1)]]),
        arb_mat([[arb(2) ** -(10**6 + 5)]]),
    ],
    ids=["zero", "singular", "half zero", "nan", "tiny"],
)
def test_no_inverse(matrix: arb_mat) -> None:
    with precision(128):
        assert midpoint_inverse(matrix) is None


def test_what_is_not_bounded_stays_so() -> None:
    """The caller looks whether the image is bounded; nan and infinite radii must reach it."""
    with precision(128):
        for entry in (arb.nan(), arb.pos_inf(), arb(0, float("inf"))):
            for preconditioner in (arb_mat([[1]]), arb_mat([[0]])):
                found = krawczyk(preconditioner, [arb(0)], arb_mat([[entry]]), [fmpq(1)])
                assert not is_bounded(found[0])
