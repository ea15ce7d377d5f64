"""Certificates changed in several places at random. Nobody knows what they deserve; the checkers must agree on it."""

from __future__ import annotations

import random
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from tests.corpus.corpus import Good, Texts, copied, encoded, rehashed
from tests.corpus.mutations.fields import NUMBER, Place, places

MOST_EDITS = 3


def wild(goods: list[Good], seed: int, count: int) -> Iterator[tuple[str, Texts]]:
    """`count` changed certificates with the name of the good one; the hash is right."""
    generator = random.Random(seed)
    for _ in range(count):
        good = generator.choice(goods)
        documents = {"instance": copied(good.instance), "certificate": copied(good.certificate)}
        for _ in range(generator.randint(1, MOST_EDITS)):
            _edit(documents[generator.choice(("instance", "certificate", "certificate"))], generator)
        certificate = documents["certificate"]
        if generator.random() < 0.95:
            certificate = rehashed(documents["instance"], certificate)
        yield good.name, Texts(encoded(documents["instance"]), encoded(certificate), good.files)


def _edit(document: Any, generator: random.Random) -> None:
    found: list[tuple[Place, Any]] = [(place, value) for place, value in places(document) if place]
    place, value = generator.choice(found)
    parent = document
    for key in place[:-1]:
        parent = parent[key]
    alike = [other for _, other in found if type(other) is type(value)]
    if isinstance(value, list) and value and generator.random() < 0.7:
        way = generator.randrange(4)
        if way == 0:
            del value[generator.randrange(len(value))]
        elif way == 1:
            value.append(copied(generator.choice(value)))
        elif way == 2:
            generator.shuffle(value)
        else:
            value.insert(0, copied(generator.choice(alike)))
    elif isinstance(value, str) and NUMBER.fullmatch(value) and generator.random() < 0.7:
        parent[place[-1]] = _moved(value, generator)
    elif isinstance(value, bool):
        parent[place[-1]] = not value
    elif isinstance(value, int) and generator.random() < 0.7:
        parent[place[-1]] = value + generator.choice((-1, 1, 2, 10))
    elif isinstance(parent, dict) and generator.random() < 0.1:
        del parent[place[-1]]
    else:
        parent[place[-1]] = copied(generator.choice(alike))


def _moved(text: str, generator: random.Random) -> str:
    if text.startswith("log("):
        return f"log({generator.choice((1, 2, 3))}/{generator.choice((4, 5, 7))})"
    number = Fraction(text)
    step = Fraction(1, 10 ** generator.choice((0, 1, 2, 5, 20, 100)))
    moves = (-number, number + step, number - step, 2 * number, number / 3, number * 10**6, Fraction(0), Fraction(1))
    return str(generator.choice(moves))
