"""The least-squares affine fit of every target, exactly."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flint import fmpq, fmpz_mat

from proofs.table import Table


@dataclass(frozen=True, slots=True)
class AffineFunction:
    """weights . x + constant, one weight for each feature."""

    weights: tuple[fmpq, ...]
    constant: fmpq

    def scaled(self, factor: fmpq, shift: fmpq) -> AffineFunction:
        """factor times the function, plus shift."""
        return AffineFunction(tuple(factor * w for w in self.weights), factor * self.constant + shift)

    def plus(self, other: AffineFunction) -> AffineFunction:
        weights = tuple(a + b for a, b in zip(self.weights, other.weights, strict=True))
        return AffineFunction(weights, self.constant + other.constant)


def affine_fits(inputs: Table, basis: Sequence[int], targets: Table) -> tuple[AffineFunction, ...]:
    """For each column of the targets the function whose residual is orthogonal to 1 and to every feature.

    Args:
        inputs: N x d.
        basis: features that are linearly independent together with 1 and generate all others; the rest get weight 0.
        targets: N x m.
    """
    numbers = [1 if j is None else inputs.numerators[n, j] for n in range(inputs.rows) for j in (None, *basis)]
    columns = fmpz_mat(inputs.rows, 1 + len(basis), numbers)
    solution = (columns.transpose() * columns).solve(columns.transpose() * targets.numerators)
    fits = []
    for o, denominator in enumerate(targets.denominators):
        weights = [fmpq(0)] * inputs.columns
        for k, j in enumerate(basis, 1):
            weights[j] = solution[k, o] * inputs.denominators[j] / denominator
        fits.append(AffineFunction(tuple(weights), solution[0, o] / denominator))
    return tuple(fits)


def mean_fits(inputs: Table, targets: Table) -> tuple[AffineFunction, ...]:
    """For each column of the targets the constant that is its mean."""
    sums = fmpz_mat(1, targets.rows, [1] * targets.rows) * targets.numerators
    return tuple(
        AffineFunction((fmpq(0),) * inputs.columns, fmpq(sums[0, o], denominator * targets.rows))
        for o, denominator in enumerate(targets.denominators)
    )
