"""Trains the small networks of this folder: `python train.py` (NumPy is enough) writes the data and the weights.

One hidden layer of tanh, silu or relu and an output bias, the sum of squares, by Levenberg and Marquardt in float64.
Each network is in a state in which training can end; README.md says which, and `certify examine` proves it.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np

HERE = Path(__file__).resolve().parent


def tanh(z):
    """The value and the derivative."""
    return np.tanh(z), 1 - np.tanh(z) ** 2


def silu(z):
    s = (1 + np.tanh(z / 2)) / 2
    return z * s, s * (1 + z * (1 - s))


def relu(z):
    return np.maximum(z, 0), (z > 0).astype(float)


SIGMA = {"tanh": tanh, "silu": silu, "relu": relu}
activation = "tanh"


def outputs(network, inputs):
    return SIGMA[activation](inputs @ network["W1"].T + network["b1"])[0] @ network["v"].T + network["c"]


def loss(network, inputs, targets):
    return float(np.sum((outputs(network, inputs) - targets) ** 2))


def gradient_of_outputs(network, inputs):
    """N x parameters, in the order W1, b1, v, c."""
    states, slopes = SIGMA[activation](inputs @ network["W1"].T + network["b1"])
    by_bias = slopes * network["v"]
    by_weight = (by_bias[:, :, None] * inputs[:, None, :]).reshape(len(inputs), -1)
    return np.concatenate([by_weight, by_bias, states, np.ones((len(inputs), 1))], axis=1)


def moved(network, step):
    result, start = {}, 0
    for name, array in network.items():
        result[name] = array + step[start : start + array.size].reshape(array.shape)
        start += array.size
    return result


def train(network, inputs, targets, rounds):
    damping = 1e-2
    for _ in range(rounds):
        jacobian, misses = gradient_of_outputs(network, inputs), (outputs(network, inputs) - targets)[:, 0]
        normal, downhill = jacobian.T @ jacobian, -jacobian.T @ misses
        while damping < 1e12:
            trial = moved(network, np.linalg.solve(normal + damping * np.eye(len(normal)), downhill))
            if loss(trial, inputs, targets) < loss(network, inputs, targets):
                network, damping = trial, max(damping / 4, 1e-9)
                break
            damping *= 4
        else:
            break
    return network


def random_network(inputs, units, numbers):
    return {
        "W1": numbers.normal(0, 2, (units, inputs)),
        "b1": numbers.normal(0, 1, units),
        "v": numbers.normal(0, 1, (1, units)),
        "c": np.zeros(1),
    }


def wave(samples, seed):
    numbers = np.random.default_rng(seed)
    x = np.round(np.linspace(-1, 1, samples), 2)
    return x[:, None], np.round(np.sin(3 * x) + numbers.normal(0, 0.2, samples), 2)[:, None]


def noise(samples, seed):
    numbers = np.random.default_rng(seed)
    return np.round(np.linspace(-1, 1, samples), 2)[:, None], np.round(numbers.normal(0, 1, (samples, 1)), 1)


def write_csv(name, inputs, targets):
    names = [f"x{j + 1}" for j in range(inputs.shape[1])] if inputs.shape[1] > 1 else ["x"]
    rows = [[*x, *y] for x, y in zip(inputs.tolist(), targets.tolist(), strict=True)]
    text = "\n".join([",".join([*names, "y"]), *(",".join(f"{v:g}" for v in row) for row in rows)])
    (HERE / f"{name}.csv").write_text(text + "\n", "utf-8")


def write_safetensors(path, tensors):
    """float32, as most training leaves it."""
    header, body = {}, b""
    for name, array in tensors.items():
        content = array.astype("<f4").tobytes()
        place = [len(body), len(body) + len(content)]
        header[name] = {"dtype": "F32", "shape": list(array.shape), "data_offsets": place}
        body += content
    text = json.dumps(header).encode()
    path.write_bytes(len(text).to_bytes(8, "little") + text + body)


def gradient(network, inputs, targets):
    """Half the gradient of the loss."""
    return gradient_of_outputs(network, inputs).T @ (outputs(network, inputs) - targets)[:, 0]


def newton(network, inputs, targets, rounds, difference=1e-5):
    """Newton's method for a zero of the gradient: unlike descent, it is attracted by saddles."""
    for _ in range(rounds):
        axes = difference * np.eye(sum(array.size for array in network.values()))
        rows = [
            gradient(moved(network, axis), inputs, targets) - gradient(moved(network, -axis), inputs, targets)
            for axis in axes
        ]
        hessian = np.array(rows) / (2 * difference)
        network = moved(network, np.linalg.solve(hessian, -gradient(network, inputs, targets)))
    return network


def replicated(network, unit):
    """The same function with one unit twice, its outgoing weight shared 1 : 3."""
    twice = {name: np.concatenate([network[name], network[name][[unit]]]) for name in ("W1", "b1")}
    top = np.concatenate([network["v"], 0.75 * network["v"][:, [unit]]], axis=1)
    top[0, unit] *= 0.25
    return {**twice, "v": top, "c": network["c"]}


def main():
    inputs, targets = wave(20, 0)
    write_csv("wave", inputs, targets)
    found = train(random_network(1, 2, np.random.default_rng(2)), inputs, targets, 2000)
    names = {"0.weight": "W1", "0.bias": "b1", "2.weight": "v", "2.bias": "c"}
    write_safetensors(HERE / "wave-minimum.safetensors", {name: found[key] for name, key in names.items()})
    np.savez(HERE / "wave-replicated.npz", **replicated(found, 1))
    stuck = train(random_network(1, 2, np.random.default_rng(3)), inputs, targets, 2000)
    np.savez(HERE / "wave-stuck.npz", **stuck)
    early = train(random_network(1, 2, np.random.default_rng(3)), inputs, targets, 12)
    np.savez(HERE / "wave-early.npz", **early)
    plateau = {
        "W1": np.array([[-5.62], [5.90]]),
        "b1": np.array([0.02, 0.33]),
        "v": np.array([[-1.196, -0.542]]),
        "c": np.array([-0.003]),
    }
    np.savez(HERE / "wave-saddle.npz", **newton(plateau, inputs, targets, 20))

    twice = np.concatenate([inputs, np.round(1 - 2 * inputs, 2), np.ones_like(inputs)], axis=1)
    write_csv("wave-twice", twice, targets)
    np.savez(HERE / "wave-twice.npz", **train(random_network(3, 2, np.random.default_rng(2)), twice, targets, 2000))

    global activation  # noqa: PLW0603
    activation = "relu"
    dead = train(random_network(1, 5, np.random.default_rng(5)), inputs, targets, 3000)
    np.savez(HERE / "wave-dead.npz", **dead)
    live = train(random_network(1, 3, np.random.default_rng(3)), inputs, targets, 3000)
    np.savez(HERE / "wave-live.npz", **live)

    activation = "silu"
    inputs, targets = noise(8, 11)
    write_csv("noise", inputs, targets)
    pair = train(random_network(1, 2, np.random.default_rng(1)), inputs, targets, 4000)
    np.savez(HERE / "noise-replicated.npz", **replicated(pair, 0))
    wide = train(random_network(1, 10, np.random.default_rng(1)), inputs, targets, 300)
    np.savez(HERE / "noise-wide.npz", **wide)

    activation = "relu"
    stuck = train(random_network(1, 8, np.random.default_rng(3)), inputs, targets, 4000)
    np.savez(HERE / "noise-wide-stuck.npz", **stuck)


if __name__ == "__main__":
    main()
