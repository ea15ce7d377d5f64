"""generic-data/1: the construction works for almost every data set of this shape."""

from __future__ import annotations

from dataclasses import dataclass

from flint import nmod_mat

from proofs.document import Reader
from proofs.instance import Instance
from proofs.kernel import Conclusion, Fact, Lemma, Rejected
from proofs.lemmas.local_minimum import LocalMinimum

PRIME = 2**61 - 1


@dataclass(frozen=True, slots=True)
class GenericData:
    """For Lebesgue-almost every X of shape (samples, features) a residual as in local-minimum/1 exists."""

    samples: int
    features: int


def _check(instance: Instance, premises: tuple[Fact, ...], arguments: Reader) -> Conclusion:
    if not isinstance(premises[0].conclusion.proposition, LocalMinimum):
        raise Rejected("GD01", "the premise is not a local minimum")
    rows = arguments.integers("rows")
    features = instance.inputs.columns
    size = 1 + features + features * (features + 1) // 2
    if len(rows) != size or len(set(rows)) != size or not all(0 <= n < instance.samples for n in rows):
        raise Rejected("GD02", f"expected {size} different samples")
    numerators = instance.inputs.numerators
    entries: list[int] = []
    for n in rows:
        row = [int(numerators[n, j]) % PRIME for j in range(features)]
        entries.append(1)
        entries.extend(row)
        entries.extend(row[j] * row[k] % PRIME for j in range(features) for k in range(j, features))
    # Entries are integers (columns scaled by their denominators, which does not change whether the determinant is 0).
    if nmod_mat(size, size, entries, PRIME).rank() != size:
        raise Rejected("GD03", "the minor of {1, x_j, x_j x_k} is singular modulo 2^61 - 1")
    return Conclusion(
        GenericData(instance.samples, features),
        f"{size} x {size} minor of 1, x_j, x_j x_k is nonsingular: true for almost every X",
    )


LEMMA = Lemma(
    name="generic-data/1",
    title="generic data",
    statement=(
        "If for N ≥ 1 + d + d(d+1)/2 samples a maximal minor of the columns 1, x_j, x_j x_k is not zero (here: "
        "not zero modulo a prime after clearing denominators), then this minor is a non-zero polynomial in the "
        "data, so for Lebesgue-almost every X of the same shape some D is orthogonal to 1 and to every feature "
        "with any prescribed M, and the same activation and depth have a local minimum as in local-minimum/1."
    ),
    source="docs/mathematics.md, generic-data/1, Theorem 17",
    premises=("local-minimum/1",),
    check=_check,
)
