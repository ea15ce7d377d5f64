"""Large data: pictures that would take long are left out, the others stay."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from certify.report.figures.landscape import landscapes
from certify.report.figures.outputs import outputs
from certify.report.figures.paths import paths
from certify.report.figures.scene import Scene, scene_of
from certify.report.figures.surface import Surface
from certify.report.figures.trajectories import trajectories
from tests.report.figures.cases import drawn

CASE = drawn("hand-three-points")


def repeated(samples: int) -> Scene:
    """The three points again and again."""
    model = CASE.scene.surface.model
    inputs, targets = (np.resize(values, (samples, 1)) for values in (model.inputs, model.targets))
    surface = Surface(replace(model, inputs=inputs, targets=targets), CASE.scene.surface.sizes)
    return replace(CASE.scene, surface=surface, loss=CASE.scene.loss * samples / 3)


def test_what_is_left_out() -> None:
    for samples, wanted in (
        (300, {"landscape", "descent", "paths", "outputs"}),
        (30_000, {"paths", "outputs"}),
        (900_000, {"outputs"}),
    ):
        scene = repeated(samples)
        found = {
            "landscape": bool(landscapes(CASE.instance, scene, CASE.regions)),
            "descent": trajectories(scene, CASE.regions) is not None,
            "paths": paths(scene) is not None,
            "outputs": outputs(CASE.instance, scene) is not None,
        }
        assert {name for name, there in found.items() if there} == wanted


def test_without_its_layers_the_better_network_is_not_drawn() -> None:
    scene = scene_of(CASE.instance, CASE.outcome, {})
    assert scene is not None
    assert scene.better is None
    assert paths(scene) is None
