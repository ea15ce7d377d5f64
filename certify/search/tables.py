"""Exact tables as float64 arrays, for searches."""

from __future__ import annotations

import numpy as np

from certify.errors import UsageError
from certify.search.floats import Array
from proofs.table import Table


def to_floats(table: Table) -> Array:
    """The entries rounded to float64, rows x columns.

    Raises:
        UsageError: an entry is beyond the range of float64.
    """
    entries = list(map(int, table.numerators.entries()))
    try:
        columns = [[v / d for v in entries[j :: table.columns]] for j, d in enumerate(table.denominators)]
    except OverflowError:
        raise UsageError("the data hold numbers beyond 1e308, too large for the search; try --standardise") from None
    return np.array(columns).T.copy()
