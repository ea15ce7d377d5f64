"""Stated networks are read in the order of all parameters, and their boxes leave the others where they are."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
from flint import arb, fmpq

from proofs.document import Reader
from proofs.kernel import Rejected
from proofs.stated_network import StatedNetwork, read_network
from tests.proofs.examined import CRITICAL, EXAMINED, having, shape_and_centre


def stated(name: str, changes: dict[str, Any] | None = None) -> StatedNetwork:
    case = EXAMINED[name]
    return read_network(case.instance, Reader({**case.arguments[CRITICAL], **(changes or {})}, ""))


@pytest.mark.parametrize("name", having(CRITICAL))
def test_the_parameters_are_in_their_order(name: str) -> None:
    shape, centre = shape_and_centre(EXAMINED[name], CRITICAL)
    network = stated(name)
    assert network.shape == shape
    assert [Fraction(int(p.p), int(p.q)) for p in network.parameters] == list(centre)


def test_a_network_of_another_shape_is_refused() -> None:
    with pytest.raises(Rejected, match="BP03"):
        stated("minimum", {"layers": EXAMINED["minimum"].arguments[CRITICAL]["layers"][1:]})


def test_only_free_parameters_move_each_by_its_own_reach() -> None:
    network = stated("minimum")
    box = network.box([3, 1], [fmpq(1, 8), fmpq(1, 4)])
    for k, (ball, p) in enumerate(zip(box, network.parameters, strict=True)):
        reach = {3: fmpq(1, 8), 1: fmpq(1, 4)}.get(k, fmpq(0))
        assert ball.contains(arb(p - reach))
        assert ball.contains(arb(p + reach))
        assert not ball.contains(arb(p + reach + fmpq(1, 10**6)))


def test_every_free_parameter_has_a_reach() -> None:
    with pytest.raises(ValueError, match="zip"):
        stated("minimum").box([0, 1], [fmpq(1)])
