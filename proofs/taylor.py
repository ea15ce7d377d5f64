"""Enclosures of a formula and its first three derivatives on a ball, by truncated Taylor arithmetic.

A series is the list of enclosures of f^(k)(t) / k!, k = 0, 1, .., over all t in a ball. Sums, products and compositions
of series follow the rules for a single t, so they hold for all. From the first coefficient on that has no finite
enclosure (a kink, or the end of a domain, inside the ball) all are nan, which every comparison reads as "unknown", and
which products with 0 keep.
"""

from __future__ import annotations

from collections.abc import Callable

from flint import arb, fmpq

from proofs.activations import CATALOGUE, Jet
from proofs.balls import square
from proofs.expression import Binary, Call, Constant, Expression, Negative, Number, Piecewise, Power, Variable, parts

Series = list[arb]
_NAN = arb.nan()
_ORDER = 3


def enclose_value(expression: Expression, z: arb) -> arb:
    """An enclosure of the formula on a ball; nan where it is not certainly defined."""
    return series(expression, z, 0)[0]


def enclose_jet(expression: Expression, z: arb) -> Jet:
    """Enclosures of f, f', f'', f''' on a ball; nan where a derivative does not certainly exist.

    They are cut with the mean value form f^(k)(m) + f^(k+1)(ball) (ball - m), which is sharper on narrow balls.
    """
    direct = _derivatives(series(expression, z, _ORDER))
    if z.is_exact() or not z.is_finite():
        return direct
    middle = arb(z.mid())
    centred = _derivatives(series(expression, middle, _ORDER))
    found = [direct[_ORDER]]
    for k in range(_ORDER - 1, -1, -1):
        mean_value = centred[k] + found[0] * (z - middle)
        both = direct[k].is_finite() and mean_value.is_finite()
        found.insert(0, direct[k].intersection(mean_value) if both else direct[k])
    return found[0], found[1], found[2], found[3]


def _derivatives(coefficients: Series) -> Jet:
    value, first, second, third = coefficients
    return value, first, 2 * second, 6 * third


def series(expression: Expression, z: arb, order: int) -> Series:
    """The Taylor coefficients of degrees 0 to `order` of the formula, over all points of a ball."""
    return _settled(_series(expression, z, order))


def _series(expression: Expression, z: arb, order: int) -> Series:
    match expression:
        case Number():
            return _padded([arb(expression.value)], order)
        case Constant(name):
            return _padded([arb.pi() if name == "pi" else arb.const_e()], order)
        case Negative(operand):
            return [-c for c in series(operand, z, order)]
        case Power(base, numerator, denominator):
            return _compose(_power(fmpq(numerator, denominator)), series(base, z, order))
        case Binary("*", left, right) if left == right:
            return _compose(_power(fmpq(2)), series(left, z, order))
        case Binary(operator, left, right):
            return _binary(operator, series(left, z, order), series(right, z, order))
        case Call(name, arguments):
            return _call(name, [series(argument, z, order) for argument in arguments])
        case Piecewise(_, _, below, above):
            return _either(z - arb(expression.threshold), series(below, z, order), series(above, z, order))
    return _padded([z, arb(1)], order)


def _padded(coefficients: Series, order: int) -> Series:
    return [*coefficients, *([arb(0)] * order)][: order + 1]


def _settled(coefficients: Series) -> Series:
    """nan from the first coefficient on that is not finite: an infinite radius times 0 would be 0."""
    known = next((k for k, c in enumerate(coefficients) if not c.is_finite()), len(coefficients))
    return coefficients[:known] + [_NAN] * (len(coefficients) - known)


def _binary(operator: str, left: Series, right: Series) -> Series:
    match operator:
        case "+":
            return [a + b for a, b in zip(left, right, strict=True)]
        case "-":
            return [a - b for a, b in zip(left, right, strict=True)]
        case "*":
            return _product(left, right)
    return _product(left, _settled(_compose(_power(fmpq(-1)), right)))


def _product(left: Series, right: Series) -> Series:
    return [sum((left[i] * right[k - i] for i in range(1, k + 1)), left[0] * right[k]) for k in range(len(left))]


def _either(side: arb, below: Series, above: Series) -> Series:
    """`below` where side < 0, `above` where side > 0; across 0 both values, and no derivative is claimed."""
    if side < 0:
        return below
    if side > 0:
        return above
    return [below[0].union(above[0]), *([_NAN] * (len(below) - 1))]


def _call(name: str, arguments: list[Series]) -> Series:
    u = arguments[0]
    match name:
        case "abs":
            found = _either(u[0], [-c for c in u], u)
            return [abs(u[0]), *found[1:]]
        case "relu":
            found = _either(u[0], _padded([arb(0)], len(u) - 1), u)
            return [u[0].max(arb(0)), *found[1:]]
        case "max" | "min":
            v = arguments[1]
            difference = u[0] - v[0]
            found = _either(difference, v, u) if name == "max" else _either(difference, u, v)
            return [u[0].max(v[0]) if name == "max" else u[0].min(v[0]), *found[1:]]
    return _compose(_JETS[name], u)


def _compose(function: Callable[[arb], Jet], u: Series) -> Series:
    """Faa di Bruno's formula: the series of f(u) from enclosures of f, f', f'', f''' over u."""
    value, first, second, third = function(u[0])
    found = [value]
    if len(u) > 1:
        found += [
            first * u[1],
            first * u[2] + second * square(u[1]) / 2,
            first * u[3] + second * u[1] * u[2] + third * u[1] * square(u[1]) / 6,
        ]
    return found


def _power(exponent: fmpq) -> Callable[[arb], Jet]:
    """The jet of u ** exponent; for an exponent that is no integer only where u > 0."""

    def jet(u: arb) -> Jet:
        factor, found = fmpq(1), []
        for k in range(_ORDER + 1):
            found.append(factor * _monomial(u, exponent - k) if factor else arb(0))
            factor *= exponent - k
        return found[0], found[1], found[2], found[3]

    return jet


def _monomial(u: arb, exponent: fmpq) -> arb:
    """The range of u ** exponent, which is monotone on either side of 0."""
    if exponent == 0:
        return arb(1)
    if exponent < 0:
        below = _monomial(u, -exponent)
        return 1 / below if below > 0 or below < 0 else _NAN
    if exponent.q != 1:
        if not u > 0:
            return _NAN
        return u.lower().root(int(exponent.q)).union(u.upper().root(int(exponent.q))) ** int(exponent.p)
    power = int(exponent.p)
    if power % 2:
        return (u.lower() ** power).union(u.upper() ** power)
    return (u.abs_lower() ** power).union(u.abs_upper() ** power)


def _ends(function: Callable[[arb], arb], z: arb) -> arb:
    """The sharp enclosure of a monotone function: the hull of its values at the ends of the ball."""
    return function(z) if z.is_exact() else function(z.lower()).union(function(z.upper()))


def _exp(z: arb) -> arb:
    return _ends(arb.exp, z)


def _expm1(z: arb) -> Jet:
    e = _exp(z)
    return _ends(arb.expm1, z), e, e, e


def _log(z: arb) -> Jet:
    if not z > 0:
        return _NAN, _NAN, _NAN, _NAN
    r = 1 / z
    return _ends(arb.log, z), r, -square(r), 2 * r * square(r)


def _log1p(z: arb) -> Jet:
    _, first, second, third = _log(1 + z)
    return _ends(arb.log1p, z) if z > -1 else _NAN, first, second, third


def _sqrt(z: arb) -> Jet:
    if not z > 0:
        return z.sqrt() if z >= 0 else _NAN, _NAN, _NAN, _NAN
    root = _ends(arb.sqrt, z)
    first = 1 / (2 * root)
    return root, first, -first / (2 * z), 3 * first / square(2 * z)


def _sinh(z: arb) -> Jet:
    s, c = _ends(arb.sinh, z), _cosh_value(z)
    return s, c, s, c


def _cosh(z: arb) -> Jet:
    s, c = _ends(arb.sinh, z), _cosh_value(z)
    return c, s, c, s


def _cosh_value(z: arb) -> arb:
    return z.abs_lower().cosh().union(z.abs_upper().cosh())


# sech' = -s t, sech'' = s (t^2 - s^2) = s (1 - 2 s^2), sech''' = -s t (1 - 6 s^2) with s = sech, t = tanh.
def _sech(z: arb) -> Jet:
    s = z.abs_lower().sech().union(z.abs_upper().sech())
    t = _ends(arb.tanh, z)
    return s, -s * t, s * (1 - 2 * square(s)), -s * t * (1 - 6 * square(s))


# erfc = 1 - erf; Phi(z) = erfc(-z / sqrt 2) / 2.
def _erfc(z: arb) -> Jet:
    _, first, second, third = CATALOGUE["erf"].jet(z)
    return _ends(arb.erfc, z), -first, -second, -third


def _normal(z: arb) -> Jet:
    density = (-square(z) / 2).exp() / (2 * arb.pi()).sqrt()
    value = _ends(lambda t: (-t / arb(2).sqrt()).erfc() / 2, z)
    return value, density, -z * density, (square(z) - 1) * density


def _cos(z: arb) -> Jet:
    s, c = z.sin(), z.cos()
    return c, -s, -c, s


# asinh' = 1 / r, asinh'' = -z / r^3, asinh''' = (2 z^2 - 1) / r^5 with r = sqrt(1 + z^2).
def _asinh(z: arb) -> Jet:
    first = 1 / (1 + square(z)).sqrt()
    cube = first * square(first)
    return _ends(arb.asinh, z), first, -z * cube, (2 * square(z) - 1) * cube * square(first)


_JETS: dict[str, Callable[[arb], Jet]] = {
    "exp": CATALOGUE["exp"].jet,
    "log": _log,
    "log1p": _log1p,
    "expm1": _expm1,
    "sqrt": _sqrt,
    "tanh": CATALOGUE["tanh"].jet,
    "sinh": _sinh,
    "cosh": _cosh,
    "sech": _sech,
    "sigmoid": CATALOGUE["sigmoid"].jet,
    "softplus": CATALOGUE["softplus"].jet,
    "erf": CATALOGUE["erf"].jet,
    "erfc": _erfc,
    "Phi": _normal,
    "sin": CATALOGUE["sin"].jet,
    "cos": _cos,
    "atan": CATALOGUE["arctan"].jet,
    "asinh": _asinh,
}


def breaks(expression: Expression) -> list[tuple[fmpq, ...]]:
    """Where the pieces of the formula meet, one entry for each of abs, relu, max, min and piecewise in it.

    Returns:
        the point where two pieces meet, when that is known exactly; an empty tuple for an entry that is not known.
    """
    found = [point for part in parts(expression) for point in breaks(part)]
    match expression:
        case Piecewise():
            found.append((expression.threshold,))
        case Call("abs" | "relu", (u,)):
            found.append(_root(_affine(u)))
        case Call("max" | "min", (u, v)):
            found.append(_root(_affine(Binary("-", u, v))))
    return found


def _root(affine: tuple[fmpq, fmpq] | None) -> tuple[fmpq, ...]:
    return () if affine is None or affine[0] == 0 else (-affine[1] / affine[0],)


def _affine(expression: Expression) -> tuple[fmpq, fmpq] | None:
    """(a, b) if the formula is a z + b with rational a, b and is seen to be."""
    match expression:
        case Variable():
            return fmpq(1), fmpq(0)
        case Number():
            return fmpq(0), expression.value
        case Negative(operand):
            u = _affine(operand)
            return None if u is None else (-u[0], -u[1])
        case Binary(operator, left, right):
            u, v = _affine(left), _affine(right)
            if u is None or v is None:
                return None
            if operator in "+-":
                side = 1 if operator == "+" else -1
                return u[0] + side * v[0], u[1] + side * v[1]
            if operator == "*" and 0 in (u[0], v[0]):
                return u[0] * v[1] + u[1] * v[0], u[1] * v[1]
            if operator == "/" and v[0] == 0 and v[1] != 0:
                return u[0] / v[1], u[1] / v[1]
    return None
