"""The second checker: one file and the standard library, to be read from top to bottom by a sceptic.

    python standalone.py instance.json certificate.json

It exits with 0 if the certificate is proved, 3 if it is rejected, 4 if undecided, 2 if a file is malformed, 5 if a
resource ran out. It trusts Python's integers (with ``fractions``, ``math.isqrt`` and ``math.lcm`` on top of them),
``json``, ``hashlib`` and ``re``: no floating-point number, no other package, no other file of this project. The format
is docs/certificate-format.md; the theorems are proved in docs/mathematics.md.

1. Interval arithmetic on dyadic numbers, rounded outward.
2. Elementary functions, all from one power series with a proved tail.
3. The activations, the losses, and their derivatives.
4. Definiteness of exact matrices, and of enclosed ones.
5. Documents.
6. Lemmas.
7. The certificate.
"""

from __future__ import annotations

import hashlib
import json
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import lru_cache, partial
from itertools import pairwise
from math import isqrt, lcm
from pathlib import Path
from typing import Any, TypeVar

T = TypeVar("T")


class Unclear(ArithmeticError):
    """An enclosure is too wide to decide the question. Nothing is claimed either way."""


# 1. Intervals
#
# An operation returns a set that contains every result of the real operation on members of its operands, which are
# taken for independent: x * x contains the squares of x, x.square() is sharper. Python's integers are exact; what is
# dropped after an operation is dropped outward, by ``a >> k`` = floor(a / 2^k) and ``-(-a >> k)`` = ceiling(a / 2^k).

MOST_EXPONENT = 10**6  # above 2^MOST_EXPONENT and below 2^-MOST_EXPONENT nothing is decided, as in the main checker
GUARD = 32  # more bits are worked with than asked for: the functions below lose ten, exp and sin of large numbers more
_bits = 128 + GUARD


def set_precision(bits: int) -> None:
    """Let enclosures at points have relative width about 2^-bits (128 at the start)."""
    global _bits  # noqa: PLW0603
    _bits = bits + GUARD


class Interval:
    """The reals from lo * 2^exponent to hi * 2^exponent; whoever builds one sees to lo <= hi."""

    __slots__ = ("exponent", "hi", "lo")

    def __init__(self, lo: int, hi: int, exponent: int = 0) -> None:
        self.lo, self.hi, self.exponent = lo, hi, exponent

    @property
    def positive(self) -> bool:
        """Every member is > 0; False decides nothing."""
        return self.lo > 0

    @property
    def negative(self) -> bool:
        """Every member is < 0; False decides nothing."""
        return self.hi < 0

    @property
    def thin(self) -> bool:
        """A point, or narrower than 2^(-working bits / 2) of its size; never with members of both signs."""
        size = max(self.lo.bit_length(), self.hi.bit_length())
        return self.lo == self.hi or (self.hi - self.lo).bit_length() + _bits // 2 < size

    def at(self, exponent: int) -> tuple[int, int]:
        """The two ends in units of 2^exponent, rounded outward."""
        shift = self.exponent - exponent
        if shift >= 0:
            return self.lo << shift, self.hi << shift
        return self.lo >> -shift, -(-self.hi >> -shift)

    @property
    def bounded(self) -> bool:
        """No member is beyond +-2^MOST_EXPONENT."""
        return max(self.lo.bit_length(), self.hi.bit_length()) + self.exponent <= MOST_EXPONENT

    def lower(self) -> Fraction:
        """The lower end; exact down to multiples of 2^-MOST_EXPONENT."""
        return _fraction(self, 0)

    def upper(self) -> Fraction:
        """The upper end; exact down to multiples of 2^-MOST_EXPONENT."""
        return _fraction(self, 1)

    def ends(self) -> tuple[Interval, Interval]:
        """The two end points."""
        return Interval(self.lo, self.lo, self.exponent), Interval(self.hi, self.hi, self.exponent)

    def middle(self) -> Interval:
        """The midpoint, exactly."""
        return Interval(self.lo + self.hi, self.lo + self.hi, self.exponent - 1)

    def shifted(self, bits: int) -> Interval:
        """The product with 2^bits, exactly."""
        return Interval(self.lo, self.hi, self.exponent + bits)

    def hull(self, other: Number) -> Interval:
        """An interval around both."""
        a, b, c, d, exponent = _aligned(self, interval(other))
        return _rounded(min(a, c), max(b, d), exponent)

    def meet(self, other: Interval) -> Interval:
        """The intersection of two enclosures of the same number."""
        a, b, c, d, exponent = _aligned(self, other)
        if max(a, c) > min(b, d):
            raise Unclear("two enclosures of one number are disjoint")
        if c <= a and b <= d:
            return self
        return other if a <= c and d <= b else _rounded(max(a, c), min(b, d), exponent)

    def __abs__(self) -> Interval:
        if self.lo >= 0:
            return self
        return -self if self.hi <= 0 else Interval(0, max(-self.lo, self.hi), self.exponent)

    def __neg__(self) -> Interval:
        return Interval(-self.hi, -self.lo, self.exponent)

    def __add__(self, other: Number) -> Interval:
        a, b, c, d, exponent = _aligned(self, interval(other))
        return _rounded(a + c, b + d, exponent)

    def __sub__(self, other: Number) -> Interval:
        return self + -interval(other)

    def __mul__(self, other: Number) -> Interval:
        other = interval(other)  # a bilinear function on a rectangle is extreme at the corners
        corners = (self.lo * other.lo, self.lo * other.hi, self.hi * other.lo, self.hi * other.hi)
        return _rounded(min(corners), max(corners), self.exponent + other.exponent)

    def square(self) -> Interval:
        """The squares of the members."""
        size = abs(self)
        return _rounded(size.lo * size.lo, size.hi * size.hi, 2 * size.exponent)

    def __truediv__(self, other: Number) -> Interval:
        other = interval(other)
        if other.hi < 0:
            return -self / -other
        if other.lo <= 0:
            raise Unclear("division by an interval that contains 0")
        shift = max(0, _bits + other.hi.bit_length() - max(self.lo.bit_length(), self.hi.bit_length()))
        lo, hi = self.lo << shift, self.hi << shift
        lo = lo // (other.hi if lo >= 0 else other.lo)  # // is the floor
        hi = -(-hi // (other.lo if hi >= 0 else other.hi))
        return _rounded(lo, hi, self.exponent - other.exponent - shift)

    __radd__ = __add__
    __rmul__ = __mul__

    def __rsub__(self, other: Number) -> Interval:
        return -self + other

    def __rtruediv__(self, other: Number) -> Interval:
        return interval(other) / self


Number = Interval | int | Fraction


def interval(value: Number) -> Interval:
    """An enclosure of an exact number; intervals pass."""
    if isinstance(value, Interval):
        return value
    if isinstance(value, int):
        return Interval(value, value)
    return interval(value.numerator) / interval(value.denominator)


def _rounded(lo: int, hi: int, exponent: int) -> Interval:
    """Outward to the working precision of the longer end."""
    excess = max(lo.bit_length(), hi.bit_length()) - _bits
    return Interval(lo, hi, exponent) if excess <= 0 else Interval(lo >> excess, -(-hi >> excess), exponent + excess)


def _aligned(x: Interval, y: Interval) -> tuple[int, int, int, int, int]:
    """The ends of x and y over one exponent; an operand some 2 * _bits binary digits below the other is rounded."""
    first = x.exponent if x.lo or x.hi else y.exponent
    second = y.exponent if y.lo or y.hi else first
    exponent = max(min(first, second), max(first, second) - 2 * _bits)
    return *x.at(exponent), *y.at(exponent), exponent


def _fraction(x: Interval, end: int) -> Fraction:
    exponent = max(x.exponent, -MOST_EXPONENT)
    if not x.bounded:
        raise Unclear("a number too large to be written out")
    return x.at(exponent)[end] * Fraction(2) ** exponent


# 2. Elementary functions
#
# The functions with an underscore are expressions in interval arithmetic: sound wherever they are defined, but sharp
# on thin intervals only. An increasing function takes a wide interval by its ends.


def _series(u: Interval, ratio: Callable[[int], tuple[int, int]], alternating: bool = False) -> Interval:
    """The sum of T_n (or of (-1)^n T_n), where T_0 = 1, T_{n+1} = T_n u p/q, (p, q) = ratio(n), for u >= 0.

    low <= T_n <= high in units of 2^-places, by rounding outward at each step. In all series used, q // p does not
    decrease from n = 1 on; so when the loop ends at u <= (q // p) / 2, every later step halves T_n at least, and the
    terms left out add up to at most high.
    """
    places = _bits + 16
    lo, hi = max(u.at(-places)[0], 0), u.at(-places)[1]
    low = high = below = above = 1 << places
    n, (p, q) = 0, ratio(0)
    while high > 1 or 2 * hi > (q // p) << places:
        low, high = (low * lo * p >> places) // q, -((-high * hi * p >> places) // q)
        n += 1
        p, q = ratio(n)
        if alternating and n % 2:
            below, above = below - high, above - low
        else:
            below, above = below + low, above + high
    return _rounded(below - high, above + high, -places)


def _increasing(f: Callable[[Interval], Interval], x: Interval) -> Interval:
    """The range of an increasing function f that is sharp on thin intervals."""
    low, high = x.ends()
    return f(x) if x.thin else f(low).hull(f(high))


def _constant(compute: Callable[[], Interval]) -> Callable[[], Interval]:
    """A constant, computed once for each precision."""
    known: dict[int, Interval] = {}
    return lambda: known.get(_bits) or known.setdefault(_bits, compute())


def sqrt(x: Interval) -> Interval:
    """The square root; Unclear unless x >= 0."""
    if x.lo < 0:
        raise Unclear("the square root of a number that may be negative")
    shift = max(0, 2 * _bits - x.hi.bit_length())
    shift += (x.exponent - shift) % 2
    root = isqrt(x.hi << shift)
    return _rounded(isqrt(x.lo << shift), root + (root * root < x.hi << shift), (x.exponent - shift) // 2)


def _log1p(t: Interval) -> Interval:
    """log(1 + t) = 2 artanh(w), w = t / (2 + t); artanh w = w (1 + w^2/3 + w^4/5 + ..)."""
    w = t / (t + 2)
    return (w * _series(w.square(), lambda n: (2 * n + 1, 2 * n + 3))).shifted(1)


def _atan_series(y: Interval) -> Interval:
    """arctan y = y / (1 + y^2) (1 + (2/3) u + (2 4)/(3 5) u^2 + ..), u = y^2 / (1 + y^2) (Euler)."""
    scale = y.square() + 1
    return y / scale * _series(y.square() / scale, lambda n: (2 * n + 2, 2 * n + 3))


ln2 = _constant(lambda: _log1p(interval(1)))
pi = _constant(lambda: 16 * _atan_series(interval(Fraction(1, 5))) - 4 * _atan_series(interval(Fraction(1, 239))))
_two_over_root_pi = _constant(lambda: 2 / sqrt(pi()))
_root_two = _constant(lambda: sqrt(interval(2)))


def _exp(x: Interval) -> Interval:
    """e^x = 2^k (e^(r/256))^256 with r = x - k ln 2 and an integer k <= x / ln 2, so that r >= 0."""
    if (x - (1 << 40)).positive:
        raise Unclear("the exponential of a number above 2^40")
    if (x + (1 << 40)).negative:
        return Interval(0, 1, -(1 << 40))  # 0 < e^x < 2^x for x < 0
    k = (x / ln2()).at(0)[0]
    power = _series((x - k * ln2()).shifted(-8), lambda n: (1, n + 1))
    for _ in range(8):
        power = power.square()
    return power.shifted(k)


def exp(x: Interval) -> Interval:
    """e^x; Unclear above 2^40."""
    return _increasing(_exp, x)


def _expm1(x: Interval) -> Interval:
    """e^x - 1 = x (1 + x/2! + x^2/3! + ..) for x >= 0, and -E / (1 + E) with E = e^-x - 1 below."""
    if x.lo < 0 and x.hi <= 0 and (x + 1).positive:
        mirror = _expm1(-x)
        return -mirror / (mirror + 1)
    return x * _series(x, lambda n: (1, n + 2)) if x.lo >= 0 and (x - 1).negative else _exp(x) - 1


def log(x: Interval) -> Interval:
    """log x = k ln 2 + log(1 + t), x = 2^k (1 + t), -1/4 <= t < 1/2; Unclear unless x > 0."""
    if x.lo <= 0:
        raise Unclear("the logarithm of a number that may not be positive")

    def thin_log(x: Interval) -> Interval:
        k = x.exponent + x.lo.bit_length()
        k -= (x.shifted(-k) - Fraction(3, 4)).negative
        return k * ln2() + _log1p(x.shifted(-k) - 1)

    return _increasing(thin_log, x)


def atan(x: Interval) -> Interval:
    """arctan x = 2 arctan(x / (1 + sqrt(1 + x^2))), three times; the argument falls to at most 1, 0.42, 0.2."""

    def thin_atan(x: Interval) -> Interval:
        for _ in range(3):
            x = x / (sqrt(x.square() + 1) + 1)
        return _atan_series(x).shifted(3)

    return _increasing(thin_atan, x)


def _erf_series(x: Interval) -> Interval:
    """erf x = 2/sqrt(pi) x e^(-x^2) (1 + u/3 + u^2/(3 5) + u^3/(3 5 7) + ..), u = 2 x^2."""
    square = x.square()
    return _two_over_root_pi() * x * _exp(-square) * _series(square.shifted(1), lambda n: (1, 2 * n + 3))


def _erfc_ratio(x: Interval, steps: int) -> Interval:
    """2/sqrt(pi) e^(-x^2) / erfc x for x > 0, by a continued fraction; more steps narrow the result.

    Put J_n = 2/sqrt(pi) int_x^oo (t - x)^n / n! e^(-t^2) dt and J_-1 = 2/sqrt(pi) e^(-x^2), so that J_0 = erfc x.
    Integrating by parts, J_{n-2} = 2x J_{n-1} + 2n J_n for n >= 1. All J_n are positive, so R_n = J_{n-1} / J_n obeys
    R_{n-1} = 2x + 2n / R_n. Hence every R_n is >= 2x, and so <= 2x + (n + 1) / x. The result is R_0.
    """
    r = (2 * x).hull(2 * x + (steps + 1) / x)
    for n in range(steps, 0, -1):
        r = 2 * x + 2 * n / r
    return r


def _erfc(x: Interval) -> Interval:
    """1 - erf x, with a small relative error for large x."""
    if (x + 4).negative:
        return 2 - _erfc(-x)
    if not (x - 4).positive:
        return 1 - _erf_series(x)
    reach = x.at(0)[0] if (x - _bits).negative else _bits
    steps = _bits // 6 + _bits * _bits // (16 * reach * reach)
    return _two_over_root_pi() * _exp(-x.square()) / _erfc_ratio(x, steps)


def erf(x: Interval) -> Interval:
    """The error function."""
    return _increasing(lambda x: 1 - _erfc(x) if (abs(x) - 4).positive else _erf_series(x), x)


def normal(x: Interval) -> Interval:
    """The distribution function of the standard normal law, erfc(-x / sqrt 2) / 2."""
    return _increasing(lambda x: _erfc(-x / _root_two()).shifted(-1), x)


def sin(x: Interval, quarters: int = 0) -> Interval:
    """sin(x + quarters pi/2): the hull of the values at the ends and of the extremes +1, -1 in between."""

    def thin_sin(x: Interval) -> Interval:
        n = (x / half_pi + Fraction(1, 2)).at(0)[0]
        r = x - n * half_pi  # sin r = r (1 - r^2/3! + ..), cos r = 1 - r^2/2! + ..; |r| < 0.8 if x is thin
        if (n + quarters) % 2:
            result = _series(r.square(), lambda n: (1, (2 * n + 1) * (2 * n + 2)), alternating=True)
        else:
            result = r * _series(r.square(), lambda n: (1, (2 * n + 2) * (2 * n + 3)), alternating=True)
        return -result if (n + quarters) % 4 >= 2 else result

    half_pi = pi().shifted(-1)
    if not (abs(x) - (1 << 48)).negative or (x.ends()[1] - x.ends()[0] - 7).positive:
        return Interval(-1, 1)
    if x.thin:
        return thin_sin(x)
    result = thin_sin(x.ends()[0]).hull(thin_sin(x.ends()[1]))
    turns = x / half_pi + quarters
    for n in range(turns.at(0)[0], turns.at(0)[1] + 1):
        if n % 2 and not ((turns - n).positive or (turns - n).negative):
            result = result.hull(2 - n % 4)
    return result


# 3. Activations and losses
#
# ``value`` is sigma, ``slope`` sigma'; ``jet`` adds sigma'' and sigma''', which softsign and elu do not have at 0; the
# piecewise affine functions have no derivative at a kink.

Jet = tuple[Interval, Interval, Interval, Interval]
ACTIVATIONS = "sigmoid tanh softplus silu gelu erf arctan sin exp square softsign elu".split()  # noqa: SIM905

# sigma(z) = a z + b up to each kink, and after the last one: "a b | kink | a b | ..". These are continuous.
LINES = {
    "relu": "0 0 | 0 | 1 0",
    "leaky_relu": "1/100 0 | 0 | 1 0",
    "prelu": "1/4 0 | 0 | 1 0",
    "relu6": "0 0 | 0 | 1 0 | 6 | 0 6",
    "hardtanh": "0 -1 | -1 | 1 0 | 1 | 0 1",
    "hardsigmoid": "0 0 | -3 | 1/6 1/2 | 3 | 0 1",
    "softshrink": "1 1/2 | -1/2 | 0 0 | 1/2 | 1 -1/2",
    "abs": "-1 0 | 0 | 1 0",
}
MOST_LINES = 64


Lines = tuple[list[Fraction], list[tuple[Fraction, Fraction]]]  # kinks from left to right; slope, intercept


@lru_cache(maxsize=256)
def kinks_and_lines(name: str) -> Lines | None:
    """Of a piecewise affine function of the table, or of a formula that visibly is one; None for others."""
    if name in LINES:
        items = [[Fraction(number) for number in item.split()] for item in LINES[name].split(" | ")]
        return [kink for (kink,) in items[1::2]], [(a, b) for a, b in items[::2]]
    found = None if name in ACTIVATIONS or name in FORMULAS else _lines(formula(name))
    return found if found and found[0] else None


def _lines(tree: Tree) -> Lines | None:
    """Of z, numbers, sums, products and quotients with constants, abs, relu, max, min and continuous piecewise."""
    match tree:
        case ("z",):
            return [], [(Fraction(1), Fraction(0))]
        case ("number", text):
            return [], [(Fraction(0), Fraction(text))]
        case ("neg", u):
            return _lines(("*", ("number", "-1"), u))
        case ("relu", u):
            return _lines(("max", u, ("number", "0")))
        case ("abs", u):  # once: twice in each of forty nested ones would be 2^40 times
            found = _lines(u)
            return found and _combined("max", Fraction(0), found, (found[0], [(-a, -b) for a, b in found[1]]))
        case (("+" | "-" | "*" | "/" | "max" | "min" | "piecewise") as operator, *operands):
            at = operands.pop(0) if operator == "piecewise" else Fraction(0)
            first, second = map(_lines, operands)
            if first is None or second is None:
                return None
            if operator in ("*", "/"):
                if operator == "*" and not first[0] and first[1][0][0] == 0:
                    first, second = second, first
                ((rise, factor), *more) = second[1]
                if rise or more or (operator == "/" and factor == 0):
                    return None
                factor = 1 / factor if operator == "/" else factor
                return _fused([*first[0]], [(a * factor, b * factor) for a, b in first[1]])
            return _combined(operator, at, first, second)
    return None


def _combined(operator: str, at: Fraction, first: Lines, second: Lines) -> Lines | None:
    """A sum, a difference, a maximum, a minimum, or the first up to `at` and the second from there on."""

    def line(f: Lines, z: Fraction) -> tuple[Fraction, Fraction]:
        return f[1][sum(kink < z for kink in f[0])]

    places = {*first[0], *second[0], *([at] if operator == "piecewise" else [])}
    if operator in ("max", "min"):  # and where the two cross, for every choice of their lines: too many do no harm
        slopes = [(c - a, b - d) for a, b in set(first[1]) for c, d in set(second[1])]
        places |= {gap / slope for slope, gap in slopes if slope}
    kinks = sorted(places)
    middles = [(low + high) / 2 for low, high in pairwise(kinks)]
    tests = [kinks[0] - 1, *middles, kinks[-1] + 1] if kinks else [Fraction(0)]
    chosen = []
    for z in tests:
        (a, b), (c, d) = line(first, z), line(second, z)
        if operator in "+-":
            chosen.append((a + c, b + d) if operator == "+" else (a - c, b - d))
        elif operator == "piecewise":
            chosen.append((a, b) if z < at else (c, d))
        else:
            chosen.append((a, b) if ((a - c) * z + b - d >= 0) == (operator == "max") else (c, d))
    return _fused(kinks, chosen)


def _fused(kinks: list[Fraction], lines: list[tuple[Fraction, Fraction]]) -> Lines | None:
    """Without kinks at which nothing changes; None if there is a jump, or if there are too many pieces."""
    kept = [k for k in range(len(kinks)) if lines[k] != lines[k + 1]]
    if any((lines[k][0] - lines[k + 1][0]) * kinks[k] != lines[k + 1][1] - lines[k][1] for k in kept):
        return None
    found = [kinks[k] for k in kept], [lines[0], *(lines[k + 1] for k in kept)]
    return found if len(kept) < MOST_LINES else None


def _logistic(z: Interval) -> tuple[Interval, Interval, Interval, Interval, Interval]:
    """s = 1 / (1 + e^-z), q = 1 - s, d = s - q, p = s q and w = z d, through T = e^-|z|, which does not overflow.

    s, q and d are monotone; p and w are even and monotone on either side of 0, with p(0) = 1/4 and w(0) = 0.
    """
    if not z.thin:
        low, high = z.ends()
        s, q, d, p, w = (x.hull(y) for x, y in zip(_logistic(low), _logistic(high), strict=True))
        return (s, q, d, p.hull(Fraction(1, 4)), w.hull(0)) if z.lo <= 0 <= z.hi else (s, q, d, p, w)
    size = abs(z)
    t = _exp(-size)
    large = 1 / (t + 1)
    small = t * large
    tilt = (1 - t if (size - 1).positive else -_expm1(-size)) * large  # (1 - T) / (1 + T) = tanh(|z| / 2)
    s, q, d = (large, small, tilt) if z.lo >= 0 else (small, large, -tilt)
    return s, q, d, s * q, z * d


def value(name: str, z: Interval) -> Interval:
    """sigma over z."""
    if name in LINES and (known := kinks_and_lines(name)):
        return _lines_value(*known, z)
    if name not in ACTIVATIONS:
        return taylor(_tree(name), z, 0)[0]
    match name:
        case "sigmoid":
            return _logistic(z)[0]
        case "tanh":  # tanh z = 2 s(2z) - 1 = d(2z)
            return _logistic(z.shifted(1))[2]
        case "softplus":  # log(1 + e^z) = max(z, 0) + log(1 + e^-|z|)
            return _increasing(lambda z: (z if z.lo >= 0 else 0) + _log1p(_exp(-abs(z))), z)
        case "silu":
            return z * _logistic(z)[0]
        case "gelu":
            return z * normal(z)
        case "erf":
            return erf(z)
        case "arctan":
            return atan(z)
        case "sin":
            return sin(z)
        case "exp":
            return exp(z)
        case "square":
            return z.square()
        case "softsign":
            return _increasing(lambda z: z / (abs(z) + 1), z)
    return _increasing(lambda z: z if z.lo >= 0 else _expm1(z), z)  # elu


def _lines_value(kinks: list[Fraction], lines: list[tuple[Fraction, Fraction]], z: Interval) -> Interval:
    """The hull of the values at the ends and at the kinks in between."""
    low, high = z.ends()
    places = [low, high, *(interval(kink) for kink in kinks if not ((z - kink).positive or (z - kink).negative))]
    parts = []
    for place in places:
        for k, (a, b) in enumerate(lines):  # rounding may leave a choice of two lines, near the kink where they meet
            right = k == 0 or not (place - kinks[k - 1]).negative
            left = k == len(kinks) or not (place - kinks[k]).positive
            if left and right:
                parts.append(a * place + b)
    result = parts[0]
    for part in parts[1:]:
        result = result.hull(part)
    return result


def jet(name: str, z: Interval) -> Jet:
    """sigma, sigma', sigma'' and sigma''' over z; Unclear if z touches a kink."""
    if name not in ACTIVATIONS and name not in LINES:
        c0, c1, c2, c3 = taylor(_tree(name), z, 3)
        return c0, c1, c2.shifted(1), 6 * c3
    s = value(name, z)
    if name in LINES and (known := kinks_and_lines(name)):
        kinks, lines = known
        if not all((z - kink).positive or (z - kink).negative for kink in kinks):
            raise Unclear(f"{name} has no slope at a kink")
        return s, interval(lines[sum((z - kink).positive for kink in kinks)][0]), interval(0), interval(0)
    square = z.square()
    match name:
        case "sigmoid" | "softplus" | "silu":
            first, q, d, p, w = _logistic(z)
            if name == "softplus":
                return s, first, p, -p * d
            if name == "silu":  # s' = p, q' = -p, p' = -p d, d' = 2p, w' = d + 2 z p
                return s, first * (1 + z * q), p * (2 - w), -p * (d * (3 - w) + 2 * z * p)
            bell = (p * (1 - 6 * p)).meet(Fraction(1, 24) - 6 * (p - Fraction(1, 12)).square())
            return s, p, -p * d, bell
        case "tanh":  # 2 s(2z) - 1
            _, first, second, third = jet("sigmoid", z.shifted(1))
            return s, first.shifted(2), second.shifted(3), third.shifted(4)
        case "gelu":
            density = exp(-square / 2) / sqrt(2 * pi())
            return s, normal(z) + z * density, density * (2 - square), density * z * (square - 4)
        case "erf":
            first = _two_over_root_pi() * exp(-square)
            return s, first, -2 * z * first, (4 * square - 2) * first
        case "arctan":
            r = 1 / (square + 1)
            return s, r, -2 * z * r.square(), (6 * square - 2) * r.square() * r
        case "sin":
            c = sin(z, 1)
            return s, c, -s, -c
        case "square":
            return s, 2 * z, interval(2), interval(0)
        case "softsign" | "elu" if z.lo <= 0 <= z.hi:
            raise Unclear(f"{name} is not twice differentiable at 0")
        case "softsign":
            r = 1 / (abs(z) + 1)
            second = 2 * r.square() * r
            return s, r.square(), -second if z.positive else second, 6 * r.square().square()
        case "elu" if z.positive:
            return s, interval(1), interval(0), interval(0)
    e = exp(z)  # exp itself, and elu below 0
    return s, e, e, e


def slope(name: str, z: Interval) -> Interval:
    """sigma' over z; softsign and elu have it at 0 too."""
    if name not in ACTIVATIONS:
        return sharp(name, z)[1]
    if name == "elu":  # the smaller of e^z and 1
        return _increasing(lambda z: interval(1) if z.lo >= 0 else _exp(z), z)
    return (1 / (abs(z) + 1)).square() if name == "softsign" else jet(name, z)[1]


def curvature(name: str, z: Interval) -> Interval:
    """sigma'' over z."""
    return jet(name, z)[2]


def _tree(name: str) -> Tree:
    return formula(FORMULAS.get(name, name))


def sharp(name: str, z: Interval) -> Jet:
    """``jet``, met with the mean value form f(z) in f(middle) + f'(z) (z - middle) for sigma'', sigma', sigma."""
    s, s1, s2, s3 = jet(name, z)
    m, m1, m2, _ = jet(name, z.middle())
    offset = z - z.middle()
    s2 = s2.meet(m2 + s3 * offset)
    s1 = s1.meet(m1 + s2 * offset)
    return s.meet(m + s1 * offset), s1, s2, s3


# Formulas, of rows of the catalogue and of whoever typed one. A tree is a tuple, an operator or a function and its
# operands: ("z",), ("pi",), ("e",), ("number", text), ("neg", u), ("**", u, exponent), ("+", u, v), .., ("exp", u), ..,
# and ("piecewise", t, u, v), which is u for z < t and v from there on. A tree has one spelling, without blanks.

FORMULAS = {
    "gelu_tanh": "z*(1+tanh(sqrt(2/pi)*(z+0.044715*z**3)))/2",
    "mish": "z*tanh(softplus(z))",
    "tanhexp": "z*tanh(exp(z))",
    "logish": "z*log1p(sigmoid(z))",
    "serf": "z*erf(softplus(z))",
    "sinc": "sin(z)/z",
    "selu": "1.0507009873554804934193349852946*piecewise(z<0,1.6732632423543772848170429916717*expm1(z),z)",
    "celu": "piecewise(z<0,expm1(z),z)",
    "hardswish": "piecewise(z<-3,0,piecewise(z<3,z*(z+3)/6,z))",
    "relu_squared": "relu(z)**2",
    "logsigmoid": "-softplus(-z)",
    "tanhshrink": "z-tanh(z)",
    "lecun_tanh": "1.7159*tanh(2*z/3)",
    "gudermannian": "2*atan(tanh(z/2))",
    "cloglog": "-expm1(-exp(z))",
    "isru": "z/sqrt(1+z**2)",
    "asinh": "asinh(z)",
    "multiquadric": "sqrt(1+z**2)",
    "squareplus": "(z+sqrt(z**2+4))/2",
    "bent_identity": "(sqrt(z**2+1)-1)/2+z",
    "logcosh": "softplus(2*z)-z-log(2)",
    "cosh": "cosh(z)",
    "sinh": "sinh(z)",
    "cos": "cos(z)",
    "snake": "z+sin(z)**2",
    "gaussian": "exp(-z**2)",
    "sech": "sech(z)",
    "cube": "z**3",
    "quadratic": "z**2+z",
}
Tree = tuple[Any, ...]
Series = list[Interval]  # f^(k) / k! for k = 0, 1, ..: the rules for one z hold for enclosures over all z
MOST_CHARACTERS, MOST_NESTED, MOST_NUMBER, MOST_POWER = 400, 40, 40, 64
_FRACTION = "-?[0-9]+(?:/[1-9][0-9]*)?"
_TOKEN = re.compile(
    rf"(?:0|[1-9][0-9]*)(?:\.[0-9]*[1-9])?|z<{_FRACTION}|[A-Za-z_][A-Za-z_0-9]*"
    rf"|\*\*-?[0-9]+|\*\*\({_FRACTION}\)|[-+*/(),]"
)
_BINDING = {"+": 1, "-": 1, "*": 2, "/": 2, "neg": 3, "**": 3}


@lru_cache(maxsize=256)
def formula(text: str) -> Tree:
    """The tree of a formula in its only spelling."""
    if len(text) > MOST_CHARACTERS:
        raise Malformed("a formula that is too long")
    tokens, place = list[str](), 0
    while place < len(text):
        found = _TOKEN.match(text, place)
        if found is None:
            raise Malformed(f"neither an activation nor a formula in z: {text[:60]!r}")
        tokens.append(found[0])
        place = found.end()
    tokens = ["", *reversed(tokens)]
    tree = _parse(tokens, 1, 1)
    if tokens != [""] or spelled(tree) != text:
        raise Malformed(f"not the only spelling of a formula in z: {text[:60]!r}")
    return tree


def _parse(tokens: list[str], least: int, depth: int) -> Tree:
    """What the last tokens say, up to an operator that binds less than `least`; they are taken away."""

    def expect(token: str) -> None:
        if tokens.pop() != token:
            raise Malformed(f"no formula in z: expected {token!r}")

    if depth > MOST_NESTED or len(tokens) < 2:
        raise Malformed("a formula that is nested too deeply, or ends too early")
    token = tokens.pop()
    if token == "-":
        tree: Tree = ("neg", _parse(tokens, 3, depth + 1))
    elif token == "(":
        tree = _parse(tokens, 1, depth + 1)
        expect(")")
    elif token[0].isdigit() and len(token) <= MOST_NUMBER:
        tree = ("number", token)
    elif token in ("z", "pi", "e"):
        tree = (token,)
    elif token in _PLACES:
        expect("(")
        operands: list[Any] = []
        for number in range(_PLACES[token]):
            if number:
                expect(",")
            if token == "piecewise" and not number:
                operands.append(_fraction_of(tokens.pop(), "z<", 10**MOST_NUMBER - 1))
            else:
                operands.append(_parse(tokens, 1, depth + 1))
        expect(")")
        tree = (token, *operands)
    else:
        raise Malformed(f"no formula in z: unexpected {token[:40]!r}")
    while tokens[-1] and (operator := "**" if tokens[-1].startswith("**") else tokens[-1]) in _BINDING:
        if _BINDING[operator] < least:
            break
        if operator == "**":
            exponent = _fraction_of(tokens.pop(), "**", MOST_POWER)
            if exponent == 0:
                raise Malformed("an exponent is 0")
            tree = ("**", tree, exponent)
        else:
            tokens.pop()
            tree = (operator, tree, _parse(tokens, _BINDING[operator] + 1, depth))
    return tree


def _fraction_of(token: str, start: str, most: int) -> Fraction:
    if not token.startswith(start):
        raise Malformed(f"no formula in z: expected {start!r}")
    number = Fraction(token.removeprefix(start).strip("()"))
    if max(abs(number.numerator), number.denominator) > most:
        raise Malformed(f"a part of a fraction is above {most}")
    return number


def spelled(tree: Tree, place: int = 0) -> str:
    """The text of a tree; in parentheses if its operator binds less than `place`."""
    match tree:
        case ("number", text):
            return str(text)
        case (name,):
            return str(name)
        case ("neg", u):
            text, own = f"-{spelled(u, 3)}", 3
        case ("**", u, power):
            text = f"{spelled(u, 4)}**{power if power.denominator == 1 else f'({power})'}"
            own = 3
        case (("+" | "-" | "*" | "/") as operator, u, v):
            own = _BINDING[operator]
            text = f"{spelled(u, own)}{operator}{spelled(v, own + 1)}"
        case _:
            inner = [f"z<{u}" if isinstance(u, Fraction) else spelled(u) for u in tree[1:]]
            return f"{tree[0]}({','.join(inner)})"
    return f"({text})" if own < place else text


def demand_formula(text: str) -> None:
    """Refuse what is no formula in z, and a part without z that is unbounded, or 0 and a divisor."""

    def visit(tree: Tree) -> bool:
        """Whether z occurs in it."""
        parts = [part for part in tree[1:] if isinstance(part, tuple)]
        occurs = [visit(part) for part in parts]
        if tree[0] in ("z", "piecewise") or any(occurs):
            if tree[0] == "/" and not occurs[1] and not (1 / taylor(parts[1], interval(0), 0)[0]).bounded:
                raise Unclear("a divisor near 0")
            return True
        if not taylor(tree, interval(0), 0)[0].bounded:
            raise Unclear("a constant without bounds")
        return False

    try:
        if not visit(formula(text)):
            raise Malformed("a formula that does not depend on z")
    except Unclear as reason:
        raise Malformed(f"a part of the formula has no value: {reason}") from None


def taylor(tree: Tree, z: Interval, order: int) -> Series:
    """The Taylor coefficients up to this order, at all points of z; Unclear where one may not exist."""

    def constant(value: Interval) -> Series:
        return [value, *[interval(0)] * order]

    match tree:
        case ("z",):
            return [z, interval(1), *[interval(0)] * order][: order + 1]
        case ("pi",):
            return constant(pi())
        case ("e",):
            return constant(exp(interval(1)))
        case ("number", text):
            return constant(interval(Fraction(text)))
        case ("piecewise", threshold, below, above):
            return _by_sign(
                z - threshold, lambda: taylor(below, z, order), lambda: taylor(above, z, order), order, Interval.hull
            )
        case ("**", u, power):
            return _power(taylor(u, z, order), power)
        case ("*", u, v) if u == v:
            return _power(taylor(u, z, order), Fraction(2))
    name, u, *others = (tree[0], *(taylor(part, z, order) for part in tree[1:]))
    match name, others:
        case "neg", []:
            return _negated(u)
        case "+", [v]:
            return [a + b for a, b in zip(u, v, strict=True)]
        case "-", [v]:
            return [a - b for a, b in zip(u, v, strict=True)]
        case "*", [v]:
            return _times(u, v)
        case "/", [v]:
            return _over(u, v)
        case "abs", []:
            return _by_sign(u[0], lambda: _negated(u), lambda: u, order, lambda low, high: abs(high))
        case "relu", []:
            return _by_sign(u[0], lambda: constant(interval(0)), lambda: u, order, _larger)
        case "max", [v]:
            return _by_sign(u[0] - v[0], lambda: v, lambda: u, order, _larger)
        case "min", [v]:
            return _by_sign(u[0] - v[0], lambda: u, lambda: v, order, lambda x, y: -_larger(-x, -y))
    return _of(name, u)


def _of(name: str, u: Series) -> Series:
    """The series of a function of u: from its derivatives, where these are written out above (the chain rule of third
    order), or from its differential equation."""
    if name not in _WRITTEN_OUT:
        return _composed(u, *_FUNCTIONS[name])
    f, f1, f2, f3 = jet(_WRITTEN_OUT[name], u[0])
    if len(u) > 1:
        _, u1, u2, u3 = (*u, interval(0), interval(0))[:4]
        second, third = (f2 * u1.square()).shifted(-1), f3 * u1 * u1.square() / 6
        return [f, f1 * u1, f1 * u2 + second, f1 * u3 + f2 * u1 * u2 + third][: len(u)]
    return [f]


def _by_sign(
    side: Interval,
    below: Callable[[], Series],
    above: Callable[[], Series],
    order: int,
    both: Callable[[Interval, Interval], Interval],
) -> Series:
    """`below` where side < 0, `above` where side > 0; if it can be either, only the value is known, by `both`."""
    if side.positive or side.negative:
        return above() if side.positive else below()
    if order:
        raise Unclear("a kink")
    return [both(below()[0], above()[0])]


def _larger(x: Interval, y: Interval) -> Interval:
    a, b, c, d, exponent = _aligned(x, y)
    return _rounded(max(a, c), max(b, d), exponent)


def _negated(u: Series) -> Series:
    return [-a for a in u]


def _times(u: Series, v: Series) -> Series:
    return [sum((u[i] * v[k - i] for i in range(1, k + 1)), u[0] * v[k]) for k in range(len(u))]


def _over(u: Series, v: Series) -> Series:
    """w = u / v from w v = u."""
    w = Series()
    for k, a in enumerate(u):
        w.append((a - sum((v[j] * w[k - j] for j in range(1, k + 1)), interval(0))) / v[0])
    return w


def _composed(u: Series, f: Callable[[Interval], Interval], slope: Callable[[Series, Series], Series]) -> Series:
    """y = f(u), from y' = g u'; `slope` makes the series of g = f'(u) up to an order from u and y up to that order."""
    y = [f(u[0])]
    for k in range(1, len(u)):
        g = slope(u[:k], y)
        y.append(sum((j * u[j] * g[k - j] for j in range(1, k + 1)), interval(0)) / k)
    return y


def _power(u: Series, power: Fraction) -> Series:
    if power == 0:
        return [interval(1), *[interval(0)] * (len(u) - 1)]

    def slope(u: Series, y: Series) -> Series:
        return [power * a for a in _power(u, power - 1)]

    return _composed(u, lambda x: _power_value(x, power), slope)


def _power_value(x: Interval, power: Fraction) -> Interval:
    """x^power; through the logarithm unless the power is an integer."""
    if power.denominator > 1:
        return exp(log(x) * power)
    if power < 0:
        return 1 / _power_value(x, -power)
    if power.numerator % 2 == 0:
        x = abs(x)
    return _increasing(lambda x: product([x] * power.numerator), x)


def product(factors: list[Interval]) -> Interval:
    result = interval(1)
    for factor in factors:
        result = result * factor
    return result


def _plus(u: Series, number: int) -> Series:
    return [u[0] + number, *u[1:]]


def _ones(u: Series) -> Series:
    return [interval(1), *[interval(0)] * (len(u) - 1)]


def _sinh(x: Interval) -> Interval:
    """With E = e^x - 1 for x >= 0, (E + E / (1 + E)) / 2; sinh is odd."""
    if x.lo < 0:
        return -_sinh(-x) if x.hi <= 0 else (exp(x) - exp(-x)).shifted(-1)
    rise = _expm1(x)
    return (rise + rise / (rise + 1)).shifted(-1)


def _asinh(x: Interval) -> Interval:
    """log(1 + (x + x^2 / (1 + sqrt(1 + x^2)))) for x >= 0; odd."""
    if x.lo < 0:
        return -_asinh(-x)
    return log1p(x + x.square() / (sqrt(x.square() + 1) + 1))


def log1p(x: Interval) -> Interval:
    """log(1 + x)."""
    return _increasing(lambda x: _log1p(x) if (abs(x).shifted(1) - 1).negative else log(x + 1), x)


def _bell(u: Series, scale: Interval, factor: Interval) -> Series:
    """factor * exp(-scale u^2)."""
    return [factor * a for a in _of("exp", [-scale * a for a in _power(u, Fraction(2))])]


_WRITTEN_OUT = {**{name: name for name in ("sigmoid", "tanh", "softplus", "erf", "sin", "exp")}, "atan": "arctan"}

# The value over an interval, and the series of the derivative at u, y being the function's own.
_FUNCTIONS: dict[str, tuple[Callable[[Interval], Interval], Callable[[Series, Series], Series]]] = {
    "expm1": (lambda x: _increasing(_expm1, x), lambda u, y: _plus(y, 1)),
    "log": (log, lambda u, y: _over(_ones(u), u)),
    "log1p": (log1p, lambda u, y: _over(_ones(u), _plus(u, 1))),
    "sqrt": (sqrt, lambda u, y: _over(_ones(u), [2 * a for a in y])),
    "sinh": (lambda x: _increasing(_sinh, x), lambda u, y: _of("cosh", u)),
    "cosh": (
        lambda x: _increasing(lambda x: (_exp(x) + _exp(-x)).shifted(-1), abs(x)),
        lambda u, y: _of("sinh", u),
    ),
    "sech": (lambda x: 1 / _FUNCTIONS["cosh"][0](x), lambda u, y: _negated(_times(y, _of("tanh", u)))),
    "erfc": (
        lambda x: normal(-x * _root_two()).shifted(1),
        lambda u, y: _negated(_bell(u, interval(1), _two_over_root_pi())),
    ),
    "Phi": (normal, lambda u, y: _bell(u, interval(Fraction(1, 2)), 1 / sqrt(2 * pi()))),
    "cos": (lambda x: sin(x, 1), lambda u, y: _negated(_of("sin", u))),
    "asinh": (
        lambda x: _increasing(_asinh, x),
        lambda u, y: _over(_ones(u), _of("sqrt", _plus(_power(u, Fraction(2)), 1))),
    ),
}
_PLACES = {**dict.fromkeys((*_WRITTEN_OUT, *_FUNCTIONS, "abs", "relu"), 1), "max": 2, "min": 2, "piecewise": 3}


# A loss is the sum of l(T, y) over samples and outputs: squared (T - y)^2, pseudo-huber sqrt(1 + (T - y)^2) - 1,
# logistic log(1 + e^T) - y T, poisson e^T - y T. Each is convex in T. Here are the numbers between which targets must
# lie, and the most that half of the second derivative in T can be (None: no bound). The cross-entropy is
# log sum_o e^T_o - sum_o y_o T_o at a sample, for outputs o, and y a probability vector.

LOSSES: dict[str, tuple[int | None, int | None, Fraction | None]] = {
    "squared": (None, None, Fraction(1)),
    "logistic": (0, 1, Fraction(1, 8)),
    "pseudo-huber": (None, None, Fraction(1, 2)),
    "poisson": (0, None, None),
}
CROSS_ENTROPY = "cross-entropy"
_POTENTIAL = {"logistic": "softplus", "poisson": "exp"}  # l(T, y) is this function of T, less y T


def loss_jet(name: str, t: Interval, y: Interval) -> tuple[Interval, Interval, Interval]:
    """l(t, y), and half of its first and of its second derivative in t; the halves make D = T - y if squared."""
    if name in _POTENTIAL:
        f, rise, bend, _ = jet(_POTENTIAL[name], t)
        return f - y * t, (rise - y).shifted(-1), bend.shifted(-1)
    d = t - y
    if name == "squared":
        return d.square(), d, interval(1)
    root, first = sqrt(d.square() + 1), _increasing(lambda d: d / sqrt(d.square() + 1), d)
    return root - 1, first.shifted(-1), (1 / (root.square() * root)).shifted(-1)


def advantage(name: str, t: Interval, other: Interval, y: Interval) -> Interval:
    """l(t, y) - l(other, y) for one and the same y: narrower than the difference of two values."""
    if name in _POTENTIAL:
        return value(_POTENTIAL[name], t) - value(_POTENTIAL[name], other) - y * (t - other)
    difference = (t - other) * (t + other - 2 * y)
    if name == "squared":
        return difference
    return difference / (sqrt((t - y).square() + 1) + sqrt((other - y).square() + 1))


Square = tuple[Interval, dict[int, int]]  # a >= 0 and a vector over the outputs: a (sum_o c_o T_o)^2


def sample_loss(name: str, ts: Row, ys: Row) -> tuple[Interval, list[Interval], list[Square]]:
    """The loss of a sample, half its first derivatives in the outputs, and half the second ones as a sum of squares."""
    if name != CROSS_ENTROPY:
        jets = [loss_jet(name, t, y) for t, y in zip(ts, ys, strict=True)]
        squares: list[Square] = [(w, {o: 1}) for o, (_, _, w) in enumerate(jets)]
        return sum((f for f, _, _ in jets), interval(0)), [d for _, d, _ in jets], squares
    # diag(p) - p p^T is the sum of the p_o p_k (e_o - e_k) (e_o - e_k)^T
    p = [1 / sum((exp(t - at) for k, t in enumerate(ts) if k != o), interval(1)) for o, at in enumerate(ts)]
    pairs = [(o, k) for k in range(len(p)) for o in range(k)]
    squares = [((p[o] * p[k]).shifted(-1), {o: 1, k: -1}) for o, k in pairs]
    return cross_entropy(ts, ys), [(q - y).shifted(-1) for q, y in zip(p, ys, strict=True)], squares


def cross_entropy(ts: Row, ys: Row) -> Interval:
    """Around any number m: log sum e^(T - m) - sum y (T - m), as the y sum to 1."""
    m = max(t.upper() for t in ts)
    above = [t - m for t in ts]
    return log(sum(map(exp, above), interval(0))) - inner(ys, above)


def sample_advantage(name: str, ts: Row, others: Row, ys: Row) -> Interval:
    """The loss of a sample less that at the other outputs."""
    if name == CROSS_ENTROPY:
        return cross_entropy(ts, ys) - cross_entropy(others, ys)
    return sum((advantage(name, t, u, y) for t, u, y in zip(ts, others, ys, strict=True)), interval(0))


def steepest(name: str, t: Interval, y: Interval) -> Interval:
    """At least half the second derivative of l(., y) between t and its best value. For poisson that is at e^T = y, and
    the sum of these over several y also serves up to the best value for all of them, at e^T = their mean."""
    bound = LOSSES[name][2]
    return exp(t).hull(y).shifted(-1) if bound is None else interval(bound)


# 4. Definiteness

Matrix = Sequence[Sequence[int | Fraction]]
Row = Sequence[Interval]


def pivots(matrix: Matrix) -> list[Fraction] | None:
    """The diagonal of D in A = L D L^T for a symmetric A >= 0; None if A is not positive semidefinite.

    A pivot > 0: A >= 0 if and only if what is left after its elimination is >= 0. A pivot 0: A >= 0 needs the rest of
    its row to be 0 as well, and then row and column can be left out. Bareiss' elimination keeps to the integers: after
    k steps each entry is a minor of order k + 1, and the division by the pivot before is exact.
    """
    size = len(matrix)
    if size == 0 or any(len(row) != size for row in matrix):
        raise ValueError("not a square matrix")
    if any(matrix[i][j] != matrix[j][i] for i in range(size) for j in range(i)):
        raise ValueError("not a symmetric matrix")
    scale = lcm(*(entry.denominator for row in matrix for entry in row))
    rest = [[entry.numerator * (scale // entry.denominator) for entry in row] for row in matrix]
    found, previous = [], 1
    for k, row in enumerate(rest):
        pivot = row[k]
        if pivot < 0 or (pivot == 0 and any(row[k + 1 :])):
            return None
        found.append(Fraction(pivot, previous * scale))
        if pivot == 0:
            continue
        for i in range(k + 1, size):
            rest[i][i:] = [(pivot * rest[i][j] - row[i] * row[j]) // previous for j in range(i, size)]
        previous = pivot
    return found


def is_positive_semidefinite(matrix: Matrix) -> bool:
    """Whether the symmetric matrix is >= 0, exactly."""
    return pivots(matrix) is not None


def is_positive_definite(matrix: Matrix) -> Fraction | None:
    """The smallest pivot if the symmetric matrix is > 0, else None; exactly."""
    found = pivots(matrix)
    return min(found) if found and min(found) > 0 else None


def inner(x: Row, y: Row) -> Interval:
    return sum((a * b for a, b in zip(x, y, strict=True)), interval(0))


def gram(rows: Sequence[Row], coefficients: Row) -> list[list[Interval]]:
    """sum_n a_n z_n z_n^T for the rows z_n."""
    size = len(rows[0])
    total = [[interval(0)] * size for _ in range(size)]
    for a, z in zip(coefficients, rows, strict=True):
        for i in range(size):
            weighted = a * z[i]
            total[i][: i + 1] = [entry + weighted * z[j] for j, entry in enumerate(total[i][: i + 1])]
    return [[total[max(i, j)][min(i, j)] for j in range(size)] for i in range(size)]


def reducer(matrix: Sequence[Row]) -> tuple[list[list[Interval]], list[Interval]]:
    """Points R, S, where R A R^T is near S, diagonal of +-1, for the midpoint A of the symmetric matrix; Unclear if a
    pivot vanishes. It is L D L^T by elimination. Nothing that is proved with R and S depends on how near they are."""
    size = len(matrix)
    rows = [[x.middle() for x in row] + [interval(int(i == j)) for j in range(size)] for i, row in enumerate(matrix)]
    for k in range(size):
        for i in range(k + 1, size):
            factor = rows[i][k] / rows[k][k]
            rows[i] = [(a - factor * b).middle() for a, b in zip(rows[i], rows[k], strict=True)]
    roots = [sqrt(abs(row[k])) for k, row in enumerate(rows)]
    change = [[(x / root).middle() for x in row[size:]] for row, root in zip(rows, roots, strict=True)]
    return change, [interval(1 if row[k].positive else -1) for k, row in enumerate(rows)]


def form_sign(rows: Sequence[Row], coefficients: Row) -> int:
    """+1 if the form u -> sum a_n (z_n.u)^2 is positive definite for all z_n, a_n enclosed, -1 if it has a negative
    value for all of them, 0 if neither is found.

    The form increases with each a_n: it is > 0 if it is so for the lower ends, and has negative values if it has them
    for the upper ends. In the coordinates of the rows R of `reducer` its matrix is R A R^T, which is > 0 if each
    diagonal entry exceeds the sum of the others in its row (Gershgorin); then R is nonsingular and A > 0.
    """
    for end, wanted in ((0, 1), (1, -1)):
        ends = [a.ends()[end] for a in coefficients]
        try:
            change, _ = reducer(gram(rows, ends))
        except Unclear:
            continue
        matrix = gram([[inner(r, z) for r in change] for z in rows], ends)
        circles = [row[i] - sum(map(abs, [*row[:i], *row[i + 1 :]]), interval(0)) for i, row in enumerate(matrix)]
        if wanted > 0 and all(sign(circle) > 0 for circle in circles):
            return 1
        if wanted < 0 and any(sign(row[i]) < 0 for i, row in enumerate(matrix)):
            return -1
    return 0


def _circles(matrix: Sequence[Row]) -> list[tuple[Interval, Interval]]:
    """Centres and radii of Gershgorin's circles of R A R^T for the symmetric matrix A; Unclear as `reducer`."""
    change, _ = reducer(matrix)
    half = [[inner(r, row) for row in matrix] for r in change]
    rows = [[inner(left, r) for r in change] for left in half]
    return [(row[i], sum(map(abs, [*row[:i], *row[i + 1 :]]), interval(0))) for i, row in enumerate(rows)]


def _definite(matrix: Sequence[Row]) -> int:
    """As `form_sign`, for a symmetric matrix."""
    try:
        circles = _circles(matrix)
    except Unclear:
        return 0
    if any(sign(centre) < 0 for centre, _ in circles):
        return -1
    return int(all(sign(centre - radius) > 0 for centre, radius in circles))


FEW = 32  # up to this size exact elimination is faster than circles; beyond, its integers grow long


def is_definite(matrix: Matrix) -> bool:
    """Whether the symmetric matrix is > 0. Circles decide about large ones, exact elimination where one reaches 0."""
    found = _definite([[interval(entry) for entry in row] for row in matrix]) if len(matrix) > FEW else 0
    return found > 0 or (found == 0 and is_positive_definite(matrix) is not None)


# 5. Documents
#
# JSON is read by ``json`` with hooks that refuse what a certificate must not hold: floats, nan, duplicate keys, long
# integers. Exact numbers are strings in lowest terms, so every number has one spelling.

INSTANCE_FORMAT, CERTIFICATE_FORMAT = "certify-instance/1", "certify-certificate/1"
MOST_DIGITS, MOST_INTEGER_DIGITS, MOST_BYTES, MOST_STEPS = 20_000, 18, 512 << 20, 10_000
MOST_DEPTH, MOST_WIDTH, MOST_DATA_BYTES, MOST_CELL_DIGITS = 8, 10**12, 4 << 30, 4_000


class Malformed(Exception):
    """Not of the published format (exit 2)."""


class TooLarge(Exception):
    """More than this checker reads (exit 5)."""


class Failure(Exception):
    """A step that does not go through: a stable code, and what was found."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(f"[{code}] {detail}")
        self.code = code


class Rejected(Failure):
    """The step or the claim is wrong (exit 3)."""


class Undecided(Failure):
    """The step may be right, but this precision or this checker cannot decide it (exit 4)."""


def parse_json(text: bytes, what: str) -> object:
    """Strict JSON."""
    if len(text) > MOST_BYTES:
        raise TooLarge(f"{what}: over {MOST_BYTES} bytes")

    def refuse(token: str) -> object:
        raise Malformed(f"{what}: {token[:40]} is no exact number")

    def integer(token: str) -> int:
        return int(token) if len(token) <= MOST_INTEGER_DIGITS else int(str(refuse(token)))

    def unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
        if len(dict(pairs)) != len(pairs):
            raise Malformed(f"{what}: a key appears twice in one object")
        return dict(pairs)

    try:
        return json.loads(
            text.decode("utf-8"),
            object_pairs_hook=unique,
            parse_float=refuse,
            parse_constant=refuse,
            parse_int=integer,
        )
    except (ValueError, RecursionError) as error:
        raise Malformed(f"{what}: not JSON: {error}") from None


def digest(document: object) -> str:
    """The hash of the canonical text of a document."""
    text = json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return "sha256:" + hashlib.sha256(text.encode("ascii")).hexdigest()


def rational(value: object, where: str) -> Fraction:
    """A rational in lowest terms such as "-7/3"."""
    if not isinstance(value, str) or len(value) > MOST_DIGITS or not re.fullmatch("-?[0-9]+(/0*[1-9][0-9]*)?", value):
        raise Malformed(f'{where}: expected a rational such as "-7/3"')
    limit = sys.get_int_max_str_digits()
    sys.set_int_max_str_digits(MOST_DIGITS)  # Python's own limit is shorter
    try:
        number = Fraction(value)
        if str(number) != value:
            raise Malformed(f"{where}: not in lowest terms")
    finally:
        sys.set_int_max_str_digits(limit)
    return number


@dataclass(frozen=True)
class Level:
    """A rational, or the logarithm of a positive one."""

    number: Fraction
    is_log: bool

    def enclosure(self) -> Interval:
        return log(interval(self.number)) if self.is_log else interval(self.number)


def level(value: object, where: str) -> Level:
    if isinstance(value, str) and value.startswith("log(") and value.endswith(")"):
        number = rational(value[4:-1], where)
        if number <= 0:
            raise Malformed(f"{where}: the logarithm of a number that is not positive")
        return Level(number, True)
    return Level(rational(value, where), False)


class Fields:
    """A JSON object read field by field; ``finish`` refuses what nobody asked for."""

    def __init__(self, value: object, where: str) -> None:
        if not isinstance(value, dict):
            raise Malformed(f"{where}: expected an object")
        self.values, self.where, self.taken = value, where, set[str]()

    def take(self, key: str) -> object:
        if key not in self.values:
            raise Malformed(f"{self.where}: the field {key!r} is missing")
        self.taken.add(key)
        return self.values[key]

    def of(self, key: str, kind: type[T]) -> T:
        value = self.take(key)
        if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
            raise Malformed(f"{self.where}.{key}: expected {kind.__name__}")
        return value

    def each(self, key: str, read: Callable[[object, str], T]) -> list[T]:
        return [read(value, f"{self.where}.{key}[{i}]") for i, value in enumerate(self.of(key, list))]

    def rationals(self, key: str) -> list[Fraction]:
        return self.each(key, rational)

    def matrix(self, key: str) -> list[list[Fraction]]:
        return self.each(key, lambda row, where: Fields({"": row}, where).rationals(""))

    def integers(self, key: str) -> list[int]:
        return self.each(key, lambda value, where: Fields({"": value}, where).of("", int))

    def texts(self, key: str) -> list[str]:
        return self.each(key, lambda value, where: Fields({"": value}, where).of("", str))

    def sections(self, key: str) -> list[Fields]:
        return self.each(key, Fields)

    def section(self, key: str) -> Fields:
        return Fields(self.take(key), f"{self.where}.{key}")

    def finish(self) -> None:
        unknown = set(self.values) - self.taken
        if unknown:
            raise Malformed(f"{self.where}: unknown field {min(unknown)!r}")


@dataclass(frozen=True)
class Table:
    """An exact matrix: entry (n, j) is rows[n][j] / scales[j]."""

    rows: list[list[int]]
    scales: list[int]

    def entry(self, n: int, j: int) -> Fraction:
        return Fraction(self.rows[n][j], self.scales[j])


@dataclass(frozen=True)
class Instance:
    """The data, the architecture (widths None: every choice), the name of the loss, and the hash of the document; the
    factors of the squares of all weights and of all biases in the loss, if there is weight decay."""

    features: list[str]
    inputs: Table
    targets: Table
    activation: str
    depth: int
    widths: list[int] | None
    output_bias: bool
    loss: str
    hash: str
    decay: tuple[Fraction, Fraction] | None = None

    def admits(self, least: Sequence[int]) -> bool:
        """Whether a statement about widths of at least `least` says something about this instance."""
        return self.widths is None or all(w >= n for w, n in zip(self.widths, least, strict=True))

    def groups(self) -> list[list[int]]:
        """The samples grouped by equal inputs."""
        found: dict[tuple[int, ...], list[int]] = {}
        for n, row in enumerate(self.inputs.rows):
            found.setdefault(tuple(row), []).append(n)
        return list(found.values())


def read_instance(document: object, folder: Path | None = None) -> Instance:
    """The instance in a parsed document; its data may lie in a file in `folder`."""
    root = Fields(document, "instance")
    if root.take("format") != INSTANCE_FORMAT:
        raise Malformed(f"instance.format: expected {INSTANCE_FORMAT!r}")
    network, data = root.section("network"), root.section("data")
    features = data.texts("features")
    if len(set(features)) != len(features):
        raise Malformed("instance.data.features: a name appears twice")
    if "file" in data.values:
        inputs, targets = _data_file(data, len(features), folder)
    else:
        inputs = _table(data.matrix("inputs"), len(features))
        rows = data.matrix("targets")
        targets = _table(rows, max(1, len(rows[0]))) if rows else Table([[] for _ in inputs.rows], [])
    data.finish()
    if len(inputs.rows) != len(targets.rows) or not inputs.rows or not features:
        raise Malformed("instance.data: expected as many targets as inputs, at least one sample and one feature")
    activation, depth, widths = network.of("activation", str), network.of("depth", int), None
    if not 1 <= depth <= MOST_DEPTH:
        raise Malformed(f"instance.network.depth: expected 1 to {MOST_DEPTH}")
    if activation not in (*ACTIVATIONS, *FORMULAS, *LINES):
        demand_formula(activation)
    if network.take("widths") != "every":
        widths = network.integers("widths")
        if len(widths) != depth or not all(1 <= w <= MOST_WIDTH for w in widths):
            raise Malformed("instance.network.widths: expected one for each hidden layer")
    output_bias = network.of("output_bias", bool)
    network.finish()
    loss = root.of("loss", str)
    if loss not in (*LOSSES, CROSS_ENTROPY):
        raise Malformed("instance.loss: unknown")
    decay = None
    if "weight_decay" in root.values:
        section = root.section("weight_decay")
        decay = rational(section.take("weights"), "weights"), rational(section.take("biases"), "biases")
        section.finish()
        if min(decay) < 0 or not any(decay):
            raise Malformed("instance.weight_decay: expected numbers that are not negative, and one that is positive")
    root.of("provenance", str)
    root.finish()
    return Instance(features, inputs, targets, activation, depth, widths, output_bias, loss, digest(document), decay)


def _table(rows: list[list[Fraction]], columns: int) -> Table:
    if any(len(row) != columns for row in rows):
        raise Malformed("instance.data: rows of different lengths")
    scales = [lcm(*(row[j].denominator for row in rows)) for j in range(columns)]
    return Table([[int(v * s) for v, s in zip(row, scales, strict=True)] for row in rows], scales)


def _data_file(data: Fields, features: int, folder: Path | None) -> tuple[Table, Table]:
    """The first line holds the denominators of all columns, the others integers: inputs, then targets."""
    name, expected, outputs = data.of("file", str), data.of("sha256", str), data.of("outputs", int)
    if folder is None or not name or not name.isprintable() or Path(name).name != name or name.startswith("."):
        raise Malformed("instance.data.file: expected the plain name of a file beside the instance")
    if (folder / name).stat().st_size > MOST_DATA_BYTES:
        raise TooLarge(f"{name}: over {MOST_DATA_BYTES} bytes")
    text = (folder / name).read_bytes()
    if text.translate(None, b"0123456789,-\n"):
        raise Malformed(f"{name}: expected integers separated by commas")
    lines = text.removesuffix(b"\n").split(b"\n")
    if any(len(cell) > MOST_CELL_DIGITS for line in lines if len(line) > MOST_CELL_DIGITS for cell in line.split(b",")):
        raise Malformed(f"{name}: over {MOST_CELL_DIGITS} characters in a number")
    try:
        rows = [[int(cell) for cell in line.split(b",")] for line in lines]
    except ValueError:
        raise Malformed(f"{name}: expected integers separated by commas") from None
    if outputs < 0 or any(len(row) != features + outputs for row in rows) or min(rows[0]) < 1:
        raise Malformed(f"{name}: expected {features + outputs} integers a line, positive ones in the first")
    if hashlib.sha256(text).hexdigest() != expected:
        raise Malformed(f"{name}: not the file this instance was made for")
    return (
        Table([row[:features] for row in rows[1:]], rows[0][:features]),
        Table([row[features:] for row in rows[1:]], rows[0][features:]),
    )


# 6. Lemmas
#
# One function a lemma: it recomputes the conclusion from the instance; the arguments of the step are hints. The codes
# are those of the main checker. The theorems are stated and proved in docs/mathematics.md under the lemmas' names.


@dataclass(frozen=True)
class Point:
    """constant-point/1. `residuals[o]` is a positive multiple of D_o, in integers."""

    levels: list[Level]
    scales: list[Fraction]
    constants: list[Fraction]
    weight_signs: list[int]
    residuals: list[list[int]]
    basis: list[int]
    loss: Fraction


@dataclass(frozen=True)
class Shell:
    """Samples with one sign of D_n and |x_n|_1 <= size; moment = sum |D_n| x_n x_n^T in integers."""

    size: Fraction
    sign: int
    moment: list[list[int]]


@dataclass(frozen=True)
class Minimum:
    """local-minimum/1. For each output at work the sign of M_o and its shells; the signs of sigma''(a_h)."""

    point: Point
    outputs: list[tuple[int, list[Shell]]]
    bends: list[int]


@dataclass(frozen=True)
class Region:
    """interval-region/1 at a Point, fitted-region/1 at a Fitted."""

    point: object
    radius: Fraction


@dataclass(frozen=True)
class Jensen:
    """jensen-region/1."""


@dataclass(frozen=True)
class Lower:
    """better-point/1 and (optimal) exact-optimum/1 at a Point, fitted-better-point/1 and (optimal) fitted-optimum/1 at
    a Fitted, affine-better-point/1 and (optimal) affine-optimum/1 at an Affine: at least these widths have a loss of at
    most E* - gap; of an Affine the optimum is exactly that."""

    point: object
    widths: list[int]
    gap: Fraction
    optimal: bool


@dataclass(frozen=True)
class Generic:
    """generic-data/1."""


@dataclass(frozen=True)
class Quadric:
    """obstruction/1: the features with a non-zero row of S."""

    features: list[int]


@dataclass(frozen=True)
class Sample:
    """A chain at one sample: z_1 = w.x + b_1, z_{h+1} = f_h sigma(z_h) + b_{h+1}, T = z_{H+1}; f_h is s_{h+1} or V.

    `sums` are the z_h and T, `along` their derivatives along the columns of a frame, `jets` sigma and its derivatives
    at z_1..z_H, `forces` dT/dz_2..dT/dz_{H+1}. `residual` is D, half of dl/dT. `squares` are D dT/dsigma(z_h)
    sigma''(z_h) for each layer, then half of the second derivative of l: half the Hessian has these times the squares
    of `along`.
    """

    inputs: list[Interval]
    target: Interval
    sums: list[Interval]
    along: list[list[Interval]]
    jets: list[Jet]
    forces: list[Interval]
    loss: Interval
    residual: Interval
    squares: list[Interval]


@dataclass(frozen=True)
class Fitted:
    """fitted-point/1: the chain of the first output enclosed over its critical points in a box, one for each choice of
    targets; (w, b_1); the f_h. Output o has e_o times its targets; the loss is that of all outputs, |e|^2 times its."""

    target_radius: Fraction
    ratios: list[Fraction]
    share: Fraction
    samples: list[Sample]
    first: list[Interval]
    factors: list[Interval]
    loss: Interval


@dataclass(frozen=True)
class Lifts:
    """any-lift/1 and uniform-lift/1: these lifts of the chain are local minima."""

    shares: str


@dataclass(frozen=True)
class Exceptional:
    """exceptional-activation/1."""


@dataclass(frozen=True)
class Affine:
    """affine-minimum/1: networks of at least these widths as the best affine function or (flat) the best constant."""

    widths: list[int]
    flat: bool
    loss: Fraction


def sign(x: Number) -> int:
    """+1, -1, or 0 for an exact zero and for an enclosure that cannot tell."""
    if isinstance(x, Interval):
        least = abs(x).lo.bit_length() + x.exponent > -MOST_EXPONENT  # of at least 2^-MOST_EXPONENT
        return x.positive - x.negative if x.bounded and least else 0
    return (x > 0) - (x < 0)


def certain_sign(function: Callable[[str, Interval], Interval], name: str, z: Interval) -> int:
    """The sign of sigma, sigma' or sigma'' over z; 0 if the enclosure cannot tell or does not exist."""
    try:
        return sign(function(name, z))
    except Unclear:
        return 0


def _attempt(code: str, compute: Callable[[], T]) -> T:
    """What is computed; undecided with this code if an enclosure is too wide for it."""
    try:
        return compute()
    except Unclear as unclear:
        raise Undecided(code, str(unclear)) from None


def constant_point(instance: Instance, premises: list[object], arguments: Fields) -> Point:
    if instance.loss != "squared":
        raise Rejected("CP08", "the theorem is about the squared loss")
    levels, scales = arguments.each("levels", level), arguments.rationals("scales")
    constants, outputs = arguments.rationals("constants"), len(instance.targets.scales)
    if len(levels) != instance.depth or len(scales) != instance.depth - 1:
        raise Rejected("CP01", "expected one level a layer, and one scale for each layer but the first")
    if 0 in scales:
        raise Rejected("CP02", "a scale is zero")
    if not outputs or len(constants) != outputs:
        raise Rejected("CP01", "expected one constant for each output")
    residuals, loss = [], Fraction(0)
    for o, c in enumerate(constants):
        scale = instance.targets.scales[o] * c.denominator
        residual = [c.numerator * (scale // c.denominator) - row[o] * c.denominator for row in instance.targets.rows]
        loss += Fraction(sum(d * d for d in residual), scale * scale)
        residuals.append(residual)
    for residual in residuals:
        if sum(residual) != 0:
            raise Rejected("CP03", "<D,1> is not zero")
        for column in zip(*instance.inputs.rows, strict=True):
            if sum(d * x for d, x in zip(residual, column, strict=True)) != 0:
                raise Rejected("CP04", "<D,x> is not zero for some feature")
    if instance.output_bias:  # V_o is free, the bias is c_o - V_o sigma(a_H)
        weights = arguments.rationals("output_weights")
        if len(weights) != outputs:
            raise Rejected("CP01", "expected one weight for each output")
        signs = [sign(v) for v in weights]
    else:  # V_o = c_o / sigma(a_H)
        top = certain_sign(value, instance.activation, levels[-1].enclosure())
        if top == 0:
            raise Undecided("CP05", "cannot tell that sigma(a_H) is not zero")
        signs = [sign(c) * top for c in constants]
    basis = _basis(instance, arguments)
    for place in levels:
        if not _attempt("CP09", partial(slope, instance.activation, place.enclosure())).bounded:
            raise Undecided("CP09", "sigma' is not bounded at a level")
    return Point(levels, scales, constants, signs, residuals, basis, loss)


def _basis(instance: Instance, arguments: Fields) -> list[int]:
    """The features that are not stated to be affine functions of the others; the statements are checked."""
    relations = dict[int, tuple[list[Fraction], Fraction]]()
    inputs, size = instance.inputs, len(instance.features)
    for item in arguments.sections("dependent"):
        feature, coefficients = item.of("feature", int), item.rationals("coefficients")
        constant = rational(item.take("constant"), "constant")
        item.finish()
        if not 0 <= feature < size or feature in relations:
            raise Rejected("CP06", "a feature that does not exist or is listed twice")
        relations[feature] = coefficients, constant
    basis = [j for j in range(size) if j not in relations]
    if not basis:
        raise Rejected("CP06", "no independent feature is left")
    for feature, (coefficients, constant) in relations.items():
        if len(coefficients) != len(basis):
            raise Rejected("CP06", "expected one coefficient for each independent feature")
        for n in range(len(inputs.rows)):
            combination = sum((c * inputs.entry(n, j) for c, j in zip(coefficients, basis, strict=True) if c), constant)
            if combination != inputs.entry(n, feature):
                raise Rejected("CP07", "a feature is not that affine function of the others")
    return basis


def local_minimum(instance: Instance, premises: list[object], arguments: Fields) -> Minimum:
    point = premises[0]
    if not isinstance(point, Point):
        raise Rejected("LM01", "the premise is not a constant point")
    outputs, orientations = [], set()
    for residual, weight_sign in zip(point.residuals, point.weight_signs, strict=True):
        if any(residual):
            shells = _shells(instance.inputs, point.basis, residual)
            moment = _combine(shells, [Fraction(shell.sign) for shell in shells])
            definite = 1 if is_definite(moment) else -1
            if definite < 0 and not is_definite([[-entry for entry in row] for row in moment]):
                raise Rejected("LM02", "M is not definite")
            outputs.append((definite, shells))
            orientations.add(definite * weight_sign)
    if not outputs:
        raise Rejected("LM03", "the residual is zero: a global minimum")
    if len(orientations) != 1 or 0 in orientations:
        raise Rejected("LM04", "the signs of V_o and M_o do not agree, or V_o is zero")
    kappa, bends = orientations.pop(), list[int]()
    for h in range(instance.depth - 1, -1, -1):
        place = point.levels[h].enclosure()
        bend = certain_sign(curvature, instance.activation, place)
        if bend == 0:
            raise Undecided("LM05", f"cannot tell the sign of sigma'' in layer {h + 1}")
        if bend != kappa:
            raise Rejected("LM06", f"sigma'' has the wrong sign in layer {h + 1}")
        bends.insert(0, bend)
        if h > 0:
            rise = certain_sign(slope, instance.activation, place)
            if rise == 0:
                raise Undecided("LM07", f"cannot tell the sign of sigma' in layer {h + 1}")
            kappa *= rise * sign(point.scales[h - 1])
    return Minimum(point, outputs, bends)


def _shells(inputs: Table, basis: list[int], residual: list[int]) -> list[Shell]:
    """The samples with D_n != 0 by the sign of D_n and by |x_n|_1, rounded up to 1/64 of the largest."""
    common = lcm(*(inputs.scales[j] for j in basis))
    factors = [common // inputs.scales[j] for j in basis]
    rows = {n: [inputs.rows[n][j] for j in basis] for n, d in enumerate(residual) if d}
    sizes = {n: sum(abs(x) * f for x, f in zip(row, factors, strict=True)) for n, row in rows.items()}
    largest, groups = max(sizes.values()), dict[tuple[int, int], list[int]]()
    for n, size in sizes.items():
        groups.setdefault((-(-64 * size // largest) if largest else 0, sign(residual[n])), []).append(n)
    shells = []
    for (index, side), members in groups.items():
        moment = [[0] * len(basis) for _ in basis]
        for n in members:
            for j, x in enumerate(rows[n]):
                weighted = abs(residual[n]) * x
                moment[j] = [entry + weighted * y for entry, y in zip(moment[j], rows[n], strict=True)]
        shells.append(Shell(Fraction(index * largest, 64 * common), side, moment))
    return shells


def _combine(shells: list[Shell], factors: list[Fraction]) -> list[list[int]]:
    """A positive multiple of sum factors[i] * moment[i]."""
    common = lcm(*(f.denominator for f in factors))
    whole, size = [int(f * common) for f in factors], len(shells[0].moment)
    return [
        [sum(f * shell.moment[j][k] for f, shell in zip(whole, shells, strict=True)) for k in range(size)]
        for j in range(size)
    ]


Ranges = list[tuple[Interval, Interval]]  # for each layer, sigma' and sigma'' over its pre-activations


def _ranges(instance: Instance, point: Point, radius: Fraction, size: Fraction) -> Ranges:
    """For inputs with |x|_1 <= size and all parameters of the region: |z_h - a_h| <= spread_h."""
    spread, found = radius * (1 + size), Ranges()
    try:
        for h, place in enumerate(point.levels):
            centre = place.enclosure()
            rise, bend = _derivatives(instance.activation, centre + interval(-spread).hull(spread))
            found.append((rise, bend))
            if h < len(point.scales):
                height = abs(value(instance.activation, centre)).upper()
                spread = abs(point.scales[h]) * ((1 + radius) * abs(rise).upper() * spread + radius * height) + radius
    except Unclear:
        raise Rejected("IR02", "sigma'' is not bounded on the pre-activations (a kink?)") from None
    return found


def _derivatives(name: str, z: Interval) -> tuple[Interval, Interval]:
    """sigma' and sigma'' over z, in four pieces."""
    low, high = z.ends()
    cuts = [low + ((high - low) * i).shifted(-2) for i in range(5)]
    parts = [sharp(name, a.hull(b)) for a, b in pairwise(cuts)]
    _, rise, bend, _ = parts[0]
    for _, other_rise, other_bend, _ in parts[1:]:
        rise, bend = rise.hull(other_rise), bend.hull(other_bend)
    if not (rise.bounded and bend.bounded):
        raise Unclear("a number too large to be worked with")
    return rise, bend


def interval_region(instance: Instance, premises: list[object], arguments: Fields) -> Region:
    minimum = premises[0]
    radius, rates = rational(arguments.take("radius"), "radius"), arguments.rationals("rates")
    if not isinstance(minimum, Minimum) or not 0 < radius < 1:
        raise Rejected("IR01", "the premise is not a local minimum, or the radius is not between 0 and 1")
    if len(rates) != instance.depth or not all(rate > 0 for rate in rates):
        raise Rejected("IR01", "expected one positive rate for each layer")
    point = minimum.point
    constant = _ranges(instance, point, radius, Fraction(0))
    for definite, shells in minimum.outputs:
        ranges = [_ranges(instance, point, radius, shell.size) for shell in shells]
        for h, bend in enumerate(minimum.bends):
            factors = []
            for shell, layers in zip(shells, ranges, strict=True):
                low, high = sorted((bend * layers[h][1].lower(), bend * layers[h][1].upper()))
                factors.append((low if shell.sign == definite else -high) - rates[h])
            if not is_definite(_combine(shells, factors)):
                raise Rejected("IR04", f"M_{h + 1} - rate * sum |D_n| x_n x_n^T is not positive definite")
        size = max(shell.size for shell in shells)
        if _absorbed(point, radius, size, rates, _ranges(instance, point, radius, size), constant) > rates[0]:
            raise Rejected("IR05", "the first layer does not absorb the remainders of the layers above")
    return Region(point, radius)


def _absorbed(
    point: Point, radius: Fraction, size: Fraction, rates: list[Fraction], full: Ranges, constant: Ranges
) -> Fraction:
    """sum_{h>=2} K_h R_h^2 (1+r)^{h-1} / prod_{l=2}^h |s_l| m_l."""
    reach, gain, remainder, total, path = radius * size, Fraction(1), Fraction(0), Fraction(0), Fraction(1)
    for h in range(1, len(full)):
        scale, rise, bend = abs(point.scales[h - 1]), abs(full[h - 1][0]).upper(), abs(full[h - 1][1]).upper()
        remainder = scale * (rise * remainder + bend * reach * gain / 2)
        reach, gain = scale * (1 + radius) * rise * reach, scale * rise * gain
        least = abs(constant[h][0]).lower()
        if least <= 0:
            raise Rejected("IR03", f"the sign of sigma' is not certain in layer {h + 1}")
        path *= scale * least
        own = abs(full[h][1]).upper()
        total += own * (1 + own / rates[h]) * remainder**2 * (1 + radius) ** h / path
    return total


# Where sigma is continuous, monotone (slope + or -; 0: not) and convex (+) or concave (-); the proofs are in
# docs/mathematics.md. "-inf 0 + +" is the interval (-inf, 0], slope, curvature.
_SIGMOIDAL, _CONVEX = "-inf 0 + +, 0 inf + -", "-inf inf + +"
SHAPES = {
    **dict.fromkeys(("sigmoid", "tanh", "erf", "arctan", "softsign"), _SIGMOIDAL),
    **dict.fromkeys(("lecun_tanh", "gudermannian", "cloglog", "isru", "asinh"), _SIGMOIDAL),
    **dict.fromkeys(("softplus", "exp", "elu"), _CONVEX),
    **dict.fromkeys(("celu", "relu_squared", "squareplus", "bent_identity"), _CONVEX),
    **dict.fromkeys(("multiquadric", "logcosh", "cosh"), "0 inf + +, -inf 0 - +, -inf inf 0 +"),
    **dict.fromkeys(("tanhshrink", "sinh", "cube"), "0 inf + +, -inf 0 + -"),
    "logsigmoid": "-inf inf + -",
    "selu": "-inf 0 + +, 0 inf + +",
    "hardswish": "-1.5 3 + +, -3 -1.5 - +, 3 inf + +, -inf -3 + +, -3 3 0 +",
    "cos": "-1.5 0 + -, 0 1.5 - -, 1.6 3 - +, -3 -1.6 + +, -1.5 1.5 0 -",
    "snake": "-0.75 0.75 + +, 0.8 2.3 + -",
    "gaussian": "-0.7 0 + -, 0 0.7 - -, 0.71 inf - +, -inf -0.71 + +, -0.7 0.7 0 -",
    "sech": "-0.88 0 + -, 0 0.88 - -, 0.89 inf - +, -inf -0.89 + +, -0.88 0.88 0 -",
    "quadratic": "-0.5 inf + +, -inf -0.5 - +, -inf inf 0 +",
    "square": "0 inf + +, -inf 0 - +, -inf inf 0 +",
    "sin": "-3/2 0 + +, 0 3/2 + -, -3 0 0 +, 0 3 0 -",
    "silu": "-1.27 2.39 + +, 2.4 inf + -, -inf -2.4 - -, -2.39 2.39 0 +",
    "gelu": "-0.75 1.41 + +, 1.42 inf + -, -inf -1.42 - -, -1.41 1.41 0 +",
}


def _shape(name: str, lower: Fraction | None, upper: Fraction | None) -> tuple[int, int] | None:
    """Slope and curvature on the first listed interval that contains [lower, upper]."""
    for left, right, rise, bend in (text.split() for text in SHAPES.get(name, "").split(", ") if text):
        above = left == "-inf" or (lower is not None and lower >= Fraction(left))
        if above and (right == "inf" or (upper is not None and upper <= Fraction(right))):
            return "-0+".index(rise) - 1, "-0+".index(bend) - 1
    return None


def jensen_region(instance: Instance, premises: list[object], arguments: Fields) -> Jensen:
    point = premises[0]
    gaps = [_gap(instance, item) for item in arguments.sections("gaps")]
    if not isinstance(point, Point):
        raise Rejected("JR01", "the premise is not a constant point")
    if not gaps:
        raise Rejected("JR02", "no Jensen gap")
    scales = arguments.rationals("output_scales")
    if len(scales) != len(point.residuals):
        raise Rejected("JR01", "expected one scale for each output")
    total = dict[int, Fraction]()
    for weight, centre, vertices in gaps:
        for n, share in ((centre, Fraction(-1)), *vertices):
            total[n] = total.get(n, Fraction(0)) + weight * share
    for o, (scale, c) in enumerate(zip(scales, point.constants, strict=True)):
        for n in range(len(instance.targets.rows)):
            if c - instance.targets.entry(n, o) != scale * total.get(n, 0):
                raise Rejected("JR05", "the gaps do not add up to the residual")
    orientations = {sign(e) * v for e, v, d in zip(scales, point.weight_signs, point.residuals, strict=True) if any(d)}
    if len(orientations) != 1 or 0 in orientations:
        raise Rejected("JR06", "the signs of V_o and of the scales do not agree, or V_o is zero")
    kappa, intervals = orientations.pop(), [_ends(item) for item in arguments.sections("intervals")]
    if len(intervals) != instance.depth:
        raise Rejected("JR01", "expected one interval for each layer")
    if instance.activation not in SHAPES:
        raise Undecided("JR07", "no interval is known on which sigma is convex or concave")
    for h in range(instance.depth - 1, -1, -1):
        lower, upper = intervals[h]
        shape = _shape(instance.activation, lower, upper)
        if shape is None:
            raise Rejected("JR07", "sigma is not known to be convex or concave there")
        if shape[1] != kappa:
            raise Rejected("JR08", "sigma bends the wrong way")
        for end, side in ((lower, 1), (upper, -1)):
            if end is not None:
                place = sign(side * (point.levels[h].enclosure() - end))
                if place <= 0:
                    raise (Rejected if place else Undecided)("JR09", "the level is not certainly inside its interval")
        if h > 0:
            if shape[0] == 0:
                raise Rejected("JR07", "sigma is not known to be monotone there")
            kappa *= shape[0] * sign(point.scales[h - 1])
    return Jensen()


def _gap(instance: Instance, item: Fields) -> tuple[Fraction, int, list[tuple[int, Fraction]]]:
    """A weight, a centre, and the vertices with the shares whose mean is the centre."""
    weight, centre = rational(item.take("weight"), "weight"), item.of("centre", int)
    vertices, shares, inputs = item.integers("vertices"), item.rationals("coefficients"), instance.inputs
    item.finish()
    if not all(0 <= n < len(inputs.rows) for n in (centre, *vertices)) or len(vertices) != len(shares):
        raise Rejected("JR02", "a gap names a sample that does not exist, or not one share a vertex")
    if weight <= 0 or not all(share > 0 for share in shares) or sum(shares) != 1:
        raise Rejected("JR03", "weights and shares must be positive, and shares sum to 1")
    for j in range(len(inputs.scales)):
        if sum(s * inputs.rows[n][j] for s, n in zip(shares, vertices, strict=True)) != inputs.rows[centre][j]:
            raise Rejected("JR04", "a centre is not that mean of its vertices")
    return weight, centre, list(zip(vertices, shares, strict=True))


def _ends(item: Fields) -> tuple[Fraction | None, Fraction | None]:
    lower, upper = (None if item.take(key) is None else rational(item.take(key), key) for key in ("lower", "upper"))
    item.finish()
    if lower is not None and upper is not None and lower >= upper:
        raise Malformed(f"{item.where}: expected lower < upper")
    return lower, upper


def better_point(instance: Instance, premises: list[object], arguments: Fields) -> Lower:
    point, gap = premises[0], rational(arguments.take("gap"), "gap")
    if not isinstance(point, Point):
        raise Rejected("BP01", "the premise is not a constant point")
    if gap <= 0:
        raise Rejected("BP02", "the gap is not positive")
    layers, widths = _layers(instance, arguments)
    try:
        loss = interval(0)
        for n, outputs in enumerate(_outputs(instance, layers)):
            for o, output in enumerate(outputs):
                loss = loss + (output - instance.targets.entry(n, o)).square()
        decided = sign(point.loss - gap - loss)
    except Unclear:
        decided = 0
    if decided <= 0:
        raise (Rejected if decided else Undecided)("BP05", "the loss is not certainly smaller by the gap")
    return Lower(point, widths, gap, False)


Layers = list[tuple[list[list[Fraction]], list[Fraction]]]  # the weights and biases of each layer


def _layers(instance: Instance, arguments: Fields) -> tuple[Layers, list[int]]:
    """A network of the instance's architecture, and the widths of its hidden layers."""
    layers, width = Layers(), len(instance.features)
    for item in arguments.sections("layers"):
        layers.append((item.matrix("weights"), item.rationals("biases")))
        item.finish()
    if len(layers) != instance.depth + 1:
        raise Rejected("BP03", "expected the hidden layers and the output layer")
    for weights, biases in layers:
        if not weights or len(weights) != len(biases) or any(len(row) != width for row in weights):
            raise Rejected("BP03", "the shapes of the layers do not fit")
        width = len(weights)
    if width != len(instance.targets.scales) or not (instance.output_bias or not any(layers[-1][1])):
        raise Rejected("BP03", "the outputs do not fit")
    widths = [len(biases) for _, biases in layers[:-1]]
    if not instance.admits(widths):
        raise Rejected("BP04", "the widths do not fit into the architecture")
    return layers, widths


def _outputs(instance: Instance, layers: Layers) -> Iterator[list[Interval]]:
    """The outputs of a network for each sample."""
    (weights, biases), *above = layers
    enclosed = [([[interval(w) for w in row] for row in rows], shifts) for rows, shifts in above]
    for row in instance.inputs.rows:
        inputs = [Fraction(x, s) for x, s in zip(row, instance.inputs.scales, strict=True)]
        sums = [interval(_dot(w, inputs) + b) for w, b in zip(weights, biases, strict=True)]
        for rows, shifts in enclosed:
            states = [value(instance.activation, z) for z in sums]
            sums = [inner(ws, states) + b for ws, b in zip(rows, shifts, strict=True)]
        yield sums


def _dot(x: Sequence[Fraction], y: Sequence[Fraction]) -> Fraction:
    return sum((a * b for a, b in zip(x, y, strict=True) if a), Fraction(0))


def exact_optimum(instance: Instance, premises: list[object], arguments: Fields) -> Lower:
    point, groups = premises[0], instance.groups()
    if not isinstance(point, Point):
        raise Rejected("EO08", "the premise is not a constant point")
    widths = [1] * (instance.depth - 1) + [len(groups)]
    if not instance.admits(widths):
        raise Rejected("EO02", "the last hidden layer is narrower than the number of distinct inputs")
    if any(residual[n] != residual[group[0]] for residual in point.residuals for group in groups for n in group):
        raise Rejected("EO03", "equal inputs with different targets")
    _demand_interpolation(instance, groups, arguments)
    if point.loss == 0:
        raise Rejected("EO07", "E* is 0 already")
    return Lower(point, widths, point.loss, True)


def _demand_interpolation(instance: Instance, groups: list[list[int]], arguments: Fields) -> None:
    """Refuse unless a last hidden layer with a unit for each distinct input can take any values on them."""
    _demand_carried(instance, groups, arguments)
    name = instance.activation
    if name in ("square", "cube", "quadratic", *LINES):
        raise Rejected("EO06", "ridge functions of a polynomial do not interpolate; affine-optimum/1 is about kinks")
    if name not in (*ACTIVATIONS, *INTERPOLATING):
        raise Undecided("EO06", "it is not known whether ridge functions of sigma interpolate")


def _demand_carried(instance: Instance, groups: list[list[int]], arguments: Fields) -> None:
    """Refuse unless the last hidden layer certainly receives a different number for each distinct input."""
    carriers, name = arguments.sections("carriers"), instance.activation
    if len(carriers) != instance.depth - 1:
        raise Rejected("EO01", "expected one carrier for each layer but the last")
    for item in carriers:
        lower, upper = (rational(item.take(key), f"{item.where}.{key}") for key in ("lower", "upper"))
        item.finish()
        if lower >= upper:
            raise Rejected("EO01", "a carrier is empty")
        if certain_sign(slope, name, interval(lower).hull(upper)) == 0:
            raise Undecided("EO04", "cannot tell that sigma is strictly monotone on a carrier")
    direction = arguments.rationals("direction")
    if len(direction) != len(instance.features):
        raise Rejected("EO01", "expected one entry of the direction for each feature")
    if not _separates(instance, groups, direction):
        raise Rejected("EO05", "two distinct inputs have the same projection")


# The first twelve do, but for square: exp and sin give Vandermonde matrices. A bounded monotone sigma steps, and hinges
# bend, as steeply as one likes, if the variation of sigma' from 0 to 1 is below 2 (softplus, elu: 1; silu < 19/10;
# gelu < 197/100). So do, of the others, steps; hinges of variation 1; bumps, which vanish at infinity but not at 0; and
# those that give Vandermonde matrices in cosh p or cos p.
INTERPOLATING = (
    *("lecun_tanh", "gudermannian", "cloglog", "isru"),
    *("celu", "squareplus"),
    *("gaussian", "sech"),
    *("sinh", "cosh", "cos"),
)


def _separates(instance: Instance, groups: list[list[int]], direction: list[Fraction]) -> bool:
    """Whether g.x is different for different inputs."""
    scaled = [g / s for g, s in zip(direction, instance.inputs.scales, strict=True)]
    samples = (instance.inputs.rows[group[0]] for group in groups)
    return len({sum(g * x for g, x in zip(scaled, row, strict=True)) for row in samples}) == len(groups)


def generic_data(instance: Instance, premises: list[object], arguments: Fields) -> Generic:
    chosen, size, prime = arguments.integers("rows"), len(instance.features), 2**61 - 1
    if not isinstance(premises[0], Minimum):
        raise Rejected("GD01", "the premise is not a local minimum")
    expected = 1 + size + size * (size + 1) // 2
    if len(set(chosen)) != len(chosen) or len(chosen) != expected:
        raise Rejected("GD02", f"expected {expected} different samples")
    if not all(0 <= n < len(instance.inputs.rows) for n in chosen):
        raise Rejected("GD02", "a sample that does not exist")
    matrix = []
    for n in chosen:
        x = instance.inputs.rows[n]
        matrix.append([1, *x, *(x[j] * x[k] % prime for j in range(size) for k in range(j, size))])
    for column in range(expected):  # elimination modulo the prime; a non-zero determinant there is non-zero
        pivot = next((i for i in range(column, expected) if matrix[i][column] % prime), None)
        if pivot is None:
            raise Rejected("GD03", "the minor is singular modulo 2^61 - 1")
        matrix[column], matrix[pivot] = matrix[pivot], matrix[column]
        top = matrix[column]
        inverse = pow(top[column], -1, prime)
        for row in matrix[column + 1 :]:
            factor = row[column] * inverse % prime
            if factor:
                row[column:] = [(a - factor * b) % prime for a, b in zip(row[column:], top[column:], strict=True)]
    return Generic()


def obstruction(instance: Instance, premises: list[object], arguments: Fields) -> Quadric:
    matrix, linear = arguments.matrix("matrix"), arguments.rationals("linear")
    constant, size = rational(arguments.take("constant"), "constant"), len(instance.features)
    if len(matrix) != size or len(linear) != size or any(len(row) != size for row in matrix):
        raise Rejected("OB01", "the shapes of S and l do not fit")
    if any(matrix[j][k] != matrix[k][j] for j in range(size) for k in range(j)):
        raise Rejected("OB01", "S is not symmetric")
    features = [j for j, row in enumerate(matrix) if any(row)]
    if not features:
        raise Rejected("OB02", "S is zero")
    if not is_positive_semidefinite(matrix):
        raise Rejected("OB03", "S is not positive semidefinite")
    images = []
    for n in range(len(instance.inputs.rows)):
        x = [instance.inputs.entry(n, j) for j in range(size)]
        images.append([_dot(row, x) for row in matrix])
        if _dot(images[-1], x) != _dot(linear, x) + constant:
            raise Rejected("OB04", "a sample does not satisfy x^T S x = l(x)")
    if all(image == images[0] for image in images):
        raise Rejected("OB05", "S sees only affine dependencies among the features")
    return Quadric(features)


# A flat direction: sigma(z + c) = e^c sigma(z), or sigma(c z) = c^k sigma(z) for c > 0. Outgoing weights undo it, so
# the factors s_2, .., s_H and V of a chain can be fixed: where the other derivatives vanish, theirs do.
FLAT = {"exp": "shift", "square": "scale", "cube": "scale", "relu_squared": "scale"}


def fitted_point(instance: Instance, premises: list[object], arguments: Fields) -> Fitted:
    ratios = _ratios(instance, arguments)
    basis, item = _basis(instance, arguments), arguments.section("chain")
    weights, biases, scales = (item.rationals(key) for key in ("weights", "biases", "scales"))
    top = [rational(item.take(key), key) for key in ("output_weight", "output_bias")[: 1 + instance.output_bias]]
    item.finish()
    if len(weights) != len(basis) or len(biases) != instance.depth or len(scales) != instance.depth - 1:
        raise Rejected(
            "FP02", "expected one weight a feature of the basis, one bias a layer, one scale but in the first"
        )
    centre = [*weights, biases[0], *(v for pair in zip(scales, biases[1:], strict=True) for v in pair), *top]
    frame, radii = arguments.matrix("frame"), arguments.rationals("radii")
    fixed = frame[len(weights) + 1 :: 2] if instance.activation in FLAT else []  # those of s_2, .., s_H and V
    size = len(centre) - len(fixed)
    if len(frame) != len(centre) or any(len(row) != size for row in frame) or any(map(any, fixed)):
        raise Rejected("FP02", "expected one row for each parameter, one column for each that is not fixed")
    if len(radii) != size or not all(r > 0 for r in radii):
        raise Rejected("FP02", "expected one positive radius for each direction of the frame")
    radius, (least, most, _) = rational(arguments.take("target_radius"), "target_radius"), LOSSES[instance.loss]
    if radius < 0:
        raise Rejected("FP03", "the radius of the targets is negative")
    exact = [instance.targets.entry(n, 0) for n in range(len(instance.targets.rows))]
    if any((least is not None and y - radius <= least) or (most is not None and y + radius >= most) for y in exact):
        raise Rejected("FP03", "targets that the loss does not allow")
    inputs = [[*(interval(instance.inputs.entry(n, j)) for j in basis), interval(1)] for n in range(len(exact))]
    data = [(x, interval(y - radius).hull(y + radius)) for x, y in zip(inputs, exact, strict=True)]
    if not instance.output_bias:  # as if there were one that is 0
        centre, frame = [*centre, Fraction(0)], [*frame, [Fraction(0)] * size]
    share = sum((e * e for e in ratios), Fraction(0))
    start, rows = [interval(c) for c in centre], [[interval(entry) for entry in row] for row in frame]

    def over(box: Row) -> Fitted:
        """The chain for the parameters start + frame q with q in the box, critical or not."""
        parameters = [c + inner(row, box) for c, row in zip(start, rows, strict=True)]
        samples = [_sample(instance, x, y, start, rows, box, parameters) for x, y in data]
        loss = sum((sample.loss for sample in samples), interval(0)) * share
        return Fitted(
            radius, ratios, share, samples, parameters[: len(basis) + 1], parameters[len(basis) + 1 :: 2], loss
        )

    def krawczyk() -> list[Interval]:
        """K = -P F(0) + (1 - P F'(box)) box, where F(q) is half the gradient along the frame.

        For a zero q of F in the box there is, by the mean value theorem, an M in F'(box) with 0 = F(0) + M q, so
        q = -P F(0) + (1 - P M) q is in K. If K is in the interior of the box, then Brouwer gives a zero, and each P M
        is nonsingular: there is only one zero, and the frame is nonsingular. P is the same for all targets.
        """
        box, middle = [interval(-r).hull(r) for r in radii], over([interval(0)] * size)
        hessian = _half_hessian(over(box), rows)
        image = []
        for i, p in enumerate(gram(*reducer(hessian))):
            step = sum((inner(p, sample.along[-1]) * sample.residual for sample in middle.samples), interval(0))
            image.append(inner([int(i == j) - inner(p, row) for j, row in enumerate(hessian)], box) - step)
        return image

    image = _attempt("FP05", krawczyk)
    distances = [sign(abs(k) - r) for k, r in zip(image, radii, strict=True)]
    if any(distance > 0 for distance in distances):
        raise Rejected("FP05", "the chain has no critical point in the box")
    if not all(distance < 0 for distance in distances):
        raise Undecided("FP05", "Krawczyk's operator does not map the box into its interior")
    fitted = over(image)
    if any(sign(factor) == 0 for factor in fitted.factors):
        raise Undecided("FP06", "a scale or the output weight may be zero")
    if not fitted.loss.bounded:
        raise Undecided("FP04", "the loss is not bounded")
    return fitted


def _ratios(instance: Instance, arguments: Fields) -> list[Fraction]:
    """e_1 = 1, .., e_m, where the targets of output o are e_o times those of the first."""
    outputs = len(instance.targets.scales)
    if outputs == 0:
        raise Rejected("FP01", "this instance has no targets")
    ratios = arguments.rationals("ratios") if outputs > 1 else [Fraction(1)]
    entry = instance.targets.entry
    if len(ratios) != outputs or ratios[0] != 1 or (outputs > 1 and instance.loss != "squared"):
        raise Rejected("FP01", "expected the squared loss and a ratio for each output, the first of them 1")
    if any(entry(n, o) != e * entry(n, 0) for n in range(len(instance.targets.rows)) for o, e in enumerate(ratios)):
        raise Rejected("FP01", "the targets are not in these ratios")
    return ratios


def _sample(
    instance: Instance, x: list[Interval], y: Interval, centre: Row, frame: Sequence[Row], box: Row, parameters: Row
) -> Sample:
    """The chain at one sample; the parameters are w, b_1, s_2, b_2, .., s_H, b_H, V and the output bias."""
    size = len(x)
    along = [[inner(x, column) for column in zip(*frame[:size], strict=True)]]
    sums, jets = [inner(x, centre[:size]) + inner(along[0], box)], list[Jet]()
    for place in range(size, len(parameters), 2):
        (factor, bias), (rises, shifts) = parameters[place : place + 2], frame[place : place + 2]
        jets.append(sharp(instance.activation, sums[-1]))
        s, s1, _, _ = jets[-1]
        along.append([factor * s1 * d + s * f + b for d, f, b in zip(along[-1], rises, shifts, strict=True)])
        sums.append(factor * s + bias)
    loss, residual, weight = loss_jet(instance.loss, sums[-1], y)
    force, forces, squares = interval(1), list[Interval](), [weight]
    for factor, (_, s1, s2, _) in zip(parameters[-2 : size - 1 : -2], reversed(jets), strict=True):
        forces.insert(0, force)
        squares.insert(0, residual * force * factor * s2)
        force = force * factor * s1
    return Sample(x, y, sums, along, jets, forces, loss, residual, squares)


def _half_hessian(point: Fitted, frame: Sequence[Row]) -> list[list[Interval]]:
    """Half of the second derivatives of the loss along the columns of the frame."""
    total = gram([row for n in point.samples for row in n.along], [a for n in point.samples for a in n.squares])
    for h, rises in enumerate(frame[len(point.samples[0].inputs) :: 2]):  # f_h times all that lies below it
        slopes = [n.residual * n.forces[h] * n.jets[h][1] for n in point.samples]
        below = [inner(slopes, column) for column in zip(*(n.along[h] for n in point.samples), strict=True)]
        for i, row in enumerate(total):
            row[:] = [entry + rises[i] * below[j] + below[i] * rises[j] for j, entry in enumerate(row)]
    return total


def _demand_forms(point: Fitted, spaces: list[list[list[Interval]]], code: str) -> None:
    """Refuse unless the form u -> sum_n D_n dT/dsigma(z_h) sigma''(z_h) u_n^2 is > 0 on the columns of each layer."""
    for h, rows in enumerate(spaces):
        decided = form_sign(rows, [n.squares[h] for n in point.samples])
        if decided <= 0:
            raise (Rejected if decided else Undecided)(code, f"the form of layer {h + 1} is not certainly definite")


def _spaces(point: Fitted) -> list[list[list[Interval]]]:
    """For each layer rows whose columns span U_h: (x, 1), and above sigma' U_{h-1}, sigma(z_{h-1}), 1. The last two
    columns (in the first layer: all) span L_h."""
    found = [[n.inputs for n in point.samples]]
    for h in range(len(point.factors) - 1):
        jets = [n.jets[h] for n in point.samples]
        found.append(
            [[*(s1 * u for u in row), s, interval(1)] for row, (s, s1, _, _) in zip(found[-1], jets, strict=True)]
        )
    return found


def _transversal(point: Fitted, flat: str) -> list[list[list[Interval]]]:
    """For each layer rows whose columns span U_h together with z_h (flat "scale") or 1 (flat "shift"). In the first
    they are (x, 1) without a column that occurs there. Above, sigma' times the z_h or 1 of below is a multiple of
    sigma(z_h), so sigma' times the other columns of below and one of sigma(z_h), 1 are enough."""
    known = [j for j, c in enumerate(point.first) if flat == "shift" or sign(c)]
    if not known:
        raise Undecided("AL02", "the first pre-activation may be zero")
    found = [[[u for j, u in enumerate(n.inputs) if j != known[-1]] for n in point.samples]]
    for h in range(len(point.factors) - 1):
        jets = [n.jets[h] for n in point.samples]
        found.append(
            [
                [*(s1 * u for u in row), s if flat == "shift" else interval(1)]
                for row, (s, s1, _, _) in zip(found[-1], jets, strict=True)
            ]
        )
    return found


def any_lift(instance: Instance, premises: list[object], arguments: Fields) -> Lifts:
    point = premises[0]
    if not isinstance(point, Fitted):
        raise Rejected("AL01", "the premise is not a fitted point")
    flat = FLAT.get(instance.activation)
    _demand_forms(point, _transversal(point, flat) if flat else _spaces(point), "AL02")
    return Lifts("any")


def uniform_lift(instance: Instance, premises: list[object], arguments: Fields) -> Lifts:
    point = premises[0]
    if not isinstance(point, Fitted) or instance.activation in FLAT:
        raise Rejected("UL01", "the premise is not a fitted point, or there is a flat direction")
    first, *above = _spaces(point)
    _demand_forms(point, [first, *([row[-2:] for row in rows] for rows in above)], "UL02")
    # At a critical point the derivatives that mix f_h with what lies below it are 0: the gradient there over f_h.
    if form_sign([row for n in point.samples for row in n.along], [a for n in point.samples for a in n.squares]) <= 0:
        raise Undecided("UL03", "cannot tell that the Hessian of the chain is positive definite")
    return Lifts("uniform")


def fitted_region(instance: Instance, premises: list[object], arguments: Fields) -> Region:
    point = premises[0]
    if not isinstance(point, Fitted) or instance.activation in FLAT:
        raise Rejected("FR01", "the premise is not a fitted point, or there is a flat direction")
    radius, rates = rational(arguments.take("radius"), "radius"), arguments.rationals("rates")
    if not 0 < radius < 1:
        raise Rejected("FR01", "the radius is not between 0 and 1")
    if len(rates) != instance.depth - 1 or not all(0 < rate < 1 for rate in rates):
        raise Rejected("FR01", "expected one rate between 0 and 1 for each layer but the first")
    forms = _attempt("FR02", lambda: _forms_left(instance, point, radius, [Fraction(0), *rates]))
    if any(form_sign(rows, form) <= 0 for rows, form in zip(_spaces(point), forms, strict=True)):
        raise Undecided("FR03", "the form that is left of a layer is not certainly positive definite")
    return Region(point, radius)


def _forms_left(instance: Instance, point: Fitted, radius: Fraction, rates: list[Fraction]) -> list[list[Interval]]:
    """a_l - e_l |a_l| - sum_{h>l} (1 + 1/e_h) |a_h| gamma_{h,l} for each layer l, and for each sample.

    In the region z_{h,i} = z_h + u with |u| <= spread, u = lambda + rho, lambda in U_h, and the sum over units i with
    weights c_{h,i} of rho^2 is at most sum_{l<h} gamma_{h,l} sum_k c_{l,k} lambda_{l,k}^2. a_h is a lower bound of
    D dT/dsigma(z_h) sigma'' over z_h +- spread, and a u^2 >= (a - e |a|) lambda^2 - (1 + 1/e) |a| rho^2.
    """
    forms: list[list[Interval]] = [[] for _ in rates]
    for n, at in enumerate(point.samples):
        size = sum((abs(instance.inputs.entry(n, j)) for j in range(len(instance.features))), Fraction(0))
        spread, gammas = interval(radius * (1 + size)), list[Interval]()
        for h, (rate, factor, (s, s1, _, _)) in enumerate(zip(rates, point.factors, at.jets, strict=True)):
            rise, bend = _derivatives(instance.activation, at.sums[h] + (-spread).hull(spread))
            low, _ = (at.residual * at.forces[h] * factor * bend).ends()
            for form, gamma in zip(forms, gammas, strict=False):
                form[n] = form[n] - (1 + 1 / rate) * abs(low) * gamma
            forms[h].append(low - rate * abs(low))
            # The next rho is f_h times a sum, of weights up to 1 + r, of sigma' rho + sigma''(.) u^2 / 2, and u^4 is at
            # most spread^2 u^2. In the first layer rho = 0, u = lambda; above, (a + b)^2 <= 2 a^2 + 2 b^2, twice.
            square, bent = factor.square() * (1 + radius), (bend * spread).square()
            gammas = [square * (2 * s1.square() + bent) * gamma for gamma in gammas]
            gammas.append(square * bent * (1 if h else Fraction(1, 4)))
            spread = radius * (abs(factor * s) + 1) + (1 + radius) * abs(factor * rise) * spread
    return forms


def fitted_better_point(instance: Instance, premises: list[object], arguments: Fields) -> Lower:
    point = premises[0]
    if not isinstance(point, Fitted):
        raise Rejected("FB01", "the premise is not a fitted point")
    gap = rational(arguments.take("gap"), "gap")
    if not gap > 0:
        raise Rejected("FB01", "the gap is not positive")
    layers, widths = _layers(instance, arguments)

    def total() -> Interval:
        found = interval(0)
        for n, outputs in zip(point.samples, _outputs(instance, layers), strict=True):
            for e, better in zip(point.ratios, outputs, strict=True):
                found = found + advantage(instance.loss, e * n.sums[-1], better, e * n.target)
        return found

    decided = sign(_attempt("FB02", total) - gap)
    if decided <= 0:
        raise (Rejected if decided else Undecided)("FB02", "the loss is not certainly smaller by the gap")
    return Lower(point, widths, gap, False)


def fitted_optimum(instance: Instance, premises: list[object], arguments: Fields) -> Lower:
    point, groups = premises[0], instance.groups()
    if not isinstance(point, Fitted):
        raise Rejected("FO01", "the premise is not a fitted point")
    widths = [1] * (instance.depth - 1) + [len(groups)]
    if not instance.admits(widths):
        raise Rejected("FO02", "the last hidden layer is narrower than the number of distinct inputs")
    _demand_interpolation(instance, groups, arguments)
    # Equal inputs have one output t. The derivative of their loss is 2 sum D there and vanishes at the best t, and the
    # second one is at most 2 sum c in between; so their loss falls by at least (sum D)^2 / sum c.
    excess = interval(0)
    for group in groups:
        members = [point.samples[n] for n in group]
        most = sum((steepest(instance.loss, n.sums[-1], n.target) for n in members), interval(0))
        excess = excess + sum((n.residual for n in members), interval(0)).square() / most
    excess = excess * point.share
    if sign(excess) <= 0:
        raise Undecided("FO03", "cannot tell that E* exceeds the global minimum")
    return Lower(point, widths, excess.lower(), True)


# These have p sigma'' + q sigma' + r sigma = 0 with a polynomial p >= 0, q affine and r constant: so
# <D sigma''(z_H), p(z_H)> = 0 at a critical chain, and there is no definite form on L_H. For z^2, the form of layer 1
# at the constant 1 is a multiple of the derivative of the loss in the output bias (with more layers, in b_2).
EXCEPTIONAL = (
    *("sin", "erf", "sinh", "cosh", "cos", "gaussian"),  # p = 1
    *("arctan", "isru", "asinh", "multiquadric"),  # p = 1 + z^2
    "squareplus",  # p = 4 + z^2
    "quadratic",  # p = (2 z + 1)^2
)


def exceptional_activation(instance: Instance, premises: list[object], arguments: Fields) -> Exceptional:
    name = instance.activation
    if name not in EXCEPTIONAL and not (name == "square" and (instance.depth > 1 or instance.output_bias)):
        known = name in ACTIVATIONS or name in LINES
        raise (Rejected if known else Undecided)("EA01", "nothing of this kind is known for the activation")
    return Exceptional()


def affine_minimum(instance: Instance, premises: list[object], arguments: Fields) -> Affine:
    known = kinks_and_lines(instance.activation)
    if known is None:
        raise Rejected("AM01", "the activation is not piecewise affine")
    if instance.loss != "squared":
        raise Rejected("AM02", "the theorem is about the squared loss")
    layers, widths = _layers(instance, arguments)
    (kinks, lines), (*hidden, outputs) = known, _exact_sums(known, instance, layers)
    flat = False
    for sums in hidden:
        slopes = []
        for column, scale in zip(zip(*sums.rows, strict=True), sums.scales, strict=True):
            least, most = Fraction(min(column), scale), Fraction(max(column), scale)
            place = sum(kink < least for kink in kinks)
            if place < len(kinks) and most >= kinks[place]:
                raise Rejected("AM03", "a unit has samples on two pieces of sigma, or at a kink")
            slopes.append(lines[place][0])
        flat = flat or not any(slopes)
    residuals, loss = _residuals(instance, outputs)
    for residual in residuals:
        if sum(residual) != 0:
            raise Rejected("AM04", "<D,1> is not zero")
        moments = (
            sum(d * x for d, x in zip(residual, column, strict=True))
            for column in zip(*instance.inputs.rows, strict=True)
        )
        if not flat and any(moments):
            raise Rejected("AM05", "<D,x> is not zero for some feature")
    return Affine(widths, flat, loss)


def _exact_sums(known: Lines, instance: Instance, layers: Layers) -> list[Table]:
    """The pre-activations of each hidden layer, and the outputs, as integers over one denominator for each unit."""
    found = list[Table]()
    for weights, biases in layers:
        states = _exact_states(*known, found[-1]) if found else instance.inputs
        scaled = [
            [*(w / s for w, s in zip(row, states.scales, strict=True)), b]
            for row, b in zip(weights, biases, strict=True)
        ]
        scales = [lcm(*(entry.denominator for entry in row)) for row in scaled]
        whole = [[int(entry * scale) for entry in row] for row, scale in zip(scaled, scales, strict=True)]
        rows = [[sum(w * s for w, s in zip(unit, (*state, 1), strict=True)) for unit in whole] for state in states.rows]
        found.append(Table(rows, scales))
    return found


def _exact_states(kinks: list[Fraction], lines: list[tuple[Fraction, Fraction]], sums: Table) -> Table:
    """sigma of each entry: on a line a z + b it is (a m p + b m q) / (m q) for z = p / q, m a common denominator."""
    common = lcm(*(number.denominator for line in lines for number in line))
    whole = [(int(a * common), int(b * common)) for a, b in lines]

    def state(p: int, q: int) -> int:
        a, b = whole[sum(kink.numerator * q < kink.denominator * p for kink in kinks)]
        return a * p + b * q

    rows = [[state(p, q) for p, q in zip(row, sums.scales, strict=True)] for row in sums.rows]
    return Table(rows, [common * q for q in sums.scales])


def _residuals(instance: Instance, outputs: Table) -> tuple[list[list[int]], Fraction]:
    """For each output a positive multiple of D in integers, and the sum of all D^2."""
    residuals, loss = [], Fraction(0)
    for o, scale in enumerate(outputs.scales):
        other = instance.targets.scales[o]
        pairs = zip(outputs.rows, instance.targets.rows, strict=True)
        residuals.append([t[o] * other - y[o] * scale for t, y in pairs])
        loss += Fraction(sum(d * d for d in residuals[-1]), (scale * other) ** 2)
    return residuals, loss


def affine_better_point(instance: Instance, premises: list[object], arguments: Fields) -> Lower:
    point, gap = premises[0], rational(arguments.take("gap"), "gap")
    known = kinks_and_lines(instance.activation)
    if not isinstance(point, Affine) or known is None:
        raise Rejected("AB01", "the premise is not an affine minimum")
    if gap <= 0:
        raise Rejected("AB02", "the gap is not positive")
    layers, widths = _layers(instance, arguments)
    if _residuals(instance, _exact_sums(known, instance, layers)[-1])[1] > point.loss - gap:
        raise Rejected("AB03", "the loss is not smaller by the gap")
    return Lower(point, widths, gap, False)


def affine_optimum(instance: Instance, premises: list[object], arguments: Fields) -> Lower:
    point, groups = premises[0], instance.groups()
    if not isinstance(point, Affine):
        raise Rejected("AO01", "the premise is not an affine minimum")
    widths = [1] * (instance.depth - 1) + [max(1, len(groups) - instance.output_bias)]
    if not instance.admits(widths):
        raise Rejected("AO02", "the last hidden layer is too narrow")
    direction = arguments.rationals("direction")
    if len(direction) != len(instance.features):
        raise Rejected("AO03", "expected one entry of the direction for each feature")
    if not _separates(instance, groups, direction):
        raise Rejected("AO04", "two distinct inputs have the same projection")
    columns = [_aimed(instance, group, o) for group in groups for o in range(len(instance.targets.scales))]
    scatter = sum((_scatter(values) for values in columns), Fraction(0))
    if scatter >= point.loss:
        raise Rejected("AO05", "E* is the least loss already")
    return Lower(point, widths, point.loss - scatter, True)


def _aimed(instance: Instance, group: list[int], o: int) -> list[Fraction]:
    """The targets of an output for these samples."""
    return [instance.targets.entry(n, o) for n in group]


def _mean(values: list[Fraction]) -> Fraction:
    return sum(values, Fraction(0)) / len(values)


def _scatter(values: list[Fraction]) -> Fraction:
    return sum(((y - _mean(values)) ** 2 for y in values), Fraction(0))


# Trained networks: all parameters of a network in one list, for each layer (the output layer last) and each of its
# units the incoming weights, then the bias, which outputs without an output bias do not have. Derivatives go by the
# chain rule, sample by sample.

Sparse = dict[int, Interval]  # a vector over the parameters, 0 where nothing is listed


@dataclass(frozen=True)
class Trained:
    """A network at one sample: the outputs, half the first and second derivatives of the loss in them, and the loss,
    all without decay.

    For each layer, the output layer last: `along`, the derivatives of its units' sums in the parameters; `forces`,
    half those of the loss in these sums; `tops`, its weights, row by row. `sums` are what the hidden units add up, and
    `jets` their s, s' and s''.
    """

    sums: list[list[Interval]]
    outputs: list[Interval]
    residual: list[Interval]
    squares: list[Square]
    loss: Interval
    along: list[list[Sparse]]
    forces: list[list[Interval]]
    jets: list[list[Jet]]
    tops: list[list[Interval]]


@dataclass(frozen=True)
class Critical:
    """critical-point/1: one critical point within radius of centre (of those that agree with it in the `fixed`
    parameters), in the balls of `parameters`; half the Hessian over the whole box; the samples and the loss at the
    critical point."""

    sizes: list[int]
    centre: list[Fraction]
    radius: Fraction
    parameters: list[Interval]
    hessian: list[list[Interval]]
    samples: list[Trained]
    loss: Interval
    fixed: list[int]

    @property
    def widths(self) -> list[int]:
        return self.sizes[1:-1]

    @property
    def free_hessian(self) -> list[list[Interval]]:
        return _kept(self.hessian, self.fixed)


@dataclass(frozen=True)
class Strict:
    """strict-minimum/1."""

    point: Critical


@dataclass(frozen=True)
class SaddlePoint:
    """saddle/1."""

    point: Critical


@dataclass(frozen=True)
class Spectrum:
    """spectrum/1: how many eigenvalues of the Hessian are negative; none is 0."""

    point: Critical
    negative: int


@dataclass(frozen=True)
class Falling:
    """not-critical/1: along one direction the loss falls within radius of the network."""

    widths: list[int]
    network: list[Fraction]
    radius: Fraction


@dataclass(frozen=True)
class Replicated:
    """The wider network in these balls is a local minimum (replicated-minimum/1) or a saddle (replicated-saddle/1)."""

    widths: list[int]
    parameters: list[Interval]
    saddle: bool


@dataclass(frozen=True)
class Optimum:
    """examined-optimum/1, zero-optimum/1: the infimum of the loss of the instance's networks, and whether it is a
    minimum."""

    least: Fraction
    most: Fraction
    attained: bool


@dataclass(frozen=True)
class Exact:
    """zero-loss/1: a network in these balls has loss 0."""

    widths: list[int]
    parameters: list[Interval]


def _starts(sizes: list[int], bias: bool) -> list[int]:
    """The numbers of the first parameter of each layer, and of all."""
    starts = [0]
    for h, (inputs, units) in enumerate(pairwise(sizes)):
        starts.append(starts[-1] + units * (inputs + (bias or h < len(sizes) - 2)))
    return starts


def _flat(instance: Instance, layers: Layers) -> tuple[list[int], list[Fraction]]:
    """The sizes of all layers, and the parameters."""
    numbers = list[Fraction]()
    for h, (rows, biases) in enumerate(layers):
        for row, bias in zip(rows, biases, strict=True):
            numbers += [*row, bias] if instance.output_bias or h < len(layers) - 1 else row
    return [len(instance.features), *(len(biases) for _, biases in layers)], numbers


def _trained(instance: Instance, sizes: list[int], parameters: list[Interval], second: bool) -> list[Trained]:
    """The network at all samples, for all parameters in the balls; s'' is left out (as 0) unless `second`."""
    starts = _starts(sizes, instance.output_bias)
    found = []
    for n in range(len(instance.inputs.rows)):
        states = [interval(instance.inputs.entry(n, j)) for j in range(sizes[0])]
        behind = [Sparse() for _ in states]  # the derivatives of the states
        along, jets, tops = list[list[Sparse]](), list[list[Jet]](), list[list[Interval]]()
        inside = list[list[Interval]]()
        for h, units in enumerate(sizes[1:]):
            each, sums = (starts[h + 1] - starts[h]) // units, list[Interval]()
            along.append([])
            tops.append([])
            for i in range(units):
                first = starts[h] + i * each
                row = parameters[first : first + len(states)]
                tops[-1] += row
                biased = each > len(states)
                sums.append(inner(row, states) + (parameters[first + each - 1] if biased else 0))
                vector = Sparse({first + k: s for k, s in enumerate(states)})
                if biased:
                    vector[first + each - 1] = interval(1)
                for weight, lower in zip(row, behind, strict=True):
                    for k, entry in lower.items():
                        vector[k] = vector.get(k, interval(0)) + weight * entry
                along[-1].append(vector)
            if h < len(sizes) - 2:
                inside.append(sums)
                jets.append([_jet(instance.activation, z, second) for z in sums])
                states = [s for s, _, _, _ in jets[-1]]
                behind = [
                    {k: s1 * e for k, e in v.items()} for (_, s1, _, _), v in zip(jets[-1], along[-1], strict=True)
                ]
        loss, residual, squares = sample_loss(instance.loss, sums, _aims(instance, n))
        forces = [residual]
        for h in range(len(jets) - 1, -1, -1):
            width = sizes[h + 1]
            columns = [tops[h + 1][k::width] for k in range(width)]
            forces.insert(0, [inner(c, forces[0]) * s1 for c, (_, s1, _, _) in zip(columns, jets[h], strict=True)])
        found.append(Trained(inside, sums, residual, squares, loss, along, forces, jets, tops))
    return found


def _aims(instance: Instance, n: int) -> list[Interval]:
    return [interval(instance.targets.entry(n, o)) for o in range(len(instance.targets.scales))]


def _demand_targets(instance: Instance, code: str) -> None:
    if not instance.targets.scales:
        raise Rejected(code, "this instance has no targets")
    if instance.loss == CROSS_ENTROPY:
        for n in range(len(instance.targets.rows)):
            row = [instance.targets.entry(n, o) for o in range(len(instance.targets.scales))]
            if min(row) < 0 or sum(row) != 1:
                raise Rejected(code, "targets that are not a probability vector")


def _rates(instance: Instance, sizes: list[int]) -> list[Fraction]:
    """For each parameter the factor of its square in the loss."""
    weights, biases = instance.decay or (Fraction(0), Fraction(0))
    found = list[Fraction]()
    for h, (inputs, units) in enumerate(pairwise(sizes)):
        bias = instance.output_bias or h < len(sizes) - 2
        found += ([weights] * inputs + [biases] * bias) * units
    return found


def _decay(instance: Instance, sizes: list[int], parameters: Sequence[Number]) -> Interval:
    """What is added to the loss."""
    pairs = zip(_rates(instance, sizes), parameters, strict=True)
    return sum((rate * interval(p).square() for rate, p in pairs), interval(0))


def _jet(name: str, z: Interval, second: bool) -> Jet:
    return jet(name, z) if second else (value(name, z), slope(name, z), interval(0), interval(0))


def _steepness(instance: Instance, sizes: list[int], box: list[Interval]) -> list[Interval]:
    """Half the gradient of the loss."""
    total = [rate * p for rate, p in zip(_rates(instance, sizes), box, strict=True)]
    for sample in _trained(instance, sizes, box, False):
        for d, vector in zip(sample.residual, sample.along[-1], strict=True):
            for k, entry in vector.items():
                total[k] = total[k] + d * entry
    return total


def _bending(instance: Instance, sizes: list[int], box: list[Interval]) -> list[list[Interval]]:
    """Half the Hessian of the loss: squares of derivatives, and weights times the states that they multiply."""
    starts = _starts(sizes, instance.output_bias)
    total = [[interval(0)] * starts[-1] for _ in range(starts[-1])]
    for k, rate in enumerate(_rates(instance, sizes)):
        total[k][k] = interval(rate)

    def add(i: int, j: int, entry: Interval) -> None:
        total[i][j] = total[i][j] + entry

    for n in _trained(instance, sizes, box, True):
        squares = [(a, _sum_of(vector, n.along[-1])) for a, vector in n.squares]
        for h, jets in enumerate(n.jets):
            width = sizes[h + 1]
            for k, ((_, s1, s2, _), vector) in enumerate(zip(jets, n.along[h], strict=True)):
                squares.append((inner(n.tops[h + 1][k::width], n.forces[h + 1]) * s2, vector))
                each = (starts[h + 2] - starts[h + 1]) // sizes[h + 2]
                for i, force in enumerate(n.forces[h + 1]):
                    for j, entry in vector.items():
                        add(starts[h + 1] + i * each + k, j, force * s1 * entry)
                        add(j, starts[h + 1] + i * each + k, force * s1 * entry)
        for a, vector in squares:
            for i, entry in vector.items():
                weighted = a * entry
                for j, other in vector.items():
                    add(i, j, weighted * other)
    return total


def _sum_of(factors: dict[int, int], vectors: list[Sparse]) -> Sparse:
    total = Sparse()
    for o, factor in factors.items():
        for k, entry in vectors[o].items():
            total[k] = total.get(k, interval(0)) + factor * entry
    return total


def _bending_along(
    instance: Instance, sizes: list[int], box: list[Interval], direction: list[Interval]
) -> list[Interval]:
    """Half the Hessian of the loss times a direction: how half the gradient changes along it."""
    starts = _starts(sizes, instance.output_bias)
    total = [rate * u for rate, u in zip(_rates(instance, sizes), direction, strict=True)]
    eaches = [(starts[h + 1] - starts[h]) // units for h, units in enumerate(sizes[1:])]
    for number, n in enumerate(_trained(instance, sizes, box, True)):
        states = [[interval(instance.inputs.entry(number, j)) for j in range(sizes[0])]]
        states += [[s for s, _, _, _ in jets] for jets in n.jets]
        moves, sums = [[interval(0)] * sizes[0]], list[list[Interval]]()  # of what enters a layer, and of its sums
        for h, (width, each) in enumerate(zip(sizes, eaches, strict=False)):
            rows = [direction[starts[h] + i * each :][:each] for i in range(sizes[h + 1])]
            below = [inner(n.tops[h][i * width :][:width], moves[h]) for i in range(len(rows))]
            entering = [*states[h], interval(1)][:each]
            sums.append([b + inner(row, entering) for b, row in zip(below, rows, strict=True)])
            if h < len(n.jets):
                moves.append([s1 * dz for (_, s1, _, _), dz in zip(n.jets[h], sums[h], strict=True)])
        forces, change = n.residual, [interval(0)] * sizes[-1]
        for a, factors in n.squares:
            rise = sum((factor * sums[-1][o] for o, factor in factors.items()), interval(0))
            for o, factor in factors.items():
                change[o] = change[o] + factor * a * rise
        for h in range(len(sums) - 1, -1, -1):
            width, each = sizes[h], eaches[h]
            entering, moved = [*states[h], interval(1)][:each], [*moves[h], interval(0)][:each]
            for i, (force, more) in enumerate(zip(forces, change, strict=True)):
                for k, (a, b) in enumerate(zip(entering, moved, strict=True)):
                    place = starts[h] + i * each + k
                    total[place] = total[place] + (more * a + force * b)
            if h:
                steps, pulls = list[Interval](), list[Interval]()
                for k, ((_, s1, s2, _), dz) in enumerate(zip(n.jets[h - 1], sums[h - 1], strict=True)):
                    column, turned = n.tops[h][k::width], direction[starts[h] + k : starts[h + 1] : each]
                    pulls.append(inner(column, forces))
                    steps.append((inner(column, change) + inner(turned, forces)) * s1 + pulls[-1] * s2 * dz)
                forces = [pull * s1 for pull, (_, s1, _, _) in zip(pulls, n.jets[h - 1], strict=True)]
                change = steps
    return total


def _isolated(
    code: str, preconditioner: Sequence[Row], start: Row, jacobian: Sequence[Row], radius: Fraction
) -> list[Interval]:
    """Where the only zero of F within radius of c is, less c: with s = |P F(c)| and q the row sums of |1 - P J| it is
    within s + q max(s) / (1 - max(q)). Refused unless K = -P F(c) + (1 - P J) X is in the interior of the box X."""
    columns = list(zip(*jacobian, strict=True))
    steps = [abs(inner(p, start)) for p in preconditioner]
    rates = [
        sum((abs(int(i == j) - inner(p, column)) for j, column in enumerate(columns)), interval(0))
        for i, p in enumerate(preconditioner)
    ]
    if any(sign(s - (q + 1) * radius) > 0 for s, q in zip(steps, rates, strict=True)):
        raise Rejected(code, "nothing of this kind is in the box")
    if not all(sign(s + q * radius - radius) < 0 for s, q in zip(steps, rates, strict=True)):
        raise Undecided(code, "Krawczyk's operator does not map the box into its interior")
    far = max(s.upper() for s in steps) / (1 - max(q.upper() for q in rates))
    reaches = [s.upper() + q.upper() * far for s, q in zip(steps, rates, strict=True)]
    return [interval(-reach).hull(reach) for reach in reaches]


def _around(centre: Sequence[Fraction], radius: Fraction) -> list[Interval]:
    return [interval(c - radius).hull(c + radius) for c in centre]


def critical_point(instance: Instance, premises: list[object], arguments: Fields) -> Critical:
    _demand_targets(instance, "CR01")
    layers, _ = _layers(instance, arguments)
    radius = rational(arguments.take("radius"), "radius")
    if radius <= 0:
        raise Rejected("CR02", "the radius is not positive")
    sizes, centre = _flat(instance, layers)
    symmetries = _read_symmetries(arguments, sizes, len(centre), instance.output_bias)
    fixed = [symmetry.fixes for symmetry in symmetries]

    def box(radius: Fraction) -> list[Interval]:
        return [interval(c) if k in fixed else _around([c], radius)[0] for k, c in enumerate(centre)]

    def enclosed() -> tuple[list[list[Interval]], list[Interval]]:
        start = _steepness(instance, sizes, _around(centre, Fraction(0)))
        over = _bending(instance, sizes, box(radius))
        free, steep = _kept(over, fixed), [entry for k, entry in enumerate(start) if k not in fixed]
        return over, _isolated("CR03", gram(*reducer(free)), steep, free, radius)

    hessian, image = _attempt("CR03", enclosed)
    moves = iter(image)
    parameters = [interval(c) if k in fixed else next(moves) + c for k, c in enumerate(centre)]
    samples = _attempt("CR04", lambda: _trained(instance, sizes, parameters, True))
    loss = sum((n.loss for n in samples), _decay(instance, sizes, parameters))
    if not loss.bounded:
        raise Undecided("CR04", "the loss is not bounded")
    _demand_symmetries(instance, sizes, parameters, samples, symmetries)
    return Critical(sizes, centre, radius, parameters, hessian, samples, loss, fixed)


def _kept(matrix: Sequence[Row], left_out: list[int]) -> list[list[Interval]]:
    """Without these rows and columns."""
    keep = [k for k in range(len(matrix)) if k not in left_out]
    return [[interval(matrix[i][j]) for j in keep] for i in keep]


# Symmetries of a network near a point: maps of its parameters that change no output on the data. Each kind has a
# tangent vector, and conditions under which it is a symmetry. What a unit adds to the next layer can be absorbed by
# that layer's biases. Below, a sample is on the line (a, b) if sigma(z) = a z + b near its z, certainly.

KINDS = {
    "scaling": "layer unit",  # sigma(c z) = c^k sigma(z), or all lines of the samples meet in one point
    "shift": "layer unit",  # sigma(z + c) = e^c sigma(z), or all samples are on one line
    "mix": "layer unit other",  # slopes in one ratio: the first unit adds the second to its row
    "exchange": "layer",  # one live unit above: rows that together add a constant to it, for exact slopes and inputs
    "dead": "layer unit input",  # slope 0 on all samples, or all units of a layer above are so
    "dead-outgoing": "layer unit target",  # one line of slope 0
    "softmax": "state",  # all outputs' weights of one state, or all their biases, for the cross-entropy
    "dependency": "unit",  # sum_j a_j x_j + a_d = 0, exactly, for all samples at which the unit has not slope 0
}
POWERS = {"square": 2, "cube": 3, "relu_squared": 2}
ENDS = {  # other functions that are affine on a half line: slope, intercept, the end, and on which side of it
    "elu": [(1, 0, 0, 1)],
    "celu": [(1, 0, 0, 1)],
    "relu_squared": [(0, 0, 0, -1)],
    "hardswish": [(0, 0, -3, -1), (1, 0, 3, 1)],
}


@dataclass(frozen=True)
class Symmetry:
    kind: str
    at: dict[str, int]
    units: list[int]
    vectors: list[list[Fraction]]
    fixes: int


def _read_symmetries(arguments: Fields, sizes: list[int], parameters: int, bias: bool) -> list[Symmetry]:
    found = list[Symmetry]()
    for item in arguments.sections("symmetries"):
        kind = item.of("kind", str)
        if kind not in KINDS:
            raise Malformed(f"{item.where}.kind: unknown {kind[:40]!r}")
        at = {name: item.of(name, int) for name in KINDS[kind].split()}
        units = item.integers("units") if kind == "exchange" else [at.get("unit", 0)]
        vectors = item.matrix("vectors") if kind == "exchange" else []
        if kind == "dependency":
            vectors = [item.rationals("vector")]
        found.append(Symmetry(kind, at, units, vectors, item.of("fixes", int)))
        item.finish()
        layer = at.setdefault("layer", 1)
        if not 1 <= layer < len(sizes) - 1:
            raise Rejected("CR05", "no such hidden layer")
        below, width, above = sizes[layer - 1 : layer + 2]
        ends = {"layer": layer + 1, "unit": width, "other": width, "input": below + 1, "target": above}
        ends["state"] = sizes[-2] + bias
        if not all(0 <= number < ends[name] for name, number in [*at.items(), *(("unit", k) for k in units)]):
            raise Rejected("CR05", "no such unit, input or target")
        if at.get("other") in units or not units or len(set(units)) < len(units):
            raise Rejected("CR05", "no units, or not different ones")
        if (kind == "exchange" and len(vectors) != len(units)) or any(len(v) != below + 1 for v in vectors):
            raise Rejected("CR05", "vectors of another form")
    fixed = {symmetry.fixes for symmetry in found}
    if len(fixed) < len(found) or not fixed <= set(range(parameters)) or len(fixed) == parameters:
        raise Rejected("CR05", "not different parameters, or all of them")
    return found


def _demand_symmetries(
    instance: Instance, sizes: list[int], parameters: list[Interval], samples: list[Trained], stated: list[Symmetry]
) -> None:
    """Each is one near the point, and their tangent vectors have a nonsingular matrix in the fixed parameters."""
    tangents = [
        _attempt("CR06", partial(_tangent, instance, sizes, parameters, samples, symmetry)) for symmetry in stated
    ]
    decays = [bool(rate) for rate in _rates(instance, sizes)]
    if any(decays[k] for tangent in tangents for k in tangent):
        raise Rejected("CR09", "a symmetry moves a parameter that decays")
    matrix = [[tangent.get(s.fixes, interval(0)) for tangent in tangents] for s in stated]
    if not matrix:
        return

    def far() -> list[Interval]:
        """The row sums of |1 - P matrix|; P = J^T J is the inverse of the middle, by way of that of middle^T middle."""
        middle = [[x.middle() for x in row] for row in matrix]
        inverse = gram(*reducer(gram(middle, [interval(1)] * len(middle))))
        p = [[inner(row, z).middle() for z in middle] for row in inverse]
        columns = list(zip(*matrix, strict=True))
        products = [[inner(row, column) for column in columns] for row in p]
        return [sum((abs(z - int(i == j)) for j, z in enumerate(row)), interval(0)) for i, row in enumerate(products)]

    if not all(sign(total - 1) < 0 for total in _attempt("CR07", far)):
        raise Undecided("CR07", "the fixed parameters do not certainly follow all symmetries")


def _lines_used(instance: Instance, samples: list[Trained], layer: int, unit: int) -> list[tuple[Fraction, Fraction]]:
    """For each sample the line on which a unit has it."""
    kinks, lines = kinks_and_lines(instance.activation) or ([], [])
    found = list[tuple[Fraction, Fraction]]()
    for sample in samples:
        z = sample.sums[layer - 1][unit]
        if kinks:
            sides = [sign(z - kink) for kink in kinks]
            if 0 in sides:
                raise Undecided("CR08", "a sample is not certainly away from a kink")
            found.append(lines[sum(side > 0 for side in sides)])
            continue
        sides = [sign((z - end) * side) for _, _, end, side in ENDS.get(instance.activation, [])]
        if not any(side > 0 for side in sides):
            raise (Undecided if 0 in sides else Rejected)("CR08", "a sample is not certainly where sigma is affine")
        a, b, _, _ = ENDS[instance.activation][[side > 0 for side in sides].index(True)]
        found.append((Fraction(a), Fraction(b)))
    return found


def _common_line(lines: list[tuple[Fraction, Fraction]]) -> tuple[Fraction, Fraction]:
    if len(set(lines)) > 1:
        raise Rejected("CR08", "a unit bends on the data")
    return lines[0]


def _dead(instance: Instance, samples: list[Trained], layer: int, unit: int) -> bool:
    try:
        return all(a == 0 for a, _ in _lines_used(instance, samples, layer, unit))
    except Failure:
        return False


def _tangent(
    instance: Instance, sizes: list[int], parameters: list[Interval], samples: list[Trained], symmetry: Symmetry
) -> Sparse:
    """Refused unless it is a symmetry."""
    at, kind, name, vectors = symmetry.at, symmetry.kind, instance.activation, symmetry.vectors
    layer, unit = at["layer"], symmetry.units[0]
    starts = _starts(sizes, instance.output_bias)
    below, above = sizes[layer - 1], sizes[layer + 1]
    each = (starts[layer + 1] - starts[layer]) // above

    def row(unit: int) -> list[int]:
        return [starts[layer - 1] + unit * (below + 1) + k for k in range(below + 1)]

    def outgoing(unit: int) -> list[int]:
        return [starts[layer] + target * each + unit for target in range(above)]

    def lines(unit: int) -> list[tuple[Fraction, Fraction]]:
        return _lines_used(instance, samples, layer, unit)

    def absorbed(amounts: Sequence[Number]) -> Sparse:
        """The biases of the next layer take this, if it is not 0."""
        if all(isinstance(amount, int | Fraction) and not amount for amount in amounts):
            return {}
        if each == sizes[layer]:
            raise Rejected("CR06", "the outputs have no biases")
        return {starts[layer] + o * each + each - 1: interval(amount) for o, amount in enumerate(amounts)}

    def with_one(n: int) -> list[Fraction]:
        return [*(instance.inputs.entry(n, j) for j in range(sizes[0])), Fraction(1)]

    if kind == "softmax":
        if instance.loss != CROSS_ENTROPY:
            raise Rejected("CR06", "the loss is not the cross-entropy")
        last, per = starts[-2], (starts[-1] - starts[-2]) // sizes[-1]
        return {last + o * per + at["state"]: interval(1) for o in range(sizes[-1])}
    weights = [parameters[k] for k in outgoing(unit)]
    if kind == "dependency":
        moving = [n for n in range(len(samples)) if _dot(vectors[0], with_one(n)) != 0]
        if moving and any(lines(unit)[n][0] for n in moving):
            raise Rejected("CR06", "the dependency is false for a sample at which the unit is not dead")
        return {k: interval(a) for k, a in zip(row(unit), vectors[0], strict=True)}
    if kind == "dead":
        higher = range(layer + 1, len(sizes) - 1)
        below_dead = any(all(_dead(instance, samples, h, k) for k in range(sizes[h])) for h in higher)
        if not below_dead and any(a for a, _ in lines(unit)):
            raise Rejected("CR06", "the unit is not dead")
        return {row(unit)[at["input"]]: interval(1)}
    if kind == "dead-outgoing":
        a, b = _common_line(lines(unit))
        if a:
            raise Rejected("CR06", "the unit is not dead")
        moved = {outgoing(unit)[at["target"]]: interval(1)}
        return moved | absorbed([-b if o == at["target"] else 0 for o in range(above)])
    if kind == "shift":
        moved = {row(unit)[-1]: interval(1)}
        if name == "exp":
            return moved | {k: -v for k, v in zip(outgoing(unit), weights, strict=True)}
        a, _ = _common_line(lines(unit))
        return moved | absorbed([-a * v for v in weights])
    if kind == "scaling":
        power, place, level = POWERS.get(name, 1), Fraction(0), Fraction(0)
        if name not in POWERS:
            first, *others = sorted(set(lines(unit)))
            steeper = [line for line in others if line[0] != first[0]]
            if steeper:
                place = (steeper[0][1] - first[1]) / (first[0] - steeper[0][0])
            level = first[0] * place + first[1]
            if any(a * place + b != level for a, b in others):
                raise Rejected("CR08", "the lines of the unit do not meet in one point")
        moved = {k: parameters[k] for k in row(unit)}
        moved[row(unit)[-1]] = moved[row(unit)[-1]] - place
        moved |= {k: -power * v for k, v in zip(outgoing(unit), weights, strict=True)}
        return moved | (absorbed([level * v for v in weights]) if level else {})
    if kind == "exchange":
        slopes = list(zip(*([a for a, _ in lines(k)] for k in symmetry.units), strict=True))  # N x units
        live = [o for o in range(above) if layer == len(sizes) - 2 or not _dead(instance, samples, layer + 1, o)]
        if len(live) != 1:
            raise Rejected("CR06", "expected one unit above that is not certainly dead")
        rises = set[Fraction]()
        for n, factors in enumerate(slopes):
            added = [_dot(factors, column) for column in zip(*vectors, strict=True)]  # times the unit's inputs and 1
            if layer > 1 and any(added[:-1]):
                raise Rejected("CR06", "the exchange is not 0 for a sample")
            rises.add(added[-1] if layer > 1 else _dot(added, with_one(n)))
        if len(rises) > 1:
            raise Rejected("CR06", "the exchange changes more than a constant")
        tops = [parameters[outgoing(k)[live[0]]] for k in symmetry.units]
        moved = Sparse()
        for k, vector, top in zip(symmetry.units, vectors, tops, strict=True):
            moved |= {j: entry / top for j, entry in zip(row(k), vector, strict=True)}
        return moved | absorbed([-rises.pop() if o == live[0] else 0 for o in range(above)])
    other = at["other"]
    pairs = {(a, b) for (a, _), (b, _) in zip(lines(unit), lines(other), strict=True) if a or b}
    ratios = {a / b if b else None for a, b in pairs}
    levels = {level for _, level in lines(other)}
    if len(ratios) != 1 or len(levels) != 1:
        raise Rejected("CR06", "the slopes of the two units are not in one ratio")
    (ratio,), (level,) = ratios, levels
    if ratio is None:
        raise Rejected("CR06", "the other unit is dead where the first is not")
    shares = [ratio * v for v in weights]
    moved = {k: parameters[j] for k, j in zip(row(unit), row(other), strict=True)}
    moved |= {k: -share for k, share in zip(outgoing(other), shares, strict=True)}
    return moved | (absorbed([level * share for share in shares]) if level else {})


def _below(matrix: Sequence[Row], shift: Fraction, code: str) -> int:
    """How many eigenvalues of a symmetric matrix are less than `shift`; undecided if one may be equal to it.

    R (A - s) R^T has as many negative ones as circles left of 0, when no circle reaches 0, and Sylvester's law of
    inertia carries their number over to A - s: R is nonsingular since the product is."""
    shifted = [[x - shift if i == j else x for j, x in enumerate(row)] for i, row in enumerate(matrix)]
    circles = _attempt(code, lambda: _circles(shifted))
    negative = sum(sign(centre + radius) < 0 for centre, radius in circles)
    if negative + sum(sign(centre - radius) > 0 for centre, radius in circles) < len(circles):
        raise Undecided(code, "a circle may reach 0")
    return negative


def strict_minimum(instance: Instance, premises: list[object], arguments: Fields) -> Strict:
    point = premises[0]
    if not isinstance(point, Critical):
        raise Rejected("SM01", "the premise is not a critical point")
    decided = _definite(point.free_hessian)
    if decided <= 0:
        raise (Rejected if decided else Undecided)("SM02", "the Hessian is not certainly positive definite")
    return Strict(point)


def saddle(instance: Instance, premises: list[object], arguments: Fields) -> SaddlePoint:
    point = premises[0]
    if not isinstance(point, Critical):
        raise Rejected("SA01", "the premise is not a critical point")
    direction = arguments.rationals("direction")
    if len(direction) != len(point.centre):
        raise Rejected("SA02", "expected one number for each parameter")
    vector = [interval(v) for v in direction]
    decided = sign(inner(vector, [inner(vector, row) for row in point.hessian]))
    if decided >= 0:
        wrong = decided > 0 or not any(direction)
        raise (Rejected if wrong else Undecided)("SA03", "the curvature is not certainly negative")
    return SaddlePoint(point)


def spectrum(instance: Instance, premises: list[object], arguments: Fields) -> Spectrum:
    point = premises[0]
    if not isinstance(point, Critical):
        raise Rejected("SP01", "the premise is not a critical point")
    smallest, largest = arguments.rationals("smallest"), arguments.rationals("largest")
    negative = arguments.of("negative", int)
    if len(smallest) != 2 or len(largest) != 2:
        raise Rejected("SP02", "expected two bounds of each")
    size = len(point.centre)
    half = _bending(instance, point.sizes, point.parameters)
    hessian = [[2 * x for x in row] for row in half]
    if _below(hessian, Fraction(0), "SP03") != negative:
        raise Rejected("SP03", "another number of eigenvalues is negative")
    if _below(hessian, smallest[0], "SP04") > 0 or _below(hessian, smallest[1], "SP04") == 0:
        raise Rejected("SP04", "the smallest eigenvalue is not between these bounds")
    if _below(hessian, largest[0], "SP05") == size or _below(hessian, largest[1], "SP05") < size:
        raise Rejected("SP05", "the largest eigenvalue is not between these bounds")
    return Spectrum(point, negative)


def not_critical(instance: Instance, premises: list[object], arguments: Fields) -> Falling:
    _demand_targets(instance, "NC01")
    layers, widths = _layers(instance, arguments)
    direction, radius = arguments.rationals("direction"), rational(arguments.take("radius"), "radius")
    sizes, centre = _flat(instance, layers)
    if len(direction) != len(centre) or radius < 0:
        raise Rejected("NC02", "expected one number for each parameter, and a radius")
    vector = [interval(v) for v in direction]

    def rise() -> Interval:
        """The derivative along the direction anywhere in the box: at once, or if that leaves its sign open by the mean
        value theorem from the centre."""
        box = _around(centre, radius)
        total = inner(vector, _steepness(instance, sizes, box))
        if radius > 0 and sign(total) == 0:
            total = inner(vector, _steepness(instance, sizes, _around(centre, Fraction(0))))
            for entry in _bending_along(instance, sizes, box, vector):
                total = total + entry * interval(-radius).hull(radius)
        return total

    decided = sign(_attempt("NC03", rise))
    if decided >= 0:
        wrong = decided > 0 or not any(direction)
        raise (Rejected if wrong else Undecided)("NC03", "the loss does not certainly fall along the direction")
    return Falling(widths, centre, radius)


def _replicas(
    instance: Instance, point: Critical, arguments: Fields, codes: tuple[str, str]
) -> tuple[list[list[int]], list[list[Fraction]], Replicated]:
    """For each hidden layer which unit each unit copies, and its share; and the wider network, as yet of no kind."""
    rows = arguments.sections("replicas")
    copies, shares = [row.integers("copies") for row in rows], [row.rationals("shares") for row in rows]
    for row in rows:
        row.finish()
    widths = [len(layer) for layer in copies]
    if len(rows) != len(point.widths) or widths == point.widths:
        raise Rejected(codes[0], "the copies do not fit, or nothing is replicated")
    for units, layer, parts in zip(point.widths, copies, shares, strict=True):
        if set(layer) != set(range(units)) or len(parts) != len(layer):
            raise Rejected(codes[0], "the copies or the shares do not fit")
        if any(sum(s for s, a in zip(parts, layer, strict=True) if a == unit) != 1 for unit in range(units)):
            raise Rejected(codes[1], "shares do not sum to 1")
    if not instance.admits(widths):
        raise Rejected(codes[0], "the instance's network has other widths")
    starts, parameters = _starts(point.sizes, instance.output_bias), list[Interval]()
    sources, factors = list(range(point.sizes[0])), [Fraction(1)] * point.sizes[0]
    for h, units in enumerate(point.sizes[1:]):
        each = (starts[h + 1] - starts[h]) // units
        for unit in copies[h] if h < len(copies) else range(units):
            numbers = point.parameters[starts[h] + unit * each :][:each]
            parameters += [s * numbers[a] for a, s in zip(sources, factors, strict=True)] + numbers[point.sizes[h] :]
        if h < len(copies):
            sources, factors = copies[h], shares[h]
    return copies, shares, Replicated(widths, parameters, False)


def replicated_minimum(instance: Instance, premises: list[object], arguments: Fields) -> Replicated:
    minimum = premises[0]
    if not isinstance(minimum, Strict):
        raise Rejected("RM01", "the premise is not a strict minimum")
    point = minimum.point
    if point.fixed:
        raise Rejected("RM02", "the theorem is about strict minima, without symmetries")
    copies, shares, wider = _replicas(instance, point, arguments, ("RM03", "RM04"))
    if not all(share > 0 for row in shares for share in row):
        raise Rejected("RM04", "a share is not positive")
    layers = [h for h, layer in enumerate(copies) if len(layer) > len(set(layer))]
    h = layers[0]
    if len(layers) > 1 or point.sizes[h + 2] != 1:
        raise Rejected("RM02", "the theorem is about copies in one layer, below one unit or one output")
    rows = []
    for m, n in enumerate(point.samples):
        inputs = [interval(instance.inputs.entry(m, j)) for j in range(point.sizes[0])]
        rows.append([*([s for s, _, _, _ in n.jets[h - 1]] if h else inputs), interval(1)])
    for unit in sorted({a for a in copies[h] if copies[h].count(a) > 1}):
        coefficients = [n.forces[h + 1][0] * n.tops[h + 1][unit] * n.jets[h][unit][2] for n in point.samples]
        definite = form_sign(rows, coefficients)
        if definite <= 0:
            raise (Rejected if definite else Undecided)("RM05", "the form of a unit is not certainly definite")
    return wider


def replicated_saddle(instance: Instance, premises: list[object], arguments: Fields) -> Replicated:
    point = premises[0]
    if not isinstance(point, Critical):
        raise Rejected("RS01", "the premise is not a critical point")
    _, _, wider = _replicas(instance, point, arguments, ("RS02", "RS03"))
    direction = arguments.rationals("direction")
    if len(direction) != len(wider.parameters):
        raise Rejected("RS04", "expected one number for each parameter")
    vector = [interval(v) for v in direction]
    sizes = [point.sizes[0], *wider.widths, point.sizes[-1]]

    def curvature() -> Interval:
        hessian = _bending(instance, sizes, wider.parameters)
        return inner(vector, [inner(vector, row) for row in hessian])

    decided = sign(_attempt("RS05", curvature))
    if decided >= 0:
        wrong = decided > 0 or not any(direction)
        raise (Rejected if wrong else Undecided)("RS05", "the curvature is not certainly negative")
    return replace(wider, saddle=True)


def zero_loss(instance: Instance, premises: list[object], arguments: Fields) -> Exact:
    outputs = len(instance.targets.scales)
    if not outputs or instance.loss not in ("squared", "pseudo-huber"):
        raise Rejected("ZL01", "no targets, or a loss that is not 0 where T = y")
    layers, widths = _layers(instance, arguments)
    free, radius = arguments.integers("free"), rational(arguments.take("radius"), "radius")
    if radius <= 0:
        raise Rejected("ZL02", "the radius is not positive")
    sizes, centre = _flat(instance, layers)
    equations = len(instance.targets.rows) * outputs
    if len(set(free)) != len(free) or len(free) != equations or not all(0 <= k < len(centre) for k in free):
        raise Rejected("ZL02", "expected the number of a parameter for each target")

    def image() -> list[Interval]:
        box = [c + (interval(-radius).hull(radius) if k in free else 0) for k, c in enumerate(map(interval, centre))]
        wide, thin = (_trained(instance, sizes, b, False) for b in (box, _around(centre, Fraction(0))))
        jacobian = [[v.get(k, interval(0)) for k in free] for n in wide for v in n.along[-1]]
        misses = [t - instance.targets.entry(m, o) for m, n in enumerate(thin) for o, t in enumerate(n.outputs)]
        middle = [[x.middle() for x in row] for row in jacobian]
        inverse = gram(*reducer(gram(middle, [interval(1)] * equations)))  # of J^T J, so its product with J^T is P
        preconditioner = [[inner(row, z).middle() for z in middle] for row in inverse]
        return _isolated("ZL03", preconditioner, misses, jacobian, radius)

    moves = dict(zip(free, _attempt("ZL03", image), strict=True))
    return Exact(widths, [interval(c) + moves.get(k, interval(0)) for k, c in enumerate(centre)])


def examined_better_point(instance: Instance, premises: list[object], arguments: Fields) -> Lower:
    point = premises[0]
    if not isinstance(point, Critical):
        raise Rejected("XB01", "the premise is not a critical point")
    gap = rational(arguments.take("gap"), "gap")
    if gap <= 0:
        raise Rejected("XB01", "the gap is not positive")
    layers, widths = _layers(instance, arguments)

    if instance.decay is not None and widths != instance.widths:  # then further units have weights and biases 0
        silent = _attempt("XB03", lambda: value(instance.activation, interval(0)))
        if not silent.bounded:
            raise Undecided("XB03", "units with weights 0 may not be defined")
    sizes, better = _flat(instance, layers)

    def total() -> Interval:
        found = _decay(instance, point.sizes, point.parameters) - _decay(instance, sizes, better)
        for n, (sample, outputs) in enumerate(zip(point.samples, _outputs(instance, layers), strict=True)):
            found = found + sample_advantage(instance.loss, sample.outputs, outputs, _aims(instance, n))
        return found

    decided = sign(_attempt("XB02", total) - gap)
    if decided <= 0:
        raise (Rejected if decided else Undecided)("XB02", "the loss is not certainly smaller by the gap")
    return Lower(point, widths, gap, False)


def zero_optimum(instance: Instance, premises: list[object], arguments: Fields) -> Optimum:
    zero_loss(instance, premises, arguments)
    return Optimum(Fraction(0), Fraction(0), True)


Least = tuple[Fraction, Interval, bool]  # an infimum: an exact part, the rest of it, and whether it is attained


def examined_optimum(instance: Instance, premises: list[object], arguments: Fields) -> Optimum:
    if not instance.targets.scales:
        raise Rejected("XO01", "no targets")
    groups, kinked = instance.groups(), kinks_and_lines(instance.activation) is not None
    widths = [1] * (instance.depth - 1) + [max(1, len(groups) - (kinked and instance.output_bias))]
    if not instance.admits(widths):
        raise Rejected("XO02", "the last hidden layer is too narrow")
    (_demand_carried if kinked else _demand_interpolation)(instance, groups, arguments)
    found = list[Least]()
    for group in groups:
        columns = [_aimed(instance, group, o) for o in range(len(instance.targets.scales))]
        if instance.loss != CROSS_ENTROPY:
            found += [_least(instance.loss, targets) for targets in columns]
        elif any(min(row) < 0 or sum(row) != 1 for row in zip(*columns, strict=True)):
            raise Rejected("XO01", "targets that are not a probability vector")
        else:
            found.append(_entropy(len(group), [_mean(targets) for targets in columns]))
    exact, rest = sum((e for e, _, _ in found), Fraction(0)), sum((r for _, r, _ in found), interval(0))
    return Optimum(exact + rest.lower(), exact + rest.upper(), all(attained for _, _, attained in found))


def _least(loss: str, targets: list[Fraction]) -> Least:
    """inf over t of the sum of l(t, y) over these y."""
    samples, mean = len(targets), _mean(targets)
    if loss == "squared":
        return _scatter(targets), interval(0), True
    if loss == "pseudo-huber":
        return Fraction(0), _least_pseudo_huber(targets), True
    if mean < 0 or (loss == "logistic" and mean > 1):
        raise Rejected("XO01", "targets for which the loss is not bounded below")
    if loss == "logistic":  # the cross-entropy of the outputs t, 0 and of m, 1 - m
        return _entropy(samples, [mean, 1 - mean])
    _, rest, attained = _entropy(samples, [mean])  # k e^t - k m t is k m - k m log m at t = log m
    return samples * mean, rest, attained


def _entropy(samples: int, means: list[Fraction]) -> Least:
    """-k sum m log m, which some outputs have if no m is 0."""
    terms = (-log(interval(m)) * (m * samples) for m in means if m)
    return Fraction(0), sum(terms, interval(0)), all(means)


def _least_pseudo_huber(targets: list[Fraction]) -> Interval:
    """Its slope is below 0 at the least target and above at the largest, and rises at a rate of at least c in between:
    so f(t) - f'(t)^2 / (2 c) <= min f <= f(t) for every such t. Halving the way finds a good one."""
    low, high = min(targets), max(targets)
    if low == high:
        return interval(0)

    def f(t: Fraction) -> tuple[Interval, Interval]:
        jets = [loss_jet("pseudo-huber", interval(t), interval(y)) for y in targets]
        return sum((v for v, _, _ in jets), interval(0)), sum((d for _, d, _ in jets), interval(0)).shifted(1)

    bend = interval((high - low) ** 2 + 1)
    for _ in range(64):
        middle = (low + high) / 2
        low, high = (low, middle) if sign(f(middle)[1]) > 0 else (middle, high)
    value, slope = f(low)
    return (value - slope.square() * bend * sqrt(bend) / (2 * len(targets))).hull(value)


Check = Callable[[Instance, list[object], Fields], object]
LEMMAS: dict[str, tuple[Check, list[str]]] = {
    "constant-point/1": (constant_point, []),
    "local-minimum/1": (local_minimum, ["constant-point/1"]),
    "interval-region/1": (interval_region, ["local-minimum/1"]),
    "jensen-region/1": (jensen_region, ["constant-point/1"]),
    "better-point/1": (better_point, ["constant-point/1"]),
    "exact-optimum/1": (exact_optimum, ["constant-point/1"]),
    "generic-data/1": (generic_data, ["local-minimum/1"]),
    "obstruction/1": (obstruction, []),
    "fitted-point/1": (fitted_point, []),
    "any-lift/1": (any_lift, ["fitted-point/1"]),
    "uniform-lift/1": (uniform_lift, ["fitted-point/1"]),
    "fitted-region/1": (fitted_region, ["fitted-point/1"]),
    "fitted-better-point/1": (fitted_better_point, ["fitted-point/1"]),
    "fitted-optimum/1": (fitted_optimum, ["fitted-point/1"]),
    "exceptional-activation/1": (exceptional_activation, []),
    "affine-minimum/1": (affine_minimum, []),
    "affine-better-point/1": (affine_better_point, ["affine-minimum/1"]),
    "affine-optimum/1": (affine_optimum, ["affine-minimum/1"]),
    "critical-point/1": (critical_point, []),
    "strict-minimum/1": (strict_minimum, ["critical-point/1"]),
    "saddle/1": (saddle, ["critical-point/1"]),
    "spectrum/1": (spectrum, ["critical-point/1"]),
    "not-critical/1": (not_critical, []),
    "replicated-minimum/1": (replicated_minimum, ["strict-minimum/1"]),
    "replicated-saddle/1": (replicated_saddle, ["critical-point/1"]),
    "zero-loss/1": (zero_loss, []),
    "examined-better-point/1": (examined_better_point, ["critical-point/1"]),
    "examined-optimum/1": (examined_optimum, []),
    "zero-optimum/1": (zero_optimum, []),
}
# Theorems that are also about weight decay, and about the cross-entropy; all others are about neither.
ABOUT_DECAY = {
    "critical-point/1",
    "strict-minimum/1",
    "saddle/1",
    "spectrum/1",
    "not-critical/1",
    "examined-better-point/1",
}
ABOUT_CROSS_ENTROPY = {*ABOUT_DECAY, "examined-optimum/1"}


# 7. The certificate: run the steps, then compare the claim with what they established


@dataclass(frozen=True)
class Result:
    """The verdict, the steps that went through as (name, lemma), and the step and failure that stopped the check."""

    verdict: str
    steps: list[tuple[str, str]]
    stopped: str
    failure: Failure | None


def check(instance: Instance, document: object) -> Result:
    """Check a parsed certificate against an instance."""
    root = Fields(document, "certificate")
    if root.take("format") != CERTIFICATE_FORMAT:
        raise Malformed(f"certificate.format: expected {CERTIFICATE_FORMAT!r}")
    bits = root.of("precision", int)
    if not 53 <= bits <= 4096:
        raise Malformed("certificate.precision: expected 53 to 4096 bits")
    if len(root.of("steps", list)) > MOST_STEPS:
        raise TooLarge(f"certificate.steps: over {MOST_STEPS}")
    steps = []
    for item in root.sections("steps"):
        steps.append((item.of("id", str), item.of("lemma", str), item.texts("premises"), item.section("arguments")))
        item.finish()
    about, claim = root.of("instance", str), read_claim(root.section("claim"))
    if "uses" in root.values:
        read_uses(root.sections("uses"))
    root.finish()
    if about != instance.hash:
        return _stopped([], "certificate", Rejected("CE01", "the certificate is for another instance"))
    if not steps:
        return _stopped([], "certificate", Undecided("CE02", "there are no steps"))
    set_precision(bits)
    facts, done = dict[str, tuple[str, object]](), list[tuple[str, str]]()
    for name, lemma, premises, arguments in steps:
        try:
            facts[name] = lemma, _run(instance, name, lemma, premises, arguments, facts)
        except Failure as failure:
            return _stopped(done, name, failure)
        except Unclear as unclear:
            return _stopped(done, name, Undecided("XX01", str(unclear)))
        done.append((name, lemma))
    try:
        if isinstance(claim, tuple):
            demand_step(claim, done)
        else:
            demand_support(claim, instance, [fact for _, fact in facts.values()])
    except Failure as failure:
        return _stopped(done, "claim", failure)
    return Result("PROVED", done, "", None)


def _stopped(done: list[tuple[str, str]], step: str, failure: Failure) -> Result:
    return Result("REJECTED" if isinstance(failure, Rejected) else "UNDECIDED", done, step, failure)


def _run(
    instance: Instance,
    name: str,
    lemma: str,
    premises: list[str],
    arguments: Fields,
    facts: dict[str, tuple[str, object]],
) -> object:
    if not re.fullmatch("[a-z][a-z0-9-]{0,39}", name):
        raise Rejected("KE01", "not a step name")
    if name in facts:
        raise Rejected("KE02", "a step name is used twice")
    if lemma not in LEMMAS:
        raise Undecided("KE03", f"this checker does not know the lemma {lemma[:60]!r}")
    function, expected = LEMMAS[lemma]
    if any(premise not in facts for premise in premises):
        raise Rejected("KE04", "a premise is not an earlier step")
    if [facts[premise][0] for premise in premises] != expected:
        raise Rejected("KE05", "the premises are not those of the lemma")
    known = ABOUT_CROSS_ENTROPY if instance.loss == CROSS_ENTROPY else set(LEMMAS)
    if lemma not in (known & ABOUT_DECAY if instance.decay else known):
        raise Rejected("KE06", "the lemma is not about weight decay or the cross-entropy")
    conclusion = function(instance, [facts[premise][1] for premise in premises], arguments)
    arguments.finish()
    return conclusion


@dataclass(frozen=True)
class MinimumClaim:
    """A local minimum of loss E*; with a gap: not global, for networks of at least these widths."""

    loss: Fraction
    least_widths: list[int]
    gap: Fraction | None
    radius: Fraction | None
    jensen_region: bool
    optimum_widths: list[int] | None
    generic: bool


@dataclass(frozen=True)
class FittedClaim(MinimumClaim):
    """The same of these lifts of a chain, for all targets within a radius of the instance's; loss <= E* <= most."""

    lifts: str
    target_radius: Fraction
    most: Fraction


@dataclass(frozen=True)
class AffineClaim(MinimumClaim):
    """The same of a network that is the best affine function or constant; optimum: what the least loss is, if wide."""

    region: str
    optimum: Fraction | None


USES = {"package": "[A-Za-z0-9]([A-Za-z0-9._-]{0,98}[A-Za-z0-9])?", "version": "[A-Za-z0-9][A-Za-z0-9.+!_-]{0,99}"}


def read_uses(items: list[Fields]) -> None:
    """Where other lemmas come from: nothing to this checker, which knows its own alone, but it must be well written."""
    lemmas = [item.of("lemma", str) for item in items]
    if len(set(lemmas)) != len(lemmas):
        raise Malformed("certificate.uses: a lemma is listed twice")
    for item in items:
        for key, form in USES.items():
            if not re.fullmatch(form, item.of(key, str)):
                raise Malformed(f"{item.where}.{key}: not the form of one")
        item.finish()


@dataclass(frozen=True)
class ExaminedClaim:
    """A trained network: within the distance is a local minimum or a saddle with least <= E* <= most, or (slope) no
    critical point at all."""

    kind: str
    network: list[Fraction]
    distance: Fraction
    strict: bool = False
    least: Fraction = Fraction(0)
    most: Fraction = Fraction(0)
    radius: Fraction | None = None
    gap: Fraction | None = None
    optimal: bool = False
    symmetries: int = 0
    optimum: Optimum | None = None


Claim = MinimumClaim | ExaminedClaim | list[str] | None


def read_claim(fields: Fields) -> Claim | tuple[str, str]:
    """The claim of a certificate; an obstruction is the list of its features, an exceptional activation None, and the
    conclusion of a step (its name, its lemma)."""
    kind = fields.of("kind", str)
    claim: Claim | tuple[str, str]

    def number(key: str) -> Fraction:
        return rational(fields.take(key), f"claim.{key}")

    if kind == "obstruction":
        claim = fields.texts("features")
    elif kind in ("examined-minimum", "examined-saddle", "examined-slope"):
        claim = ExaminedClaim(kind, fields.rationals("network"), number("distance"), optimum=_read_optimum(fields))
        if kind == "examined-saddle":
            claim = replace(
                claim,
                least=number("loss_lower"),
                most=number("loss_upper"),
                symmetries=fields.of("symmetries", int),
                radius=None if fields.take("box_radius") is None else number("box_radius"),
            )
        elif kind == "examined-minimum":
            claim = replace(
                claim,
                strict=fields.of("strict", bool),
                least=number("loss_lower"),
                most=number("loss_upper"),
                radius=None if fields.take("box_radius") is None else number("box_radius"),
                gap=None if fields.take("gap") is None else number("gap"),
                optimal=fields.of("optimal", bool),
                symmetries=fields.of("symmetries", int),
            )
    elif kind == "exceptional-activation":
        claim = None
    elif kind == "lemma":
        claim = fields.of("step", str), fields.of("lemma", str)
    elif kind in ("suboptimal-local-minimum", "local-minimum"):
        claim = MinimumClaim(
            number("loss"),
            fields.integers("least_widths"),
            number("gap") if kind == "suboptimal-local-minimum" else None,
            None if fields.take("box_radius") is None else number("box_radius"),
            fields.of("jensen_region", bool),
            None if fields.take("zero_loss_widths") is None else fields.integers("zero_loss_widths"),
            fields.of("generic", bool),
        )
    elif kind in ("suboptimal-fitted-minimum", "fitted-minimum"):
        claim = FittedClaim(
            number("loss_lower"),
            fields.integers("least_widths"),
            number("gap") if kind == "suboptimal-fitted-minimum" else None,
            None if fields.take("region_radius") is None else number("region_radius"),
            False,
            None if fields.take("optimum_widths") is None else fields.integers("optimum_widths"),
            False,
            fields.of("lifts", str),
            number("target_radius"),
            number("loss_upper"),
        )
        if claim.lifts not in ("any", "uniform"):
            raise Malformed("claim.lifts: expected any or uniform")
    elif kind in ("suboptimal-affine-minimum", "affine-minimum"):
        claim = AffineClaim(
            number("loss"),
            fields.integers("least_widths"),
            number("gap") if kind == "suboptimal-affine-minimum" else None,
            None,
            False,
            None if fields.take("optimum_widths") is None else fields.integers("optimum_widths"),
            False,
            fields.of("region", str),
            None if fields.take("optimum") is None else number("optimum"),
        )
        if claim.region not in ("affine", "constant"):
            raise Malformed("claim.region: expected affine or constant")
        if (claim.optimum is None) != (claim.optimum_widths is None):
            raise Malformed("claim.optimum: expected it together with optimum_widths, or neither")
    else:
        raise Malformed(f"claim.kind: unknown {kind[:40]!r}")
    fields.finish()
    return claim


def _read_optimum(fields: Fields) -> Optimum | None:
    """The field `optimum`, which a claim may leave out."""
    if "optimum" not in fields.values:
        return None
    section = fields.section("optimum")
    lower, upper = (rational(section.take(key), f"claim.optimum.{key}") for key in ("lower", "upper"))
    optimum = Optimum(lower, upper, section.of("attained", bool))
    section.finish()
    return optimum


def demand_step(claim: tuple[str, str], done: list[tuple[str, str]]) -> None:
    """Refuse to claim the conclusion of a step that was not established, or by another lemma."""
    if claim not in done:
        raise Rejected("CL13", "no step of this name goes by this lemma")


def demand_support(claim: Claim, instance: Instance, facts: Sequence[object]) -> None:
    """Refuse a claim that says more than the facts."""
    if claim is None:
        if not any(isinstance(f, Exceptional) for f in facts):
            raise Rejected("CL12", "no step shows that the activation is exceptional")
        return
    if isinstance(claim, list):
        if not any(isinstance(f, Quadric) and [instance.features[j] for j in f.features] == claim for f in facts):
            raise Rejected("CL10", "no step shows an obstruction by exactly these features")
        return
    if isinstance(claim, ExaminedClaim):
        _demand_examined(claim, instance, facts)
        return
    # What is known about points of another kind is of no use.
    kind = Fitted if isinstance(claim, FittedClaim) else Affine if isinstance(claim, AffineClaim) else Point
    facts = [f for f in facts if not isinstance(f, Lower | Region) or isinstance(f.point, kind)]
    points = [f for f in facts if isinstance(f, kind)]
    lower = [f for f in facts if isinstance(f, Lower)]
    if len(points) != 1:
        raise Rejected("CL01", "expected exactly one critical point")
    if isinstance(claim, FittedClaim):
        _demand_fitted(claim, facts)
    elif isinstance(claim, AffineClaim):
        _demand_affine(claim, facts)
    elif not any(isinstance(f, Minimum | Jensen) for f in facts):
        raise Rejected("CL02", "no step shows a local minimum")
    elif claim.loss != points[0].loss:
        raise Rejected("CL03", "not the loss at the point")
    if len(claim.least_widths) != instance.depth or min(claim.least_widths) < 1:
        raise Rejected("CL04", "expected one positive width for each hidden layer")
    if not instance.admits(claim.least_widths):
        raise Rejected("CL04", "widths that the network of this instance does not have")
    if not all(_covers(claim.least_widths, f.widths) for f in points if isinstance(f, Affine)):
        raise Rejected("CL04", "no step shows a local minimum for all these widths")
    gap, radius, wide = claim.gap, claim.radius, claim.optimum_widths
    if gap is not None and not any(0 < gap <= f.gap and _covers(claim.least_widths, f.widths) for f in lower):
        raise Rejected("CL05", "no step shows a better point with this gap for all these widths")
    if radius is not None and not any(isinstance(f, Region) and 0 < radius <= f.radius for f in facts):
        raise Rejected("CL06", "no step shows a region of this radius")
    if claim.jensen_region and not any(isinstance(f, Jensen) for f in facts):
        raise Rejected("CL07", "no step shows a Jensen region")
    if wide is not None and not any(f.optimal and _covers(wide, f.widths) and instance.admits(wide) for f in lower):
        raise Rejected("CL08", "no step shows that the global minimum is 0 for these widths")
    optima = [claim.loss - f.gap for f in lower if f.optimal]
    if isinstance(claim, AffineClaim) and claim.optimum is not None and claim.optimum not in optima:
        raise Rejected("CL14", "no step shows that this is the global minimum")
    if claim.generic and not any(isinstance(f, Generic) for f in facts):
        raise Rejected("CL09", "no step shows that the data are generic")


def _demand_fitted(claim: FittedClaim, facts: Sequence[object]) -> None:
    point = next(f for f in facts if isinstance(f, Fitted))
    shares = {f.shares for f in facts if isinstance(f, Lifts)} | {"any" for f in facts if isinstance(f, Region)}
    if not shares & {"any", claim.lifts}:
        raise Rejected("CL02", "no step shows that these lifts are local minima")
    if not 0 <= claim.target_radius <= point.target_radius:
        raise Rejected("CL11", "no step is about all targets within this radius")
    if claim.loss > point.loss.lower() or claim.most < point.loss.upper():
        raise Rejected("CL03", "the loss at the point is not known to lie between these bounds")


def _demand_affine(claim: AffineClaim, facts: Sequence[object]) -> None:
    point = next(f for f in facts if isinstance(f, Affine))
    if claim.loss != point.loss:
        raise Rejected("CL03", "not the loss at the point")
    if claim.region == "affine" and point.flat:
        raise Rejected("CL15", "the point is the best of constant networks only")


def _demand_examined(claim: ExaminedClaim, instance: Instance, facts: Sequence[object]) -> None:
    if claim.kind == "examined-slope":
        slopes = [f for f in facts if isinstance(f, Falling) and f.widths == instance.widths]
        if not any(f.network == claim.network and 0 <= claim.distance <= f.radius for f in slopes):
            raise Rejected("CL16", "no step shows that the loss falls around this network, up to this distance")
        _demand_optimum(claim.optimum, facts)
        return
    points = [f for f in facts if isinstance(f, Critical | Exact)]
    lifts = [f for f in facts if isinstance(f, Replicated)]
    if len(points) != 1 or len(lifts) > 1:
        raise Rejected("CL01", "expected exactly one point, and one choice of shares")
    point = points[0]
    at: Critical | Exact | Replicated = lifts[0] if lifts else point
    if at.widths != instance.widths:
        raise Rejected("CL04", "the steps are not about the widths of the instance")
    if len(claim.network) != len(at.parameters):
        raise Rejected("CL16", "a network of another shape")
    if any(sign(claim.distance - abs(p - v)) <= 0 for p, v in zip(at.parameters, claim.network, strict=True)):
        raise Rejected("CL16", "the point is not known to be within this distance of the network")
    least, most = (point.loss.lower(), point.loss.upper()) if isinstance(point, Critical) else (0, 0)
    if claim.least > least or claim.most < most:
        raise Rejected("CL03", "the loss at the point is not known to lie between these bounds")
    minimum = not lifts and any(isinstance(f, Strict) for f in facts)
    fixed = len(point.fixed) if isinstance(point, Critical) else 0
    if claim.kind == "examined-saddle":
        supported = at.saddle if isinstance(at, Replicated) else any(isinstance(f, SaddlePoint) for f in facts)
    else:
        lifted = isinstance(at, Replicated) and not at.saddle
        supported = minimum and not (claim.strict and fixed)
        supported = supported or (not claim.strict and (lifted or isinstance(at, Exact)))
    if not supported:
        raise Rejected("CL02", "no step shows this of the point")
    if claim.symmetries != fixed and (claim.symmetries != 0 or claim.radius is not None):
        raise Rejected("CL17", "the steps are about another number of symmetries")
    unique = point.radius if isinstance(point, Critical) and not lifts else Fraction(0)
    if claim.radius is not None and not 0 < claim.radius <= unique:
        raise Rejected("CL06", "no step shows a box of this radius")
    lower = [f for f in facts if isinstance(f, Lower) and isinstance(f.point, Critical)]
    gaps = [f.gap for f in lower if _covers(at.widths, f.widths)]
    room = [(least - f.most, f.attained) for f in facts if isinstance(f, Optimum)]
    if (gap := claim.gap) is not None:
        below = any(gap < most or (gap == most and attained) for most, attained in room)
        if gap <= 0 or not (below or any(gap <= most for most in gaps)):
            raise Rejected("CL05", "no step shows a better point with this gap")
    if claim.optimal and not isinstance(point, Exact):
        raise Rejected("CL08", "no step shows that the loss is the least possible")
    _demand_optimum(claim.optimum, facts)


def _demand_optimum(claim: Optimum | None, facts: Sequence[object]) -> None:
    found = [f for f in facts if isinstance(f, Optimum)]
    if claim is not None and not any(
        claim.least <= f.least and f.most <= claim.most and claim.attained == f.attained for f in found
    ):
        raise Rejected("CL18", "no step shows that the least loss of this shape lies between these bounds")


def _covers(claimed: list[int], shown: list[int]) -> bool:
    return len(claimed) == len(shown) and all(c >= s for c, s in zip(claimed, shown, strict=True))


EXIT_CODES = {"PROVED": 0, "REJECTED": 3, "UNDECIDED": 4}


def check_files(instance: Path, certificate: Path) -> Result:
    """Read both files and check."""
    read = read_instance(parse_json(instance.read_bytes(), instance.name), instance.parent)
    return check(read, parse_json(certificate.read_bytes(), certificate.name))


def _one_line(text: str) -> str:
    """No line break in a name of the certificate may start a line that looks like a verdict."""
    return "".join(c if c.isprintable() else "?" for c in text)


def main(arguments: list[str]) -> int:
    """Print the steps and the verdict; the exit code is that of the main checker."""
    if len(arguments) != 2:
        print("usage: python standalone.py INSTANCE CERTIFICATE", file=sys.stderr)
        return 2
    try:
        result = check_files(Path(arguments[0]), Path(arguments[1]))
    except (Malformed, FileNotFoundError, IsADirectoryError) as error:
        print(_one_line(f"standalone: error: {error}"), file=sys.stderr)
        return 2
    except (TooLarge, OSError, MemoryError) as error:
        print(_one_line(f"standalone: error: {error}"), file=sys.stderr)
        return 5
    for name, lemma in result.steps:
        print(f"{name:<3} {lemma:<21} ok")
    print(_one_line(f"{result.verdict}  {result.stopped} {result.failure}") if result.failure else result.verdict)
    return EXIT_CODES[result.verdict]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
