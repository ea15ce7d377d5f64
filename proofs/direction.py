"""A direction in the space of all parameters, along which the loss curves downwards."""

from __future__ import annotations

from flint import arb, fmpq

from proofs.balls import Sign, is_bounded, sign, upper_bound
from proofs.document import Reader
from proofs.exact import show
from proofs.full_network import Shape
from proofs.kernel import Rejected, Undecided

Direction = tuple[fmpq, ...]


def read_direction(arguments: Reader, shape: Shape, code: str) -> Direction:
    """The field `direction`: one number for each parameter.

    Raises:
        Rejected: with the code; too few or too many.
    """
    direction = arguments.rationals("direction")
    if len(direction) != shape.parameters:
        raise Rejected(code, f"expected a direction of {shape.parameters} numbers, one for each parameter")
    return direction


def negative_curvature(curvature: arb, direction: Direction, code: str, where: str = "") -> str:
    """Demand that half the second derivative along a direction, this ball, is negative; the margin, for people.

    Raises:
        Rejected, Undecided: with the code; it is not, or that cannot be told `where`.
    """
    decided = sign(curvature)
    if decided is Sign.POSITIVE or not any(v != 0 for v in direction):
        raise Rejected(code, "the curvature along this direction is not negative")
    if decided is Sign.UNKNOWN or not is_bounded(curvature):
        raise Undecided(code, f"cannot tell that the curvature along this direction is negative{where}")
    length = sum((v * v for v in direction), fmpq(0))
    return f"second derivative ≤ {show(2 * upper_bound(curvature) / length)} along the unit vector"
