"""The format, field by field: everything here is malformed."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from fractions import Fraction
from itertools import count
from typing import Any

from tests.corpus.corpus import MALFORMED, Case, Texts, copied, encoded
from tests.corpus.subject import Subject

Place = tuple[str | int, ...]

RAW, TWICE = "@raw@", "@twice@"  # replaced in the text: a token that `json.dumps` would not write; a repeated key

NUMBER = re.compile(r"-?[0-9]+(/[0-9]+)?|log\(.*\)")
NOT_RATIONAL = (
    "+1", "01", "-01", "1/1", "2/4", "-0", "0/5", "1/-2", "1/0", "0/0", "/2", "1/", "1/2/3", "-", "", " 1", "1 ", "1\n",
    "1.0", ".5", "1e5", "1e" + "9" * 400, "1E-999999999", "0x10", "1_000", "1,000", "\uff11", "\u0661", "\u00bd", "NaN",
    "Infinity", "1+i", "pi", "9" * 20_001, "1/" + "3" * 20_000, "log(0)", "log(-1)", "log(1/2", "log(2/4)", "LOG(2)",
    "log(log(2))", "log()", "ln(2)",
)  # fmt: skip
NO_RATIONALS: tuple[Any, ...] = (1, 0.5, True, None, ["1"], {"p": 1, "q": 2}, RAW + "NaN", RAW + "1e400", RAW + "-0.0")
NO_INTEGERS: tuple[Any, ...] = (
    "1", None, True, [1], {}, 1.5, RAW + "1.0", RAW + "1e0", RAW + "NaN", RAW + "-Infinity", RAW + "1" + "0" * 18,
    RAW + "9" * 5000, RAW + "1e999999999",
)  # fmt: skip
NO_TEXTS: tuple[Any, ...] = (None, 1, True, ["s1"], {}, 0.5, RAW + "Infinity")
NO_TRUTHS: tuple[Any, ...] = (None, 0, 1, "true", [], RAW + "NaN")
NO_LISTS: tuple[Any, ...] = (None, "", {}, 0, False, RAW + "0.0")
NO_OBJECTS: tuple[Any, ...] = (None, [], "", 1, True, RAW + "1.0")

MAY_BE_LEFT_OUT = (("claim", "optimum"), ("weight_decay",))
MAY_BE_NULL = ("box_radius", "zero_loss_widths", "region_radius", "optimum_widths", "optimum", "lower", "upper")


def places(value: Any, place: Place = ()) -> Iterator[tuple[Place, Any]]:
    """Every place of a document; of a list the first and the last item."""
    yield place, value
    if isinstance(value, dict):
        for key, item in value.items():
            yield from places(item, (*place, key))
    elif isinstance(value, list):
        for index in sorted({0, len(value) - 1} if value else set()):
            yield from places(value[index], (*place, index))


def spoilers(place: Place, value: Any) -> tuple[Any, ...]:
    """Values that are no values of the type that belongs there."""
    null = place[-1] in MAY_BE_NULL or value is None
    if isinstance(value, bool):
        return NO_TRUTHS
    if isinstance(value, int):
        return NO_INTEGERS
    if isinstance(value, dict):
        return NO_OBJECTS
    if isinstance(value, list):
        return tuple(v for v in NO_LISTS if v is not None or not null)
    if value is None or NUMBER.fullmatch(value):
        numbers = (*NOT_RATIONAL, *_respelt(value)) if value else ("", "1.0", "null")
        return tuple(v for v in (*NO_RATIONALS, *numbers) if v is not None or not null)
    return NO_TEXTS


def _respelt(number: str) -> list[str]:
    """The same number, spelt in ways that are not allowed."""
    if number.startswith("log("):
        return [f"log({text})" for text in _respelt(number[4:-1])]
    value = Fraction(number)
    size = f"{abs(value.numerator)}/{value.denominator}"
    side = "-" if number.startswith("-") else ""
    return [f"{2 * value.numerator}/{2 * value.denominator}", f"{side}0{size}", f"{side}{size.replace('/', '/0')}"] * 4


def fields(subject: Subject, thorough: int = 2) -> Iterator[Case]:
    """At every place `thorough` wrong values, and each member removed, renamed, joined by a stranger or written twice.

    Which of the wrong values are tried at a place changes from place to place and from certificate to certificate.
    """
    turn = count(zlib.crc32(subject.name.encode()))
    for which, document in (("certificate", subject.good.certificate), ("instance", subject.good.instance)):
        for place, value in places(document):
            if not place:
                yield _case(subject, which, place, "unknown field", {**document, "comment": "trust me"})
                continue
            if isinstance(place[-1], str):
                yield _member_changed(subject, which, document, place, next(turn) % 4)
            wrong = spoilers(place, value)
            for _ in range(thorough):
                spoiler = wrong[next(turn) * 7919 % len(wrong)]
                changed = copied(document)
                _parent(changed, place)[place[-1]] = spoiler
                yield _case(subject, which, place, f"is {str(spoiler)[:20]!r}", changed)


def _member_changed(subject: Subject, which: str, document: Any, place: Place, way: int) -> Case:
    if way == 0 and place in MAY_BE_LEFT_OUT and subject.trained:
        way = 1
    changed = copied(document)
    parent, key = _parent(changed, place), place[-1]
    if way == 0:
        del parent[key]
        return _case(subject, which, place, "removed", changed)
    if way == 1:
        parent[f"{key}_"] = parent.pop(key)
        return _case(subject, which, place, "renamed", changed)
    if way == 2:
        parent["note"] = None
        return _case(subject, which, place, "joined by an unknown field", changed)
    parent[TWICE] = parent[key]
    return _case(subject, which, place, "written twice", changed)


def _parent(document: Any, place: Place) -> Any:
    for key in place[:-1]:
        document = document[key]
    return document


def _case(subject: Subject, which: str, place: Place, change: str, document: Any) -> Case:
    text = encoded(document).decode()
    text = re.sub(f'"{RAW}([^"]*)"', r"\1", text)
    text = text.replace(f'"{TWICE}"', f'"{place[-1]}"' if place else "")
    texts = subject.good.texts
    instance, certificate = (
        (text.encode(), texts.certificate) if which == "instance" else (texts.instance, text.encode())
    )
    where = ".".join(map(str, (which, *place)))
    return Case(subject.name, f"{where} {change}", Texts(instance, certificate, texts.files), MALFORMED, "format")
