"""The benchmarks against other tools: their page says what was measured, and the tools do the same job."""

from __future__ import annotations

import copy
import json
import math
from typing import Any

import pytest

from benchmarks import compare, jobs, page
from benchmarks.compare import CERTIFY, NAIVE

RESULTS: dict[str, Any] = json.loads(page.RESULTS.read_text("utf-8"))
SMALL = {
    "kind": "hessian",
    "inputs": [[0.5, -1.25], [2.0, 0.75], [-0.125, 1.5]],
    "targets": [1.0, -0.5, 0.25],
    "units": [[0.75, -0.5, 0.25], [-1.0, 0.5, 0.125]],
    "last": [1.5, -0.75],
    "constant": 0.5,
    "shift": 0.0,
}
INDEFINITE = {"kind": "definite", "matrix": [[1.0, 2.0], [2.0, 1.0]], "shift": 0.0}


def test_the_page_says_what_was_measured() -> None:
    text = page.PAGE.read_text("utf-8")
    assert page.filled(text, RESULTS) == text
    assert {name for names in page.TABLES.values() for name in names} == set(page.tables(RESULTS))


@pytest.mark.parametrize("section", ["processes", "peers", "growth"])
def test_every_section_names_its_machine_and_versions(section: str) -> None:
    assert RESULTS[section]["machine"]["cores"] > 0
    assert "python-flint" in RESULTS[section]["versions"]


def test_another_figure_makes_another_page() -> None:
    text, other = page.PAGE.read_text("utf-8"), copy.deepcopy(RESULTS)
    other["peers"]["hessians"]["385"]["certify"]["hessian"] *= 2
    assert page.filled(text, other) != text


def test_what_is_not_installed_is_said() -> None:
    other = copy.deepcopy(RESULTS)
    for by_tool in (*other["peers"]["widths"].values(), other["peers"]["hessians"]["385"]):
        by_tool["JAX"] = None
    made = page.tables(other)
    assert made["widths"].count("not installed") == len(other["peers"]["widths"])
    assert made["hessians"].count("not installed") == page.tables(RESULTS)["hessians"].count("not installed") + 2
    assert "JAX" not in made["limits"]


def test_the_naive_route_computes_the_same_hessian() -> None:
    found = {tool.name: compare.run_once(tool, SMALL) for tool in (CERTIFY, NAIVE)}
    compare.demand_agreement(found)
    first = found[NAIVE.name]
    assert first is not None
    assert len(set(first["entries"])) == 4
    wrong = {**found, NAIVE.name: {**first, "entries": [first["entries"][0] * 1.001, *first["entries"][1:]]}}
    with pytest.raises(RuntimeError, match="another Hessian"):
        compare.demand_agreement(wrong)
    assert compare.run_once(NAIVE, {**SMALL, "shift": 100.0})["answer"]  # type: ignore[index]


def test_what_is_not_definite_is_not_called_so() -> None:
    found = {tool.name: compare.run_once(tool, INDEFINITE) for tool in (CERTIFY, NAIVE)}
    assert [figures["answer"] for figures in found.values() if figures] == [False, False]
    with pytest.raises(RuntimeError, match="definite, where certify does not"):
        compare.demand_agreement({**found, NAIVE.name: {"answer": True}})


def test_the_plateau_of_the_naive_route_is_singular_and_critical() -> None:
    """The point that the naive route is given is the one that certify proves: the residuals sum to nothing."""
    for proof, point in jobs.plateaus().values():
        assert proof["options"]["widths"] == [len(point["last"])]
        level = sum(v * math.tanh(unit[-1]) for v, unit in zip(point["last"], point["units"], strict=True))
        residuals = [level + point["constant"] - y for y in point["targets"]]
        assert abs(sum(residuals)) < 1e-9
        for feature in zip(*point["inputs"], strict=True):
            assert abs(sum(r * x for r, x in zip(residuals, feature, strict=True))) < 1e-9


def test_a_tool_that_is_not_installed_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    octave = next(tool for tool in compare.TOOLS if tool.script.endswith(".m"))
    assert compare.in_turns([(octave, SMALL)]) == {octave.name: None}


def test_a_tool_that_fails_is_not_left_out() -> None:
    with pytest.raises(RuntimeError, match="failed"):
        compare.run_once(NAIVE, {**SMALL, "units": 1})


def test_the_time_of_another_conclusion_is_no_time_of_a_proof() -> None:
    """Of three samples in the plane certify proves that the construction is impossible, not a minimum."""
    with pytest.raises(RuntimeError, match="no local minimum"):
        compare.proved({"kind": "prove", "inputs": [["0", "0"], ["1", "0"], ["0", "1"]], "options": {}})


def test_the_exponent_is_that_of_the_last_sizes() -> None:
    assert compare.exponent([(1, 100.0), (2, 4.0), (4, 16.0), (8, 64.0)]) == pytest.approx(2)
