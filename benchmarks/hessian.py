"""The proof of a fitted point against one float64 Hessian, in one run: `python benchmarks/hessian.py OUT`.

OUT holds what `certify prove` wrote for one hidden layer of silu. Prints the CPU time of the steps fitted-point/1 and
any-lift/1 (Krawczyk's operator and the forms, for every width at once), divided by that of one evaluation of the full
Hessian of the loss by NumPy at width 64.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from certify.search.tables import to_floats
from proofs.balls import precision
from proofs.certificate import load_certificate
from proofs.instance import load_instance
from proofs.kernel import run_steps
from proofs.lemmas import LEMMAS

WIDTH, RUNS = 64, 15


def main() -> None:
    folder = Path(sys.argv[1])
    instance = load_instance(folder / "instance.json")
    inputs, targets = to_floats(instance.inputs), to_floats(instance.targets)[:, 0]

    def prove() -> float:
        certificate = load_certificate(folder / "certificate.json")  # the arguments of a step can be read once only
        start = time.process_time()
        with precision(certificate.precision):
            _, failure = run_steps(instance, certificate.steps[:2], LEMMAS)
        if failure is not None:
            raise SystemExit(f"not proved: {failure}")
        return time.process_time() - start

    def differentiate() -> float:
        start = time.process_time()
        hessian(inputs, targets)
        return time.process_time() - start

    print(median(prove) / median(differentiate))


def median(timed: Callable[[], float]) -> float:
    timed()
    return statistics.median(timed() for _ in range(RUNS))


def hessian(inputs: np.ndarray, targets: np.ndarray) -> np.ndarray:
    """Half the Hessian of sum_n (T_n - y_n)^2 in (w_i, b_i) for each unit, then v, at random weights."""
    generator = np.random.default_rng(0)
    rows = np.column_stack([inputs, np.ones(len(inputs))])
    size = rows.shape[1]
    weights, last = generator.normal(size=(WIDTH, size)), generator.normal(size=WIDTH)
    z = rows @ weights.T
    s = 1 / (1 + np.exp(-z))
    value, slope, bend = z * s, s * (1 + z * (1 - s)), s * (1 - s) * (2 + z * (1 - 2 * s))
    residual = value @ last - targets
    jacobian = np.hstack([((slope * last)[:, :, None] * rows[:, None, :]).reshape(len(rows), -1), value])
    total = jacobian.T @ jacobian
    blocks = np.einsum("ni,np,nq->ipq", residual[:, None] * bend * last, rows, rows, optimize=True)
    mixed = (residual[:, None] * slope).T @ rows
    for i in range(WIDTH):
        unit, top = slice(size * i, size * (i + 1)), size * WIDTH + i
        total[unit, unit] += blocks[i]
        total[unit, top] += mixed[i]
        total[top, unit] += mixed[i]
    return np.asarray(total)


if __name__ == "__main__":
    main()
