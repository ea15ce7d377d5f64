"""uniform-lift/1: accepted and rejected, the Hessian of whole networks at uniform lifts, and a saddle beside them."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise
from typing import Any

import mpmath
import numpy as np
import pytest
from flint import arb, arb_mat, fmpq

from proofs.balls import Sign, lower_bound, precision
from proofs.chain import curvatures
from proofs.document import Reader
from proofs.exact import Malformed
from proofs.forms import form_definiteness
from proofs.kernel import Rejected, Verdict
from proofs.lemmas import LEMMAS, uniform_lift
from proofs.lemmas.uniform_lift import UniformLift
from tests.network import gradient, hessian, loss
from tests.proofs.build import Case
from tests.proofs.fitted import (
    ANY,
    DIGITS,
    FITTED,
    POINT,
    SIGMOID,
    THREE,
    TWO,
    UNEVEN,
    UNIFORM,
    Critical,
    criticals,
    eigenvalues,
    fraction,
    point_of,
    scaled,
    stranger,
)
from tests.proofs.network import Array
from tests.proofs.oracle import encloses, real

EACH = pytest.mark.parametrize("name", FITTED)


def uniform(case: Case) -> Case:
    """The case with this lemma's step, which takes no arguments."""
    return Case(case.document, case.arguments | {UNIFORM: {}}, case.claim)


@EACH
def test_accepted(name: str) -> None:
    """Theorem 24's hypotheses imply Theorem 25's, so every case has uniform lifts."""
    conclusion = uniform(FITTED[name]).step(UNIFORM)
    assert isinstance(conclusion.proposition, UniformLift)
    assert conclusion.proposition.point.centre == point_of(FITTED[name]).centre
    assert conclusion.margin.startswith("Gershgorin margin ≥ ")


def _parts(found: Critical) -> tuple[Any, Any]:
    """Half the Hessian of the chain's loss: what is there for D = 0, and what D adds (for the squared loss)."""
    whole = found.chain.half_hessian(found.parameters, found.targets)
    fitted = found.chain.half_hessian(found.parameters, found.chain.outputs(found.parameters))
    return fitted, whole - fitted


def largest_factor(case: Case) -> Fraction:
    """The a at which the Hessian for the residual a D becomes singular, to twelve digits."""
    with mpmath.workdps(DIGITS):
        first, second = _parts(criticals(_name(case), 1)[0])
        root = mpmath.cholesky(first) ** -1
        least = min(mpmath.eigsy(root * second * root.T, eigvals_only=True))
        assert least < 0
        return Fraction(str(mpmath.nstr(-1 / least, 12)))


def _name(case: Case) -> str:
    return next(name for name, stored in FITTED.items() if stored is case)


def test_a_residual_that_is_too_large_makes_the_hessian_indefinite() -> None:
    """The forms on L_h only grow with D; the Hessian of the chain, between the bounds, is lost."""
    limit = largest_factor(UNEVEN)
    assert limit > 1
    for share, expected in (("99/100", ("", "")), ("101/100", ("Undecided", "UL03")), ("10", ("Undecided", "UL03"))):
        case = uniform(scaled(UNEVEN, limit * Fraction(share), radii=Fraction(1, 10**20)))
        assert case.code(POINT) == ("", "")
        assert case.code(UNIFORM) == expected


REJECTED: list[tuple[str, Case, str, str]] = [
    ("targets on the other side", scaled(UNEVEN, -1), "Rejected", "UL02"),
    ("targets on the other side, depth 1", scaled(SIGMOID, -1), "Rejected", "UL02"),
    ("targets a little on the other side", scaled(UNEVEN, Fraction(-1, 10**6)), "Rejected", "UL02"),
    ("targets that the chain may fit", scaled(UNEVEN, 0, Fraction(1, 10**16)), "Undecided", "UL02"),
    ("targets that the chain fits", scaled(UNEVEN, 0), "Undecided", "UL02"),
    ("targets that the chain may fit, depth 1", scaled(SIGMOID, 0, Fraction(1, 10**16)), "Undecided", "UL02"),
]


@pytest.mark.parametrize(("case", "kind", "code"), [r[1:] for r in REJECTED], ids=[r[0] for r in REJECTED])
def test_rejected(case: Case, kind: str, code: str) -> None:
    assert case.code(POINT) == ("", "")
    assert uniform(case).code(UNIFORM) == (kind, code)


def test_it_needs_a_fitted_point() -> None:
    with pytest.raises(Rejected) as caught:
        LEMMAS[UNIFORM].check(UNEVEN.instance, (stranger(),), Reader({}, ""))
    assert caught.value.code == "UL01"


def test_malformed() -> None:
    with pytest.raises(Malformed, match="unknown field 'shares'"):
        UNEVEN.step(UNIFORM, {"shares": []})


@pytest.mark.parametrize("name", ["pseudo-huber", "two-layers-bias", "three-layers"])
def test_each_form_is_looked_at_on_its_whole_space(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """L_1 has a column for each feature, L_h two columns."""
    seen: list[arb_mat] = []

    def look(rows: arb_mat, coefficients: list[arb]) -> tuple[Sign, fmpq]:
        seen.append(rows)
        return form_definiteness(rows, coefficients)

    monkeypatch.setattr(uniform_lift, "form_definiteness", look)
    uniform(FITTED[name]).step(UNIFORM)
    (found,) = criticals(name, 1)
    with mpmath.workdps(DIGITS):
        for rows, layer in zip(seen, found.layers(), strict=True):
            for row, exact in zip(rows.tolist(), layer.own, strict=True):
                assert len(row) == len(exact)
                assert all(encloses(ball, v) for ball, v in zip(row, exact, strict=True))


def test_a_hessian_that_is_not_decided_is_not_positive(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uniform_lift, "definiteness", lambda matrix: (Sign.UNKNOWN, fmpq(0)))
    assert UNEVEN.code(UNIFORM) == ("Undecided", "UL03")


@EACH
def test_the_matrix_is_below_half_the_hessian_at_every_critical_point(name: str) -> None:
    """H - M must be positive semidefinite for whatever M is in the enclosure; and not far from zero."""
    point = point_of(FITTED[name])
    with precision(128):
        bends = curvatures(point.values, point.residual)
        matrix = uniform_lift._half_hessian_at_the_critical_point(point, bends)
    size = matrix.nrows()
    with mpmath.workdps(DIGITS):
        low = mpmath.matrix([[real(lower_bound(e)) for e in row] for row in matrix.tolist()])
        high = mpmath.matrix([[-real(lower_bound(-e)) for e in row] for row in matrix.tolist()])
        slack = mpmath.mnorm(high - low, "f")
        frame = mpmath.matrix([[real(v) for v in map(lower_bound, row)] for row in point.frame.tolist()])
        for found in criticals(name, 2):
            exact = frame.T * found.chain.half_hessian(found.parameters, found.targets) * frame
            difference = exact - (low + high) / 2
            values = mpmath.eigsy((difference + difference.T) / 2, eigvals_only=True)
            assert min(values) >= -slack
            assert max(map(abs, values)) <= mpmath.mpf(1) / 2 * size


@pytest.mark.parametrize("name", ["uniform"])
def test_theorem_b_without_theorem_a(name: str) -> None:
    """The stored case: positive on L_h and the chain's Hessian, but not on U_2."""
    for found in criticals(name, 3):
        with mpmath.workdps(DIGITS):
            for layer in found.layers():
                assert eigenvalues(layer.own, layer.coefficients)[0] > 0
            assert eigenvalues(found.layers()[1].wide, found.layers()[1].coefficients)[0] < 0
            assert min(mpmath.eigsy(sum(_parts(found), start=mpmath.zeros(5)), eigvals_only=True)) > 0


# Whole networks, in float64, for the squared loss.


def network(case: Case, found: Critical, shares: list[Any], top: Any) -> dict[str, Array]:
    """The lift with these shares, as tests/network.py takes it."""
    parameters = [float(c) for c in found.parameters]
    features, depth = case.instance.inputs.columns, case.instance.architecture.depth
    weights, rest = parameters[:features], parameters[features:]
    widths = [np.shape(p)[1] for p in shares] + [len(top)]
    result = {"W1": np.tile(weights, (widths[0], 1)), "b1": np.full(widths[0], rest[0])}
    for h, share in enumerate(shares):
        result[f"W{h + 2}"] = rest[1 + 2 * h] * np.array(share, dtype=float)
        result[f"b{h + 2}"] = np.full(widths[h + 1], rest[2 + 2 * h])
    result["v"] = rest[2 * depth - 1] * np.array([top], dtype=float)
    if case.instance.architecture.output_bias:
        result["c"] = np.array(rest[2 * depth :])
    return result


def data(case: Case, found: Critical) -> tuple[Array, Array]:
    inputs = case.instance.inputs
    return (
        np.array([[float(fraction(v)) for v in inputs.row(n)] for n in range(inputs.rows)]),
        np.array([[float(y)] for y in found.targets]),
    )


def spectrum(case: Case, found: Critical, shares: list[Any], top: Any) -> tuple[Array, Array]:
    """Eigenvalues and eigenvectors of the Hessian; Richardson's extrapolation of central differences."""
    name, parameters = found.chain.name, network(case, found, shares, top)
    steepest = max(np.abs(g).max() for g in gradient(name, parameters, *data(case, found)).values())
    assert steepest < 1e-11
    coarse, fine = (hessian(name, parameters, *data(case, found), step) for step in (2e-3, 1e-3))
    values, vectors = np.linalg.eigh((4 * fine - coarse) / 3)
    return values, vectors


def equal_rows(*rows: list[float]) -> list[Any]:
    """Shares of each layer but the first: as many rows as the next layer is wide, all equal."""
    widths = [len(row) for row in rows]
    return [[row] * below for row, below in zip(rows[:-1], widths[1:], strict=True)]


UNIFORM_LIFTS = [
    ("uniform", [[0.5, 0.5], [0.5, 0.5]]),
    ("uniform", [[0.2, 0.8], [0.3, 0.7]]),
    ("uniform", [[0.2, 0.3, 0.5], [0.4, 0.6]]),
    ("uniform", [[0.6, 0.4], [0.1, 0.3, 0.6]]),
    ("uniform", [[1.0], [0.25, 0.75]]),
    ("uniform", [[0.3, 0.7], [1.0]]),
    ("sigmoid", [[0.5, 0.5]]),
    ("sigmoid", [[0.1, 0.3, 0.6]]),
    ("two-layers", [[0.2, 0.8], [0.1, 0.5, 0.4]]),
    ("two-layers-bias", [[0.5, 0.5], [0.3, 0.7]]),
    ("three-layers", [[0.4, 0.6], [0.3, 0.7], [0.5, 0.5]]),
]


@pytest.mark.parametrize(("name", "rows"), UNIFORM_LIFTS)
def test_the_hessian_at_uniform_lifts_is_flat_along_the_shares_and_positive_elsewhere(
    name: str, rows: list[list[float]]
) -> None:
    case, (found,) = FITTED[name], criticals(name, 1)
    values, _ = spectrum(case, found, equal_rows(*rows), rows[-1])
    widths = [len(row) for row in rows]
    flat = sum(d * (below - 1) for below, d in pairwise(widths)) + widths[-1] - 1
    assert np.abs(values[:flat]).max(initial=0) < 1e-8
    assert values[flat] > 1e-5


def test_a_lift_with_other_shares_is_a_saddle_and_so_it_is_not_claimed() -> None:
    """Theorem 25 says nothing of lifts with unequal rows, and rightly so."""
    (found,) = criticals("uniform", 1)
    shares, top = [[[0.9, 0.1], [0.1, 0.9]]], [0.5, 0.5]
    values, vectors = spectrum(UNEVEN, found, shares, top)
    assert values[0] < -1e-3
    parameters = network(UNEVEN, found, shares, top)
    names = list(parameters)
    least = loss(found.chain.name, parameters, *data(UNEVEN, found))
    assert least == pytest.approx(float(found.loss), rel=1e-13)
    step, start = 1e-2 * vectors[:, 0], 0
    moved = {}
    for name in names:
        size = parameters[name].size
        moved[name] = parameters[name] + step[start : start + size].reshape(parameters[name].shape)
        start += size
    assert loss(found.chain.name, moved, *data(UNEVEN, found)) < least - 1e-8
    outcome = UNEVEN.check({"claim.lifts": "any"})
    assert outcome.verdict is Verdict.REJECTED
    assert outcome.failure is not None
    assert outcome.failure.failure.code == "CL02"
    with_any = Case(UNEVEN.document, UNEVEN.arguments | {ANY: {}}, UNEVEN.claim | {"lifts": "any"})
    assert with_any.check().verdict is Verdict.REJECTED


def test_where_any_lift_holds_the_same_shares_are_no_saddle() -> None:
    for name, case in (("two-layers", TWO), ("three-layers", THREE)):
        (found,) = criticals(name, 1)
        shares = [[[0.9, 0.1], [0.1, 0.9]]] * (case.instance.architecture.depth - 1)
        values, _ = spectrum(case, found, shares, [0.5, 0.5])
        assert values[0] > -1e-8
