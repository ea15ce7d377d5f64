"""critical-point/1: accepted and rejected, and the gradient at the enclosed point once more with 90 digits."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import Any

import mpmath
import pytest
from flint import arb

from certify.search.polish import polished
from proofs.balls import precision
from proofs.document import Reader
from proofs.exact import Malformed
from proofs.instance import Instance
from proofs.kernel import Failure
from proofs.lemmas import LEMMAS
from proofs.lemmas.critical_point import CriticalPoint
from tests.proofs.build import Case, layer
from tests.proofs.examined import CRITICAL, EXAMINED, having, slope_at
from tests.proofs.oracle import encloses, ends

CASES = having(CRITICAL)
EACH = pytest.mark.parametrize("name", CASES)
MINIMUM, DEEP, BIASLESS = EXAMINED["minimum"], EXAMINED["deep"], EXAMINED["plane"]
DECAYED, ENTROPY = EXAMINED["decay"], EXAMINED["entropy"]
DECAY = {"weights": "1/100000", "biases": "0"}
SOFTMAX = EXAMINED["softmax"]
TINY = {"weights": "1/100000000000000000000", "biases": "1/100000000000000000000"}
DEAD, TWICE, DEEP_RELU = EXAMINED["sym-dead"], EXAMINED["sym-twice"], EXAMINED["sym-deep"]


def point_of(case: Case) -> CriticalPoint:
    proposition = case.step(CRITICAL).proposition
    assert isinstance(proposition, CriticalPoint)
    return proposition


def fixed_of(case: Case) -> list[int]:
    return [symmetry["fixes"] for symmetry in case.arguments[CRITICAL]["symmetries"]]


@EACH
def test_the_gradient_vanishes_in_the_enclosure(name: str) -> None:
    """Newton's method with 400 bits settles inside, and there all differences of the loss vanish."""
    case = CASES[name]
    point = point_of(case)
    with precision(400):
        settled = polished(case.instance, point.shape, point.parameters, fixed_of(case))
        assert settled is not None
    with mpmath.workdps(90):
        exact = [ends(p)[0] for p in settled[0]]
        assert all(encloses(ball, v) for ball, v in zip(point.parameters, exact, strict=True))
        assert all(ball.rad() < 1e-13 for ball in point.parameters)
        for k in range(len(exact)):
            axis = [mpmath.mpf(int(j == k)) for j in range(len(exact))]
            assert abs(slope_at(case, point.shape, exact, axis)) < mpmath.mpf(10) ** -20
            if not point.symmetries:
                assert abs(slope_at(case, point.shape, [v + mpmath.mpf("1e-5") for v in exact], axis)) > 0


def _moved(case: Case, by: Fraction) -> dict[str, Any]:
    first = case.arguments[CRITICAL]["layers"][0]["biases"][0]
    return {"layers.0.biases.0": str(Fraction(first) + by)}


RADIUS = Fraction(MINIMUM.arguments[CRITICAL]["radius"])


def _symmetries(case: Case, kind: str, **changes: Any) -> dict[str, Any]:
    """The stated symmetries, the first of the kind changed."""
    stated = [dict(symmetry) for symmetry in case.arguments[CRITICAL]["symmetries"]]
    next(symmetry for symmetry in stated if symmetry["kind"] == kind).update(changes)
    return {"symmetries": stated}


def _without(case: Case, kind: str) -> dict[str, Any]:
    return {"symmetries": [s for s in case.arguments[CRITICAL]["symmetries"] if s["kind"] != kind]}


def _again(case: Case) -> dict[str, Any]:
    """The first symmetry twice, with another parameter fixed for it: they are not independent."""
    stated = case.arguments[CRITICAL]["symmetries"]
    fixed = [symmetry["fixes"] for symmetry in stated]
    other = next(k for k in range(100) if k not in fixed)
    return {"symmetries": [*stated, {**stated[0], "fixes": other}]}


def _revived(case: Case) -> Case:
    """A further sample far out, where the dead units are not dead."""
    data = case.document["data"]
    return case.about({"data.inputs": [*data["inputs"], ["100"]], "data.targets": [*data["targets"], ["0"]]})


LIVE = next(s["unit"] for s in DEAD.arguments[CRITICAL]["symmetries"] if s["kind"] == "scaling")

REJECTED: list[tuple[str, Case, dict[str, Any], str, str]] = [
    ("no targets", MINIMUM.about({"data.targets": []}), {}, "Rejected", "CR01"),
    ("targets that are no probabilities", ENTROPY.about({"data.targets.3": ["1", "1"]}), {}, "Rejected", "CR01"),
    ("a negative probability", ENTROPY.about({"data.targets.3": ["-1", "2"]}), {}, "Rejected", "CR01"),
    ("no targets of the cross-entropy", ENTROPY.about({"data.targets": []}), {}, "Rejected", "CR01"),
    ("soft targets instead of labels", ENTROPY.about({"data.targets.3": ["1/2", "1/2"]}), {}, "Rejected", "CR03"),
    ("a sigmoid each", ENTROPY.about({"loss": "logistic"}), {}, "Rejected", "CR03"),
    ("no decay, so that softmax shifts", ENTROPY.about({"weight_decay": None}), {}, "Undecided", "CR03"),
    ("decay where there is none", MINIMUM.about({"weight_decay": DECAY}), {}, "Rejected", "CR03"),
    ("decay of the biases left out", DECAYED.about({"weight_decay.biases": "0"}), {}, "Rejected", "CR03"),
    ("decay of the weights left out", DECAYED.about({"weight_decay.weights": "0"}), {}, "Rejected", "CR03"),
    ("no radius", MINIMUM, {"radius": "0"}, "Rejected", "CR02"),
    ("a negative radius", MINIMUM, {"radius": "-1/1000"}, "Rejected", "CR02"),
    ("a centre that is too far away", MINIMUM, _moved(MINIMUM, 3 * RADIUS), "Rejected", "CR03"),
    ("a centre that is just outside the box", MINIMUM, _moved(MINIMUM, RADIUS * 5 / 4), "Rejected", "CR03"),
    ("a radius that is too large", MINIMUM, {"radius": "1/100"}, "Undecided", "CR03"),
    ("a radius that is far too large", MINIMUM, {"radius": str(10**9)}, "Undecided", "CR03"),
    ("other targets", MINIMUM.about({"data.targets.0": ["1"]}), {}, "Rejected", "CR03"),
    ("another activation", MINIMUM.about({"network.activation": "sigmoid"}), {}, "Rejected", "CR03"),
    ("another loss", MINIMUM.about({"loss": "pseudo-huber"}), {}, "Rejected", "CR03"),
    ("a layer too few", DEEP, {"layers": DEEP.arguments[CRITICAL]["layers"][:2]}, "Rejected", "BP03"),
    ("an output bias where there is none", BIASLESS, {"layers.1.biases": ["1/100"]}, "Rejected", "BP03"),
    ("wider than the instance", MINIMUM.about({"network.widths": [1]}), {}, "Rejected", "BP04"),
    ("units alike", MINIMUM, {
        "layers": [layer([[1], [1]], [0, 0]), layer([[1, 1]], [0])], "radius": "1",
    }, "Undecided", "CR03"),
    ("a kink in the box", MINIMUM.about({"network.activation": "elu"}), {
        "layers": [layer([[1], [2]], [1, 0]), layer([[1, 1]], [0])],
    }, "Undecided", "CR03"),
    ("dead units, and no symmetries", DEAD, {"symmetries": []}, "Undecided", "CR03"),
    ("dependent inputs, and no symmetries", TWICE, {"symmetries": []}, "Undecided", "CR03"),
    ("decay, which breaks symmetries", DEAD.about({"weight_decay": TINY}), {}, "Rejected", "CR09"),
    ("decay, which breaks the shift of softmax", SOFTMAX.about({"weight_decay": TINY}), {}, "Rejected", "CR09"),
    ("softmax, and no symmetries", SOFTMAX, {"symmetries": []}, "Undecided", "CR03"),
    ("softmax shifted by a unit that does not exist", SOFTMAX, _symmetries(SOFTMAX, "softmax", state=2), "Rejected",
     "CR05"),
    ("one kind left out", DEAD, _without(DEAD, "exchange"), "Undecided", "CR03"),
    ("one parameter fixed twice", DEAD, {"symmetries": DEAD.arguments[CRITICAL]["symmetries"][:1] * 2},
     "Rejected", "CR05"),
    ("a parameter that does not exist", DEAD, _symmetries(DEAD, "dead", fixes=16), "Rejected", "CR05"),
    ("a unit that does not exist", DEAD, _symmetries(DEAD, "dead", unit=5), "Rejected", "CR05"),
    ("a bending unit that is said to be straight", DEAD, _symmetries(DEAD, "shift", unit=1), "Rejected", "CR08"),
    ("a live unit that is said to be dead", DEAD, _symmetries(DEAD, "dead", unit=LIVE), "Rejected", "CR06"),
    ("a false dependency", TWICE, _symmetries(TWICE, "dependency", vector=["1", "0", "0", "0"]), "Rejected", "CR08"),
    ("a dependency of nothing", TWICE, _symmetries(TWICE, "dependency", vector=["0"] * 4), "Undecided", "CR07"),
    ("the same symmetry twice", DEAD, _again(DEAD), "Undecided", "CR07"),
    ("the same dependency twice", TWICE, _again(TWICE), "Undecided", "CR07"),
    ("inputs that depend on each other no more", TWICE.about({"data.inputs.3.2": "2"}), {}, "Rejected", "CR03"),
    ("a dead unit revived by one sample", _revived(DEAD), {}, "Rejected", "CR03"),
    ("another activation, where dead units are not dead", DEAD.about({"network.activation": "leaky_relu"}), {},
     "Rejected", "CR03"),
]  # fmt: skip


@pytest.mark.parametrize(("case", "changes", "kind", "code"), [r[1:] for r in REJECTED], ids=[r[0] for r in REJECTED])
def test_rejected(case: Case, changes: dict[str, Any], kind: str, code: str) -> None:
    assert case.code(CRITICAL, changes) == (kind, code)


def test_a_centre_away_from_the_point() -> None:
    """The point is enclosed about as well as its distance from the centre, far better than the box."""
    case = MINIMUM
    changes = _moved(case, RADIUS / 1000)
    moved = case.step(CRITICAL, changes).proposition
    assert isinstance(moved, CriticalPoint)
    assert all(float(RADIUS) / 1e7 < float(ball.rad()) < float(RADIUS) / 100 for ball in moved.parameters)
    assert all(ball.overlaps(p) for ball, p in zip(moved.parameters, point_of(case).parameters, strict=True))


def test_certainly_no_critical_point() -> None:
    """The box is small and the centre is far from critical: this is known, not merely undecided."""
    assert MINIMUM.code(CRITICAL, _moved(MINIMUM, 3 * RADIUS) | {"radius": str(RADIUS / 10)}) == ("Rejected", "CR03")


def refused(instance: Instance, arguments: dict[str, Any]) -> tuple[str, str]:
    with precision(128), pytest.raises(Failure) as caught:
        LEMMAS[CRITICAL].check(instance, (), Reader(arguments, ""))
    return type(caught.value).__name__, caught.value.code


def test_a_loss_that_is_not_bounded() -> None:
    """No loss of the catalogue is so where its Hessian is bounded."""
    endless = replace(MINIMUM.instance.loss, value=lambda t, y: arb.nan())
    instance = replace(MINIMUM.instance, loss=endless)
    assert refused(instance, MINIMUM.arguments[CRITICAL]) == ("Undecided", "CR04")


def test_an_operator_that_is_not_bounded() -> None:
    """The Hessian has an inverse at the midpoint, but the gradient is unknown."""
    lost = replace(MINIMUM.instance.loss, residual=lambda t, y: t - y if t.rad() > 1e-25 else arb.nan())
    assert refused(replace(MINIMUM.instance, loss=lost), MINIMUM.arguments[CRITICAL]) == ("Undecided", "CR03")


@pytest.mark.parametrize("key", ["layers", "radius"])
def test_malformed(key: str) -> None:
    with pytest.raises(Malformed, match=key):
        MINIMUM.step(CRITICAL, {key: None})
