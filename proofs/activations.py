"""Activations: enclosures of sigma and its first three derivatives, and the shapes the lemmas rely on.

Each activation written by hand is one row of CATALOGUE; those given by a formula are in proofs.formulas. A jet on a
wide ball is written so that little is lost to dependency: monotone functions go through their end points, derivatives
are polynomials in those. Where sigma'' does not exist (a kink inside the ball) the jet holds nan, which every
comparison reads as "unknown".
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

from flint import arb, fmpq

from proofs.balls import hull, is_bounded, square
from proofs.piecewise import NAMED, PiecewiseAffine

Jet = tuple[arb, arb, arb, arb]
PIECES = 4


@dataclass(frozen=True, slots=True)
class Shape:
    """On [lower, upper] (None: unbounded) sigma is continuous, monotone and convex or concave, in the weak sense.

    `slope` is +1 (non-decreasing), -1 (non-increasing) or 0 (not monotone); `curvature` is +1 (convex) or -1.
    """

    lower: fmpq | None
    upper: fmpq | None
    slope: int
    curvature: int


class Span(Enum):
    """How ridge functions of this activation interpolate distinct scalars; see the lemma exact-optimum/1."""

    STEP = "step"  # monotone and bounded: steep units jump between neighbours
    HINGE = "hinge"  # sigma' runs from 0 to 1 with total variation below 2: steep units bend at the points
    BUMP = "bump"  # sigma(0) is not 0 and sigma vanishes at infinity: steep units see one point each
    EXPONENTIAL = "exponential"  # exp(i p) is a Vandermonde matrix in exp(p); sinh(i p), cosh(i p): one in cosh(p)
    SINE = "sine"  # sin(i p) = sin(p) U_{i-1}(cos p), Vandermonde in cos(p); cos(i p) = T_i(cos p)
    POLYNOMIAL = "polynomial"  # spans polynomials of bounded degree only
    KINK = "kink"  # continuous and piecewise affine: the subject of affine-optimum/1


class Flat(Enum):
    """How the input of a unit can change so that its state is only rescaled; then that direction is exactly flat, as
    the outgoing weights undo it (docs/mathematics.md, section 19)."""

    SHIFT = "shift"  # sigma(z + c) = e^c sigma(z)
    SCALE = "scale"  # sigma(c z) = c^k sigma(z), k >= 2, for c > 0


@dataclass(frozen=True, slots=True)
class Equation:
    """p(z) sigma'' + q(z) sigma' + r sigma = 0 with p >= 0, p != 0: coefficients of p and q from degree 0 upwards."""

    p: tuple[int, int, int]
    q: tuple[int, int]
    r: int

    def __str__(self) -> str:
        terms = [
            (_polynomial(coefficients), unknown)
            for coefficients, unknown in ((self.p, "σ''"), (self.q, "σ'"), ((self.r,), "σ"))
            if any(coefficients)
        ]
        text = " + ".join(f"{unknown}" if factor == "1" else f"({factor}) {unknown}" for factor, unknown in terms)
        return f"{text} = 0"


def _polynomial(coefficients: tuple[int, ...]) -> str:
    powers = ("", " z", " z^2")
    terms = [f"{c}{power}" for c, power in zip(coefficients, powers, strict=False) if c]
    return " + ".join(terms).replace("1 z", "z")


@dataclass(frozen=True, slots=True)
class Activation:
    """One activation function.

    Attributes:
        name: its identifier in instances: a name of the catalogue, or the canonical text of a formula.
        formula: the function as a SymPy expression in `z`, or in the grammar of proofs.expression.
        value: an enclosure of sigma on a ball.
        jet: enclosures of sigma, sigma', sigma'', sigma''' on a ball; nan where a derivative does not exist.
        shapes: intervals of known monotonicity and convexity, each with its proof in the comments of this module.
        span: the kind of interpolation it allows; None when none is proved.
        variation: STEP: the total increment sigma(inf) - sigma(-inf); HINGE: an upper bound of the total variation
            of sigma'; zero for the others.
        kinks: the points where sigma'' does not exist; for a formula that somebody typed, the points that are known
            exactly where it may not exist (the enclosures do not read them).
        equation: the differential equation of second order, if there is one of this kind, that makes it exceptional
            for fitted points (docs/mathematics.md, exceptional-activation/1).
        flat: the flat direction of every unit, for exp and powers; they have no `equation` here.
        piecewise: the exact data of a continuous piecewise affine function; None for all others.
    """

    name: str
    formula: str
    value: Callable[[arb], arb]
    jet: Callable[[arb], Jet]
    shapes: tuple[Shape, ...]
    span: Span | None
    variation: Callable[[], arb] = lambda: arb(0)
    kinks: tuple[fmpq, ...] = ()
    equation: Equation | None = None
    flat: Flat | None = None
    piecewise: PiecewiseAffine | None = None

    def derivatives_over(self, lower: fmpq, upper: fmpq) -> tuple[arb, arb]:
        """Enclosures of sigma' and sigma'' over [lower, upper].

        On each of PIECES equal pieces the direct enclosure is cut with the mean value form
        f(m) + f'([l, u]) ([l, u] - m), which is sharper on narrow intervals.
        """
        width = (upper - lower) / PIECES
        parts = [self._derivatives_on_piece(lower + i * width, lower + (i + 1) * width) for i in range(PIECES)]
        first, second = parts[0]
        for other_first, other_second in parts[1:]:
            first, second = first.union(other_first), second.union(other_second)
        return first, second

    def _derivatives_on_piece(self, lower: fmpq, upper: fmpq) -> tuple[arb, arb]:
        ball = hull(lower, upper)
        _, first, second, third = self.jet(ball)
        middle = (lower + upper) / 2
        _, first_mid, second_mid, _ = self.jet(arb(middle))
        offset = ball - arb(middle)
        return _cut(first, first_mid + second * offset), _cut(second, second_mid + third * offset)

    def is_continuous_on(self, lower: fmpq, upper: fmpq) -> bool:
        """Whether sigma is certainly continuous on [lower, upper].

        A formula may jump where its pieces meet; then no enclosure of sigma' is bounded there.
        """
        return self.piecewise is not None or is_bounded(self.jet(hull(lower, upper))[1])

    def shape_on(self, lower: fmpq | None, upper: fmpq | None) -> Shape | None:
        """The first listed shape whose interval contains [lower, upper] (None: unbounded), monotone ones first."""
        for shape in sorted(self.shapes, key=lambda s: s.slope == 0):
            below = shape.lower is None or (lower is not None and lower >= shape.lower)
            above = shape.upper is None or (upper is not None and upper <= shape.upper)
            if below and above:
                return shape
        return None


def _cut(direct: arb, centred: arb) -> arb:
    return direct.intersection(centred) if direct.is_finite() and centred.is_finite() else direct


def _increasing(function: Callable[[arb], arb]) -> Callable[[arb], arb]:
    """The sharp enclosure of an increasing function: the hull of its values at the ends of the ball."""

    def enclose(z: arb) -> arb:
        if z.is_exact():
            return function(z)
        return function(z.lower()).union(function(z.upper()))

    return enclose


_NAN = arb.nan()


def _either_side(z: arb, left: arb, right: arb) -> arb:
    return left if z < 0 else right if z > 0 else left.union(right)


# sigmoid: s in (0, 1); s' = s t, s'' = s t (t - s), s''' = s t (1 - 6 s t) with t = 1 - s = sigmoid(-z).
_sigmoid = _increasing(lambda z: 1 / (1 + (-z).exp()))


def _sigmoid_jet(z: arb) -> Jet:
    s, t = _sigmoid(z), _sigmoid(-z)
    first = s * t
    return s, first, first * (t - s), first * (1 - 6 * first)


# tanh = 2 sigmoid(2z) - 1.
_tanh = _increasing(lambda z: z.tanh())


def _tanh_jet(z: arb) -> Jet:
    t = _tanh(z)
    first = 4 * _sigmoid(2 * z) * _sigmoid(-2 * z)
    return t, first, -2 * t * first, first * (4 - 6 * first)


# softplus: log(1 + e^z) = z + log(1 + e^-z); its derivative is the sigmoid.
_softplus = _increasing(lambda z: z + (-z).exp().log1p() if z > 0 else z.exp().log1p())


def _softplus_jet(z: arb) -> Jet:
    s, first, second, _ = _sigmoid_jet(z)
    return _softplus(z), s, first, second


def _silu(z: arb) -> arb:
    return z * _sigmoid(z)


# silu = z s: silu' = s (1 + z t), silu'' = s t (2 + z (t - s)), with s' = s t and (t - s)' = -2 s t.
def _silu_jet(z: arb) -> Jet:
    s, t = _sigmoid(z), _sigmoid(-z)
    product, difference = s * t, t - s
    bend = 2 + z * difference
    third = product * (difference * (bend + 1) - 2 * z * product)
    return z * s, s * (1 + z * t), product * bend, third


def _normal_density(z: arb) -> arb:
    return (-square(z) / 2).exp() / (2 * arb.pi()).sqrt()


_normal_distribution = _increasing(lambda z: (-z / arb(2).sqrt()).erfc() / 2)


def _gelu(z: arb) -> arb:
    return z * _normal_distribution(z)


# gelu = z Phi(z): gelu' = Phi + z phi, gelu'' = (2 - z^2) phi, gelu''' = (z^3 - 4 z) phi, with phi' = -z phi.
def _gelu_jet(z: arb) -> Jet:
    big, small = _normal_distribution(z), _normal_density(z)
    return z * big, big + z * small, (2 - square(z)) * small, z * (square(z) - 4) * small


_erf = _increasing(lambda z: z.erf())


def _erf_jet(z: arb) -> Jet:
    first = (-square(z)).exp() * 2 / arb.pi().sqrt()
    return _erf(z), first, -2 * z * first, (4 * square(z) - 2) * first


_arctan = _increasing(lambda z: z.atan())


def _arctan_jet(z: arb) -> Jet:
    first = 1 / (1 + square(z))
    return _arctan(z), first, -2 * z * square(first), (6 * square(z) - 2) * first * square(first)


def _sin_jet(z: arb) -> Jet:
    s, c = z.sin(), z.cos()
    return s, c, -s, -c


_exp = _increasing(lambda z: z.exp())


def _exp_jet(z: arb) -> Jet:
    e = _exp(z)
    return e, e, e, e


def _square_jet(z: arb) -> Jet:
    return square(z), 2 * z, arb(2), arb(0)


# softsign = z / (1 + |z|): once continuously differentiable at 0, where sigma'' jumps from 2 to -2.
_softsign = _increasing(lambda z: z / (1 + abs(z)))


def _softsign_jet(z: arb) -> Jet:
    first = square(1 / (1 + abs(z)))
    if not (z > 0 or z < 0):
        return _softsign(z), first, _NAN, _NAN
    second = 2 * first / (1 + abs(z))
    return _softsign(z), first, -second if z > 0 else second, 6 * square(first)


# elu (alpha = 1) = z for z >= 0, e^z - 1 below: once continuously differentiable at 0, where sigma'' jumps.
_elu = _increasing(lambda z: _either_side(z, z.expm1(), z))


def _elu_jet(z: arb) -> Jet:
    if z > 0:
        return z, arb(1), arb(0), arb(0)
    e = _exp(z)
    if z < 0:
        return _elu(z), e, e, e
    return _elu(z), _exp(z.min(arb(0))), _NAN, _NAN


_INFLECTED_AT_ZERO = (Shape(None, fmpq(0), 1, 1), Shape(fmpq(0), None, 1, -1))
_CONVEX_INCREASING = (Shape(None, None, 1, 1),)

CATALOGUE: dict[str, Activation] = {
    row.name: row
    for row in (
        # s'' = s t (t - s) has the sign of t - s, that is of -z.
        Activation("sigmoid", "1/(1+exp(-z))", _sigmoid, _sigmoid_jet, _INFLECTED_AT_ZERO, Span.STEP, lambda: arb(1)),
        # tanh'' = -2 tanh tanh'.
        Activation("tanh", "tanh(z)", _tanh, _tanh_jet, _INFLECTED_AT_ZERO, Span.STEP, lambda: arb(2)),
        # softplus'' = s t > 0; softplus' = s increases from 0 to 1, so its variation is 1.
        Activation(
            "softplus", "log(1+exp(z))", _softplus, _softplus_jet, _CONVEX_INCREASING, Span.HINGE, lambda: arb(1)
        ),
        # silu'' = s t (2 - z tanh(z/2)) and z tanh(z/2) increases with |z|: it is below 2 at 2.39 and above 2 at 2.4.
        # silu' = s (1 + z t); by the sign of silu'' it decreases up to -2.4 from its limit 0, and increases from -2.39;
        # it is positive at -1.27, hence on [-1.27, 2.39], and tends to 1 from above beyond 2.4.
        # silu' = s + z s t has variation at most 1 + 4 max(z s t) < 1 + 4 * 0.2239 < 19/10.
        Activation(
            "silu",
            "z/(1+exp(-z))",
            _silu,
            _silu_jet,
            (
                Shape(fmpq(-127, 100), fmpq(239, 100), 1, 1),
                Shape(fmpq(-239, 100), fmpq(239, 100), 0, 1),
                Shape(fmpq(12, 5), None, 1, -1),
                Shape(None, fmpq(-12, 5), -1, -1),
            ),
            Span.HINGE,
            lambda: arb(fmpq(19, 10)),
        ),
        # gelu'' = (2 - z^2) phi changes sign at +-sqrt(2), between 1.41 and 1.42; gelu' is positive at -3/4 and
        # increases up to sqrt(2); beyond, it decreases to 1; on the left it decreases from 0.
        # gelu' = Phi + z phi has variation at most 1 + 4 phi(1) < 1.968 < 197/100.
        Activation(
            "gelu",
            "z*(1+erf(z/sqrt(2)))/2",
            _gelu,
            _gelu_jet,
            (
                Shape(fmpq(-3, 4), fmpq(141, 100), 1, 1),
                Shape(fmpq(-141, 100), fmpq(141, 100), 0, 1),
                Shape(fmpq(71, 50), None, 1, -1),
                Shape(None, fmpq(-71, 50), -1, -1),
            ),
            Span.HINGE,
            lambda: arb(fmpq(197, 100)),
        ),
        # erf'' = -2 z erf'.
        Activation(
            "erf",
            "erf(z)",
            _erf,
            _erf_jet,
            _INFLECTED_AT_ZERO,
            Span.STEP,
            lambda: arb(2),
            equation=Equation((1, 0, 0), (0, 2), 0),
        ),
        # arctan'' = -2 z / (1 + z^2)^2.
        Activation(
            "arctan",
            "atan(z)",
            _arctan,
            _arctan_jet,
            _INFLECTED_AT_ZERO,
            Span.STEP,
            arb.pi,
            equation=Equation((1, 0, 1), (0, 2), 0),
        ),
        # sin is concave on [0, pi] and convex on [-pi, 0], increasing on [-pi/2, pi/2]; 3 < pi and 3/2 < pi/2.
        Activation(
            "sin",
            "sin(z)",
            arb.sin,
            _sin_jet,
            (
                Shape(fmpq(-3, 2), fmpq(0), 1, 1),
                Shape(fmpq(0), fmpq(3, 2), 1, -1),
                Shape(fmpq(-3), fmpq(0), 0, 1),
                Shape(fmpq(0), fmpq(3), 0, -1),
            ),
            Span.SINE,
            equation=Equation((1, 0, 0), (0, 0), 1),
        ),
        Activation(
            "exp",
            "exp(z)",
            _exp,
            _exp_jet,
            _CONVEX_INCREASING,
            Span.EXPONENTIAL,
            flat=Flat.SHIFT,
        ),
        Activation(
            "square",
            "z**2",
            square,
            _square_jet,
            (Shape(fmpq(0), None, 1, 1), Shape(None, fmpq(0), -1, 1), Shape(None, None, 0, 1)),
            Span.POLYNOMIAL,
            flat=Flat.SCALE,
        ),
        # softsign' = (1 + |z|)^-2 increases up to 0 and decreases from there.
        Activation(
            "softsign",
            "z/(1+Abs(z))",
            _softsign,
            _softsign_jet,
            _INFLECTED_AT_ZERO,
            Span.STEP,
            lambda: arb(2),
            (fmpq(0),),
        ),
        # elu' = min(e^z, 1) is non-decreasing from 0 to 1, so elu is convex and the variation of elu' is 1.
        Activation(
            "elu",
            "Piecewise((exp(z)-1, z < 0), (z, True))",
            _elu,
            _elu_jet,
            _CONVEX_INCREASING,
            Span.HINGE,
            lambda: arb(1),
            (fmpq(0),),
        ),
    )
}


def piecewise_activation(name: str, formula: str, piecewise: PiecewiseAffine) -> Activation:
    """The row of a continuous piecewise affine function.

    It lists no shapes and has a span of its own: the lemmas about smooth activations do not apply to it, those about
    affine points do.
    """
    return Activation(
        name, formula, piecewise.value, piecewise.jet, (), Span.KINK, kinks=piecewise.breakpoints, piecewise=piecewise
    )


CATALOGUE |= {name: piecewise_activation(name, *row) for name, row in NAMED.items()}
