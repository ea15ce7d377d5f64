"""any-lift/1: accepted and rejected, its forms with 60 digits, its identity at random parameters, and an attack."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import mpmath
import numpy as np
import pytest

from proofs.balls import precision
from proofs.chain import curvatures, homogeneous_inputs, spaces
from proofs.document import Reader
from proofs.exact import Malformed
from proofs.kernel import Rejected
from proofs.lemmas import LEMMAS
from proofs.lemmas.any_lift import AnyLift
from proofs.lemmas.fitted_point import FittedPoint
from tests.proofs.build import Case
from tests.proofs.fitted import (
    ANY,
    DEPENDENT,
    DIGITS,
    FITTED,
    POINT,
    SIGMOID,
    THREE,
    TWO,
    TWO_BIASED,
    UNEVEN,
    Lifts,
    criticals,
    eigenvalues,
    having,
    point_of,
    scaled,
    stranger,
)
from tests.proofs.network import FLOAT_SIGMA, Weights
from tests.proofs.oracle import encloses

ANYS = having(ANY)
EACH = pytest.mark.parametrize("name", ANYS)
ROUNDING = 1e-17
WIDTHS = {1: [(1,), (2,), (5,)], 2: [(1, 1), (3, 2), (2, 5)], 3: [(1, 1, 1), (2, 3, 2), (4, 1, 5)]}


@EACH
def test_accepted(name: str) -> None:
    conclusion = FITTED[name].step(ANY)
    assert isinstance(conclusion.proposition, AnyLift)
    assert isinstance(conclusion.proposition.point, FittedPoint)
    assert conclusion.proposition.point.centre == point_of(FITTED[name]).centre
    assert conclusion.margin.startswith("Gershgorin margin ≥ ")


def apart(case: Case, factor: object, target_radius: str) -> Case:
    """The same chain with the residual times `factor`, for targets in a small box."""
    return scaled(case, factor, Fraction(target_radius), Fraction(1, 10**12))


WITH_ANY = Case(UNEVEN.document, UNEVEN.arguments | {ANY: {}}, UNEVEN.claim)

REJECTED: list[tuple[str, Case, str, str]] = [
    ("a form is indefinite on U_2, though definite on L_2", WITH_ANY, "Rejected", "AL02"),
    ("targets on the other side", scaled(SIGMOID, -1), "Rejected", "AL02"),
    ("targets on the other side, depth 2", scaled(TWO, -1), "Rejected", "AL02"),
    ("targets on the other side, depth 3", scaled(THREE, -1), "Rejected", "AL02"),
    ("targets a little on the other side", scaled(SIGMOID, Fraction(-1, 10**9)), "Rejected", "AL02"),
    ("targets that the chain may fit", apart(SIGMOID, 0, f"1/{10**16}"), "Undecided", "AL02"),
    ("targets that the chain nearly fits", apart(SIGMOID, Fraction(1, 10**16), f"1/{10**16}"), "Undecided", "AL02"),
    ("targets that the chain nearly fits, depth 2", apart(TWO, 0, f"1/{10**16}"), "Undecided", "AL02"),
]


@pytest.mark.parametrize(("case", "kind", "code"), [r[1:] for r in REJECTED], ids=[r[0] for r in REJECTED])
def test_rejected(case: Case, kind: str, code: str) -> None:
    assert case.code(POINT) == ("", "")
    assert case.code(ANY) == (kind, code)


def test_the_same_with_a_residual_that_is_just_large_enough() -> None:
    assert apart(SIGMOID, Fraction(1, 10**12), f"1/{10**16}").code(ANY) == ("", "")
    assert apart(TWO, Fraction(1, 10**11), f"1/{10**16}").code(ANY) == ("", "")
    assert scaled(SIGMOID, Fraction(1, 10**9)).code(ANY) == ("", "")
    assert scaled(SIGMOID, 2).code(ANY) == ("", "")


def test_it_needs_a_fitted_point() -> None:
    with pytest.raises(Rejected) as caught:
        LEMMAS[ANY].check(SIGMOID.instance, (stranger(),), Reader({}, ""))
    assert caught.value.code == "AL01"


def test_malformed() -> None:
    with pytest.raises(Malformed, match="unknown field 'margin'"):
        SIGMOID.step(ANY, {"margin": "1"})


@pytest.mark.parametrize("name", FITTED)
def test_the_forms_are_those_of_the_theorem_for_every_target(name: str) -> None:
    """Definite on U_h where any-lift/1 says so, indefinite for the case where it does not."""
    case, point = FITTED[name], point_of(FITTED[name])
    with precision(128):
        rows = spaces(point.values, homogeneous_inputs(case.instance, point.basis))
        coefficients = curvatures(point.values, point.residual)
    for found in criticals(name, 3):
        with mpmath.workdps(DIGITS):
            least = []
            for layer, space, balls in zip(found.layers(), rows, coefficients, strict=True):
                assert all(encloses(ball, value) for ball, value in zip(balls, layer.coefficients, strict=True))
                assert space.ncols() == len(layer.wide[0])
                for row, enclosed in zip(layer.wide, space.tolist(), strict=True):
                    assert all(encloses(ball, v) for ball, v in zip(enclosed, row, strict=True))
                least.append(eigenvalues(layer.wide, layer.coefficients)[0])
            assert (min(least) > 0) == (ANY in case.arguments)


def split(lifts: Lifts, weights: Weights) -> tuple[Any, Any]:
    """The two sides of Theorem 23 without an output bias: <D, T_theta - T_c> and the sum over layers and neurons.

    sigma''(xi) u^2 / 2 is sigma(zeta + u) - sigma(zeta) - sigma'(zeta) u.
    """
    zetas, slopes = lifts.sums, lifts.slopes
    residuals = [lifts.residual]
    for h in range(lifts.depth - 1, 0, -1):
        residuals.insert(0, lifts.scales[h - 1] * slopes[h] * residuals[0])
    factors = [weights.last[0]]
    for h in range(lifts.depth - 1, 0, -1):
        factors.insert(0, factors[0] @ (weights.hidden[h] / lifts.scales[h - 1]))
    total = np.longdouble(0)
    value = FLOAT_SIGMA[lifts.name]
    for z, zeta, slope, d, c in zip(
        weights.hidden_units(lifts.name, lifts.inputs), zetas, slopes, residuals, factors, strict=True
    ):
        rest = value(z) - (value(zeta) + slope * (z.T - zeta)).T
        total += c @ (d @ rest)
    outputs = weights.outputs(lifts.name, lifts.inputs)[:, 0]
    return lifts.residual @ (outputs - lifts.chain_outputs), total


@pytest.mark.parametrize("name", FITTED)
def test_the_exact_identity_at_random_parameters(name: str) -> None:
    """Anywhere, with weights of any sign: the identity knows of no region."""
    rng = np.random.default_rng(3)
    found = criticals(name, 2)[1]
    lifts = Lifts(FITTED[name], found, rng)
    for widths in WIDTHS[lifts.depth]:
        for _ in range(5):
            weights = lifts.sample(widths, 0.5)
            weights.last = rng.normal(size=weights.last.shape).astype(np.longdouble)
            weights.hidden = [matrix + rng.normal(size=matrix.shape) for matrix in weights.hidden]
            left, right = split(lifts, weights)
            size = np.abs(weights.last).sum() * np.abs(lifts.residual).sum()
            assert abs(left - right) <= 1e-15 * max(size, abs(left)) * 10
            assert abs(left) > 1e-6 * abs(size) or abs(left) > 1e-9


@EACH
def test_no_network_near_a_lift_is_lower(name: str) -> None:
    """Shares from equal to all on one unit; in a box as small as the identity needs."""
    for found in criticals(name, 2):
        lifts = Lifts(FITTED[name], found, np.random.default_rng(5))
        for widths in WIDTHS[lifts.depth]:
            for _ in range(40):
                weights = lifts.sample(widths, 1e-4)
                assert lifts.inner(weights) >= -ROUNDING
                assert lifts.loss(weights) >= lifts.least - 1e-15 * max(1, abs(lifts.least))


def test_near_a_lift_of_the_other_case_some_networks_are_lower() -> None:
    """A control for the attack: the form on U_2 takes negative values, so some direction leads down."""
    lifts = Lifts(UNEVEN, criticals("uniform", 1)[0], np.random.default_rng(5))
    assert min(lifts.inner(lifts.sample((2, 2), 1e-2)) for _ in range(300)) < -1e-8


def test_the_dependent_feature_and_the_output_bias_are_there() -> None:
    assert DEPENDENT.instance.inputs.columns == 2
    assert len(point_of(DEPENDENT).basis) == 1
    assert TWO_BIASED.instance.architecture.output_bias
