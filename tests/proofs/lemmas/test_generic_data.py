"""generic-data/1: accepted and rejected; the minor once more with fractions."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from proofs.document import Reader
from proofs.exact import Malformed
from proofs.kernel import Conclusion, Fact, Rejected
from proofs.lemmas import LEMMAS
from proofs.lemmas.generic_data import PRIME, GenericData
from tests.proofs.build import CASES, DEPENDENT, GENERIC, MINIMUM, REPEATED, SQUARE, THREE, Case

GENERICS = {name: case for name, case in CASES.items() if GENERIC in case.arguments}


@pytest.mark.parametrize("case", GENERICS.values(), ids=GENERICS)
def test_accepted(case: Case) -> None:
    inputs = case.instance.inputs
    assert case.step(GENERIC).proposition == GenericData(inputs.rows, inputs.columns)


# The sixth sample on a conic through the other five, and just off it: a circle-like quadric of the square's corners and
# centre is x y = 0.
ON_CONIC = SQUARE.about({"data.inputs.5": ["0", "1/3"]})
OFF_CONIC = SQUARE.about({"data.inputs.5": [f"1/{10**30}", "1/3"]})
MULTIPLE = THREE.about({"data.inputs": [[str(-PRIME)], ["0"], [str(PRIME)]]})

REJECTED: list[tuple[str, Case, dict[str, Any], str]] = [
    ("no sample", THREE, {"rows": []}, "GD02"),
    ("a sample too few", THREE, {"rows": [0, 1]}, "GD02"),
    ("a sample too many", REPEATED, {"rows": [0, 1, 2, 3]}, "GD02"),
    ("a sample twice", THREE, {"rows": [0, 1, 1]}, "GD02"),
    ("a sample that does not exist", THREE, {"rows": [0, 1, 3]}, "GD02"),
    ("a negative sample", THREE, {"rows": [0, 1, -1]}, "GD02"),
    ("equal inputs", REPEATED, {"rows": [0, 1, 2]}, "GD03"),
    ("six points on a conic", ON_CONIC, {}, "GD03"),
    ("dependent features", Case(DEPENDENT.document, DEPENDENT.arguments | {GENERIC: {"rows": [0, 1, 2]}}), {}, "GD02"),
    ("singular modulo the prime only", MULTIPLE, {}, "GD03"),
]  # fmt: skip


@pytest.mark.parametrize(("case", "changes", "code"), [r[1:] for r in REJECTED], ids=[r[0] for r in REJECTED])
def test_rejected(case: Case, changes: dict[str, Any], code: str) -> None:
    assert case.code(GENERIC, changes) == ("Rejected", code)


def test_just_off_the_conic_is_accepted() -> None:
    assert OFF_CONIC.code(GENERIC) == ("", "")
    assert SQUARE.code(GENERIC, {"rows": [5, 3, 1, 0, 2, 4]}) == ("", "")


@pytest.mark.parametrize("changes", [{"rows": None}, {"rows": ["0", "1", "2"]}, {"rows": 3}, {"minor": "1"}])
def test_malformed(changes: dict[str, Any]) -> None:
    with pytest.raises(Malformed):
        THREE.step(GENERIC, changes)


def test_it_needs_a_local_minimum() -> None:
    stranger = Fact("s2", LEMMAS[MINIMUM], Conclusion("a local minimum, believe me", ""))
    with pytest.raises(Rejected) as caught:
        LEMMAS[GENERIC].check(THREE.instance, (stranger,), Reader(THREE.arguments[GENERIC], ""))
    assert caught.value.code == "GD01"


def _determinant(rows: list[list[Fraction]]) -> Fraction:
    matrix, result = [list(row) for row in rows], Fraction(1)
    for k in range(len(matrix)):
        pivot = next((i for i in range(k, len(matrix)) if matrix[i][k]), None)
        if pivot is None:
            return Fraction(0)
        if pivot != k:
            matrix[k], matrix[pivot], result = matrix[pivot], matrix[k], -result
        result *= matrix[k][k]
        for i in range(k + 1, len(matrix)):
            factor = matrix[i][k] / matrix[k][k]
            matrix[i] = [a - factor * b for a, b in zip(matrix[i], matrix[k], strict=True)]
    return result


def test_the_prime_is_a_prime() -> None:
    """2^61 - 1, by Lucas and Lehmer."""
    s = 4
    for _ in range(59):
        s = (s * s - 2) % PRIME
    assert PRIME == 2**61 - 1
    assert s == 0


@given(
    st.lists(
        st.tuples(st.fractions(-4, 4, max_denominator=6), st.fractions(-4, 4, max_denominator=6)),
        min_size=6,
        max_size=6,
    )
)
@settings(deadline=None, derandomize=True, max_examples=60)
def test_the_minor_is_the_determinant_of_the_quadratics(points: list[tuple[Fraction, Fraction]]) -> None:
    """A Jensen gap in samples of its own keeps the minimum; six more samples without residual are the minor."""
    inputs = [[str(x), str(y)] for x, y in points]
    document = {
        "data.inputs": [*SQUARE.document["data"]["inputs"][:5], *inputs],
        "data.targets": [*SQUARE.document["data"]["targets"][:5], *([["1"]] * 6)],
    }
    determinant = _determinant([[Fraction(1), x, y, x * x, x * y, y * y] for x, y in points])
    expected = ("Rejected", "GD03") if determinant == 0 else ("", "")
    assert SQUARE.about(document).code(GENERIC, {"rows": list(range(5, 11))}) == expected
