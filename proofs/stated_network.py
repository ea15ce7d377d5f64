"""A network whose parameters a step states, and boxes around it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flint import arb, fmpq

from proofs.document import Reader
from proofs.full_network import Shape, around, flat, shape_of
from proofs.instance import Instance
from proofs.layers import read_layers


@dataclass(frozen=True, slots=True)
class StatedNetwork:
    """Its shape, and its parameters in the order of proofs/full_network.py."""

    shape: Shape
    parameters: tuple[fmpq, ...]

    def box(self, free: Sequence[int], reaches: Sequence[fmpq]) -> list[arb]:
        """The networks whose parameters with these numbers are within these distances of the stated ones; the others
        are the stated ones."""
        spread = dict(zip(free, reaches, strict=True))
        return [ball for k, p in enumerate(self.parameters) for ball in around([p], spread.get(k, fmpq(0)))]


def read_network(instance: Instance, arguments: Reader) -> StatedNetwork:
    """The network in the field `layers`.

    Raises:
        Rejected: as `proofs.layers.read_layers` says.
    """
    layers = read_layers(instance, arguments)
    shape = shape_of(instance, layers)
    return StatedNetwork(shape, tuple(flat(layers, shape.output_bias)))
