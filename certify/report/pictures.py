"""The pictures of a checked result."""

from __future__ import annotations

from collections.abc import Mapping

from certify.report.figure import Figure
from certify.report.figures.landscape import landscapes
from certify.report.figures.margins import margins
from certify.report.figures.outputs import outputs
from certify.report.figures.paths import paths
from certify.report.figures.region import regions_of
from certify.report.figures.scene import scene_of
from certify.report.figures.trajectories import trajectories
from proofs.check import Outcome
from proofs.examined import ExaminedClaim
from proofs.instance import Instance
from proofs.kernel import Verdict


def pictures(instance: Instance, outcome: Outcome, arguments: Mapping[str, object]) -> list[Figure]:
    """Those that apply; none when nothing was proved.

    The pictures of networks that someone trained beside these are those of `examined_figures`.

    Args:
        arguments: for each step its arguments in the certificate.
    """
    if outcome.verdict is not Verdict.PROVED:
        return []
    found: list[Figure | None] = []
    scene = scene_of(instance, outcome, arguments)
    if scene is not None:
        regions = regions_of(instance, outcome, arguments, scene)
        found += [*landscapes(instance, scene, regions), outputs(instance, scene)]
        if not isinstance(outcome.claim, ExaminedClaim):
            found += [paths(scene), trajectories(scene, regions)]
    found.append(margins(outcome.facts))
    return [figure for figure in found if figure is not None]
