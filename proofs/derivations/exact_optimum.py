"""exact-optimum/1: determinants of the interpolation matrices, and two facts about SiLU and GELU."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from proofs.derivations.algebra import (
    Expr,
    Matrix,
    Mul,
    Symbol,
    column,
    cos,
    diff,
    erf,
    exp,
    pi,
    sin,
    sqrt,
    symbol_matrix,
    symbols,
    tanh,
)
from proofs.derivations.derivation import Derivation, Hypothesis

POINTS = 4


def _differences(rows: Matrix, gaps: Matrix) -> Matrix:
    """(row_{n+1} - row_n) / gap_n."""
    return Matrix(rows.rows - 1, rows.cols, lambda n, i: (rows[n + 1, i] - rows[n, i]) / gaps[n])


def _constant_column() -> tuple[Matrix, Hypothesis]:
    units = symbol_matrix("e", POINTS, POINTS)
    constant = Symbol("s_0")
    return units, Hypothesis("the first unit is constant", {units[n, 0]: constant for n in range(POINTS)})


def _steps() -> Derivation:
    units, constant = _constant_column()
    ones = Matrix([1] * (POINTS - 1))
    return Derivation(
        f"Steps: differences of neighbouring rows, {POINTS} points",
        "det A = s_0 det B, B the differences of neighbouring rows without the constant column.",
        (constant,),
        lambda: Matrix([units.det() - units[0, 0] * _differences(units, ones)[:, 1:].det()]),
    )


def _hinges() -> Derivation:
    units, constant = _constant_column()
    gaps = symbol_matrix("gap", POINTS - 1)

    def difference() -> Matrix:
        slopes = _differences(units, gaps)
        bends = _differences(slopes, Matrix([1] * (POINTS - 2)))
        block = slopes[:1, 1:].col_join(bends[:, 1:])
        return Matrix([units.det() - units[0, 0] * Mul(*gaps) * block.det()])

    return Derivation(
        f"Hinges: divided differences and their differences, {POINTS} points",
        "det A = s_0 (product of the gaps) det B; B: the first divided difference, then the differences of neighbours.",
        (constant,),
        difference,
    )


def _vandermonde(nodes: Sequence[Expr]) -> Expr:
    return Mul(*(nodes[n] - nodes[m] for n in range(len(nodes)) for m in range(n)))


def _exponentials() -> Derivation:
    nodes = symbols(f"q_1:{POINTS + 1}", positive=True)
    powers = symbols(f"k_1:{POINTS + 1}", positive=True)
    return Derivation(
        f"Exponentials: a Vandermonde determinant, {POINTS} points",
        "det[q_n^i] = (product of q_n) prod_{m<n} (q_n - q_m), with q_n = exp(p_n).",
        tuple(Hypothesis(f"unit {i + 1} has weight {i + 1}", {power: i + 1}) for i, power in enumerate(powers)),
        lambda: Matrix(
            [Matrix(POINTS, POINTS, lambda n, i: nodes[n] ** powers[i]).det() - Mul(*nodes) * _vandermonde(nodes)]
        ),
    )


def _sines() -> Derivation:
    cosines, sines = symbols(f"c_1:{POINTS + 1}"), symbols(f"s_1:{POINTS + 1}")
    units = symbol_matrix("e", POINTS, POINTS)

    def multiple(n: int, i: int) -> Expr:
        """sin(i phi_n) from sin((i+1) phi) = 2 cos(phi) sin(i phi) - sin((i-1) phi)."""
        previous, current = 0 * sines[n], sines[n]
        for _ in range(i - 1):
            previous, current = current, 2 * cosines[n] * current - previous
        return current

    power = POINTS * (POINTS - 1) // 2
    return Derivation(
        f"Sines: a Vandermonde determinant in the cosines, {POINTS} points",
        "det[sin(i phi_n)] = 2^(N(N-1)/2) (product of sin phi_n) prod_{m<n} (cos phi_n - cos phi_m).",
        tuple(
            Hypothesis(f"unit {i + 1} is sin({i + 1} phi)", {units[n, i]: multiple(n, i + 1) for n in range(POINTS)})
            for i in range(POINTS)
        ),
        lambda: Matrix([units.det() - 2**power * Mul(*sines) * _vandermonde(cosines)]),
    )


def _sine_recursion() -> Derivation:
    phi, factor = symbols("phi f")
    return Derivation(
        "The recursion of the sines",
        "sin((i+1) phi) = 2 cos(phi) sin(i phi) - sin((i-1) phi) for i = 1, 2, 3.",
        (Hypothesis("f = 2 cos(phi)", {factor: 2 * cos(phi)}),),
        lambda: column(sin((i + 1) * phi) - factor * sin(i * phi) + sin((i - 1) * phi) for i in (1, 2, 3)),
    )


def _gated(name: str, gate: Callable[[Expr], Expr], balance: Expr, bend: Expr, text: str) -> Derivation:
    """The facts about sigma(z) = z gate(z) that bound the variation of sigma' and make its hinges sharp."""
    at_zero = Symbol("sigma_0")

    def sigma(z: Expr) -> Expr:
        return z * gate(z)

    def difference() -> Matrix:
        slope = diff(sigma(_Z), _Z)
        right, left = (sigma(_Z) - at_zero) / _Z, (at_zero - sigma(-_Z)) / _Z
        return column((right - left - balance, slope + slope.subs(_Z, -_Z) - 1, diff(slope, _Z) - bend))

    statement = f"The mean of sigma' over [0, z] minus that over [-z, 0] is {text}; sigma'(z) + sigma'(-z) = 1"
    return Derivation(name, statement, (Hypothesis("sigma(0) = 0", {at_zero: 0}),), difference)


_Z = Symbol("z", positive=True)


def _logistic(z: Expr) -> Expr:
    return 1 / (1 + exp(-z))


DERIVATIONS = (
    _steps(),
    _hinges(),
    _gated(
        "SiLU as a hinge",
        _logistic,
        tanh(_Z / 2),
        _logistic(_Z) * _logistic(-_Z) * (2 - _Z * tanh(_Z / 2)),
        "tanh(z/2), and sigma''(z) = s(z) s(-z) (2 - z tanh(z/2))",
    ),
    _gated(
        "GELU as a hinge",
        lambda z: (1 + erf(z / sqrt(2))) / 2,
        erf(_Z / sqrt(2)),
        (2 - _Z**2) * exp(-(_Z**2) / 2) / sqrt(2 * pi),
        "erf(z/sqrt(2)), and sigma''(z) = (2 - z^2) phi(z)",
    ),
    _exponentials(),
    _sines(),
    _sine_recursion(),
)
