"""The basis of features: dependencies are believed when they hold exactly, at every sample."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from proofs.basis import read_basis
from proofs.document import Reader
from proofs.exact import Malformed
from proofs.instance import read_instance
from proofs.kernel import Rejected
from tests.proofs.build import instance_document, texts

# x2 = 2 x1 + 1, x4 = x1 - x3/3, x5 = 7
ROWS: list[list[Any]] = [
    [x, 2 * x + 1, z, x - Fraction(z) / 3, 7] for x, z in ((0, 1), (Fraction(1, 2), -3), (-2, 5), (4, 4))
]
SECOND = {"feature": 1, "coefficients": ["2", "0"], "constant": "1"}
FOURTH = {"feature": 3, "coefficients": ["1", "-1/3"], "constant": "0"}
FIFTH = {"feature": 4, "coefficients": ["0", "0"], "constant": "7"}
ALL = [SECOND, FOURTH, FIFTH]


def basis(dependent: Any, rows: Any = None) -> tuple[int, ...]:
    instance = read_instance(instance_document(rows or ROWS, [[0]] * len(ROWS)))
    return read_basis(instance, Reader({"dependent": dependent}, "arguments"))


def test_the_features_that_are_left() -> None:
    assert basis(ALL) == (0, 2)
    assert basis(ALL[::-1]) == (0, 2)
    assert basis([]) == (0, 1, 2, 3, 4)
    assert basis([FIFTH | {"coefficients": ["0"] * 4}]) == (0, 1, 2, 3)


def test_any_of_them_may_be_called_dependent() -> None:
    first = {"feature": 0, "coefficients": ["1/2", "0"], "constant": "-1/2"}
    fourth = {"feature": 3, "coefficients": ["1/2", "-1/3"], "constant": "-1/2"}
    assert basis([first, fourth, FIFTH]) == (1, 2)


REJECTED: list[tuple[str, Any, str]] = [
    ("a feature that does not exist", [SECOND | {"feature": 5}], "CP06"),
    ("a negative feature", [SECOND | {"feature": -1}], "CP06"),
    (
        "the last feature counted from the end",
        [{"feature": -1, "coefficients": texts([0, 0, 0, 0, 1]), "constant": "0"}],
        "CP06",
    ),
    ("a feature twice", [SECOND, SECOND], "CP06"),
    ("a feature twice, with coefficients for the rest", [FIFTH | {"coefficients": ["0"] * 4}] * 2, "CP06"),
    ("nothing is left", [{"feature": j, "coefficients": [], "constant": "0"} for j in range(5)], "CP06"),
    ("a coefficient too few", [SECOND | {"coefficients": ["2"]}, FOURTH, FIFTH], "CP06"),
    ("a coefficient too many", [SECOND | {"coefficients": ["2", "0", "0"]}, FOURTH, FIFTH], "CP06"),
    ("another coefficient", [SECOND | {"coefficients": ["2", f"1/{10**30}"]}, FOURTH, FIFTH], "CP07"),
    ("another constant", [SECOND, FOURTH, FIFTH | {"constant": f"{7 * 10**30 + 1}/{10**30}"}], "CP07"),
    ("another sign", [SECOND, FOURTH | {"coefficients": ["1", "1/3"]}, FIFTH], "CP07"),
]


@pytest.mark.parametrize(("dependent", "code"), [r[1:] for r in REJECTED], ids=[r[0] for r in REJECTED])
def test_rejected(dependent: Any, code: str) -> None:
    with pytest.raises(Rejected) as caught:
        basis(dependent)
    assert caught.value.code == code


@pytest.mark.parametrize("sample", range(4))
def test_every_sample_is_looked_at(sample: int) -> None:
    rows = [list(row) for row in ROWS]
    rows[sample][1] += Fraction(1, 10**30)
    with pytest.raises(Rejected) as caught:
        basis(ALL, rows)
    assert caught.value.code == "CP07"


@pytest.mark.parametrize(
    "dependent",
    [None, {}, ["x2"], [SECOND | {"feature": "1"}], [SECOND | {"name": "x2"}], [{"feature": 1, "constant": "1"}]],
)
def test_malformed(dependent: Any) -> None:
    with pytest.raises(Malformed):
        basis(dependent)
