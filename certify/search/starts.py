"""Networks to start from in search of a better one: hidden widths (1, .., 1, last_width)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from certify.search.floats import VALUE_AND_SLOPE, Array
from certify.search.levenberg import Model, Weights

_BUMP_STARTS = 2
_RANDOM_STARTS = 6
_DIRECTIONS = 30
_CARRIED = 0.3
_NEARER = (0.1, 0.03, 0.01, 0.001)
_STEEP = 5.0
_CONSTANT = 1e-12

LastLayer = Callable[[Array], tuple[Array, Array]]


@dataclass(frozen=True, slots=True)
class Plateau:
    """The constant network to leave: levels a_h, scales s_h, and for each output V_o, its bias and its value."""

    levels: list[float]
    scales: list[float]
    weights: Array
    biases: Array
    constants: Array


def starts(
    model: Model, plateau: Plateau, last_width: int, direction: Array, generator: np.random.Generator
) -> Iterator[Weights]:
    """Starts of three kinds, each made when it is asked for.

    Args:
        direction: d_0, a direction in which the residual's second moment is large.
    """
    if last_width > 1:
        yield _plateau_edge(model, plateau, last_width, direction * _CARRIED)
    for _ in range(_BUMP_STARTS):
        yield _bump(model, plateau, last_width, generator)
    for _ in range(_RANDOM_STARTS):
        yield _random(model, plateau, last_width, generator)
    if last_width > 1:
        yield _plateau_edge(model, plateau, last_width, direction)


def nearer_starts(model: Model, plateau: Plateau, last_width: int, direction: Array) -> Iterator[Weights]:
    """The plateau's edge again, nearer and nearer to it: activations that bend often, such as sin(30 z), need that."""
    if last_width > 1:
        for step in _NEARER:
            yield _plateau_edge(model, plateau, last_width, direction * step)


def _plateau_edge(model: Model, plateau: Plateau, last_width: int, row: Array) -> Weights:
    """Last weights (2C, -C): along the plateau until one changes sign; then the linear terms of two units cancel and
    the quadratic ones lower the loss (docs/mathematics.md, better-point/1)."""
    value = VALUE_AND_SLOPE[model.activation][0]
    top = len(plateau.levels) - 1
    ratios = np.array([0.5] + [1.0] * (last_width - 1))
    layers: Weights = []
    for h, level in enumerate(plateau.levels):
        shares = ratios if h == top else np.ones(1)
        if h == 0:
            layers.append((shares[:, None] * row, level - shares * (row @ model.inputs.mean(axis=0))))
        else:
            incoming = plateau.scales[h - 1] * shares
            layers.append((incoming[:, None], level - incoming * value(np.array(plateau.levels[h - 1]))))
    spread = np.array([2.0] + [-1.0 / (last_width - 1)] * (last_width - 1))
    layers.append((plateau.weights[:, None] * spread, plateau.biases))
    return layers


def _random(model: Model, plateau: Plateau, last_width: int, generator: np.random.Generator) -> Weights:
    """Random directions; the last hidden units bend at some samples, more or less steeply."""

    def last_layer(states: Array) -> tuple[Array, Array]:
        rows = random_rows(states, last_width, generator) * 2.0 ** generator.uniform(-1, 3)
        return rows, -np.sum(rows * states[generator.integers(len(states), size=last_width)], axis=1)

    return _network(model, plateau, random_rows(model.inputs, 1, generator), last_layer)


def _bump(model: Model, plateau: Plateau, last_width: int, generator: np.random.Generator) -> Weights:
    """The last hidden units bend on both sides of the worst sample, in a direction in which it stands alone."""
    worst = int(np.argmax(np.abs(plateau.constants - model.targets).max(axis=1)))
    rows = random_rows(model.inputs, _DIRECTIONS, generator)
    direction = rows[[int(np.argmax([_isolation(values, worst) for values in rows @ model.inputs.T]))]]

    def last_layer(states: Array) -> tuple[Array, Array]:
        row = direction if len(plateau.levels) == 1 else np.ones((1, 1))
        senses = np.where(np.arange(last_width) % 2, -1.0, 1.0)[:, None]
        width = _isolation(states @ row[0], worst)
        steep = senses * row * (2 * _STEEP / width if width > 0 else 1.0)
        return steep, _STEEP - steep @ states[worst]

    return _network(model, plateau, direction, last_layer)


def random_rows(states: Array, count: int, generator: np.random.Generator) -> Array:
    """Rows (count x d) under which the samples spread by about 1; constant columns are left alone."""
    spread = states.std(axis=0)
    varies = spread > _CONSTANT * np.abs(states).max(axis=0)
    rows: Array = generator.normal(size=(count, states.shape[1])) / np.sqrt(states.shape[1])
    inverse: Array = np.divide(1.0, spread, out=np.zeros_like(spread), where=varies)
    return rows * inverse


def _isolation(values: Array, sample: int) -> float:
    """The distance from one sample to the nearest other value, 0 if there is none."""
    distances = np.abs(values - values[sample])
    others = distances[distances > 0]
    return float(others.min()) if len(others) else 0.0


def _network(model: Model, plateau: Plateau, direction: Array, last_layer: LastLayer) -> Weights:
    """One unit per lower layer carries the direction (1 x d_0) upwards, near the plateau's level, where sigma is nearly
    linear; the last weights are fitted, the output bias being that of the plateau."""
    value = VALUE_AND_SLOPE[model.activation][0]
    layers: Weights = []
    states = model.inputs
    with np.errstate(all="ignore"):
        for level in plateau.levels[:-1]:
            spread = float((states @ direction[0]).std())
            row = direction * (_CARRIED / spread if spread > 0 else 1.0)
            layers.append((row, level - row @ states.mean(axis=0)))
            states = value(states @ row.T + layers[-1][1])
            direction = np.ones((1, 1))
        layers.append(last_layer(states))
        features = value(states @ layers[-1][0].T + layers[-1][1])
        layers.append((_fitted(features, model.targets - plateau.biases), plateau.biases))
    return layers


def _fitted(features: Array, targets: Array) -> Array:
    """The least-squares weights (m x k); zero where the features are too large for floats."""
    if not np.isfinite(features.T @ features).all():
        return np.zeros((targets.shape[1], features.shape[1]))
    return np.asarray(np.linalg.lstsq(features, targets, rcond=1e-10)[0].T, np.float64)
