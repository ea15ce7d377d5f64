"""The radius: what the search proposes goes through, and twice as much does not."""

from __future__ import annotations

from pathlib import Path

import pytest
from flint import fmpq, fmpz_mat

from certify.data import read_dataset
from certify.plan import plan_constructed
from certify.problem import Problem
from certify.search.region import find_radius
from certify.search.residual import Residual, find_residual
from certify.standardise import standardise
from proofs.activations import CATALOGUE
from proofs.balls import precision
from proofs.document import Reader
from proofs.instance import Architecture, Instance
from proofs.kernel import Fact, Failure, Step, run_step
from proofs.lemmas import LEMMAS
from proofs.lemmas.local_minimum import LocalMinimum
from proofs.losses import LOSSES
from proofs.table import Table
from tests.running import ACTIVATIONS, EXAMPLES


def minimum(inputs: Table, activation: str, depth: int) -> tuple[Instance, dict[str, Fact]]:
    """Steps s1 and s2 for constructed targets."""
    residual = find_residual(inputs, 0)
    assert isinstance(residual, Residual)
    network = Architecture(CATALOGUE[activation], depth, None, 1, False)
    plan = plan_constructed(Problem(Path("x.csv"), depth=depth), network, residual, inputs.rows)
    names = tuple(f"x{j}" for j in range(inputs.columns))
    instance = Instance(names, inputs, plan.targets, network, LOSSES["squared"], "", "")
    arguments: dict[str, object] = {
        "levels": [str(a) for a in plan.placement.levels],
        "scales": [str(s) for s in plan.placement.scales],
        "constants": [str(c) for c in plan.constants],
        "dependent": [],
    }
    facts: dict[str, Fact] = {}
    facts["s1"] = run_step(instance, Step("s1", "constant-point/1", (), Reader(arguments, "s1")), facts, LEMMAS)
    facts["s2"] = run_step(instance, Step("s2", "local-minimum/1", ("s1",), Reader({}, "s2")), facts, LEMMAS)
    return instance, facts


def proposition(facts: dict[str, Fact]) -> LocalMinimum:
    found = facts["s2"].conclusion.proposition
    assert isinstance(found, LocalMinimum)
    return found


def accepted(instance: Instance, facts: dict[str, Fact], radius: fmpq, rates: tuple[fmpq, ...]) -> bool:
    arguments: dict[str, object] = {"radius": str(radius), "rates": [str(rate) for rate in rates]}
    try:
        run_step(instance, Step("s3", "interval-region/1", ("s2",), Reader(arguments, "s3")), facts, LEMMAS)
    except Failure:
        return False
    return True


@pytest.mark.parametrize("depth", [1, 2, 4])
@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_the_radius_is_accepted_and_has_one_digit(activation: str, depth: int) -> None:
    dataset, _ = standardise(read_dataset(EXAMPLES / "iris.csv"))
    with precision(128):
        instance, facts = minimum(dataset.inputs, activation, depth)
        found = find_radius(instance, proposition(facts))
        assert found is not None
        radius, rates = found
        assert accepted(instance, facts, radius, rates)
        digits = str(radius * fmpq(10) ** 12).rstrip("0")
        assert len(digits) == 1
        if radius < fmpq(9, 10):
            larger = [r * rate for r in (fmpq(1, 4), fmpq(1, 2), fmpq(1)) for rate in rates[:1]]
            assert not any(accepted(instance, facts, 4 * radius, (rate, *rates[1:])) for rate in larger)


def test_wider_data_have_a_smaller_box() -> None:
    dataset, _ = standardise(read_dataset(EXAMPLES / "iris.csv"))
    radii = []
    for factor in (1, 100):
        inputs = dataset.inputs
        wide = Table(inputs.numerators * factor, inputs.denominators)
        with precision(128):
            instance, facts = minimum(wide, "tanh", 1)
            found = find_radius(instance, proposition(facts))
        assert found is not None
        radii.append(found[0])
    assert radii[1] < radii[0] / 20


def test_numbers_beyond_floats() -> None:
    """One sample 10^400 times as far out as the others: the forms do not fit into floats unscaled."""
    inputs = Table(fmpz_mat([[1], [2 * 10**400], [3 * 10**400], [4 * 10**400]]), (10**400,))
    with precision(128):
        instance, facts = minimum(inputs, "sigmoid", 1)
        found = find_radius(instance, proposition(facts))
        assert found is not None
        assert accepted(instance, facts, *found)


def test_no_radius_where_the_activation_explodes() -> None:
    """exp of exp of inputs of size 10^13: even the smallest box reaches numbers beyond all bounds, and that is said."""
    inputs = Table(fmpz_mat([[-(10**15)], [0], [10**15]]), (1,))
    with precision(128):
        instance, facts = minimum(inputs, "exp", 3)
        assert find_radius(instance, proposition(facts)) is None
