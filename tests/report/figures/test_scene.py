"""The networks behind the pictures: the proved point, the better network, and what lies on the way."""

from __future__ import annotations

import itertools
from fractions import Fraction

import numpy as np
import pytest

from certify.report.figures.scene import scene_of
from proofs.claims.affine import AffineClaim
from proofs.claims.fitted import FittedClaim
from proofs.claims.minimum import MinimumClaim
from proofs.examined import ExaminedMinimum
from proofs.kernel import Verdict
from tests.proofs.build import THREE
from tests.proofs.examined import EXAMINED
from tests.report.figures.cases import WITH, WITHOUT, drawn


@pytest.mark.parametrize("name", WITH)
def test_losses(name: str) -> None:
    """At the minimum the loss is E*, flat lines are flat, and the better network is better by the certified gap."""
    case = drawn(name)
    scene, claim = case.scene, case.outcome.claim
    losses = scene.surface.losses
    if isinstance(claim, MinimumClaim | AffineClaim):
        assert scene.loss == pytest.approx(float(Fraction(str(claim.loss))), rel=1e-9)
    elif isinstance(claim, FittedClaim):
        low, high = (float(Fraction(str(v))) for v in (claim.loss_lower, claim.loss_upper))
        assert low - 1e-9 * abs(low) <= scene.loss <= high + 1e-9 * abs(high)
    size = np.abs(scene.surface.gradients(scene.minimum[None])).max()
    assert size <= 1e-6 * (1 + abs(scene.loss)) * (1 + np.abs(scene.surface.model.inputs).max())
    legs = [point for point in (scene.minimum, scene.edge, scene.beside) if point is not None]
    for start, end in itertools.pairwise(legs):
        parts = np.linspace(0, 1, 9)[:, None]
        assert losses(start + parts * (end - start)) == pytest.approx(scene.loss, rel=1e-7)
    better = [k for k in case.lemmas if "better-point" in k]
    assert (scene.better is not None) == bool(better)
    if scene.better is not None:
        gap = float(Fraction(case.of(better[0])["gap"]))
        assert losses(scene.better[None])[0] <= scene.loss - gap * (1 - 1e-6)
        widths = case.instance.architecture.widths
        least = [len(layer["biases"]) for layer in case.of(better[0])["layers"][:-1]]
        if widths is None:
            assert scene.beside is not None
        else:
            assert all(a >= b for a, b in zip(widths, scene.surface.sizes[1:-1], strict=True))
        assert all(a >= b for a, b in zip(scene.surface.sizes[1:-1], least, strict=True))


@pytest.mark.parametrize("name", sorted(WITHOUT))
def test_no_point_no_scene(name: str) -> None:
    case = drawn(name)
    assert scene_of(case.instance, case.outcome, case.arguments) is None


def test_numbers_beyond_floats_have_no_scene() -> None:
    """The theorem does not mind; the pictures do."""
    far = THREE.about({"data.inputs": [[f"-{10**400}"], ["0"], [f"{10**400}"]]})
    outcome = far.check({"steps": far.certificate()["steps"][:2], "claim": _bare_claim()})
    assert outcome.verdict is Verdict.PROVED
    assert scene_of(far.instance, outcome, {"s1": far.arguments["constant-point/1"]}) is None


def _bare_claim() -> dict[str, object]:
    return {
        "kind": "local-minimum",
        "loss": "6",
        "least_widths": [1],
        "box_radius": None,
        "jensen_region": False,
        "zero_loss_widths": None,
        "generic": False,
    }


def test_shares() -> None:
    """The minimum has equal shares of everything, the edge has all of them on the first units."""
    scene = drawn("iris-sigmoid-3").scene
    for weights, _ in scene.surface.layers(scene.minimum)[1:]:
        assert (weights == weights[:, :1]).all()
    assert scene.edge is not None
    for weights, _ in scene.surface.layers(scene.edge)[1:]:
        assert (weights[:, 1:] == 0).all()
        assert (weights[:, 0] != 0).all()


def test_narrow_networks_share_their_units() -> None:
    """Widths of the instance that leave no room for both networks side by side."""
    scene = drawn("fitted-tanh-narrow").scene
    assert scene.beside is None
    assert scene.surface.sizes[1:-1] == drawn("fitted-tanh-narrow").instance.architecture.widths


def test_a_trained_network_is_seen_when_a_better_one_is_known() -> None:
    seen = 0
    for case in EXAMINED.values():
        outcome = case.check()
        arguments = {step["id"]: step["arguments"] for step in case.certificate()["steps"]}
        scene = scene_of(case.instance, outcome, arguments)
        better = any(fact.lemma.name == "examined-better-point/1" for fact in outcome.facts)
        assert (scene is not None) == better
        if scene is not None:
            seen += 1
            assert scene.better is not None
            assert scene.surface.losses(scene.better[None])[0] < scene.loss
    assert seen


@pytest.mark.parametrize("name", ["replicated", "deep-replicated"])
def test_replicated_units_have_the_shares_that_were_proved(name: str) -> None:
    """With all of a share moved to one copy nothing is proved: the network that is drawn is the trained one."""
    case = EXAMINED[name]
    outcome = case.check()
    arguments = {step["id"]: step["arguments"] for step in case.certificate()["steps"]}
    scene, claim = scene_of(case.instance, outcome, arguments), outcome.claim
    assert scene is not None
    assert isinstance(claim, ExaminedMinimum)
    assert scene.surface.sizes[1:-1] == case.instance.architecture.widths
    trained = iter(claim.point.network)
    distance = float(Fraction(str(claim.point.distance))) + 1e-12
    for weights, biases in scene.surface.layers(scene.minimum):
        for row, bias in zip(weights, biases, strict=True):
            for found in [*row, bias]:
                assert found == pytest.approx(float(Fraction(str(next(trained, 0)))), abs=distance)


def test_what_is_not_claimed_to_be_a_minimum_is_not_drawn_as_one() -> None:
    """A critical point by itself: whoever claims one step alone claims no minimum."""
    first = THREE.certificate()["steps"][0]
    claim = {"kind": "lemma", "step": first["id"], "lemma": first["lemma"]}
    outcome = THREE.check({"claim": claim, "steps": [first]})
    assert outcome.verdict is Verdict.PROVED
    assert scene_of(THREE.instance, outcome, {}) is None
