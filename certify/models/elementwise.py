"""Functions of one pre-activation z, as ONNX operators compose them, spelled as `certify.activation` reads them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import isfinite

from certify.models.protobuf import Malformed

_MOST_LETTERS = 400
IDENTITY = "z"

_SIMPLE = {
    "Tanh": ("tanh", "tanh({0})"),
    "Sigmoid": ("sigmoid", "sigmoid({0})"),
    "Relu": ("relu", "relu({0})"),
    "Softplus": ("softplus", "softplus({0})"),
    "Softsign": ("softsign", "({0}/(1+abs({0})))"),
    "Mish": ("mish", "({0}*tanh(softplus({0})))"),
    "HardSwish": ("hardswish", "({0}*min(max({0}/6+1/2,0),1))"),
    "Exp": ("exp", "exp({0})"),
    "Sin": ("sin", "sin({0})"),
    "Cos": ("cos", "cos({0})"),
    "Atan": ("arctan", "atan({0})"),
    "Asinh": ("asinh", "asinh({0})"),
    "Erf": ("erf", "erf({0})"),
    "Abs": ("abs", "abs({0})"),
    "Neg": (None, "(-{0})"),
    "Log": (None, "log({0})"),
    "Sqrt": (None, "sqrt({0})"),
}
"""Operators without attributes: the name of the activation, if it has one, and its formula."""

_COMPOSED = {
    "(z*sigmoid(z))": "silu",
    "(sigmoid(z)*z)": "silu",
    "(z*tanh(softplus(z)))": "mish",
    "(tanh(softplus(z))*z)": "mish",
    "(z/(abs(z)+1))": "softsign",
    "(z/(1+abs(z)))": "softsign",
}
"""Activations for which ONNX has no operator, or got one late."""

_SIGNS = {"Add": "+", "Sub": "-", "Mul": "*", "Div": "/"}


@dataclass(frozen=True, slots=True)
class Function:
    """A function of z: its formula, and the name by which the activation is known, if it has one."""

    formula: str
    name: str | None = None

    @property
    def spelled(self) -> str:
        """The text that `certify.activation.resolve` takes."""
        return self.name or _COMPOSED.get(self.formula, self.formula)


def unary(kind: str, argument: str, attributes: Mapping[str, object]) -> Function | None:
    """The function that an operator makes of a formula; None for operators that are not known here.

    Raises:
        Malformed: attributes that the operator does not have, or a formula that becomes too long.
    """
    if kind in _SIMPLE and not attributes:
        name, formula = _SIMPLE[kind]
    elif kind in _PARAMETRIC:
        defaults, spell = _PARAMETRIC[kind]
        values = {**defaults, **attributes}
        if values.keys() != defaults.keys() or any(type(values[key]) is not type(defaults[key]) for key in defaults):
            raise Malformed(f"the operation {kind} has attributes of other names or types than {', '.join(defaults)}")
        name, formula = spell(values)
    else:
        return None
    return Function(_short(formula.format(argument)), name if argument == IDENTITY else None)


def binary(kind: str, left: str, right: str) -> Function | None:
    """The function that an operator makes of two formulas; None for operators that are not known here.

    Raises:
        Malformed: a formula that becomes too long.
    """
    return Function(_short(f"({left}{_SIGNS[kind]}{right})")) if kind in _SIGNS else None


def number(value: object, single: bool = True) -> str:
    """The shortest decimal that this float32 (or float64) is the nearest to: what its author wrote.

    Raises:
        Malformed: not a finite number, or one of very many digits.
    """
    import numpy as np

    if not isinstance(value, float) or not isfinite(value):
        raise Malformed(f"a constant is {value}; expected a finite number")
    text = np.format_float_positional(np.float32(value) if single else np.float64(value), unique=True, trim="-")
    return f"({text})" if value < 0 else text


def _short(formula: str) -> str:
    if len(formula) > _MOST_LETTERS:
        raise Malformed(f"the activation is a formula of more than {_MOST_LETTERS} letters")
    return formula


_Spell = Callable[[Mapping[str, object]], tuple[str | None, str]]


def _elu(values: Mapping[str, object]) -> tuple[str | None, str]:
    alpha = number(values["alpha"])
    name = "elu" if alpha == "1" else f"elu:alpha={alpha}"
    return name, f"piecewise({{0}}<0,{alpha}*expm1({{0}}),{{0}})"


def _celu(values: Mapping[str, object]) -> tuple[str | None, str]:
    alpha = number(values["alpha"])
    name = "celu" if alpha == "1" else f"celu:alpha={alpha}"
    return name, f"piecewise({{0}}<0,{alpha}*expm1({{0}}/{alpha}),{{0}})"


def _leaky_relu(values: Mapping[str, object]) -> tuple[str | None, str]:
    alpha = number(values["alpha"])
    name = "leaky_relu" if alpha == "0.01" else f"leaky_relu:negative_slope={alpha.strip('()')}"
    return name, f"piecewise({{0}}<0,{alpha}*{{0}},{{0}})"


def _selu(values: Mapping[str, object]) -> tuple[str | None, str]:
    alpha, gamma = number(values["alpha"]), number(values["gamma"])
    name = "selu" if (alpha, gamma) == ("1.6732632", "1.050701") else None
    return name, f"({gamma}*piecewise({{0}}<0,{alpha}*expm1({{0}}),{{0}}))"


def _hard_sigmoid(values: Mapping[str, object]) -> tuple[str | None, str]:
    alpha, beta = number(values["alpha"]), number(values["beta"])
    name = "hardsigmoid" if (alpha, beta) == ("0.16666667", "0.5") else None  # 1/6: PyTorch's and Keras's
    return name, f"min(max({alpha}*{{0}}+{beta},0),1)"


def _gelu(values: Mapping[str, object]) -> tuple[str | None, str]:
    if values["approximate"] == "tanh":
        return "gelu_tanh", "({0}*(1+tanh(sqrt(2/pi)*({0}+0.044715*{0}**3)))/2)"
    if values["approximate"] == "none":
        return "gelu", "({0}*Phi({0}))"
    raise Malformed("the operation Gelu is approximated in an unknown way")


def _swish(values: Mapping[str, object]) -> tuple[str | None, str]:
    alpha = number(values["alpha"])
    return "silu" if alpha == "1" else None, f"({{0}}*sigmoid({alpha}*{{0}}))"


_PARAMETRIC: dict[str, tuple[dict[str, object], _Spell]] = {
    "Elu": ({"alpha": 1.0}, _elu),
    "Celu": ({"alpha": 1.0}, _celu),
    "LeakyRelu": ({"alpha": 0.01}, _leaky_relu),
    "Selu": ({"alpha": 1.6732632, "gamma": 1.050701}, _selu),
    "HardSigmoid": ({"alpha": 0.2, "beta": 0.5}, _hard_sigmoid),
    "Gelu": ({"approximate": "none"}, _gelu),
    "Swish": ({"alpha": 1.0}, _swish),
}
"""Operators with attributes: their defaults, and what they mean."""
