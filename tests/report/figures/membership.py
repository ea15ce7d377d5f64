"""The regions of the lemmas, written down again from their statements, for one network with rational weights."""

from __future__ import annotations

from collections.abc import Sequence

from flint import arb, fmpq

from certify.search.newton import critical_chain
from proofs.balls import precision
from proofs.exact import parse_level
from proofs.exact_network import common_piece, exact_sums
from proofs.kernel import propositions
from proofs.layers import Layer, outputs_at_samples
from proofs.lemmas.affine_minimum import AffineMinimum
from proofs.lemmas.fitted_point import FittedPoint
from tests.proofs.fitted import rational
from tests.report.figures.cases import Drawn

BITS = 300


def inside(case: Drawn, lemma: str, layers: Sequence[Layer]) -> bool:
    """Whether the network certainly lies in the region of this lemma."""
    with precision(BITS):
        return {
            "interval-region/1": _box,
            "jensen-region/1": _jensen,
            "fitted-region/1": _fitted,
            "affine-minimum/1": _straight,
        }[lemma](case, layers)


def loss_above(case: Drawn, layers: Sequence[Layer]) -> arb:
    """The loss minus E*, for constructions whose E* is rational."""
    with precision(BITS):
        total = -arb(case.outcome.claim.loss)  # type: ignore[union-attr]
        for n, outputs in enumerate(outputs_at_samples(case.instance, layers)):
            for o, value in enumerate(outputs):
                total += (value - arb(case.instance.targets.entry(n, o))) ** 2
        return total


def _close(value: arb, centre: arb, radius: fmpq) -> bool:
    return bool(abs(value - centre) <= arb(radius))


def _box(case: Drawn, layers: Sequence[Layer]) -> bool:
    point, activation = case.of("constant-point/1"), case.instance.architecture.activation
    radius = rational(case.of("interval-region/1")["radius"])
    levels = [parse_level(text, "levels").ball() for text in point["levels"]]
    scales = [rational(s) for s in point["scales"]]
    dependent = point["dependent"]
    basis = [j for j in range(len(case.instance.features)) if j not in {d["feature"] for d in dependent}]
    met = True
    for row, bias in zip(layers[0].weights, layers[0].biases, strict=True):
        shifted = bias
        own = {j: row[j] for j in basis}
        for relation in dependent:
            weight = row[relation["feature"]]
            shifted += weight * rational(relation["constant"])
            for j, coefficient in zip(basis, relation["coefficients"], strict=True):
                own[j] += weight * rational(coefficient)
        met &= all(abs(w) <= radius for w in own.values()) and _close(arb(shifted), levels[0], radius)
    for h, layer in enumerate(layers[1:-1]):
        bias = levels[h + 1] - scales[h] * activation.value(levels[h])
        met &= _shares(layer, scales[h], arb(scales[h]), radius) and all(
            _close(arb(b), bias, radius) for b in layer.biases
        )
    return met and _signs(case, layers[-1])


def _shares(layer: Layer, sign: fmpq, scale: arb, radius: fmpq) -> bool:
    return all(
        all(w * sign >= 0 for w in row) and _close(arb(sum(row, fmpq(0))) / scale, arb(1), radius)
        for row in layer.weights
    )


def _signs(case: Drawn, last: Layer) -> bool:
    """V_o v_{o,i} >= 0; without an output bias V_o = c_o / sigma(a_H)."""
    point = case.of("constant-point/1")
    if case.instance.architecture.output_bias:
        totals = [arb(rational(v)) for v in point["output_weights"]]
    else:
        top = case.instance.architecture.activation.value(parse_level(point["levels"][-1], "levels").ball())
        totals = [arb(rational(c)) / top for c in point["constants"]]
    return all(bool(total * v >= 0) for total, row in zip(totals, last.weights, strict=True) for v in row)


def _jensen(case: Drawn, layers: Sequence[Layer]) -> bool:
    arguments, point = case.of("jensen-region/1"), case.of("constant-point/1")
    samples = {n for gap in arguments["gaps"] for n in (gap["centre"], *gap["vertices"])}
    activation = case.instance.architecture.activation
    met = all(
        w * rational(scale) >= 0
        for layer, scale in zip(layers[1:-1], point["scales"], strict=True)
        for row in layer.weights
        for w in row
    )
    for n in samples:
        states = [arb(v) for v in case.instance.inputs.row(n)]
        for layer, interval in zip(layers[:-1], arguments["intervals"], strict=True):
            sums = [
                sum((w * s for w, s in zip(row, states, strict=True)), arb(bias))
                for row, bias in zip(layer.weights, layer.biases, strict=True)
            ]
            lower, upper = interval["lower"], interval["upper"]
            met &= lower is None or all(bool(z >= arb(rational(lower))) for z in sums)
            met &= upper is None or all(bool(z <= arb(rational(upper))) for z in sums)
            states = [activation.value(z) for z in sums]
    return met and _signs(case, layers[-1])


def _fitted(case: Drawn, layers: Sequence[Layer]) -> bool:
    """Around the critical chain, found by Newton's method in balls to all digits."""
    radius = rational(case.of("fitted-region/1")["radius"])
    (point,) = propositions(case.outcome.facts, FittedPoint)
    found = critical_chain(case.instance, point.basis, [arb(c) for c in point.centre])
    assert found is not None
    chain, size, depth = found[0], len(point.basis), case.instance.architecture.depth
    weights = dict(zip(point.basis, chain[:size], strict=True))
    met = all(
        all(_close(arb(w), weights.get(j, arb(0)), radius) for j, w in enumerate(row))
        and _close(arb(b), chain[size], radius)
        for row, b in zip(layers[0].weights, layers[0].biases, strict=True)
    )
    for h, layer in enumerate(layers[1:-1]):
        scale, bias = chain[size + 1 + 2 * h], chain[size + 2 + 2 * h]
        met &= _shares(layer, fmpq(1 if scale > 0 else -1), scale, radius)
        met &= all(_close(arb(b), bias, radius) for b in layer.biases)
    top, ratios = chain[size + 2 * depth - 1], point.ratios
    return met and all(
        bool(top * sum((e * row[i] for e, row in zip(ratios, layers[-1].weights, strict=True)), fmpq(0)) >= 0)
        for i in range(len(layers[-1].weights[0]))
    )


def _straight(case: Drawn, layers: Sequence[Layer]) -> bool:
    piecewise = case.instance.architecture.activation.piecewise
    assert piecewise is not None
    dead = False
    for sums in exact_sums(case.instance, piecewise, layers)[:-1]:
        pieces = [common_piece(sums, unit, piecewise) for unit in range(sums.columns)]
        if None in pieces:
            return False
        dead = dead or all(piece is not None and piece.slope == 0 for piece in pieces)
    (point,) = propositions(case.outcome.facts, AffineMinimum)
    return dead or not point.constant
