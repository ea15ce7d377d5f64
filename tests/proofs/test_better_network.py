"""A better network is better by its whole gap, or it is not accepted."""

from __future__ import annotations

from typing import Any

import pytest
from flint import arb, fmpq

from proofs.better_network import demand_advantage, read_better
from proofs.document import Reader
from proofs.kernel import Rejected, Undecided
from tests.proofs.build import BETTER, THREE

ARGUMENTS: dict[str, Any] = THREE.arguments[BETTER]


@pytest.mark.parametrize("stated", [ARGUMENTS["gap"], "1/1000"])
def test_the_gap_and_the_layers_are_read(stated: str) -> None:
    gap, layers = read_better(THREE.instance, Reader({**ARGUMENTS, "gap": stated}, ""), "XX01")
    assert str(gap) == stated
    assert len(layers) == 2


@pytest.mark.parametrize("gap", ["0", "-1/1000"])
def test_a_gap_is_positive(gap: str) -> None:
    with pytest.raises(Rejected, match=r"\[XX01\] the gap is not positive"):
        read_better(THREE.instance, Reader({**ARGUMENTS, "gap": gap}, ""), "XX01")


@pytest.mark.parametrize("advantage", [arb(2), arb(1, "0.5"), arb("0.5001")])
def test_an_advantage_of_at_least_the_gap_is_enough(advantage: arb) -> None:
    demand_advantage(advantage, fmpq(1, 4), "XX02")


def test_a_smaller_advantage_is_rejected() -> None:
    with pytest.raises(Rejected, match=r"\[XX02\] the loss is not smaller by the gap$"):
        demand_advantage(arb("0.2"), fmpq(1, 4), "XX02")


@pytest.mark.parametrize("advantage", [arb("0.25", "0.01"), arb("nan"), arb(0, 1)])
def test_a_doubtful_advantage_is_undecided(advantage: arb) -> None:
    with pytest.raises(Undecided, match=r"\[XX02\] cannot tell that the loss is smaller by the gap for these$"):
        demand_advantage(advantage, fmpq(1, 4), "XX02", " for these")
