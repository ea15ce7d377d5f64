"""The derivatives of a chain against differences of its output."""

from __future__ import annotations

import numpy as np
import pytest

from certify.search.chain import Chain, Derivatives, derivatives, forms_of, safe_amplitude
from certify.search.floats import CURVATURE, VALUE_AND_SLOPE, Array
from certify.search.margin import widest_margin
from tests.search.chains import cloud, sums

CHAIN = Chain(1.5, (2.0, -0.7), (0.1, 0.4, -0.3), np.array([0.8, -0.5]))


def derivatives_of(chain: Chain, inputs: Array, activation: str, output_bias: bool) -> Derivatives:
    affine = np.column_stack([inputs, np.ones(len(inputs))])
    return derivatives(chain, sums(chain, inputs, activation)[0], affine, activation, output_bias)


def parameters_of(chain: Chain) -> Array:
    """V, s_H, b_H, ..., s_2, b_2, w, b_1."""
    upper = [number for pair in zip(chain.scales[::-1], chain.biases[:0:-1], strict=True) for number in pair]
    return np.array([chain.weight, *upper, *chain.direction, chain.biases[0]])


def output(parameters: Array, inputs: Array, activation: str, depth: int) -> Array:
    numbers = parameters.tolist()
    top, middle = numbers[1 : 2 * depth - 1], numbers[2 * depth - 1 :]
    chain = Chain(numbers[0], tuple(top[0::2][::-1]), (middle[-1], *top[1::2][::-1]), np.array(middle[:-1]))
    return chain.weight * VALUE_AND_SLOPE[activation][0](sums(chain, inputs, activation)[-1])


def differences(parameters: Array, inputs: Array, activation: str, depth: int) -> Array:
    """The derivatives of T, N x parameters."""
    columns = []
    for step in 1e-5 * np.eye(len(parameters)):
        above, below = (output(parameters + d, inputs, activation, depth) for d in (step, -step))
        columns.append((above - below) / 2e-5)
    return np.column_stack(columns)


def test_derivatives() -> None:
    inputs = cloud(9, 2)
    found = derivatives_of(CHAIN, inputs, "tanh", False)
    assert np.allclose(found.gradient, differences(parameters_of(CHAIN), inputs, "tanh", 3), atol=1e-9)
    biased = derivatives_of(CHAIN, inputs, "tanh", True).gradient
    assert np.array_equal(biased, np.insert(found.gradient, 1, 1.0, axis=1))
    z = sums(CHAIN, inputs, "tanh")
    assert np.allclose(found.sums, z)
    assert [space.shape[1] for space in found.tangents] == [3, 5, 7]
    assert [space.shape[1] for space in found.spaces] == [3, 2, 2]
    for space, tangents in zip(found.spaces, found.tangents, strict=True):
        assert np.array_equal(space, tangents[:, : space.shape[1]])
    in_value = CHAIN.weight * VALUE_AND_SLOPE["tanh"][1](z[2]) * CHAIN.scales[1]
    assert np.allclose(found.curvatures[1], in_value * CURVATURE["tanh"](z[1]))


CURVED = Chain(1.0, (2.1, 2.2), (2.3, -0.2, -1.4), np.array([-3.0, 0.9]))
FLAT = Chain(1.0, (1.3, 2.0), (-1.3, -1.7, 0.8), np.array([1.8, 2.8]))


@pytest.mark.parametrize(("chain", "least_halvings"), [(CURVED, 1), (FLAT, 0)])
def test_the_hessian_is_positive_at_the_amplitude(chain: Chain, least_halvings: int) -> None:
    """By differences, in the parameters of the chain."""
    inputs = cloud(40, 2)
    forms = forms_of(derivatives_of(chain, inputs, "silu", False), False)
    assert forms is not None
    best = widest_margin(forms)
    assert best is not None
    best = best[0] / np.abs(best[0]).max(), best[1]
    amplitude = safe_amplitude(derivatives_of(chain, inputs, "silu", False), best[0])
    centre = parameters_of(chain)
    jacobian = differences(centre, inputs, "silu", 3)
    second_differences = []
    for step in 1e-4 * np.eye(len(centre)):
        above, below = (differences(centre + d, inputs, "silu", 3) for d in (step, -step))
        second_differences.append(best[0] @ (above - below) / 2e-4)
    root = np.linalg.inv(np.linalg.cholesky(jacobian.T @ jacobian))
    least = np.linalg.eigvalsh(root @ np.array(second_differences) @ root.T)[0]
    assert amplitude <= 0.5**least_halvings
    assert 1 + amplitude * least > 0.499
    assert amplitude == 1 or 1 + 2 * amplitude * least < 0.501


def test_no_forms_where_derivatives_are_dependent_or_not_finite() -> None:
    inputs = cloud(40, 2)
    assert forms_of(derivatives_of(CHAIN, inputs, "tanh", False), True) is not None
    assert forms_of(derivatives_of(CHAIN, inputs[:7], "tanh", False), True) is None
    single = Chain(1.0, (), (0.3,), np.array([1.0, 0.5]))
    assert forms_of(derivatives_of(single, inputs, "exp", False), True) is not None  # without its flat direction
    with np.errstate(all="ignore"):
        huge = Chain(1.0, (), (1e200,), np.array([1.0, 0.5]))
        assert forms_of(derivatives_of(huge, inputs, "square", False), True) is None
        assert forms_of(derivatives_of(huge, inputs, "elu", False), True) is None  # linear there
