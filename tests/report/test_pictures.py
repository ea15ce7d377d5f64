"""All pictures of all certificates of the corpus: which there are, and that they are good SVG."""

from __future__ import annotations

import re
import time
from xml.etree import ElementTree

import pytest

from certify.report.pictures import pictures
from proofs.certificate import read_certificate
from proofs.checking import check
from proofs.kernel import Verdict
from tests.proofs.build import THREE
from tests.proofs.examined import EXAMINED
from tests.report.figures.cases import NAMES, WITH, WITHOUT, drawn

SVG = "{http://www.w3.org/2000/svg}"


@pytest.mark.parametrize("name", WITH)
def test_which_there_are(name: str) -> None:
    case = drawn(name)
    wanted = {"landscape", "outputs"}
    wanted |= {"paths"} if case.scene.better is not None else set()
    wanted |= {"descent-runs"} if case.regions else set()
    wanted |= {"margins"} if any("≥" in f.conclusion.margin for f in case.outcome.facts) else set()
    assert wanted <= set(case.figures) <= wanted | {"region", "margins"}
    assert ("region" in case.figures) <= bool(case.regions)


@pytest.mark.parametrize("name", NAMES)
def test_each_is_good_svg(name: str) -> None:
    """Well-formed, inside its frame, without ids or references, labelled, and nothing in it is not a number."""
    for figure in drawn(name).figures.values():
        root = ElementTree.fromstring(figure.svg)
        width, height = map(float, root.attrib["viewBox"].split()[2:])
        assert root.attrib["aria-label"] == figure.alt
        assert figure.alt and figure.caption
        assert not re.search(r"\b(nan|inf|None|array)\b", figure.svg + figure.alt + figure.caption)
        assert not re.search(r'\bid="|href|url\(|http(?!://www.w3.org/2000/svg)', figure.svg)
        for element in root.iter():
            for across, down in (("x", "y"), ("cx", "cy"), ("x1", "y1"), ("x2", "y2")):
                if across in element.attrib:
                    assert -5 <= float(element.attrib[across]) <= width + 5
                    assert -5 <= float(element.attrib[down]) <= height + 5
        sizes = [float(e.attrib.get("font-size", 14)) for e in root.iter(f"{SVG}text")]
        assert min(sizes) >= 12
        words = [e.text for e in root.iter(f"{SVG}text")]
        assert all(words)
        assert len(figure.svg) < 60_000


@pytest.mark.parametrize("name", WITH)
def test_the_axes_are_labelled(name: str) -> None:
    labels = {
        "landscape": ("part of the way to the better network", "a random direction"),
        "region": ("part of the way to the better network", "a random direction"),
        "outputs": ("input", "samples"),
        "paths": ("part of the way",),
        "descent-runs": ("step (logarithmic)",),
        "margins": ("margin (logarithmic)",),
    }
    second = {
        "landscape": "Up: ",
        "region": "Up: ",
        "outputs": "target, output",
        "paths": "loss E",
        "descent-runs": "loss E",
    }
    for figure in drawn(name).figures.values():
        assert any(f">{label}" in figure.svg for label in labels[figure.name])
        assert f">{second.get(figure.name, '')}" in figure.svg


def test_floats_are_called_illustrations() -> None:
    for name in WITH:
        for figure in drawn(name).figures.values():
            assert figure.name == "margins" or "float64" in figure.caption
    assert "certified lower bounds" in drawn("hand-three-points").figures["margins"].caption


@pytest.mark.parametrize("name", sorted(WITHOUT))
def test_theorems_about_no_point_have_none(name: str) -> None:
    assert drawn(name).figures == {}


def test_what_is_not_proved_has_none() -> None:
    certificate = read_certificate(THREE.certificate({"claim.gap": "6"}))
    outcome = check(THREE.instance, certificate)
    assert outcome.verdict is Verdict.REJECTED
    assert pictures(THREE.instance, outcome, {}) == []


def test_trained_networks() -> None:
    """The landscape and the outputs where a better network is known."""
    for name, case in EXAMINED.items():
        outcome = case.check()
        steps = case.certificate()["steps"]
        found = {f.name: f for f in pictures(case.instance, outcome, {s["id"]: s["arguments"] for s in steps})}
        better = any(fact.lemma.name == "examined-better-point/1" for fact in outcome.facts)
        assert set(found) - {"margins", "spectrum", "descent"} == ({"landscape", "outputs"} if better else set()), name
        for figure in found.values():
            ElementTree.fromstring(figure.svg)
            assert "wider networks" not in figure.caption


def test_they_cost_little() -> None:
    """Bounded whatever the instance; a generous limit, since machines differ and are shared."""
    case = drawn("iris-tanh-1")
    start = time.process_time()
    pictures(case.instance, case.outcome, case.arguments)
    assert time.process_time() - start < 2
