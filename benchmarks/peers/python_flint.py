"""python-flint, as a user would write it: balls of 128 bits, arb_mat for the products, L D L^T by loops."""

from __future__ import annotations

from flint import arb, arb_mat, ctx

from benchmarks.peers.generic import Rows, definite, hessian
from benchmarks.peers.timing import run

ctx.prec = 128


def gram(rows: Rows) -> Rows:
    matrix = arb_mat(rows)
    found: Rows = (matrix.transpose() * matrix).tolist()
    return found


def shifted(matrix: Rows, shift: float) -> Rows:
    return [[entry + shift if i == j else entry for j, entry in enumerate(row)] for i, row in enumerate(matrix)]


run(
    lambda job: hessian(job, arb, arb.tanh, gram),
    lambda rows: [[arb(entry) for entry in row] for row in rows],
    shifted,
    lambda matrix: definite(matrix, lambda pivot: pivot > 0),
    lambda matrix, i, j: float(matrix[i][j].mid()),
)
