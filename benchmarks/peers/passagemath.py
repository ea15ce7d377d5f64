"""passagemath's RealBallField: balls of 128 bits, Arb below."""

from __future__ import annotations

from sage.rings.real_arb import RealBallField

from benchmarks.peers.generic import peer

peer(RealBallField(128), lambda z: z.tanh(), lambda x: x > 0, lambda x: float(x.mid()))
