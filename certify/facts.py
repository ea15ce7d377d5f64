"""What can be proved about one activation, for `certify activations`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from itertools import pairwise

from flint import arb, fmpq

from certify.search.intervals import Interval, joined, signs_on
from proofs.activations import CATALOGUE, Activation
from proofs.balls import Sign, is_bounded, lower_bound, precision, sign
from proofs.expression import parse
from proofs.piecewise import Piece, PiecewiseAffine
from proofs.taylor import breaks

REACH = 8
"""Enclosures are looked at on [-REACH, REACH]."""

_BITS = 128
_WITNESSES = tuple(fmpq(k, 4) for i in range(1, 13) for k in (i, -i))


@dataclass(frozen=True, slots=True)
class Witness:
    """A point where sigma' and sigma'' are certainly not 0, with lower bounds of their sizes."""

    point: fmpq
    slope: fmpq
    bend: fmpq


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything here is proved: by enclosures on [-REACH, REACH], or in the catalogue.

    Attributes:
        kinks: points where sigma'' does not exist; for a formula that somebody typed, where it may not exist.
        other_breaks: whether pieces of the formula meet at points that are not known exactly.
        rough: pieces of [-REACH, REACH] on which sigma'' has no enclosure; elsewhere there sigma is smooth.
        rising: intervals on which sigma does not decrease.
        falling: intervals on which sigma does not increase.
        convex, concave: intervals on which sigma is so.
        witness: a point that satisfies the hypotheses of local-minimum/1, if one was found.
    """

    activation: Activation
    kinks: tuple[fmpq, ...]
    other_breaks: bool
    rough: tuple[Interval, ...]
    rising: tuple[Interval, ...]
    falling: tuple[Interval, ...]
    convex: tuple[Interval, ...]
    concave: tuple[Interval, ...]
    witness: Witness | None


def facts_about(activation: Activation, finest: fmpq) -> Facts:
    """Look at the enclosures on pieces down to the length `finest`; of a piecewise affine function all is known."""
    if activation.piecewise is not None:
        return _facts_of_pieces(activation, activation.piecewise)
    with precision(_BITS):
        slope = signs_on(partial(_derivative, activation, 1), fmpq(-REACH), fmpq(REACH), finest)
        bend = signs_on(partial(_derivative, activation, 2), fmpq(-REACH), fmpq(REACH), finest)
        witness = _witness(activation)
    shapes = activation.shapes
    rising = [*slope.positive, *slope.zero, *((s.lower, s.upper) for s in shapes if s.slope > 0)]
    falling = [*slope.negative, *slope.zero, *((s.lower, s.upper) for s in shapes if s.slope < 0)]
    return Facts(
        activation,
        activation.kinks,
        activation.name not in CATALOGUE and not all(breaks(parse(activation.formula, activation.name))),
        bend.undefined,
        joined(rising),
        joined(falling),
        _joined_bends(activation, 1, joined([*bend.positive, *bend.zero])),
        _joined_bends(activation, -1, joined([*bend.negative, *bend.zero])),
        witness,
    )


def _facts_of_pieces(activation: Activation, piecewise: PiecewiseAffine) -> Facts:
    """Exact: the signs of the slopes, and of their changes."""
    pieces = piecewise.pieces
    return Facts(
        activation,
        piecewise.breakpoints,
        other_breaks=False,
        rough=(),
        rising=joined((piece.lower, piece.upper) for piece in pieces if piece.slope >= 0),
        falling=joined((piece.lower, piece.upper) for piece in pieces if piece.slope <= 0),
        convex=_runs(pieces, 1),
        concave=_runs(pieces, -1),
        witness=None,
    )


def _runs(pieces: Sequence[Piece], curvature: int) -> tuple[Interval, ...]:
    """The longest intervals on which the slopes only increase (curvature 1) or decrease (-1)."""
    runs = [[pieces[0]]]
    for before, piece in pairwise(pieces):
        if (piece.slope > before.slope) == (curvature > 0):
            runs[-1].append(piece)
        else:
            runs.append([piece])
    return tuple((run[0].lower, run[-1].upper) for run in runs)


def _derivative(activation: Activation, order: int, z: arb) -> arb:
    return activation.jet(z)[order]


def _joined_bends(activation: Activation, curvature: int, smooth: tuple[Interval, ...]) -> tuple[Interval, ...]:
    """`smooth` holds intervals on which sigma'' exists and does not change its sign, and its neighbours touch where it
    exists as well; those of the catalogue may touch them at a kink, so they must overlap to be joined."""
    shapes = [(shape.lower, shape.upper) for shape in activation.shapes if shape.curvature == curvature]
    return joined([*smooth, *shapes], touching=False)


def _witness(activation: Activation) -> Witness | None:
    """The point of a grid where the smaller of |sigma'| and |sigma''| is largest."""
    best: Witness | None = None
    for point in _WITNESSES:
        _, slope, bend, _ = activation.jet(arb(point))
        if Sign.UNKNOWN in (sign(slope), sign(bend)) or not (is_bounded(slope) and is_bounded(bend)):
            continue
        found = Witness(point, lower_bound(abs(slope)), lower_bound(abs(bend)))
        if best is None or min(found.slope, found.bend) > min(best.slope, best.bend):
            best = found
    return best


def everywhere(intervals: tuple[Interval, ...]) -> bool:
    """Whether they are the whole line."""
    return intervals == ((None, None),)
