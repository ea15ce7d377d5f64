"""The Hessian of a trained network in balls of 128 bits against float64 Hessians of other tools, in one run.

`python benchmarks/trained_hessian.py` (needs PyTorch, JAX or both): the sum of squares of a network with one hidden
layer of tanh, for 1,000 samples and 397 parameters (20-18-1), and for 200 samples and 385 parameters (4-64-1); one
thread each. The references are torch.func.hessian, and jax.hessian, compiled beforehand. Prints the median CPU times,
their ratios, and how far the Hessians differ at most, in parts of the largest entry.
"""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Callable
from fractions import Fraction

import numpy as np
from flint import arb

from proofs.balls import precision
from proofs.full_hessian import half_hessian
from proofs.full_network import Shape, evaluate, residuals
from proofs.instance import read_instance

JOBS = ((1000, (20, 18, 1)), (200, (4, 64, 1)))
RUNS = 5
Floats = np.ndarray[tuple[int, ...], np.dtype[np.float64]]


def main() -> None:
    for samples, sizes in JOBS:
        numbers = np.random.default_rng(0)
        inputs, targets = numbers.normal(size=(samples, sizes[0])).round(3), numbers.normal(size=(samples, 1)).round(3)
        shape = Shape(sizes, True)
        parameters = numbers.normal(size=shape.parameters)
        ours = in_balls(shape, inputs, targets, parameters)
        hessian, spent = ours(), median(ours)
        print(f"{samples} samples, {shape.parameters} parameters, balls of 128 bits: {spent:.2f} s")
        for name, tool in (("torch.func.hessian", with_torch), ("jax.hessian, compiled", with_jax)):
            try:
                theirs = tool(sizes, inputs, targets, parameters)
            except ImportError:
                print(f"  {name}: not installed")
                continue
            other = theirs()
            difference = np.abs(hessian - other).max() / np.abs(other).max()
            reference = median(theirs)
            print(f"  {name}: {reference:.3f} s, ratio {spent / reference:.1f}, largest difference {difference:.1e}")


def in_balls(shape: Shape, inputs: Floats, targets: Floats, parameters: Floats) -> Callable[[], Floats]:
    network = {"depth": 1, "widths": [shape.sizes[1]], "activation": "tanh", "output_bias": True}
    rows = {
        key: [[str(Fraction(round(v * 1000), 1000)) for v in row] for row in table.tolist()]
        for key, table in (("inputs", inputs), ("targets", targets))
    }
    data = {"features": [f"x{j}" for j in range(shape.sizes[0])], **rows}
    document = {"format": "certify-instance/1", "loss": "squared", "provenance": "random numbers"}
    instance = read_instance({**document, "data": data, "network": network})

    def hessian() -> Floats:
        with precision(128):
            values = evaluate(instance, shape, [arb(float(p)) for p in parameters])
            found = half_hessian(values, *residuals(instance, values)[:2])
            return np.array([[2 * float(entry.mid()) for entry in row] for row in found.tolist()])

    return hessian


def with_torch(sizes: tuple[int, ...], inputs: Floats, targets: Floats, parameters: Floats) -> Callable[[], Floats]:
    import torch

    torch.set_num_threads(1)
    x, y, theta = torch.tensor(inputs), torch.tensor(targets), torch.tensor(parameters)

    def loss(theta: torch.Tensor) -> torch.Tensor:
        first, last = theta[: -sizes[1] - 1].reshape(sizes[1], -1), theta[-sizes[1] - 1 :]
        states = torch.tanh(x @ first[:, :-1].T + first[:, -1])
        return ((states @ last[:-1, None] + last[-1] - y) ** 2).sum()

    return lambda: np.asarray(torch.func.hessian(loss)(theta).numpy(), np.float64)


def with_jax(sizes: tuple[int, ...], inputs: Floats, targets: Floats, parameters: Floats) -> Callable[[], Floats]:
    os.environ["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"
    import jax

    jax.config.update("jax_enable_x64", True)

    def loss(theta: jax.Array) -> jax.Array:
        first, last = theta[: -sizes[1] - 1].reshape(sizes[1], -1), theta[-sizes[1] - 1 :]
        states = jax.numpy.tanh(inputs @ first[:, :-1].T + first[:, -1])
        return ((states @ last[:-1, None] + last[-1] - targets) ** 2).sum()

    hessian = jax.jit(jax.hessian(loss))
    return lambda: np.asarray(hessian(parameters).block_until_ready(), np.float64)


def median(run: Callable[[], object]) -> float:
    found = []
    for _ in range(RUNS):
        start = time.process_time()
        run()
        found.append(time.process_time() - start)
    return statistics.median(found)


if __name__ == "__main__":
    main()
