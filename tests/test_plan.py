"""What is to be proved: targets, levels, constants and signs fit together before any lemma sees them."""

from __future__ import annotations

from pathlib import Path

import pytest
from flint import fmpq
from hypothesis import given
from hypothesis import strategies as st

from certify.data import Dataset
from certify.errors import UsageError
from certify.plan import NotFound, Plan, plan_constructed, plan_for_targets
from certify.problem import Problem
from certify.search.residual import Residual
from proofs.activations import CATALOGUE
from proofs.balls import precision
from proofs.exact import Level
from proofs.instance import Architecture
from proofs.table import table_from_columns
from tests.running import ACTIVATIONS

RESIDUAL = Residual((1, -2, 1), 10, ())
"""D = (1, -2, 1)/10 at the inputs -1, 0, 1."""


def network(activation: str, depth: int = 1, outputs: int = 1, bias: bool = False) -> Architecture:
    return Architecture(CATALOGUE[activation], depth, None, outputs, bias)


def problem(**fields: object) -> Problem:
    return Problem(Path("x.csv"), **fields)  # type: ignore[arg-type]


def demand_sign_pattern(plan: Plan, definite: list[int]) -> None:
    """Definition 5 of docs/mathematics.md, in floats: kappa_h sigma''(a_h) > 0 in every layer, from every output."""
    activation, levels, scales = plan.network.activation, plan.placement.levels, plan.placement.scales
    with precision(128):
        jets = [[float(part.mid()) for part in activation.jet(level.ball())] for level in levels]
    for o, m in enumerate(definite):
        if m == 0:
            continue
        last = plan.output_weights[o] if plan.network.output_bias else plan.constants[o]
        kappa = m * (1.0 if last > 0 else -1.0) * (1 if plan.network.output_bias else jets[-1][0])
        for h in range(len(levels), 0, -1):
            assert kappa * jets[h - 1][2] > 0
            if h > 1:
                kappa *= float(scales[h - 2].p) * jets[h - 1][1]


@pytest.mark.parametrize("bias", [False, True])
@pytest.mark.parametrize("outputs", [1, 2, 5])
@pytest.mark.parametrize("depth", [1, 2, 5, 8])
@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_constructed_targets_have_the_right_signs(activation: str, depth: int, outputs: int, bias: bool) -> None:
    with precision(128):
        plan = plan_constructed(
            problem(depth=depth, outputs=outputs, output_bias=bias, activation=activation),
            network(activation, depth, outputs, bias),
            RESIDUAL,
            3,
        )
    for o, (e, c) in enumerate(zip(plan.jensen_scales, plan.constants, strict=True)):
        assert plan.targets.column(o) == [c - e * fmpq(v, 10) for v in (1, -2, 1)]
    assert len({tuple(map(str, plan.targets.column(o))) for o in range(outputs)}) == outputs
    demand_sign_pattern(plan, [1 if e > 0 else -1 for e in plan.jensen_scales])


@given(
    st.lists(st.integers(-(10**30), 10**30), min_size=2, max_size=6).filter(any),
    st.integers(1, 10**20),
    st.fractions(max_denominator=10**6).filter(bool),
)
def test_targets_are_exact_and_in_lowest_terms(values: list[int], denominator: int, constant: object) -> None:
    with precision(128):
        plan = plan_constructed(
            problem(constant=str(constant)), network("sigmoid"), Residual(tuple(values), denominator, ()), len(values)
        )
    (c,) = plan.constants
    assert abs(c) == abs(fmpq(constant.numerator, constant.denominator))  # type: ignore[attr-defined]
    assert plan.targets.column(0) == [c - fmpq(v, denominator) for v in values]
    shared = plan.targets.denominators[0]
    for prime in (2, 3, 5, 7):
        if shared % prime == 0:
            assert any(int(plan.targets.numerators[n, 0]) % prime for n in range(len(values)))


def test_the_constant_zero_needs_an_output_bias() -> None:
    with precision(128), pytest.raises(UsageError, match="needs an output bias"):
        plan_constructed(problem(constant="0"), network("sigmoid"), RESIDUAL, 3)
    with precision(128):
        plan = plan_constructed(problem(constant="0", output_bias=True), network("sigmoid", bias=True), RESIDUAL, 3)
    assert plan.constants == (0,)
    demand_sign_pattern(plan, [1])


@pytest.mark.parametrize(
    ("activation", "levels"), [("sigmoid", ("0",)), ("tanh", ("0",)), ("elu", ("1",)), ("softsign", ("0",))]
)
def test_levels_without_curvature_are_refused(activation: str, levels: tuple[str, ...]) -> None:
    with precision(128), pytest.raises(UsageError, match=r"^levels: "):
        plan_constructed(problem(levels=levels), network(activation), RESIDUAL, 3)


def test_a_level_where_the_activation_vanishes_needs_an_output_bias() -> None:
    with precision(128), pytest.raises(UsageError, match="vanishes at the last level"):
        plan_constructed(problem(levels=("0",)), network("silu"), RESIDUAL, 3)
    with precision(128):
        plan = plan_constructed(problem(levels=("0",), output_bias=True), network("silu", bias=True), RESIDUAL, 3)
    demand_sign_pattern(plan, [1])


def given_targets(*columns: list[int], inputs: tuple[list[int], ...] = ([-1, 0, 1],)) -> Dataset:
    rows = len(columns[0])
    return Dataset(
        tuple(f"x{j}" for j in range(len(inputs))),
        table_from_columns([(column, 1) for column in inputs], rows),
        table_from_columns([(column, 2) for column in columns], rows),
        tuple(f"y{o}" for o in range(len(columns))),
        (),
        "x.csv",
    )


def planned(
    dataset: Dataset, activation: str = "sigmoid", bias: bool = False, residual: Residual | None = None
) -> Plan:
    assert dataset.targets is not None
    with precision(128):
        return plan_for_targets(
            problem(output_bias=bias),
            network(activation, bias=bias),
            dataset,
            dataset.targets,
            range(len(dataset.features)),
            residual,
        )


def test_the_constants_of_given_targets_are_their_means() -> None:
    plan = planned(given_targets([0, 5, 0]))
    assert plan.constants == (fmpq(5, 6),)
    assert plan.network.outputs == 1
    demand_sign_pattern(plan, [1])
    mirrored = planned(given_targets([5, 0, 5]))
    demand_sign_pattern(mirrored, [-1])


def test_given_targets_of_both_signs() -> None:
    dataset = given_targets([0, 5, 0], [5, 0, 5], [4, 4, 4])
    with pytest.raises(NotFound, match="--output-bias"):
        planned(dataset)
    plan = planned(dataset, bias=True)
    assert plan.network.outputs == 3
    demand_sign_pattern(plan, [1, -1, 0])


def test_given_targets_that_are_multiples_of_the_jensen_gap() -> None:
    assert planned(given_targets([0, 6, 0], [0, 12, 0]), residual=RESIDUAL).jensen_scales == (10, 20)
    assert planned(given_targets([0, 6, 0]), residual=None).jensen_scales == ()
    inputs = ([-1, 0, 1, 2, -2],)
    other = Residual((1, -2, 1, 0, 0), 10, ())
    dataset = given_targets([0, 0, 0, 6, 6], inputs=inputs)
    with pytest.raises(NotFound, match="not definite"):
        planned(given_targets([0, 5, 0, 0, 0, 5, 0], inputs=([-1, 0, 1, -1, 1, 0, 0], [0, 0, 0, 0, 0, 0, 0])))
    assert planned(dataset, residual=other).jensen_scales == ()


def test_what_no_plan_exists_for() -> None:
    with pytest.raises(NotFound, match="target 'y0' is correlated with feature 'x0'"):
        planned(given_targets([0, 1, 2]))
    with pytest.raises(NotFound, match="target 'y1' is correlated"):
        planned(given_targets([0, 5, 0], [0, 0, 1]))
    with pytest.raises(NotFound, match="constant network fits them exactly"):
        planned(given_targets([4, 4, 4]))
    with pytest.raises(NotFound, match="no level with the needed signs"):
        planned(given_targets([0, 5, 0]), activation="tanh")


def test_the_users_numbers_may_be_decimals() -> None:
    with precision(128):
        plan = plan_constructed(
            problem(levels=("log(2.5)", "-0.50"), depth=2, constant="2e1"), network("sigmoid", depth=2), RESIDUAL, 3
        )
    assert plan.placement.levels == (Level(fmpq(5, 2), is_log=True), Level(fmpq(-1, 2)))
    assert plan.constants == (20,)


@pytest.mark.parametrize("constant", ["1e400", "1e-400", "-1e101"])
def test_constants_beyond_floats_are_refused(constant: str) -> None:
    with precision(128), pytest.raises(UsageError, match="from 1e-100 to 1e100"):
        plan_constructed(problem(constant=constant, output_bias=True), network("tanh", bias=True), RESIDUAL, 3)


def test_the_users_numbers_must_fit_given_targets() -> None:
    dataset = given_targets([0, 6, 0])
    assert dataset.targets is not None
    for fields, message in (
        ({"constant": "2"}, "constant: the output is the mean of the target, for 'y0' 1"),
        ({"levels": ("1",)}, "levels: σ and σ'' have the wrong signs"),
        ({"levels": ("0",)}, "levels: σ'' .* must not vanish"),
    ):
        with precision(128), pytest.raises(UsageError, match=message):
            plan_for_targets(problem(**fields), network("sigmoid"), dataset, dataset.targets, [0], None)
    for fields, bias in (({"constant": "1.0"}, False), ({"levels": ("-1",)}, False), ({"levels": ("1",)}, True)):
        with precision(128):
            plan = plan_for_targets(
                problem(**fields), network("sigmoid", bias=bias), dataset, dataset.targets, [0], None
            )
        demand_sign_pattern(plan, [1])


def test_targets_of_any_size_get_output_weights() -> None:
    dataset = given_targets([0, 6 * 10**400, 0])
    plan = planned(dataset, bias=True)
    demand_sign_pattern(plan, [1])


def test_the_users_levels_are_used() -> None:
    with precision(128):
        plan = plan_constructed(problem(levels=("log(1/2)", "-3"), depth=2), network("sigmoid", depth=2), RESIDUAL, 3)
    assert plan.placement.levels == (Level(fmpq(1, 2), is_log=True), Level(fmpq(-3)))
    demand_sign_pattern(plan, [1])
