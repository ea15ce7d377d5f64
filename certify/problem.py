"""A problem to be proved: the data, the network and the construction, from the command line or a TOML file."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from fractions import Fraction
from numbers import Integral
from pathlib import Path
from typing import Any

from certify.errors import UsageError, did_you_mean, repeated, shown
from certify.exact import exact
from certify.files import read_utf8
from certify.given_data import GivenData
from proofs.losses import LOSSES

MOST_HIDDEN_LAYERS = 8
CONSTRUCTIONS = ("constant", "fitted", "affine")
MOST_DIGITS = 30

_LOGARITHM = re.compile(r"log\((.*)\)")


@dataclass(frozen=True, slots=True)
class Problem:
    """What `certify prove` works on. Raises UsageError, starting with the name of the field at fault.

    The name of the activation is checked where activations are defined, columns when the data are read.
    """

    data: Path | GivenData
    features: tuple[str, ...] | None = None
    """Columns to use, in this order; None for every numeric one that is no target."""
    targets: tuple[str, ...] = ()
    """The user's own target columns; empty when the targets are to be constructed."""
    activation: str = "sigmoid"
    depth: int = 1
    """The number H of hidden layers."""
    widths: tuple[int, ...] | None = None
    """d_1, ..., d_H; None for every architecture of this depth."""
    outputs: int = 1
    """How many targets to construct; the user's own targets count themselves."""
    output_bias: bool = False
    loss: str = "squared"
    construction: str = "constant"
    standardise: bool = False
    levels: tuple[str, ...] | None = None
    """Where each hidden layer sits: rationals, or ``log(p/q)``; None to let the search choose."""
    constant: str | None = None
    """The output c of the constant network, a rational; None to let the search choose."""
    seed: int = 0
    digits: int | None = None
    """How many decimals the targets of a fitted construction have; None for the fewest that prove."""
    budget: float = 60.0
    """How many seconds the search for a fitted chain may take before it gives up."""
    piece: int | None = None
    """Which piece of a piecewise affine activation the affine construction uses, from 0 on the left; None: the best."""

    def __post_init__(self) -> None:
        if self.features is not None and not self.features:
            raise UsageError("features: expected at least one column, found none")
        for field, names in (("features", self.features or ()), ("targets", self.targets)):
            if twice := repeated(names):
                raise UsageError(f"{field}: column {twice!r} is named twice")
        if both := set(self.features or ()).intersection(self.targets):
            raise UsageError(f"targets: column {min(both)!r} is among the features, too")
        if not 1 <= self.depth <= MOST_HIDDEN_LAYERS:
            raise UsageError(f"depth: expected from 1 to {MOST_HIDDEN_LAYERS} hidden layers, found {self.depth}")
        for width in self.widths or ():
            if width < 1:
                raise UsageError(f"widths: expected positive integers, found {width}")
        for field, values in (("widths", self.widths), ("levels", self.levels)):
            if values is not None and len(values) != self.depth:
                raise UsageError(f"{field}: expected as many as hidden layers, {self.depth}, found {len(values)}")
        if self.digits is not None and not 0 <= self.digits <= MOST_DIGITS:
            raise UsageError(f"digits: expected 0 to {MOST_DIGITS} decimals, found {self.digits}")
        if not 0 < self.budget < float("inf"):
            raise UsageError(f"budget: expected a positive number of seconds, found {self.budget}")
        if self.outputs < 1:
            raise UsageError(f"outputs: expected a positive integer, found {self.outputs}")
        if self.targets and self.outputs not in {1, len(self.targets)}:
            raise UsageError(
                f"outputs: expected no such number beside {len(self.targets)} target columns, found {self.outputs}"
            )
        for field, name, available in (
            ("loss", self.loss, LOSSES),
            ("construction", self.construction, CONSTRUCTIONS),
        ):
            if name not in available:
                raise UsageError(f"{field}: available: {', '.join(available)}; found {shown(name)}")
        for level in self.levels or ():
            _check_level(level)
        if self.constant is not None:
            _rational("constant", self.constant)
        if self.construction == "fitted":
            self._check_fitted()
        if self.construction == "affine":
            self._check_affine()
        elif self.piece is not None:
            raise UsageError("piece: only the affine construction has one; leave it out")
        if self.construction != "fitted" and self.loss != "squared":
            raise UsageError(
                f"loss: the {self.construction} construction is for the squared loss; {self.loss} needs the fitted one"
            )
        if self.seed < 0:
            raise UsageError(f"seed: expected a non-negative integer, found {self.seed}")

    def _check_fitted(self) -> None:
        """A fitted point has targets of its own, and sits where the search finds a chain."""
        if self.targets:
            raise UsageError("targets: the fitted construction makes its own; leave the target columns out")
        if self.outputs > 1 and self.loss != "squared":
            raise UsageError(f"outputs: several need the squared loss, found {self.outputs} outputs and {self.loss}")
        self._refuse_levels()

    def _check_affine(self) -> None:
        """An affine point is about the user's own targets, and its levels follow from them."""
        if not self.targets:
            raise UsageError("targets: the affine construction is about your own; name their columns (--target)")
        self._refuse_levels()

    def _refuse_levels(self) -> None:
        for field, value in (("levels", self.levels), ("constant", self.constant)):
            if value is not None:
                raise UsageError(f"{field}: only the constant construction has one; leave it out")


def read_problem(path: Path) -> Problem:
    """Read a problem from a TOML file whose keys are the fields of `Problem`.

    ``data`` is relative to the file; without ``depth``, the number of ``widths`` or ``levels`` is the depth. Raises
    UsageError for anything malformed, unknown keys and values of the wrong type; floats are refused where an exact
    number is needed.
    """
    content = read_utf8(path).decode("utf-8-sig")
    try:
        document = tomllib.loads(content)
    except (ValueError, RecursionError) as error:
        raise UsageError(f"{path}: not well-formed TOML: {error}") from None
    for key in document:
        if key not in _READERS:
            known = did_you_mean(key, _READERS) or f"; the keys are {', '.join(_READERS)}"
            raise UsageError(f"{path}: unknown key {shown(key)}{known}")
    if "data" not in document:
        raise UsageError(f"{path}: data: expected the name of the data file, found no such key")
    try:
        fields = {key: _READERS[key](key, value) for key, value in document.items()}
        fields["data"] = path.parent / fields["data"]
        for per_layer in ("widths", "levels"):
            if per_layer in fields:
                fields.setdefault("depth", len(fields[per_layer]))
        return Problem(**fields)
    except UsageError as error:
        raise UsageError(f"{path}: {error}") from None


def checked_fields(options: Mapping[str, object]) -> dict[str, Any]:
    """Fields of a `Problem` out of Python values: the types that `read_problem` takes, Fractions, NumPy integers.

    Raises:
        UsageError: a value of the wrong type.
    """
    return {key: _READERS[key](key, _as_in_toml(value)) for key, value in options.items()}


def _as_in_toml(value: object) -> object:
    if isinstance(value, tuple | list):
        return [_as_in_toml(item) for item in value]
    if isinstance(value, Integral) and not isinstance(value, bool):
        return int(value)
    return str(value) if isinstance(value, Fraction) else value


def _check_level(level: str) -> None:
    logarithm = _LOGARITHM.fullmatch(level)
    numerator = _rational("levels", logarithm[1] if logarithm else level)
    if logarithm and numerator <= 0:
        raise UsageError(f"levels: expected the logarithm of a positive number, found {shown(level)}")


def _rational(field: str, text: str) -> int:
    """The numerator of a rational; UsageError when it is none."""
    try:
        return exact(text)[0]
    except ValueError as error:
        raise UsageError(f"{field}: {error}") from None


def _text(key: str, value: object) -> str:
    if not isinstance(value, str) or not value.strip():
        raise _wrong(key, "a string", value)
    return value


def _texts(key: str, value: object) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise _wrong(key, "a list of strings", value)
    return tuple(value)


def _integer(key: str, value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise _wrong(key, "an integer", value)
    if abs(value) > 10**18:
        raise UsageError(f"{key}: expected an integer of at most 18 digits, found a longer one")
    return value


def _integers(key: str, value: object) -> tuple[int, ...]:
    if not isinstance(value, list):
        raise _wrong(key, "a list of integers", value)
    return tuple(_integer(key, item) for item in value)


def _truth(key: str, value: object) -> bool:
    if not isinstance(value, bool):
        raise _wrong(key, "true or false", value)
    return value


def _seconds(key: str, value: object) -> float:
    if not isinstance(value, int | float) or isinstance(value, bool):
        raise _wrong(key, "a number of seconds", value)
    return float(value)


def _exact(key: str, value: object) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, int) and not isinstance(value, bool):
        return str(_integer(key, value))
    raise _wrong(key, 'an exact number, as a string such as "1/2" or "0.5"', value)


def _exacts(key: str, value: object) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise _wrong(key, 'a list of exact numbers, as strings such as "1/2" or "log(1/2)"', value)
    return tuple(_exact(key, item) for item in value)


def _wrong(key: str, expected: str, value: object) -> UsageError:
    kinds = {
        str: "a string",
        bool: "a truth value",
        int: "an integer",
        float: "a float",
        list: "a list",
        dict: "a table",
        date: "a date or time",
        datetime: "a date or time",
        time: "a date or time",
    }
    return UsageError(f"{key}: expected {expected}, found {kinds.get(type(value), type(value).__name__)}")


_READERS: dict[str, Callable[[str, object], Any]] = {
    "data": _text,
    "features": _texts,
    "targets": _texts,
    "activation": _text,
    "depth": _integer,
    "widths": _integers,
    "outputs": _integer,
    "output_bias": _truth,
    "loss": _text,
    "construction": _text,
    "standardise": _truth,
    "levels": _exacts,
    "constant": _exact,
    "seed": _integer,
    "digits": _integer,
    "budget": _seconds,
    "piece": _integer,
}
