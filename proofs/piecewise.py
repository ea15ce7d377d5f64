"""Continuous piecewise affine activations: exact data, exact values, and enclosures for balls.

Between two breakpoints such a function is affine, and at each of them its slope changes. There sigma' does not exist,
so a ball that touches a breakpoint has nan for every derivative.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate, pairwise

from flint import arb, fmpq

from proofs.exact import parse_rational

_NAN = arb.nan()


@dataclass(frozen=True, slots=True)
class Piece:
    """On [lower, upper] (None: unbounded) sigma(z) = slope z + intercept."""

    lower: fmpq | None
    upper: fmpq | None
    slope: fmpq
    intercept: fmpq

    def value(self, z: fmpq) -> fmpq:
        """slope z + intercept."""
        return self.slope * z + self.intercept

    def holds_inside(self, z: fmpq) -> bool:
        """Whether z lies in the interior."""
        return (self.lower is None or z > self.lower) and (self.upper is None or z < self.upper)


@dataclass(frozen=True)
class PiecewiseAffine:
    """The continuous function with these breakpoints t_1 < ... < t_K, slopes s_0, ..., s_K, and value at t_1.

    The intercepts follow from continuity, so that no data describe a function that jumps.

    Raises:
        ValueError: no breakpoint, breakpoints that do not increase, not one slope more than breakpoints, or a slope
            that does not change at a breakpoint.
    """

    breakpoints: tuple[fmpq, ...]
    slopes: tuple[fmpq, ...]
    first_value: fmpq

    def __post_init__(self) -> None:
        if not self.breakpoints or len(self.slopes) != len(self.breakpoints) + 1:
            raise ValueError("expected at least one breakpoint, and one slope more than breakpoints")
        if any(not left < right for left, right in pairwise(self.breakpoints)):
            raise ValueError("expected increasing breakpoints")
        if any(left == right for left, right in pairwise(self.slopes)):
            raise ValueError("expected a slope that changes at every breakpoint")

    @cached_property
    def pieces(self) -> tuple[Piece, ...]:
        """The K + 1 affine pieces from left to right."""
        ends = (None, *self.breakpoints, None)
        steps = pairwise(self.breakpoints)
        rises = (slope * (right - left) for slope, (left, right) in zip(self.slopes[1:], steps, strict=False))
        values = tuple(accumulate(rises, initial=self.first_value))  # at the breakpoints
        anchors = zip((self.breakpoints[0], *self.breakpoints), (values[0], *values), strict=True)
        return tuple(
            Piece(lower, upper, slope, value - slope * place)
            for (lower, upper), slope, (place, value) in zip(pairwise(ends), self.slopes, anchors, strict=True)
        )

    def piece_at(self, z: fmpq) -> Piece:
        """The piece that holds z; at a breakpoint the one to its right."""
        return next(piece for piece in self.pieces if piece.upper is None or z < piece.upper)

    def value_at(self, z: fmpq) -> fmpq:
        """sigma(z), exactly."""
        return self.piece_at(z).value(z)

    def value(self, z: arb) -> arb:
        """An enclosure of sigma on a ball: the hull of what each piece that it may meet has for its part of it."""
        if not z.is_finite():
            return _NAN
        parts = []
        for piece in self.pieces:
            part = z
            if piece.lower is not None:
                if z < piece.lower:
                    continue
                part = part.max(arb(piece.lower))
            if piece.upper is not None:
                if z > piece.upper:
                    continue
                part = part.min(arb(piece.upper))
            parts.append(part * piece.slope + piece.intercept)
        hull = parts[0]
        for part in parts[1:]:
            hull = hull.union(part)
        return hull

    def jet(self, z: arb) -> tuple[arb, arb, arb, arb]:
        """Enclosures of sigma and its first three derivatives; these are nan if the ball may touch a breakpoint."""
        value = self.value(z)
        for piece in self.pieces:
            above = piece.lower is None or bool(z > piece.lower)
            if z.is_finite() and above and (piece.upper is None or bool(z < piece.upper)):
                return value, arb(piece.slope), arb(0), arb(0)
        return value, _NAN, _NAN, _NAN


def _row(breakpoints: tuple[str, ...], slopes: tuple[str, ...], first_value: int = 0) -> PiecewiseAffine:
    def rationals(texts: tuple[str, ...]) -> tuple[fmpq, ...]:
        return tuple(parse_rational(text, "piecewise") for text in texts)

    return PiecewiseAffine(rationals(breakpoints), rationals(slopes), fmpq(first_value))


# PyTorch's functions with their defaults; each with its formula for SymPy. hardshrink is not continuous.
NAMED: dict[str, tuple[str, PiecewiseAffine]] = {
    "relu": ("Max(0, z)", _row(("0",), ("0", "1"))),
    "leaky_relu": ("Max(z, z/100)", _row(("0",), ("1/100", "1"))),
    "prelu": ("Max(z, z/4)", _row(("0",), ("1/4", "1"))),
    "relu6": ("Min(Max(0, z), 6)", _row(("0", "6"), ("0", "1", "0"))),
    "hardtanh": ("Min(Max(-1, z), 1)", _row(("-1", "1"), ("0", "1", "0"), -1)),
    "hardsigmoid": ("Min(Max(0, z + 3), 6)/6", _row(("-3", "3"), ("0", "1/6", "0"))),
    "softshrink": ("Max(z - 1/2, 0) + Min(z + 1/2, 0)", _row(("-1/2", "1/2"), ("1", "0", "1"))),
    "abs": ("Abs(z)", _row(("0",), ("-1", "1"))),
}
