"""Checked certificates of the corpus and trained networks, with what the pictures are drawn from."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import cache, cached_property
from typing import Any

from flint import fmpq

from certify.report.figure import Figure
from certify.report.figures.region import Region, regions_of
from certify.report.figures.scene import Scene, scene_of
from certify.report.figures.trajectories import Runs, runs_of
from certify.report.pictures import pictures
from proofs.certificate import read_certificate
from proofs.checking import Outcome, check
from proofs.document import parse_json
from proofs.instance import Instance, load_instance
from proofs.kernel import Verdict
from proofs.layers import Layer
from tests.corpus.corpus import GOOD
from tests.network import Array

NAMES = sorted(folder.name for folder in GOOD.iterdir())
WITHOUT = {name for name in NAMES if "obstruction" in name or name.startswith("exceptional")} | {
    "circle",
    "flat-circle",
    "paraboloid",
    "two-valued",
}
"""Those that are about no point."""
WITH = [name for name in NAMES if name not in WITHOUT]
SOME = (
    "hand-three-points",
    "hand-two-outputs",
    "iris-sigmoid-3",
    "gelu-2",
    "formula-2",
    "sigmoid-5-widths",
    "softsign-1-dependent",
    "jensen-only",
    "exp-1",
    "fitted-two-layers-bias",
    "fitted-silu-two-outputs",
    "fitted-poisson",
    "fitted-repeated",
    "fitted-gelu-widths",
    "affine-relu",
    "affine-hand-dead",
    "affine-relu6-2-widths",
)


@dataclass(frozen=True)
class Drawn:
    """A checked certificate."""

    name: str
    instance: Instance
    outcome: Outcome
    arguments: dict[str, Any]

    @cached_property
    def scene(self) -> Scene:
        found = scene_of(self.instance, self.outcome, self.arguments)
        assert found is not None
        return found

    @cached_property
    def regions(self) -> list[Region]:
        return regions_of(self.instance, self.outcome, self.arguments, self.scene)

    @cached_property
    def runs(self) -> Runs:
        found = runs_of(self.scene, self.regions)
        assert found is not None
        return found

    @cached_property
    def figures(self) -> dict[str, Figure]:
        return {figure.name: figure for figure in pictures(self.instance, self.outcome, self.arguments)}

    def of(self, lemma: str) -> dict[str, Any]:
        """The arguments of the step that goes by a lemma."""
        (step,) = [fact.step for fact in self.outcome.facts if fact.lemma.name == lemma]
        found: dict[str, Any] = self.arguments[step]
        return found

    @property
    def lemmas(self) -> set[str]:
        return {fact.lemma.name for fact in self.outcome.facts}

    def layers(self, point: Array) -> list[Layer]:
        """The network of a vector, exactly."""
        return [
            Layer(tuple(tuple(map(exact, row)) for row in weights), tuple(map(exact, biases)))
            for weights, biases in self.scene.surface.layers(point)
        ]


def exact(value: float) -> fmpq:
    """The rational that a float is."""
    number = Fraction(float(value))
    return fmpq(number.numerator, number.denominator)


@cache
def drawn(name: str) -> Drawn:
    """A certificate of the corpus, checked."""
    instance = load_instance(GOOD / name / "instance.json")
    document: Any = parse_json((GOOD / name / "certificate.json").read_bytes(), name)
    outcome = check(instance, read_certificate(document))
    assert outcome.verdict is Verdict.PROVED
    return Drawn(name, instance, outcome, {step["id"]: step["arguments"] for step in document["steps"]})
