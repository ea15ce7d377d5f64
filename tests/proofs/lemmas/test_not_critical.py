"""not-critical/1: accepted and rejected, and the slope at random points and corners of the box."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import mpmath
import pytest

from proofs import standalone
from proofs.exact import Malformed
from proofs.lemmas.not_critical import NotCritical
from tests.proofs.build import Case, layer
from tests.proofs.examined import CRITICAL, EXAMINED, SLOPE, points_within, shape_and_centre, slope_at
from tests.proofs.oracle import real

CASE = EXAMINED["slope"]
ENTROPY = EXAMINED["entropy-slope"]
DIRECTION = [Fraction(v) for v in CASE.arguments[SLOPE]["direction"]]
RADIUS = Fraction(CASE.arguments[SLOPE]["radius"])
MINIMUM = EXAMINED["minimum"]


def at_minimum(radius: str, sign: int) -> Case:
    """Around the critical point itself, where no direction can be right."""
    layers = MINIMUM.arguments[CRITICAL]["layers"]
    return Case(MINIMUM.document, {SLOPE: {"layers": layers, "direction": [str(sign)] * 7, "radius": radius}})


def test_accepted_and_the_loss_falls_everywhere_in_the_box() -> None:
    proposition = CASE.step(SLOPE).proposition
    assert isinstance(proposition, NotCritical)
    shape, centre = shape_and_centre(CASE, SLOPE)
    with mpmath.workdps(50):
        for point in points_within(centre, RADIUS, 40):
            assert slope_at(CASE, shape, point, [real(d) for d in DIRECTION]) < 0


REJECTED: list[tuple[str, Case, dict[str, Any], str, str]] = [
    ("no targets", CASE.about({"data.targets": []}), {}, "Rejected", "NC01"),
    ("targets that are no probabilities", ENTROPY.about({"data.targets.0": ["1/2", "1"]}), {}, "Rejected", "NC01"),
    ("decay that outweighs the slope", CASE.about({"weight_decay": {"weights": "1000", "biases": "1000"}}), {
        "direction": CASE.claim["network"], "radius": "0",
    }, "Rejected", "NC03"),
    ("a number too few", CASE, {"direction": [str(d) for d in DIRECTION[1:]]}, "Rejected", "NC02"),
    ("a negative radius", CASE, {"radius": "-1/1000"}, "Rejected", "NC02"),
    ("no direction", CASE, {"direction": ["0"] * 7}, "Rejected", "NC03"),
    ("upwards", CASE, {"direction": [str(-d) for d in DIRECTION]}, "Rejected", "NC03"),
    ("upwards from the network alone", CASE, {"direction": [str(-d) for d in DIRECTION], "radius": "0"}, "Rejected",
     "NC03"),
    ("ten times the radius", CASE, {"radius": str(10 * RADIUS)}, "Undecided", "NC03"),
    ("a huge radius", CASE, {"radius": "1000"}, "Undecided", "NC03"),
    ("around a minimum", at_minimum("1/100000", 1), {}, "Undecided", "NC03"),
    ("around a minimum, the other way", at_minimum("1/100000", -1), {}, "Undecided", "NC03"),
    ("a unit too many", CASE.about({"network.widths": [1]}), {}, "Rejected", "BP04"),
    ("ragged", CASE, {"layers.0": layer([[1], [1, 2]], [0, 0])}, "Rejected", "BP03"),
    ("a kink in the box", CASE.about({"network.activation": "relu"}), {"layers.0": layer([[1], [2]], [1, 0])},
     "Undecided", "NC03"),
]  # fmt: skip


@pytest.mark.parametrize(("case", "changes", "kind", "code"), [r[1:] for r in REJECTED], ids=[r[0] for r in REJECTED])
def test_rejected(case: Case, changes: dict[str, Any], kind: str, code: str) -> None:
    assert case.code(SLOPE, changes) == (kind, code)


@pytest.mark.parametrize("radius", ["0", str(RADIUS / 7), str(RADIUS)])
def test_smaller_boxes_are_accepted(radius: str) -> None:
    assert CASE.code(SLOPE, {"radius": radius}) == ("", "")


def test_the_network_may_be_on_a_kink() -> None:
    """One derivative is enough, and elu has that everywhere."""
    kinked = CASE.about({"network.activation": "elu"})
    layers = [layer([[1], [2]], [1, 0]), layer([[1, 1]], [10])]
    for sign in (1, -1):
        found = kinked.code(SLOPE, {"layers": layers, "direction": ["0"] * 6 + [str(sign)], "radius": "0"})
        assert found == (("Rejected", "NC03") if sign > 0 else ("", ""))


def test_the_network_alone_where_the_slope_is_zero() -> None:
    """A unit without outgoing weight: the loss does not change with its bias at all."""
    layers = [layer([[1], [2]], [0, 0]), layer([[0, 1]], [0])]
    arguments = {"layers": layers, "direction": ["0", "1", *["0"] * 5], "radius": "0"}
    assert CASE.code(SLOPE, arguments) == ("Undecided", "NC03")


def test_a_saturated_unit_is_not_critical() -> None:
    """Its derivatives are about e^-600, but one sample decides about their sign in the whole box, also for the second
    checker; the mean value form would lose it."""
    layers = [layer([[1], [2]], [300, 0]), layer([[1, 1]], [0])]
    found = []
    for sign in (1, -1):
        arguments = {"layers": layers, "direction": ["0", str(sign), *["0"] * 5], "radius": "1/1000"}
        found.append(CASE.code(SLOPE, arguments))
        place = f"steps.{list(CASE.arguments).index(SLOPE)}.arguments"
        document = CASE.certificate({f"{place}.{key}": value for key, value in arguments.items()})
        second = standalone.check(standalone.read_instance(CASE.document, Path()), document)
        assert (second.failure is None or second.failure.code.startswith("CL")) == (found[-1] == ("", ""))
    assert sorted(found) == [("", ""), ("Rejected", "NC03")]


@pytest.mark.parametrize("key", ["layers", "direction", "radius"])
def test_malformed(key: str) -> None:
    with pytest.raises(Malformed, match=key):
        CASE.step(SLOPE, {key: None})
