"""A stated network whose loss is smaller than that of a critical point, by a stated gap."""

from __future__ import annotations

from flint import arb, fmpq

from proofs.balls import Sign, sign
from proofs.document import Reader
from proofs.instance import Instance
from proofs.kernel import Rejected, Undecided
from proofs.layers import Layer, read_layers


def read_better(instance: Instance, arguments: Reader, code: str) -> tuple[fmpq, list[Layer]]:
    """The fields `gap` and `layers`.

    Raises:
        Rejected: with the code, the gap is not positive; or as `proofs.layers.read_layers` says.
    """
    gap = arguments.rational("gap")
    if gap <= 0:
        raise Rejected(code, "the gap is not positive")
    return gap, read_layers(instance, arguments)


def demand_advantage(advantage: arb, gap: fmpq, code: str, scope: str = "") -> None:
    """Demand that the loss of the critical point exceeds that of the network, by this ball, by the gap at least.

    Raises:
        Rejected, Undecided: with the code; it does not, or that cannot be told for the scope.
    """
    decided = sign(advantage - arb(gap))
    if decided is Sign.UNKNOWN:
        raise Undecided(code, f"cannot tell that the loss is smaller by the gap{scope}")
    if decided is Sign.NEGATIVE:
        raise Rejected(code, "the loss is not smaller by the gap")
