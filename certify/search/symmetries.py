"""The symmetries of a trained network, and which parameters to hold fixed for them; untrusted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from flint import arb, fmpq, fmpq_mat

from certify.search.floats import Array
from certify.short import texts
from proofs.full_network import Shape, evaluate
from proofs.instance import Instance
from proofs.kernel import Failure
from proofs.symmetries import Near, Stated, Symmetry

_INDEPENDENT = 1e-8
"""A tangent vector counts as new if this part of it is orthogonal to those before."""


@dataclass(frozen=True, slots=True)
class Slice:
    """Symmetries, as arguments of critical-point/1, and the parameters that they hold fixed."""

    documents: tuple[dict[str, object], ...] = ()
    fixed: frozenset[int] = frozenset()


def slice_at(instance: Instance, shape: Shape, parameters: Sequence[fmpq]) -> Slice:
    """As many independent symmetries at a network as are known.

    Each fixes the parameter that it changes most, once the others are accounted for.
    """
    near = Near(instance, evaluate(instance, shape, [arb(v) for v in parameters]))
    found, basis = list[tuple[Stated, Array]](), list[Array]()
    for stated in candidates(near):
        symmetry = _symmetry(near, stated)
        if symmetry is None:
            continue
        tangent = _unit(_floats(symmetry, shape.parameters))
        rest = tangent - sum((b * (b @ tangent) for b in basis), np.zeros_like(tangent))
        rest -= sum((b * (b @ rest) for b in basis), np.zeros_like(tangent))
        if np.linalg.norm(rest) > _INDEPENDENT:
            basis.append(_unit(rest))
            found.append((stated, tangent))
    if not found:
        return Slice()
    rows = _pivots(np.array([tangent for _, tangent in found]).T)
    documents = [
        {
            "kind": stated.kind,
            **stated.places,
            **_vectors(stated),
            "fixes": row,
        }
        for (stated, _), row in zip(found, rows, strict=True)
    ]
    return Slice(tuple(documents), frozenset(rows))


def _vectors(stated: Stated) -> dict[str, object]:
    if stated.kind == "exchange":
        return {"units": list(stated.units), "vectors": [texts(vector) for vector in stated.vectors]}
    return {"vector": texts(stated.vectors[0])} if stated.vectors else {}


def _symmetry(near: Near, stated: Stated) -> Symmetry | None:
    try:
        return near.symmetry(stated)
    except Failure:
        return None


def candidates(near: Near) -> Iterator[Stated]:
    """Those that move few parameters first: of symmetries that depend on each other, the first are kept."""
    shape = near.shape
    yield from (_stated("softmax", state=k) for k in range(shape.sizes[shape.hidden] + shape.output_bias))
    for layer in range(1, shape.hidden + 1):
        below, units, above = shape.sizes[layer - 1 : layer + 2]
        idle = near.is_below_dead(layer)
        for unit in range(units):
            if idle or near.is_dead(layer, unit):
                yield from (_stated("dead", layer=layer, unit=unit, input=j) for j in range(below + 1))
                yield from (_stated("dead-outgoing", layer=layer, unit=unit, target=k) for k in range(above))
        if layer == 1:
            for unit in range(units):
                yield from (Stated("dependency", {"unit": unit}, -1, (), (a,)) for a in _dependencies(near, unit))
        for unit in range(units):
            yield _stated("shift", layer=layer, unit=unit)
            yield _stated("scaling", layer=layer, unit=unit)
        yield from _exchanges(near, layer)
        yield from (_stated("mix", layer=layer, unit=i, other=j) for i in range(units) for j in range(units) if i != j)


def _stated(kind: str, **places: int) -> Stated:
    return Stated(kind, places, -1)


def _slopes(near: Near, layer: int, unit: int) -> list[fmpq] | None:
    """For each sample the slope of sigma, where these are exactly known."""
    try:
        return [slope for slope, _ in near.parts(layer, unit).lines]
    except Failure:
        return None


def _dependencies(near: Near, unit: int) -> list[tuple[fmpq, ...]]:
    """A basis of the a with sum_j a_j x_j + a_d = 0 on all samples at which a unit of the first layer is not dead."""
    slopes = _slopes(near, 1, unit) or [fmpq(1)] * near.instance.samples
    return kernel([near.inputs(n) for n, slope in enumerate(slopes) if slope != 0])


def _exchanges(near: Near, layer: int) -> Iterator[Stated]:
    """A basis of those between all units of a layer that are not dead and have exactly known slopes."""
    known = [(unit, _slopes(near, layer, unit)) for unit in range(near.shape.sizes[layer])]
    units = [(unit, slopes) for unit, slopes in known if slopes is not None and any(a != 0 for a in slopes)]
    if not units:
        return
    names, samples = tuple(unit for unit, _ in units), range(near.instance.samples)
    size = near.shape.sizes[layer - 1] + 1
    if layer == 1:
        rows = [[a[n] * x for _, a in units for x in near.inputs(n)] + [fmpq(-1)] for n in samples]
        for vector in kernel(rows):
            vectors = tuple(tuple(vector[size * i :][:size]) for i in range(len(units)))
            used = [i for i, part in enumerate(vectors) if any(part)]
            yield _exchange(layer, [names[i] for i in used], [vectors[i] for i in used])
        return
    for vector in kernel([[a[n] for _, a in units] for n in samples]):
        used = [i for i, factor in enumerate(vector) if factor != 0]
        for j in range(size):
            parts = [tuple(vector[i] if k == j else fmpq(0) for k in range(size)) for i in used]
            yield _exchange(layer, [names[i] for i in used], parts)


def _exchange(layer: int, units: Sequence[int], vectors: Sequence[tuple[fmpq, ...]]) -> Stated:
    return Stated("exchange", {"layer": layer}, -1, tuple(units), tuple(vectors))


def kernel(rows: Sequence[Sequence[fmpq]]) -> list[tuple[fmpq, ...]]:
    """A basis of the vectors that are orthogonal to all rows, exactly."""
    distinct = [list(row) for row in {tuple(map(str, row)): row for row in rows}.values()]
    if not distinct:
        return []
    size = len(distinct[0])
    echelon, rank = fmpq_mat(distinct).rref()
    pivots = [next(j for j in range(size) if echelon[i, j] != 0) for i in range(rank)]
    basis = []
    for free in (j for j in range(size) if j not in pivots):
        vector = [fmpq(int(j == free)) for j in range(size)]
        for i, pivot in enumerate(pivots):
            vector[pivot] = -echelon[i, free]
        basis.append(tuple(vector))
    return basis


def _floats(symmetry: Symmetry, size: int) -> Array:
    vector = np.zeros(size)
    entries: Mapping[int, arb] = symmetry.tangent
    for k, entry in entries.items():
        vector[k] = float(entry.mid())
    return vector


def _unit(vector: Array) -> Array:
    length = float(np.linalg.norm(vector))
    return vector / length if length > 0 else vector


def _pivots(columns: Array) -> list[int]:
    """For each column a row of its own: Gaussian elimination with the largest pivots first."""
    left = columns.copy()
    rows = [0] * left.shape[1]
    waiting = set(range(left.shape[1]))
    for _ in range(left.shape[1]):
        row, column = max(
            ((int(np.argmax(np.abs(left[:, c]))), c) for c in sorted(waiting)), key=lambda rc: abs(left[rc])
        )
        rows[column] = row
        waiting.remove(column)
        for other in waiting:
            left[:, other] -= left[:, column] * (left[row, other] / left[row, column])
            left[row, other] = 0
    return rows
