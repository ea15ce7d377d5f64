"""Replicated units of a trained network, and the network that has each of them once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flint import fmpq

from certify.short import rounded
from proofs.layers import Layer
from proofs.replicas import Replicas

_ALIKE = fmpq(1, 10**6)
_CANCEL = fmpq(1, 10**12)
_DIGITS = 20


@dataclass(frozen=True, slots=True)
class Merged:
    """The network with one unit for each class of replicas, and how the examined one comes from it."""

    layers: tuple[Layer, ...]
    replicas: Replicas


def merged(layers: Sequence[Layer]) -> Merged | None:
    """Merge units of each hidden layer whose biases and incoming weights, replicas below being merged, agree up to
    1e-6. The shares are those of the outgoing weights, nearly.

    Returns:
        None when no units are alike. Units whose outgoing weights cancel are left alone: they have no shares.
    """
    once = list(layers)
    copies, shares = [], []
    for h in range(len(once) - 1):
        once[h], once[h + 1], numbers, parts = _merged_layer(once[h], once[h + 1])
        copies.append(numbers)
        shares.append(parts)
    replicas = Replicas(tuple(copies), tuple(shares))
    return None if replicas.widths == tuple(len(layer.biases) for layer in once[:-1]) else Merged(tuple(once), replicas)


def _merged_layer(layer: Layer, above: Layer) -> tuple[Layer, Layer, tuple[int, ...], tuple[fmpq, ...]]:
    """The layer and the one above it with each unit once; the class and the share of each unit."""
    columns = list(zip(*above.weights, strict=True))
    classes: list[list[int]] = []
    for group in _alike([(*row, bias) for row, bias in zip(layer.weights, layer.biases, strict=True)]):
        total = _sum([columns[k] for k in group])
        cancel = _inner(total, total) <= _CANCEL * max(_inner(columns[k], columns[k]) for k in group)
        classes += [[k] for k in group] if cancel else [group]
    classes.sort()
    numbers, shares = [0] * len(columns), [fmpq(1)] * len(columns)
    for number, group in enumerate(classes):
        total = _sum([columns[k] for k in group])
        for k in group:
            numbers[k] = number
        for k in group[1:]:
            shares[k] = rounded(_inner(columns[k], total) / _inner(total, total), _DIGITS)
            shares[group[0]] -= shares[k]
    firsts = [group[0] for group in classes]
    once = Layer(tuple(layer.weights[k] for k in firsts), tuple(layer.biases[k] for k in firsts))
    sums = [_sum([columns[k] for k in group]) for group in classes]
    return once, Layer(tuple(zip(*sums, strict=True)), above.biases), tuple(numbers), tuple(shares)


def _alike(units: Sequence[Sequence[fmpq]]) -> list[list[int]]:
    """The numbers of the units in classes, each near its first."""
    classes: list[list[int]] = []
    for i, unit in enumerate(units):
        near = (c for c in classes if max(abs(a - b) for a, b in zip(unit, units[c[0]], strict=True)) <= _ALIKE)
        found = next(near, None)
        if found is None:
            classes.append([i])
        else:
            found.append(i)
    return classes


def _sum(vectors: Sequence[Sequence[fmpq]]) -> tuple[fmpq, ...]:
    return tuple(sum(entries, fmpq(0)) for entries in zip(*vectors, strict=True))


def _inner(x: Sequence[fmpq], y: Sequence[fmpq]) -> fmpq:
    return sum((a * b for a, b in zip(x, y, strict=True)), fmpq(0))
