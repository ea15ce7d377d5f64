"""Which networks lie in a proved region: the conditions of the lemma, for many parameter vectors at once.

The conditions are evaluated in float64, and a point counts as inside only when it meets each of them with room to spare
that is some million times the rounding error. So what is drawn is inside; a thin rim is not drawn.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from certify.report.figures.scene import Scene, chain_at
from certify.report.figures.surface import Surface, vector
from certify.search.floats import Array
from certify.search.levenberg import Weights, as_float
from proofs.checking import Outcome
from proofs.exact import parse_rational
from proofs.instance import Instance
from proofs.kernel import propositions
from proofs.lemmas.affine_minimum import AffineMinimum
from proofs.lemmas.constant_point import ConstantPoint
from proofs.lemmas.fitted_region import FittedRegion
from proofs.lemmas.interval_region import IntervalRegion
from proofs.lemmas.jensen_region import JensenRegion
from proofs.piecewise import PiecewiseAffine

_ROOM = 1e-9
_CHAIN = 1e-3

_Bound = tuple[Array, Array]
"""Numbers that must be positive (one row for each point), and how large those were that they come from."""


@dataclass(frozen=True, slots=True)
class Region:
    """A region in which nothing is lower.

    Attributes:
        lemma: which shows it.
        title: for legends.
        inside: for each row of many vectors (G x P) whether it certainly lies in the region.
    """

    lemma: str
    title: str
    inside: Callable[[Array], Array]


def regions_of(instance: Instance, outcome: Outcome, arguments: Mapping[str, object], scene: Scene) -> list[Region]:
    """The regions that the steps establish, the smallest first."""
    found: list[Region] = []
    surface = scene.surface
    constant = propositions(outcome.facts, ConstantPoint)
    for fact in outcome.facts:
        known = fact.conclusion.proposition
        if isinstance(known, IntervalRegion) and constant:
            relations = _relations(constant[0], arguments)
            found.append(_region(fact.lemma.name, "box", surface, _box(instance, constant[0], known, relations)))
        elif isinstance(known, JensenRegion) and constant:
            conditions = _jensen(constant[0], known, surface)
            found.append(_region(fact.lemma.name, "Jensen region", surface, conditions))
        elif isinstance(known, FittedRegion) and _near_centre(scene, known):
            found.append(_region(fact.lemma.name, "box", surface, _fitted(scene, known)))
        elif isinstance(known, AffineMinimum) and (piecewise := instance.architecture.activation.piecewise) is not None:
            conditions = _straight(known, piecewise, surface)
            found.append(_region(fact.lemma.name, "straight units", surface, conditions))
    return found


def _region(lemma: str, title: str, surface: Surface, conditions: Callable[[Array, Weights], list[_Bound]]) -> Region:
    def inside(points: Array) -> Array:
        met = np.ones(len(points), bool)
        with np.errstate(all="ignore"):  # what overflows is nowhere inside: no comparison with nan holds
            for slack, size in conditions(points, surface.layers(points)):
                met &= (slack > _ROOM * (1 + size)).reshape(len(points), -1).all(axis=1)
        return met

    return Region(lemma, title, inside)


def _within(values: Array, centre: Array | float, radius: Array | float) -> _Bound:
    return radius - np.abs(values - centre), np.zeros(1)


def _positive(values: Array) -> _Bound:
    return values, np.abs(values) * 0


def _relations(point: ConstantPoint, arguments: Mapping[str, object]) -> list[tuple[int, Array, float]]:
    """The dependent features: number, coefficients of the basis and constant."""
    steps = [a for a in arguments.values() if isinstance(a, Mapping) and "levels" in a and "dependent" in a]
    listed = steps[0]["dependent"] if steps else []
    return [
        (
            int(item["feature"]),
            np.array([as_float(parse_rational(c, "coefficients")) for c in item["coefficients"]]),
            as_float(parse_rational(item["constant"], "constant")),
        )
        for item in listed
    ]


def _box(
    instance: Instance, point: ConstantPoint, region: IntervalRegion, relations: list[tuple[int, Array, float]]
) -> Callable[[Array, Weights], list[_Bound]]:
    """interval-region/1, in the coordinates of the basis features."""
    radius, basis = as_float(region.radius), list(point.basis)
    value = instance.architecture.activation.value
    levels = [float(level.ball().mid()) for level in point.levels]
    scales = list(map(as_float, point.scales))
    heights = [float(value(level.ball()).mid()) for level in point.levels]

    def conditions(points: Array, layers: Weights) -> list[_Bound]:
        weights, biases = layers[0]
        own, shifted = weights[..., basis], biases
        for feature, coefficients, constant in relations:
            own = own + weights[..., feature, None] * coefficients
            shifted = shifted + weights[..., feature] * constant
        found = [_within(own, 0.0, radius), _within(shifted, levels[0], radius)]
        found += _above(
            layers, scales, [a - s * t for a, s, t in zip(levels[1:], scales, heights, strict=False)], radius
        )
        signs = np.array(point.weight_signs)[:, None]
        return [*found, _positive(layers[-1][0] * signs)]

    return conditions


def _above(layers: Weights, scales: list[float], biases: list[float], radius: Array | float) -> list[_Bound]:
    """Layers 2, .., H: weights of the sign of s_h, row sums within the radius of it, biases within the radius."""
    found = []
    for (weights, own), scale, centre in zip(layers[1:-1], scales, biases, strict=True):
        shares = weights / scale
        found += [_positive(shares), _within(shares.sum(axis=-1), 1.0, radius), _within(own, centre, radius)]
    return found


def _fitted(scene: Scene, region: FittedRegion) -> Callable[[Array, Weights], list[_Bound]]:
    """fitted-region/1, around the critical chain of the instance's own targets.

    Newton's method in float64 knows that chain; the radius is less by a part that is far more than its error.
    """
    radius = as_float(region.radius) * (1 - _CHAIN)
    (weights, first), *above, (top, _) = scene.own
    scales, biases = [float(w[0, 0]) for w, _ in above], [float(b[0]) for _, b in above]
    ratios, sign = np.array(list(map(as_float, region.point.ratios))), np.sign(top[0, 0])

    def conditions(points: Array, layers: Weights) -> list[_Bound]:
        found = [_within(layers[0][0], weights[0], radius), _within(layers[0][1], first[0], radius)]
        found += _above(layers, scales, biases, radius)
        return [*found, _positive(np.einsum("o,gok->gk", ratios, layers[-1][0]) * sign)]

    return conditions


def _near_centre(scene: Scene, region: FittedRegion) -> bool:
    """Whether Newton's method stayed where the critical chain is known to be."""
    centre = vector(chain_at(region.point, scene.surface.sizes[0]))
    spread = vector(chain_at(region.point, scene.surface.sizes[0], region.point.spreads))
    return bool((np.abs(vector(scene.own) - centre) <= np.abs(spread) * (1 + _CHAIN) + 1e-12).all())


def _jensen(point: ConstantPoint, region: JensenRegion, surface: Surface) -> Callable[[Array, Weights], list[_Bound]]:
    """jensen-region/1: pre-activations at its samples inside the intervals, and the signs of the weights above."""
    inputs = surface.model.inputs[list(region.samples)]
    ends = [(-np.inf if a is None else as_float(a), np.inf if b is None else as_float(b)) for a, b in region.intervals]
    signs = np.array(point.weight_signs)[:, None]

    def conditions(points: Array, layers: Weights) -> list[_Bound]:
        found = [_positive(layers[-1][0] * signs)]
        found += [_positive(w / as_float(s)) for (w, _), s in zip(layers[1:-1], point.scales, strict=True)]
        for sums, size, (lower, upper) in zip(surface.sums(points, inputs), _sizes(layers, inputs), ends, strict=False):
            found += [(sums - lower, size), (upper - sums, size)]
        return found

    return conditions


def _straight(
    point: AffineMinimum, piecewise: PiecewiseAffine, surface: Surface
) -> Callable[[Array, Weights], list[_Bound]]:
    """affine-minimum/1: each unit has all samples on one piece; where the network is only the best constant, the units
    of one layer on pieces of slope 0."""
    inputs = surface.model.inputs
    ends = np.array([-np.inf, *map(as_float, piecewise.breakpoints), np.inf])
    flat = np.array([slope == 0 for slope in piecewise.slopes])

    def conditions(points: Array, layers: Weights) -> list[_Bound]:
        found, silent = [], []
        for sums, size in zip(surface.sums(points, inputs)[:-1], _sizes(layers, inputs), strict=False):
            low, high = sums.min(axis=1)[..., None], sums.max(axis=1)[..., None]
            room = np.minimum(low - ends[:-1], ends[1:] - high)  # G x units x pieces
            found.append((room.max(axis=-1), size[:, 0]))
            dead = np.where(flat, room, -np.inf).max(axis=-1) - 10 * _ROOM * (1 + size[:, 0])
            silent.append(dead.min(axis=-1))
        if point.constant:
            found.append((np.max(silent, axis=0), np.zeros(1)))
        return found

    return conditions


def _sizes(layers: Weights, inputs: Array) -> list[Array]:
    """For each hidden layer (G x 1 x d_h) how large the terms of its pre-activations can be; what rounding is
    relative to. States above the first layer are counted as if sigma grew like z."""
    found: list[Array] = []
    state = np.abs(inputs).max(axis=0)
    for weights, biases in layers[:-1]:
        terms = (
            np.einsum("guk,...k->gu", np.abs(weights), state)
            if not found
            else np.einsum("guk,gk->gu", np.abs(weights), 1 + found[-1][:, 0])
        )
        found.append((terms + np.abs(biases))[:, None, :])
    return found
