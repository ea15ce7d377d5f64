"""A function as a picture of characters."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator

from certify.search.floats import Array

_WIDTH, _HEIGHT = 65, 15


def plot(function: Callable[[Array], Array], lower: float, upper: float) -> Iterator[str]:
    """Lines of text that show the graph over [lower, upper], the axes and their ends; floats, for the eye only."""
    import numpy as np

    points = np.linspace(lower, upper, _WIDTH)
    with np.errstate(all="ignore"):
        values = [float(v) for v in function(points)]
    finite = [v for v in values if math.isfinite(v) and abs(v) < 1e6] or [0.0]
    bottom, top = min(*finite, 0.0), max(*finite, 0.0)
    top = top if top > bottom else bottom + 1
    rows = [[" "] * _WIDTH for _ in range(_HEIGHT)]

    def row_of(value: float) -> int:
        return round((top - value) / (top - bottom) * (_HEIGHT - 1))

    rows[row_of(0.0)] = ["-"] * _WIDTH
    if lower < 0 < upper:
        axis = round(-lower / (upper - lower) * (_WIDTH - 1))
        for row in rows:
            row[axis] = "+" if row[axis] == "-" else "|"
    for column, value in enumerate(values):
        if math.isfinite(value) and bottom <= value <= top:
            rows[row_of(value)][column] = "*"
    for number, row in enumerate(rows):
        label = f"{top:.3g}" if number == 0 else f"{bottom:.3g}" if number == _HEIGHT - 1 else ""
        yield f"{label:>9} {''.join(row)}".rstrip()
    yield f"{'':>9} {f'{lower:g}':<{_WIDTH - 4}}{upper:>4g}"
