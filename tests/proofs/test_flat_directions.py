"""fitted-point/1 and any-lift/1 for exp and z^2, whose units have flat directions, and for several outputs."""

from __future__ import annotations

import json
from fractions import Fraction
from typing import Any

import mpmath
import numpy as np
import pytest
from flint import arb

from proofs.activations import Flat
from proofs.balls import precision
from proofs.chain import curvatures, homogeneous_inputs, transversal_spaces
from proofs.instance import read_instance
from tests.corpus.corpus import GOOD
from tests.proofs.build import Case, changed
from tests.proofs.fitted import (
    ANY,
    BETTER,
    DIGITS,
    FLAT,
    OPTIMUM,
    POINT,
    REGION,
    UNIFORM,
    Critical,
    Lifts,
    critical,
    eigenvalues,
    moved_targets,
    point_of,
    scaled,
    target_rows,
)
from tests.proofs.oracle import encloses, real

NAMES = ("exp", "exp-2-bias", "exp-three-outputs", "square", "silu-two-outputs")
FLAT_NAMES = NAMES[:-1]
WIDTHS = {1: [(1,), (2,), (5,)], 2: [(1, 1), (3, 2), (2, 5)]}


def load(name: str) -> Case:
    folder = GOOD / f"fitted-{name}"
    certificate = json.loads((folder / "certificate.json").read_text("utf-8"))
    instance = json.loads((folder / "instance.json").read_text("utf-8"))
    return Case(instance, {step["lemma"]: step["arguments"] for step in certificate["steps"]}, certificate["claim"])


CASES = {name: load(name) for name in NAMES}
EXP, DEEP, SQUARE = CASES["exp"], CASES["exp-2-bias"], CASES["square"]


def found(case: Case, count: int) -> list[Critical]:
    return [critical(case, targets) for targets in moved_targets(case, count)]


@pytest.mark.parametrize("name", NAMES)
def test_the_critical_chains_of_many_targets_are_where_the_proposition_says(name: str) -> None:
    """The gradient vanishes in all parameters, though the frame moves only some."""
    case, point = CASES[name], point_of(CASES[name])
    for each in found(case, 4):
        with mpmath.workdps(DIGITS):
            assert max(map(abs, each.chain.half_gradient(each.parameters, each.targets))) < mpmath.mpf(10) ** -40
            for c, centre, spread in zip(each.parameters, point.centre, point.spreads, strict=True):
                assert abs(c - real(Fraction(str(centre)))) <= real(Fraction(str(spread)))
            assert real(Fraction(str(point.loss[0]))) <= each.loss <= real(Fraction(str(point.loss[1])))
            for ball, d in zip(point.residual, each.residual, strict=True):
                assert encloses(ball, d)


@pytest.mark.parametrize("name", NAMES)
def test_the_loss_is_that_of_all_outputs(name: str) -> None:
    """Computed output by output from the targets of the instance."""
    case, point = CASES[name], point_of(CASES[name])
    (each,) = found(case, 1)
    with mpmath.workdps(DIGITS):
        outputs = each.chain.outputs(each.parameters)
        total = mpmath.mpf(0)
        for t, row in zip(outputs, case.document["data"]["targets"], strict=True):
            for e, y in zip(point.ratios, row, strict=True):
                total += (real(Fraction(str(e))) * t - real(Fraction(y))) ** 2
        assert abs(total - each.loss) < mpmath.mpf(10) ** -40


@pytest.mark.parametrize("name", FLAT_NAMES)
def test_the_forms_are_definite_but_for_the_flat_direction(name: str) -> None:
    case, point = CASES[name], point_of(CASES[name])
    flat = Flat(FLAT[case.instance.architecture.activation.name])
    with precision(128):
        inputs = homogeneous_inputs(case.instance, point.basis)
        first = [arb(c, s) for c, s in zip(point.centre, point.spreads, strict=True)][: inputs.ncols()]
        rows = transversal_spaces(point.values, inputs, first, flat)
        coefficients = curvatures(point.values, point.residual)
    assert rows is not None
    for each in found(case, 3):
        with mpmath.workdps(DIGITS):
            for layer, space, balls in zip(each.layers(), rows, coefficients, strict=True):
                assert space.ncols() == len(layer.wide[0])
                assert all(encloses(ball, value) for ball, value in zip(balls, layer.coefficients, strict=True))
                assert eigenvalues(layer.wide, layer.coefficients)[0] > 0
                direction = [mpmath.mpf(1)] * len(layer.sums) if flat is Flat.SHIFT else layer.sums
                for column in (direction, *zip(*layer.wide, strict=True)):
                    product = zip(layer.coefficients, direction, column, strict=True)
                    assert abs(mpmath.fsum(a * f * u for a, f, u in product)) < mpmath.mpf(10) ** -35


def _frame(case: Case, row: int) -> Case:
    frame = [list(line) for line in case.arguments[POINT]["frame"]]
    frame[row][0] = "1/1000000"
    return changed_point(case, {"frame": frame})


def changed_point(case: Case, fields: dict[str, Any]) -> Case:
    return Case(case.document, case.arguments | {POINT: case.arguments[POINT] | fields}, case.claim)


def _square(case: Case) -> Case:
    """A square frame: along a flat direction the Hessian is singular."""
    size = len(case.arguments[POINT]["frame"])
    frame = [["1" if i == j else "0" for j in range(size)] for i in range(size)]
    return changed_point(case, {"frame": frame, "radii": ["1/100000000000"] * size})


def _with(case: Case, lemma: str, arguments: dict[str, Any]) -> Case:
    return Case(case.document, case.arguments | {lemma: arguments}, case.claim)


BOX = {"radius": "1/1000000000", "rates": []}
REJECTED: list[tuple[str, Case, str, str, str]] = [
    ("a frame that moves V", _frame(EXP, 2), POINT, "Rejected", "FP02"),
    ("a frame that moves s_2", _frame(DEEP, 3), POINT, "Rejected", "FP02"),
    ("a frame that moves V, depth 2", _frame(DEEP, 5), POINT, "Rejected", "FP02"),
    ("a square frame", _square(EXP), POINT, "Rejected", "FP02"),
    ("targets on the other side", scaled(EXP, -1), ANY, "Rejected", "AL02"),
    ("targets on the other side, depth 2", scaled(DEEP, -1), ANY, "Rejected", "AL02"),
    ("targets on the other side, z^2", scaled(SQUARE, -1), ANY, "Rejected", "AL02"),
    ("targets that the chain may fit", scaled(EXP, 0), ANY, "Undecided", "AL02"),
    ("uniform lifts", _with(EXP, UNIFORM, {}), UNIFORM, "Rejected", "UL01"),
    ("a region", _with(SQUARE, REGION, BOX), REGION, "Rejected", "FR01"),
]


@pytest.mark.parametrize(
    ("case", "lemma", "kind", "code"), [row[1:] for row in REJECTED], ids=[row[0] for row in REJECTED]
)
def test_rejected(case: Case, lemma: str, kind: str, code: str) -> None:
    assert case.code(lemma) == (kind, code)


def test_a_first_pre_activation_that_may_be_zero() -> None:
    """z^2 at w = 0, b = 0, where every D gives a critical chain: which column to leave out cannot be told."""
    document = changed(SQUARE.document, {"data.targets": [["-1"]] * SQUARE.instance.samples})
    size = len(SQUARE.arguments[POINT]["frame"]) - 1
    chain = {"weights": ["0"] * (size - 1), "biases": ["0"], "scales": [], "output_weight": "1"}
    frame = [*[["1" if i == j else "0" for j in range(size)] for i in range(size)], ["0"] * size]
    arguments = {"chain": chain, "frame": frame, "radii": ["1/100"] * size, "target_radius": "0", "dependent": []}
    case = Case(document, {POINT: arguments, ANY: {}}, SQUARE.claim)
    assert case.code(POINT) == ("", "")
    assert case.code(ANY) == ("Undecided", "AL02")


@pytest.mark.parametrize("name", FLAT_NAMES)
def test_no_network_near_a_lift_is_lower(name: str) -> None:
    """Random shares and moves, in all parameters; far along the flat directions, too."""
    for each in found(CASES[name], 2):
        lifts = Lifts(CASES[name], each, np.random.default_rng(5))
        for widths in WIDTHS[lifts.depth]:
            for trial in range(60):
                weights = lifts.sample(widths, 1e-4)
                if trial % 2 and lifts.depth == 1:
                    factor = lifts.rng.uniform(0.5, 2, (widths[0], 1))
                    if lifts.name == "exp":
                        weights.biases[0] = weights.biases[0] + np.log(factor[:, 0])
                    else:
                        weights.hidden[0] = factor * weights.hidden[0]
                        weights.biases[0] = factor[:, 0] * weights.biases[0]
                assert lifts.inner(weights) >= -1e-16
                assert lifts.loss(weights) >= lifts.least / np.longdouble(float(lifts.found.share)) - 1e-14


@pytest.mark.parametrize("factor", [-1, Fraction(-1, 10)])
def test_near_a_lift_of_the_other_sign_some_networks_are_lower(factor: Any) -> None:
    """A control for the attack."""
    case = scaled(EXP, factor)
    lifts = Lifts(
        case, critical(case, [Fraction(y) for (y,) in case.document["data"]["targets"]]), np.random.default_rng(5)
    )
    assert min(lifts.inner(lifts.sample((2,), 1e-2)) for _ in range(300)) < -1e-8


@pytest.mark.parametrize("name", ["exp-three-outputs", "silu-two-outputs"])
def test_targets_out_of_their_ratios_are_refused(name: str) -> None:
    case = CASES[name]
    ratios = case.arguments[POINT]["ratios"]
    for new in ([*ratios, "1"], ratios[:-1], ["2", *ratios[1:]], [*ratios[:-1], "5"], []):
        assert changed_point(case, {"ratios": new}).code(POINT) == ("Rejected", "FP01")
    rows = [list(row) for row in case.document["data"]["targets"]]
    rows[2][1] = str(Fraction(rows[2][1]) + Fraction(1, 10**30))
    moved = Case(changed(case.document, {"data.targets": rows}), case.arguments, case.claim)
    assert moved.code(POINT) == ("Rejected", "FP01")
    other = Case(changed(case.document, {"loss": "pseudo-huber"}), case.arguments, case.claim)
    assert other.code(POINT) == ("Rejected", "FP01")


def test_the_gaps_are_those_of_all_outputs() -> None:
    """The loss of the better network, and the optimum 0, computed from the instance in extended precision."""
    case = CASES["exp-three-outputs"]
    point = point_of(case)
    instance = read_instance(case.document)
    for side in (0, 1, -1):
        first = [Fraction(y) + side * Fraction(str(point.target_radius)) for y, *_ in case.document["data"]["targets"]]
        each = critical(case, first)
        inputs = np.array([[float(Fraction(str(v))) for v in instance.inputs.row(n)] for n in range(instance.samples)])
        wanted = np.array([[float(Fraction(y)) for y in row] for row in target_rows(case, first)])
        states = inputs
        *hidden, top = case.arguments[BETTER]["layers"]
        for layer in (*hidden, top):
            matrix = np.array([[float(Fraction(w)) for w in row] for row in layer["weights"]])
            sums = states @ matrix.T + np.array([float(Fraction(b)) for b in layer["biases"]])
            states = np.exp(sums)
        better = float(((sums - wanted) ** 2).sum())
        assert float(each.loss) - better > float(Fraction(case.arguments[BETTER]["gap"]))
        proposition = case.step(OPTIMUM).proposition
        assert float(Fraction(str(proposition.gap))) <= float(each.loss)
