"""Every seed, and every input that once broke something, still ends cleanly; and a short deterministic run."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from tests.fuzz.mutate import mutate
from tests.fuzz.targets import TARGETS

SEEDS = sorted(Path(__file__).with_name("seeds").glob("*/*"))


def test_every_target_has_seeds() -> None:
    assert {path.parent.name for path in SEEDS} == set(TARGETS)


@pytest.mark.parametrize("seed", SEEDS, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_seed_ends_cleanly(seed: Path) -> None:
    TARGETS[seed.parent.name](seed.read_bytes())


@pytest.mark.parametrize("name", ["instance", "certificate"])
def test_changed_seeds_end_cleanly_and_both_checkers_agree(name: str) -> None:
    for path in (path for path in SEEDS if path.parent.name == name):
        data = path.read_bytes()
        for number in range(150):
            TARGETS[name](mutate(data, number))


def test_changed_formulas_end_cleanly_and_both_checkers_agree() -> None:
    rng = random.Random(1)
    for path in (path for path in SEEDS if path.parent.name == "formula"):
        for _ in range(300):
            data = bytearray(path.read_bytes())
            for _ in range(rng.randint(1, 3)):
                place = rng.randrange(len(data))
                data[place : place + rng.randint(0, 2)] = rng.choice(
                    (b"z", b"(", b")", b"*", b"-", b"1", b"0", b"/", b".")
                )
            TARGETS["formula"](bytes(data))
