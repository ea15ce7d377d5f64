"""Fitted points in the second checker: it answers as the main one does, which is written in other arithmetic.

The stored certificates and many damages of each kind are given to both. The enclosures of the second checker are often
narrower, so near a limit one may prove what is too wide for the other; nothing else may differ.
"""

from __future__ import annotations

import copy
import random
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from typing import Any

import mpmath
import numpy as np
import pytest
from flint import arb, arb_mat

from proofs import standalone as sa
from proofs.activations import CATALOGUE
from proofs.balls import lower_bound, precision, upper_bound
from proofs.certificate import read_certificate
from proofs.chain import directions, evaluate, half_hessian, homogeneous_inputs, spaces
from proofs.checking import check
from proofs.document import digest
from proofs.exact import Malformed
from proofs.instance import read_instance
from proofs.lemmas.fitted_optimum import FittedOptimum
from proofs.lemmas.fitted_point import FittedPoint
from proofs.lemmas.fitted_region import remaining_forms
from proofs.losses import LOSSES
from tests.proofs.build import BETTER as CONSTANT_BETTER
from tests.proofs.build import CASES, THREE, Case, changed, instance_document, texts
from tests.proofs.build import POINT as CONSTANT
from tests.proofs.fitted import (
    ANY,
    BETTER,
    FITTED,
    LOSS,
    OPTIMUM,
    POINT,
    REGION,
    SIGMOID,
    UNEVEN,
    UNIFORM,
    basis_of,
    centre_of,
    criticals,
    fraction,
    point_of,
    scaled,
    targets_of,
)
from tests.proofs.oracle import flint

EXCEPTIONAL = "exceptional-activation/1"
Answer = tuple[str, str, str]
Document = dict[str, Any]
Change = Callable[[Any], Any]


def first(instance: Document, certificate: Document) -> Answer:
    try:
        outcome = check(read_instance(instance), read_certificate(certificate))
    except Malformed:
        return "MALFORMED", "", ""
    stopped = outcome.failure
    return outcome.verdict.value, stopped.step if stopped else "", stopped.failure.code if stopped else ""


def second(instance: Document, certificate: Document) -> Answer:
    try:
        result = sa.check(sa.read_instance(instance), certificate)
    except sa.Malformed:
        return "MALFORMED", "", ""
    return result.verdict, result.stopped, result.failure.code if result.failure else ""


def documents(case: Case) -> tuple[Document, Document]:
    """The instance, and a certificate that leaves some room around the loss: the last digit is no matter of proof."""
    claim = dict(case.claim)
    lower, upper = Fraction(claim["loss_lower"]), Fraction(claim["loss_upper"])
    claim |= {"loss_lower": str(lower - Fraction(1, 10)), "loss_upper": str(upper + Fraction(1, 10))}
    return copy.deepcopy(case.document), copy.deepcopy(Case(case.document, case.arguments, claim).certificate())


def damaged(name: str, place: str, change: Change) -> tuple[Document, Document]:
    """Both documents with one value changed; `place` is dotted, from "instance", "claim" or the name of a lemma."""
    instance, certificate = documents(FITTED[name])
    root, *path = place.split(".")
    steps = {step["lemma"]: step for step in certificate["steps"]}
    target: Any = {"instance": instance, "certificate": certificate, "claim": certificate["claim"]}.get(root)
    target = steps[f"{root}/1"]["arguments"] if target is None else target
    keys = [int(key) if key.isdigit() else key for key in path]
    for key in keys[:-1]:
        target = target[key]
    target[keys[-1]] = change(target[keys[-1]])
    if root == "instance":
        certificate["instance"] = digest(instance)
    return instance, certificate


def times(factor: str) -> Change:
    return lambda old: str(Fraction(old) * Fraction(factor))


def plus(term: str) -> Change:
    return lambda old: str(Fraction(old) + Fraction(term))


def to(value: Any) -> Change:
    return lambda _: value


def shorter(old: Any) -> Any:
    return old[:-1]


def twice(old: Any) -> Any:
    return [*old, old[-1]]


@pytest.mark.parametrize("name", FITTED)
def test_the_stored_certificates_are_proved_to_the_last_digit_of_their_claims(name: str) -> None:
    case = FITTED[name]
    assert second(case.document, case.certificate()) == ("PROVED", "", "")
    assert first(*documents(case)) == second(*documents(case)) == ("PROVED", "", "")


@pytest.mark.parametrize("name", CASES)
def test_constant_points_are_proved_as_before(name: str) -> None:
    """They share the layers, the ranges, the interpolation and the support of the claim."""
    pair = CASES[name].document, CASES[name].certificate()
    assert first(*pair) == second(*pair) == ("PROVED", "", "")


@pytest.mark.parametrize(
    ("place", "value", "expected"),
    [
        ("gap", "6", "REJECTED"),
        ("layers.0.weights.0.0", "9" * 20, "UNDECIDED"),
        ("layers.1.weights.0.0", "9", "REJECTED"),
    ],
)
def test_a_better_point_that_is_not(place: str, value: str, expected: str) -> None:
    case = Case(changed(THREE.document, {"network.activation": "exp"}), THREE.arguments, THREE.claim)
    keys = (CONSTANT, CONSTANT_BETTER)
    arguments = {key: case.arguments[key] for key in keys}
    arguments[CONSTANT_BETTER] = changed(arguments[CONSTANT_BETTER], {place: value})
    pair = case.document, Case(case.document, arguments, case.claim).certificate()
    assert first(*pair) == second(*pair) == (expected, "better-point", "BP05")


def test_derivatives_beyond_all_bounds_are_unclear() -> None:
    with pytest.raises(sa.Unclear):
        sa._derivatives("exp", sa.interval(2**30))


# The damage, and the step and code that refuse it in both checkers; "" if it is harmless.
DAMAGES: list[tuple[str, str, Change, str]] = [
    ("two-layers", "fitted-point.radii.0", times("1/2"), "fitted-point FP05"),
    ("two-layers", "fitted-point.radii.0", times("30"), "fitted-point FP05"),
    ("two-layers", "fitted-point.radii.1", to("0"), "fitted-point FP02"),
    ("two-layers", "fitted-point.radii", shorter, "fitted-point FP02"),
    ("two-layers", "fitted-point.radii", to([]), "fitted-point FP02"),
    ("two-layers", "fitted-point.target_radius", times("3/2"), "fitted-point FP05"),
    ("two-layers", "fitted-point.target_radius", times("10"), "fitted-point FP05"),
    ("two-layers", "fitted-point.target_radius", times("1/2"), "claim CL11"),
    ("two-layers", "fitted-point.target_radius", times("-1"), "fitted-point FP03"),
    ("two-layers", "fitted-point.frame.0.0", times("101/100"), ""),
    ("two-layers", "fitted-point.frame.0.0", times("20"), "fitted-point FP05"),
    ("two-layers", "fitted-point.frame.0.0", to("0"), "fitted-point FP05"),
    ("two-layers", "fitted-point.frame.3.1", plus("5"), "fitted-point FP05"),
    ("two-layers", "fitted-point.frame.0", shorter, "fitted-point FP02"),
    ("two-layers", "fitted-point.frame", shorter, "fitted-point FP02"),
    ("two-layers", "fitted-point.frame", twice, "fitted-point FP02"),
    ("two-layers", "fitted-point.chain.weights.0", plus("1/10"), "fitted-point FP05"),
    ("two-layers", "fitted-point.chain.weights", twice, "fitted-point FP02"),
    ("two-layers", "fitted-point.chain.weights", to("x"), "MALFORMED"),
    ("two-layers", "fitted-point.chain.biases.1", plus("1/10"), "fitted-point FP05"),
    ("two-layers", "fitted-point.chain.biases", shorter, "fitted-point FP02"),
    ("two-layers", "fitted-point.chain.scales.0", times("-1"), "fitted-point FP05"),
    ("two-layers", "fitted-point.chain.scales", to([]), "fitted-point FP02"),
    ("two-layers", "fitted-point.chain.output_weight", to("0"), "fitted-point FP05"),
    ("two-layers", "fitted-point.chain", lambda old: old | {"output_bias": "0"}, "MALFORMED"),
    ("two-layers", "fitted-region.radius", times("10"), "fitted-region FR03"),
    ("two-layers", "fitted-region.radius", to("1"), "fitted-region FR01"),
    ("two-layers", "fitted-region.radius", times("1/2"), "claim CL06"),
    ("two-layers", "fitted-region.rates", to(["1"]), "fitted-region FR01"),
    ("two-layers", "fitted-region.rates", to(["999/1000"]), "fitted-region FR03"),
    ("two-layers", "fitted-region.rates", to([]), "fitted-region FR01"),
    ("two-layers", "fitted-better-point.gap", times("10"), "fitted-better-point FB02"),
    ("two-layers", "fitted-better-point.gap", to("0"), "fitted-better-point FB01"),
    ("two-layers", "fitted-better-point.gap", times("1/2"), "claim CL05"),
    ("two-layers", "fitted-better-point.layers.1.weights.0.0", plus("100"), "fitted-better-point FB02"),
    ("two-layers", "fitted-better-point.layers.2.weights", shorter, "fitted-better-point BP03"),
    ("two-layers", "fitted-better-point.layers.2.biases.0", plus("1"), "fitted-better-point BP03"),
    ("two-layers", "fitted-better-point.layers", shorter, "fitted-better-point BP03"),
    ("two-layers", "fitted-optimum.direction", to(["0"]), "fitted-optimum EO05"),
    ("two-layers", "fitted-optimum.direction", twice, "fitted-optimum EO01"),
    ("two-layers", "fitted-optimum.carriers", to([]), "fitted-optimum EO01"),
    ("two-layers", "fitted-optimum.carriers.0", to({"lower": "-9", "upper": "9"}), "fitted-optimum EO04"),
    ("two-layers", "fitted-optimum.carriers.0", to({"lower": "1", "upper": "1"}), "fitted-optimum EO01"),
    ("kinked", "claim.lifts", to("uniform"), ""),
    ("kinked", "claim.lifts", to("some"), "MALFORMED"),
    ("kinked", "claim.target_radius", times("2"), "claim CL11"),
    ("kinked", "claim.target_radius", times("-1"), "claim CL11"),
    ("kinked", "claim.target_radius", times("1/2"), ""),
    ("kinked", "claim.loss_lower", plus("1"), "claim CL03"),
    ("kinked", "claim.loss_upper", plus("-1"), "claim CL03"),
    ("kinked", "claim.gap", times("2"), "claim CL05"),
    ("kinked", "claim.gap", to("0"), "claim CL05"),
    ("kinked", "claim.least_widths", to([1]), "claim CL05"),
    ("kinked", "claim.least_widths", to([2, 2]), "claim CL04"),
    ("kinked", "claim.least_widths", to([5]), ""),
    ("kinked", "claim.region_radius", times("2"), "claim CL06"),
    ("kinked", "claim.region_radius", to(None), ""),
    ("kinked", "claim.optimum_widths", to([2]), "claim CL08"),
    ("kinked", "claim.optimum_widths", to([1, 9]), "claim CL08"),
    ("kinked", "claim.kind", to("fitted-minimum"), "MALFORMED"),
    ("kinked", "claim.kind", to("local-minimum"), "MALFORMED"),
    ("two-layers", "certificate.precision", to(53), ""),
    ("two-layers", "instance.loss", to("pseudo-huber"), "fitted-point FP05"),
    ("two-layers", "instance.loss", to("logistic"), "fitted-point FP03"),
    ("two-layers", "instance.loss", to("absolute"), "MALFORMED"),
    ("two-layers", "instance.data.targets.0.0", plus("1"), "fitted-point FP05"),
    ("two-layers", "instance.data.targets", lambda old: [[*row, "1"] for row in old], "MALFORMED"),
    ("two-layers", "instance.data.targets", to([]), "fitted-point FP01"),
    ("two-layers", "instance.network.widths", to([1, 9]), "fitted-optimum FO02"),
    ("two-layers", "instance.network.widths", to([1, 1]), "fitted-better-point BP04"),
    ("two-layers", "instance.network.activation", to("softplus"), "fitted-point FP05"),
    ("two-layers", "instance.network.output_bias", to(True), "MALFORMED"),
    ("two-layers-bias", "fitted-point.chain.output_bias", plus("1"), "fitted-point FP05"),
    ("dependent", "fitted-point.dependent", to([]), "fitted-point FP02"),
    ("dependent", "fitted-point.dependent.0.constant", plus("1"), "fitted-point CP07"),
    ("kinked", "fitted-point.chain.weights.0", plus("3"), "fitted-point FP05"),
    ("kinked", "fitted-region.radius", to("9/10"), "fitted-region FR02"),
    ("kinked", "fitted-optimum.direction.0", to("0"), "fitted-optimum EO05"),
    ("logistic", "instance.loss", to("poisson"), "fitted-point FP05"),
    ("logistic", "instance.data.targets.0.0", to("1"), "fitted-point FP03"),
    ("poisson", "instance.loss", to("squared"), "fitted-point FP05"),
    ("poisson", "instance.data.targets.0.0", to("0"), "fitted-point FP03"),
    ("poisson", "instance.data.targets.0.0", to("1/100000"), "fitted-point FP03"),  # its distance from 0 is the radius
    ("poisson", "fitted-point.chain.output_weight", to("1" + "0" * 15), "fitted-point FP05"),
    ("poisson", "fitted-better-point.layers.1.weights.0.0", to("1" + "0" * 15), "fitted-better-point FB02"),
    ("uniform", "claim.lifts", to("any"), "claim CL02"),
    ("uniform", "claim.region_radius", to("1/1000000"), "claim CL06"),
    ("uniform", "fitted-optimum.carriers.0.lower", to("-1/2"), ""),
]


@pytest.mark.parametrize(
    ("name", "place", "change", "expected"), DAMAGES, ids=[f"{i} {d[0]} {d[1]}" for i, d in enumerate(DAMAGES)]
)
def test_damages(name: str, place: str, change: Change, expected: str) -> None:
    pair = damaged(name, place, change)
    verdict, step, code = second(*pair)
    assert first(*pair) == (verdict, step, code)
    assert f"{step} {code}".strip() == (expected if expected != "MALFORMED" else "")
    assert (verdict == "MALFORMED") == (expected == "MALFORMED")
    assert (verdict == "PROVED") == (expected == "")


def with_steps(case: Case, *lemmas: str) -> Case:
    """These lemmas only, in this order, and the least claim."""
    arguments = {lemma: case.arguments.get(lemma, {}) for lemma in lemmas}
    claim = {key: value for key, value in case.claim.items() if key != "gap"}
    return Case(
        case.document, arguments, claim | {"kind": "fitted-minimum", "region_radius": None, "optimum_widths": None}
    )


ACROSS = scaled(UNEVEN, -1)
NEGATIVES = {
    "indefinite on U_2, though not on L_2": (with_steps(UNEVEN, POINT, ANY), ("REJECTED", "any-lift", "AL02")),
    "residual -D": (with_steps(ACROSS, POINT, UNIFORM), ("REJECTED", "uniform-lift", "UL02")),
    "residual -D, region": (with_steps(scaled(SIGMOID, -1), POINT, REGION), ("UNDECIDED", "fitted-region", "FR03")),
    "residual 0": (with_steps(scaled(SIGMOID, 0), POINT, ANY), ("UNDECIDED", "any-lift", "AL02")),
    "residual 0, optimum": (
        with_steps(scaled(SIGMOID, 0), POINT, OPTIMUM, ANY),
        ("UNDECIDED", "fitted-optimum", "FO03"),
    ),
    "residual so large that the chain is no minimum": (
        with_steps(scaled(UNEVEN, 10**6), POINT, UNIFORM),
        ("UNDECIDED", "uniform-lift", "UL03"),
    ),
    "no step about lifts": (with_steps(SIGMOID, POINT), ("REJECTED", "claim", "CL02")),
    "no point": (with_steps(SIGMOID), ("UNDECIDED", "certificate", "CE02")),
    "a constant point under another loss": (
        Case(THREE.document | {"loss": "pseudo-huber"}, THREE.arguments, THREE.claim),
        ("REJECTED", "constant-point", "CP08"),
    ),
}


@pytest.mark.parametrize("name", NEGATIVES)
def test_what_is_not_so_is_proved_by_neither(name: str) -> None:
    case, expected = NEGATIVES[name]
    pair = case.document, case.certificate()
    assert first(*pair) == second(*pair) == expected


def fitted_to(targets: Any, x: Any) -> tuple[list[float], float]:
    """Levenberg and Marquardt's method for V tanh(w x + b)."""
    p, damping = np.array([1.0, 0.1, 1.0]), 1e-2
    for _ in range(3000):
        t = np.tanh(p[0] * x + p[1])
        jacobian = np.column_stack([p[2] * (1 - t * t) * x, p[2] * (1 - t * t), t])
        residual = p[2] * t - targets
        step = np.linalg.solve(jacobian.T @ jacobian + damping * np.eye(3), jacobian.T @ residual)
        moved = p - step
        better = np.sum((moved[2] * np.tanh(moved[0] * x + moved[1]) - targets) ** 2) <= np.sum(residual**2)
        p, damping = (moved, damping / 3) if better else (p, damping * 3)
    return [float(v) for v in p], float(np.abs(jacobian.T @ residual).max())


def test_a_critical_chain_of_random_targets_is_no_minimum_for_its_lifts() -> None:
    generator, answers = np.random.default_rng(4), []
    x = np.arange(-4, 5) / 2
    for _ in range(6):
        targets = np.round(np.tanh(3 * x / 2) + generator.normal(size=9) / 4, 3)
        (w, b, v), slope = fitted_to(targets, x)
        assert slope < 1e-6
        rows = [[str(Fraction(str(y)))] for y in targets]
        document = instance_document([[Fraction(n, 2)] for n in range(-4, 5)], rows, "tanh")
        chain = {"weights": [w], "biases": [b], "scales": [], "output_weight": v}
        point = {
            "chain": {key: _exact(value) for key, value in chain.items()},
            "frame": texts(np.eye(3, dtype=int).tolist()),
            "radii": ["1/10000"] * 3,
            "target_radius": "0",
            "dependent": [],
        }
        case = Case(document, {POINT: point, ANY: {}}, with_steps(SIGMOID, POINT).claim)
        answers.append(second(document, case.certificate()))
        assert first(document, case.certificate()) == answers[-1]
    assert answers.count(("REJECTED", "any-lift", "AL02")) >= 5
    assert not any(verdict == "PROVED" for verdict, _, _ in answers)


def _exact(value: Any) -> Any:
    return [_exact(v) for v in value] if isinstance(value, list) else str(Fraction(value).limit_denominator(10**9))


class TestTheClaim:
    """Facts about one point do not support claims about another one."""

    FITTED_POINT = sa.Fitted(Fraction(1, 9), [Fraction(1)], Fraction(1), [], [], [], sa.Interval(1, 2))
    CONSTANT_POINT = sa.Point([], [], [], [], [], [], Fraction(3))

    def code(self, claim: Document, facts: list[object]) -> str:
        instance = sa.read_instance(SIGMOID.document)
        try:
            sa.demand_support(sa.read_claim(sa.Fields(claim, "claim")), instance, facts)
        except sa.Rejected as refusal:
            return str(refusal.code)
        return ""

    @pytest.mark.parametrize(
        ("change", "fact", "code"),
        [
            ({}, lambda point: sa.Lower(point, [1], Fraction(1), False), "CL05"),
            ({"region_radius": "1/10"}, lambda point: sa.Region(point, Fraction(1, 10)), "CL06"),
            ({"optimum_widths": [1]}, lambda point: sa.Lower(point, [1], Fraction(1), True), "CL08"),
        ],
    )
    def test_of_a_fitted_point(self, change: Document, fact: Callable[[object], object], code: str) -> None:
        claim = SIGMOID.claim | {"loss_lower": "1", "loss_upper": "2", "gap": "1/2", "least_widths": [1]}
        claim |= {"target_radius": "1/9", "region_radius": None, "optimum_widths": None} | change
        if code != "CL05":
            claim = {key: value for key, value in claim.items() if key != "gap"} | {"kind": "fitted-minimum"}
        known: list[object] = [self.FITTED_POINT, self.CONSTANT_POINT, sa.Lifts("any")]
        assert self.code(claim, [*known, fact(self.FITTED_POINT)]) == ""
        assert self.code(claim, [*known, fact(self.CONSTANT_POINT)]) == code
        assert self.code(claim, known) == code
        assert self.code(claim, [*known, replace(self.FITTED_POINT), fact(self.FITTED_POINT)]) == "CL01"

    def test_of_a_constant_point(self) -> None:
        claim = THREE.claim | {"loss": "3", "gap": "1/2", "least_widths": [1]}
        claim |= {"box_radius": None, "jensen_region": True, "zero_loss_widths": None, "generic": False}
        known: list[object] = [self.FITTED_POINT, self.CONSTANT_POINT, sa.Jensen()]
        assert self.code(claim, [*known, sa.Lower(self.CONSTANT_POINT, [1], Fraction(1), False)]) == ""
        assert self.code(claim, [*known, sa.Lower(self.FITTED_POINT, [1], Fraction(1), False)]) == "CL05"
        fitted = [self.CONSTANT_POINT, self.FITTED_POINT, sa.Lifts("any")]
        assert self.code(claim, fitted) == "CL02"


@pytest.mark.parametrize(
    ("lemma", "code"),
    [(ANY, "AL01"), (UNIFORM, "UL01"), (REGION, "FR01"), (BETTER, "FB01"), (OPTIMUM, "FO01")],
)
def test_a_premise_of_another_kind(lemma: str, code: str) -> None:
    function, premises = sa.LEMMAS[lemma]
    assert premises == [POINT]
    constant = sa.constant_point(sa.read_instance(THREE.document), [], sa.Fields(THREE.arguments[CONSTANT], ""))
    with pytest.raises(sa.Rejected) as refusal:
        function(sa.read_instance(SIGMOID.document), [constant], sa.Fields(SIGMOID.arguments.get(lemma, {}), ""))
    assert refusal.value.code == code
    fitted = sa.fitted_point(sa.read_instance(SIGMOID.document), [], sa.Fields(SIGMOID.arguments[POINT], ""))
    with pytest.raises(sa.Rejected) as refusal:
        sa.better_point(sa.read_instance(SIGMOID.document), [fitted], sa.Fields(THREE.arguments[CONSTANT_BETTER], ""))
    assert refusal.value.code == "BP01"


class TestWhatKrawczykRulesOut:
    """Where V is 0 or the loss unbounded no box passes FP05. The checks after it are for readers who doubt that."""

    def code(self, arguments: Document, document: Document) -> str:
        with pytest.raises(sa.Undecided) as refusal:
            sa.fitted_point(sa.read_instance(document), [], sa.Fields(arguments, ""))
        return str(refusal.value.code)

    def test_an_output_weight_that_may_be_zero(self, monkeypatch: pytest.MonkeyPatch) -> None:
        document = copy.deepcopy(SIGMOID.document)
        document["data"]["targets"] = [["0"] for _ in document["data"]["targets"]]
        arguments = copy.deepcopy(SIGMOID.arguments[POINT]) | {"target_radius": "0"}
        arguments["chain"]["output_weight"] = "0"
        assert self.code(arguments, document) == "FP05"
        unit = [[sa.interval(int(i == j)) for j in range(3)] for i in range(3)]
        monkeypatch.setattr(sa, "_half_hessian", lambda *_: unit)
        assert self.code(arguments, document) == "FP06"

    def test_an_unbounded_loss(self, monkeypatch: pytest.MonkeyPatch) -> None:
        huge, jet = sa.Interval(1, 1, 2 * sa.MOST_EXPONENT), sa.loss_jet
        monkeypatch.setattr(sa, "loss_jet", lambda *data: (huge, *jet(*data)[1:]))
        assert self.code(SIGMOID.arguments[POINT], SIGMOID.document) == "FP04"


def test_polynomials_do_not_interpolate() -> None:
    square = copy.deepcopy(SIGMOID.document)
    square["network"]["activation"] = "square"
    fitted = sa.fitted_point(sa.read_instance(SIGMOID.document), [], sa.Fields(SIGMOID.arguments[POINT], ""))
    with pytest.raises(sa.Rejected) as refusal:
        sa.fitted_optimum(sa.read_instance(square), [fitted], sa.Fields(SIGMOID.arguments[OPTIMUM], ""))
    assert refusal.value.code == "EO06"


def hull(low: Fraction, high: Fraction) -> Any:
    return sa.interval(low).hull(sa.interval(high))


def real(x: Fraction) -> Any:
    return mpmath.mpf(x.numerator) / x.denominator


def holds(enclosure: Any, number: Any) -> bool:
    low, high = (mpmath.ldexp(mpmath.mpf(end), enclosure.exponent) for end in (enclosure.lo, enclosure.hi))
    return bool(low - mpmath.mpf(10) ** -60 <= number <= high + mpmath.mpf(10) ** -60)


class TestLosses:
    @pytest.mark.parametrize("name", sa.LOSSES)
    def test_enclosures_contain_the_values(self, name: str) -> None:
        value, residual = LOSS[name]
        rng = random.Random(name)
        with mpmath.workdps(80):
            for width in (Fraction(0), Fraction(1, 10**9), Fraction(1, 3)):
                for _ in range(10):
                    t, other = Fraction(rng.randint(-40, 40), 13), Fraction(rng.randint(-40, 40), 17)
                    y = Fraction(rng.randint(5, 12), 13) - Fraction(1, 30)
                    u, v, z = (p + width * Fraction(rng.randint(0, 8), 8) for p in (t, other, y))
                    y_top = min(y + width, Fraction(1))
                    ball, ys = hull(t, t + width), hull(y, y_top)
                    exact, z = real(u), real(min(z, y_top))
                    loss, first, second = sa.loss_jet(name, ball, ys)
                    assert holds(loss, value(exact, z))
                    assert holds(first, residual(exact, z))
                    curvature = mpmath.diff(lambda t, z=z: residual(t, z), exact)
                    step = second + hull(-Fraction(1, 10**20), Fraction(1, 10**20))
                    assert holds(step, curvature)
                    advantage = sa.advantage(name, ball, hull(other, other + width), ys)
                    assert holds(advantage, value(exact, z) - value(real(v), z))

    @pytest.mark.parametrize("name", sa.LOSSES)
    def test_the_steepest_curvature_up_to_the_best_value(self, name: str) -> None:
        best = {"logistic": lambda y: mpmath.log(y / (1 - y)), "poisson": mpmath.log}.get(name, lambda y: y)
        with mpmath.workdps(40):
            for t in (Fraction(-3), Fraction(1, 3), Fraction(2)):
                targets = [Fraction(1, 7), Fraction(1, 2), Fraction(6, 7)]
                bound = sum((sa.steepest(name, sa.interval(t), sa.interval(y)) for y in targets), sa.interval(0))
                least = best(real(sum(targets) / 3)) if name != "pseudo-huber" else mpmath.mpf(1) / 2
                for share in range(5):
                    place = least + (real(t) - least) * share / 4
                    curvatures = [mpmath.diff(lambda u, y=y: LOSS[name][1](u, real(y)), place) for y in targets]
                    assert sum(curvatures) <= real(bound.upper()) + mpmath.mpf(10) ** -15

    def test_the_names_are_those_of_the_main_checker(self) -> None:
        assert {name: bounds[:2] for name, bounds in sa.LOSSES.items()} == {
            name: (loss.lower, loss.upper) for name, loss in LOSSES.items()
        }


class TestForms:
    def test_against_exact_elimination(self) -> None:
        rng, seen = random.Random(7), set()
        for trial in range(150):
            size = rng.randint(1, 4)
            rows = [[Fraction(rng.randint(-9, 9), rng.randint(1, 5)) for _ in range(size)] for _ in range(7)]
            shift = trial % 3 - 1
            weights = [Fraction(rng.randint(-9, 9) + 9 * shift, 7) for _ in range(7)]
            matrix = [
                [sum(a * z[i] * z[j] for a, z in zip(weights, rows, strict=True)) for j in range(size)]
                for i in range(size)
            ]
            enclosed = [[sa.interval(x) for x in row] for row in rows]
            found = sa.form_sign(enclosed, [sa.interval(a) for a in weights])
            if sa.is_positive_definite(matrix):
                assert found == 1
            elif not sa.is_positive_semidefinite(matrix):
                assert found in (-1, 0)
            seen.add(found)
            wide = [hull(a - Fraction(1, 5), a + Fraction(1, 5)) for a in weights]
            assert found == 0 or sa.form_sign(enclosed, wide) in (0, found)
        assert seen >= {1, -1}

    def test_wide_coefficients_are_decided_by_their_worst_ends(self) -> None:
        rows = [[sa.interval(1)], [sa.interval(2)]]
        for ends, expected in [((-3, 1), 1), ((-5, 1), 0), ((-4, 1), 0), ((-9, -5), -1), ((-9, -3), 0)]:
            assert sa.form_sign(rows, [hull(*map(Fraction, ends)), sa.interval(1)]) == expected

    def test_wide_rows_are_decided_by_circles(self) -> None:
        for width, expected in [(Fraction(1, 5), 1), (Fraction(9, 10), 0), (Fraction(1), 0)]:
            rows = [[sa.interval(1), hull(-width, width)], [hull(-width, width), sa.interval(1)]]
            assert sa.form_sign(rows, [sa.interval(1), sa.interval(1)]) == expected

    def test_no_form_and_a_hyperbolic_one(self) -> None:
        unit = [[sa.interval(int(i == j)) for j in range(2)] for i in range(2)]
        assert sa.form_sign(unit, [sa.interval(0), sa.interval(0)]) == 0
        assert sa.form_sign(unit, [sa.interval(1), sa.interval(0)]) == 0
        assert sa.form_sign(unit, [sa.interval(1), sa.interval(-1)]) == -1


@pytest.mark.parametrize("name", sa.ACTIVATIONS)
def test_exceptional_activations(name: str) -> None:
    case = Case(
        SIGMOID.about({"network.activation": name}).document, {EXCEPTIONAL: {}}, {"kind": "exceptional-activation"}
    )
    pair = case.document, case.certificate()
    assert first(*pair) == second(*pair)
    assert second(*pair)[0] == ("PROVED" if CATALOGUE[name].equation else "REJECTED")
    deep = Case(case.about({"network.depth": 2}).document, case.arguments, case.claim)
    pair = deep.document, deep.certificate()
    assert first(*pair) == second(*pair)
    assert second(*pair)[0] == ("PROVED" if CATALOGUE[name].equation or name == "square" else "REJECTED")
    unsupported = Case(SIGMOID.document, {POINT: SIGMOID.arguments[POINT]}, case.claim)
    pair = unsupported.document, unsupported.certificate()
    assert first(*pair) == second(*pair) == ("REJECTED", "claim", "CL12")


SEVERAL = pytest.mark.parametrize(
    "name", ["two-layers-bias", "uniform", "three-layers", "pseudo-huber", "logistic", "repeated-poisson"]
)


@SEVERAL
def test_the_critical_points_are_enclosed_and_as_narrowly_as_by_the_main_checker(name: str) -> None:
    case, point = FITTED[name], point_of(FITTED[name])
    ours = sa.fitted_point(sa.read_instance(case.document), [], sa.Fields(case.arguments[POINT], ""))
    for found in criticals(name, 2):
        with mpmath.workdps(60):
            outputs = found.chain.outputs(found.parameters)
            assert all(holds(n.sums[-1], t) for n, t in zip(ours.samples, outputs, strict=True))
            assert all(holds(n.residual, d) for n, d in zip(ours.samples, found.residual, strict=True))
            assert holds(ours.loss, found.loss)
    assert point.loss[0] <= flint(ours.loss.lower()) <= flint(ours.loss.upper()) <= point.loss[1]


@pytest.mark.parametrize("name", ["sigmoid", "logistic", "pseudo-huber", "repeated", "repeated-poisson"])
def test_the_distance_from_the_optimum_is_that_of_the_main_checker(name: str) -> None:
    case, instance = FITTED[name], sa.read_instance(FITTED[name].document)
    point = sa.fitted_point(instance, [], sa.Fields(case.arguments[POINT], ""))
    ours = sa.fitted_optimum(instance, [point], sa.Fields(case.arguments[OPTIMUM], ""))
    theirs = case.step(OPTIMUM).proposition
    assert isinstance(theirs, FittedOptimum)
    assert ours.optimal
    assert fraction(theirs.gap) <= ours.gap < fraction(theirs.gap) * Fraction(101, 100)


def at_the_centre(case: Case) -> tuple[Any, FittedPoint, list[list[Any]]]:
    """Both checkers' chains at the centre of the box, with some residual, and the frame; every enclosure is narrow."""
    arguments, network = case.arguments[POINT], case.instance.architecture
    basis, instance = basis_of(case), sa.read_instance(case.document)
    centre = [*centre_of(case), *([] if network.output_bias else [Fraction(0)])]
    size = len(arguments["radii"])
    frame = [[Fraction(v) for v in row] for row in arguments["frame"]]
    rows = [[sa.interval(v) for v in row] for row in frame]
    rows += [[sa.interval(0)] * size] * (not network.output_bias)
    start, samples = [sa.interval(c) for c in centre], []
    for n in range(len(instance.inputs.rows)):
        x = [*(sa.interval(instance.inputs.entry(n, j)) for j in basis), sa.interval(1)]
        y = sa.interval(instance.targets.entry(n, 0))
        samples.append(sa._sample(instance, x, y, start, rows, [sa.interval(0)] * size, start))
    ours = sa.Fitted(
        Fraction(0),
        [Fraction(1)],
        Fraction(1),
        samples,
        start[: len(basis) + 1],
        start[len(basis) + 1 :: 2],
        sa.interval(0),
    )
    matrix = arb_mat([[arb(flint(v)) for v in row] for row in frame])
    inputs = homogeneous_inputs(case.instance, basis)
    exact = [arb(flint(c)) for c in centre[:size]]
    values = evaluate(network.activation, inputs, network.depth, exact, matrix, [arb(0)] * size)
    pairs = list(zip(values.outputs, (arb(flint(y)) for y in targets_of(case)), strict=True))
    loss = case.instance.loss
    theirs = replace(
        point_of(FITTED["sigmoid"]),
        basis=tuple(basis),
        values=values,
        along=directions(values, inputs, matrix),
        residual=[loss.residual(t, y) for t, y in pairs],
        weights=[loss.curvature(t, y) for t, y in pairs],
    )
    return ours, theirs, rows


@SEVERAL
def test_the_derivatives_are_those_of_the_main_checker(name: str) -> None:
    with precision(128):
        ours, theirs, frame = at_the_centre(FITTED[name])
        for n, sample in enumerate(ours.samples):
            assert overlap(sample.residual, theirs.residual[n])
            assert overlap(sample.squares[-1], theirs.weights[n])
            for row, other in zip(sample.along, [*theirs.along.sums, theirs.along.outputs], strict=True):
                assert all(overlap(x, y) for x, y in zip(row, other.tolist()[n], strict=True))
        hessian = half_hessian(theirs.values, theirs.along, theirs.residual, theirs.weights).tolist()
        for row, other in zip(sa._half_hessian(ours, frame), hessian, strict=True):
            assert all(overlap(x, y) for x, y in zip(row, other, strict=True))
        for rows, others in zip(sa._spaces(ours), spaces(theirs.values, inputs_of(name)), strict=True):
            assert [len(row) for row in rows] == [others.ncols()] * others.nrows()


def inputs_of(name: str) -> arb_mat:
    return homogeneous_inputs(FITTED[name].instance, basis_of(FITTED[name]))


@SEVERAL
def test_what_is_left_of_the_forms_is_what_the_main_checker_leaves(name: str) -> None:
    """With sigma = z^2 no range is wider than it must be, so both have the same numbers."""
    case = FITTED[name].about({"network.activation": "square"})
    rates = [Fraction(1, n) for n in range(3, 2 + case.instance.architecture.depth)]
    for radius in (Fraction(1, 5), Fraction(1, 1000)):
        with precision(128):
            ours, theirs, _ = at_the_centre(case)
            left = sa._forms_left(sa.read_instance(case.document), ours, radius, [Fraction(0), *rates])
            others = remaining_forms(case.instance, theirs, flint(radius), [flint(rate) for rate in rates])
            for form, other in zip(left, others, strict=True):
                for x, y in zip(form, other, strict=True):
                    assert abs(x.lower() / fraction(lower_bound(y)) - 1) < Fraction(1, 10**6)


def overlap(ours: Any, theirs: arb) -> bool:
    low, high = (Fraction(int(end.p), int(end.q)) for end in (lower_bound(theirs), upper_bound(theirs)))
    return bool(ours.lower() <= high and low <= ours.upper())
