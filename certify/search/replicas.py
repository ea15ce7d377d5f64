"""Replicated units of a trained network, and the network that has each of them once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flint import fmpq

from proofs.layers import Layer

_ALIKE = fmpq(1, 10**6)


@dataclass(frozen=True, slots=True)
class Merged:
    """The network with one unit for each class of replicas.

    Attributes:
        copies: for each unit of the examined network the number of its class.
        shares: its share of the outgoing weight of the class; they are positive and sum to 1.
    """

    layers: tuple[Layer, Layer]
    copies: tuple[int, ...]
    shares: tuple[fmpq, ...]


def merged(layers: Sequence[Layer]) -> Merged | None:
    """Merge units whose incoming weights and biases agree up to 1e-6.

    Returns:
        None when no units are alike, their outgoing weights do not all have one sign, or the network has several
        hidden layers or outputs.
    """
    if len(layers) != 2 or len(layers[1].biases) != 1:
        return None
    hidden, top = layers
    incoming = [(*row, bias) for row, bias in zip(hidden.weights, hidden.biases, strict=True)]
    firsts: list[int] = []
    copies = []
    for i, unit in enumerate(incoming):
        alike = (k for k, first in enumerate(firsts) if _distance(unit, incoming[first]) <= _ALIKE)
        copies.append(next(alike, len(firsts)))
        if copies[-1] == len(firsts):
            firsts.append(i)
    sums = [fmpq(0)] * len(firsts)
    for a, v in zip(copies, top.weights[0], strict=True):
        sums[a] += v
    if len(firsts) == len(incoming) or any(sums[a] * v <= 0 for a, v in zip(copies, top.weights[0], strict=True)):
        return None
    shares = tuple(v / sums[a] for a, v in zip(copies, top.weights[0], strict=True))
    once = Layer(tuple(hidden.weights[i] for i in firsts), tuple(hidden.biases[i] for i in firsts))
    return Merged((once, Layer((tuple(sums),), top.biases)), tuple(copies), shares)


def _distance(first: Sequence[fmpq], second: Sequence[fmpq]) -> fmpq:
    return max(abs(a - b) for a, b in zip(first, second, strict=True))
