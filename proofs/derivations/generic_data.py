"""generic-data/1: one nonsingular minor prescribes every M, and it is a non-zero polynomial in the data."""

from __future__ import annotations

from proofs.derivations.algebra import Matrix, Mul, symbol_matrix, symbols
from proofs.derivations.derivation import Derivation, Hypothesis


def _monomials(points: Matrix) -> Matrix:
    """The rows (1, x_j, x_i x_j with i <= j) of points given one per row."""
    d = points.cols
    return Matrix(
        [
            [1, *row, *(row[i] * row[j] for i in range(d) for j in range(i, d))]
            for row in (list(points[n, :]) for n in range(points.rows))
        ]
    )


def _prescribed() -> Derivation:
    points, residual = symbol_matrix("x", 3), symbol_matrix("D", 3)
    target = symbols("M")
    solution = _monomials(points).T.LUsolve(Matrix([0, 0, target]))
    return Derivation(
        "A prescribed second moment, one feature",
        "sum_n D_n = 0, sum_n D_n x_n = 0, sum_n D_n x_n^2 = M for distinct x_1, x_2, x_3.",
        (Hypothesis("D = Phi^-T (0, 0, M)", dict(zip(residual, solution, strict=True))),),
        lambda: _monomials(points).T * residual - Matrix([0, 0, target]),
    )


def _one_feature() -> Derivation:
    points, squares = symbol_matrix("x", 3), symbol_matrix("q", 3)
    return Derivation(
        "The minor is a non-zero polynomial, one feature",
        "det(1, x_n, x_n^2) = prod_{m<n} (x_n - x_m).",
        (Hypothesis("the third column is x^2", {squares[n]: points[n] ** 2 for n in range(3)}),),
        lambda: Matrix(
            [
                Matrix(3, 3, lambda n, i: (1, points[n], squares[n])[i]).det()
                - Mul(*(points[n] - points[m] for n in range(3) for m in range(n)))
            ]
        ),
    )


def _two_features() -> Derivation:
    x, y = symbols("x y")
    points = Matrix([[0, 0], [1, 0], [0, 1], [2, 0], [1, 1], [x, y]])
    return Derivation(
        "The minor is a non-zero polynomial, two features",
        "The determinant of the 6 monomials on the points (0,0), (1,0), (0,1), (2,0), (1,1), (0,2) is 4.",
        (Hypothesis("the sixth point is (0, 2), off the conic y^2 = y through the others", {x: 0, y: 2}),),
        lambda: Matrix([_monomials(points).det() - 4]),
    )


DERIVATIONS = (_prescribed(), _one_feature(), _two_features())
