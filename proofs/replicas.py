"""Replicated units: a wider network that computes the function of a narrower one, some of whose units it has more than
once.

It has the narrower network's gradient, too, up to factors: docs/mathematics.md, replicated-saddle/1.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flint import arb, fmpq

from proofs.document import Reader
from proofs.full_network import NetworkValues, Shape
from proofs.instance import Instance
from proofs.kernel import Rejected


@dataclass(frozen=True, slots=True)
class Replicas:
    """Which unit each unit of a wider network copies, and its part in that unit's outgoing weights.

    Attributes:
        copies: for each hidden layer and each of its units the number of a unit of the narrower network.
        shares: likewise; those of the copies of one unit sum to 1.
    """

    copies: tuple[tuple[int, ...], ...]
    shares: tuple[tuple[fmpq, ...], ...]

    @property
    def widths(self) -> tuple[int, ...]:
        """d_1, .., d_H of the wider network."""
        return tuple(map(len, self.copies))

    def shape(self, narrower: Shape) -> Shape:
        """The shape of the wider network."""
        return Shape((narrower.sizes[0], *self.widths, narrower.sizes[-1]), narrower.output_bias)

    def lifted(self, values: NetworkValues) -> tuple[arb, ...]:
        """The parameters of the wider network, in the order of proofs/full_network.py."""
        sizes = values.shape.sizes
        copies = (tuple(range(sizes[0])), *self.copies, tuple(range(sizes[-1])))
        shares = ((fmpq(1),) * sizes[0], *self.shares)
        found: list[arb] = []
        for layer, rows in enumerate(values.rows):
            for unit in copies[layer + 1]:
                *weights, bias = rows[unit]
                found += [arb(s) * weights[a] for a, s in zip(copies[layer], shares[layer], strict=True)]
                found += [bias] if values.shape.output_bias or layer < len(values.layers) else []
        return tuple(found)


def read_replicas(instance: Instance, arguments: Reader, narrower: Shape, codes: tuple[str, str]) -> Replicas:
    """The argument `replicas`: for each hidden layer `copies` and `shares`.

    Raises:
        Rejected: with the first code if they do not belong to the narrower network and the instance, or nothing is
            replicated; with the second if the shares of a unit do not sum to 1.
        Malformed: not of this form.
    """
    rows = arguments.sections("replicas")
    copies, shares = [], []
    for row in rows:
        copies.append(row.integers("copies"))
        shares.append(row.rationals("shares"))
        row.finish()
    replicas, widths = Replicas(tuple(copies), tuple(shares)), narrower.sizes[1:-1]
    if len(rows) != len(widths) or replicas.widths == widths:
        raise Rejected(codes[0], "expected the copies in each hidden layer, and more units in one than there are")
    for units, layer, parts in zip(widths, copies, shares, strict=True):
        if set(layer) != set(range(units)) or len(parts) != len(layer):
            raise Rejected(
                codes[0], "expected a unit of the premise and a share for each unit, every unit being copied"
            )
        if any(total != 1 for total in _sums(units, layer, parts)):
            raise Rejected(codes[1], "the shares of the copies of one unit do not sum to 1")
    if not instance.architecture.admits(replicas.widths):
        raise Rejected(codes[0], f"the instance's network has not the widths {'-'.join(map(str, replicas.widths))}")
    return replicas


def _sums(units: int, copies: Sequence[int], shares: Sequence[fmpq]) -> list[fmpq]:
    sums = [fmpq(0)] * units
    for unit, share in zip(copies, shares, strict=True):
        sums[unit] += share
    return sums
