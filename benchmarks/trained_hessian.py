"""The Hessian of a trained network in balls of 128 bits against torch.func.hessian in float64, in one run.

`python benchmarks/trained_hessian.py` (needs PyTorch): 1,000 samples, a network 20-18-1 of tanh with 397 parameters,
the sum of squares, one thread each. Prints the median times, their ratio, and how far the two Hessians differ at most,
in parts of the largest entry.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from fractions import Fraction

import numpy as np
import torch
from flint import arb

from proofs.balls import precision
from proofs.full_network import Shape, evaluate, half_hessian, residuals
from proofs.instance import read_instance

SAMPLES, SIZES, RUNS = 1000, (20, 18, 1), 5


def main() -> None:
    torch.set_num_threads(1)
    numbers = np.random.default_rng(0)
    inputs, targets = numbers.normal(size=(SAMPLES, SIZES[0])).round(3), numbers.normal(size=(SAMPLES, 1)).round(3)
    shape = Shape(SIZES, True)
    parameters = numbers.normal(size=shape.parameters)
    network = {"depth": 1, "widths": [SIZES[1]], "activation": "tanh", "output_bias": True}
    features = [f"x{j}" for j in range(SIZES[0])]
    rows = {
        key: [[str(Fraction(round(v * 1000), 1000)) for v in row] for row in table.tolist()]
        for key, table in (("inputs", inputs), ("targets", targets))
    }
    document = {"format": "certify-instance/1", "loss": "squared", "provenance": "random numbers"}
    instance = read_instance({**document, "data": {"features": features, **rows}, "network": network})

    def in_balls() -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
        with precision(128):
            values = evaluate(instance, shape, [arb(float(p)) for p in parameters])
            hessian = half_hessian(values, *residuals(instance, values)[:2])
            return np.array([[2 * float(entry.mid()) for entry in row] for row in hessian.tolist()])

    x, y = torch.tensor(inputs), torch.tensor(targets)

    def loss(theta: torch.Tensor) -> torch.Tensor:
        hidden = SIZES[1] * (SIZES[0] + 1)
        first, last = theta[:hidden].reshape(SIZES[1], -1), theta[hidden:]
        states = torch.tanh(x @ first[:, :-1].T + first[:, -1])
        return ((states @ last[:-1, None] + last[-1] - y) ** 2).sum()

    def in_floats() -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
        return np.asarray(torch.func.hessian(loss)(torch.tensor(parameters)).numpy(), np.float64)

    ours, theirs = in_balls(), in_floats()
    difference = np.abs(ours - theirs).max() / np.abs(theirs).max()
    times = [median(in_balls), median(in_floats)]
    print(f"balls of 128 bits {times[0]:.2f} s, torch.func.hessian in float64 {times[1]:.2f} s")
    print(f"ratio {times[0] / times[1]:.1f}")
    print(f"largest difference {difference:.1e} of the largest entry")


def median(run: Callable[[], object]) -> float:
    found = []
    for _ in range(RUNS):
        start = time.process_time()
        run()
        found.append(time.process_time() - start)
    return statistics.median(found)


if __name__ == "__main__":
    main()
