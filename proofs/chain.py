"""The chain of a fitted point: the network with every width 1, enclosed over all samples, with its derivatives.

    z_1 = w.x + b_1,    z_h = s_h sigma(z_{h-1}) + b_h,    T = V sigma(z_H) (+ beta with an output bias)

Its parameters, in this order everywhere: w, b_1, s_2, b_2, .., s_H, b_H, V (, beta). A box of them is given in a frame
B: the points c + B q with |q_j| <= rho_j; its directions are the columns of B. The formulas are derived in
docs/mathematics.md, section 12.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flint import arb, arb_mat

from proofs.activations import Activation, Flat
from proofs.balls import Sign, sign
from proofs.instance import Instance


@dataclass(frozen=True, slots=True, eq=False)
class ChainLayer:
    """One hidden layer of the chain; every list has one ball for each of the N samples.

    Attributes:
        scale: s_h (1 in the first layer, where nothing is scaled).
        sums: the pre-activations z_h.
        states: sigma(z_h).
        slopes: sigma'(z_h).
        bends: sigma''(z_h); nan where it does not exist.
        reach: dT / d sigma(z_h), the factor with which a change of this layer's state arrives at the output.
    """

    scale: arb
    sums: list[arb]
    states: list[arb]
    slopes: list[arb]
    bends: list[arb]
    reach: list[arb]


@dataclass(frozen=True, slots=True, eq=False)
class ChainValues:
    """The chain over all samples: its layers, V, and its outputs T (N balls)."""

    layers: tuple[ChainLayer, ...]
    weight: arb
    outputs: list[arb]


@dataclass(frozen=True, slots=True, eq=False)
class Directions:
    """Derivatives along the k columns of a frame: of z_h in each layer and of T (N x k each), of s_h and V (k)."""

    sums: tuple[arb_mat, ...]
    outputs: arb_mat
    scales: tuple[list[arb], ...]
    weight: list[arb]


def homogeneous_inputs(instance: Instance, basis: Sequence[int]) -> arb_mat:
    """N x (number of basis features + 1): the rows (x_n, 1)."""
    inputs = instance.inputs
    return arb_mat([[*(arb(inputs.entry(n, j)) for j in basis), arb(1)] for n in range(inputs.rows)])


def evaluate(
    activation: Activation, inputs: arb_mat, depth: int, centre: Sequence[arb], frame: arb_mat, box: Sequence[arb]
) -> ChainValues:
    """Enclose the chain for all parameters `centre` + `frame` q, q in `box`, over the rows (x_n, 1) of `inputs`."""
    features = inputs.ncols()
    offsets = arb_mat(len(box), 1, list(box))
    first = arb_mat(features, 1, list(centre[:features]))
    moved = (inputs * arb_mat(frame.tolist()[:features])) * offsets
    sums = [a + b for a, b in zip((inputs * first).entries(), moved.entries(), strict=True)]
    parameters = [c + d for c, d in zip(centre, (frame * offsets).entries(), strict=True)]
    scale = arb(1)
    ascent = []
    for h in range(depth):
        jets = [activation.jet(z) for z in sums]
        states, slopes, bends = ([jet[k] for jet in jets] for k in range(3))
        ascent.append((scale, sums, states, slopes, bends))
        if h + 1 < depth:
            scale, bias = parameters[features + 2 * h : features + 2 * h + 2]
            sums = [scale * t + bias for t in states]
    weight, *offset = parameters[features + 2 * (depth - 1) :]
    layers: list[ChainLayer] = []
    reach = [weight] * len(sums)
    for scale, sums, states, slopes, bends in reversed(ascent):
        layers.append(ChainLayer(scale, sums, states, slopes, bends, reach))
        reach = [t * slope * scale for t, slope in zip(reach, slopes, strict=True)]
    outputs = [sum(offset, weight * state) for state in layers[0].states]
    return ChainValues(tuple(reversed(layers)), weight, outputs)


def directions(values: ChainValues, inputs: arb_mat, frame: arb_mat) -> Directions:
    """Differentiate along the columns of the frame."""
    features, rows = inputs.ncols(), frame.tolist()
    sums = [inputs * arb_mat(rows[:features])]
    depth = len(values.layers)
    for h, layer in enumerate(values.layers[:-1]):
        scale, bias = rows[features + 2 * h : features + 2 * h + 2]
        sums.append(_next_sums(layer, values.layers[h + 1].scale, sums[-1], scale, bias))
    top = features + 2 * (depth - 1)
    weight, offset = rows[top], rows[top + 1] if len(rows) > top + 1 else [arb(0)] * frame.ncols()
    outputs = _next_sums(values.layers[-1], values.weight, sums[-1], weight, offset)
    return Directions(tuple(sums), outputs, tuple(rows[features:top:2]), weight)


def _next_sums(layer: ChainLayer, factor: arb, below: arb_mat, scale: list[arb], bias: list[arb]) -> arb_mat:
    """The derivative of factor * sigma(z) + bias, where `below` is that of z."""
    return arb_mat(
        [
            [factor * slope * z + state * s + b for z, s, b in zip(row, scale, bias, strict=True)]
            for slope, state, row in zip(layer.slopes, layer.states, below.tolist(), strict=True)
        ]
    )


def curvatures(values: ChainValues, residual: Sequence[arb]) -> list[list[arb]]:
    """For each layer the coefficients D_n t_h(n) sigma''(z_h(n)) of the form V Q_h."""
    return [
        [d * t * bend for d, t, bend in zip(residual, layer.reach, layer.bends, strict=True)] for layer in values.layers
    ]


def half_hessian(values: ChainValues, along: Directions, residual: Sequence[arb], weights: Sequence[arb]) -> arb_mat:
    """Half the Hessian of the loss along the directions (k x k), D and `weights` being half the first and second
    derivatives of l in T at each sample."""
    total = weighted_gram(along.outputs, weights)
    for sums, coefficients in zip(along.sums, curvatures(values, residual), strict=True):
        total += weighted_gram(sums, coefficients)
    # s_h multiplies sigma(z_{h-1}), and V multiplies sigma(z_H): each has mixed derivatives with all that lies below.
    forces = [[t * slope for t, slope in zip(a.reach, a.slopes, strict=True)] for a in values.layers[1:]]
    forces.append([arb(1)] * len(residual))
    multipliers = [*along.scales, along.weight]
    for layer, sums, force, multiplier in zip(values.layers, along.sums, forces, multipliers, strict=True):
        factors = [d * f * slope for d, f, slope in zip(residual, force, layer.slopes, strict=True)]
        mixed = arb_mat([multiplier]).transpose() * (arb_mat([factors]) * sums)
        total += mixed + mixed.transpose()
    return total


def spaces(values: ChainValues, inputs: arb_mat) -> list[arb_mat]:
    """For each layer the matrix whose columns span U_h: (x, 1), and [s sigma' U_{h-1}, sigma(z_{h-1}), 1] above.

    The last two columns (in the first layer: all of them) span L_h.
    """
    found = [inputs]
    for layer, above in zip(values.layers, values.layers[1:], strict=False):
        found.append(
            arb_mat(
                [
                    [*(above.scale * slope * z for z in row), state, arb(1)]
                    for slope, state, row in zip(layer.slopes, layer.states, found[-1].tolist(), strict=True)
                ]
            )
        )
    return found


def transversal_spaces(values: ChainValues, inputs: arb_mat, first: Sequence[arb], flat: Flat) -> list[arb_mat] | None:
    """For each layer columns that span U_h together with its flat direction: with 1 for Flat.SHIFT, z_h for Flat.SCALE.

    In layer 1 they are (x, 1) without a column that certainly occurs in the flat direction; `first` encloses the
    parameters w, b_1. Above, they are s sigma' times those of layer h - 1, and sigma(z_{h-1}) or 1: sigma' times the
    flat direction of layer h - 1 is a multiple of sigma(z_{h-1}). None if no input certainly occurs in z_1.
    """
    occurring = [j for j, c in enumerate(first) if flat is Flat.SHIFT or sign(c) is not Sign.UNKNOWN]
    if not occurring:
        return None
    found = [arb_mat([[z for j, z in enumerate(row) if j != occurring[-1]] for row in inputs.tolist()])]
    for layer, above in zip(values.layers, values.layers[1:], strict=False):
        found.append(
            arb_mat(
                [
                    [*(above.scale * slope * z for z in row), state if flat is Flat.SHIFT else arb(1)]
                    for slope, state, row in zip(layer.slopes, layer.states, found[-1].tolist(), strict=True)
                ]
            )
        )
    return found


def weighted_gram(rows: arb_mat, coefficients: Sequence[arb]) -> arb_mat:
    """sum_n a_n z_n z_n^T for the rows z_n."""
    weighted = arb_mat([[a * z for z in row] for a, row in zip(coefficients, rows.tolist(), strict=True)])
    return rows.transpose() * weighted
