"""A mutator that knows JSON: most random bytes die in the parser, a changed node reaches the lemmas."""

from __future__ import annotations

import copy
import json
import random
import re

_VALUES = (
    None, True, False, 0, 1, 2, -1, 3, 10**17, 10**19, "", "0", "1", "-1", "1/2", "2/1", "log(1/2)", "log(0)",
    "log(-1)", "1/1000000000000", "-1/3", "1e5", "every", "s1", "s2", "s9", "x", [], {}, ["1"], [["1"]], [0],
    [1, 1], ["0", "0"], "local-minimum", "obstruction", "interval-region/1", "jensen-region/1",
    "999999999999999999999999", 1.5, float("nan"),
)  # fmt: skip


def mutate(data: bytes, seed: int) -> bytes:
    """Change, remove, copy or swap one to three nodes of a JSON document; other bytes are returned as they are."""
    rng = random.Random(seed)
    try:
        document = json.loads(data)
    except (ValueError, RecursionError):
        return data
    for _ in range(rng.randint(1, 3)):
        places = list(_places(document))
        if not places:
            break
        parent, key = rng.choice(places)
        _, other = donor = rng.choice(places)
        action = rng.randrange(5)
        if action == 0:
            parent[key] = copy.deepcopy(rng.choice(_VALUES))
        elif action == 1:
            del parent[key]
        elif action == 2:
            parent[key] = copy.deepcopy(donor[0][other])
        elif action == 3 and isinstance(parent, list):
            parent.insert(key, copy.deepcopy(parent[key]))
        else:
            parent[key] = _nudged(parent[key], rng)
    return json.dumps(document).encode()


def _nudged(value: object, rng: random.Random) -> object:
    """A nearby value of the same kind."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value + rng.choice((-1, 1))
    if isinstance(value, str):
        numerator, slash, denominator = value.partition("/")
        if re.fullmatch("-?[0-9]{1,4000}", numerator) and rng.random() < 0.8:
            changed = int(numerator) * rng.choice((1, 1, -1)) + rng.choice((-1, 0, 1))
            return f"{changed}{slash}{denominator}"
        return value + rng.choice(("0", " ", "/2", "x"))
    return value


def _places(node: object) -> list[tuple[list | dict, int | str]]:  # type: ignore[type-arg]
    """Every (container, key) of a document."""
    found: list[tuple[list | dict, int | str]] = []  # type: ignore[type-arg]
    stack = [node]
    while stack:
        current = stack.pop()
        if isinstance(current, dict | list):
            keys = list(current) if isinstance(current, dict) else range(len(current))
            for key in keys:
                found.append((current, key))
                stack.append(current[key])
    return found
