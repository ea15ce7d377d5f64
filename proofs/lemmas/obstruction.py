"""obstruction/1: an exact proof that no residual for these inputs satisfies the hypothesis of local-minimum/1."""

from __future__ import annotations

from dataclasses import dataclass

from flint import fmpq, fmpz, fmpz_mat

from proofs.definite import is_positive_semidefinite
from proofs.document import Reader
from proofs.instance import Instance
from proofs.kernel import Conclusion, Fact, Lemma, Rejected


@dataclass(frozen=True, slots=True)
class Obstruction:
    """The data lie on a positive semidefinite quadric that involves the features with these numbers."""

    features: tuple[int, ...]


def _check(instance: Instance, premises: tuple[Fact, ...], arguments: Reader) -> Conclusion:
    matrix = arguments.matrix("matrix")
    linear = arguments.rationals("linear")
    constant = arguments.rational("constant")
    size = instance.inputs.columns
    if len(matrix) != size or len(linear) != size or any(len(row) != size for row in matrix):
        raise Rejected("OB01", f"expected a {size} x {size} matrix and {size} linear coefficients")
    if any(matrix[j][k] != matrix[k][j] for j in range(size) for k in range(j)):
        raise Rejected("OB01", "the matrix S is not symmetric")
    features = tuple(j for j in range(size) if any(entry != 0 for entry in matrix[j]))
    if not features:
        raise Rejected("OB02", "the matrix S is zero")
    if not is_positive_semidefinite(_integers(matrix, [fmpq(1)] * size)[0]):
        raise Rejected("OB03", "the matrix S is not positive semidefinite")
    _check_quadric(instance, matrix, linear, constant)
    names = ", ".join(instance.features[j] for j in features)
    return Conclusion(Obstruction(features), f"every sample satisfies x^T S x = l(x), S ≥ 0 on {names}")


def _integers(matrix: tuple[tuple[fmpq, ...], ...], units: list[fmpq]) -> tuple[fmpz_mat, fmpz]:
    """units_j units_k matrix[j][k] as integers over one denominator."""
    scaled = [
        [entry * u * v for entry, v in zip(row, units, strict=True)] for row, u in zip(matrix, units, strict=True)
    ]
    common = fmpz(1)
    for row in scaled:
        for entry in row:
            common = common.lcm(entry.q)
    return fmpz_mat([[entry.p * (common // entry.q) for entry in row] for row in scaled]), common


def _check_quadric(
    instance: Instance, matrix: tuple[tuple[fmpq, ...], ...], linear: tuple[fmpq, ...], constant: fmpq
) -> None:
    """x_n^T S x_n = l . x_n + constant for every sample, in integers: x_nj = numerator / denominator_j."""
    inputs = instance.inputs
    units = [fmpq(1, d) for d in inputs.denominators]
    quadratic, common = _integers(matrix, units)
    products = inputs.numerators * quadratic
    slopes = [c * u for c, u in zip(linear, units, strict=True)]
    for n in range(inputs.rows):
        value = sum((products[n, j] * inputs.numerators[n, j] for j in range(inputs.columns)), fmpz(0))
        line = constant
        for j, slope in enumerate(slopes):
            if slope != 0:
                line += slope * inputs.numerators[n, j]
        if fmpq(value, common) != line:
            raise Rejected("OB04", f"sample {n} does not satisfy x^T S x = l(x)")
    # Row n of `products` is S x_n, up to one factor for each column. A dependency q.x = const gives the trivial quadric
    # S = q q^T, which obstructs nothing: weights along q are flat.
    if all(products[n, j] == products[0, j] for n in range(inputs.rows) for j in range(inputs.columns)):
        raise Rejected("OB05", "S x is the same for all samples: S only says that features are affinely dependent")


LEMMA = Lemma(
    name="obstruction/1",
    title="obstruction",
    statement=(
        "If a positive semidefinite S and an affine function l satisfy x_n^T S x_n = l(x_n) for every sample and S x_n "
        "differs between samples, then tr(S M) = Σ_n D_n l(x_n) = 0 for every D orthogonal to 1 and to the features, "
        "so M = Σ_n D_n x_n x_n^T is not definite on any basis of the features: the hypothesis of local-minimum/1 "
        "cannot be met for these inputs. This does not exclude bad local minima of another kind."
    ),
    source="docs/mathematics.md, obstruction/1, Theorem 18",
    premises=(),
    check=_check,
)
