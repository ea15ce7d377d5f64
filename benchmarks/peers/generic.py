"""The textbook route, for any kind of interval: the full Hessian of a network, and L D L^T of it.

The network is T(x) = sum_i v_i tanh(w_i x + b_i) + c; its parameters are w_i, b_i for each unit, then v, then c.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from benchmarks.peers.timing import run

Rows = list[list[Any]]


def peer(
    number: Callable[[float], Any],
    tanh: Callable[[Any], Any],
    is_positive: Callable[[Any], bool],
    middle: Callable[[Any], float],
    gram: Callable[[Rows], Rows] | None = None,
) -> None:
    """Do the job with one kind of interval. `gram` is the kind's own product A^T A, if it has a fast one."""

    def shifted(matrix: Rows, shift: float) -> Rows:
        more = number(shift)
        return [[entry + more if i == j else entry for j, entry in enumerate(row)] for i, row in enumerate(matrix)]

    run(
        lambda job: hessian(job, number, tanh, gram or plain_gram),
        lambda rows: [[number(entry) for entry in row] for row in rows],
        shifted,
        lambda matrix: definite(matrix, is_positive),
        lambda matrix, i, j: middle(matrix[i][j]),
    )


def hessian(
    job: dict[str, Any],
    number: Callable[[float], Any],
    tanh: Callable[[Any], Any],
    gram: Callable[[Rows], Rows],
) -> Rows:
    """Half the Hessian of sum_n (T(x_n) - y_n)^2."""
    zero, one = number(0.0), number(1.0)
    rows = [[*map(number, x), one] for x in job["inputs"]]
    units = [list(map(number, unit)) for unit in job["units"]]
    last, constant = list(map(number, job["last"])), number(job["constant"])
    size, width = len(rows[0]), len(units)
    jacobian, bent, mixed = [], [], []
    for x, y in zip(rows, map(number, job["targets"]), strict=True):
        states = [tanh(sum((w * a for w, a in zip(unit, x, strict=True)), zero)) for unit in units]
        slopes = [one - s * s for s in states]
        residual = sum((v * s for v, s in zip(last, states, strict=True)), constant) - y
        jacobian.append([v * t * a for v, t in zip(last, slopes, strict=True) for a in x] + [*states, one])
        bent.append([-2 * residual * v * s * t for v, s, t in zip(last, states, slopes, strict=True)])
        mixed.append([residual * t for t in slopes])
    total = gram(jacobian)
    for i in range(width):
        top = size * width + i
        for p in range(size):
            row = size * i + p
            for q in range(size):
                change = sum((b[i] * x[p] * x[q] for b, x in zip(bent, rows, strict=True)), zero)
                total[row][size * i + q] = total[row][size * i + q] + change
            change = sum((m[i] * x[p] for m, x in zip(mixed, rows, strict=True)), zero)
            total[row][top] = total[row][top] + change
            total[top][row] = total[row][top]
    return total


def plain_gram(rows: Rows) -> Rows:
    """A^T A by loops, one half of it computed."""
    columns = list(zip(*rows, strict=True))
    total: Rows = [[None] * len(columns) for _ in columns]
    for i, first in enumerate(columns):
        for j, second in enumerate(columns[: i + 1]):
            entry = first[0] * second[0]
            for a, b in zip(first[1:], second[1:], strict=True):
                entry = entry + a * b
            total[i][j] = total[j][i] = entry
    return total


def definite(matrix: Sequence[Sequence[Any]], is_positive: Callable[[Any], bool]) -> bool:
    """Whether L D L^T proves that the symmetric matrix is positive definite; it stops at the first pivot in doubt."""
    rows = [list(row[: i + 1]) for i, row in enumerate(matrix)]
    for k in range(len(rows)):
        pivot = rows[k][k]
        if not is_positive(pivot):
            return False
        for i in range(k + 1, len(rows)):
            factor = rows[i][k] / pivot
            for j in range(k + 1, i + 1):
                rows[i][j] = rows[i][j] - factor * rows[j][k]  # in place some kinds would change the caller's matrix
    return True
