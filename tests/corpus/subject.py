"""A good certificate taken apart, ready to be changed."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from functools import cached_property
from typing import Any

from tests.corpus import oracle
from tests.corpus.corpus import Answer, Case, Document, Good, Texts, copied, encoded, rehashed
from tests.proofs.build import BETTER, BOX, GENERIC, JENSEN, MINIMUM, OPTIMUM, POINT
from tests.proofs.examined import CRITICAL, EXACT, REPLICATED, REPLICATED_SADDLE

FITTED = "fitted-point/1"
ANY = "any-lift/1"
UNIFORM = "uniform-lift/1"
REGION = "fitted-region/1"
FITTED_BETTER = "fitted-better-point/1"
FITTED_OPTIMUM = "fitted-optimum/1"
EXCEPTIONAL = "exceptional-activation/1"
AFFINE = "affine-minimum/1"
AFFINE_BETTER = "affine-better-point/1"
AFFINE_OPTIMUM = "affine-optimum/1"

POINTS = (POINT, FITTED, AFFINE)
ALONE = (*POINTS, CRITICAL, EXACT, REPLICATED, REPLICATED_SADDLE)
"""A certificate has one step of these kinds at most."""
SUPPORT = {BOX: "box_radius", JENSEN: "jensen_region", OPTIMUM: "zero_loss_widths", GENERIC: "generic"}
FITTED_SUPPORT = {REGION: "region_radius", FITTED_OPTIMUM: "optimum_widths"}


class Draft:
    """A copy to be changed: edit `instance` and `certificate`, then take the `case`."""

    def __init__(self, good: Good) -> None:
        self.origin, self.files = good.name, dict(good.files)
        self.instance: Document = copied(good.instance)
        self.certificate: Document = copied(good.certificate)

    @property
    def claim(self) -> Document:
        claim: Document = self.certificate["claim"]
        return claim

    @property
    def steps(self) -> list[Document]:
        steps: list[Document] = self.certificate["steps"]
        return steps

    def step(self, lemma: str) -> Document:
        return next(s for s in self.steps if s["lemma"] == lemma)

    def arguments(self, lemma: str) -> Document:
        arguments: Document = self.step(lemma)["arguments"]
        return arguments

    def keep(self, *lemmas: str) -> Draft:
        """Keep these steps only, and claim what they support."""
        self.certificate["steps"] = [s for s in self.steps if s["lemma"] in lemmas]
        claim = self.claim
        if claim["kind"].endswith("fitted-minimum"):
            return self._keep_fitted(lemmas)
        for lemma, item in SUPPORT.items():
            if lemma not in lemmas:
                claim[item] = False if isinstance(claim[item], bool) else None
        if BETTER not in lemmas and claim["kind"] == "suboptimal-local-minimum":
            if OPTIMUM in lemmas:
                claim |= {"least_widths": claim["zero_loss_widths"], "gap": claim["loss"]}
            else:
                claim["kind"] = "local-minimum"
                del claim["gap"]
        return self

    def _keep_fitted(self, lemmas: tuple[str, ...]) -> Draft:
        claim = self.claim
        claim |= {item: None for lemma, item in FITTED_SUPPORT.items() if lemma not in lemmas}
        if FITTED_BETTER not in lemmas and "gap" in claim:
            claim["kind"] = "fitted-minimum"
            del claim["gap"]
        return self

    def consistent(self) -> Draft:
        """Keep what shows the local minimum, and claim the loss that these targets and constants give."""
        self.keep(POINT, MINIMUM if MINIMUM in (s["lemma"] for s in self.steps) else JENSEN)
        constants = [Fraction(c) for c in self.arguments(POINT)["constants"]]
        rows: oracle.Rows = oracle.numbers(self.instance["data"].get("targets", []))
        if rows:
            self.claim["loss"] = str(sum((c - y) ** 2 for row in rows for c, y in zip(constants, row, strict=True)))
        return self

    def case(self, change: str, expected: Answer, because: str = "", rehash: bool = True) -> Case:
        certificate = rehashed(self.instance, self.certificate) if rehash else self.certificate
        return Case(
            self.origin, change, Texts(encoded(self.instance), encoded(certificate), self.files), expected, because
        )


class Subject:
    """A good certificate and the numbers in it, possibly read with another activation or output bias."""

    def __init__(self, good: Good, activation: str | None = None, biased: bool | None = None) -> None:
        self.good = good
        self.activation: str = activation or good.instance["network"]["activation"]
        self.biased: bool = good.instance["network"]["output_bias"] if biased is None else biased

    @property
    def name(self) -> str:
        return self.good.name

    def draft(self) -> Draft:
        return Draft(self.good)

    @cached_property
    def lemmas(self) -> dict[str, str]:
        """The name of the step of each lemma."""
        return {s["lemma"]: s["id"] for s in self.good.certificate["steps"]}

    def has(self, *lemmas: str) -> bool:
        return all(lemma in self.lemmas for lemma in lemmas)

    def arguments(self, lemma: str) -> Document:
        return Draft(self.good).arguments(lemma)

    @property
    def claim(self) -> Document:
        claim: Document = self.good.certificate["claim"]
        return claim

    @property
    def network(self) -> Document:
        network: Document = self.good.instance["network"]
        return network

    @property
    def depth(self) -> int:
        return int(self.network["depth"])

    @property
    def top(self) -> int:
        """The sign of sigma(a_H)."""
        return oracle.derivative_sign(self.activation, self.arguments(POINT)["levels"][-1], 0)

    @property
    def trained(self) -> bool:
        """Whether it is about a network that someone trained."""
        return bool(self.claim["kind"].startswith("examined"))

    @property
    def inline(self) -> bool:
        """Whether the data are in the instance itself."""
        return not self.good.files

    @cached_property
    def inputs(self) -> oracle.Rows:
        rows: oracle.Rows = oracle.numbers(self._columns("inputs"))
        return rows

    @cached_property
    def targets(self) -> oracle.Rows:
        rows: oracle.Rows = oracle.numbers(self._columns("targets"))
        return rows

    def _columns(self, which: str) -> Any:
        data = self.good.instance["data"]
        if which in data:
            return data[which]
        (content,) = self.good.files.values()
        rows = [line.split(",") for line in content.decode().splitlines()[1:]]
        size = len(data["features"])
        return [row[:size] if which == "inputs" else row[size:] for row in rows]

    @cached_property
    def residuals(self) -> oracle.Rows:
        """D_o for each output."""
        constants = oracle.numbers(self.arguments(POINT)["constants"])
        return [[c - row[o] for row in self.targets] for o, c in enumerate(constants)]

    @property
    def point(self) -> str:
        """The lemma of the critical point; empty if there is none."""
        return next((lemma for lemma in POINTS if self.has(lemma)), "")

    @cached_property
    def basis(self) -> list[int]:
        dependent = [item["feature"] for item in self.arguments(self.point)["dependent"]]
        return [j for j in range(len(self.inputs[0])) if j not in dependent]

    @cached_property
    def sizes(self) -> list[Fraction]:
        """|x_n|_1 over the basis, for the samples with a residual."""
        used = [n for n in range(len(self.inputs)) if any(residual[n] for residual in self.residuals)]
        return [sum((abs(self.inputs[n][j]) for j in self.basis), Fraction(0)) for n in used]

    @cached_property
    def groups(self) -> list[list[int]]:
        """The samples with equal inputs."""
        found: dict[tuple[Fraction, ...], list[int]] = {}
        for n, x in enumerate(self.inputs):
            found.setdefault(tuple(x), []).append(n)
        return list(found.values())

    def shows_lower(self, widths: list[int], gap: Fraction, without: str = "") -> bool:
        """Whether a step (but not one of the lemma `without`) shows this gap for all networks of these widths."""
        shown = []
        if self.has(BETTER):
            hidden = self.arguments(BETTER)["layers"][:-1]
            shown.append((BETTER, [len(layer["biases"]) for layer in hidden], Fraction(self.arguments(BETTER)["gap"])))
        if self.has(OPTIMUM):
            shown.append((OPTIMUM, [1] * (self.depth - 1) + [len(self.groups)], Fraction(self.claim["loss"])))
        return any(
            lemma != without and gap <= most and all(w >= s for w, s in zip(widths, least, strict=True))
            for lemma, least, most in shown
        )

    def layers(self) -> list[tuple[oracle.Rows, list[Fraction]]]:
        """The network of better-point/1."""
        return layers_of(self.arguments(BETTER))


def layers_of(arguments: Document) -> list[tuple[oracle.Rows, list[Fraction]]]:
    return [(oracle.numbers(item["weights"]), oracle.numbers(item["biases"])) for item in arguments["layers"]]


def pattern_failure(
    subject: Subject, point: Document, *, minimum: str = MINIMUM, negated: bool = False
) -> tuple[str, str] | None:
    """Which of CP05, LM04 to LM07 refuses a constant point with these arguments, as (lemma, code); None if none does.

    The residuals are those of the subject (`negated`: times -1), all of them with a definite moment.
    """
    activation = subject.activation
    if subject.biased:
        weights = [oracle.sign(Fraction(v)) for v in point["output_weights"]]
    else:
        top = oracle.derivative_sign(activation, point["levels"][-1], 0)
        if top == 0:
            return POINT, "CP05"
        weights = [oracle.sign(Fraction(c)) * top for c in point["constants"]]
    orientations = set()
    for residual, weight in zip(subject.residuals, weights, strict=True):
        if any(residual):
            side = oracle.definite(oracle.moment(residual, subject.inputs, subject.basis))
            orientations.add((-side if negated else side) * weight)
    if len(orientations) != 1 or 0 in orientations:
        return minimum, "LM04"
    kappa = orientations.pop()
    for h in reversed(range(subject.depth)):
        bend = oracle.derivative_sign(activation, point["levels"][h], 2)
        if bend == 0:
            return minimum, "LM05"
        if bend != kappa:
            return minimum, "LM06"
        if h > 0:
            slope = oracle.derivative_sign(activation, point["levels"][h], 1)
            if slope == 0:
                return minimum, "LM07"
            kappa *= slope * oracle.sign(Fraction(point["scales"][h - 1]))
    return None


UNDECIDABLE = ("CP05", "LM05", "LM07")


def alternatives(values: list[Any], index: int, new: Any) -> list[Any]:
    """The list with one entry replaced."""
    return [new if i == index else value for i, value in enumerate(values)]


def tiny(power: int) -> Fraction:
    return Fraction(1, 10**power)


def subjects(goods: list[Good]) -> Iterator[Subject]:
    for good in goods:
        yield Subject(good)
