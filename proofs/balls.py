"""Balls (midpoint and radius) with decisions that cannot lie: a comparison is certain or it is not made.

FLINT's comparison operators answer False both for "no" and for "cannot tell" (and for nan), so `proofs` never
compares balls with them except here.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from enum import Enum

from flint import arb, ctx, fmpq

BOUND_BITS = 64
MAX_EXPONENT = 10**6
"""No ball beyond 2^MAX_EXPONENT or within 2^-MAX_EXPONENT of zero decides anything: exp(+-10^30) has a ball, but its
bounds fit into no memory."""


_LEAST = arb(2) ** -MAX_EXPONENT


class Sign(Enum):
    """The certain sign of an enclosed real number, or UNKNOWN (nan is UNKNOWN)."""

    NEGATIVE = -1
    UNKNOWN = 0
    POSITIVE = 1

    def __bool__(self) -> bool:
        raise TypeError("a sign is not a truth value: compare it with `is`")


def sign(x: arb) -> Sign:
    """The sign of every number in the ball, if they all share it; UNKNOWN if one is beyond 2^MAX_EXPONENT in size or
    below 2^-MAX_EXPONENT.

    >>> sign(arb(2).sqrt() - 1), sign(arb(2).sqrt() ** 2 - 2)
    (<Sign.POSITIVE: 1>, <Sign.UNKNOWN: 0>)
    """
    if not is_bounded(x) or x.abs_lower() < _LEAST:
        return Sign.UNKNOWN
    return Sign.POSITIVE if x > 0 else Sign.NEGATIVE if x < 0 else Sign.UNKNOWN


@contextmanager
def precision(bits: int) -> Iterator[None]:
    """Run with ball arithmetic at `bits` bits and restore the former precision."""
    before = ctx.prec
    ctx.prec = bits
    try:
        yield
    finally:
        ctx.prec = before


def hull(lower: fmpq, upper: fmpq) -> arb:
    """A ball that contains [lower, upper]."""
    return arb(lower).union(arb(upper))


def square(x: arb) -> arb:
    """A ball for {t^2 : t in x}; unlike `x * x` it does not reach below zero by more than rounding."""
    low, high = x.abs_lower(), x.abs_upper()
    return (low * low).union(high * high)


def is_bounded(x: arb) -> bool:
    """Whether the ball is finite and within +-2^MAX_EXPONENT."""
    if not x.is_finite():
        return False
    mantissa, exponent = _dyadic(x.abs_upper())
    return mantissa.bit_length() + exponent <= MAX_EXPONENT


def _dyadic(x: arb) -> tuple[int, int]:
    mantissa, exponent = x.man_exp()
    return int(mantissa), int(exponent)


def lower_bound(x: arb) -> fmpq:
    """A rational of at most BOUND_BITS significant bits that is at most every number in the bounded ball.

    It is not negative when the ball is positive; below 2^-MAX_EXPONENT it is rounded to a multiple of that.

    Raises:
        ValueError: the ball is not bounded.
    """
    if not is_bounded(x):
        raise ValueError("no bound of a ball that is not bounded")
    number, exponent = _dyadic(x.lower())
    excess = max(number.bit_length() - BOUND_BITS, -MAX_EXPONENT - exponent)
    if excess > 0:
        number, exponent = number >> excess, exponent + excess  # >> rounds towards minus infinity
    return fmpq(number) * fmpq(2) ** exponent


def upper_bound(x: arb) -> fmpq:
    """A rational of at most BOUND_BITS significant bits that is at least every number in the bounded ball.

    Raises:
        ValueError: the ball is not bounded.
    """
    return -lower_bound(-x)
