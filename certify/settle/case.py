"""A trained network with its data, and what the user asks about it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from flint import fmpq

from certify.decay import Training
from certify.draft import Draft
from certify.given_data import GivenData
from certify.models.given import GivenModel
from certify.models.network import TrainedNetwork
from certify.progress import Report
from proofs.full_network import Shape, flat
from proofs.kernel import Failure

SPARE = fmpq(6, 5)
"""Boxes are proved for radii larger by this, so that a checker with other enclosures proves the stated ones too."""
START, SMALLEST = fmpq(1, 10**4), fmpq(1, 10**20)
"""Radii of boxes: where the search begins when nothing is known, and where it gives up."""
FINE = 60
"""Networks of more parameters have boxes of a power of ten, which takes fewer attempts."""
Proposed = tuple[str, tuple[str, ...], dict[str, object]]
"""A step: lemma, premises, arguments."""


@dataclass(frozen=True, slots=True)
class Question:
    """What the user asks about a trained network.

    Attributes:
        model: the file with the network, or its arrays.
        order: prefixes of its layers, in order, if the user gives them.
        within: how far from the network, in each parameter, its local minimum may be.
        activation: of the hidden units; None if the file tells it.
        better: another network of the same shape, to be shown to be better.
        training: how the weights decayed.
    """

    model: Path | GivenModel
    data: Path | GivenData
    features: tuple[str, ...] | None
    targets: tuple[str, ...]
    activation: str | None
    loss: str
    order: tuple[str, ...]
    within: float
    better: Path | GivenModel | None
    seed: int
    training: Training


@dataclass(frozen=True, slots=True)
class Case:
    """A trained network with its data, about to be settled."""

    question: Question
    network: TrainedNetwork
    draft: Draft
    shape: Shape
    report: Report

    @property
    def parameters(self) -> list[fmpq]:
        return flat(self.network.layers, self.shape.output_bias)

    def goes_through(self, *steps: Proposed) -> bool:
        return self.failure(steps) is None

    def failure(self, steps: Sequence[Proposed]) -> Failure | None:
        """Why the steps do not go through, if so."""
        try:
            self.draft.probe(steps)
        except Failure as failure:
            return failure
        return None
