"""CPU seconds that `proofs` needs to decide that one matrix is definite: `python benchmarks/definite.py SIZE`."""

from __future__ import annotations

import random
import sys
import time

from flint import fmpz_mat

from proofs.definite import smallest_pivot


def matrix(size: int) -> fmpz_mat:
    """sum_n D_n x_n x_n^T for 3 SIZE vectors of integers below 3,000, with weights of both signs."""
    rng = random.Random(1)
    rows = [[rng.randint(-3000, 3000) for _ in range(size)] for _ in range(3 * size)]
    heavy = [[weight * x for x in row] for row in rows for weight in [rng.randint(-(10**6), 10**7)]]
    return fmpz_mat(rows).transpose() * fmpz_mat(heavy)


def main() -> int:
    """Print the seconds."""
    candidate = matrix(int(sys.argv[1]))
    start = time.process_time()
    pivot = smallest_pivot(candidate)
    print(time.process_time() - start)
    return 0 if pivot is not None else 1


if __name__ == "__main__":
    sys.exit(main())
