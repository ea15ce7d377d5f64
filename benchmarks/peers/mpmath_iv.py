"""mpmath.iv: intervals of 128 bits in Python."""

from __future__ import annotations

from mpmath import iv

from benchmarks.peers.generic import peer

iv.prec = 128
peer(iv.mpf, lambda z: 1 - 2 / (iv.exp(2 * z) + 1), lambda x: x.a > 0, lambda x: float(x.mid.a))  # iv has no tanh
