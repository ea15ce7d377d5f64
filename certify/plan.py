"""What to prove: the targets, where the constant network sits, and its signs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import gcd

from flint import fmpq

from certify.data import Dataset
from certify.errors import UsageError
from certify.exact import exact
from certify.problem import Problem
from certify.search.levels import Placement, place, placement_at
from certify.search.residual import Residual
from certify.search.targets import output_ratios
from proofs.activations import Activation
from proofs.balls import sign
from proofs.definite import smallest_pivot
from proofs.exact import Level
from proofs.instance import Architecture
from proofs.moments import first_moments, shell_moments
from proofs.table import Table, table_from_columns

_SMALLEST = fmpq(1, 10**100)


class NotFound(Exception):
    """The search ended without a proof and without a proof that there is none; the message says why."""


@dataclass(frozen=True, slots=True)
class Plan:
    """Targets and the constant network that will be shown to be a bad minimum for them.

    Attributes:
        constants: c_1..c_m, the outputs.
        output_weights: V_1..V_m for a network with an output bias.
        jensen_scales: e_o with D_o = e_o D for the residual D that was found; empty when there is no such e.
    """

    network: Architecture
    targets: Table
    placement: Placement
    constants: tuple[fmpq, ...]
    output_weights: tuple[fmpq, ...]
    jensen_scales: tuple[fmpq, ...]


def plan_constructed(problem: Problem, network: Architecture, residual: Residual, samples: int) -> Plan:
    """Targets Y_o = c_o - e_o D with e = 1, -1, 2, -2, ...

    Raises:
        UsageError: the levels or the constant of the problem do not allow it.
        NotFound: the activation has no suitable level.
    """
    scales = output_ratios(network.outputs)
    signs = tuple(_sign(e) for e in scales)
    placement = _place(problem, network, set())
    constants = _constructed_constants(problem, network, placement, signs)
    columns = [_targets(residual, e, c) for e, c in zip(scales, constants, strict=True)]
    return Plan(
        network,
        table_from_columns(columns, samples),
        placement,
        constants,
        _output_weights(network, placement, signs, constants),
        scales,
    )


def plan_for_targets(
    problem: Problem,
    network: Architecture,
    dataset: Dataset,
    targets: Table,
    basis: Sequence[int],
    residual: Residual | None,
) -> Plan:
    """The user's own targets: the constants are their means, so D_o is orthogonal to 1.

    Raises:
        UsageError: the levels of the problem do not allow it.
        NotFound: the theorem does not apply to these targets.
    """
    network = replace(network, outputs=targets.columns)
    constants, signs = [], []
    for o, name in enumerate(dataset.target_names):
        column = [int(targets.numerators[n, o]) for n in range(targets.rows)]
        constants.append(fmpq(sum(column), targets.denominators[o] * targets.rows))
        if problem.constant is not None and fmpq(*exact(problem.constant)) != constants[-1]:
            raise UsageError(f"constant: the output is the mean of the target, for {name!r} {constants[-1]}")
        integers = [sum(column) - targets.rows * y for y in column]
        _demand_uncorrelated(dataset, name, integers)
        signs.append(_definiteness(dataset.inputs, basis, name, integers))
    if not any(signs):
        raise NotFound("the targets are constant: a constant network fits them exactly")
    wanted = {s * _sign(c) for s, c in zip(signs, constants, strict=True) if s}
    placement = _place(problem, network, wanted)
    return Plan(
        network,
        targets,
        placement,
        tuple(constants),
        _output_weights(network, placement, signs, constants),
        _ratios(targets, constants, residual) if residual is not None else (),
    )


def _level(text: str) -> Level:
    """A level of the problem, a number or `log(number)`; the problem has made sure that it is one."""
    is_log = text.startswith("log(")
    return Level(fmpq(*exact(text.removeprefix("log(").removesuffix(")") if is_log else text)), is_log)


def _sign(value: fmpq) -> int:
    return (value > 0) - (value < 0)


def _targets(residual: Residual, scale: fmpq, constant: fmpq) -> tuple[list[int], int]:
    """Y = c - e D over one denominator, in lowest terms."""
    common = residual.denominator * int(constant.q) * int(scale.q)
    shift = int(constant.p) * (common // int(constant.q))
    factor = int(scale.p) * (common // (residual.denominator * int(scale.q)))
    numbers = [shift - factor * v for v in residual.values]
    divisor = gcd(common, *numbers)
    return [v // divisor for v in numbers], common // divisor


def _place(problem: Problem, network: Architecture, wanted: set[int]) -> Placement:
    """Levels; `wanted` holds the signs that V_o sigma(a_H) must have for given targets, times the sign of M_o."""
    activation = network.activation
    free = network.output_bias or not wanted
    if problem.levels is not None:
        placement = placement_at(activation, tuple(map(_level, problem.levels)))
        if placement is None:
            raise UsageError(
                f"levels: σ'' (and σ' above the first layer) must not vanish there for {activation.name}; "
                "leave the levels out to let the search choose"
            )
        if not free and wanted != {_top_sign(activation, placement) * placement.orientation}:
            raise UsageError(
                "levels: σ and σ'' have the wrong signs at the last level for these targets; "
                "leave the levels out or add an output bias"
            )
        return placement
    if not free and wanted not in ({1}, {-1}):
        raise NotFound(
            "without an output bias no constant network has the right signs for these targets; add --output-bias"
        )
    placement = place(activation, problem.depth, None if free else next(iter(wanted)))
    if placement is None:
        raise NotFound(f"no level with the needed signs was found for {activation.name}; try --output-bias")
    return placement


def _constructed_constants(
    problem: Problem, network: Architecture, placement: Placement, signs: Sequence[int]
) -> tuple[fmpq, ...]:
    """Output values: 1 in size (or the user's constant), with the sign that a missing output bias demands."""
    size = fmpq(1) if problem.constant is None else fmpq(*exact(problem.constant))
    if size != 0 and not _SMALLEST <= abs(size) <= 1 / _SMALLEST:
        raise UsageError("constant: expected 0 or a number from 1e-100 to 1e100 in size")
    if network.output_bias:
        return (size,) * len(signs)
    if size == 0:
        raise UsageError("constant: 0 needs an output bias: without one the last weights would be zero")
    top = _top_sign(network.activation, placement)
    if top == 0:
        raise UsageError("levels: σ vanishes at the last level, so without an output bias the output would be zero")
    return tuple(abs(size) * top * placement.orientation * s for s in signs)


def _top_sign(activation: Activation, placement: Placement) -> int:
    """The sign of sigma at the last level, 0 when it is not certain."""
    return sign(activation.value(placement.levels[-1].ball())).value


def _output_weights(
    network: Architecture, placement: Placement, signs: Sequence[int], constants: Sequence[fmpq]
) -> tuple[fmpq, ...]:
    """V_o with an output bias: about c_o / sigma(a_H), a non-zero integer of the sign the minimum needs."""
    top = fmpq(*float(network.activation.value(placement.levels[-1].ball()).mid()).as_integer_ratio())
    weights = []
    for definite, c in zip(signs, constants, strict=True):
        size = int((abs(c / top) + fmpq(1, 2)).floor()) if abs(top) > fmpq(1, 1000) else 1
        weights.append(fmpq(placement.orientation * (definite or 1) * max(1, size)))
    return tuple(weights)


def _demand_uncorrelated(dataset: Dataset, name: str, residual: Sequence[int]) -> None:
    _, moments = first_moments(dataset.inputs, residual)
    for feature, moment in zip(dataset.features, moments, strict=True):
        if moment != 0:
            raise NotFound(
                f"target {name!r} is correlated with feature {feature!r}, so no constant network is a critical point "
                "for it; leave --target out to let certify construct targets"
            )


def _definiteness(inputs: Table, basis: Sequence[int], name: str, residual: Sequence[int]) -> int:
    """The sign of the definite matrix M_o, or 0 for a constant target."""
    if not any(residual):
        return 0
    signed = shell_moments(inputs, basis, residual).signed
    if smallest_pivot(signed) is not None:
        return 1
    if smallest_pivot(-signed) is not None:
        return -1
    raise NotFound(f"the matrix sum_n D_n x_n x_n^T of target {name!r} is not definite, so the theorem does not apply")


def _ratios(targets: Table, constants: Sequence[fmpq], found: Residual) -> tuple[fmpq, ...]:
    """e_o with D_o = e_o D, or none."""
    pivot = next(n for n, v in enumerate(found.values) if v)
    ratios = []
    for o, c in enumerate(constants):
        ratio = (c - targets.entry(pivot, o)) * found.denominator / found.values[pivot]
        for n, v in enumerate(found.values):
            if (c - targets.entry(n, o)) * found.denominator != ratio * v:
                return ()
        ratios.append(ratio)
    return tuple(ratios)
