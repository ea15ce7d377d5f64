"""Hints for the lemmas about interpolation: a separating direction, and a nonsingular minor of the quadratics."""

from __future__ import annotations

import random
from math import lcm

from flint import fmpz_mat, nmod_mat

from certify.search.levels import carrier
from certify.short import texts
from proofs.instance import Instance
from proofs.lemmas.generic_data import PRIME

_LARGEST_MINOR = 2000
_SPARE = 200


def separating_direction(instance: Instance, seed: int) -> tuple[int, ...] | None:
    """Small integers g with g.x_n different for all distinct inputs."""
    rng = random.Random(seed)
    inputs = instance.inputs
    samples = [group[0] for group in instance.distinct_inputs]
    common = lcm(*inputs.denominators)
    for bound in (1, 1, 3, 3, 9, 9, 99, 999, 10**6, 10**9, 10**12):
        direction = tuple(rng.choice((-1, 1)) * rng.randint(1, bound) for _ in range(inputs.columns))
        column = [g * (common // d) for g, d in zip(direction, inputs.denominators, strict=True)]
        projected = inputs.numerators * fmpz_mat(inputs.columns, 1, column)
        if len({int(projected[n, 0]) for n in samples}) == len(samples):
            return direction
    return None


def interpolation_arguments(instance: Instance, seed: int) -> dict[str, object] | None:
    """The direction and the carriers that the lemmas about the exact optimum ask for, or None."""
    piece = carrier(instance.architecture.activation)
    direction = separating_direction(instance, seed)
    if direction is None or piece is None:
        return None
    return {
        "direction": texts(direction),
        "carriers": [{"lower": str(piece[0]), "upper": str(piece[1])}] * (instance.architecture.depth - 1),
    }


def generic_rows(instance: Instance) -> tuple[int, ...] | None:
    """Samples on which {1, x_j, x_j x_k} has a nonsingular minor modulo the lemma's prime, or None."""
    features = instance.inputs.columns
    size = 1 + features + features * (features + 1) // 2
    if size > instance.samples or size > _LARGEST_MINOR:
        return None
    numerators = instance.inputs.numerators
    distinct = [group[0] for group in instance.distinct_inputs]
    wanted = min(len(distinct), size + _SPARE)
    candidates = [distinct[k * len(distinct) // wanted] for k in range(wanted)]  # data are often sorted by a feature
    columns = []
    for n in candidates:
        row = [int(numerators[n, j]) % PRIME for j in range(features)]
        columns.append([1, *row, *(row[j] * row[k] % PRIME for j in range(features) for k in range(j, features))])
    entries = [columns[c][r] for r in range(size) for c in range(len(candidates))]
    reduced, rank = nmod_mat(size, len(candidates), entries, PRIME).rref()
    if rank < size:
        return None
    pivots = []
    column = 0
    for r in range(size):
        while int(reduced[r, column]) == 0:
            column += 1
        pivots.append(candidates[column])
    return tuple(pivots)
