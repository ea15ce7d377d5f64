"""Directions and layers, as steps have them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from flint import fmpq

from certify.search.floats import Array
from certify.short import texts
from proofs.full_network import Shape


def direction_document(vector: Array) -> list[str]:
    """Scaled to a largest entry of 1, in six decimals."""
    scaled = vector / np.abs(vector).max()
    return [str(fmpq(round(float(v) * 10**6), 10**6)) for v in scaled]


def layers_document(shape: Shape, parameters: Sequence[fmpq]) -> list[dict[str, object]]:
    """The parameters as `layers` of a step."""
    documents: list[dict[str, object]] = []
    starts = shape.starts
    for h, (inputs, units) in enumerate(zip(shape.sizes, shape.sizes[1:], strict=False)):
        each = (starts[h + 1] - starts[h]) // units
        rows = [parameters[starts[h] + i * each :][:each] for i in range(units)]
        biases = [row[inputs] if each > inputs else fmpq(0) for row in rows]
        documents.append({"weights": [texts(row[:inputs]) for row in rows], "biases": texts(biases)})
    return documents
