"""The float64 Hessian against the enclosed one, and its parameters in the same order."""

from __future__ import annotations

import numpy as np
import pytest
from flint import arb, fmpq

from certify.search.curvature import half_derivatives, weights_of
from certify.search.levenberg import model_of
from certify.search.polish import floats
from proofs.full_hessian import half_hessian
from proofs.full_network import evaluate, flat, half_gradient, residuals, shape_of
from tests.proofs.test_full_network import instance, random_layers

CASES = [
    ("tanh", (2, 3, 3), True, "cross-entropy"),
    ("tanh", (2, 3, 1), True, "squared"),
    ("relu", (2, 3, 1), False, "squared"),
    ("silu", (2, 3, 2, 2), True, "logistic"),
    ("mish", (2, 1, 3, 1), False, "pseudo-huber"),
]


@pytest.mark.parametrize(("name", "sizes", "bias", "loss"), CASES)
@pytest.mark.parametrize("at_once", [1, 10**6])
def test_agrees_with_the_enclosures(
    name: str, sizes: tuple[int, ...], bias: bool, loss: str, at_once: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("certify.search.curvature._AT_ONCE", at_once)
    about = instance(name, len(sizes) - 2, bias, sizes[-1], loss, ("1/3", "1/7"))
    layers = random_layers(sizes, bias, 1)
    shape, exact = shape_of(about, layers), flat(layers, bias)
    model = model_of(about)
    gradient, hessian = half_derivatives(model, weights_of([int(v.p) / int(v.q) for v in exact], sizes, bias))
    values = evaluate(about, shape, [arb(v) for v in exact])
    residual, weights, _ = residuals(about, values)
    expected = np.array([float(g.mid()) for g in half_gradient(values, residual)])
    np.testing.assert_allclose(gradient, expected, atol=1e-12)
    np.testing.assert_allclose(hessian, floats(half_hessian(values, residual, weights)), atol=1e-12)
    assert shape.parameters == len(gradient)
    assert fmpq(0) not in exact
