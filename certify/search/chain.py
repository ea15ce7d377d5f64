"""A network all of whose hidden layers have one neuron, in float64, and what its residual has to satisfy.

    z_1 = w.x + b_1,   z_h = s_h sigma(z_{h-1}) + b_h,   T = V sigma(z_H)

L_1 = span(x, 1), and L_h = span(sigma(z_{h-1}), 1) above. The conditions depend on the inputs only through z_1 and the
space L_1; so any basis of L_1 serves, and badly scaled inputs do no harm.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from certify.search.floats import CURVATURE, VALUE_AND_SLOPE, Array


@dataclass(frozen=True, slots=True, eq=False)
class Chain:
    """The numbers of the network.

    Attributes:
        weight: V > 0.
        scales: s_2, ..., s_H, none of them zero.
        biases: b_1, ..., b_H.
        direction: w, as long as an input.
    """

    weight: float
    scales: tuple[float, ...]
    biases: tuple[float, ...]
    direction: Array


@dataclass(frozen=True, slots=True, eq=False)
class Derivatives:
    """The derivatives of a chain on N samples.

    Attributes:
        sums: z_h for each layer, each of length N.
        spaces: for each layer a basis of L_h, N x (d_0 + 1) in the first and N x 2 above.
        tangents: for each layer the derivatives of z_h in all parameters of the layers up to h, N x (d_0 + 2h - 1);
            they span U_h.
        curvatures: for each layer sigma''(z_h) times the derivative of T in sigma(z_h), length N.
        gradient: the derivatives of T in all parameters, N x (d_0 + 2H), an output bias included if there is one.
    """

    sums: tuple[Array, ...]
    spaces: tuple[Array, ...]
    tangents: tuple[Array, ...]
    curvatures: tuple[Array, ...]
    gradient: Array


def derivatives(chain: Chain, first: Array, affine: Array, activation: str, output_bias: bool) -> Derivatives:
    """The derivatives where z_1 is ``first``, in any coordinates w, b_1 that make ``affine``, a basis of L_1, those
    of z_1."""
    value, slope = VALUE_AND_SLOPE[activation]
    curvature = CURVATURE[activation]
    ones = np.ones(len(first))
    sums, spaces, tangents = [first], [affine], [affine]
    for scale, bias in zip(chain.scales, chain.biases[1:], strict=True):
        below = value(sums[-1])
        spaces.append(np.column_stack([below, ones]))
        tangents.append(np.column_stack([spaces[-1], (scale * slope(sums[-1]))[:, None] * tangents[-1]]))
        sums.append(scale * below + bias)

    in_value = chain.weight * ones
    curvatures = []
    for z, scale in zip(sums[::-1], (*chain.scales[::-1], 0.0), strict=True):
        curvatures.append(in_value * curvature(z))
        in_value = in_value * slope(z) * scale
    last = [value(sums[-1]), ones] if output_bias else [value(sums[-1])]
    gradient = np.column_stack([*last, (chain.weight * slope(sums[-1]))[:, None] * tangents[-1]])
    return Derivatives(tuple(sums), tuple(spaces), tuple(tangents), tuple(curvatures[::-1]), gradient)
