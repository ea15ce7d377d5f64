"""What is true about a certificate, computed without either checker: fractions, and mpmath at 60 digits.

The mutations state the expected answers from these functions. Where truth is a matter of enclosures (the box region)
they only ever refute: what is false for some points of a range is false for every enclosure of it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from fractions import Fraction
from functools import cache
from itertools import product
from pathlib import Path
from typing import Any

import mpmath
import numpy as np

from tests.proofs.oracle import real, sigma

DIGITS = 60
KINKED = ("softsign", "elu", "relu(z)**2+tanh(z)")
"""Those of the corpus whose second derivative does not exist at 0."""
Rows = list[list[Fraction]]
Layers = Sequence[tuple[Rows, list[Fraction]]]

FORMAT = Path(__file__).resolve().parents[2] / "docs" / "certificate-format.md"


def numbers(texts: Any) -> Any:
    """Nested lists of rationals as fractions."""
    return [numbers(t) for t in texts] if isinstance(texts, list) else Fraction(texts)


def sign(x: Any) -> int:
    return int(x > 0) - int(x < 0)


def level(text: str) -> Any:
    """The value of a level, for mpmath."""
    return mpmath.log(real(Fraction(text[4:-1]))) if text.startswith("log(") else real(Fraction(text))


def derivative_sign(activation: str, place: str, order: int) -> int:
    """The sign of σ, σ', σ'' at a level; 0 for a zero, and where the derivative does not exist."""
    with mpmath.workdps(DIGITS):
        z = level(place)
        if activation in KINKED and order == 2 and z == 0:
            return 0
        value = sigma(activation, z, order)
        return 0 if abs(value) < mpmath.mpf(10) ** (10 - DIGITS) else sign(value)


def orthogonal(residual: Sequence[Fraction], inputs: Rows) -> tuple[bool, bool]:
    """Whether <D,1> = 0, and whether <D,x> = 0 for every feature."""
    moments = [sum(d * x for d, x in zip(residual, column, strict=True)) for column in zip(*inputs, strict=True)]
    return sum(residual) == 0, not any(moments)


def moment(residual: Sequence[Fraction], inputs: Rows, basis: Sequence[int]) -> Rows:
    """M = sum_n D_n x_n x_n^T on the basis."""
    return [
        [sum((d * x[j] * x[k] for d, x in zip(residual, inputs, strict=True)), Fraction(0)) for k in basis]
        for j in basis
    ]


def definite(matrix: Rows) -> int:
    """+1 or -1 for a positive or negative definite matrix, else 0."""
    for side in (1, -1):
        rows = [[side * entry for entry in row] for row in matrix]
        if all(pivot > 0 for pivot in _pivots(rows)):
            return side
    return 0


def semidefinite(matrix: Rows) -> bool:
    """Whether all principal minors are non-negative (of a small matrix)."""
    size = len(matrix)
    for chosen in product((False, True), repeat=size):
        kept = [j for j in range(size) if chosen[j]]
        if kept and determinant([[matrix[j][k] for k in kept] for j in kept]) < 0:
            return False
    return True


def determinant(matrix: Rows) -> Fraction:
    rows, result = [list(row) for row in matrix], Fraction(1)
    for k in range(len(rows)):
        pivot = next((i for i in range(k, len(rows)) if rows[i][k]), None)
        if pivot is None:
            return Fraction(0)
        if pivot != k:
            rows[k], rows[pivot], result = rows[pivot], rows[k], -result
        result *= rows[k][k]
        for i in range(k + 1, len(rows)):
            factor = rows[i][k] / rows[k][k]
            rows[i] = [a - factor * b for a, b in zip(rows[i], rows[k], strict=True)]
    return result


def _pivots(matrix: Rows) -> list[Fraction]:
    """The pivots of elimination without exchange, up to the first that is not positive."""
    rows, found = [list(row) for row in matrix], list[Fraction]()
    for k in range(len(rows)):
        found.append(rows[k][k])
        if rows[k][k] <= 0:
            break
        for i in range(k + 1, len(rows)):
            factor = rows[i][k] / rows[k][k]
            rows[i] = [a - factor * b for a, b in zip(rows[i], rows[k], strict=True)]
    return found


def annihilators(inputs: Rows) -> Rows:
    """A basis of the residuals orthogonal to 1 and to every feature."""
    return kernel([[Fraction(1)] * len(inputs), *(list(column) for column in zip(*inputs, strict=True))])


def kernel(equations: Rows) -> Rows:
    """A basis of the vectors that are orthogonal to all rows."""
    rows, size, pivots = [list(row) for row in equations], len(equations[0]), list[int]()
    for column in range(size):
        done = len(pivots)
        found = next((i for i in range(done, len(rows)) if rows[i][column]), None)
        if found is None:
            continue
        rows[done], rows[found] = rows[found], rows[done]
        rows[done] = [v / rows[done][column] for v in rows[done]]
        for i, row in enumerate(rows):
            if i != done and row[column]:
                rows[i] = [a - row[column] * b for a, b in zip(row, rows[done], strict=True)]
        pivots.append(column)
    basis = []
    for free in (c for c in range(size) if c not in pivots):
        vector = [Fraction(int(c == free)) for c in range(size)]
        for row, pivot in zip(rows, pivots, strict=False):
            vector[pivot] = -row[free]
        basis.append(vector)
    return basis


def outputs(activation: str, layers: Layers, inputs: Rows) -> list[list[Any]]:
    """The outputs of a network for each sample, with mpmath."""
    with mpmath.workdps(DIGITS):
        weights = [([[real(w) for w in row] for row in rows], [real(b) for b in biases]) for rows, biases in layers]
        found = []
        for x in inputs:
            state = [real(v) for v in x]
            for h, (rows, biases) in enumerate(weights):
                state = [mpmath.fdot(row, state) + b for row, b in zip(rows, biases, strict=True)]
                if h + 1 < len(weights):
                    state = [sigma(activation, z) for z in state]
            found.append(state)
        return found


def loss(activation: str, layers: Layers, inputs: Rows, targets: Rows) -> Any:
    """sum_n |T(x_n) - y_n|^2 with mpmath."""
    with mpmath.workdps(DIGITS):
        total = mpmath.mpf(0)
        for state, y in zip(outputs(activation, layers, inputs), targets, strict=True):
            total += sum((t - real(v)) ** 2 for t, v in zip(state, y, strict=True))
        return total


@cache
def shapes(activation: str) -> list[tuple[Fraction | None, Fraction | None, int, int]]:
    """The intervals, slopes and curvatures of the table in docs/certificate-format.md."""
    text = FORMAT.read_text("utf-8").replace("−", "-")
    name = re.escape(activation)
    (row,) = re.findall(rf"^\| (?:[a-z_, ]*, )?{name}(?:, [a-z_, ]*)? \| ([\[(].*) \|$", text, re.MULTILINE)
    found = []
    for item in row.split("; "):
        lower, upper, slope, curvature = re.fullmatch(r"[\[(](\S+), (\S+)[\])] ([-+0]) ([-+])", item).groups()  # type: ignore[union-attr]
        ends = [None if "∞" in end else Fraction(end) for end in (lower, upper)]
        found.append((ends[0], ends[1], "-0+".index(slope) - 1, "-0+".index(curvature) - 1))
    return found


def shape_on(activation: str, lower: Fraction | None, upper: Fraction | None) -> tuple[int, int] | None:
    """Slope and curvature of the first listed shape that contains [lower, upper]."""
    for left, right, slope, curvature in shapes(activation):
        above = left is None or (lower is not None and lower >= left)
        below = right is None or (upper is not None and upper <= right)
        if above and below:
            return slope, curvature
    return None


class Box:
    """The hypotheses of Theorem 8 with every range replaced by nine of its points, in floating point.

    Extremes over points of a range are less extreme than over the range, and Theorem 8 only gets harder when a range
    or a spread grows. So what fails here by a clear margin fails for every enclosure.
    """

    def __init__(self, activation: str, levels: list[str], scales: list[Fraction], radius: Fraction) -> None:
        self.activation, self.radius = activation, float(radius)
        self.levels, self.scales = [float(level(text)) for text in levels], [abs(float(s)) for s in scales]

    def ranges(self, size: float) -> list[tuple[float, list[float], list[float]]]:
        """For each layer the spread δ_h (a lower bound), and σ' and σ'' at points of Z_h(x), |x|_1 = size."""
        spread, found = self.radius * (1 + size), list[tuple[float, list[float], list[float]]]()
        for h, centre in enumerate(self.levels):
            points = [mpmath.mpf(centre + spread * i / 4) for i in range(-4, 5)]
            slopes, bends = ([float(sigma(self.activation, z, order)) for z in points] for order in (1, 2))
            found.append((spread, slopes, bends))
            if h < len(self.scales):
                height, steepest = abs(float(sigma(self.activation, points[4]))), max(map(abs, slopes))
                spread = self.scales[h] * ((1 + self.radius) * steepest * spread + self.radius * height) + self.radius
        return found

    def largest_rates(self, residual: Sequence[Fraction], inputs: Rows, basis: Sequence[int]) -> list[float]:
        """For each layer an upper bound of the rates β_h with M_h - β_h M̄ >= 0."""
        used = [(float(d), [float(x[j]) for j in basis]) for d, x in zip(residual, inputs, strict=True) if d]
        signed = sum(d * np.outer(x, x) for d, x in used)
        side = 1.0 if np.linalg.eigvalsh(signed)[0] > 0 else -1.0
        spectra = {size: self.ranges(size) for size in {sum(map(abs, x)) for _, x in used}}
        root = np.linalg.inv(np.linalg.cholesky(sum(abs(d) * np.outer(x, x) for d, x in used)))
        rates = []
        for h, place in enumerate(self.levels):
            bend = sign(sigma(self.activation, mpmath.mpf(place), 2))
            form = sum(
                min(side * d * bend * t for t in spectra[sum(map(abs, x))][h][2]) * np.outer(x, x) for d, x in used
            )
            rates.append(float(np.linalg.eigvalsh(root @ form @ root.T)[0]))
        return rates

    def absorbed(self, size: float, rates: list[float]) -> float:
        """A lower bound of the sum of Theorem 8; size is the largest |x_n|_1."""
        full, constant = self.ranges(size), self.ranges(0.0)
        r, reach, gain, remainder, path, total = self.radius, self.radius * size, 1.0, 0.0, 1.0, 0.0
        for h in range(1, len(self.levels)):
            scale, rise, bend = self.scales[h - 1], max(map(abs, full[h - 1][1])), max(map(abs, full[h - 1][2]))
            remainder = scale * (rise * remainder + bend * reach * gain / 2)
            reach, gain = scale * (1 + r) * rise * reach, scale * rise * gain
            path *= scale * min(map(abs, constant[h][1]))
            own = max(map(abs, full[h][2]))
            total += own * (1 + own / rates[h]) * remainder**2 * (1 + r) ** h / path
        return total
