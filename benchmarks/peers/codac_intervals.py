"""Codac: intervals of float64, its own matrix product, L D L^T by loops."""

from __future__ import annotations

from codac import Interval, IntervalMatrix, tanh

from benchmarks.peers.generic import Rows, definite, hessian
from benchmarks.peers.timing import run


def gram(rows: Rows) -> Rows:
    matrix = IntervalMatrix(rows)
    product = matrix.transpose() * matrix
    return [[product[i, j] for j in range(product.cols())] for i in range(product.rows())]


def shifted(matrix: Rows, shift: float) -> Rows:
    return [[entry + shift if i == j else entry for j, entry in enumerate(row)] for i, row in enumerate(matrix)]


run(
    lambda job: hessian(job, Interval, tanh, gram),
    lambda rows: [[Interval(entry) for entry in row] for row in rows],
    shifted,
    lambda matrix: definite(matrix, lambda pivot: pivot.lb() > 0),
    lambda matrix, i, j: float(matrix[i][j].mid()),
)
