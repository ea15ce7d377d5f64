"""What the symbols of a statement stand for: the numbers that were checked, by the names that the statement uses."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import pytest

from certify.checking import check
from certify.report.document import plain
from certify.report.values import values
from proofs.instance import Instance
from proofs.kernel import Fact
from tests.proofs.examined import EXAMINED
from tests.running import EXAMPLES, Written, proved


def shown(written: Written) -> dict[str, dict[str, str]]:
    """By the lemma, the values by their symbols."""
    result = check(written.folder / "instance.json", written.folder / "certificate.json")
    return by_lemma(result.instance, result.facts)


def by_lemma(instance: Instance, facts: Sequence[Fact]) -> dict[str, dict[str, str]]:
    """The values of each step."""
    return {
        fact.lemma.name.removesuffix("/1"): {plain(symbol): plain(value) for symbol, value in values(instance, fact)}
        for fact in facts
    }


@pytest.fixture(scope="module")
def deep(tmp_path_factory: pytest.TempPathFactory) -> Written:
    options = ("--activation", "gelu", "--depth", 3, "--output-bias", "--outputs", 2)
    return proved(tmp_path_factory.mktemp("deep") / "out", EXAMPLES / "iris.csv", *options)


def test_the_constant_point(deep: Written) -> None:
    found, given = shown(deep)["constant-point"], deep.arguments("constant-point")
    assert [found[f"a_{h}"] for h in (1, 2, 3)] == given["levels"]
    assert [found[f"s_{h}"] for h in (2, 3)] == given["scales"]
    assert [Fraction(found[f"c_{o}"]) for o in (1, 2)] == list(map(Fraction, given["constants"]))
    assert found["N"] == "150"
    assert found["E*"] == deep.claim["loss"]
    assert {"V_1", "V_2"} <= set(found)


def test_signs_are_those_that_fit(deep: Written) -> None:
    found = shown(deep)["local-minimum"]
    assert set(found) == {"σ''(a_1)", "σ''(a_2)", "σ''(a_3)", "M_1", "M_2"}
    assert {found[f"M_{o}"] for o in (1, 2)} <= {"positive definite", "negative definite"}


def test_an_output_without_residual_has_no_matrix(tmp_path: Path) -> None:
    (tmp_path / "d.csv").write_text("x,u,y\n0,3,1\n1,3,-2\n2,3,1\n", "utf-8")
    options = ("--features", "x", "--target", "u,y", "--output-bias")
    written = proved(tmp_path / "out", tmp_path / "d.csv", *options)
    names = set(shown(written)["local-minimum"])
    assert "M_2" in names
    assert "M_1" not in names


def test_regions_gaps_and_widths(deep: Written) -> None:
    found = shown(deep)
    assert found["interval-region"] == {"r": deep.arguments("interval-region")["radius"]}
    assert Fraction(found["better-point"]["gap"].removeprefix("≥ ")) <= deep.fraction("gap") * 2
    assert found["better-point"]["widths"].startswith("d_1 ≥ ")
    assert found["generic-data"] == {"N": "150", "d": "4"}


def test_examined_networks() -> None:
    case = EXAMINED["saddle"]
    found = by_lemma(case.instance, case.check().facts)
    assert found["critical-point"]["parameters"] == "7"
    assert found["critical-point"]["E*"].startswith("in [0.96")
    assert found["spectrum"]["smallest eigenvalue"] == "[-0.00122, -0.00121]"
    assert found["spectrum"]["negative eigenvalues"] == "1"
    assert found["saddle"] == {}
