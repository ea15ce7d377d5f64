"""Instances that carry their own verdict: saddles, global minima, flat networks, kinks, inflections.

They are small enough to see the truth. Where a point is no local minimum, a witness nearby has a smaller loss.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import mpmath

from tests.corpus import oracle
from tests.corpus.corpus import MALFORMED, PROVED, Answer, Case, Document, Texts, encoded, rehashed, rejected, undecided
from tests.corpus.subject import (
    AFFINE,
    AFFINE_BETTER,
    AFFINE_OPTIMUM,
    ANY,
    FITTED,
    FITTED_BETTER,
    FITTED_OPTIMUM,
    REGION,
    UNIFORM,
)
from tests.proofs import fitted as chains
from tests.proofs.build import (
    BETTER,
    BOX,
    GENERIC,
    JENSEN,
    MINIMUM,
    OBSTRUCTION,
    OPTIMUM,
    POINT,
    gap,
    instance_document,
    layer,
    point,
    texts,
)
from tests.proofs.build import Case as Built
from tests.proofs.oracle import real, sigma


@dataclass(frozen=True, slots=True)
class Witness:
    """A network near the point of a certificate, as layers of (weights, biases); `loss` is that of the point."""

    instance: Document
    loss: Any
    layers: oracle.Layers

    def is_lower(self) -> bool:
        """Whether its loss is certainly smaller than that of the point."""
        data = self.instance["data"]
        inputs, targets = oracle.numbers(data["inputs"]), oracle.numbers(data["targets"])
        lost = oracle.loss(self.instance["network"]["activation"], self.layers, inputs, targets)
        return bool(lost < real(self.loss) * (1 - mpmath.mpf(10) ** -20))


@dataclass(frozen=True, slots=True)
class Verdict:
    case: Case
    witness: Witness | None = None


PREMISES = {POINT: [], MINIMUM: ["point"], BOX: ["minimum"], JENSEN: ["point"], BETTER: ["point"], OPTIMUM: ["point"]}
PREMISES |= {GENERIC: ["minimum"], OBSTRUCTION: []}
NAMES = {POINT: "point", MINIMUM: "minimum", BOX: "box", JENSEN: "jensen", BETTER: "better", OPTIMUM: "optimum"}
NAMES |= {GENERIC: "generic", OBSTRUCTION: "obstruction"}
for _lemma in (ANY, UNIFORM, REGION, FITTED_BETTER, FITTED_OPTIMUM):
    PREMISES[_lemma] = ["chain"]
PREMISES[FITTED] = []
NAMES |= {FITTED: "chain", ANY: "any", UNIFORM: "uniform", REGION: "region"}
NAMES |= {FITTED_BETTER: "better", FITTED_OPTIMUM: "optimum"}


PREMISES |= {AFFINE: [], AFFINE_BETTER: ["fit"], AFFINE_OPTIMUM: ["fit"]}
NAMES |= {AFFINE: "fit", AFFINE_BETTER: "better", AFFINE_OPTIMUM: "optimum"}

OTHER_KINDS = ("obstruction", "fitted-minimum", "suboptimal-fitted-minimum", "affine-minimum", "lemma")


def certificate(steps: dict[str, Any], **claim: Any) -> Document:
    """A certificate with these steps, in order, that claims a local minimum and what else is given."""
    claimed = {
        "kind": "local-minimum",
        "loss": "0",
        "least_widths": [1],
        "box_radius": None,
        "jensen_region": False,
        "zero_loss_widths": None,
        "generic": False,
    }
    return {
        "format": "certify-certificate/1",
        "instance": "",
        "precision": 128,
        "claim": claim if claim.get("kind") in OTHER_KINDS else claimed | claim,
        "steps": [
            {"id": NAMES[lemma], "lemma": lemma, "premises": PREMISES[lemma], "arguments": arguments}
            for lemma, arguments in steps.items()
        ],
    }


def _verdict(
    name: str,
    instance: Document,
    document: Document,
    expected: Answer,
    layers: oracle.Layers | None = None,
    loss: Any = None,
) -> Verdict:
    made_out = rehashed(instance, document)
    case = Case("verdicts", name, Texts(encoded(instance), encoded(made_out)), expected)
    if layers is None:
        return Verdict(case)
    return Verdict(case, Witness(instance, Fraction(document["claim"]["loss"]) if loss is None else loss, layers))


def _three(targets: Any, activation: str = "sigmoid", depth: int = 1, bias: bool = True) -> Document:
    """X = (-1, 0, 1)."""
    return instance_document([[-1], [0], [1]], targets, activation, depth, bias=bias)


def _network(*layers: tuple[Any, Any]) -> oracle.Layers:
    return [(oracle.numbers(texts(weights)), oracle.numbers(texts(biases))) for weights, biases in layers]


def verdicts() -> Iterator[Verdict]:
    yield from _saddles()
    yield from _global_minima()
    yield from _flat()
    yield from _kinks_and_inflections()
    yield from _regions()
    yield from _extremes()
    yield from _beyond()
    yield from _fitted_saddles()
    yield from _fitted_global_minima()
    yield from _fitted_degenerate()
    yield from _affine()


def _saddles() -> Iterator[Verdict]:
    """sigmoid(-1) = s: D = (1, -2, 1), M = 2, sigma'' > 0. All is well for V > 0 only."""
    three = _three([[0], [3], [0]])

    def at(weights: list[str], level: str = "-1") -> Document:
        return certificate({POINT: point([level], ["1"], weights=weights), MINIMUM: {}}, loss="6")

    yield _verdict("a minimum, for comparison", three, at(["3"]), PROVED)
    turned = _pair([["1/10"]], "-1", ["-3"])
    yield _verdict("V < 0: a saddle", three, at(["-3"]), rejected("minimum", "LM06"), turned)
    other_side = _pair([["1/10"]], "1", ["3"])
    yield _verdict("sigma'' < 0: a saddle", three, at(["3"], "1"), rejected("minimum", "LM06"), other_side)
    # v = (4, -1): units of both signs. The nearest that a certificate can say is refused.
    mixed = _network(([[0], ["1/10"]], ["-1", "-1"]), ([["4", "-1"]], [_bias("3", "-1")]))
    yield _verdict(
        "v_i of both signs, written as weights of outputs", three, at(["4", "-1"]), rejected("point", "CP01"), mixed
    )
    document = at(["3"])
    document["steps"][0]["arguments"]["shares"] = [["4/3", "-1/3"]]
    yield _verdict("v_i of both signs, written as shares", three, document, MALFORMED, mixed)
    yield _verdict("v_i of both signs with V = 0", three, at(["0"]), rejected("minimum", "LM04"), mixed)
    two = _three([[0, 0], [3, 3], [0, 0]])
    steps = {POINT: point(["-1"], ["1", "1"], weights=["3", "-4"]), MINIMUM: {}}
    opposed = _pair([["1/10"]], "-1", ["3", "-4"])
    yield _verdict("outputs of both signs", two, certificate(steps, loss="12"), rejected("minimum", "LM04"), opposed)
    plane = instance_document([[1, 0], [-1, 0], [0, 1], [0, -1]], [[0], [0], [2], [2]], bias=True)
    steps = {POINT: point(["-1"], ["1"], weights=["3"]), MINIMUM: {}}
    along_y = _pair([["0", "1/10"]], "-1", ["3"])
    yield _verdict("M indefinite", plane, certificate(steps, loss="4"), rejected("minimum", "LM02"), along_y)
    steps = {POINT: point(["-1"], ["1"], weights=["-3"]), MINIMUM: {}}
    along_x = _pair([["1/10", "0"]], "-1", ["-3"])
    yield _verdict("M indefinite, V < 0", plane, certificate(steps, loss="4"), rejected("minimum", "LM02"), along_x)
    gaps = {"gaps": [gap(1, 0, [2, 3], ["1/2", "1/2"])], "output_scales": ["1"], "intervals": [_ends(None, "0")]}
    steps = {POINT: point(["-1"], ["1"], weights=["3"]), JENSEN: gaps}
    wrong = rejected("jensen", "JR04")
    yield _verdict("M indefinite, by Jensen", plane, certificate(steps, loss="4", jensen_region=True), wrong, along_y)
    yield from _false_gaps()
    deep = _three([[0], [3], [0]], "tanh", 2)
    for scale, answer in (("2", PROVED), ("-2", rejected("minimum", "LM06"))):
        steps = {POINT: point(["-1", "-1"], ["1"], [scale], ["5"]), MINIMUM: {}}
        yield _verdict(f"s_2 = {scale}", deep, certificate(steps, loss="6", least_widths=[1, 1]), answer)


def _false_gaps() -> Iterator[Verdict]:
    """D with M < 0 although V sigma'' > 0, written as gaps that are wrong one by one and right together."""
    hill = _three([[2], [-1], [2]])
    steps = {POINT: point(["-1"], ["1"], weights=["3"])}
    sides = [gap(1, 0, [1], ["1"]), gap(1, 2, [1], ["1"])]
    arguments = {"gaps": sides, "output_scales": ["1"], "intervals": [_ends(None, "0")]}
    claim = certificate(steps | {JENSEN: arguments}, loss="6", jensen_region=True)
    wrong_way = _pair([["1/10"]], "-1", ["3"])
    yield _verdict("gaps whose centres are no means", hill, claim, rejected("jensen", "JR04"), wrong_way)
    five = instance_document([[-2], [-1], [0], [1], [2]], [[2], [-2], [5], [-2], [2]], bias=True)
    shares = [gap(1, 4, [3], ["2"]), gap(1, 0, [1], ["2"]), gap(4, 2, [1, 3], ["1/4", "1/4"])]
    arguments = {"gaps": shares, "output_scales": ["1"], "intervals": [_ends(None, "0")]}
    claim = certificate(steps | {JENSEN: arguments}, loss="36", jensen_region=True)
    yield _verdict("gaps whose shares do not sum to 1", five, claim, rejected("jensen", "JR03"), wrong_way)


def _ends(lower: str | None, upper: str | None) -> Document:
    return {"lower": lower, "upper": upper}


def _pair(weights: list[list[str]], level: str, outgoing: list[str]) -> oracle.Layers:
    """A lift to two units, with the first weights w and -w instead of 0, so that the outputs change in second order."""
    opposite = [str(-Fraction(w)) for w in weights[0]]
    halves = [[Fraction(v) / 2] * 2 for v in outgoing]
    return _network(([*weights, opposite], [level, level]), (halves, [_bias(v, level) for v in outgoing]))


def _bias(weight: str, level: str) -> str:
    """1 - V sigma(level) to 30 digits."""
    with mpmath.workdps(50):
        value = 1 - mpmath.mpf(weight) / (1 + mpmath.exp(-mpmath.mpf(level)))
        return str(Fraction(int(mpmath.nint(value * mpmath.mpf(10) ** 30)), 10**30))


def _global_minima() -> Iterator[Verdict]:
    """D = 0: nothing is lower, and nothing may be called a bad minimum."""
    constant = _three([[1], [1], [1]])
    start = {POINT: point(["-1"], ["1"], weights=["3"])}
    yield _verdict("D = 0", constant, certificate(start | {MINIMUM: {}}), rejected("minimum", "LM03"))
    intervals = [_ends(None, "0")]
    for name, gaps in {
        "a point as its own mean": [gap(1, 1, [1], ["1"])],
        "no gap": [],
        "a gap of scale 0": [gap(1, 1, [0, 2], ["1/2", "1/2"])],
    }.items():
        scale = "0" if "scale" in name else "1"
        arguments = {"gaps": gaps, "output_scales": [scale], "intervals": intervals}
        claim = certificate(start | {JENSEN: arguments}, jensen_region=True)
        yield _verdict(f"D = 0 by Jensen, {name}", constant, claim, rejected("jensen", "JR06" if gaps else "JR02"))
    twins = instance_document([[0], [0], [1]], [[1], [1], [1]], bias=True)
    cancelling = [gap(1, 0, [1], ["1"]), gap(1, 1, [0], ["1"])]
    arguments = {"gaps": cancelling, "output_scales": ["1"], "intervals": intervals}
    claim = certificate(start | {JENSEN: arguments}, jensen_region=True)
    yield _verdict("D = 0 by Jensen, two gaps that cancel", twins, claim, rejected("jensen", "JR06"))
    optimum = start | {OPTIMUM: {"direction": ["1"], "carriers": []}}
    claim = certificate(optimum, kind="suboptimal-local-minimum", gap="1", least_widths=[3], zero_loss_widths=[3])
    yield _verdict("D = 0 and a gap by the optimum", constant, claim, rejected("optimum", "EO07"))
    same = {"gap": "1/1000000000000", "layers": [layer([[0]], ["-1"]), layer([[0]], ["1"])]}
    claim = certificate(start | {BETTER: same}, kind="suboptimal-local-minimum", gap="1/1000000000000")
    yield _verdict("D = 0 and a gap by the point itself", constant, claim, rejected("better", "BP05"))
    one = {POINT: point(["-1"], ["1", "1"], weights=["3", "-7"]), MINIMUM: {}}
    partly = _three([[0, 1], [3, 1], [0, 1]])
    yield _verdict("D_2 = 0 only", partly, certificate(one, loss="6"), PROVED)
    least = instance_document([[-1], [1]], [[0], [2]], bias=True)  # two samples: only D = 0 is orthogonal to 1 and x
    steps = {POINT: point(["-1"], ["1"], weights=["3"]), MINIMUM: {}}
    yield _verdict("two samples with different targets", least, certificate(steps, loss="2"), rejected("point", "CP04"))
    single = instance_document([[5]], [[1]], bias=True)
    yield _verdict("one sample", single, certificate(steps), rejected("minimum", "LM03"))


def _flat() -> Iterator[Verdict]:
    """Networks that are constant on the data whatever their weights: the best constant is the global minimum."""
    flat = instance_document([[2], [2], [2]], [[0], [3], [0]], bias=True)
    start = {POINT: point(["-1"], ["1"], weights=["3"])}
    yield _verdict("all inputs equal", flat, certificate(start | {MINIMUM: {}}, loss="6"), rejected("minimum", "LM02"))
    dependent = point(["-1"], ["1"], weights=["3"]) | {"dependent": [_relation(0, [], "2")]}
    yield _verdict(
        "the only feature is a constant",
        flat,
        certificate({POINT: dependent, MINIMUM: {}}, loss="6"),
        rejected("point", "CP06"),
    )
    arguments = {"gaps": [gap(2, 1, [0, 2], ["1/2", "1/2"])], "output_scales": ["1"], "intervals": [_ends(None, "0")]}
    # Here Jensen's inequality is an equality: a local minimum it is, and it is global, so nothing better can be shown.
    claim = certificate(start | {JENSEN: arguments}, loss="6", jensen_region=True)
    yield _verdict("all inputs equal, by Jensen", flat, claim, PROVED)
    optimum = start | {JENSEN: arguments, OPTIMUM: {"direction": ["1"], "carriers": []}}
    claim = certificate(optimum, loss="6", kind="suboptimal-local-minimum", gap="6", zero_loss_widths=[1])
    yield _verdict("all inputs equal, and not global", flat, claim, rejected("optimum", "EO03"))
    segment = instance_document([[-1, 0], [0, 0], [1, 0], [0, 1]], [[0], [3], [0], [1]], bias=True)
    yield _verdict("M singular", segment, certificate(start | {MINIMUM: {}}, loss="6"), rejected("minimum", "LM02"))


def _relation(feature: int, coefficients: list[str], constant: str) -> Document:
    return {"feature": feature, "coefficients": coefficients, "constant": constant}


def _kinks_and_inflections() -> Iterator[Verdict]:
    for activation, level in (("elu", "-1/2"), ("softsign", "-1/2"), ("softsign", "1/2")):
        weight = "-3" if level == "1/2" else "3"
        kinked = _three([[0], [3], [0]], activation)
        steps = {
            POINT: point([level], ["1"], weights=[weight]),
            MINIMUM: {},
            BOX: {"radius": "1/10", "rates": ["1/1000"]},
        }
        yield _verdict(
            f"{activation}: a box without the kink", kinked, certificate(steps, loss="6", box_radius="1/10"), PROVED
        )
        steps[BOX] = {"radius": "3/10", "rates": ["1/1000"]}
        claim = certificate(steps, loss="6", box_radius="3/10")
        yield _verdict(f"{activation}: the kink inside the box at {level}", kinked, claim, rejected("box", "IR02"))
        steps = {POINT: point(["0"], ["1"], weights=[weight]), MINIMUM: {}}
        yield _verdict(
            f"{activation}: the level at the kink", kinked, certificate(steps, loss="6"), undecided("minimum", "LM05")
        )
    # No gradient exists where sigma has two slopes; softsign and elu have one slope at their kinks.
    for activation, level, answer in (
        ("relu", "0", undecided("point", "CP09")),
        ("relu", "log(1)", undecided("point", "CP09")),
        ("relu", f"1/{10**30}", PROVED),
        ("hardtanh", "-1", undecided("point", "CP09")),
        ("selu", "0", undecided("point", "CP09")),
        ("abs(z)*exp(z)", "0", undecided("point", "CP09")),
        ("log(z)", "-1", undecided("point", "CP09")),
        ("softsign", "0", PROVED),
        ("elu", "0", PROVED),
        ("square", "0", PROVED),
    ):
        kinked = _three([[0], [3], [0]], activation)
        claim = certificate({POINT: point([level], ["1"], weights=["3"])}, kind="lemma", step="point", lemma=POINT)
        yield _verdict(f"{activation}: only that the gradient is 0 at level {level}", kinked, claim, answer)
    deep = _three([[0], [3], [0]], "relu", 2)
    for levels in (["0", "1"], ["1", "0"]):
        steps = {POINT: point(levels, ["1"], ["1"], ["3"])}
        claim = certificate(steps, kind="lemma", step="point", lemma=POINT)
        yield _verdict(f"relu: levels {levels}", deep, claim, undecided("point", "CP09"))
    linear = _three([[0], [3], [0]], "elu")
    steps = {POINT: point(["1/2"], ["1"], weights=["3"]), MINIMUM: {}}
    yield _verdict("elu: where it is linear", linear, certificate(steps, loss="6"), undecided("minimum", "LM05"))
    for activation in ("sigmoid", "tanh", "erf", "arctan", "sin"):
        inflected = _three([[0], [3], [0]], activation)
        steps = {POINT: point(["0"], ["1"], weights=["3"]), MINIMUM: {}}
        name = f"{activation}: the level at the inflection"
        yield _verdict(name, inflected, certificate(steps, loss="6"), undecided("minimum", "LM05"))
        gaps = [gap(2, 1, [0, 2], ["1/2", "1/2"])]
        for interval, answer in (
            (_ends("-1", "1"), rejected("jensen", "JR07")),
            (_ends("-1", "0"), undecided("jensen", "JR09")),
            (_ends("0", "1"), rejected("jensen", "JR08")),
            (_ends("-1", "-1/2"), rejected("jensen", "JR09")),
        ):
            arguments = {"gaps": gaps, "output_scales": ["1"], "intervals": [interval]}
            steps = {POINT: point(["0"], ["1"], weights=["3"]), JENSEN: arguments}
            claim = certificate(steps, loss="6", jensen_region=True)
            yield _verdict(f"{name}, by Jensen on {interval['lower']}, {interval['upper']}", inflected, claim, answer)
    # The level log(1) is 0; -log(2) is 1e-50 below the end of the interval, nearer than either checker can see.
    for activation in ("softsign", "elu", "tanh"):
        named = _three([[0], [3], [0]], activation)
        steps = {POINT: point(["log(1)"], ["1"], weights=["3"]), MINIMUM: {}}
        claim = certificate(steps, loss="6")
        yield _verdict(f"{activation}: the level log(1)", named, claim, undecided("minimum", "LM05"))
    with mpmath.workdps(70):
        end = str(Fraction(int(mpmath.floor(-mpmath.log(2) * mpmath.mpf(10) ** 50)) + 1, 10**50))
    arguments = {"gaps": gaps, "output_scales": ["1"], "intervals": [_ends(None, end)]}
    steps = {POINT: point(["log(1/2)"], ["1"], weights=["3"]), JENSEN: arguments}
    claim = certificate(steps, loss="6", jensen_region=True)
    near = undecided("jensen", "JR09")
    yield _verdict("a level too near the end of its interval", _three([[0], [3], [0]]), claim, near)
    unbiased = _three([[0], [3], [0]], "tanh", bias=False)
    steps = {POINT: point(["0"], ["1"]), MINIMUM: {}}
    yield _verdict(
        "no output bias and sigma(a_H) = 0", unbiased, certificate(steps, loss="6"), undecided("point", "CP05")
    )
    deep = _three([[0], [3], [0]], "square", 2)
    steps = {POINT: point(["1", "0"], ["1"], ["1"], ["3"]), MINIMUM: {}}
    claim = certificate(steps, loss="6", least_widths=[1, 1])
    yield _verdict("sigma' = 0 above the first layer", deep, claim, undecided("minimum", "LM07"))


def _regions() -> Iterator[Verdict]:
    """Regions beyond the theorems, although nothing else is wrong with them."""
    parabola = _three([[0], [3], [0]], "square")
    for radius, answer in (("9/10", PROVED), ("1", rejected("box", "IR01")), ("2", rejected("box", "IR01"))):
        box = {"radius": radius, "rates": ["1/2"]}
        steps = {POINT: point(["1"], ["1"], weights=["3"]), MINIMUM: {}, BOX: box}
        claim = certificate(steps, loss="6", box_radius=radius)
        yield _verdict(f"a box of radius {radius} around a parabola", parabola, claim, answer)
    deep = _three([[0], [3], [0]], "silu", 2)
    gaps = [gap(2, 1, [0, 2], ["1/2", "1/2"])]
    for lower, answer in (("-5/4", PROVED), ("-2", rejected("jensen", "JR07"))):
        arguments = {"gaps": gaps, "output_scales": ["1"], "intervals": [_ends("-1", "2"), _ends(lower, "2")]}
        steps = {POINT: point(["1/2", "1/2"], ["1"], ["1"], ["3"]), JENSEN: arguments}
        claim = certificate(steps, loss="6", least_widths=[1, 1], jensen_region=True)
        yield _verdict(f"silu in layer 2 on {lower}, 2", deep, claim, answer)
    unbiased = _three([[0], [3], [0]], bias=False)
    for bias, answer in (("0", PROVED), ("1/10", rejected("better", "BP03"))):
        layers = [layer([[20], [20]], [10, -10]), layer([["3", "-3"]], [bias])]
        steps = {POINT: point(["-1"], ["1"]), MINIMUM: {}, BETTER: {"gap": "1", "layers": layers}}
        claim = certificate(steps, loss="6", kind="suboptimal-local-minimum", gap="1", least_widths=[2])
        yield _verdict(f"a better point with an output bias of {bias}", unbiased, claim, answer)


def _extremes() -> Iterator[Verdict]:
    """Numbers beyond 2^1000000 or within 2^-1000000 of zero decide nothing; those between do."""
    for bias in (False, True):
        steep = _three([[0], [3], [0]], "exp", bias=bias)
        for level, answer in (
            ("-20000", PROVED),
            ("20000", PROVED),
            ("-690000", PROVED),
            ("-694000", undecided("minimum", "LM05") if bias else undecided("point", "CP05")),
            ("1000000", undecided("point", "CP09") if bias else undecided("point", "CP05")),
            ("1" + "0" * 300, undecided("point", "CP09") if bias else undecided("point", "CP05")),
        ):
            steps = {POINT: point([level], ["1"], weights=["3"] if bias else None), MINIMUM: {}}
            name = f"exp at {level[:8]}, {'with' if bias else 'without'} output bias"
            yield _verdict(name, steep, certificate(steps, loss="6"), answer)
    steep = _three([[0], [3], [0]], "exp")
    large = {POINT: point(["693146"], ["1"], weights=["3"]), MINIMUM: {}, BOX: {"radius": "9/10", "rates": ["1"]}}
    claim = certificate(large, loss="6", box_radius="9/10")
    yield _verdict("a box in which exp passes 2^1000000", steep, claim, rejected("box", "IR02"))
    rate = "1/1" + "0" * 8690
    steps = {POINT: point(["-20000"], ["1"], weights=["3"]), MINIMUM: {}, BOX: {"radius": "1/10", "rates": [rate]}}
    claim = certificate(steps, loss="6", box_radius="1/10")
    yield _verdict("exp at -20000, a box with rate 1e-8690", steep, claim, PROVED)
    for shift, answer in (
        ("100000", rejected("better", "BP05")),
        ("1000000", undecided("better", "BP05")),
        ("1" + "0" * 200, undecided("better", "BP05")),
    ):
        arguments = {"gap": "1", "layers": [layer([[0]], [shift]), layer([["1"]], ["0"])]}
        steps = {POINT: point(["-1"], ["1"], weights=["3"]), MINIMUM: {}, BETTER: arguments}
        claim = certificate(steps, loss="6", kind="suboptimal-local-minimum", gap="1")
        yield _verdict(f"a better point with exp({shift[:8]})", steep, claim, answer)


def _beyond() -> Iterator[Verdict]:
    """What cannot be said of the rest of the landscape."""
    start = {POINT: point(["-1"], ["1"], weights=["3"]), MINIMUM: {}}
    three = _three([[0], [3], [0]])
    twins = instance_document([[-1], [0], [0], [1]], [[0], [1], [3], [0]], bias=True)
    optimum = {OPTIMUM: {"direction": ["1"], "carriers": []}}
    claim = certificate(start | optimum, loss="6", zero_loss_widths=[3])
    yield _verdict("equal inputs with different targets", twins, claim, rejected("optimum", "EO03"))
    squared = _three([[0], [3], [0]], "square")
    claim = certificate(start | optimum, loss="6", zero_loss_widths=[3])
    yield _verdict("interpolation by squares", squared, claim, rejected("optimum", "EO06"))
    claim = certificate(start | {GENERIC: {"rows": [0, 1, 2]}}, loss="6", generic=True)
    yield _verdict("generic: three points", three, claim, PROVED)
    line = instance_document(
        [[-1, -1], [0, 0], [1, 1], [2, 2], [3, 3], [4, 4]], [[0], [3], [0], [1], [1], [1]], bias=True
    )
    dependent = point(["-1"], ["1"], weights=["3"]) | {"dependent": [_relation(1, ["1"], "0")]}
    steps = {POINT: dependent, MINIMUM: {}, GENERIC: {"rows": [0, 1, 2, 3, 4, 5]}}
    claim = certificate(steps, loss="6", generic=True)
    yield _verdict("generic: points on a line in the plane", line, claim, rejected("generic", "GD03"))
    few = instance_document([[-1, 0], [0, 1], [1, 0], [0, -1], [0, 0]], [[0], [0], [0], [0], [5]], bias=True)
    claim = certificate(start | {GENERIC: {"rows": [0, 1, 2, 3, 4]}}, loss="20", generic=True)
    yield _verdict("generic: five points in the plane", few, claim, rejected("generic", "GD02"))

    def obstructed(matrix: Any, linear: Any, constant: Any, features: list[str]) -> Document:
        arguments = {"matrix": texts(matrix), "linear": texts(linear), "constant": str(constant)}
        return certificate({OBSTRUCTION: arguments}, kind="obstruction", features=features)

    three_values = instance_document([[-1], [0], [1]], [])
    yield _verdict(
        "three values are no obstruction",
        three_values,
        obstructed([[1]], [0], 1, ["x1"]),
        rejected("obstruction", "OB04"),
    )
    hyperbola = instance_document([[1, 1], [2, "1/2"], [-1, -1], ["1/3", 3]], [])
    form = [[0, "1/2"], ["1/2", 0]]
    yield _verdict(
        "a hyperbola is no obstruction",
        hyperbola,
        obstructed(form, [0, 0], 1, ["x1", "x2"]),
        rejected("obstruction", "OB03"),
    )
    plane = instance_document([[-1, 2], [0, 1], [1, 0], [3, -2]], [])
    square = [[1, 1], [1, 1]]
    yield _verdict(
        "x + y = 1 is no obstruction",
        plane,
        obstructed(square, [0, 0], 1, ["x1", "x2"]),
        rejected("obstruction", "OB05"),
    )
    steps = {POINT: point(["-1"], ["1"], weights=["3"]) | {"dependent": [_relation(1, ["-1"], "1")]}, MINIMUM: {}}
    fitted = instance_document([[-1, 2], [0, 1], [1, 0]], [[0], [3], [0]], bias=True)
    yield _verdict("x + y = 1 and a minimum on a basis", fitted, certificate(steps, loss="6"), PROVED)


NEAR = "1/1000000000000"


def _chain_claim(**items: Any) -> Document:
    claim = {
        "kind": "fitted-minimum",
        "lifts": "any",
        "target_radius": "0",
        "loss_lower": "-1000000",
        "loss_upper": "1000000",
        "least_widths": [2],
        "region_radius": None,
        "optimum_widths": None,
    }
    return claim | items


def _chain_arguments(numbers: list[Any], features: int, depth: int, bias: bool, radii: str = NEAR) -> Document:
    """Arguments of fitted-point/1 for a chain in the order of the format, along the axes."""
    size, values = len(numbers), [str(v) for v in numbers]
    middle = values[features + 1 : features + 2 * depth - 1]
    chain = {
        "weights": values[:features],
        "biases": [values[features], *middle[1::2]],
        "scales": middle[::2],
        "output_weight": values[features + 2 * depth - 1],
    }
    return {
        "chain": chain | ({"output_bias": values[-1]} if bias else {}),
        "frame": [[str(int(i == j)) for j in range(size)] for i in range(size)],
        "radii": [radii] * size,
        "target_radius": "0",
        "dependent": [],
    }


def _shallow(activation: str, numbers: list[Fraction], inputs: list[Fraction], wish: list[Fraction]) -> Built:
    """A chain of one layer (w, b, V) and targets: the residual is the wish, made orthogonal to the chain's tangents."""
    with mpmath.workdps(chains.DIGITS):
        w, b, top = map(real, numbers)
        sums = [w * real(x) + b for x in inputs]
        slopes = [sigma(activation, z, 1) for z in sums]
        states = [sigma(activation, z) for z in sums]
        rows = mpmath.matrix([[t, a, a * real(x)] for t, a, x in zip(states, slopes, inputs, strict=True)])
        aim = mpmath.matrix([real(v) for v in wish])
        residual = aim - rows * mpmath.lu_solve(rows.T * rows, rows.T * aim)
        targets = [chains.decimals(top * t - d) for t, d in zip(states, residual, strict=True)]
    document = instance_document([[x] for x in inputs], [[y] for y in targets], activation)
    return Built(document, {FITTED: _chain_arguments(numbers, 1, 1, False)}, {})


INPUTS = [Fraction(n, 4) for n in (-8, -5, -2, 1, 3, 6, 9)]
WISH = [Fraction(n, 4) for n in (1, -2, 3, -1, -2, 3, -2)]


def _fitted_saddles() -> Iterator[Verdict]:
    """A form with a negative direction (a, b): two units, moved to either side by it, are better."""
    for activation in ("sigmoid", "tanh", "softplus", "silu", "gelu", "sin", "erf", "arctan"):
        for change, side in (("D", 1), ("-D", -1)):
            numbers = [Fraction(3, 2), Fraction(1, 3), Fraction(2)]
            built = _shallow(activation, numbers, INPUTS, [side * v for v in WISH])
            yield _split(f"{activation}: a critical chain with an indefinite form, {change}", built)
    for name in ("sigmoid", "kinked", "dependent"):
        for factor in (Fraction(-1), Fraction(-1, 10), Fraction(-50)):
            built = chains.scaled(chains.FITTED[name], factor)
            yield _split(f"{name}: the residual of a minimum times {factor}", built)
    uneven = chains.FITTED["uniform"]
    arguments = {FITTED: uneven.arguments[FITTED], ANY: {}}
    claim = _chain_claim(least_widths=[1, 1])
    name = "only uniform lifts are minima, and all are claimed"
    layers, loss = _uneven_lift(uneven)
    claimed = certificate(arguments, **claim)
    yield _verdict(name, uneven.document, claimed, rejected("any", "AL02"), layers, loss)
    steps = {FITTED: uneven.arguments[FITTED], UNIFORM: {}}
    claimed = certificate(steps, **claim)
    yield _verdict("only uniform lifts are minima, and shown", uneven.document, claimed, rejected("claim", "CL02"))
    claimed = certificate(steps, **claim | {"lifts": "uniform"})
    yield _verdict("only uniform lifts are minima, for comparison", uneven.document, claimed, PROVED)
    region = {REGION: {"radius": NEAR, "rates": ["1/1000"]}}
    claimed = certificate({FITTED: uneven.arguments[FITTED]} | region, **claim)
    yield _verdict("only uniform lifts are minima, by a region", uneven.document, claimed, undecided("region", "FR03"))


def _split(name: str, built: Built) -> Verdict:
    """The witness of a chain of one layer whose form has a negative eigenvalue."""
    with mpmath.workdps(chains.DIGITS):
        found = chains.critical(built, chains.targets_of(built))
        (layer,) = found.layers()
        rows, size = mpmath.matrix(layer.wide), len(layer.wide[0])
        form = rows.T * mpmath.matrix(
            [[a * v for v in row] for a, row in zip(layer.coefficients, layer.wide, strict=True)]
        )
        values, vectors = mpmath.eigsy(form)
        if values[0] > -(mpmath.mpf(10) ** -5):
            raise AssertionError(f"{name}: the form is not indefinite")
        moves = [Fraction(chains.decimals(vectors[j, 0] / 10**4)) for j in range(size)]
    features, basis = len(built.document["data"]["features"]), chains.basis_of(built)
    numbers = [Fraction(chains.decimals(v)) for v in found.parameters]
    units = []
    for side in (1, -1):
        weights = {j: numbers[k] + side * moves[k] for k, j in enumerate(basis)}
        units.append(([weights.get(j, Fraction(0)) for j in range(features)], numbers[len(basis)] + side * moves[-1]))
    layers = [([w for w, _ in units], [b for _, b in units]), ([[numbers[len(basis) + 1] / 2] * 2], [Fraction(0)])]
    claim = _chain_claim()
    document = certificate({FITTED: built.arguments[FITTED], ANY: {}}, **claim)
    return _verdict(name, built.document, document, rejected("any", "AL02"), layers, found.loss)


def _uneven_lift(built: Built) -> tuple[oracle.Layers, Any]:
    """A lift to two units in each of two layers, nearly two separate chains, moved apart along a negative direction."""
    with mpmath.workdps(chains.DIGITS):
        found = chains.critical(built, chains.targets_of(built))
        first, second = found.layers()
        size, own = len(second.wide[0]), len(first.wide[0])
        total = mpmath.zeros(size)
        for layer, width in ((first, own), (second, size)):
            for a, row in zip(layer.coefficients, layer.wide, strict=True):
                for i in range(width):
                    for j in range(width):
                        total[i, j] += a * row[i] * row[j]
        values, vectors = mpmath.eigsy(total)
        if values[0] > -(mpmath.mpf(10) ** -5):
            raise AssertionError("the separate chains are no saddle")
        w, b, s, c, top = [Fraction(chains.decimals(v)) for v in found.parameters]
        dw, db, ds, dc = [Fraction(chains.decimals(vectors[j, 0] / 10**4)) for j in range(size)]
    cross = Fraction(1, 10**6)  # every share is positive
    layers = [
        ([[w + dw], [w - dw]], [b + db, b - db]),
        ([[(s + ds) * (1 - cross), (s + ds) * cross], [(s - ds) * cross, (s - ds) * (1 - cross)]], [c + dc, c - dc]),
        ([[top / 2, top / 2]], [Fraction(0)]),
    ]
    return layers, found.loss


def _fitted_global_minima() -> Iterator[Verdict]:
    """D = 0, or D = 0 in the mean over equal inputs: nothing is lower."""
    for name in ("sigmoid", "logistic", "poisson", "kinked"):
        case = chains.FITTED[name]
        exact = chains.scaled(case, 0)
        start = {FITTED: exact.arguments[FITTED]}
        yield _verdict(
            f"{name}: D = 0", exact.document, certificate(start | {ANY: {}}, **_chain_claim()), undecided("any", "AL02")
        )
        region = {REGION: {"radius": NEAR, "rates": []}}
        claimed = certificate(start | region, **_chain_claim(region_radius=NEAR))
        yield _verdict(f"{name}: D = 0, a region", exact.document, claimed, undecided("region", "FR03"))
        optimum = {FITTED_OPTIMUM: case.arguments[FITTED_OPTIMUM]}
        claimed = certificate(start | optimum, **_chain_claim(kind="suboptimal-fitted-minimum", gap=NEAR))
        yield _verdict(f"{name}: D = 0, a gap by the optimum", exact.document, claimed, undecided("optimum", "FO03"))
        better = {FITTED_BETTER: case.arguments[FITTED_BETTER]}
        claimed = certificate(start | better, **_chain_claim(kind="suboptimal-fitted-minimum", gap=NEAR))
        yield _verdict(f"{name}: D = 0, a gap by a network", exact.document, claimed, rejected("better", "FB02"))
    exact = chains.scaled(chains.SIGMOID, 0)
    data = exact.document["data"]
    apart = [[str(Fraction(y) + side)] for side in (1, -1) for (y,) in data["targets"]]
    twins = exact.document | {"data": data | {"inputs": data["inputs"] * 2, "targets": apart}}
    start = {FITTED: exact.arguments[FITTED]}
    name = "every input twice, with targets at the same distance"
    claimed = certificate(start | {ANY: {}}, **_chain_claim())
    yield _verdict(name, twins, claimed, undecided("any", "AL02"))
    optimum = {FITTED_OPTIMUM: chains.SIGMOID.arguments[FITTED_OPTIMUM]}
    claimed = certificate(start | optimum, **_chain_claim(kind="suboptimal-fitted-minimum", gap=NEAR))
    yield _verdict(f"{name}, a gap by the optimum", twins, claimed, undecided("optimum", "FO03"))
    better = {FITTED_BETTER: chains.SIGMOID.arguments[FITTED_BETTER]}
    claimed = certificate(start | better, **_chain_claim(kind="suboptimal-fitted-minimum", gap=NEAR))
    yield _verdict(f"{name}, a gap by a network", twins, claimed, rejected("better", "FB02"))
    two = instance_document([[-1], [1]], [["-1/2"], ["1/2"]], "softsign")
    arguments = {FITTED: _chain_arguments(["1", "0", "1"], 1, 1, False), ANY: {}}
    claimed = certificate(arguments, **_chain_claim())
    yield _verdict("two samples and three parameters", two, claimed, undecided("chain", "FP05"))


def _fitted_degenerate() -> Iterator[Verdict]:
    """Chains that are no isolated critical points, and what is not twice differentiable."""
    hat, lost = [[0], [3], [0]], undecided("chain", "FP05")
    for bias, numbers in ((False, ["0", "0", "2"]), (True, ["0", "-1", "3", "0"])):
        arguments = {FITTED: _chain_arguments(numbers, 1, 1, bias), ANY: {}}
        if bias:
            with mpmath.workdps(50):
                arguments[FITTED]["chain"]["output_bias"] = str(_bias("3", "-1"))
        claimed = certificate(arguments, **_chain_claim())
        yield _verdict(
            f"a constant chain, {'with' if bias else 'without'} output bias", _three(hat, bias=bias), claimed, lost
        )
    falling = _three([[-1], [-3], [-1]], "square", bias=False)
    start = _chain_arguments(["0", "0", "1"], 1, 1, False)
    start |= {"frame": [["1", "0"], ["0", "1"], ["0", "0"]], "radii": start["radii"][:2]}
    claimed = certificate({FITTED: start, ANY: {}}, **_chain_claim())
    yield _verdict("square: the chain that is constantly zero, D > 0", falling, claimed, undecided("any", "AL02"))
    with mpmath.workdps(chains.DIGITS):
        grown = instance_document(
            [[n] for n in range(-1, 3)], [[chains.decimals(mpmath.exp(mpmath.mpf(n) / 2))] for n in range(-1, 3)], "exp"
        )
    claimed = certificate({FITTED: _chain_arguments(["1/2", "0", "1"], 1, 1, False), ANY: {}}, **_chain_claim())
    yield _verdict("exp: b and V do the same", grown, claimed, rejected("chain", "FP02"))
    equal = instance_document([[2], [2], [2]], [[0], [3], [0]])
    claimed = certificate({FITTED: _chain_arguments(["1/2", "-1", "2"], 1, 1, False), ANY: {}}, **_chain_claim())
    yield _verdict("a fitted chain where all inputs are equal", equal, claimed, lost)
    yield from _fitted_kinks()
    for name, target in (("logistic", "0"), ("logistic", "1"), ("poisson", "0")):
        case = chains.FITTED[name].about({"data.targets.2.0": target})
        claimed = certificate({FITTED: case.arguments[FITTED], ANY: {}}, **_chain_claim())
        yield _verdict(f"{name}: a target {target}", case.document, claimed, rejected("chain", "FP03"))


def _fitted_kinks() -> Iterator[Verdict]:
    """A sample more at the zero of the only unit, where the network is already right: D is 0 there."""
    case = chains.scaled(chains.KINKED, 1)
    with mpmath.workdps(chains.DIGITS):
        chain = case.arguments[FITTED]["chain"]
        zero = -real(Fraction(chain["biases"][0])) / real(Fraction(chain["weights"][0]))
    data = case.document["data"]
    start = {FITTED: case.arguments[FITTED], ANY: {}}
    for change, shift, answer in (
        ("a sample at the kink", 0, undecided("chain", "FP05")),
        ("a sample beside the kink", Fraction(1, 1000), PROVED),
    ):
        x = Fraction(chains.decimals(zero)) + shift
        with mpmath.workdps(chains.DIGITS):
            z = real(Fraction(chain["weights"][0]) * x + Fraction(chain["biases"][0]))
            y = chains.decimals(real(Fraction(chain["output_weight"])) * sigma("softsign", z)) if shift else "0"
        more = data | {"inputs": [*data["inputs"], [str(x)]], "targets": [*data["targets"], [y]]}
        document = case.document | {"data": more}
        yield _verdict(f"softsign: {change}", document, certificate(start, **_chain_claim()), answer)
        if shift:
            region = start | {REGION: {"radius": "1/100", "rates": []}}
            claimed = certificate(region, **_chain_claim(region_radius="1/100"))
            yield _verdict(f"softsign: {change}, a region over it", document, claimed, undecided("region", "FR02"))


def _affine() -> Iterator[Verdict]:
    """X = (0, 1, 2, 3), D = (-1, 1, 1, -1): T = x is the least-squares fit of Y = (1, 0, 1, 4), E* = 4."""
    four = instance_document([[0], [1], [2], [3]], [[1], [0], [1], [4]], "relu")
    biased = instance_document([[0], [1], [2], [3]], [[1], [0], [1], [4]], "relu", bias=True)

    def fit(*layers: Document, loss: str = "4", region: str = "affine", **steps: Any) -> Document:
        widths = [len(item["biases"]) for item in layers[:-1]]
        claimed = {"loss": loss, "region": region, "least_widths": widths, "optimum_widths": None, "optimum": None}
        return certificate({AFFINE: {"layers": [*layers]}, **steps}, kind="affine-minimum", **claimed)

    straight = fit(layer([[1], [0]], [1, 1]), layer([[1, -1]], [0]))
    yield _verdict("an affine fit, for comparison", four, straight, PROVED)
    kinked, lower = fit(layer([[1]], [0]), layer([[1]], [0])), _network(([[1]], ["-1/10"]), ([[1]], [0]))
    name = "an affine fit with a sample at the kink: a saddle"
    yield _verdict(name, four, kinked, rejected("fit", "AM03"), lower)
    idle = fit(layer([[1], [1]], [1, 0]), layer([[1, 0]], ["-1"]))
    bends = _network(([["9/10"], [1]], [1, "-1/10"]), ([[1, "1/10"]], ["-99/100"]))
    name = "an affine fit beside an idle unit at the kink"
    yield _verdict(name, biased, idle, rejected("fit", "AM03"), bends)
    tilted = _network(([["1/10"]], [1]), ([[1]], ["7/20"]))
    mean = fit(layer([[0]], [1]), layer([[1]], ["1/2"]), loss="9", region="constant")
    yield _verdict("the mean by a unit that is alive", biased, mean, rejected("fit", "AM05"), tilted)
    dead = fit(layer([[0]], ["-1"]), layer([[1]], ["3/2"]), loss="9", region="constant")
    yield _verdict("the mean by a dead unit", biased, dead, PROVED)
    more = fit(layer([[0]], ["-1"]), layer([[1]], ["3/2"]), loss="9")
    yield _verdict("the mean as the best affine function", biased, more, rejected("claim", "CL15"))
    flat = instance_document([[2], [2], [2], [2]], [[1], [0], [1], [4]], "relu", bias=True)
    steps = {AFFINE_OPTIMUM: {"direction": ["1"]}}
    alone = fit(layer([[0]], [1]), layer([[1]], ["1/2"]), loss="9")
    yield _verdict("all inputs equal: the mean is a minimum", flat, alone, PROVED)
    better = fit(layer([[0]], [1]), layer([[1]], ["1/2"]), loss="9", **steps)
    yield _verdict("all inputs equal: and a global one", flat, better, rejected("optimum", "AO05"))
