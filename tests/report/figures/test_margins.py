"""Every number that a lemma gives for a margin is read."""

from __future__ import annotations

import pytest

from certify.report.figures.margins import Margin, margins, margins_of
from proofs.kernel import Conclusion, Fact
from proofs.lemmas import LEMMAS
from tests.proofs.examined import EXAMINED
from tests.report.figures.cases import NAMES, drawn


def margin(words: str) -> list[Margin]:
    return margins_of([Fact("s1", LEMMAS["better-point/1"], Conclusion(None, "", words))])


def one(what: str, value: float | None) -> Margin:
    return Margin("better-point/1", what, value)


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("gap ≥ 1.21", [one("gap", 1.21)]),
        ("relative pivot ≥ 0.116, |σ''| ≥ 9.6e-2", [one("relative pivot", 0.116), one("|σ''|", 0.096)]),
        ("projections 1e-4 apart", [one("projections apart by", 1e-4)]),
        ("Krawczyk's image is 0.75 of its box", [one("part of the box that is left", 0.25)]),
        ("Krawczyk's image is 1 of the box", [one("part of the box that is left", 0.0)]),
        ("1 Jensen gap over 6 samples", [one("1 Jensen gap over 6 samples", None)]),
        ("slope ≤ -6.66e-4", [one("slope below 0 by", 6.66e-4)]),
        ("second derivative ≤ -0.5 along the unit vector", [one("second derivative below 0 by", 0.5)]),
        ("condition number ≤ 1.89e5", [one("condition number ≤ 1.89e5", None)]),
        ("", [one("", None)]),
    ],
)
def test_what_is_read(words: str, found: list[Margin]) -> None:
    assert margin(words) == found


@pytest.mark.parametrize("name", NAMES)
def test_nothing_is_left_out(name: str) -> None:
    """Each fact has a row, and each `≥` in its margin a number."""
    facts = drawn(name).outcome.facts
    found = margins_of(facts)
    assert [m.lemma for m in found if m.value is not None].count("") == 0
    for fact in facts:
        own = [m for m in found if m.lemma == fact.lemma.name]
        assert len(own) >= max(1, fact.conclusion.margin.count("≥"))
        if "≥" in fact.conclusion.margin:
            assert all(m.value is not None and m.value > 0 for m in own)


def test_the_picture() -> None:
    figure = margins(drawn("hand-three-points").outcome.facts)
    assert figure is not None
    assert "the smallest is 0.074, that of local-minimum/1" in figure.alt
    assert figure.svg.count("<circle") == 5
    assert figure.svg.count(">exact<") == 2


def test_exact_is_only_what_is() -> None:
    """The spectrum of a saddle states no margin, but it is no equation."""
    figure = margins(EXAMINED["saddle"].check().facts)
    assert figure is not None
    assert figure.svg.count(">none stated<") == figure.svg.count(">no margin<") == 1
    assert "exact" not in figure.svg
    assert "second derivative below 0 by" in figure.svg


def test_no_numbers_no_picture() -> None:
    assert margins([]) is None
    assert margins(drawn("jensen-only").outcome.facts) is None


def test_a_margin_that_rounds_to_nothing_is_not_called_exact() -> None:
    facts = [
        Fact("s1", LEMMAS["better-point/1"], Conclusion(None, "", "gap ≥ 2")),
        Fact("s2", LEMMAS["fitted-point/1"], Conclusion(None, "", "Krawczyk's image is 1 of its box")),
    ]
    figure = margins(facts)
    assert figure is not None
    assert "below the digits shown" in figure.svg
    assert ">exact<" not in figure.svg
