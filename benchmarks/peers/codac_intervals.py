"""Codac: intervals of float64, its own matrix product, L D L^T by loops."""

from __future__ import annotations

from codac import Interval, IntervalMatrix, tanh

from benchmarks.peers.generic import Rows, peer


def gram(rows: Rows) -> Rows:
    matrix = IntervalMatrix(rows)
    product = matrix.transpose() * matrix
    return [[product[i, j] for j in range(product.cols())] for i in range(product.rows())]


peer(Interval, tanh, lambda x: x.lb() > 0, lambda x: float(x.mid()), gram)
