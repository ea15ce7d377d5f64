"""The activation a user asks for: a name, a name with parameters, or a formula in z."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from flint import fmpq

from certify.errors import UsageError, did_you_mean, shown
from certify.exact import exact
from proofs.activations import Activation
from proofs.exact import Malformed
from proofs.expression import MAX_DIGITS, parse, spell
from proofs.formulas import ROWS, read_activation

ALIASES = {
    "swish": "silu",
    "hard_swish": "hardswish",
    "sine": "sin",
    "atan": "arctan",
    "log_sigmoid": "logsigmoid",
    "tanh_shrink": "tanhshrink",
    "arcsinh": "asinh",
}
"""Other names of rows of the catalogue."""


@dataclass(frozen=True, slots=True)
class Family:
    """Activations with parameters.

    Attributes:
        formula: in z, with the parameters in braces.
        parameters: their default values.
        positive: those that must be above 0.
        nonzero: those that must not be 0.
    """

    formula: str
    parameters: Mapping[str, str]
    positive: frozenset[str] = field(default=frozenset())
    nonzero: frozenset[str] = field(default=frozenset())


FAMILIES = {
    "sigmoid": Family("sigmoid({beta}*z)", {"beta": "1"}, nonzero=frozenset({"beta"})),
    "tanh": Family("tanh({beta}*z)", {"beta": "1"}, nonzero=frozenset({"beta"})),
    "softplus": Family("softplus({beta}*z)/{beta}", {"beta": "1"}, nonzero=frozenset({"beta"})),
    "silu": Family("z*sigmoid({beta}*z)", {"beta": "1"}, nonzero=frozenset({"beta"})),
    "leaky_relu": Family("piecewise(z<0,{negative_slope}*z,z)", {"negative_slope": "1/100"}),
    "prelu": Family("piecewise(z<0,{weight}*z,z)", {"weight": "1/4"}),
    "softshrink": Family("max(z-{lambd},0)+min(z+{lambd},0)", {"lambd": "1/2"}, positive=frozenset({"lambd"})),
    "hardtanh": Family("min(max(z,{min_val}),{max_val})", {"min_val": "-1", "max_val": "1"}),
    "elu": Family("piecewise(z<0,{alpha}*expm1(z),z)", {"alpha": "1"}, positive=frozenset({"alpha"})),
    "celu": Family("piecewise(z<0,{alpha}*expm1(z/{alpha}),z)", {"alpha": "1"}, positive=frozenset({"alpha"})),
    "siren": Family("sin({omega}*z)", {"omega": "30"}, nonzero=frozenset({"omega"})),
    "sin": Family("sin({omega}*z)", {"omega": "1"}, nonzero=frozenset({"omega"})),
    "cos": Family("cos({omega}*z)", {"omega": "1"}, nonzero=frozenset({"omega"})),
    "snake": Family("z+sin({a}*z)**2/{a}", {"a": "1"}, nonzero=frozenset({"a"})),
    "gaussian": Family("exp(-({beta}*z)**2)", {"beta": "1"}, nonzero=frozenset({"beta"})),
    "multiquadric": Family("sqrt({c}+z**2)", {"c": "1"}, positive=frozenset({"c"})),
    "squareplus": Family("(z+sqrt(z**2+{b}))/2", {"b": "4"}, positive=frozenset({"b"})),
    "quadratic": Family("{a}*z**2+{b}*z+{c}", {"a": "1", "b": "1", "c": "0"}, nonzero=frozenset({"a"})),
    "cubic": Family("{a}*z**3+{b}*z**2+{c}*z", {"a": "1", "b": "0", "c": "1"}, nonzero=frozenset({"a"})),
}
"""What may be written with parameters, such as `softplus:beta=5`. Without any, a row of the catalogue is meant, if
there is one of this name."""

_LINEAR = ("linear", "identity")


def resolve(text: str) -> Activation:
    """The activation that a user means, with its canonical text as its name.

    Raises:
        UsageError: an unknown name, a bad parameter, or no formula in z; the message says what was expected.
    """
    name, colon, settings = text.strip().partition(":")
    name = ALIASES.get(name, name)
    if colon or (name in FAMILIES and name not in ROWS):
        return _from_formula(_with_parameters(name, settings.split(",") if colon else []))
    if name in ROWS:
        return ROWS[name]
    if name in _LINEAR:
        raise UsageError(
            f"activation: {name} is outside the theorem, which needs σ'' ≠ 0 somewhere: linear networks have no bad "
            "local minima"
        )
    if re.fullmatch(r"[\w-]*", name) and name not in ("z", "-z"):
        close = did_you_mean(name, [*ROWS, *FAMILIES, *ALIASES])
        raise UsageError(
            f"activation: unknown {shown(name)}{close}; `certify activations` lists the names, and a formula such as "
            '"z*tanh(log(1+exp(z)))" will do as well'
        )
    return _from_formula(name)


def _from_formula(formula: str) -> Activation:
    try:
        return read_activation(spell(parse(formula, "activation")), "activation")
    except Malformed as error:
        raise UsageError(str(error)) from None


def _with_parameters(name: str, settings: Sequence[str]) -> str:
    """The formula of a family with parameters such as `a=1`."""
    family = FAMILIES.get(name)
    if family is None:
        if name in ROWS:
            raise UsageError(f"activation: {name} has no parameters; those that have: {', '.join(FAMILIES)}")
        close = did_you_mean(name, FAMILIES)
        raise UsageError(f"activation: unknown {shown(name)}{close}; with parameters: {', '.join(FAMILIES)}")
    values = dict(family.parameters)
    given = set[str]()
    for setting in settings:
        key, equals, value = (part.strip() for part in setting.partition("="))
        expected = ", ".join(f"{parameter}={default}" for parameter, default in family.parameters.items())
        if not equals or key not in values:
            raise UsageError(f"activation: {name} takes {expected}; found {shown(setting)}")
        if key in given:
            raise UsageError(f"activation: {key} is given twice")
        given.add(key)
        values[key] = _parameter(f"activation: {key}", value, key in family.positive, key in family.nonzero)
    return family.formula.format(**values)


def _parameter(where: str, text: str, positive: bool, nonzero: bool) -> str:
    """An exact rational as a factor of a formula.

    Raises:
        UsageError: not an exact number, too long, or of a sign that the family does not have.
    """
    try:
        value = fmpq(*exact(text))
    except ValueError as error:
        raise UsageError(f"{where}: {error}") from None
    if positive and value <= 0:
        raise UsageError(f"{where}: expected a positive number, found {shown(text)}")
    if nonzero and value == 0:
        raise UsageError(f"{where}: expected a number that is not 0")
    if max(len(str(abs(value.p))), len(str(value.q))) > MAX_DIGITS:
        raise UsageError(f"{where}: expected at most {MAX_DIGITS} digits")
    number = str(abs(value.p)) if value.q == 1 else f"({abs(value.p)}/{value.q})"
    return f"(-{number})" if value < 0 else number
