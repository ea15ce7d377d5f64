"""A better network: start on the edge of the plateau, then Levenberg-Marquardt in float64."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from flint import fmpq

from certify.search.floats import VALUE_AND_SLOPE, Array

Weights = list[tuple[Array, Array]]
DIGITS = 6


@dataclass(frozen=True, slots=True)
class Plateau:
    """The constant network to leave: levels a_h, scales s_h, and for each output V_o, its bias and its value."""

    levels: list[float]
    scales: list[float]
    weights: Array
    biases: Array
    constants: Array


@dataclass(frozen=True, slots=True)
class Better:
    """Short exact weights, one (matrix, biases) pair per layer, and the float64 loss there."""

    layers: tuple[tuple[tuple[tuple[fmpq, ...], ...], tuple[fmpq, ...]], ...]
    loss: float


def find_better(
    inputs: Array,
    targets: Array,
    activation: str,
    plateau: Plateau,
    last_width: int,
    output_bias: bool,
    direction: Array,
    seed: int,
    report: Callable[[str], None],
) -> Better | None:
    """Search a network of hidden widths (1, .., 1, last_width) with a loss below that of the plateau.

    Args:
        inputs: N x d_0.
        targets: N x m.
        direction: d_0, a direction in which the residual's second moment is large.

    Returns:
        the best network found, or None when none is below the plateau's loss.
    """
    model = _Model(activation, output_bias)
    start = float(np.sum((plateau.constants - targets) ** 2))
    rng = np.random.default_rng(seed)
    rounds = int(np.clip(2e7 / (inputs.size + 1), 15, 150))
    best: tuple[float, Weights] | None = None
    centre = inputs.mean(axis=0)
    candidates = [_plateau_edge(plateau, activation, direction * t, centre, last_width) for t in (0.3, 1.0)]
    candidates += [_random_start(inputs, targets, plateau, activation, last_width, rng) for _ in range(4)]
    for number, candidate in enumerate(candidates):
        report(f"better point: start {number + 1} of {len(candidates)}")
        weights, loss = model.improve(candidate, inputs, targets, rounds)
        rounded = _round(weights)
        loss = model.loss([(w.astype(float), b.astype(float)) for w, b in rounded], inputs, targets)
        if np.isfinite(loss) and (best is None or loss < best[0]):
            best = loss, rounded
        if best is not None and best[0] < 1e-6 * start:
            break
    if best is None or not best[0] < start:
        return None
    return Better(tuple((_exact_matrix(w), _exact_row(b)) for w, b in best[1]), best[0])


def _plateau_edge(plateau: Plateau, activation: str, row: Array, centre: Array, last_width: int) -> Weights:
    """Last weights (2C, -C): along the plateau until one changes sign; then the linear terms of two units cancel and
    the quadratic ones lower the loss (docs/mathematics.md, better-point/1)."""
    value = VALUE_AND_SLOPE[activation][0]
    depth = len(plateau.levels)
    ratios = np.array([1.0]) if last_width == 1 else np.array([0.5] + [1.0] * (last_width - 1))
    layers: Weights = []
    for h, level in enumerate(plateau.levels):
        shares = ratios if h == depth - 1 else np.array([1.0])
        if h == 0:
            layers.append((shares[:, None] * row[None, :], level - shares * (row @ centre)))
        else:
            incoming = plateau.scales[h - 1] * shares
            layers.append((incoming[:, None], level - incoming * value(np.array(plateau.levels[h - 1]))))
    spread = np.array([1.0]) if last_width == 1 else np.array([2.0] + [-1.0 / (last_width - 1)] * (last_width - 1))
    layers.append((plateau.weights[:, None] * spread[None, :], plateau.biases.copy()))
    return layers


def _random_start(
    inputs: Array, targets: Array, plateau: Plateau, activation: str, last_width: int, rng: np.random.Generator
) -> Weights:
    """Random first directions of unit scale over the data, thresholds inside the data, last weights small."""
    depth = len(plateau.levels)
    spread = inputs.std(axis=0) + 1e-300
    widths = [1] * (depth - 1) + [last_width]
    layers: Weights = []
    fan_in = inputs.shape[1]
    for h, width in enumerate(widths):
        if h == 0:
            rows = rng.normal(size=(width, fan_in)) * 2 / (spread * np.sqrt(fan_in))
            pivots = inputs[rng.integers(len(inputs), size=width)]
            layers.append((rows, -np.sum(rows * pivots, axis=1) + plateau.levels[0]))
        else:
            layers.append((rng.normal(size=(width, fan_in)) * 2, np.full(width, plateau.levels[h])))
        fan_in = width
    layers.append((rng.normal(size=(targets.shape[1], fan_in)) * 0.3, plateau.biases.copy()))
    return layers


@dataclass(frozen=True, slots=True)
class _Model:
    activation: str
    output_bias: bool

    def loss(self, layers: Weights, inputs: Array, targets: Array) -> float:
        with np.errstate(all="ignore"):
            return float(np.sum((self._forward(layers, inputs)[0] - targets) ** 2))

    def _forward(self, layers: Weights, inputs: Array) -> tuple[Array, list[Array], list[Array]]:
        value = VALUE_AND_SLOPE[self.activation][0]
        states, sums = [inputs], []
        for weights, biases in layers[:-1]:
            sums.append(states[-1] @ weights.T + biases)
            states.append(value(sums[-1]))
        return states[-1] @ layers[-1][0].T + layers[-1][1], states, sums

    def _jacobian(self, layers: Weights, states: list[Array], sums: list[Array]) -> Array:
        """Derivatives of all outputs (rows: output by output, then samples) in all weights and biases."""
        slope = VALUE_AND_SLOPE[self.activation][1]
        samples, outputs = len(states[0]), len(layers[-1][1])
        blocks = []
        for o in range(outputs):
            parts = []
            top = np.zeros((samples, outputs))
            top[:, o] = 1
            delta = top
            for h in range(len(layers) - 1, -1, -1):
                weights, _ = layers[h]
                by_weight = (delta[:, :, None] * states[h][:, None, :]).reshape(samples, -1)
                frozen = h == len(layers) - 1 and not self.output_bias
                parts.append(np.concatenate([by_weight, delta * (0.0 if frozen else 1.0)], axis=1))
                if h:
                    delta = (delta @ weights) * slope(sums[h - 1])
            blocks.append(np.concatenate(parts[::-1], axis=1))
        return np.concatenate(blocks)

    def improve(self, layers: Weights, inputs: Array, targets: Array, rounds: int) -> tuple[Weights, float]:
        """Levenberg-Marquardt; the loss never rises."""
        damping = 1e-2
        with np.errstate(all="ignore"):
            output, states, sums = self._forward(layers, inputs)
            residual = (output - targets).T.reshape(-1)
            loss = float(residual @ residual)
            for _ in range(rounds):
                jacobian = self._jacobian(layers, states, sums)
                normal = jacobian.T @ jacobian
                gradient = jacobian.T @ residual
                if not (np.isfinite(normal).all() and np.isfinite(gradient).all()):
                    break
                before = loss
                while damping < 1e9:
                    scale = np.diag(normal) + 1e-9 * (np.trace(normal) / len(normal) + 1e-30)
                    step: Array = np.linalg.solve(normal + damping * np.diag(scale), -gradient)
                    trial = _add(layers, step)
                    output, new_states, new_sums = self._forward(trial, inputs)
                    new_residual = (output - targets).T.reshape(-1)
                    new_loss = float(new_residual @ new_residual)
                    if new_loss < loss:
                        layers, states, sums = trial, new_states, new_sums
                        residual, loss = new_residual, new_loss
                        damping = max(damping / 3, 1e-9)
                        break
                    damping *= 4
                if not loss < before * (1 - 1e-5):
                    break
        return layers, loss


def _add(layers: Weights, step: Array) -> Weights:
    result: Weights = []
    start = 0
    for weights, biases in layers:
        middle, end = start + weights.size, start + weights.size + biases.size
        result.append((weights + step[start:middle].reshape(weights.shape), biases + step[middle:end]))
        start = end
    return result


def _round(layers: Weights) -> Weights:
    """Weights of DIGITS significant digits: short, and exact once read as decimals."""

    def shorten(values: Array) -> Array:
        return np.array([float(f"{v:.{DIGITS - 1}e}") for v in values.reshape(-1)]).reshape(values.shape)

    return [(shorten(weights), shorten(biases)) for weights, biases in layers]


def _decimal(value: float) -> fmpq:
    mantissa, _, exponent = f"{value:.{DIGITS - 1}e}".partition("e")
    return fmpq(int(mantissa.replace(".", ""))) * fmpq(10) ** (int(exponent) - DIGITS + 1)


def _exact_row(values: Array) -> tuple[fmpq, ...]:
    return tuple(_decimal(float(v)) for v in values)


def _exact_matrix(values: Array) -> tuple[tuple[fmpq, ...], ...]:
    return tuple(_exact_row(row) for row in values)
