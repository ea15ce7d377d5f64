"""A largest set of affinely independent features, and every other feature as an affine function of them."""

from __future__ import annotations

from dataclasses import dataclass

from flint import fmpq, fmpz_mat

from certify.short import texts
from proofs.table import Table


@dataclass(frozen=True, slots=True)
class Dependency:
    """``x_feature = sum_i coefficients[i] x_kept[i] + constant`` on every sample, exactly."""

    feature: int
    coefficients: tuple[fmpq, ...]
    constant: fmpq

    @property
    def document(self) -> dict[str, object]:
        """One entry of `dependent`, as the lemmas about a critical point read it."""
        return {"feature": self.feature, "coefficients": texts(self.coefficients), "constant": str(self.constant)}


def affine_basis(inputs: Table) -> tuple[tuple[int, ...], tuple[Dependency, ...]]:
    """Split the columns of ``inputs`` into kept ones and dependent ones.

    The kept columns are linearly independent together with the constant 1; a column is kept unless the columns
    before it already determine it.  Both answers are exact.

    Only a few samples are ever eliminated: columns independent on some of the rows are independent on all of them,
    and a relation that fails on a further row is refuted by adding that row.
    """
    rows = _evenly_spaced(inputs.rows, 2 * (inputs.columns + 1))
    while True:
        echelon, denominator, rank = _with_constant(inputs, rows).rref()
        pivots = [next(j for j in range(inputs.columns + 1) if echelon[i, j] != 0) for i in range(rank)]
        dependent = [j for j in range(inputs.columns + 1) if j not in pivots]
        relations = fmpz_mat(inputs.columns + 1, len(dependent))
        for k, j in enumerate(dependent):
            relations[j, k] = -denominator
            for i, pivot in enumerate(pivots):
                relations[pivot, k] = echelon[i, j]
        refuted = _refuting_rows(inputs, relations)
        if not refuted:
            break
        rows += refuted
    kept = tuple(j - 1 for j in pivots[1:])
    dependencies = []
    for k, j in enumerate(dependent):
        unit = fmpq(1, denominator * inputs.denominators[j - 1])
        coefficients = tuple(unit * inputs.denominators[i] * relations[i + 1, k] for i in kept)
        dependencies.append(Dependency(j - 1, coefficients, unit * relations[0, k]))
    return kept, tuple(dependencies)


def _evenly_spaced(total: int, wanted: int) -> list[int]:
    """At most ``wanted`` row numbers spread over the data, which is often sorted by class."""
    return sorted({k * total // wanted for k in range(wanted)})


def _with_constant(inputs: Table, rows: list[int]) -> fmpz_mat:
    """The integer matrix [1 | numerators] on the given rows; the columns' denominators do not change any rank."""
    numbers = [1 if j == 0 else inputs.numerators[n, j - 1] for n in rows for j in range(inputs.columns + 1)]
    return fmpz_mat(len(rows), inputs.columns + 1, numbers)


def _refuting_rows(inputs: Table, relations: fmpz_mat) -> list[int]:
    """For each false relation (a column of ``relations``), the first row on which it fails."""
    wanted = relations.ncols()
    if wanted == 0:
        return []
    on_features = [relations[j, k] for j in range(1, inputs.columns + 1) for k in range(wanted)]
    values = inputs.numerators * fmpz_mat(inputs.columns, wanted, on_features)
    failing = (next((n for n in range(inputs.rows) if values[n, k] != -relations[0, k]), None) for k in range(wanted))
    return sorted({n for n in failing if n is not None})
