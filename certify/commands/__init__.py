"""One module a command: its arguments, and what calls the function of the same name and prints what it gives."""

from __future__ import annotations

import os


def use_one_thread() -> None:
    """The searches solve many small dense systems, which more BLAS threads only slow down (up to 8 times, measured).

    To be called before NumPy is imported.
    """
    for library in ("OPENBLAS", "OMP", "MKL"):
        os.environ.setdefault(f"{library}_NUM_THREADS", "1")
