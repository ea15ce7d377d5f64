"""The proved minimum and a better network as two points of one space of parameters.

The better network has its own units beside those of the minimum. So there is a way from the one to the other along
which the loss never rises (docs/mathematics.md, section on the way out): all shares to the first units, the other units
to the better network's, then the last layer in a straight line. If the instance's widths leave no room for that, both
use the same units.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from flint import arb, fmpq

from certify.errors import UsageError
from certify.report.figures.surface import Surface, vector
from certify.search.floats import Array
from certify.search.levenberg import Weights, as_float, model_of
from proofs.checking import Outcome
from proofs.claims.affine import AffineClaim
from proofs.claims.fitted import FittedClaim
from proofs.claims.minimum import MinimumClaim
from proofs.exact import parse_rational
from proofs.examined import ExaminedMinimum
from proofs.full_network import Shape
from proofs.instance import Instance
from proofs.layers import Layer
from proofs.lemmas.affine_minimum import AffineMinimum
from proofs.lemmas.constant_point import ConstantPoint
from proofs.lemmas.critical_point import CriticalPoint
from proofs.lemmas.fitted_point import FittedPoint
from proofs.lemmas.replicated_minimum import ReplicatedMinimum

_BETTER = ("better-point/1", "fitted-better-point/1", "affine-better-point/1", "examined-better-point/1")
_Point = ConstantPoint | FittedPoint | AffineMinimum | CriticalPoint | ReplicatedMinimum


@dataclass(frozen=True, slots=True, eq=False)
class Scene:
    """Networks of one shape, as vectors of `surface`.

    Attributes:
        own: the point at the least widths that it has; of a fitted point the critical chain, by Newton's method.
        minimum: the proved point; a lift with equal shares where there is a choice.
        loss: the loss there, E*.
        better: a network with a smaller loss, if one is known.
        edge: as the minimum, all shares on the first unit of each layer; the straight line there is flat.
        beside: as `edge`, with the other hidden units those of `better`; the straight line from `edge` is flat. None
            when there is no room for it.
    """

    surface: Surface
    own: Weights
    minimum: Array
    loss: float
    better: Array | None
    edge: Array | None
    beside: Array | None


def scene_of(instance: Instance, outcome: Outcome, arguments: Mapping[str, object]) -> Scene | None:
    """The scene of a checked result about a minimum; None when none is claimed (a saddle, or one step alone), or floats
    overflow. A trained network is seen when a better one is known.

    Args:
        arguments: for each step its arguments in the certificate.
    """
    if not isinstance(outcome.claim, MinimumClaim | FittedClaim | AffineClaim | ExaminedMinimum):
        return None
    points = [f.conclusion.proposition for f in outcome.facts]
    lifted = [p for p in points if isinstance(p, ReplicatedMinimum)]  # the claim is about it, not about its premise
    own = [p for p in points if isinstance(p, ConstantPoint | FittedPoint | AffineMinimum | CriticalPoint)]
    point: _Point | None = next(iter([*lifted, *own]), None)
    if point is None:
        return None
    try:
        return _scene_at(instance, outcome, arguments, point)
    except (OverflowError, UsageError):  # numbers beyond float64
        return None


def _scene_at(instance: Instance, outcome: Outcome, arguments: Mapping[str, object], point: _Point) -> Scene | None:
    steps = [f.step for f in outcome.facts if f.lemma.name in _BETTER]
    better = _given(arguments.get(steps[0])) if steps else None
    if better is None and isinstance(point, CriticalPoint | ReplicatedMinimum):
        return None
    with np.errstate(all="ignore"):
        scene = _scene(instance, _own(instance, point), better, copies=isinstance(point, ConstantPoint | FittedPoint))
    return scene if np.isfinite(scene.loss) else None


def _own(instance: Instance, point: _Point) -> Weights:
    """The point at the least widths."""
    if isinstance(point, AffineMinimum):
        return [_floats(layer) for layer in point.layers]
    if isinstance(point, CriticalPoint | ReplicatedMinimum):
        sizes = (instance.inputs.columns, *point.widths, instance.targets.columns)
        rows = Shape(sizes, instance.architecture.output_bias).rows([arb(p.mid()) for p in point.parameters])
        matrices = [np.array([[float(v.mid()) for v in row] for row in layer]) for layer in rows]
        return [(matrix[:, :-1], matrix[:, -1]) for matrix in matrices]
    if isinstance(point, ConstantPoint):
        return _constant(instance, point)
    chain = chain_at(point, instance.inputs.columns)
    surface = Surface(model_of(instance), (instance.inputs.columns, *[1] * (len(chain) - 1), len(point.ratios)))
    return surface.layers(surface.polished(vector(chain)))


def _constant(instance: Instance, point: ConstantPoint) -> Weights:
    value = instance.architecture.activation.value
    levels = [float(level.ball().mid()) for level in point.levels]
    heights = [float(value(level.ball()).mid()) for level in point.levels]
    chain: Weights = [(np.zeros((1, instance.inputs.columns)), np.array(levels[:1]))]
    for scale, level, height in zip(point.scales, levels[1:], heights, strict=False):
        chain.append((np.array([[as_float(scale)]]), np.array([level - as_float(scale) * height])))
    constants = np.array(list(map(as_float, point.constants)))
    if point.output_weights is None:
        return [*chain, (constants[:, None] / heights[-1], np.zeros(len(constants)))]
    weights = np.array(list(map(as_float, point.output_weights)))
    return [*chain, (weights[:, None], constants - weights * heights[-1])]


def chain_at(point: FittedPoint, features: int, numbers: Sequence[fmpq] | None = None) -> Weights:
    """The chain with these parameters, in the order of proofs/chain.py; those at the centre of its box by default."""
    values, size = list(map(as_float, numbers or point.centre)), len(point.basis)
    ratios = np.array(list(map(as_float, point.ratios)))
    first, depth = np.zeros((1, features)), len(point.values.layers)
    first[0, list(point.basis)] = values[:size]
    chain: Weights = [(first, np.array(values[size : size + 1]))]
    for k in range(size + 1, size + 2 * depth - 1, 2):
        chain.append((np.array([[values[k]]]), np.array([values[k + 1]])))
    top = size + 2 * depth - 1
    bias = values[-1] if len(values) > top + 1 else 0.0
    return [*chain, (ratios[:, None] * values[top], ratios * bias)]


def _given(arguments: object) -> Weights | None:
    """The layers of a step's arguments, which the checker has read."""
    layers = arguments.get("layers") if isinstance(arguments, Mapping) else None
    if not isinstance(layers, list):
        return None
    return [
        (
            np.array([[_number(v) for v in row] for row in layer["weights"]]),
            np.array([_number(v) for v in layer["biases"]]),
        )
        for layer in layers
    ]


def _number(text: object) -> float:
    return as_float(parse_rational(text, "layers"))


def _floats(layer: Layer) -> tuple[Array, Array]:
    def row(values: Sequence[fmpq]) -> list[float]:
        return list(map(as_float, values))

    return np.array([row(weights) for weights in layer.weights]), np.array(row(layer.biases))


def _scene(instance: Instance, own: Weights, better: Weights | None, copies: bool) -> Scene:
    widths = instance.architecture.widths
    least, others = _widths(own), _widths(better or own)
    room = [a + b for a, b in zip(least, others, strict=True)]
    parallel = better is not None and (widths is None or all(w >= n for w, n in zip(widths, room, strict=True)))
    used = room if parallel else [max(a, b) for a, b in zip(least, others, strict=True)]
    if not parallel and (widths is None or widths[-1] > used[-1]):
        used[-1] = max(2, used[-1])
    sizes = (instance.inputs.columns, *used, instance.targets.columns)
    surface = Surface(model_of(instance), sizes)
    edge = _widened(own, used)
    minimum = vector(_shared(own, used)) if copies else vector(edge)
    loss = float(surface.losses(minimum[None])[0])
    beside = _placed(edge, better, least) if better is not None and parallel else None
    target = None
    if beside is not None and better is not None:
        target = vector([*beside[:-1], _last(better[-1], least[-1])])
    elif better is not None:
        target = vector(_widened(better, used))
    return Scene(
        surface,
        own,
        minimum,
        loss,
        target,
        vector(edge) if copies and max(used) > 1 else None,
        None if beside is None else vector(beside),
    )


def _widths(layers: Weights) -> list[int]:
    return [len(biases) for _, biases in layers[:-1]]


def _shared(chain: Weights, widths: Sequence[int]) -> Weights:
    """The lift of a chain with equal shares."""
    ends = [*widths, len(chain[-1][1])]
    lifted: Weights = []
    for h, (weights, biases) in enumerate(chain):
        if h == len(widths):
            lifted.append((np.repeat(weights / widths[-1], widths[-1], axis=1), biases))
        elif h == 0:
            lifted.append((np.repeat(weights, ends[0], axis=0), np.repeat(biases, ends[0])))
        else:
            each = np.full((ends[h], ends[h - 1]), weights[0, 0] / ends[h - 1])
            lifted.append((each, np.repeat(biases, ends[h])))
    return lifted


def _widened(layers: Weights, widths: Sequence[int]) -> Weights:
    """With copies of the last unit of each hidden layer, whose outgoing weights are 0."""
    wide: Weights = []
    before = 0
    for (weights, biases), width in zip(layers, [*widths, len(layers[-1][1])], strict=True):
        more = width - len(biases)
        padded = np.pad(np.pad(weights, ((0, more), (0, 0)), mode="edge"), ((0, 0), (0, before)))
        wide.append((padded, np.pad(biases, (0, more), mode="edge")))
        before = more
    return wide


def _placed(edge: Weights, better: Weights, least: Sequence[int]) -> Weights:
    """The hidden units of the better network in the place of those whose outgoing weights are 0."""
    placed: Weights = []
    for h, (weights, biases) in enumerate(edge[:-1]):
        rows, columns = slice(least[h], None), slice(least[h - 1] if h else 0, None)
        placed.append((weights.copy(), biases.copy()))
        placed[h][0][rows] = 0
        placed[h][0][rows, columns], placed[h][1][rows] = better[h]
    return [*placed, edge[-1]]


def _last(layer: tuple[Array, Array], before: int) -> tuple[Array, Array]:
    """The output layer with weights 0 for the units of the minimum."""
    return np.pad(layer[0], ((0, 0), (before, 0))), layer[1]
