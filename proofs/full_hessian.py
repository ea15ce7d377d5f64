"""The Hessian of the loss of a fully connected network over a box of parameters, and the tangents of its outputs.

The row of parameters of a unit acts only through what the unit adds up: the row times the states a that enter it, the
last of which is 1 for the bias. So the z that the units add up are differentiated in each other first, for each sample
by small matrices, and the derivatives are multiplied by states afterwards. For the rows of a unit u of layer h and a
unit v of layer k >= h, half the Hessian is

    sum_n S_uv a_h a_k^T + sum_n g_v a_h (d a_k / d z_u)^T

where S and g hold half the derivatives of the loss in the z (docs/mathematics.md, section 25). Each sum is, for all
units of two layers at once, one product of two matrices that have a row for each sample. Layers count from 0 here.

One hidden layer with more pairs of units than parameters would have needlessly many S: there the Gauss-Newton matrix is
the product of the tangents of the outputs, and of S only what the bends of the units give is left, which is diagonal.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import combinations_with_replacement, pairwise, product

from flint import arb, arb_mat

from proofs.full_network import Curvature, HiddenLayer, NetworkValues, Rows, Shape, forces

BATCH = 2**20
"""The samples are taken in batches with at most so many pairs of units or of states, to bound the memory."""
PerSample = list[arb_mat]
Between = dict[tuple[int, int], PerSample]
"""A matrix for each sample, by two layers."""


def half_hessian(values: NetworkValues, residual: Rows, curvature: Curvature) -> arb_mat:
    """Half the Hessian of the loss in the parameters, with the decay, D (N x m) and `curvature` being half the first
    and second derivatives of the loss in the outputs."""
    size = values.shape.parameters
    total = arb_mat(size, size)
    for i, rate in enumerate(values.rates):
        total[i, i] = rate
    samples = max(1, BATCH // (max(values.shape.sizes) + 1) ** 2)
    for start in range(0, len(residual), samples):
        batch = slice(start, start + samples)
        of_batch = {pair: coefficients[batch] for pair, coefficients in curvature.items()}
        total += _without_decay(_at(values, batch), residual[batch], of_batch)
    return total


def output_tangents(values: NetworkValues) -> list[Rows]:
    """For each output its derivative in all parameters: N rows with a column for each parameter."""
    reaches, top, outputs = _reaches(values), len(values.layers), range(values.shape.sizes[-1])
    found: list[Rows] = [[[] for _ in values.outputs] for _ in outputs]
    for h, entering in enumerate(_entering(values)):
        for n, states in enumerate(entering):
            slopes = reaches[h, top][n].tolist() if h < top else [[arb(int(o == p)) for p in outputs] for o in outputs]
            for rows, units in zip(found, slopes, strict=True):
                rows[n] += [slope * state for slope, state in product(units, states)]
    return found


def _at(values: NetworkValues, samples: slice) -> NetworkValues:
    """The same network over some of the samples."""
    layers = [HiddenLayer(a.states[samples], a.slopes[samples], a.bends[samples]) for a in values.layers]
    inputs = arb_mat(values.inputs.tolist()[samples])
    return replace(values, inputs=inputs, layers=layers, outputs=values.outputs[samples])


def _without_decay(values: NetworkValues, residual: Rows, curvature: Curvature) -> arb_mat:
    hidden = values.shape.sizes[1:-1]
    if len(hidden) == 1 and hidden[0] * (hidden[0] + 1) // 2 > values.shape.parameters:
        return _gauss_newton(values, curvature) + _bent(values, residual)
    return _by_layers(values, residual, curvature)


def _gauss_newton(values: NetworkValues, curvature: Curvature) -> arb_mat:
    """sum_n J^T C J, where J are the tangents of the outputs and C is `curvature`."""
    tangents = output_tangents(values)
    total = arb_mat(values.shape.parameters, values.shape.parameters)
    for (o, p), coefficients in curvature.items():
        weighted = [[c * slope for slope in row] for c, row in zip(coefficients, tangents[o], strict=True)]
        part = arb_mat(weighted).transpose() * arb_mat(tangents[p])
        total += part if o == p else part + part.transpose()
    return total


def _bent(values: NetworkValues, residual: Rows) -> arb_mat:
    """What half the Hessian of one hidden layer has beside the Gauss-Newton matrix: sum_n D_n times the second
    derivatives of the outputs, within the rows of a unit and between them and its outgoing weights."""
    lower, upper = _units(values.shape)
    entering, layer = _entering(values)[0], values.layers[0]
    in_states, in_sums = forces(values, residual)
    weights = [_times(pulls, bends) for pulls, bends in zip(in_states[0], layer.bends, strict=True)]
    total = [[arb(0)] * values.shape.parameters for _ in values.parameters]
    _add_within(total, [(unit, unit) for unit in lower], weights, entering)
    _add_mixed(total, lower, upper, in_sums[1], entering, *_moves(values, {}, 0, 0))
    return _mirrored(total)


def _by_layers(values: NetworkValues, residual: Rows, curvature: Curvature) -> arb_mat:
    units, entering, reaches = _units(values.shape), _entering(values), _reaches(values)
    in_states, in_sums = forces(values, residual)
    seconds = _seconds(values, in_states, curvature, reaches)
    total = [[arb(0)] * values.shape.parameters for _ in values.parameters]
    for h, lower in enumerate(units):
        weights = [[s for u, row in enumerate(matrix.tolist()) for s in row[u:]] for matrix in seconds[h, h]]
        _add_within(total, list(combinations_with_replacement(lower, 2)), weights, entering[h])
        for k, upper in enumerate(units[h + 1 :], h + 1):
            _add_between(total, lower, upper, seconds[h, k], entering[h], entering[k])
            _add_mixed(total, lower, upper, in_sums[k], entering[h], *_moves(values, reaches, h, k - 1))
    return _mirrored(total)


def _mirrored(total: Rows) -> arb_mat:
    """The symmetric matrix of which only blocks of layers h <= k and units u <= v were added."""
    for i, row in enumerate(total):
        row[:i] = [total[j][i] for j in range(i)]
    return arb_mat(total)


def _units(shape: Shape) -> list[list[slice]]:
    """For each layer the places of the parameters of each of its units."""
    found = []
    for (start, end), units in zip(pairwise(shape.starts), shape.sizes[1:], strict=True):
        each = (end - start) // units
        found.append([slice(first, first + each) for first in range(start, end, each)])
    return found


def _entering(values: NetworkValues) -> list[Rows]:
    """For each layer what its parameters are multiplied by: the states below it, and 1 where it has biases."""
    found = [values.below(h).tolist() for h in range(len(values.rows))]
    return found if values.shape.output_bias else [*found[:-1], [row[:-1] for row in found[-1]]]


def _reaches(values: NetworkValues) -> Between:
    """For two layers h < k the derivatives of what layer k adds up in what layer h adds up."""
    reaches: Between = {}
    for k, (layer, rows) in enumerate(zip(values.layers, values.rows[1:], strict=True), 1):
        weights = [row[:-1] for row in rows]
        step = [arb_mat([_times(row, slopes) for row in weights]) for slopes in layer.slopes]
        reaches[k - 1, k] = step
        for h in range(k - 1):
            reaches[h, k] = _products(step, reaches[h, k - 1])
    return reaches


def _times(first: Sequence[arb], second: Sequence[arb]) -> list[arb]:
    return [a * b for a, b in zip(first, second, strict=True)]


def _products(first: PerSample, second: PerSample) -> PerSample:
    return [a * b for a, b in zip(first, second, strict=True)]


def _seconds(values: NetworkValues, in_states: list[Rows], curvature: Curvature, reaches: Between) -> Between:
    """S for two layers h <= k: half the second derivatives of the loss in what they add up.

    Each layer t from k on contributes R_h^T C R_k, where R are the derivatives of what t adds up, and C is `curvature`
    if t is the output layer, else diagonal.
    """
    top = len(values.layers)
    of_loss = [_symmetric(curvature, len(row), n) for n, row in enumerate(values.outputs)]
    bends = [
        [_times(e, bends) for e, bends in zip(pulls, layer.bends, strict=True)]
        for pulls, layer in zip(in_states, values.layers, strict=True)
    ]
    curved = {
        (h, t): _scaled(bends[t], reach) if t < top else _products(of_loss, reach) for (h, t), reach in reaches.items()
    }
    curved[top, top] = of_loss  # all C R but those of a hidden layer with itself
    seconds: Between = {}
    for h, k in combinations_with_replacement(range(top + 1), 2):
        parts = [_turned(curved[h, k])] if (h, k) in curved else []
        parts += [_products(_turned(reaches[h, t]), curved[k, t]) for t in range(k + 1, top + 1)]
        seconds[h, k] = [sum(rest, first) for first, *rest in zip(*parts, strict=True)]
    for h, rows in enumerate(bends):
        for matrix, row in zip(seconds[h, h], rows, strict=True):
            for u, entry in enumerate(row):
                matrix[u, u] += entry
    return seconds


def _turned(matrices: PerSample) -> PerSample:
    return [matrix.transpose() for matrix in matrices]


def _scaled(factors: Rows, matrices: PerSample) -> PerSample:
    """Each row times one factor."""
    return [
        arb_mat([[f * entry for entry in entries] for f, entries in zip(row, matrix.tolist(), strict=True)])
        for row, matrix in zip(factors, matrices, strict=True)
    ]


def _symmetric(curvature: Curvature, size: int, sample: int) -> arb_mat:
    matrix = arb_mat(size, size)
    for (o, p), coefficients in curvature.items():
        matrix[o, p] = matrix[p, o] = coefficients[sample]
    return matrix


def _moves(values: NetworkValues, reaches: Between, h: int, k: int) -> tuple[list[tuple[int, int]], Rows]:
    """How the states of layer k >= h move with what layer h adds up: the pairs of units (of k, of h) for which they do,
    and N rows of the derivatives."""
    slopes = values.layers[k].slopes
    if h == k:
        return [(u, u) for u in range(len(slopes[0]))], slopes
    moves = [
        [slope * change for slope, row in zip(of_states, reach.tolist(), strict=True) for change in row]
        for of_states, reach in zip(slopes, reaches[h, k], strict=True)
    ]
    return list(product(range(values.shape.sizes[k + 1]), range(values.shape.sizes[h + 1]))), moves


def _summed(first: Rows, second: Rows) -> Rows:
    """sum_n of each entry of the n-th row of one times each entry of that of the other."""
    return (arb_mat(first).transpose() * arb_mat(second)).tolist()


def _add_within(total: Rows, pairs: Sequence[tuple[slice, slice]], weights: Rows, entering: Rows) -> None:
    """Add sum_n S_uv a a^T for these pairs of units u <= v of a layer, `weights` being N rows of their S_uv; of the
    symmetric matrices a a^T one half is enough."""
    size = len(entering[0])
    squares = [[a * b for a, b in combinations_with_replacement(row, 2)] for row in entering]
    place = {pair: i for i, pair in enumerate(combinations_with_replacement(range(size), 2))}
    places = [[place[min(i, j), max(i, j)] for j in range(size)] for i in range(size)]
    for (u, v), sums in zip(pairs, _summed(weights, squares), strict=True):
        for row, chosen in zip(total[u], places, strict=True):
            row[v] = [sums[i] for i in chosen]


def _add_between(
    total: Rows, lower: Sequence[slice], upper: Sequence[slice], seconds: PerSample, below: Rows, above: Rows
) -> None:
    """Add sum_n S_uv a b^T for the units u of a layer, which a enters, and v of a higher one, which b enters."""
    size = len(above[0])
    weights = [matrix.entries() for matrix in seconds]
    states = [[a * b for a, b in product(*rows)] for rows in zip(below, above, strict=True)]
    columns = zip(*_summed(states, weights), strict=True)  # the product is faster with the longer factor first
    for (u, v), sums in zip(product(lower, upper), columns, strict=True):
        for i, row in enumerate(total[u]):
            row[v] = sums[i * size : (i + 1) * size]


def _add_mixed(
    total: Rows,
    lower: Sequence[slice],
    upper: Sequence[slice],
    pulls: Rows,
    entering: Rows,
    moving: Sequence[tuple[int, int]],
    moves: Rows,
) -> None:
    """Add sum_n g_v a (d b_i / d z_u)^T for the units u of a layer, which a enters, and v of a higher one, which b
    enters: `pulls` are the g, and `moves` the derivatives for the pairs (i, u) of `moving`."""
    products = [[g * a for g, a in product(*rows)] for rows in zip(pulls, entering, strict=True)]
    places = product(upper, range(len(entering[0])))
    for (v, j), sums in zip(places, _summed(products, moves), strict=True):
        for (i, u), entry in zip(moving, sums, strict=True):
            total[lower[u].start + j][v.start + i] += entry
