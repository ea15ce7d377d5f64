"""obstruction/1: accepted and rejected; an obstructed data set has no definite M, and the other way round."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from proofs.exact import Malformed
from proofs.lemmas.obstruction import Obstruction
from tests.proofs.build import BINARY, CASES, MINIMUM, OBSTRUCTION, POINT, THREE, Case, instance_document, texts

TINY = f"1/{10**30}"


def case(inputs: Any, matrix: Any, linear: Any, constant: object) -> Case:
    return Case(
        instance_document(inputs, []),
        {OBSTRUCTION: {"matrix": texts(matrix), "linear": texts(linear), "constant": str(constant)}},
    )


CIRCLE = case(
    [["3/5", "4/5"], ["-3/5", "4/5"], ["5/13", "-12/13"], [1, 0], [0, -1]], [[1, 0], [0, 1]], [0, 0], 1
)  # unit-norm inputs
PARABOLA = case([[x, x * x] for x in range(-3, 4)], [[1, 0], [0, 0]], [0, 1], 0)
LINES = case([[0, 1], [0, 5], [1, 1], [1, -2]], [[1, 0], [0, 0]], [1, 0], 0)  # a feature with values 0 and 1
SLANTED = case([[1, 2], [2, 1], [0, 4], [4, 0], [5, -1]], [[1, 1], [1, 1]], [7, 7], -12)  # x + y is 3 or 4
CYLINDER = case(
    [["3/5", "4/5", 7], ["-3/5", "4/5", 1], ["5/13", "-12/13", 2], [1, 0, 3]],
    [[1, 0, 0], [0, 1, 0], [0, 0, 0]], [0, 0, 0], 1,
)  # fmt: skip
ONE_HOT = case([[1, 0, 0], [0, 1, 0], [0, 0, 1], [1, 0, 0]], [[1, 0, 0], [0, 2, 0], [0, 0, 3]], [1, 2, 3], 0)

ACCEPTED = {
    "a binary feature": (BINARY, (0,)),
    "a circle": (CIRCLE, (0, 1)),
    "a parabola": (PARABOLA, (0,)),
    "two lines": (LINES, (0,)),
    "two slanted lines": (SLANTED, (0, 1)),
    "a cylinder": (CYLINDER, (0, 1)),
    "one-hot features": (ONE_HOT, (0, 1, 2)),
}


@pytest.mark.parametrize(("obstructed", "features"), ACCEPTED.values(), ids=ACCEPTED)
def test_accepted(obstructed: Case, features: tuple[int, ...]) -> None:
    assert obstructed.step(OBSTRUCTION).proposition == Obstruction(features)


@pytest.mark.parametrize("obstructed", [c for c, _ in ACCEPTED.values()], ids=ACCEPTED)
def test_no_residual_has_a_definite_moment(obstructed: Case) -> None:
    """tr(S M) = 0 for all D of the null space, in float64; so M has eigenvalues of both signs, or 0."""
    inputs = np.array([[float(Fraction(v)) for v in row] for row in obstructed.document["data"]["inputs"]])
    conditions = np.column_stack([np.ones(len(inputs)), inputs])
    vectors = np.linalg.svd(conditions.T)[2][np.linalg.matrix_rank(conditions) :]
    form = np.array([[float(Fraction(v)) for v in row] for row in obstructed.arguments[OBSTRUCTION]["matrix"]])
    assert len(vectors) > 0 or len(inputs) <= inputs.shape[1] + 1
    for vector in vectors:
        moment = inputs.T @ (inputs * vector[:, None])
        assert abs(np.trace(form @ moment)) < 1e-10
        values = np.linalg.eigvalsh(moment)
        assert values[0] < 1e-10 < values[-1] + 2e-10


INDEFINITE = case([[1, 0], [2, "0"], [0, 3], [0, "7"]], [[0, 1], [1, 0]], [0, 0], 0)  # x y = 0

REJECTED: list[tuple[str, Case, dict[str, Any], str]] = [
    ("a row too few", BINARY, {"matrix": [["1", "0"]]}, "OB01"),
    ("a row too many", BINARY, {"matrix": texts([[1, 0], [0, 0], [0, 0]])}, "OB01"),
    ("a ragged matrix", BINARY, {"matrix": [["1", "0"], ["0"]]}, "OB01"),
    ("no matrix", BINARY, {"matrix": []}, "OB01"),
    ("a linear coefficient too few", BINARY, {"linear": ["0"]}, "OB01"),
    ("a linear coefficient too many", BINARY, {"linear": ["0", "0", "0"]}, "OB01"),
    ("not symmetric", BINARY, {"matrix": texts([[1, 1], [0, 0]])}, "OB01"),
    ("not symmetric in one of three pairs", CYLINDER, {"matrix.0.1": "1"}, "OB01"),
    ("not symmetric by a little", CIRCLE, {"matrix": [["1", TINY], ["0", "1"]]}, "OB01"),
    ("S is zero", BINARY, {"matrix": texts([[0, 0], [0, 0]]), "constant": "0"}, "OB02"),
    ("S is negative", BINARY, {"matrix": texts([[-1, 0], [0, 0]]), "constant": "-1"}, "OB03"),
    ("S is indefinite", INDEFINITE, {}, "OB03"),
    ("S is indefinite by a little", CIRCLE, {"matrix": [["1", "0"], ["0", f"-{TINY}"]]}, "OB03"),
    ("S is indefinite with a zero on its diagonal", BINARY, {"matrix": texts([[1, 1], [1, 0]])}, "OB03"),
    ("a constant that is a little off", BINARY, {"constant": f"{10**30 + 1}/{10**30}"}, "OB04"),
    ("a slope that is a little off", LINES, {"linear.0": f"{10**30 + 1}/{10**30}"}, "OB04"),
    ("an entry of S that is a little off", CIRCLE, {"matrix.0.0": f"{10**30 + 1}/{10**30}"}, "OB04"),
    ("one sample off the circle by a little", CIRCLE.about({"data.inputs.4": [TINY, "-1"]}), {}, "OB04"),
    ("the last sample off", BINARY.about({"data.inputs.3.0": "2"}), {}, "OB04"),
    ("the wrong feature", BINARY, {"matrix": texts([[0, 0], [0, 1]])}, "OB04"),
    ("a constant feature obstructs nothing", case([[-1, 1], [0, 1], [1, 1]], [[0, 0], [0, 1]], [0, 0], 1), {}, "OB05"),
    ("a dependency obstructs nothing", case([[-1, -1], [0, 1], [1, 3]], [[4, -2], [-2, 1]], [0, 0], 1), {}, "OB05"),
    ("the same with l not constant", case(
        [[-1, -1], [0, 1], [1, 3]], [[4, -2], [-2, 1]], [2, -1], 2), {}, "OB05"),
    ("a single sample", case([[3, 4]], [[1, 0], [0, 1]], [0, 0], 25), {}, "OB05"),
    ("all samples equal", case([[3, 4], [3, 4]], [[1, 0], [0, 1]], [0, 0], 25), {}, "OB05"),
]  # fmt: skip


@pytest.mark.parametrize(("obstructed", "changes", "code"), [r[1:] for r in REJECTED], ids=[r[0] for r in REJECTED])
def test_rejected(obstructed: Case, changes: dict[str, Any], code: str) -> None:
    assert obstructed.code(OBSTRUCTION, changes) == ("Rejected", code)


@pytest.mark.parametrize(
    "changes",
    [{"matrix": None}, {"matrix": "1"}, {"matrix.0.0": 1}, {"linear": None}, {"constant": 1}, {"features": ["sex"]}],
)
def test_malformed(changes: dict[str, Any]) -> None:
    with pytest.raises(Malformed):
        BINARY.step(OBSTRUCTION, changes)


DEPENDENT = {"dependent": [{"feature": 1, "coefficients": ["2"], "constant": "1"}]}
FLAT = {"dependent": [{"feature": 1, "coefficients": ["0"], "constant": "1"}]}


@pytest.mark.parametrize(("column", "dependent"), [(("1", "1", "1"), FLAT), (("-1", "1", "3"), DEPENDENT)])
def test_what_has_a_minimum_is_not_obstructed(column: tuple[str, ...], dependent: dict[str, Any]) -> None:
    """The three points with a second feature that is constant, or an affine function of the first: the local minimum is
    proved on a basis, so no (S, l) may be accepted for these inputs. S = q q^T with q.x constant once was."""
    document = THREE.about(
        {"data.features": ["x", "extra"], "data.inputs": [[str(n - 1), column[n]] for n in range(3)]}
    ).document
    minimum = Case(document, {POINT: THREE.arguments[POINT] | dependent, MINIMUM: {}})
    assert minimum.code(MINIMUM) == ("", "")
    form = [[0, 0], [0, 1]] if column[0] == "1" else [[4, -4], [-4, 4]]
    candidates = [
        {"matrix": texts([[0, 0], [0, 1]]), "linear": ["0", "0"], "constant": "1"},
        {"matrix": texts([[4, -2], [-2, 1]]), "linear": ["0", "0"], "constant": "1"},
        {"matrix": texts(form), "linear": ["0", "0"], "constant": "1"},
    ]
    for arguments in candidates:
        refused = Case(document, {OBSTRUCTION: arguments}).code(OBSTRUCTION)
        assert refused in {("Rejected", "OB04"), ("Rejected", "OB05")}


def test_the_cases_with_a_minimum_are_not_obstructed_by_any_small_form() -> None:
    """A search over small S and all l: none of the accepted local minima has an accepted obstruction."""
    small = [[[a, b], [b, c]] for a in range(-1, 3) for b in range(-2, 3) for c in range(-1, 3)]
    for name in ("two features", "dependent features"):
        document = CASES[name].document
        inputs = [[Fraction(v) for v in row] for row in document["data"]["inputs"]]
        for form in small:
            values = [sum(form[i][j] * x[i] * x[j] for i in (0, 1) for j in (0, 1)) for x in inputs]
            design = np.array([[1.0, *map(float, x)] for x in inputs])
            fit = np.linalg.lstsq(design, np.array([float(v) for v in values]), rcond=None)[0]
            exact = [Fraction(float(c)).limit_denominator(1000) for c in fit]
            arguments = {"matrix": texts(form), "linear": texts(exact[1:]), "constant": str(exact[0])}
            assert Case(document, {OBSTRUCTION: arguments}).code(OBSTRUCTION) != ("", "")
