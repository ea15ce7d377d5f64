"""passagemath's RealBallField: balls of 128 bits, Arb below."""

from __future__ import annotations

from typing import Any

from sage.rings.real_arb import RealBallField

from benchmarks.peers.generic import Rows, definite, hessian
from benchmarks.peers.timing import run

ball: Any = RealBallField(128)


def shifted(matrix: Rows, shift: float) -> Rows:
    return [[entry + ball(shift) if i == j else entry for j, entry in enumerate(row)] for i, row in enumerate(matrix)]


run(
    lambda job: hessian(job, ball, lambda z: z.tanh()),
    lambda rows: [[ball(entry) for entry in row] for row in rows],
    shifted,
    lambda matrix: definite(matrix, lambda pivot: pivot > 0),
    lambda matrix, i, j: float(matrix[i][j].mid()),
)
