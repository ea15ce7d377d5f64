"""The pictures of a report."""

from __future__ import annotations

from collections.abc import Mapping

from certify.report.figure import Figure
from proofs.checking import Outcome
from proofs.examined import ExaminedClaim
from proofs.instance import Instance
from proofs.kernel import Verdict


def pictures(instance: Instance, outcome: Outcome, arguments: Mapping[str, object]) -> list[Figure]:
    """What there is to draw of a proved result, in the order in which it is shown; none when nothing was proved.

    Args:
        arguments: for each step its arguments in the certificate.
    """
    if outcome.verdict is not Verdict.PROVED:
        return []
    from certify.report.figures.landscape import landscapes
    from certify.report.figures.margins import margins
    from certify.report.figures.outputs import outputs
    from certify.report.figures.paths import paths
    from certify.report.figures.region import regions_of
    from certify.report.figures.scene import scene_of
    from certify.report.figures.trajectories import trajectories

    examined = isinstance(outcome.claim, ExaminedClaim)
    found: list[Figure | None] = []
    if examined:
        from certify.report.examined_figures import figures

        found += figures(instance, outcome)
    scene = scene_of(instance, outcome, arguments)
    if scene is not None:
        regions = regions_of(instance, outcome, arguments, scene)
        found += [*landscapes(instance, scene, regions), outputs(instance, scene)]
        if not examined:
            found += [paths(scene), trajectories(scene, regions)]
    found.append(margins(outcome.facts))
    return [figure for figure in found if figure is not None]
