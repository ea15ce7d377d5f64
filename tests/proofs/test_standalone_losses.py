"""The cross-entropy of the second checker against mpmath: random balls, and random points inside."""

from __future__ import annotations

import random
from fractions import Fraction

import mpmath
import pytest

from proofs import standalone as sa
from tests.proofs.oracle import real
from tests.proofs.test_losses import ROWS, entropy_at


def holds(found: sa.Interval, number: mpmath.mpf) -> bool:
    return bool(real(found.lower()) <= number <= real(found.upper()))


@pytest.mark.parametrize(("outputs", "targets"), ROWS)
def test_the_cross_entropy_of_points_and_of_intervals(outputs: list[str], targets: list[str]) -> None:
    numbers = random.Random(5)
    ts, ys = [Fraction(t) for t in outputs], [Fraction(y) for y in targets]
    others = [t * t + 1 for t in ts]
    aims = list(map(sa.interval, ys))
    for width in (Fraction(0), Fraction(1, 1000), Fraction(1)):
        box = [sa.interval(t - width).hull(t + width) for t in ts]
        value, half, squares = sa.sample_loss(sa.CROSS_ENTROPY, box, aims)
        gain = sa.sample_advantage(sa.CROSS_ENTROPY, box, list(map(sa.interval, others)), aims)
        matrix = {
            (o, k): sum((a * (c.get(o, 0) * c.get(k, 0)) for a, c in squares), sa.interval(0))
            for o in range(len(ts))
            for k in range(o, len(ts))
        }
        with mpmath.workdps(80):
            for _ in range(12):
                at = [real(t + width * Fraction(numbers.randint(-64, 64), 64)) for t in ts]
                exact, first, second = entropy_at(at, list(map(real, ys)))
                assert holds(value, exact)
                assert all(holds(d, e) for d, e in zip(half, first, strict=True))
                assert all(holds(matrix[pair], e) for pair, e in second.items())
                assert holds(gain, exact - entropy_at(list(map(real, others)), list(map(real, ys)))[0])
            if width == 0:
                assert all(x.upper() - x.lower() < Fraction(1, 10**34) for x in (value, *half, *matrix.values()))


def test_large_outputs_do_no_harm() -> None:
    ts, ys = [sa.interval(10**5), sa.interval(-(10**5))], [sa.interval(0), sa.interval(1)]
    value, half, ((weight, _),) = sa.sample_loss(sa.CROSS_ENTROPY, ts, ys)
    assert abs(value.lower() - 2 * 10**5) < Fraction(1, 10**20)
    assert half[0].lower() > Fraction(499, 1000)
    assert weight.positive
