"""mpmath.iv: intervals of 128 bits in Python."""

from __future__ import annotations

from typing import Any

from mpmath import iv

from benchmarks.peers.generic import Rows, definite, hessian
from benchmarks.peers.timing import run

iv.prec = 128


def tanh(z: Any) -> Any:
    return 1 - 2 / (iv.exp(2 * z) + 1)  # iv has no tanh


def shifted(matrix: Rows, shift: float) -> Rows:
    return [[entry + shift if i == j else entry for j, entry in enumerate(row)] for i, row in enumerate(matrix)]


run(
    lambda job: hessian(job, iv.mpf, tanh),
    lambda rows: [[iv.mpf(entry) for entry in row] for row in rows],
    shifted,
    lambda matrix: definite(matrix, lambda pivot: pivot.a > 0),
    lambda matrix, i, j: float(matrix[i][j].mid.a),
)
