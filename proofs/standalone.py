"""The second checker: one file and the standard library, to be read from top to bottom.

It trusts Python's integers (with ``fractions``, ``math.isqrt`` and ``math.lcm`` on top of them) and nothing else: no
floating-point number, no other package, no other file of this project.

1. Interval arithmetic on dyadic numbers, rounded outward.
2. Elementary functions, all from one power series with a proved tail.
3. The activations and their derivatives.
4. Definiteness of exact matrices.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from math import isqrt, lcm


class Unclear(ArithmeticError):
    """An enclosure is too wide to decide the question. Nothing is claimed either way."""


# 1. Intervals
#
# An operation returns a set that contains every result of the real operation on members of its operands, which are
# taken for independent: x * x contains the squares of x, x.square() is sharper. Python's integers are exact; what is
# dropped after an operation is dropped outward, by ``a >> k`` = floor(a / 2^k) and ``-(-a >> k)`` = ceiling(a / 2^k).

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
        """A point, or narrower than 2^(-working bits / 2) of its size: then 0 is not a member."""
        size = max(self.lo.bit_length(), self.hi.bit_length())
        return self.lo == self.hi or (self.hi - self.lo).bit_length() + _bits // 2 < size

    def at(self, exponent: int) -> tuple[int, int]:
        """The two ends in units of 2^exponent, rounded outward."""
        shift = self.exponent - exponent
        if shift >= 0:
            return self.lo << shift, self.hi << shift
        return self.lo >> -shift, -(-self.hi >> -shift)

    def lower(self) -> Fraction:
        """The lower end; exact down to multiples of 2^-16384."""
        return _fraction(self, 0)

    def upper(self) -> Fraction:
        """The upper end; exact down to multiples of 2^-16384."""
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
    exponent = max(x.exponent, -(1 << 14))
    if exponent > 1 << 22:
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


def _erfc(x: Interval) -> Interval:
    """1 - erf x, with a small relative error for large x.

    Put J_n = 2/sqrt(pi) int_x^oo (t - x)^n / n! e^(-t^2) dt and J_-1 = 2/sqrt(pi) e^(-x^2), so that J_0 = erfc x.
    Integrating by parts, J_{n-2} = 2x J_{n-1} + 2n J_n for n >= 1. All J_n are positive, so R_n = J_{n-1} / J_n obeys
    R_{n-1} = 2x + 2n / R_n, and for x > 0 every R_n is >= 2x, whence R_n <= 2x + (n + 1) / x. Going down from any n
    (more steps only narrow the result) encloses R_0 = 2/sqrt(pi) e^(-x^2) / erfc x.
    """
    if (x + 4).negative:
        return 2 - _erfc(-x)
    if not (x - 4).positive:
        return 1 - _erf_series(x)
    reach = x.at(0)[0] if (x - _bits).negative else _bits
    steps = _bits // 6 + _bits * _bits // (16 * reach * reach)
    r = x.shifted(1).hull(2 * x + (steps + 1) / x)
    for n in range(steps, 0, -1):
        r = 2 * x + 2 * n / r
    return _two_over_root_pi() * _exp(-x.square()) / r


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


# 3. Activations
#
# ``value`` is sigma, ``slope`` sigma'; ``jet`` adds sigma'' and sigma''', which softsign and elu do not have at 0.

Jet = tuple[Interval, Interval, Interval, Interval]
ACTIVATIONS = "sigmoid tanh softplus silu gelu erf arctan sin exp square softsign elu".split()  # noqa: SIM905


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
        case "elu":
            return _increasing(lambda z: z if z.lo >= 0 else _expm1(z), z)
    raise ValueError(f"unknown activation {name!r}")


def jet(name: str, z: Interval) -> Jet:
    """sigma, sigma', sigma'' and sigma''' over z; Unclear if z touches a kink."""
    s = value(name, z)
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
    if name == "elu":  # the smaller of e^z and 1
        return _increasing(lambda z: interval(1) if z.lo >= 0 else _exp(z), z)
    return (1 / (abs(z) + 1)).square() if name == "softsign" else jet(name, z)[1]


def sharp(name: str, z: Interval) -> Jet:
    """``jet``, met with the mean value form f(z) in f(middle) + f'(z) (z - middle) for sigma'', sigma', sigma."""
    s, s1, s2, s3 = jet(name, z)
    m, m1, m2, _ = jet(name, z.middle())
    offset = z - z.middle()
    s2 = s2.meet(m2 + s3 * offset)
    s1 = s1.meet(m1 + s2 * offset)
    return s.meet(m + s1 * offset), s1, s2, s3


# 4. Definiteness

Matrix = Sequence[Sequence[int | Fraction]]


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
