"""How definite a form is, and how finely Coq may round it."""

from __future__ import annotations

from collections.abc import Sequence

from flint import fmpq, fmpz, fmpz_mat

from proofs.definite import smallest_pivot
from proofs.table import Table


def margin(inputs: Table, weights: Sequence[fmpq]) -> fmpq | None:
    """1/k that can be subtracted twice from the diagonal of sum w_n x_n x_n^T, which stays positive definite.

    None if it is not definite, or by too little.
    """
    columns = [inputs.column(j) for j in range(inputs.columns)]
    matrix = [
        [sum((w * x * y for w, x, y in zip(weights, a, b, strict=True) if w), fmpq(0)) for b in columns]
        for a in columns
    ]
    most = max(abs(matrix[j][j]) for j in range(len(columns)))
    for halvings in range(0, 400, 2):
        if _is_definite(matrix, found := most / 2**halvings):
            return fmpq(1, -(-2 * found.q // found.p))
    return None


def rounding(inputs: Table, margin_of_form: fmpq) -> int:
    """A power of 2; multiples of its reciprocal are fine enough for an elimination."""
    fine = 64 * inputs.columns**2 / margin_of_form
    return 1 << int(fine.p // fine.q).bit_length()


def _is_definite(matrix: list[list[fmpq]], shift: fmpq) -> bool:
    shifted = [[entry - shift * (j == k) for k, entry in enumerate(row)] for j, row in enumerate(matrix)]
    common = fmpz(1)
    for row in shifted:
        for entry in row:
            common = common.lcm(entry.q)
    return smallest_pivot(fmpz_mat([[entry.p * (common // entry.q) for entry in row] for row in shifted])) is not None
