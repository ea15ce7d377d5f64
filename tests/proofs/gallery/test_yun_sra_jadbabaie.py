"""yun-sra-jadbabaie/1: accepted and rejected; nothing near the point is lower, and the fit fits."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import mpmath
import numpy as np
import pytest

from proofs.exact import Malformed
from proofs.gallery.yun_sra_jadbabaie import BadMinimum
from tests.proofs.gallery.pieces import piece
from tests.proofs.oracle import real, sigma

ACTIVATIONS = ("sigmoid", "tanh", "arctan", "softplus", "elu", "square")
PIECES = {name: piece(f"yun-sra-jadbabaie/{name}") for name in ACTIVATIONS}
SIGMOID, TANH, ELU, SQUARE = (PIECES[name] for name in ("sigmoid", "tanh", "elu", "square"))
X = ((1, 0), (0, 1), (Fraction(1, 2), Fraction(1, 2)))


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_accepted(name: str) -> None:
    for bias in (True, False):
        outcome = PIECES[name].outcome(instance={"network.output_bias": bias})
        assert outcome.failure is None
        conclusion = outcome.facts[-1].conclusion
        assert isinstance(conclusion.proposition, BadMinimum)
        assert f"two hidden units of {name}" in conclusion.detail


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_the_minors(name: str) -> None:
    arguments = PIECES[name].last()
    proposition = PIECES[name].outcome().facts[-1].conclusion.proposition
    assert isinstance(proposition, BadMinimum)
    with mpmath.workdps(40):
        v = [real(Fraction(level)) for level in arguments["levels"]]
        values, slopes, bends = ([sigma(name, z, k) for z in v] for k in range(3))
        u = [real(Fraction(arguments["weight"]))]
        u.append((mpmath.mpf(1) / 3 - u[0] * values[0]) / values[1])
        matrix = mpmath.matrix(2, 2)
        for i in (0, 1):
            for j in (0, 1):
                matrix[i, j] = u[i] * slopes[i] * u[j] * slopes[j] + (u[i] * bends[i] / 3 if i == j else 0)
        for found, minor in zip(proposition.minors, (matrix[0, 0], mpmath.det(matrix)), strict=True):
            assert abs(mpmath.mpf(int(found.p)) / int(found.q) - minor) < mpmath.mpf(10) ** -15


def loss(name: str, units: Any, bias: Any = 0) -> Any:
    """The squared loss of units (w_1, w_2, b, u) over the theorem's data."""
    total = mpmath.mpf(0)
    for (x1, x2), y in zip(X, (0, 0, 1), strict=True):
        output = sum(u * sigma(name, w1 * real(Fraction(x1)) + w2 * real(Fraction(x2)) + b) for w1, w2, b, u in units)
        total += (output + bias - y) ** 2
    return total


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_nothing_near_the_point_is_lower(name: str) -> None:
    """Random and tiny perturbations of all parameters, in high precision; one with no loss at all is elsewhere."""
    chance = np.random.default_rng(1)
    arguments = PIECES[name].last()
    with mpmath.workdps(60):
        v = [real(Fraction(level)) for level in arguments["levels"]]
        u = [real(Fraction(arguments["weight"]))]
        u.append((mpmath.mpf(1) / 3 - u[0] * sigma(name, v[0])) / sigma(name, v[1]))
        point = [(v[j], v[j], mpmath.mpf(0), u[j]) for j in (0, 1)]
        assert abs(loss(name, point) - mpmath.mpf(2) / 3) < mpmath.mpf(10) ** -50
        for k in range(200):
            step = mpmath.mpf(10) ** -(2 + k % 9)
            moved = [tuple(p + step * mpmath.mpf(float(d)) for p, d in zip(unit, chance.normal(size=4), strict=True))
                     for unit in point]  # fmt: skip
            assert loss(name, moved, step * (k % 3)) >= mpmath.mpf(2) / 3 - mpmath.mpf(10) ** -50


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_the_fit_fits(name: str) -> None:
    fit = PIECES[name].last()["fit"]
    with mpmath.workdps(60):
        p, q, other = (real(Fraction(value)) for value in (*fit["unit"], fit["other"]))
        ends = [real(Fraction(end)) for end in fit["bracket"]]

        def gap(t: Any) -> Any:
            return sigma(name, p) * sigma(name, t) - sigma(name, q) * sigma(name, other)

        t = mpmath.findroot(gap, ends, solver="anderson")
        assert ends[0] < t < ends[1]
        out, in_ = sigma(name, other), -sigma(name, p)
        scale = out * sigma(name, (p + q) / 2) + in_ * sigma(name, (other + t) / 2)
        assert loss(name, [(p, q, 0, out / scale), (other, t, 0, in_ / scale)]) < mpmath.mpf(10) ** -50


INSTANCE: list[tuple[str, dict[str, Any], str]] = [
    ("another input", {"data.inputs.2.0": "51/100"}, "YS01"),
    ("two samples swapped", {"data.inputs": [["0", "1"], ["1", "0"], ["1/2", "1/2"]]}, "YS01"),
    ("another target", {"data.targets.0.0": "1/1000000"}, "YS01"),
    ("a fourth sample", {"data.inputs": [["1", "0"], ["0", "1"], ["1/2", "1/2"], ["0", "0"]],
                         "data.targets": [["0"], ["0"], ["1"], ["0"]]}, "YS01"),
    ("two targets", {"data.targets": [["0", "0"], ["0", "0"], ["1", "1"]]}, "YS01"),
    ("no targets", {"data.targets": []}, "YS01"),
    ("three units", {"network.widths": [3]}, "YS02"),
    ("every width", {"network.widths": "every"}, "YS02"),
    ("two layers", {"network.widths": [2, 2], "network.depth": 2}, "YS02"),
    ("another loss", {"loss": "pseudo-huber"}, "YS03"),
]  # fmt: skip


@pytest.mark.parametrize(("changes", "code"), [r[1:] for r in INSTANCE], ids=[r[0] for r in INSTANCE])
def test_another_setting(changes: dict[str, Any], code: str) -> None:
    assert SIGMOID.answer(instance=changes) == ("REJECTED", code)


REJECTED: list[tuple[str, Any, dict[str, Any], tuple[str, str]]] = [
    ("one level", SIGMOID, {"levels": ["-1"]}, ("REJECTED", "YS04")),
    ("three levels", SIGMOID, {"levels": ["-1", "-1", "-1"]}, ("REJECTED", "YS04")),
    ("h(v_2) = 0", TANH, {"levels": ["1/2", "0"]}, ("UNDECIDED", "YS04")),
    ("concave units", SIGMOID, {"levels": ["1", "1"]}, ("REJECTED", "YS05")),
    ("a concave unit", SIGMOID, {"levels": ["-1", "3"]}, ("REJECTED", "YS05")),
    ("a negative outgoing weight", SIGMOID, {"weight": "-1"}, ("REJECTED", "YS05")),
    ("u_2 negative", SIGMOID, {"weight": "2"}, ("REJECTED", "YS05")),
    ("no curvature at all", ELU, {"levels": ["1", "2"]}, ("UNDECIDED", "YS05")),
    ("a first unit without weight", SIGMOID, {"weight": "0"}, ("UNDECIDED", "YS05")),
    ("a kink", ELU, {"levels": ["0", "1"]}, ("UNDECIDED", "YS05")),
    ("tanh with two positive terms", TANH, {"levels": ["1/2", "1/2"], "weight": "1/4"}, ("REJECTED", "YS05")),
    ("an empty bracket", SIGMOID, {"fit.bracket": ["-14/25", "-14/25"]}, ("REJECTED", "YS06")),
    ("a bracket upside down", SIGMOID, {"fit.bracket": ["-14/25", "-57/100"]}, ("REJECTED", "YS06")),
    ("a bracket with one end", SIGMOID, {"fit.bracket": ["-14/25"]}, ("REJECTED", "YS06")),
    ("a unit with one weight", SIGMOID, {"fit.unit": ["-3"]}, ("REJECTED", "YS06")),
    ("no root in the bracket", SIGMOID, {"fit.bracket": ["-14/25", "1"]}, ("REJECTED", "YS07")),
    ("a root at the end", SQUARE, {"fit.unit": ["1", "2"], "fit.other": "1", "fit.bracket": ["2", "3"]},
     ("UNDECIDED", "YS07")),
    ("the unit (1, 2) twice", SQUARE, {"fit.unit": ["1", "2"], "fit.other": "1", "fit.bracket": ["1", "3"]},
     ("UNDECIDED", "YS08")),
    ("proportional units", SIGMOID, {"fit.unit": ["-3", "-3"], "fit.other": "-4", "fit.bracket": ["-5", "-3"]},
     ("UNDECIDED", "YS08")),
]  # fmt: skip


@pytest.mark.parametrize(("entry", "changes", "answer"), [r[1:] for r in REJECTED], ids=[r[0] for r in REJECTED])
def test_rejected(entry: Any, changes: dict[str, Any], answer: tuple[str, str]) -> None:
    assert entry.answer(changes) == answer


@pytest.mark.parametrize(
    "changes", [{"levels": None}, {"weight": 1}, {"fit": None}, {"fit.root": "0"}, {"loss": "2/3"}]
)
def test_malformed(changes: dict[str, Any]) -> None:
    with pytest.raises(Malformed):
        SIGMOID.answer(changes)


def test_an_activation_that_jumps_in_the_bracket() -> None:
    """A sign may change at a jump without a zero; a jump elsewhere does no harm."""
    low, high = (Fraction(end) for end in SIGMOID.last()["fit"]["bracket"])
    for place, answer in (((low + high) / 2, ("UNDECIDED", "YS07")), (Fraction(50), ("PROVED", ""))):
        jump = f"piecewise(z<{place},sigmoid(z),sigmoid(z)+0.0000001)"
        assert SIGMOID.answer({}, {"network.activation": jump}) == answer
