"""Trains the networks of this folder that have weight decay: `python train_decay.py` (NumPy is enough).

One hidden layer of tanh and output biases. What is minimised is what PyTorch's SGD goes down with `weight_decay`: the
mean loss plus weight_decay/2 times the sum of the squares of all weights and biases. Newton's method, with the absolute
values of the Hessian's eigenvalues, so that it is not attracted by saddles.
"""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np

HERE = Path(__file__).resolve().parent
NAMES = ("W1", "b1", "v", "c")


def mean_square(outputs, targets):
    """The mean over all entries, and its derivatives in the outputs."""
    misses = outputs - targets
    return float(np.mean(misses**2)), 2 * misses / misses.size


def cross_entropy(outputs, targets):
    """The mean over the samples."""
    shifted = outputs - outputs.max(axis=1, keepdims=True)
    chances = np.exp(shifted) / np.exp(shifted).sum(axis=1, keepdims=True)
    losses = np.log(np.exp(shifted).sum(axis=1)) - (targets * shifted).sum(axis=1)
    return float(np.mean(losses)), (chances - targets) / len(targets)


def binary_cross_entropy(outputs, targets):
    """The mean over all entries: the logistic loss."""
    losses = np.logaddexp(0, outputs) - targets * outputs
    return float(np.mean(losses)), ((1 + np.tanh(outputs / 2)) / 2 - targets) / losses.size


class Training:
    def __init__(self, loss, decay, inputs, targets, units):
        self.loss, self.decay, self.inputs, self.targets = loss, decay, inputs, targets
        features, outputs = inputs.shape[1], targets.shape[1]
        self.shapes = [(units, features), (units,), (outputs, units), (outputs,)]

    def arrays(self, parameters):
        ends = np.cumsum([int(np.prod(shape)) for shape in self.shapes])
        parts = np.split(parameters, ends[:-1])
        return [part.reshape(shape) for part, shape in zip(parts, self.shapes, strict=True)]

    def objective(self, parameters):
        """What is minimised, and its gradient."""
        rows, biases, top, shifts = self.arrays(parameters)
        states = np.tanh(self.inputs @ rows.T + biases)
        value, slopes = self.loss(states @ top.T + shifts, self.targets)
        below = (slopes @ top) * (1 - states**2)
        parts = [below.T @ self.inputs, below.sum(axis=0), slopes.T @ states, slopes.sum(axis=0)]
        gradient = np.concatenate([part.reshape(-1) for part in parts]) + self.decay * parameters
        return value + self.decay / 2 * float(parameters @ parameters), gradient

    def hessian(self, parameters, difference=1e-5):
        steps = difference * np.eye(len(parameters))
        rows = [self.objective(parameters + s)[1] - self.objective(parameters - s)[1] for s in steps]
        both = np.array(rows) / (2 * difference)
        return (both + both.T) / 2

    def train(self, parameters, rounds=500):
        for _ in range(rounds):
            value, gradient = self.objective(parameters)
            if np.abs(gradient).max() < 1e-11:
                break
            values, vectors = np.linalg.eigh(self.hessian(parameters))
            step = -vectors @ ((vectors.T @ gradient) / np.maximum(np.abs(values), 1e-6))
            length = 1.0
            while self.objective(parameters + length * step)[0] > value + 1e-15 and length > 1e-6:
                length /= 2
            parameters = parameters + length * step
        return parameters


def trained(loss, decay, inputs, targets, units, seed):
    """The arrays of a network trained from random weights."""
    training = Training(loss, decay, inputs, targets, units)
    numbers = np.random.default_rng(seed)
    start = [numbers.normal(0, 1 / np.sqrt(shape[-1]), shape) if len(shape) > 1 else np.zeros(shape)
             for shape in training.shapes]  # fmt: skip
    found = training.train(np.concatenate([part.reshape(-1) for part in start]))
    value, gradient = training.objective(found)
    least = np.linalg.eigvalsh(training.hessian(found))[0]
    print(f"objective {value:.6g}, gradient {np.abs(gradient).max():.1e}, least eigenvalue {least:.2g}")
    return dict(zip(NAMES, training.arrays(found), strict=True))


def rows_of(path):
    """The cells of a CSV file below its header."""
    return list(csv.reader(path.read_text("utf-8").splitlines()))[1:]


def labelled(path):
    """Inputs (N x d), and 0 or 1 for each label of the last column, in the order in which `certify` has them."""
    rows = rows_of(path)
    labels = sorted({row[-1] for row in rows})
    targets = [[float(row[-1] == label) for label in labels] for row in rows]
    return np.array([row[:-1] for row in rows], float), np.array(targets)


def coins(samples, seed):
    """Labels 0 and 1 that are likely to be 1 in the middle."""
    numbers = np.random.default_rng(seed)
    x = np.round(np.linspace(-1, 1, samples), 2)
    return x[:, None], (numbers.uniform(size=samples) < np.exp(-4 * x * x)).astype(float)[:, None]


def main():
    wave = np.array(rows_of(HERE / "wave.csv"), float)
    np.savez(HERE / "wave-decay.npz", **trained(mean_square, 1e-3, wave[:, :1], wave[:, 1:], 5, 0))

    inputs, targets = labelled(HERE.parent / "iris.csv")
    np.savez(HERE / "iris-decay.npz", **trained(cross_entropy, 3e-3, inputs, targets, 5, 2))
    np.savez(HERE / "iris-decay-stuck.npz", **trained(cross_entropy, 3e-3, inputs, targets, 5, 0))

    inputs, targets = coins(30, 0)
    lines = [f"{x:g},{y:g}" for (x,), (y,) in zip(inputs, targets, strict=True)]
    (HERE / "coins.csv").write_text("\n".join(["x,y", *lines]) + "\n", "utf-8")
    np.savez(HERE / "coins-decay.npz", **trained(binary_cross_entropy, 1e-3, inputs, targets, 3, 0))


if __name__ == "__main__":
    main()
