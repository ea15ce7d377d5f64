"""The least loss over the weights of a network, by Levenberg and Marquardt, in float64."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from flint import fmpq

from certify.search.floats import COUPLED_VALUES, LOSS_VALUES, VALUE_AND_SLOPE, Array
from certify.search.tables import to_floats
from proofs.instance import Instance

Weights = list[tuple[Array, Array]]
"""The (matrix, biases) of each layer, the output layer last."""

_ENOUGH = 1e-5
_MOST_DAMPING = 1e9


@dataclass(frozen=True, slots=True)
class Model:
    """A network to be fitted: N x d_0 inputs, N x m targets; without an output bias the last biases are kept.

    `decay` has the factors of the squares of weights and of biases in the loss.
    """

    activation: str
    output_bias: bool
    inputs: Array
    targets: Array
    loss_name: str = "squared"
    decay: tuple[float, float] = (0.0, 0.0)

    def loss(self, layers: Weights) -> float:
        """The sum over samples and outputs; infinite where floats overflow."""
        with np.errstate(all="ignore"):
            return self._loss(layers, self.forward(layers)[0])

    def improve(self, layers: Weights, rounds: int) -> tuple[Weights, int]:
        """Lower the loss until it stalls; it never rises. Returns the weights and the number of rounds taken."""
        damping = 1e-2
        with np.errstate(all="ignore"):
            output, states, sums = self.forward(layers)
            loss, rates = self._loss(layers, output), self.rates(layers)
            for taken in range(rounds):
                jacobian = self._jacobian(layers, states, sums)
                normal = jacobian.T @ self.curved(output, jacobian) + np.diag(rates)
                gradient = jacobian.T @ self.residual(output) + rates * _flat(layers)
                if not (np.isfinite(normal).all() and np.isfinite(gradient).all()):
                    return layers, taken
                before = loss
                while damping < _MOST_DAMPING:
                    trial = _add(layers, _step(normal, gradient, damping))
                    new_output, new_states, new_sums = self.forward(trial)
                    new_loss = self._loss(trial, new_output)
                    if new_loss < loss:
                        layers, output, states, sums, loss = trial, new_output, new_states, new_sums, new_loss
                        damping = max(damping / 3, 1e-9)
                        break
                    damping *= 4
                if not loss < before * (1 - _ENOUGH):
                    return layers, taken + 1
        return layers, rounds

    def forward(self, layers: Weights) -> tuple[Array, list[Array], list[Array]]:
        """The outputs (N x m), the states below each layer and the pre-activations of each hidden layer."""
        value = VALUE_AND_SLOPE[self.activation][0]
        states, sums = [self.inputs], []
        for weights, biases in layers[:-1]:
            sums.append(states[-1] @ weights.T + biases)
            states.append(value(sums[-1]))
        return states[-1] @ layers[-1][0].T + layers[-1][1], states, sums

    def _loss(self, layers: Weights, output: Array) -> float:
        value = (LOSS_VALUES | COUPLED_VALUES)[self.loss_name][0]
        loss = float(np.sum(value(output, self.targets)) + np.sum(self.rates(layers) * _flat(layers) ** 2))
        return loss if np.isfinite(loss) else np.inf

    def rates(self, layers: Weights) -> Array:
        """For each parameter, in the order of `_jacobian`, the factor of its square in the loss."""
        weights, biases = self.decay
        rates = [(np.full(w.size, weights), np.full(b.size, biases)) for w, b in layers]
        if not self.output_bias:
            rates[-1][1][:] = 0
        return np.concatenate([part for pair in rates for part in pair])

    def residual(self, output: Array) -> Array:
        """Half the first derivatives of the loss, output by output, then samples."""
        return (LOSS_VALUES | COUPLED_VALUES)[self.loss_name][1](output, self.targets).T.reshape(-1)

    def curved(self, output: Array, jacobian: Array) -> Array:
        """Half the second derivatives of the loss in the outputs times the Jacobian."""
        if self.loss_name in LOSS_VALUES:
            return LOSS_VALUES[self.loss_name][2](output, self.targets).T.reshape(-1, 1) * jacobian
        weights = COUPLED_VALUES[self.loss_name][2](output, self.targets)
        blocks = jacobian.reshape(output.shape[1], len(output), -1)
        return np.asarray(np.einsum("nok,knp->onp", weights, blocks).reshape(jacobian.shape), np.float64)

    def _jacobian(self, layers: Weights, states: list[Array], sums: list[Array]) -> Array:
        """Derivatives of all outputs (rows as in `_residual`) in all weights and biases, layer by layer."""
        slope = VALUE_AND_SLOPE[self.activation][1]
        samples, outputs = self.targets.shape
        blocks = []
        for o in range(outputs):
            parts = []
            delta = np.zeros((samples, outputs))
            delta[:, o] = 1
            for h in range(len(layers) - 1, -1, -1):
                by_weight = (delta[:, :, None] * states[h][:, None, :]).reshape(samples, -1)
                frozen = h == len(layers) - 1 and not self.output_bias
                parts.append(np.concatenate([by_weight, delta * (0.0 if frozen else 1.0)], axis=1))
                if h:
                    delta = (delta @ layers[h][0]) * slope(sums[h - 1])
            blocks.append(np.concatenate(parts[::-1], axis=1))
        return np.concatenate(blocks)


def _flat(layers: Weights) -> Array:
    return np.concatenate([part.reshape(-1) for layer in layers for part in layer])


def _step(normal: Array, gradient: Array, damping: float) -> Array:
    """The damped Gauss-Newton step; none when the equations are singular in floats."""
    scale = np.diag(normal) + 1e-9 * (np.trace(normal) / len(normal) + 1e-30)
    try:
        return np.asarray(np.linalg.solve(normal + damping * np.diag(scale), -gradient), np.float64)
    except np.linalg.LinAlgError:
        return np.zeros_like(gradient)


def _add(layers: Weights, step: Array) -> Weights:
    result: Weights = []
    start = 0
    for weights, biases in layers:
        middle, end = start + weights.size, start + weights.size + biases.size
        result.append((weights + step[start:middle].reshape(weights.shape), biases + step[middle:end]))
        start = end
    return result


def model_of(instance: Instance) -> Model:
    """The network of an instance with its data, to be fitted to its targets."""
    network, decay = instance.architecture, instance.weight_decay
    inputs, targets = to_floats(instance.inputs), to_floats(instance.targets)
    rates = (0.0, 0.0) if decay is None else (as_float(decay.weights), as_float(decay.biases))
    return Model(network.activation.name, network.output_bias, inputs, targets, instance.loss.name, rates)


def as_float(number: fmpq) -> float:
    """Rounded to float64."""
    return int(number.p) / int(number.q)
