"""The pictures and findings of `certify examine`: well-formed, and they show what was proved."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest

from certify.report.examined_figures import DESCENT, SPECTRUM, Descent, descent_of, figures, spectrum_of
from certify.report.examined_findings import examined_findings
from certify.report.pictures import pictures
from proofs.checking import Outcome
from proofs.instance import Instance
from proofs.kernel import Fact
from proofs.lemmas.saddle import Saddle
from tests.proofs.build import Case
from tests.proofs.examined import EXAMINED
from tests.running import EXAMPLES, certify

FILES = {
    "saddle": {SPECTRUM, DESCENT},
    "stuck": {SPECTRUM},
    "minimum": set(),
    "slope": {DESCENT},
    "replicated-saddle": {DESCENT},
    "two-outputs-saddle": {DESCENT},
    "deep-saddle": {DESCENT},
    "exact": set(),
}


def drawn(instance: Instance, outcome: Outcome) -> dict[str, str]:
    """The pictures by name, each with words for those who do not see it."""
    found = list(figures(instance, outcome))
    assert all(figure.alt and figure.caption for figure in found)
    return {figure.name: figure.svg for figure in found}


def elements(picture: str, kind: str) -> Iterator[ElementTree.Element]:
    return ElementTree.fromstring(picture).iter(f"{{http://www.w3.org/2000/svg}}{kind}")


def texts(picture: str) -> list[str]:
    return [element.text or "" for element in elements(picture, "text")]


def descent_in(case: Case) -> Descent:
    found = descent_of(case.instance, case.check())
    assert found is not None
    return found


@pytest.mark.parametrize("name", FILES)
def test_which_pictures_there_are(name: str) -> None:
    case = EXAMINED[name]
    outcome = case.check()
    found = drawn(case.instance, outcome)
    assert set(found) == FILES[name]
    assert [figure.name for figure in pictures(case.instance, outcome, {})][: len(found)] == list(found)
    for picture in found.values():
        width, height = map(float, ElementTree.fromstring(picture).attrib["viewBox"].split()[2:])
        for element in elements(picture, "circle"):
            assert 0 < float(element.attrib["cx"]) < width
            assert 0 < float(element.attrib["cy"]) < height
        for element in elements(picture, "line"):
            assert all(-1e-9 <= float(element.attrib[key]) <= width for key in ("x1", "x2"))


def test_the_picture_of_the_spectrum() -> None:
    case = EXAMINED["saddle"]
    picture = drawn(case.instance, case.check())[SPECTRUM]
    assert len(list(elements(picture, "circle"))) == 7
    assert "1 of 7 negative (certified)" in texts(picture)
    assert "[-0.00122, -0.00121]" in texts(picture)
    assert "[66.6, 66.7]" in texts(picture)
    centres = [float(element.attrib["cx"]) for element in elements(picture, "circle")]
    marks = [float(e.attrib["x1"]) for e in elements(picture, "line") if e.attrib.get("stroke-width") == "2"]
    assert marks == pytest.approx([min(centres), max(centres)], abs=0.2)
    (zero,) = [e for e in elements(picture, "text") if e.text == "0"]
    assert sum(c < float(zero.attrib["x"]) for c in centres) == 1


@pytest.mark.parametrize("name", [name for name, found in FILES.items() if DESCENT in found])
def test_the_loss_falls_along_the_table(name: str) -> None:
    found = descent_in(EXAMINED[name])
    losses = [loss for _, loss in found.table]
    assert losses == sorted(losses, reverse=True)
    assert losses[0] > losses[-1]
    assert found.certified.startswith(("second derivative ≤ -", "slope ≤ -"))


def test_the_curvature_of_the_curve_is_the_certified_one() -> None:
    found = descent_in(EXAMINED["saddle"])
    near = np.abs(found.lengths) < found.reach / 5
    second = 2 * np.polyfit(found.lengths[near], found.losses[near], 4)[-3]
    assert second == pytest.approx(-0.00121, rel=0.05)


def test_a_descent_that_floats_do_not_see_is_not_shown() -> None:
    """A saddle whose direction is replaced by one along which the loss rises, which no checker would let pass."""
    case = EXAMINED["saddle"]

    def uphill(fact: Fact) -> Fact:
        known: Any = fact.conclusion.proposition
        if not isinstance(known, Saddle):
            return fact
        direction = tuple(v * int(k == 6) for k, v in enumerate(known.direction))
        return replace(fact, conclusion=replace(fact.conclusion, proposition=replace(known, direction=direction)))

    outcome = case.check()
    risen: Outcome = replace(outcome, facts=tuple(map(uphill, outcome.facts)))
    assert descent_of(case.instance, risen) is None
    assert set(drawn(case.instance, risen)) == {SPECTRUM}


FOUND = {
    "saddle": ["largest change", "eigenvalues of the Hessian between -0.00122 and 66.7, 1 negative", "direction of s"],
    "stuck": ["largest change", "between 3.89e-4 and 73.7, 0 negative", "condition number ≤ 1.89e5"],
    "slope": ["along the direction of not-critical the loss falls by"],
    "exact": ["largest change"],
}


@pytest.mark.parametrize("name", FOUND)
def test_the_findings(name: str) -> None:
    case = EXAMINED[name]
    lines = list(examined_findings(case.instance, case.check()))
    assert len(lines) == len(FOUND[name])
    for line, part in zip(lines, FOUND[name], strict=True):
        assert part in line


PLACES = {
    ("stuck", 0): "layer 1, unit 0: weight of x",
    ("stuck", 3): "layer 1, unit 1: bias",
    ("stuck", 5): "layer 2, output 0: weight of unit 1",
    ("stuck", 6): "layer 2, output 0: bias",
    ("plane", 2): "layer 1, unit 0: bias",
    ("plane", 3): "layer 2, output 0: weight of unit 0",
    ("deep-saddle", 5): "layer 2, unit 0: weight of unit 1",
    ("deep-saddle", 9): "layer 2, unit 1: bias",
    ("deep-saddle", 11): "layer 3, output 0: weight of unit 1",
    ("two-outputs-saddle", 9): "layer 2, output 0: bias",
    ("two-outputs-saddle", 13): "layer 2, output 1: bias",
}


@pytest.mark.parametrize(("name", "number"), PLACES)
def test_the_parameter_that_changed_most_is_named(name: str, number: int) -> None:
    case = EXAMINED[name]
    there = str(Fraction(case.claim["network"][number]) + Fraction(1, 10))
    outcome = case.check({f"claim.network.{number}": there, "claim.distance": "1"})
    line = next(examined_findings(case.instance, outcome))
    change, _, place = line.removeprefix("largest change ≤ ").partition(": ")
    assert float(change) == pytest.approx(0.1, rel=0.02)
    assert place == PLACES[name, number]


def test_the_files_and_the_report(tmp_path: Path) -> None:
    wave = EXAMPLES / "trained" / "wave.csv"
    model = EXAMPLES / "trained" / "wave-saddle.npz"
    ended = certify("examine", model, "--data", wave, "--target", "y", "--activation", "tanh", "--out", tmp_path)
    assert ended.err.endswith("report.md, report.html\n")
    ended = certify("report", tmp_path, "--md")
    assert {f"{SPECTRUM}.svg", f"{DESCENT}.svg"} < {path.name for path in tmp_path.iterdir()}
    report = (tmp_path / "report.md").read_text("utf-8")
    for name in (SPECTRUM, DESCENT):
        assert f"]({name}.svg)" in report
        assert f"{name}.svg" in ended.err
    rows = re.findall(r"^\| ([0-9.e-]+) \| ([0-9.e-]+) \| ([0-9.e-]+) \|$", report, re.MULTILINE)
    assert len(rows) == 5
    assert [float(change) for _, _, change in rows] == sorted((float(c) for _, _, c in rows), reverse=True)
    assert json.loads((tmp_path / "certificate.json").read_text("utf-8"))["claim"]["kind"] == "examined-saddle"


def test_no_spectrum_where_none_was_proved() -> None:
    assert spectrum_of(EXAMINED["minimum"].check()) is None
