"""The bending network: its loss is that of the exact weights that are returned, and below that of the fits."""

from __future__ import annotations

import numpy as np
import pytest

from certify.search.floats import Array
from certify.search.kinks import bending_network
from proofs.piecewise import NAMED
from tests.straight import forward


def silent(line: str) -> None:
    del line


def data(seed: int, outputs: int = 1) -> tuple[Array, Array, Array]:
    """Inputs, targets that bend, and the values of the affine fits."""
    rng = np.random.default_rng(seed)
    inputs = rng.normal(size=(60, 3)) * np.array([1.0, 100.0, 0.01]) + np.array([0.0, 500.0, 0.0])
    scaled = (inputs - inputs.mean(axis=0)) / inputs.std(axis=0)
    targets = np.abs(scaled @ rng.normal(size=(3, outputs))) + scaled @ rng.normal(size=(3, outputs)) + 3
    columns = np.concatenate([scaled, np.ones((60, 1))], axis=1)
    return inputs, targets, columns @ np.linalg.lstsq(columns, targets, rcond=None)[0]


@pytest.mark.parametrize("name", NAMED)
@pytest.mark.parametrize(("bias", "outputs"), [(False, 1), (True, 1), (True, 2)])
def test_it_is_better_than_the_fits(name: str, bias: bool, outputs: int) -> None:
    inputs, targets, fits = data(outputs, outputs)
    better = bending_network(name, NAMED[name][1], inputs, targets, fits, bias, range(1, 6), 0, silent)
    assert better is not None
    layers = [(np.array(w, dtype=float), np.array(b, dtype=float)) for w, b in better.layers]
    assert len(layers) == 2
    assert layers[1][0].shape == (outputs, len(layers[0][1]))
    assert bias or not layers[1][1].any()
    loss = float(np.sum((forward(name, layers, inputs)[0] - targets) ** 2))
    assert abs(loss - better.loss) <= 1e-6 * better.loss
    assert better.loss < float(np.sum((fits - targets) ** 2))


def test_the_first_width_that_gains_a_thousandth_is_taken() -> None:
    inputs, targets, fits = data(1)
    arguments = ("prelu", NAMED["prelu"][1], inputs, targets, fits, True)
    one = bending_network(*arguments, [1], 0, silent)
    several = bending_network(*arguments, [1, 2, 3], 0, silent)
    before = float(np.sum((fits - targets) ** 2))
    assert several is not None
    widths = len(several.layers[0][1])
    assert widths == (1 if one is not None and one.loss < 0.999 * before else 2)


def test_nothing_is_better_than_an_exact_fit() -> None:
    inputs, _, fits = data(2)
    assert bending_network("relu", NAMED["relu"][1], inputs, fits, fits, True, [1, 2], 0, silent) is None


def test_no_width_is_allowed() -> None:
    inputs, targets, fits = data(3)
    assert bending_network("relu", NAMED["relu"][1], inputs, targets, fits, True, [], 0, silent) is None


def test_constant_fits() -> None:
    inputs, targets, _ = data(4)
    fits = np.full_like(targets, float(targets.mean()))
    better = bending_network("relu", NAMED["relu"][1], inputs, targets, fits, True, [1], 0, silent)
    assert better is not None
    assert better.loss < float(np.sum((fits - targets) ** 2))
