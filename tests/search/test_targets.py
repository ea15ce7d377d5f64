"""Targets for a chain: half the derivative of each loss is the wanted residual, up to a positive factor."""

from __future__ import annotations

import numpy as np
import pytest

from certify.search.floats import LOSS_VALUES
from certify.search.targets import LARGEST_OUTPUT, output_scale, targets_for


@pytest.mark.parametrize("amplitude", [1.0, 0.01])
@pytest.mark.parametrize("loss", LOSS_VALUES)
def test_the_residual_is_a_multiple(loss: str, amplitude: float) -> None:
    generator = np.random.default_rng(0)
    outputs, residual = generator.normal(size=50), generator.uniform(-1, 1, size=50)
    residual[3] = 0
    targets = targets_for(loss, outputs, residual, amplitude)
    found = LOSS_VALUES[loss][1](outputs, targets)
    factor = float(found @ residual / (residual @ residual))
    assert 0 < factor <= amplitude
    np.testing.assert_allclose(found, factor * residual, atol=1e-12)
    if loss in ("logistic", "poisson"):
        assert targets.min() > 0
    if loss == "logistic":
        assert targets.max() < 1


def test_only_exponentials_need_small_outputs() -> None:
    large = np.array([-10.0, 4.0])
    assert output_scale("squared", large) == output_scale("pseudo-huber", large) == 1
    assert output_scale("poisson", large) * 10 == LARGEST_OUTPUT
    assert output_scale("logistic", large / 100) == 1
    assert output_scale("logistic", np.zeros(2)) == 1
