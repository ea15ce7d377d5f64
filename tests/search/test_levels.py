"""Levels: curvature where it is needed, signs that fit, intervals of known shape."""

from __future__ import annotations

import pytest
from flint import fmpq
from mpmath import mp, mpf

from certify.search.levels import carrier, jensen_intervals, place, placement_at
from proofs.activations import CATALOGUE
from proofs.balls import precision
from proofs.exact import Level
from tests.precise import SIGMA
from tests.running import ACTIVATIONS


def derivatives(activation: str, level: Level) -> tuple[float, float, float]:
    """sigma, sigma', sigma'' by mpmath alone."""
    with mp.workdps(40):
        point = mpf(int(level.value.p)) / int(level.value.q)
        point = mp.log(point) if level.is_log else point
        return tuple(float(mp.diff(SIGMA[activation], point, k)) for k in range(3))  # type: ignore[return-value]


@pytest.mark.parametrize("depth", [1, 2, 3, 8])
@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_signs_and_sizes(activation: str, depth: int) -> None:
    with precision(128):
        placement = place(CATALOGUE[activation], depth, None)
    assert placement is not None
    assert len(placement.levels) == depth
    assert len(placement.scales) == depth - 1
    jets = [derivatives(activation, level) for level in placement.levels]
    for value, slope, bend in jets:
        assert abs(value) > 0.02
        assert abs(bend) > 0.02
        assert depth == 1 or abs(slope) > 0.02
    kappa: float = placement.orientation
    for h in range(depth, 0, -1):
        assert kappa * jets[h - 1][2] > 0
        if h > 1:
            kappa *= float(placement.scales[h - 2].p) * jets[h - 1][1]


@pytest.mark.parametrize("wanted", [1, -1])
@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_a_wanted_sign_at_the_top_is_kept_or_impossible(activation: str, wanted: int) -> None:
    with precision(128):
        placement = place(CATALOGUE[activation], 2, wanted)
    possible = {
        "sigmoid": {1, -1}, "tanh": {-1}, "softplus": {1}, "silu": {1, -1}, "gelu": {1, -1}, "erf": {-1},
        "arctan": {-1}, "sin": {-1}, "exp": {1}, "square": {1}, "softsign": {-1}, "elu": {-1},
    }[activation]  # fmt: skip
    assert (placement is not None) == (wanted in possible)
    if placement is not None:
        value, _, bend = derivatives(activation, placement.levels[-1])
        assert value * bend * wanted > 0


@pytest.mark.parametrize(
    ("activation", "levels", "fits"),
    [
        ("sigmoid", ("0",), False),
        ("sigmoid", ("1/1000000",), True),
        ("tanh", ("1", "0"), False),
        ("square", ("0",), True),
        ("square", ("1", "0"), False),
        ("square", ("0", "1"), True),
        ("elu", ("1",), False),
        ("elu", ("0",), False),
        ("softsign", ("0",), False),
        ("sin", ("0",), False),
    ],
)
def test_levels_of_the_user(activation: str, levels: tuple[str, ...], fits: bool) -> None:
    chosen = tuple(Level(fmpq(*map(int, text.split("/")))) for text in levels)
    with precision(128):
        assert (placement_at(CATALOGUE[activation], chosen) is not None) == fits


@pytest.mark.parametrize("depth", [1, 2])
@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_the_intervals_have_the_shape_they_stand_for(activation: str, depth: int) -> None:
    """Sampled: sigma'' keeps its sign on the interval, and so does sigma' above the first layer."""
    with precision(128):
        placement = place(CATALOGUE[activation], depth, None)
        assert placement is not None
        intervals = jensen_intervals(CATALOGUE[activation], placement.levels)
    assert len(intervals) == depth
    for h, ((lower, upper), level) in enumerate(zip(intervals, placement.levels, strict=True)):
        _, slope_at, bend_at = derivatives(activation, level)
        left = float(lower.p) / float(lower.q) if lower is not None else -8.0
        right = float(upper.p) / float(upper.q) if upper is not None else 8.0
        assert left < float(level.value.p) / float(level.value.q) < right
        for k in range(1, 60):
            here = Level(fmpq(round((left + (right - left) * k / 60) * 10**6) * 10 + 1, 10**7))
            _, slope, bend = derivatives(activation, here)
            assert bend * bend_at >= -1e-12
            if h > 0:
                assert slope * slope_at >= -1e-12


def test_the_longest_interval_is_taken() -> None:
    with precision(128):
        assert jensen_intervals(CATALOGUE["sigmoid"], [Level(fmpq(-1))]) == ((None, 0),)
        assert jensen_intervals(CATALOGUE["exp"], [Level(fmpq(1))] * 2) == ((None, None), (None, None))
        (bottom, top) = jensen_intervals(CATALOGUE["silu"], [Level(fmpq(1))] * 2)
        assert bottom == (fmpq(-239, 100), fmpq(239, 100))
        assert top == (fmpq(-127, 100), fmpq(239, 100))
        assert jensen_intervals(CATALOGUE["silu"], [Level(fmpq(1)), Level(fmpq(-2))]) == ()


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_carriers_are_strictly_monotone(activation: str) -> None:
    with precision(128):
        piece = carrier(CATALOGUE[activation])
    assert piece is not None
    lower, upper = piece
    slopes = [derivatives(activation, Level(lower + (upper - lower) * fmpq(2 * k + 1, 82)))[1] for k in range(41)]
    assert min(slopes) > 0 or max(slopes) < 0
