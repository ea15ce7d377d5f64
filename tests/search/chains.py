"""Inputs and chains for tests."""

from __future__ import annotations

import numpy as np

from certify.search.chain import Chain
from certify.search.floats import VALUE_AND_SLOPE, Array


def cloud(samples: int, features: int) -> Array:
    return np.random.default_rng(5).normal(size=(samples, features))


def sums(chain: Chain, inputs: Array, activation: str) -> list[Array]:
    """z_1, ..., z_H by the definition."""
    result = [inputs @ chain.direction + chain.biases[0]]
    for scale, bias in zip(chain.scales, chain.biases[1:], strict=True):
        result.append(scale * VALUE_AND_SLOPE[activation][0](result[-1]) + bias)
    return result
