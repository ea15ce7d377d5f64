"""Axes and parts of pictures."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import numpy as np
import pytest

from certify.report.figures.svg import WIDTH, Axes, Entry, drawing, legend, mark, number, span


def ticks(axes: Axes) -> list[str]:
    return re.findall(r">([^<]+)</text>", "".join(axes.frame("x", "y")))[:-2]


def test_places() -> None:
    axes = Axes((0, 10), (0, 1), 20, 120)
    assert axes.across(0) == axes.left
    assert axes.across(10) < WIDTH
    assert axes.across(5) == (axes.across(0) + axes.across(10)) / 2
    assert [axes.down(v) for v in (0, 0.5, 1)] == [120, 70, 20]


def test_logarithmic_places() -> None:
    axes = Axes((1, 100), (1e-3, 10), 0, 100, log_x=True, log_y=True)
    assert axes.across(10) == pytest.approx((axes.across(1) + axes.across(100)) / 2)
    assert axes.down(0.1) == pytest.approx(50)


@pytest.mark.parametrize(
    ("x", "log", "found"),
    [
        ((0, 1), False, ["0", "0.2", "0.4", "0.6", "0.8", "1"]),
        ((-1.1, 1.1), False, ["−1", "−0.5", "0", "0.5", "1"]),
        ((0, 26000), False, ["0", "1e4", "2e4"]),
        ((-3e-6, 5e-6), False, ["−2e−6", "0", "2e−6", "4e−6"]),
        ((0.5, 200), True, ["1", "10", "100"]),
        ((1e-5, 1e2), True, ["1e−5", "0.001", "0.1", "10"]),
    ],
)
def test_ticks(x: tuple[float, float], log: bool, found: list[str]) -> None:
    axes = Axes(x, (0, 1), 0, 100, log_x=log)
    assert ticks(axes)[: len(found)] == found
    assert ticks(axes)[len(found) :] == ["0", "0.2", "0.4", "0.6", "0.8", "1"]


@pytest.mark.parametrize(
    ("value", "words"), [(0.2912, "0.291"), (-1.5, "−1.5"), (1.263e6, "1.26e6"), (3e-12, "3e−12"), (-0.0, "0")]
)
def test_numbers(value: float, words: str) -> None:
    assert number(value) == words


@pytest.mark.parametrize("values", [[1.0, 1.0], [0.0], [], [np.nan, np.inf], [-2.0, 5.0, np.inf]])
def test_the_span_of_anything(values: list[float]) -> None:
    low, high = span(np.array(values))
    assert low < high
    assert all(low <= v <= high for v in values if np.isfinite(v))


def test_curves_have_gaps_where_there_are_no_numbers() -> None:
    axes = Axes((0, 4), (0, 1), 0, 100)
    path = axes.curve(range(5), [0, 1, np.nan, 1, np.inf], "#000")
    assert re.findall("[ML]", path.split('"')[1]) == ["M", "L", "M"]
    assert 'd="M62.0 0.0L' in axes.curve([0, 1], [7, 1], "#000")  # cut at the top


@pytest.mark.parametrize("shape", ["disc", "ring", "cross", "diamond", "star"])
def test_marks_are_around_their_place(shape: str) -> None:
    element = ElementTree.fromstring(mark(shape, 100, 50, "#123456", 4))
    assert "#123456" in element.attrib.values()
    numbers = [float(n) for n in re.findall(r"-?\d+\.\d", " ".join(element.attrib.get(k, "") for k in ("points", "d")))]
    assert all(40 <= n <= 110 for n in numbers if abs(n) > 30)


def test_a_long_legend_has_rows() -> None:
    parts, end = legend([Entry("a word " * 4, "#000", dash="2 2")] * 3, 40)
    places = {float(y) for y in re.findall(r'<text x="[\d.]+" y="([\d.]+)"', "".join(parts))}
    assert len(places) >= 2
    assert end > max(places)


def test_a_drawing_escapes_what_it_says() -> None:
    root = ElementTree.fromstring(drawing(10, 'a "quoted" <b> & c', []))
    assert root.attrib["aria-label"] == 'a "quoted" <b> & c'
    assert root.attrib["viewBox"] == f"0 0 {WIDTH} 10"
