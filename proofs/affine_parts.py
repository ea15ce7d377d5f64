"""The affine pieces of an activation on which a unit has its samples: piecewise affine functions consist of such
pieces, and some others, such as elu, have one or two."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flint import arb, fmpq

from proofs.activations import Activation
from proofs.balls import Sign, lower_bound, sign
from proofs.kernel import Rejected, Undecided
from proofs.piecewise import Piece

Line = tuple[fmpq, fmpq]
"""Slope and intercept."""

# By their definitions in proofs/activations.py and proofs/formulas.py.
_OTHERS = {
    "elu": (Piece(fmpq(0), None, fmpq(1), fmpq(0)),),
    "celu": (Piece(fmpq(0), None, fmpq(1), fmpq(0)),),
    "relu_squared": (Piece(None, fmpq(0), fmpq(0), fmpq(0)),),
    "hardswish": (Piece(None, fmpq(-3), fmpq(0), fmpq(0)), Piece(fmpq(3), None, fmpq(1), fmpq(0))),
}


def affine_parts(activation: Activation) -> tuple[Piece, ...]:
    """The intervals on which it is known to be affine."""
    return activation.piecewise.pieces if activation.piecewise else _OTHERS.get(activation.name, ())


@dataclass(frozen=True, slots=True)
class AffineParts:
    """The pieces in whose interiors one unit certainly has its samples.

    Attributes:
        unit: the unit, in words.
        lines: sigma there, for each sample.
        margin: no pre-activation is nearer to an end of its piece.
    """

    unit: str
    lines: tuple[Line, ...]
    margin: fmpq

    @staticmethod
    def of(activation: Activation, sums: Sequence[arb], unit: str) -> AffineParts:
        """Place the pre-activations of a unit.

        Raises:
            Rejected: CR08, one of them is certainly on no affine piece.
            Undecided: CR08, one of them may be at an end of its piece.
        """
        parts, lines, margins = affine_parts(activation), list[Line](), list[fmpq]()
        for n, z in enumerate(sums):
            rooms = [(part, _room(part, z)) for part in parts]
            inside = [(part, room) for part, room in rooms if sign(room) is Sign.POSITIVE]
            if not inside:
                what = f"{unit}: sample {n} is"
                if all(sign(room) is Sign.NEGATIVE for _, room in rooms):
                    raise Rejected("CR08", f"{what} on no affine piece of {activation.name}")
                raise Undecided("CR08", f"{what} not certainly away from the kinks of {activation.name}")
            ((part, room),) = inside
            lines.append((part.slope, part.intercept))
            margins.append(lower_bound(room))
        return AffineParts(unit, tuple(lines), min(margins))

    @property
    def are_flat(self) -> bool:
        """Whether the slope is 0 at all samples: the unit is dead."""
        return all(slope == 0 for slope, _ in self.lines)

    def only_line(self) -> Line:
        """The line that all samples share.

        Raises:
            Rejected: CR08, they are on several.
        """
        if len(set(self.lines)) > 1:
            raise Rejected("CR08", f"{self.unit} bends on the data")
        return self.lines[0]

    def meeting_point(self) -> tuple[fmpq, fmpq]:
        """A point (z_0, s_0) through which all lines go: of a single line the one with z_0 = 0.

        Raises:
            Rejected: CR08, there is none.
        """
        first, *others = sorted(set(self.lines))
        place = fmpq(0)
        if others and others[-1][0] != first[0]:
            place = (others[-1][1] - first[1]) / (first[0] - others[-1][0])
        level = first[0] * place + first[1]
        if any(slope * place + intercept != level for slope, intercept in others):
            raise Rejected("CR08", f"{self.unit} bends on the data and is not positively homogeneous there")
        return place, level


def _room(part: Piece, z: arb) -> arb:
    """The distance to the nearer end of the piece; negative outside of it."""
    rooms = [z - arb(part.lower)] if part.lower is not None else []
    rooms += [arb(part.upper) - z] if part.upper is not None else []
    return rooms[0] if len(rooms) == 1 else rooms[0].min(rooms[1])
