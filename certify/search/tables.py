"""Exact tables as float64 arrays, for searches."""

from __future__ import annotations

import numpy as np

from certify.search.floats import Array
from proofs.table import Table


def to_floats(table: Table) -> Array:
    """The entries rounded to float64, rows x columns."""
    numbers = [float(int(v)) for v in table.numerators.entries()]
    entries: Array = np.array(numbers).reshape(table.rows, table.columns)
    scale: Array = np.array([float(d) for d in table.denominators])
    return entries / scale
