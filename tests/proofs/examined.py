"""Trained networks: cases made by `certify examine` once and kept in data_examined/, and the loss a second time, in
mpmath, from the definition in docs/mathematics.md."""

from __future__ import annotations

import json
import random
from fractions import Fraction
from pathlib import Path
from typing import Any

import mpmath

from proofs.full_network import Shape
from tests.proofs.build import Case
from tests.proofs.oracle import real
from tests.proofs.test_full_network import half_loss

CRITICAL = "critical-point/1"
STRICT = "strict-minimum/1"
SADDLE = "saddle/1"
SLOPE = "not-critical/1"
SPECTRUM = "spectrum/1"
REPLICATED = "replicated-minimum/1"
REPLICATED_SADDLE = "replicated-saddle/1"
EXACT = "zero-loss/1"
BETTER = "examined-better-point/1"
OPTIMUM = "examined-optimum/1"
FIT = "zero-optimum/1"

FOLDER = Path(__file__).parent / "data_examined"


def _load(path: Path) -> Case:
    document = json.loads(path.read_text(encoding="utf-8"))
    certificate = document["certificate"]
    arguments = {step["lemma"]: step["arguments"] for step in certificate["steps"]}
    return Case(document["instance"], arguments, certificate["claim"])


EXAMINED = {path.stem: _load(path) for path in sorted(FOLDER.glob("*.json"))}


def having(lemma: str) -> dict[str, Case]:
    return {name: case for name, case in EXAMINED.items() if lemma in case.arguments}


def shape_and_centre(case: Case, lemma: str) -> tuple[Shape, list[Fraction]]:
    """The network in the arguments of a lemma."""
    bias = case.instance.architecture.output_bias
    layers = case.arguments[lemma]["layers"]
    numbers = []
    for layer in layers:
        for row, b in zip(layer["weights"], layer["biases"], strict=True):
            numbers += [Fraction(w) for w in row] + ([Fraction(b)] if bias or layer is not layers[-1] else [])
    return Shape((case.instance.inputs.columns, *(len(layer["biases"]) for layer in layers)), bias), numbers


def loss_at(case: Case, shape: Shape, point: list[Any]) -> Any:
    """In mpmath, at the current precision."""
    return 2 * half_loss(case.instance, shape, point)


def slope_at(case: Case, shape: Shape, point: list[Any], direction: list[Any]) -> Any:
    """The derivative of the loss along a direction, by central differences."""
    step = mpmath.mpf(10) ** (-mpmath.mp.dps // 3)
    up, down = ([p + side * step * d for p, d in zip(point, direction, strict=True)] for side in (1, -1))
    return (loss_at(case, shape, up) - loss_at(case, shape, down)) / (2 * step)


def points_within(centre: list[Fraction], radius: Fraction, count: int) -> list[list[Any]]:
    """Random points of a box, half of them corners."""
    numbers = random.Random(0)
    sides = [
        [numbers.choice((-1, 1)) if k % 2 else numbers.randint(-(10**6), 10**6) / Fraction(10**6) for _ in centre]
        for k in range(count)
    ]
    return [[real(c + radius * Fraction(s)) for c, s in zip(centre, row, strict=True)] for row in sides]
