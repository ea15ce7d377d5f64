"""The critical chain of an instance, in a frame that suits Krawczyk's operator, as arguments of fitted-point/1."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flint import arb, arb_mat, fmpq

from certify.search.basis import Dependency
from certify.search.fitted import FittedPoint as Found
from certify.search.newton import axes, critical_chain, identity
from certify.search.targets import output_ratios
from certify.short import near, significant, texts, two_digits
from proofs.balls import lower_bound
from proofs.chain import Directions
from proofs.congruence import reducer
from proofs.instance import Instance

_DIGITS = (4, 7, 10, 15, 20, 30)
_NEAR_IDENTITY = 0.05


@dataclass(frozen=True, slots=True, eq=False)
class FramedChain:
    """A chain very near the critical point for the instance's targets, and how it moves with them.

    Attributes:
        centre: the parameters, in the order of proofs/chain.py.
        frame: directions in which half the Hessian of the loss is nearly the identity.
        sensitivity: how far the critical point moves along each direction, at most and to first order, for targets that
            move by 1 each.
    """

    centre: list[arb]
    frame: list[list[fmpq]]
    sensitivity: list[float]

    def arguments(
        self, instance: Instance, dependencies: Sequence[Dependency], radius: fmpq, factor: fmpq
    ) -> dict[str, object]:
        """Of fitted-point/1, for targets within `radius`, in a box `factor` times larger than they need to first
        order."""
        wider = float(int(factor.p) / int(factor.q)) * float(int(radius.p) / int(radius.q))
        radii = [two_digits(wider * s) for s in self.sensitivity]
        centre = []
        for c, row in zip(self.centre, self.frame, strict=True):
            steps = [abs(b) * r for b, r in zip(row, radii, strict=True) if b != 0]
            centre.append(near(c, min(steps) / 50) if steps else lower_bound(c))
        depth, bias = instance.architecture.depth, instance.architecture.output_bias
        top = len(centre) - 1 - bias
        first = top - 2 * (depth - 1)
        above = centre[first:top]
        chain: dict[str, object] = {
            "weights": texts(centre[: first - 1]),
            "biases": texts([centre[first - 1], *above[1::2]]),
            "scales": texts(above[::2]),
            "output_weight": str(centre[top]),
        }
        if bias:
            chain["output_bias"] = str(centre[-1])
        ratios = output_ratios(instance.architecture.outputs)
        return {
            **({"ratios": texts(ratios)} if len(ratios) > 1 else {}),
            "chain": chain,
            "frame": [texts(row) for row in self.frame],
            "radii": texts(radii),
            "target_radius": str(radius),
            "dependent": [d.document for d in dependencies],
        }


def framed_chain(instance: Instance, basis: Sequence[int], found: Found) -> FramedChain | None:
    """The critical chain near the float64 one, with its frame; None where Newton's method does not settle."""
    chain = found.chain
    middle = [v for pair in zip(chain.scales, chain.biases[1:], strict=True) for v in pair]
    offset = [0.0] if instance.architecture.output_bias else []
    start = [arb(float(v)) for v in (*chain.direction, chain.biases[0], *middle, chain.weight, *offset)]
    settled = critical_chain(instance, basis, start)
    return None if settled is None else _framed(axes(instance, len(basis), len(start)), *settled)


def _framed(free: arb_mat, centre: list[arb], hessian: arb_mat, along: Directions) -> FramedChain | None:
    """The frame with the fewest digits that brings the Hessian near the identity."""
    change = reducer(hessian)
    if change is None:
        return None
    size = free.ncols()
    for digits in _DIGITS:
        rows = [[significant(entry, digits) for entry in row] for row in change.transpose().tolist()]
        frame = arb_mat([[arb(entry) for entry in row] for row in rows])
        defect = frame.transpose() * hessian * frame - identity(size)
        if all(float(abs(entry).mid()) * size < _NEAR_IDENTITY for entry in defect.entries()):
            moved = (frame.transpose() * along.outputs.transpose()).tolist()
            placed = iter(rows)
            embedded = [
                next(placed) if any(entry == 1 for entry in axis) else [fmpq(0)] * size for axis in free.tolist()
            ]
            return FramedChain(centre, embedded, [sum(float(abs(entry).mid()) for entry in row) for row in moved])
    return None
