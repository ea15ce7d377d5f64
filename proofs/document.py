"""Reading JSON as a sceptic: no floats, no duplicate keys, no unknown keys, no surprises.

`Reader` walks a parsed document and names the place of everything it refuses.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from flint import fmpq

from proofs.exact import Level, Malformed, parse_level, parse_rational

MAX_BYTES = 512 * 1024 * 1024
MAX_INTEGER_DIGITS = 18


class TooLarge(Exception):
    """The input is larger than the checker is willing to read."""


def parse_json(text: bytes, what: str) -> object:
    """Parse strict JSON.

    Raises:
        Malformed: not UTF-8 JSON, a floating point number, nan, a duplicate key, an integer over
            MAX_INTEGER_DIGITS digits, or nesting too deep.
        TooLarge: more than MAX_BYTES bytes.
    """
    if len(text) > MAX_BYTES:
        raise TooLarge(f"{what}: {len(text)} bytes; at most {MAX_BYTES} are read")

    def no_float(token: str) -> object:
        raise Malformed(what, f"the floating point number {token[:40]}; exact numbers are written as strings")

    def integer(token: str) -> int:
        if len(token) > MAX_INTEGER_DIGITS:
            raise Malformed(what, f"the integer {token[:20]}...; exact numbers of any size are written as strings")
        return int(token)

    def no_duplicates(pairs: list[tuple[str, object]]) -> dict[str, object]:
        result: dict[str, object] = {}
        for key, value in pairs:
            if key in result:
                raise Malformed(what, f"the key {key[:40]!r} appears twice in one object")
            result[key] = value
        return result

    try:
        return json.loads(
            text.decode("utf-8"),
            object_pairs_hook=no_duplicates,
            parse_float=no_float,
            parse_constant=no_float,
            parse_int=integer,
        )
    except UnicodeDecodeError as error:
        raise Malformed(what, f"expected UTF-8 text; byte {error.start} is not") from None
    except json.JSONDecodeError as error:
        raise Malformed(what, f"not JSON: line {error.lineno} column {error.colno}: {error.msg}") from None
    except RecursionError:
        raise Malformed(what, "nested too deeply") from None


def parse_document(source: Path | str | Mapping[str, object], what: str) -> object:
    """Parse the JSON of a file (a `Path`) or a text; a document that is parsed already is written and read once more,
    so that nothing enters by it which no file could hold.

    Raises:
        Malformed, TooLarge: see `parse_json`.
        OSError: the file cannot be read.
    """
    if isinstance(source, Path):
        return parse_json(source.read_bytes(), source.name)
    if isinstance(source, str):
        if not source.lstrip().startswith("{"):
            raise Malformed(what, "expected JSON text, which begins with {; the name of a file is given as a Path")
        return parse_json(source.encode("utf-8", "surrogatepass"), what)
    try:
        text = json.dumps(dict(source))
    except (TypeError, ValueError, RecursionError):
        raise Malformed(what, "expected a JSON document: objects, lists, strings, integers, truth values") from None
    return parse_json(text.encode("ascii"), what)


def digest(document: object) -> str:
    """`sha256:` and the hash of the canonical text of a JSON document (sorted keys, no blanks, ASCII)."""
    text = json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return "sha256:" + hashlib.sha256(text.encode("ascii")).hexdigest()


@dataclass(slots=True)
class Reader:
    """A JSON object whose fields are taken one by one; `finish` refuses what nobody asked for.

    Every method raises `Malformed` with the place of the fault.
    """

    fields: dict[str, object]
    where: str
    _taken: set[str] = field(default_factory=set)

    @staticmethod
    def of(value: object, where: str) -> Reader:
        """Wrap a value that must be a JSON object."""
        if not isinstance(value, dict):
            raise Malformed(where, "expected an object {...}")
        return Reader(value, where)

    def place(self, key: str) -> str:
        return f"{self.where}.{key}"

    def take(self, key: str) -> object:
        """The raw value of a required field."""
        if key not in self.fields:
            raise Malformed(self.where, f"the field {key!r} is missing")
        self._taken.add(key)
        return self.fields[key]

    def has(self, key: str) -> bool:
        return key in self.fields

    def section(self, key: str) -> Reader:
        return Reader.of(self.take(key), self.place(key))

    def sections(self, key: str) -> tuple[Reader, ...]:
        return tuple(Reader.of(v, f"{self.place(key)}[{i}]") for i, v in enumerate(self.items(key)))

    def items(self, key: str) -> list[object]:
        return as_list(self.take(key), self.place(key))

    def text(self, key: str) -> str:
        return as_text(self.take(key), self.place(key))

    def texts(self, key: str) -> tuple[str, ...]:
        return tuple(as_text(v, f"{self.place(key)}[{i}]") for i, v in enumerate(self.items(key)))

    def boolean(self, key: str) -> bool:
        value = self.take(key)
        if not isinstance(value, bool):
            raise Malformed(self.place(key), "expected true or false")
        return value

    def integer(self, key: str) -> int:
        return as_integer(self.take(key), self.place(key))

    def integers(self, key: str) -> tuple[int, ...]:
        return tuple(as_integer(v, f"{self.place(key)}[{i}]") for i, v in enumerate(self.items(key)))

    def optional_integers(self, key: str) -> tuple[int, ...] | None:
        """null stands for None."""
        return None if self.take(key) is None else self.integers(key)

    def rational(self, key: str) -> fmpq:
        return parse_rational(self.take(key), self.place(key))

    def optional_rational(self, key: str) -> fmpq | None:
        """null stands for None."""
        return None if self.take(key) is None else self.rational(key)

    def rationals(self, key: str) -> tuple[fmpq, ...]:
        return rational_row(self.take(key), self.place(key))

    def matrix(self, key: str) -> tuple[tuple[fmpq, ...], ...]:
        return tuple(rational_row(row, f"{self.place(key)}[{i}]") for i, row in enumerate(self.items(key)))

    def levels(self, key: str) -> tuple[Level, ...]:
        return tuple(parse_level(v, f"{self.place(key)}[{i}]") for i, v in enumerate(self.items(key)))

    def finish(self) -> None:
        """Refuse fields that were not asked for."""
        unknown = sorted(set(self.fields) - self._taken)
        if unknown:
            raise Malformed(self.where, f"unknown field {unknown[0][:40]!r}")


def as_list(value: object, where: str) -> list[object]:
    if not isinstance(value, list):
        raise Malformed(where, "expected a list [...]")
    return value


def as_text(value: object, where: str) -> str:
    if not isinstance(value, str):
        raise Malformed(where, "expected a string")
    return value


def as_integer(value: object, where: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise Malformed(where, "expected an integer")
    return value


def rational_row(value: object, where: str) -> tuple[fmpq, ...]:
    return tuple(parse_rational(v, f"{where}[{i}]") for i, v in enumerate(as_list(value, where)))
