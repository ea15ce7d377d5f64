"""Formulas in z as text: a grammar, its trees, and the one spelling of each tree.

    sum      = product { ("+" | "-") product }
    product  = unary { ("*" | "/") unary }
    unary    = "-" unary | power
    power    = atom [ "**" exponent ]
    exponent = [ "-" ] number | "(" [ "-" ] number [ "/" number ] ")"
    atom     = number | "z" | "pi" | "e" | "(" sum ")" | function "(" sum { "," sum } ")"
             | "piecewise" "(" "z" "<" [ "-" ] number [ "/" number ] "," sum "," sum ")"
    number   = digits [ "." digits ] | "." digits

Operators bind as in Python, a decimal means exactly that decimal, and nothing is ever evaluated as code.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from flint import fmpq

from proofs.exact import Malformed

MAX_LENGTH = 400
MAX_NESTING = 40
MAX_DIGITS = 40
MAX_EXPONENT = 64
"""Bounds on a formula: its characters, its nested parentheses and signs, the characters of a number, and numerators
and denominators of exponents."""

UNARY_FUNCTIONS = (
    *("exp", "log", "log1p", "expm1", "sqrt", "tanh", "sinh", "cosh", "sech", "sigmoid", "softplus", "erf", "erfc"),
    *("Phi", "sin", "cos", "atan", "asinh", "abs", "relu"),
)
BINARY_FUNCTIONS = ("max", "min")
CONSTANTS = ("pi", "e")


@dataclass(frozen=True, slots=True)
class Variable:
    """z."""


@dataclass(frozen=True, slots=True)
class Number:
    """A non-negative decimal, in its shortest spelling."""

    text: str

    @property
    def value(self) -> fmpq:
        whole, _, part = self.text.partition(".")
        return fmpq(int(whole + part), 10 ** len(part))


@dataclass(frozen=True, slots=True)
class Constant:
    """`pi` or `e`."""

    name: str


@dataclass(frozen=True, slots=True)
class Negative:
    """-u."""

    operand: Expression


@dataclass(frozen=True, slots=True)
class Binary:
    """left + right, left - right, left * right or left / right."""

    operator: str
    left: Expression
    right: Expression


@dataclass(frozen=True, slots=True)
class Power:
    """base ** (numerator / denominator), in lowest terms, denominator > 0, numerator not 0. With a denominator above 1
    it is defined for base > 0 only."""

    base: Expression
    numerator: int
    denominator: int


@dataclass(frozen=True, slots=True)
class Call:
    """A function of one or two arguments."""

    name: str
    arguments: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Piecewise:
    """`below` for z < numerator / denominator, `above` from there on."""

    numerator: int
    denominator: int
    below: Expression
    above: Expression

    @property
    def threshold(self) -> fmpq:
        return fmpq(self.numerator, self.denominator)


Expression = Variable | Number | Constant | Negative | Binary | Power | Call | Piecewise

_TOKEN = re.compile(r"[0-9]+(?:\.[0-9]+)?|\.[0-9]+|[A-Za-z_][A-Za-z_0-9]*|\*\*|[-+*/(),<]")


def parse(text: str, where: str) -> Expression:
    """Read a formula.

    Raises:
        Malformed: not of the grammar above, or beyond its bounds.
    """
    if len(text) > MAX_LENGTH:
        raise Malformed(where, f"a formula of {len(text)} characters; at most {MAX_LENGTH} are read")
    parser = _Parser(_tokens(text, where), where)
    expression = parser.sum()
    if parser.token:
        raise parser.unexpected()
    return expression


def _tokens(text: str, where: str) -> list[str]:
    tokens, place = [], 0
    while place < len(text):
        if text[place] == " ":
            place += 1
            continue
        found = _TOKEN.match(text, place)
        if not found:
            raise Malformed(where, f"no formula in z: unexpected {text[place]!r} at character {place + 1}")
        tokens.append(found[0])
        place = found.end()
    return tokens


class _Parser:
    """Recursive descent over the tokens; the empty token is the end."""

    def __init__(self, tokens: list[str], where: str) -> None:
        self._tokens, self._place, self._where, self._nesting = tokens, 0, where, 0

    @property
    def token(self) -> str:
        return self._tokens[self._place] if self._place < len(self._tokens) else ""

    def take(self) -> str:
        token = self.token
        self._place += 1
        return token

    def unexpected(self) -> Malformed:
        found = repr(self.token[:40]) if self.token else "the end"
        return Malformed(self._where, f"no formula in z: unexpected {found}")

    def expect(self, token: str) -> None:
        if self.token != token:
            raise self.unexpected()
        self.take()

    def sum(self) -> Expression:
        left = self.product()
        while self.token in ("+", "-"):
            left = Binary(self.take(), left, self.product())
        return left

    def product(self) -> Expression:
        left = self.unary()
        while self.token in ("*", "/"):
            left = Binary(self.take(), left, self.unary())
        return left

    def unary(self) -> Expression:
        self._nesting += 1
        if self._nesting > MAX_NESTING:
            raise Malformed(self._where, f"a formula nested deeper than {MAX_NESTING}")
        if self.token == "-":
            self.take()
            found: Expression = Negative(self.unary())
        else:
            found = self.power()
        self._nesting -= 1
        return found

    def power(self) -> Expression:
        base = self.atom()
        if self.token != "**":
            return base
        self.take()
        if self.token == "(":
            self.take()
            exponent = self.ratio()
            self.expect(")")
        else:
            exponent = self.sign() * self.number().value
        if self.token == "**":
            raise Malformed(self._where, "a power of a power needs parentheses")
        if exponent == 0 or max(abs(int(exponent.p)), int(exponent.q)) > MAX_EXPONENT:
            raise Malformed(self._where, f"an exponent is 0, or has parts above {MAX_EXPONENT}")
        return Power(base, int(exponent.p), int(exponent.q))

    def sign(self) -> int:
        if self.token != "-":
            return 1
        self.take()
        return -1

    def ratio(self) -> fmpq:
        value = self.sign() * self.number().value
        if self.token == "/":
            self.take()
            below = self.number().value
            if below == 0:
                raise Malformed(self._where, "denominator zero")
            value /= below
        if max(abs(int(value.p)), int(value.q)) >= 10**MAX_DIGITS:
            raise Malformed(self._where, f"a ratio with parts of more than {MAX_DIGITS} digits")
        return value

    def number(self) -> Number:
        if not self.token or self.token[0] not in ".0123456789":
            raise self.unexpected()
        token = self.take()
        if len(token) > MAX_DIGITS:
            raise Malformed(self._where, f"a number of {len(token)} characters; at most {MAX_DIGITS} are read")
        whole, point, part = token.partition(".")
        part = part.rstrip("0") if point else ""
        return Number((whole.lstrip("0") or "0") + (f".{part}" if part else ""))

    def atom(self) -> Expression:
        token = self.token
        if token and token[0] in ".0123456789":
            return self.number()
        if token == "(":
            self.take()
            inner = self.sum()
            self.expect(")")
            return inner
        if not token or not (token[0].isalpha() or token[0] == "_"):
            raise self.unexpected()
        self.take()
        if token == "z":
            return Variable()
        if token in CONSTANTS:
            return Constant(token)
        if token == "piecewise":
            return self.piecewise()
        return self.call(token)

    def call(self, name: str) -> Expression:
        count = 1 if name in UNARY_FUNCTIONS else 2 if name in BINARY_FUNCTIONS else 0
        if not count:
            known = ", ".join(("z", *CONSTANTS, *UNARY_FUNCTIONS, *BINARY_FUNCTIONS, "piecewise"))
            raise Malformed(self._where, f"unknown name {name[:40]!r} in a formula; known: {known}")
        self.expect("(")
        arguments = [self.sum()]
        while len(arguments) < count:
            self.expect(",")
            arguments.append(self.sum())
        self.expect(")")
        return Call(name, tuple(arguments))

    def piecewise(self) -> Expression:
        for token in ("(", "z", "<"):
            self.expect(token)
        threshold = self.ratio()
        self.expect(",")
        below = self.sum()
        self.expect(",")
        above = self.sum()
        self.expect(")")
        return Piecewise(int(threshold.p), int(threshold.q), below, above)


_SUM, _PRODUCT, _UNARY, _ATOM = range(4)


def spell(expression: Expression) -> str:
    """The canonical text: no blanks, no parenthesis that the grammar can do without. Parsing it gives the same tree."""
    return _spell(expression, _SUM)


def _spell(expression: Expression, place: int) -> str:
    """`place`: how tightly the surroundings bind; what binds less needs parentheses."""
    match expression:
        case Negative(operand):
            text, own = f"-{_spell(operand, _UNARY)}", _UNARY
        case Binary(operator, left, right):
            own = _SUM if operator in "+-" else _PRODUCT
            text = f"{_spell(left, own)}{operator}{_spell(right, _PRODUCT if own == _SUM else _UNARY)}"
        case Power(base, numerator, denominator):
            exponent = str(numerator) if denominator == 1 else f"({numerator}/{denominator})"
            text, own = f"{_spell(base, _ATOM)}**{exponent}", _UNARY
        case Call(name, arguments):
            text, own = f"{name}({','.join(_spell(argument, _SUM) for argument in arguments)})", _ATOM
        case Piecewise(_, _, below, above):
            text, own = f"piecewise(z<{expression.threshold},{_spell(below, _SUM)},{_spell(above, _SUM)})", _ATOM
        case _:
            text, own = _word(expression), _ATOM
    return f"({text})" if own < place else text


def _word(expression: Variable | Number | Constant) -> str:
    match expression:
        case Number(text):
            return text
        case Constant(name):
            return name
    return "z"


def parts(expression: Expression) -> tuple[Expression, ...]:
    """The expressions that this one is directly made of."""
    match expression:
        case Negative(operand):
            return (operand,)
        case Binary(_, left, right):
            return (left, right)
        case Power(base, _, _):
            return (base,)
        case Call(_, arguments):
            return arguments
        case Piecewise(_, _, below, above):
            return (below, above)
    return ()


def is_constant(expression: Expression) -> bool:
    """Whether z does not occur (a threshold is an occurrence)."""
    if isinstance(expression, Variable | Piecewise):
        return False
    return all(is_constant(part) for part in parts(expression))
