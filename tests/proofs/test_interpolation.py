"""Interpolation by wide layers: what is demanded of the direction, the carriers and the activation."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from flint import arb, fmpq

from proofs.activations import CATALOGUE, Span
from proofs.balls import precision
from proofs.document import Reader
from proofs.formulas import FORMULAS, ROWS
from proofs.instance import Instance, read_instance
from proofs.interpolation import STEEP, demand_interpolation
from proofs.kernel import Failure
from tests.proofs.build import instance_document
from tests.proofs.network import FLOAT_SIGMA
from tests.proofs.oracle import NAMES

INPUTS = [[0, 0], ["1/2", 0], [0, "1/3"], [1, 1], [0, 0], [0, "1/3"]]  # four distinct ones
POLYNOMIAL = "square"


def instance(name: str = "sigmoid", depth: int = 1, inputs: Any = None) -> Instance:
    rows = inputs or INPUTS
    return read_instance(instance_document(rows, [[0]] * len(rows), name, depth))


def found(about: Instance, direction: Any, *carriers: tuple[str, str]) -> tuple[str, fmpq]:
    pieces = [{"lower": lower, "upper": upper} for lower, upper in carriers]
    arguments = Reader({"direction": direction, "carriers": pieces}, "arguments")
    with precision(128):
        return demand_interpolation(about, arguments)


def code(about: Instance, direction: Any, *carriers: tuple[str, str]) -> tuple[str, str]:
    try:
        found(about, direction, *carriers)
    except Failure as failure:
        return type(failure).__name__, failure.code
    return "", ""


@pytest.mark.parametrize("name", [name for name in NAMES if name != POLYNOMIAL])
def test_every_activation_but_the_polynomial(name: str) -> None:
    kind, gap = found(instance(name), ["1", "1"])
    assert kind == CATALOGUE[name].span.value
    assert gap == fmpq(1, 6)


@pytest.mark.parametrize("name", FORMULAS)
def test_formulas_of_the_catalogue(name: str) -> None:
    span = FORMULAS[name].span
    if span is None:
        assert code(instance(name), ["1", "1"]) == ("Undecided", "EO06")
    elif span is Span.POLYNOMIAL:
        assert code(instance(name), ["1", "1"]) == ("Rejected", "EO06")
    else:
        assert found(instance(name), ["1", "1"])[0] == span.value


def test_nothing_is_known_of_typed_formulas() -> None:
    for text in ("tanh(2*z)", "z**2+1", "softplus(z)"):
        assert code(instance(text), ["1", "1"]) == ("Undecided", "EO06")


def test_the_least_gap_is_that_of_distinct_inputs() -> None:
    """Projections 0, 1/2 g, 1/3 h, g + h; equal inputs count once."""
    for g, h in ((1, 1), (3, 1), (-2, 5), (1, 100)):
        numbers = sorted([Fraction(0), Fraction(g, 2), Fraction(h, 3), Fraction(g + h)])
        least = min(b - a for a, b in pairwise(numbers))
        assert found(instance(), [str(g), str(h)])[1] == fmpq(least.numerator, least.denominator)
    assert found(instance(), [f"1/{10**30}", "1"])[1] == fmpq(1, 2 * 10**30)


def test_one_distinct_input_needs_no_gap() -> None:
    assert found(instance(inputs=[[1, 2], [1, 2]]), ["0", "0"])[1] > 0


REJECTED: list[tuple[str, Instance, Any, list[tuple[str, str]], str, str]] = [
    ("a carrier where none is needed", instance(), ["1", "1"], [("0", "1")], "Rejected", "EO01"),
    ("no carrier", instance(depth=2), ["1", "1"], [], "Rejected", "EO01"),
    ("an empty carrier", instance(depth=2), ["1", "1"], [("1", "1")], "Rejected", "EO01"),
    ("a carrier the wrong way round", instance(depth=2), ["1", "1"], [("1", "0")], "Rejected", "EO01"),
    ("a direction too short", instance(), ["1"], [], "Rejected", "EO01"),
    ("a direction too long", instance(), ["1", "1", "1"], [], "Rejected", "EO01"),
    ("a carrier where sigma is not monotone", instance("sin", 2), ["1", "1"], [("1", "2")], "Undecided", "EO04"),
    ("the second carrier", instance("silu", 3), ["1", "1"], [("0", "1"), ("-2", "-1")], "Undecided", "EO04"),
    ("no direction at all", instance(), ["0", "0"], [], "Rejected", "EO05"),
    ("two inputs with one projection", instance(), ["2", "3"], [], "Rejected", "EO05"),
    ("the first and the last", instance(), ["1", "-1"], [], "Rejected", "EO05"),
    ("a polynomial", instance(POLYNOMIAL), ["1", "1"], [], "Rejected", "EO06"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("about", "direction", "carriers", "kind", "expected"), [r[1:] for r in REJECTED], ids=[r[0] for r in REJECTED]
)
def test_rejected(about: Instance, direction: Any, carriers: list[tuple[str, str]], kind: str, expected: str) -> None:
    assert code(about, direction, *carriers) == (kind, expected)


def test_a_direction_that_just_separates() -> None:
    assert code(instance(), ["2", f"{3 * 10**30 + 1}/{10**30}"]) == ("", "")


@pytest.mark.parametrize(
    ("name", "spoiled"),
    [
        ("sigmoid", {"variation": lambda: arb(2)}),
        ("sigmoid", {"variation": arb.nan}),
        ("sigmoid", {"value": lambda z: arb(0)}),
        ("softplus", {"variation": lambda: arb(2)}),
        ("softplus", {"value": lambda z: z}),
        ("softplus", {"value": lambda z: CATALOGUE["softplus"].value(z) / 2}),
        ("softplus", {"value": lambda z: CATALOGUE["softplus"].value(z) * 2, "variation": lambda: arb(2)}),
        ("sigmoid", {"span": Span.HINGE}),
        ("sech", {"span": Span.STEP, "variation": lambda: arb(1)}),
        ("sech", {"value": lambda z: arb(0)}),
        ("sech", {"value": lambda z: arb.nan()}),
        ("sigmoid", {"span": None}),
    ],
)
def test_an_activation_of_another_kind_is_not_believed(name: str, spoiled: dict[str, Any]) -> None:
    about = instance(name)
    activation = replace(ROWS[name], **spoiled)
    other = replace(about, architecture=replace(about.architecture, activation=activation))
    assert code(other, ["1", "1"]) == ("Undecided", "EO06")


@pytest.mark.parametrize("name", ["sigmoid", "tanh", "softplus", "silu", "exp"])
def test_such_units_do_take_any_values(name: str) -> None:
    """A matrix of steep units along the direction is nonsingular."""
    points = np.array([0, 1 / 2, 1 / 3, 2])
    _, gap = found(instance(name), ["1", "1"])
    order = np.sort(points)
    steep = 1.0 if name == "exp" else 2 * STEEP / (int(gap.p) / int(gap.q))
    if name == "exp":
        matrix = np.exp(np.outer(np.arange(4), order))
    else:
        offsets = np.concatenate([[order[0] - 1], (order[:-1] + order[1:]) / 2])
        if name in ("softplus", "silu"):
            offsets = np.concatenate([[order[0] - 1], order[:-1]])
        matrix = FLOAT_SIGMA[name](steep * (order[:, None] - offsets)) / (steep if name in ("softplus", "silu") else 1)
    assert np.linalg.cond(matrix) < 1e6
