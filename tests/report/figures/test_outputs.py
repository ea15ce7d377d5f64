"""The targets and outputs that are drawn are those of the samples."""

from __future__ import annotations

from dataclasses import replace
from xml.etree import ElementTree

import numpy as np
import pytest

from certify.report.figures.outputs import outputs
from certify.report.figures.surface import Surface
from tests.report.figures.cases import drawn

SVG = "{http://www.w3.org/2000/svg}"


def test_three_points() -> None:
    """Targets 0, 3, 0 at the inputs -1, 0, 1; the network computes 1."""
    case = drawn("hand-three-points")
    figure = outputs(case.instance, case.scene)
    assert figure is not None
    assert figure.caption == "Targets, and what is computed at the minimum and by the better network (float64)."
    assert "from 1 to 1, with the root mean square error 1.41" in figure.alt
    rings = [e for e in ElementTree.fromstring(figure.svg).iter(f"{SVG}circle") if e.attrib["fill"] == "none"]
    _legend, *marks = [(float(e.attrib["cx"]), float(e.attrib["cy"])) for e in rings]
    assert len(marks) == 3
    (x1, y1), (x2, y2), (x3, y3) = sorted(marks)
    assert x2 - x1 == pytest.approx(x3 - x2, abs=0.2)
    assert y1 == y3 > y2


def test_an_output_with_a_large_residual_is_chosen() -> None:
    case = drawn("hand-two-outputs")
    residuals = ((case.scene.surface.outputs(case.scene.minimum) - case.scene.surface.model.targets) ** 2).sum(axis=0)
    figure = outputs(case.instance, case.scene)
    assert figure is not None
    assert f"of output {int(np.argmax(residuals)) + 1}" in figure.caption


@pytest.mark.parametrize(
    ("name", "words", "low", "high"),
    [("fitted-logistic", "probabilities", 0.0, 1.0), ("fitted-poisson", "rates", 0.0, np.inf)],
)
def test_other_losses(name: str, words: str, low: float, high: float) -> None:
    """Targets are compared with what the outputs mean for them."""
    case = drawn(name)
    figure = outputs(case.instance, case.scene)
    assert figure is not None
    assert words in figure.caption
    least, most = figure.alt.split("computes: from ")[1].split(", with")[0].split(" to ")
    assert low < float(least) <= float(most) < high


def test_large_data_are_thinned() -> None:
    """All that stick out stay; the rest is spread over the targets."""
    case = drawn("hand-three-points")
    model = case.scene.surface.model
    inputs, targets = np.linspace(-1, 1, 5000)[:, None], np.linspace(0, 2, 5000)[:, None]
    targets[77] = 50.0
    surface = Surface(replace(model, inputs=inputs, targets=targets), case.scene.surface.sizes)
    figure = outputs(case.instance, replace(case.scene, surface=surface))
    assert figure is not None
    assert "of the 5000 samples are drawn" in figure.caption
    assert 80 < figure.svg.count("<polygon") <= 121
    assert ">50<" in figure.svg or ">40<" in figure.svg


def test_outputs_beyond_floats_have_no_picture() -> None:
    case = drawn("exp-1")
    assert outputs(case.instance, replace(case.scene, minimum=1e3 + 0 * case.scene.minimum)) is None
