"""What is true of an affine certificate, computed without either checker: fractions only.

`expected` is the answer that a well-formed certificate of the affine lemmas deserves. It evaluates the networks sample
by sample, with sigma as written here, and does not know how the checkers do it.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

from tests.corpus.corpus import PROVED, Answer, Document, rejected
from tests.proofs.affine import BETTER, MINIMUM, OPTIMUM

F = Fraction
SIGMA: dict[str, Callable[[Fraction], Fraction]] = {
    "relu": lambda z: max(z, F(0)),
    "leaky_relu": lambda z: max(z, z / 100),
    "prelu": lambda z: max(z, z / 4),
    "relu6": lambda z: min(max(z, F(0)), F(6)),
    "hardtanh": lambda z: min(max(z, F(-1)), F(1)),
    "hardsigmoid": lambda z: min(max(z + 3, F(0)), F(6)) / 6,
    "softshrink": lambda z: max(z - F(1, 2), F(0)) + min(z + F(1, 2), F(0)),
    "abs": abs,
}
KINKS: dict[str, list[Fraction]] = {
    "relu": [F(0)],
    "leaky_relu": [F(0)],
    "prelu": [F(0)],
    "relu6": [F(0), F(6)],
    "hardtanh": [F(-1), F(1)],
    "hardsigmoid": [F(-3), F(3)],
    "softshrink": [F(-1, 2), F(1, 2)],
    "abs": [F(0)],
}
Rows = list[list[Fraction]]


def _numbers(rows: Any) -> Rows:
    return [[F(v) for v in row] for row in rows]


class Network:
    """The pre-activations of each layer (samples by units), the outputs last; or the code of what does not fit."""

    def __init__(self, instance: Document, layers: list[Document]) -> None:
        network, data = instance["network"], instance["data"]
        self.sums: list[Rows] = []
        self.code = self._shape(network, data, layers)
        if self.code:
            return
        self.widths = [len(item["biases"]) for item in layers[:-1]]
        if network["widths"] != "every" and any(w > d for w, d in zip(self.widths, network["widths"], strict=True)):
            self.code = "BP04"
        if self.code or network["activation"] not in SIGMA:
            return
        sigma, states = SIGMA[network["activation"]], _numbers(data["inputs"])
        for item in layers:
            weights, biases = _numbers(item["weights"]), [F(b) for b in item["biases"]]
            self.sums.append(
                [
                    [
                        sum((w * s for w, s in zip(row, x, strict=True)), b)
                        for row, b in zip(weights, biases, strict=True)
                    ]
                    for x in states
                ]
            )
            states = [[sigma(z) for z in row] for row in self.sums[-1]]

    @staticmethod
    def _shape(network: Document, data: Document, layers: list[Document]) -> str:
        size = len(data["features"])
        if len(layers) != network["depth"] + 1:
            return "BP03"
        for item in layers:
            weights, biases = item["weights"], item["biases"]
            if not weights or len(weights) != len(biases) or any(len(row) != size for row in weights):
                return "BP03"
            size = len(weights)
        outputs = len(data["targets"][0]) if data["targets"] else 0
        biased = any(F(b) for b in layers[-1]["biases"])
        return "BP03" if size != outputs or (biased and not network["output_bias"]) else ""

    def residuals(self, instance: Document) -> Rows:
        """D_o for each output."""
        rows = [
            [t - y for t, y in zip(outputs, targets, strict=True)]
            for outputs, targets in zip(self.sums[-1], _numbers(instance["data"]["targets"]), strict=True)
        ]
        return [list(column) for column in zip(*rows, strict=True)]

    def loss(self, instance: Document) -> Fraction:
        return sum((d * d for column in self.residuals(instance) for d in column), F(0))

    def pieces(self, activation: str) -> tuple[bool, bool]:
        """Whether every unit is strictly straight, and whether some layer has only units on flat pieces."""
        flat = False
        for rows in self.sums[:-1]:
            slopes = []
            for column in zip(*rows, strict=True):
                sides = {tuple((z > kink) - (z < kink) for kink in KINKS[activation]) for z in column}
                if len(sides) > 1 or 0 in next(iter(sides)):
                    return False, False
                z, step = column[0], min(abs(column[0] - kink) for kink in KINKS[activation]) / 2
                slopes.append(SIGMA[activation](z + step) - SIGMA[activation](z))
            flat = flat or not any(slopes)
        return True, flat


class _Facts:
    """What the steps established."""

    def __init__(self) -> None:
        self.points: list[tuple[list[int], bool, Fraction]] = []
        self.lower: list[tuple[list[int], Fraction, Fraction | None]] = []


def expected(instance: Document, certificate: Document) -> Answer:
    """The answer for a well-formed certificate whose steps are of the affine lemmas, each with its premise."""
    facts, losses = _Facts(), dict[str, Fraction]()
    for step in certificate["steps"]:
        code = _step(instance, step, facts, losses)
        if code:
            return rejected(step["id"], code)
    code = _claim(instance, certificate["claim"], facts)
    return rejected("claim", code) if code else PROVED


def _step(instance: Document, step: Document, facts: _Facts, losses: dict[str, Fraction]) -> str:
    arguments, network = step["arguments"], instance["network"]
    if step["lemma"] == OPTIMUM:
        return _optimum(instance, arguments, facts, losses[step["premises"][0]])
    if step["lemma"] == MINIMUM and network["activation"] not in SIGMA:
        return "AM01"
    if step["lemma"] == MINIMUM and instance["loss"] != "squared":
        return "AM02"
    if step["lemma"] == BETTER and F(arguments["gap"]) <= 0:
        return "AB02"
    found = Network(instance, arguments["layers"])
    if found.code:
        return found.code
    loss = found.loss(instance)
    if step["lemma"] == BETTER:
        start, gap = losses[step["premises"][0]], F(arguments["gap"])
        facts.lower.append((found.widths, gap, None))
        return "AB03" if loss > start - gap else ""
    straight, flat = found.pieces(network["activation"])
    if not straight:
        return "AM03"
    for residual in found.residuals(instance):
        if sum(residual):
            return "AM04"
        columns = zip(*_numbers(instance["data"]["inputs"]), strict=True)
        if not flat and any(sum(d * x for d, x in zip(residual, column, strict=True)) for column in columns):
            return "AM05"
    facts.points.append((found.widths, flat, loss))
    losses[step["id"]] = loss
    return ""


def scatter(instance: Document) -> tuple[int, Fraction]:
    """The number of distinct inputs, and the scatter of the targets of equal ones."""
    groups: dict[tuple[Fraction, ...], Rows] = {}
    for x, y in zip(_numbers(instance["data"]["inputs"]), _numbers(instance["data"]["targets"]), strict=True):
        groups.setdefault(tuple(x), []).append(y)
    total = F(0)
    for rows in groups.values():
        for column in zip(*rows, strict=True):
            mean = sum(column, F(0)) / len(column)
            total += sum(((v - mean) ** 2 for v in column), F(0))
    return len(groups), total


def _optimum(instance: Document, arguments: Document, facts: _Facts, start: Fraction) -> str:
    network, inputs = instance["network"], _numbers(instance["data"]["inputs"])
    distinct, least = scatter(instance)
    widths = [1] * (network["depth"] - 1) + [max(1, distinct - network["output_bias"])]
    if network["widths"] != "every" and network["widths"][-1] < widths[-1]:
        return "AO02"
    direction = [F(g) for g in arguments["direction"]]
    if len(direction) != len(inputs[0]):
        return "AO03"
    if len({sum((g * v for g, v in zip(direction, x, strict=True)), F(0)) for x in inputs}) != distinct:
        return "AO04"
    if least >= start:
        return "AO05"
    facts.lower.append((widths, start - least, least))
    return ""


def _covers(claimed: list[int], shown: list[int]) -> bool:
    return len(claimed) == len(shown) and all(c >= s for c, s in zip(claimed, shown, strict=True))


def _claim(instance: Document, claim: Document, facts: _Facts) -> str:
    if len(facts.points) != 1:
        return "CL01"
    (widths, flat, loss), claimed = facts.points[0], claim["least_widths"]
    fixed = instance["network"]["widths"]
    if F(claim["loss"]) != loss:
        return "CL03"
    if claim["region"] == "affine" and flat:
        return "CL15"
    if len(claimed) != instance["network"]["depth"] or min(claimed) < 1 or not _covers(claimed, widths):
        return "CL04"
    if fixed != "every" and not _covers(fixed, claimed):
        return "CL04"
    if "gap" in claim:
        gap = F(claim["gap"])
        if gap <= 0 or not any(gap <= most and _covers(claimed, shown) for shown, most, _ in facts.lower):
            return "CL05"
    wide = claim["optimum_widths"]
    if wide is not None:
        best = [shown for shown, _, least in facts.lower if least is not None]
        if not any(_covers(wide, shown) for shown in best) or (fixed != "every" and not _covers(fixed, wide)):
            return "CL08"
        if F(claim["optimum"]) not in [least for _, _, least in facts.lower if least is not None]:
            return "CL14"
    return ""
