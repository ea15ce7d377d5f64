"""Activations given by a formula: the rest of the catalogue, and whatever formula an instance holds.

Each row's shapes, interpolation, kinks and equation are proved in its comment. A formula that is no row has enclosures
and nothing else, unless it is visibly piecewise affine: lemmas that need more are undecided for it.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache, partial

from flint import arb, fmpq

from proofs.activations import CATALOGUE, Activation, Equation, Flat, Shape, Span
from proofs.balls import is_bounded, precision
from proofs.exact import Malformed
from proofs.expression import Binary, Expression, is_constant, parse, parts, spell
from proofs.lines import piecewise_affine
from proofs.piecewise import PiecewiseAffine
from proofs.taylor import breaks, enclose_jet, enclose_value

_CONSTANT_BITS = 128


def _row(
    name: str,
    formula: str,
    shapes: tuple[Shape, ...] = (),
    span: Span | None = None,
    variation: Callable[[], arb] = lambda: arb(0),
    kinks: tuple[fmpq, ...] = (),
    equation: Equation | None = None,
    flat: Flat | None = None,
    piecewise: PiecewiseAffine | None = None,
) -> Activation:
    expression = parse(formula, name)
    value, jet = partial(enclose_value, expression), partial(enclose_jet, expression)
    return Activation(name, formula, value, jet, shapes, span, variation, kinks, equation, flat, piecewise)


def _shape(lower: str, upper: str, slope: int, curvature: int) -> Shape:
    return Shape(_end(lower), _end(upper), slope, curvature)


def _end(text: str) -> fmpq | None:
    if "inf" in text:
        return None
    numerator, _, denominator = text.partition("/")
    return fmpq(int(numerator), int(denominator or "1"))


_INFLECTED_AT_ZERO = (_shape("-inf", "0", 1, 1), _shape("0", "inf", 1, -1))
_INFLECTED_UPWARDS = (_shape("0", "inf", 1, 1), _shape("-inf", "0", 1, -1))
_CONVEX_INCREASING = (_shape("-inf", "inf", 1, 1),)
_CONVEX_AND_EVEN = (_shape("0", "inf", 1, 1), _shape("-inf", "0", -1, 1), _shape("-inf", "inf", 0, 1))

FORMULAS: dict[str, Activation] = {
    row.name: row
    for row in (
        # Nothing but enclosures: the inflections of these have no closed form, and no interpolation is proved.
        _row("gelu_tanh", "z*(1+tanh(sqrt(2/pi)*(z+0.044715*z**3)))/2"),
        _row("mish", "z*tanh(softplus(z))"),
        _row("tanhexp", "z*tanh(exp(z))"),
        _row("logish", "z*log1p(sigmoid(z))"),
        _row("serf", "z*erf(softplus(z))"),
        # sigma(0) = 1 by continuity; the formula has no enclosure at 0, so nothing is proved of networks that use it.
        _row("sinc", "sin(z)/z"),
        # PyTorch's constants, exactly: l = 1.0507.., a = 1.6732... l a e^z below 0 and l above: each piece is convex
        # and increasing. At 0 the slope falls from l a to l.
        _row(
            "selu",
            "1.0507009873554804934193349852946*piecewise(z<0,1.6732632423543772848170429916717*expm1(z),z)",
            (_shape("-inf", "0", 1, 1), _shape("0", "inf", 1, 1)),
            kinks=(fmpq(0),),
        ),
        # alpha = 1, where it is elu: see there.
        _row(
            "celu",
            "piecewise(z<0,expm1(z),z)",
            _CONVEX_INCREASING,
            Span.HINGE,
            lambda: arb(1),
            (fmpq(0),),
        ),
        # 0, z (z + 3) / 6 from -3 to 3, then z. The middle piece is convex with its least value at -3/2. Its slope
        # begins with -1/2, below that of 0, and ends with 3/2, above that of z: concave corners at -3 and 3.
        _row(
            "hardswish",
            "piecewise(z<-3,0,piecewise(z<3,z*(z+3)/6,z))",
            (
                _shape("-3/2", "3", 1, 1),
                _shape("-3", "-3/2", -1, 1),
                _shape("3", "inf", 1, 1),
                _shape("-inf", "-3", 1, 1),
                _shape("-3", "3", 0, 1),
            ),
            kinks=(fmpq(-3), fmpq(3)),
        ),
        # sigma' = 2 max(z, 0) does not decrease. sigma(c z) = c^2 sigma(z) for c > 0.
        _row(
            "relu_squared",
            "relu(z)**2",
            _CONVEX_INCREASING,
            kinks=(fmpq(0),),
            flat=Flat.SCALE,
        ),
        # -softplus(-z): sigma'' = -s t < 0, sigma' = t > 0.
        _row("logsigmoid", "-softplus(-z)", (_shape("-inf", "inf", 1, -1),)),
        # sigma' = tanh^2, sigma'' = 2 tanh tanh'.
        _row("tanhshrink", "z-tanh(z)", _INFLECTED_UPWARDS),
        # 1.7159 tanh(2 z / 3): as tanh, between -1.7159 and 1.7159.
        _row("lecun_tanh", "1.7159*tanh(2*z/3)", _INFLECTED_AT_ZERO, Span.STEP, lambda: arb(fmpq(34318, 10000))),
        # 2 arctan(tanh(z / 2)): sigma' = sech z, sigma'' = -sech tanh; from -pi/2 to pi/2.
        _row("gudermannian", "2*atan(tanh(z/2))", _INFLECTED_AT_ZERO, Span.STEP, arb.pi),
        # 1 - exp(-e^z): sigma' = e^z exp(-e^z), sigma'' = sigma' (1 - e^z); from 0 to 1.
        _row("cloglog", "-expm1(-exp(z))", _INFLECTED_AT_ZERO, Span.STEP, lambda: arb(1)),
        # With r = sqrt(1 + z^2): sigma' = r^-3, sigma'' = -3 z r^-5; from -1 to 1.
        _row(
            "isru",
            "z/sqrt(1+z**2)",
            _INFLECTED_AT_ZERO,
            Span.STEP,
            lambda: arb(2),
            equation=Equation((1, 0, 1), (0, 3), 0),
        ),
        # sigma' = 1 / r, sigma'' = -z / r^3 with r = sqrt(1 + z^2).
        _row("asinh", "asinh(z)", _INFLECTED_AT_ZERO, equation=Equation((1, 0, 1), (0, 1), 0)),
        # sigma' = z / r, sigma'' = r^-3 with r = sigma.
        _row("multiquadric", "sqrt(1+z**2)", _CONVEX_AND_EVEN, equation=Equation((1, 0, 1), (0, 1), -1)),
        # With r = sqrt(z^2 + 4): sigma' = (1 + z / r) / 2 increases from 0 to 1, sigma'' = 2 r^-3.
        _row(
            "squareplus",
            "(z+sqrt(z**2+4))/2",
            _CONVEX_INCREASING,
            Span.HINGE,
            lambda: arb(1),
            equation=Equation((4, 0, 1), (0, 1), -1),
        ),
        # With r = sqrt(1 + z^2): sigma' = 1 + z / (2 r) is between 1/2 and 3/2, sigma'' = r^-3 / 2.
        _row("bent_identity", "(sqrt(z**2+1)-1)/2+z", _CONVEX_INCREASING),
        # log cosh z = softplus(2 z) - z - log 2: sigma' = tanh z, sigma'' = sech^2 z.
        _row("logcosh", "softplus(2*z)-z-log(2)", _CONVEX_AND_EVEN),
        # cosh'' = cosh > 0, cosh' = sinh; cosh(i p) = T_i(cosh p), a Vandermonde matrix in cosh p for p >= 0.
        _row("cosh", "cosh(z)", _CONVEX_AND_EVEN, Span.EXPONENTIAL, equation=Equation((1, 0, 0), (0, 0), -1)),
        # sinh'' = sinh, sinh' = cosh > 0; sinh(i p) = sinh(p) U_{i-1}(cosh p).
        _row("sinh", "sinh(z)", _INFLECTED_UPWARDS, Span.EXPONENTIAL, equation=Equation((1, 0, 0), (0, 0), -1)),
        # cos is concave on [-pi/2, pi/2] and convex on either side, falling on [0, pi]; 3/2 < pi/2 < 8/5 and 3 < pi.
        _row(
            "cos",
            "cos(z)",
            (
                _shape("-3/2", "0", 1, -1),
                _shape("0", "3/2", -1, -1),
                _shape("8/5", "3", -1, 1),
                _shape("-3", "-8/5", 1, 1),
                _shape("-3/2", "3/2", 0, -1),
            ),
            Span.SINE,
            equation=Equation((1, 0, 0), (0, 0), 1),
        ),
        # z + sin^2 z: sigma' = 1 + sin 2z >= 0, sigma'' = 2 cos 2z > 0 exactly below pi/4
        # and above 3 pi/4 (within half a period), and 3/4 < pi/4 < 4/5, 23/10 < 3 pi/4.
        _row("snake", "z+sin(z)**2", (_shape("-3/4", "3/4", 1, 1), _shape("4/5", "23/10", 1, -1))),
        # sigma'' = (4 z^2 - 2) sigma changes sign at 1/sqrt 2, between 7/10 and 71/100; sigma' = -2 z sigma.
        _row(
            "gaussian",
            "exp(-z**2)",
            (
                _shape("-7/10", "0", 1, -1),
                _shape("0", "7/10", -1, -1),
                _shape("71/100", "inf", -1, 1),
                _shape("-inf", "-71/100", 1, 1),
                _shape("-7/10", "7/10", 0, -1),
            ),
            Span.BUMP,
            equation=Equation((1, 0, 0), (0, 2), 2),
        ),
        # sigma' = -sech tanh, sigma'' = sech (1 - 2 sech^2) changes sign where sinh z = 1, between 0.88 and 0.89.
        _row(
            "sech",
            "sech(z)",
            (
                _shape("-22/25", "0", 1, -1),
                _shape("0", "22/25", -1, -1),
                _shape("89/100", "inf", -1, 1),
                _shape("-inf", "-89/100", 1, 1),
                _shape("-22/25", "22/25", 0, -1),
            ),
            Span.BUMP,
        ),
        # 3 z^2 >= 0 and 6 z; (c z)^3 = c^3 z^3.
        _row("cube", "z**3", _INFLECTED_UPWARDS, Span.POLYNOMIAL, flat=Flat.SCALE),
        # (z + 1/2)^2 - 1/4: with w = 2 z + 1 it has w^2 sigma'' - 2 w sigma' = 2 w^2 - 2 w w = 0.
        _row(
            "quadratic",
            "z**2+z",
            (_shape("-1/2", "inf", 1, 1), _shape("-inf", "-1/2", -1, 1), _shape("-inf", "inf", 0, 1)),
            Span.POLYNOMIAL,
            equation=Equation((1, 4, 4), (-2, -4), 0),
        ),
    )
}

ROWS: dict[str, Activation] = {**CATALOGUE, **FORMULAS}
"""The whole catalogue."""


def read_activation(text: str, where: str) -> Activation:
    """The activation that an instance names: a row of the catalogue, or a formula in its canonical spelling.

    Raises:
        Malformed: neither of the two; or a part without z, such as 1/0, has no bounded value.
    """
    if text in ROWS:
        return ROWS[text]
    if text.isidentifier() and text != "z":
        raise Malformed(where, f"unknown activation {text[:40]!r}; known: {', '.join(ROWS)}; or a formula in z")
    return _formula(text, where)


@lru_cache(maxsize=256)
def _formula(text: str, where: str) -> Activation:
    expression = parse(text, where)
    spelling = spell(expression)
    if spelling != text:
        raise Malformed(where, f"expected the canonical spelling {spelling!r}")
    with precision(_CONSTANT_BITS):
        _demand_constants(expression, where)
    if is_constant(expression):
        raise Malformed(where, f"the formula {text!r} does not depend on z")
    piecewise = piecewise_affine(expression)
    if piecewise is not None:
        return _row(text, text, kinks=piecewise.breakpoints, piecewise=piecewise)
    points = sorted({point for entry in breaks(expression) for point in entry})
    return _row(text, text, kinks=tuple(points))


def _demand_constants(expression: Expression, where: str) -> None:
    """Every part without z has a bounded value, and is not 0 where it divides."""
    if is_constant(expression):
        if not is_bounded(enclose_value(expression, arb(0))):
            raise Malformed(where, f"{spell(expression)[:60]!r} has no bounded value")
        return
    if isinstance(expression, Binary) and expression.operator == "/":
        divisor = expression.right
        if is_constant(divisor) and not is_bounded(1 / enclose_value(divisor, arb(0))):
            raise Malformed(where, f"division by {spell(divisor)[:60]!r}, which may be 0")
    for part in parts(expression):
        _demand_constants(part, where)
