"""Residuals and obstructions verified with integers and fractions of the standard library alone."""

from __future__ import annotations

import csv
import random
from collections.abc import Sequence
from fractions import Fraction
from math import lcm
from operator import mul
from pathlib import Path

from flint import fmpq

from certify.search.jensen import Gap
from certify.search.residual import Obstruction, Residual, find_residual
from proofs.table import Table, table_from_rows
from tests.search.tables import rationals

Rows = list[list[Fraction]]

EXAMPLES = Path(__file__).parents[2] / "examples"


def table(rows: Sequence[Sequence[Fraction]]) -> Table:
    return table_from_rows([rationals(row) for row in rows], len(rows[0]))


def fraction(value: fmpq) -> Fraction:
    return Fraction(int(value.p), int(value.q))


def example(name: str, without: Sequence[str] = ()) -> Rows:
    """The features of an example data set: all columns but the last, which is the target."""
    with (EXAMPLES / name).open(newline="") as lines:
        header, *rows = csv.reader(lines)
    chosen = [j for j, column in enumerate(header[:-1]) if column not in without]
    return [[Fraction(row[j]) for j in chosen] for row in rows]


def standardised(rows: Rows) -> Rows:
    """Exact mean 0, and standard deviation 1 up to rounding."""
    columns = []
    for column in zip(*rows, strict=True):
        mean = sum(column) / len(column)
        deviation = (sum((x - mean) ** 2 for x in column) / len(column)) ** 0.5
        columns.append([(x - mean) / Fraction(deviation).limit_denominator(10**6) for x in column])
    return [list(row) for row in zip(*columns, strict=True)]


def gaussian(samples: int, features: int, seed: int) -> Rows:
    """Normal samples rounded to three decimals."""
    generator = random.Random(seed)
    return [[Fraction(round(1000 * generator.gauss(0, 1)), 1000) for _ in range(features)] for _ in range(samples)]


def search(rows: Rows, seed: int = 0) -> Residual | Obstruction | None:
    """What is found for the rows, verified."""
    found = find_residual(table(rows), seed)
    if isinstance(found, Residual):
        verify_residual(rows, found)
    elif isinstance(found, Obstruction):
        verify_obstruction(rows, found)
    return found


def verify_residual(rows: Rows, residual: Residual) -> None:
    weights = [Fraction(value, residual.denominator) for value in residual.values]
    assert len(weights) == len(rows)
    assert sum(weights) == 0
    for column in zip(*rows, strict=True):
        assert sum(map(mul, residual.values, integers(column))) == 0
    assert len({(tuple(row), w) for w, row in zip(weights, rows, strict=True)}) == len(set(map(tuple, rows)))
    columns = [integers(column) for column in zip(*rows, strict=True)]  # a positive diagonal congruence
    weighted = [[w * x for w, x in zip(residual.values, column, strict=True)] for column in columns]
    moment = [[Fraction(sum(map(mul, left, right))) for right in columns] for left in weighted]
    assert definiteness(moment) == "positive"
    if residual.gaps:
        assert total(residual.gaps, rows) == weights


def integers(column: Sequence[Fraction]) -> list[int]:
    """The column times its least common denominator."""
    common = lcm(*(x.denominator for x in column))
    return [int(x * common) for x in column]


def total(gaps: Sequence[Gap], rows: Rows) -> list[Fraction]:
    """The sum of the gaps, each verified to be one."""
    weights = [Fraction(0)] * len(rows)
    for gap in gaps:
        coefficients = [fraction(value) for value in gap.coefficients]
        assert gap.weight > 0
        assert min(coefficients) > 0
        assert sum(coefficients) == 1
        shares = list(zip(gap.vertices, coefficients, strict=True))
        for j, centre in enumerate(rows[gap.centre]):
            assert sum(share * rows[vertex][j] for vertex, share in shares) == centre
        weights[gap.centre] -= fraction(gap.weight)
        for vertex, share in shares:
            weights[vertex] += fraction(gap.weight) * share
    return weights


def verify_obstruction(rows: Rows, obstruction: Obstruction) -> None:
    form = [[fraction(value) for value in row] for row in obstruction.matrix]
    linear, constant = [fraction(value) for value in obstruction.linear], fraction(obstruction.constant)
    used = [j for j, row in enumerate(form) if any(row)]
    assert used
    assert definiteness(form) in {"positive", "semidefinite"}
    for row in rows:
        value = sum(form[i][j] * row[i] * row[j] for i in used for j in used)
        assert value == sum(a * x for a, x in zip(linear, row, strict=True)) + constant


def definiteness(matrix: Sequence[Sequence[Fraction]]) -> str:
    """'positive', 'semidefinite' or 'neither', by fraction-free symmetric elimination."""
    size, common = len(matrix), lcm(*(value.denominator for row in matrix for value in row))
    rows = [[int(value * common) for value in row] for row in matrix]
    assert all(rows[i][j] == rows[j][i] for i in range(size) for j in range(i))
    answer, previous = "positive", 1
    for k in range(size):
        pivot = rows[k][k]
        if pivot < 0 or (pivot == 0 and any(rows[k][k:])):
            return "neither"
        if pivot == 0:
            answer = "semidefinite"
            continue
        for i in range(k + 1, size):
            factor = rows[i][k]
            rows[i][k + 1 :] = [
                (pivot * value - factor * other) // previous
                for value, other in zip(rows[i][k + 1 :], rows[k][k + 1 :], strict=True)
            ]
        previous = pivot
    return answer
