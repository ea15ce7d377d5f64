"""A network all of whose hidden layers have one neuron, in float64, and what its residual has to satisfy.

    z_1 = w.x + b_1,   z_h = s_h sigma(z_{h-1}) + b_h,   T = V sigma(z_H)

L_1 = span(x, 1), and L_h = span(sigma(z_{h-1}), 1) above. The conditions depend on the inputs only through z_1 and the
space L_1; so any basis of L_1 serves, and badly scaled inputs do no harm.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from certify.search.floats import CURVATURE, VALUE_AND_SLOPE, Array
from certify.search.margin import Forms
from proofs.activations import Flat
from proofs.formulas import read_activation

_INDEPENDENT = 1e-6
_KEPT = 0.5


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

    def outputs(self, inputs: Array, activation: str) -> Array:
        """T, of length N, for inputs N x d_0."""
        value = VALUE_AND_SLOPE[activation][0]
        state = value(inputs @ self.direction + self.biases[0])
        for scale, bias in zip(self.scales, self.biases[1:], strict=True):
            state = value(scale * state + bias)
        return np.asarray(self.weight * state, np.float64)


@dataclass(frozen=True, slots=True, eq=False)
class Derivatives:
    """The derivatives of a chain on N samples.

    Attributes:
        sums: z_h for each layer, each of length N.
        spaces: for each layer a basis of L_h, N x (d_0 + 1) in the first and N x 2 above.
        tangents: for each layer the derivatives of z_h in all parameters of the layers up to h, N x (d_0 + 2h - 1);
            they span U_h. An activation with a flat direction has this direction left out of U_h and L_h.
        curvatures: for each layer sigma''(z_h) times the derivative of T in sigma(z_h), length N.
        gradient: the derivatives of T in all parameters (independent ones), an output bias included if there is one.
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
    flat = read_activation(activation, "activation").flat
    if flat is not None:
        affine = _transversal(affine, first if flat is Flat.SCALE else ones)
    sums, spaces, tangents = [first], [affine], [affine]
    for scale, bias in zip(chain.scales, chain.biases[1:], strict=True):
        below = value(sums[-1])
        spaces.append(np.column_stack({None: [below, ones], Flat.SHIFT: [below], Flat.SCALE: [ones]}[flat]))
        tangents.append(np.column_stack([spaces[-1], (scale * slope(sums[-1]))[:, None] * tangents[-1]]))
        sums.append(scale * below + bias)

    in_value = chain.weight * ones
    curvatures = []
    for z, scale in zip(sums[::-1], (*chain.scales[::-1], 0.0), strict=True):
        curvatures.append(in_value * curvature(z))
        in_value = in_value * slope(z) * scale
    last = [value(sums[-1]), ones] if output_bias else [value(sums[-1])]  # the first is sigma' times a flat direction
    gradient = np.column_stack([*last, (chain.weight * slope(sums[-1]))[:, None] * tangents[-1]])
    return Derivatives(tuple(sums), tuple(spaces), tuple(tangents), tuple(curvatures[::-1]), gradient)


def _transversal(columns: Array, flat: Array) -> Array:
    """An orthonormal basis of the part of the columns' span that is orthogonal to one of its members."""
    projected = columns - np.outer(flat, flat @ columns / (flat @ flat))
    return np.asarray(np.linalg.svd(projected, full_matrices=False)[0][:, :-1], np.float64)


def forms_of(found: Derivatives, any_lift: bool) -> Forms | None:
    """The forms that are to be definite, on U_h for any lift and on L_h for the uniform ones, in orthonormal bases.

    Each is divided by its largest coefficient. None if the derivatives overflow, if those that should be independent
    are not, or if a form is zero.
    """
    spaces = [_orthonormal(space) for space in (found.tangents if any_lift else found.spaces)]
    conditions = _orthonormal(found.gradient)
    largest = [float(np.abs(k).max()) for k in found.curvatures]
    bases = tuple(basis for basis in spaces if basis is not None)
    if conditions is None or len(bases) < len(spaces) or not all(0 < k < np.inf for k in largest):
        return None
    return Forms(bases, tuple(k / m for k, m in zip(found.curvatures, largest, strict=True)), conditions)


def safe_amplitude(found: Derivatives, residual: Array) -> float:
    """The largest power of two a <= 1 with J^T J + a K >= 1/2 J^T J: the Hessian at the residual a D is positive.

    K is the second derivative of <D, T>. It has no terms but the forms, since those that mix a scale s_h with the
    parameters below it are conditions on D.
    """
    curvature = np.zeros((found.gradient.shape[1],) * 2)
    for tangents, k in zip(found.tangents, found.curvatures, strict=True):
        own = slice(-tangents.shape[1], None)
        curvature[own, own] += (k * residual * tangents.T) @ tangents
    lengths = np.linalg.norm(found.gradient, axis=0)
    inverse = np.linalg.inv(np.linalg.qr(found.gradient / lengths).R) / lengths[:, None]
    least = float(np.linalg.eigvalsh(inverse.T @ curvature @ inverse)[0])
    return 2.0 ** math.floor(math.log2(_KEPT / max(_KEPT, -least)))


def _orthonormal(columns: Array) -> Array | None:
    """An orthonormal basis of the span of finite columns, independent as floats go and fewer than the samples."""
    scaled = columns / np.linalg.norm(columns, axis=0)
    if len(columns) <= columns.shape[1] or not np.isfinite(scaled).all():
        return None
    orthonormal, triangle = np.linalg.qr(scaled)
    return orthonormal if np.abs(np.diag(triangle)).min() > _INDEPENDENT else None
