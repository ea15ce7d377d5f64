"""Counts, the table and the picture."""

from __future__ import annotations

import csv
from xml.etree import ElementTree

import pytest

from certify.sweep.picture import COLOURS, picture
from certify.sweep.store import Row
from certify.sweep.summary import document, exit_code, lines, table


def row(number: int, outcome: str | None, cause: str = "", problem: str = "{}", plan: str = "p" * 64) -> Row:
    data = f'{{"random":"gaussian","dimension":{number},"seed":7}}'
    spec = f'{{"data":{data},"problem":{problem}}}'
    return Row(f"{number:064}", plan, spec, outcome, cause if outcome else None, None, None)


ROWS = [
    row(3, "proved", problem='{"activation":"tanh"}'),
    row(10, "obstructed", problem='{"depth":2}'),
    row(2, "undecided", "no luck\x1b[31m"),
    row(4, "undecided", "no luck\x1b[31m"),
    row(5, "undecided", "x" * 300),
    row(6, "crashed", "the worker died, 3 times"),
    row(7, None),
]


def test_lines() -> None:
    first, *causes = lines(ROWS)
    assert first == "7 jobs: 1 proved, 1 obstructed, 3 undecided, 1 crashed, 1 not done yet"
    assert causes[0] == "       2 undecided: no luck\\x1b[31m"
    assert "       1 crashed: the worker died, 3 times" in causes
    assert all(len(line) < 140 for line in causes)
    assert len(causes) == 3


def test_plans_are_never_mixed_silently() -> None:
    both = [*ROWS, row(8, "proved", plan="q" * 64)]
    shown = list(lines(both))
    assert shown[1:3] == [f"asked for first by plan {'p' * 12}: 7 jobs", f"asked for first by plan {'q' * 12}: 1 jobs"]
    assert document(both)["plans"] == {"p" * 64: 7, "q" * 64: 1}


def test_document() -> None:
    found = document(ROWS)
    assert found["jobs"] == 7
    assert found["pending"] == 1
    assert found["outcomes"] == {"proved": 1, "obstructed": 1, "undecided": 3, "error": 0, "crashed": 1}
    assert {"outcome": "crashed", "cause": "the worker died, 3 times", "jobs": 1} in found["causes"]  # type: ignore[operator]


@pytest.mark.parametrize(
    ("outcomes", "code"),
    [
        (["proved", "obstructed"], 0),
        (["proved", "undecided"], 4),
        (["proved", "error"], 4),
        (["proved", None], 4),
        (["undecided", "crashed", None], 5),
    ],
)
def test_exit_codes(outcomes: list[str | None], code: int) -> None:
    assert exit_code([row(n, outcome) for n, outcome in enumerate(outcomes)]) == code


def test_table() -> None:
    found = list(csv.DictReader(table(ROWS).decode("utf-8").splitlines()))
    assert len(found) == 7
    assert (found[0]["activation"], found[0]["depth"], found[0]["outcome"]) == ("tanh", "1", "proved")
    assert (found[1]["activation"], found[1]["depth"], found[1]["dimension"]) == ("sigmoid", "2", "10")
    assert found[2]["data_seed"] == "7"
    assert found[6]["outcome"] == ""


def test_picture() -> None:
    """Well-formed; a bar for all, and one for each value, numbers in their order; as long as the counts say."""
    svg = ElementTree.fromstring(picture(ROWS).decode("utf-8"))
    texts = [element.text for element in svg.iter("{http://www.w3.org/2000/svg}text")]
    assert texts[5:7] == ["all jobs", "7"]
    dimensions = [text for text in texts if text and text.startswith("dimension")]
    assert dimensions == [f"dimension = {n}" for n in (2, 3, 4, 5, 6, 7, 10)]
    assert "activation = tanh" in texts
    assert not [text for text in texts if text and text.startswith("data_seed")]  # it has one value
    assert "summary" not in texts
    widths = {
        element.get("fill"): float(element.get("width", "0"))
        for element in svg.iter("{http://www.w3.org/2000/svg}rect")
        if element.get("y") == "50"
    }
    assert widths[COLOURS["undecided"]] == pytest.approx(3 * widths[COLOURS["proved"]], abs=0.05)
    assert COLOURS["error"] not in widths
