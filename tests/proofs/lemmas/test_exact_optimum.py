"""exact-optimum/1: accepted and rejected, and its matrices once more as numbers."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import Any

import mpmath
import numpy as np
import pytest
from flint import arb, fmpq

from proofs.activations import CATALOGUE, Span
from proofs.document import Reader
from proofs.exact import Malformed
from proofs.instance import Instance
from proofs.interpolation import STEEP
from proofs.kernel import Conclusion, Fact, Rejected, Undecided
from proofs.lemmas import LEMMAS
from proofs.lemmas.constant_point import ConstantPoint
from proofs.lemmas.exact_optimum import ExactOptimum
from tests.proofs.build import (
    BIASED,
    CASES,
    DEEP,
    DEEPER,
    DEPENDENT,
    OPTIMUM,
    POINT,
    REPEATED,
    SQUARE,
    THREE,
    Case,
    with_point,
)
from tests.proofs.oracle import NAMES, sigma

OPTIMA = {name: case for name, case in CASES.items() if OPTIMUM in case.arguments}
TINY = f"1/{10**30}"


@pytest.mark.parametrize("case", OPTIMA.values(), ids=OPTIMA)
def test_accepted(case: Case) -> None:
    proposition = case.step(OPTIMUM).proposition
    point = case.step(POINT).proposition
    assert isinstance(point, ConstantPoint)
    distinct = len({tuple(row) for row in case.document["data"]["inputs"]})
    depth = case.instance.architecture.depth
    assert proposition == ExactOptimum((1,) * (depth - 1) + (distinct,), point.loss)


def carriers(*pieces: tuple[str, str]) -> dict[str, Any]:
    return {"carriers": [{"lower": lower, "upper": upper} for lower, upper in pieces]}


SQUARED = BIASED.about({"network.activation": "square"})

REJECTED: list[tuple[str, Case, dict[str, Any], str, str]] = [
    ("a carrier where none is needed", THREE, carriers(("0", "1")), "Rejected", "EO01"),
    ("no carrier", DEEP, {"carriers": []}, "Rejected", "EO01"),
    ("a carrier too many", DEEP, carriers(("0", "1/8"), ("0", "1/8")), "Rejected", "EO01"),
    ("an empty carrier", DEEP, carriers(("1/8", "1/8")), "Rejected", "EO01"),
    ("a carrier the wrong way round", DEEP, carriers(("1/8", "0")), "Rejected", "EO01"),
    ("no direction", THREE, {"direction": []}, "Rejected", "EO01"),
    ("a direction with an entry too many", THREE, {"direction": ["1", "1"]}, "Rejected", "EO01"),
    ("a network that is too narrow", THREE.about({"network.widths": [2]}), {}, "Rejected", "EO02"),
    ("a last hidden layer that is too narrow", DEEP.about({"network.widths": [9, 2]}), {}, "Rejected", "EO02"),
    ("equal inputs with different targets", REPEATED.about({"data.targets": [["0"], ["1"], ["3"], ["0"]]}), {},
     "Rejected", "EO03"),
    ("equal inputs with slightly different targets", REPEATED.about(
        {"data.targets": [["0"], [f"{2 * 10**30 - 1}/{10**30}"], [f"{2 * 10**30 + 1}/{10**30}"], ["0"]]}), {},
     "Rejected", "EO03"),
    ("a carrier around the minimum of silu", with_point(DEEP, {}, {"network.activation": "silu"}),
     carriers(("-3/2", "-1")), "Undecided", "EO04"),
    ("a carrier up to the place where sin is largest", with_point(DEEP, {}, {"network.activation": "sin"}),
     carriers(("0", "2")), "Undecided", "EO04"),
    ("a carrier around zero for the square", with_point(DEEP, {}, {"network.activation": "square"}),
     carriers((f"-{TINY}", "1")), "Undecided", "EO04"),
    ("a carrier that is far too long", DEEP, carriers(("-100", "100")), "Undecided", "EO04"),
    ("the second carrier", with_point(DEEPER, {"levels": ["1"] * 3}, {"network.activation": "silu"}),
     carriers(("0", "1"), ("-3/2", "-1")),
     "Undecided", "EO04"),
    ("a direction that is zero", THREE, {"direction": ["0"]}, "Rejected", "EO05"),
    ("a direction that does not separate", SQUARE, {"direction": ["1", "0"]}, "Rejected", "EO05"),
    ("a direction that is orthogonal to one difference", SQUARE, {"direction": ["2", "-3"]}, "Rejected", "EO05"),
    ("a direction along a dependency", DEPENDENT, {"direction": ["2", "-1"]}, "Rejected", "EO05"),
    ("a polynomial", SQUARED, {}, "Rejected", "EO06"),
    ("a minimum that is 0 already", with_point(BIASED, {}, {"data.targets": [["1"], ["1"], ["1"]]}), {},
     "Rejected", "EO07"),
]  # fmt: skip


@pytest.mark.parametrize(("case", "changes", "kind", "code"), [r[1:] for r in REJECTED], ids=[r[0] for r in REJECTED])
def test_rejected(case: Case, changes: dict[str, Any], kind: str, code: str) -> None:
    assert case.code(OPTIMUM, changes) == (kind, code)


@pytest.mark.parametrize(
    ("case", "changes"),
    [
        (THREE.about({"network.widths": [3]}), {}),
        (DEEP.about({"network.widths": [1, 3]}), {}),
        (SQUARE, {"direction": [TINY, "1"]}),
        (SQUARE, {"direction": ["2", str(-3 * 10**30 + 1) + f"/{10**30}"]}),
        (DEEP, carriers((f"-{TINY}", TINY))),
        (with_point(DEEP, {}, {"network.activation": "silu"}), carriers(("-5/2", "-2"))),
    ],
)
def test_more_that_is_accepted(case: Case, changes: dict[str, Any]) -> None:
    assert case.code(OPTIMUM, changes) == ("", "")


def test_the_margin_is_the_smallest_difference() -> None:
    """Of 1/3, -1/3, 1, -1, 0 and 1/6 + 1/3."""
    assert SQUARE.step(OPTIMUM, {"direction": ["1/3", "1"]}).margin == "projections 0.166 apart"
    assert REPEATED.step(OPTIMUM).margin == "projections 1 apart"


def test_one_distinct_input() -> None:
    """Every feature is constant: one unit with a non-zero value fits everything, and E* is 0 already."""
    case = with_point(BIASED, {}, {"data.inputs": [["5"]] * 3, "data.targets": [["1"]] * 3})
    assert case.code(OPTIMUM) == ("Rejected", "EO07")


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("bits", [53, 128])
def test_every_activation_but_the_polynomial(name: str, bits: int) -> None:
    case = BIASED.about({"network.activation": name})
    expected = ("Rejected", "EO06") if name == "square" else ("", "")
    assert case.code(OPTIMUM, bits=bits) == expected


def _check_with(activation: Any) -> None:
    instance = BIASED.instance
    network = replace(instance.architecture, activation=activation)
    other = Instance(instance.features, instance.inputs, instance.targets, network, instance.loss, instance.hash, "")
    LEMMAS[OPTIMUM].check(other, tuple(BIASED.facts(OPTIMUM).values()), Reader(BIASED.arguments[OPTIMUM], ""))


@pytest.mark.parametrize(
    "activation",
    [
        replace(CATALOGUE["softplus"], variation=lambda: arb(2)),
        replace(CATALOGUE["softplus"], variation=lambda: arb(fmpq(199, 100))),
        replace(CATALOGUE["softplus"], variation=arb.nan),
        replace(CATALOGUE["sigmoid"], variation=lambda: arb(2)),
        replace(CATALOGUE["sigmoid"], span=Span.HINGE),
        replace(CATALOGUE["softplus"], value=lambda z: 2 * CATALOGUE["softplus"].value(z), variation=lambda: arb(3)),
        replace(CATALOGUE["square"], span=Span.STEP, variation=lambda: arb(1)),
        replace(CATALOGUE["sin"], span=Span.HINGE, variation=lambda: arb(1)),
        replace(CATALOGUE["softplus"], value=lambda z: z, variation=lambda: arb(0)),
        replace(CATALOGUE["softplus"], value=abs, variation=lambda: arb(2)),
    ],
    ids=[
        "variation 2",
        "variation just below 2",
        "no variation",
        "jump too small",
        "not a hinge",
        "slope 2",
        "not a step",
        "sine",
        "a straight line",
        "slopes from -1 to 1",
    ],
)
def test_an_activation_of_another_kind_is_not_believed(activation: Any) -> None:
    """Rows that could be added to the catalogue by mistake: the lemma's own inequality refuses them."""
    with pytest.raises(Undecided) as caught:
        _check_with(activation)
    assert caught.value.code == "EO06"


def test_the_replaced_instance_is_accepted_with_the_true_activation() -> None:
    _check_with(CATALOGUE["sigmoid"])


def test_it_needs_a_constant_point() -> None:
    stranger = Fact("s1", LEMMAS[POINT], Conclusion("a constant point, believe me", ""))
    with pytest.raises(Rejected) as caught:
        LEMMAS[OPTIMUM].check(THREE.instance, (stranger,), Reader(THREE.arguments[OPTIMUM], ""))
    assert caught.value.code == "EO08"


@pytest.mark.parametrize(
    "changes", [{"direction": None}, {"direction": [1]}, {"carriers": None}, {"carriers": [1]}, {"widths": [3]}]
)
def test_malformed(changes: dict[str, Any]) -> None:
    with pytest.raises(Malformed):
        THREE.step(OPTIMUM, changes)


@pytest.mark.parametrize("name", [name for name in NAMES if CATALOGUE[name].span is not Span.POLYNOMIAL])
@pytest.mark.parametrize("seed", range(3))
def test_the_matrix_of_the_theorem_is_nonsingular(name: str, seed: int) -> None:
    """The units of Lemmas 13 to 16 at random scalars, with 60 digits: the determinant is not zero."""
    rng = np.random.default_rng(seed)
    count = 5
    with mpmath.workdps(60):
        gaps = [mpmath.mpf(float(g)) for g in rng.uniform(0.05, 2, count - 1)]
        p = [mpmath.mpf(-1)]
        for gap in gaps:
            p.append(p[-1] + gap)
        units = _units(name, p, min(gaps))
        matrix = mpmath.matrix([[unit(x) for unit in units] for x in p])
        sizes = [max(abs(matrix[n, i]) for n in range(count)) for i in range(count)]
        assert abs(mpmath.det(matrix)) > mpmath.mpf(10) ** -30 * mpmath.fprod(sizes)


def _units(name: str, p: list[Any], least: Any) -> list[Any]:
    span, steep = CATALOGUE[name].span, 2 * STEEP / least

    def unit(weight: Any, bias: Any) -> Any:
        return lambda x: sigma(name, weight * x + bias)

    if span is Span.STEP:
        middles = [(a + b) / 2 for a, b in pairwise(p)]
        return [unit(0, 1), *(unit(steep, -steep * t) for t in middles)]
    if span is Span.HINGE:
        return [unit(0, 1), unit(1, STEEP - p[0]), *(unit(steep, -steep * t) for t in p[1:-1])]
    if span is Span.EXPONENTIAL:
        return [unit(i + 1, 0) for i in range(len(p))]
    slope = 3 / (p[-1] - p[0])
    return [unit((i + 1) * slope, (i + 1) * (mpmath.mpf("0.05") - slope * p[0])) for i in range(len(p))]
