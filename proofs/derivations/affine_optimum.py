"""affine-optimum/1: hinges at the projections interpolate, and the scatter is what is left."""

from __future__ import annotations

from proofs.derivations.algebra import Matrix, Mul, column, symbol_matrix, symbols
from proofs.derivations.derivation import Derivation, Hypothesis

POINTS = 4
GROUP = 3


def _interpolation() -> Derivation:
    units, gaps = symbol_matrix("e", POINTS, POINTS), symbol_matrix("gap", POINTS - 1)
    start = symbols("p_1")
    places = [start + sum(gaps[:n]) for n in range(POINTS)]
    hinges = {
        units[n, i + 1]: places[n] - places[i] if n > i else 0 for n in range(POINTS) for i in range(1, POINTS - 1)
    }
    return Derivation(
        f"Hinges at the projections interpolate, {POINTS} points",
        "det of 1, p, max(p - p_2, 0), .., max(p - p_{N-1}, 0) at p_1 < .. < p_N is the product of the gaps.",
        (
            Hypothesis("the first unit is 1", {units[n, 0]: 1 for n in range(POINTS)}),
            Hypothesis("the second is p", {units[n, 1]: places[n] for n in range(POINTS)}),
            Hypothesis("the others are hinges", hinges),
        ),
        lambda: Matrix([units.det() - Mul(*gaps)]),
    )


def _scatter() -> Derivation:
    output, mean = symbols("T m")
    targets = symbol_matrix("y", GROUP)
    return Derivation(
        f"The least loss of equal inputs, {GROUP} samples",
        "sum_n (T - y_n)^2 = |g| (T - m)^2 + sum_n (y_n - m)^2.",
        (Hypothesis("m = sum_n y_n / |g|", {mean: sum(targets) / GROUP}),),
        lambda: column([sum((output - y) ** 2 - (y - mean) ** 2 for y in targets) - GROUP * (output - mean) ** 2]),
    )


DERIVATIONS = (_interpolation(), _scatter())
