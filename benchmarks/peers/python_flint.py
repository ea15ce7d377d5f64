"""python-flint, as a user would write it: balls of 128 bits, arb_mat for the products, L D L^T by loops."""

from __future__ import annotations

from flint import arb, arb_mat, ctx

from benchmarks.peers.generic import Rows, peer

ctx.prec = 128


def gram(rows: Rows) -> Rows:
    matrix = arb_mat(rows)
    found: Rows = (matrix.transpose() * matrix).tolist()
    return found


peer(arb, arb.tanh, lambda x: x > 0, lambda x: float(x.mid()), gram)
