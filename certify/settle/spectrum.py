"""The eigenvalues of the Hessian at the critical point."""

from __future__ import annotations

import numpy as np
from flint import fmpq

from certify.search.floats import Array
from certify.settle.case import Case
from certify.short import below, texts

_MOST = 100
"""Hessians of more parameters would take the second checker minutes."""


def add_spectrum(case: Case, eigenvalues: Array) -> None:
    """The eigenvalues as far as float64 knows them, which spectrum/1 decides; nothing for large networks."""
    if len(eigenvalues) > _MOST:
        return
    slack = max(map(abs, eigenvalues.tolist())) * 1e-12

    def bounds(value: float) -> list[str]:
        spread = fmpq(*(abs(value) * 1e-6 + slack).as_integer_ratio())
        middle = fmpq(*value.as_integer_ratio())
        return texts((below(middle - spread), -below(-middle - spread)))

    arguments: dict[str, object] = {
        "smallest": bounds(float(eigenvalues[0])),
        "largest": bounds(float(eigenvalues[-1])),
        "negative": int(np.sum(eigenvalues < 0)),
    }
    if (failure := case.failure([("spectrum/1", ("s1",), arguments)])) is None:
        case.draft.add("spectrum/1", ("s1",), arguments)
    else:
        case.draft.notes.append(f"eigenvalues of the Hessian: {failure}")
