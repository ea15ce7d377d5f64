"""jensen-region/1: accepted and rejected, and an attack with weights of any size."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from flint import fmpq

from proofs.document import Reader
from proofs.exact import Malformed
from proofs.kernel import Conclusion, Fact, Rejected
from proofs.lemmas import LEMMAS
from proofs.lemmas.constant_point import ConstantPoint
from proofs.lemmas.jensen_region import JensenRegion, show_interval
from tests.proofs.build import (
    BIASED,
    CASES,
    DEEP,
    DEEPER,
    JENSEN,
    NULL,
    POINT,
    REPEATED,
    SQUARE,
    THREE,
    TWO_OUTPUTS,
    Case,
    gap,
    interval,
    with_point,
)
from tests.proofs.network import FLOAT_SIGMA, Weights, floats, loss, to_float

REGIONS = {name: case for name, case in CASES.items() if JENSEN in case.arguments}
EPSILON = Fraction(1, 10**30)
TINY = str(EPSILON)
HALF_AND_MORE, HALF_AND_LESS = str(Fraction(1, 2) + EPSILON), str(Fraction(1, 2) - EPSILON)


def moved(case: Case, activation: str, levels: list[str], **point: Any) -> Case:
    return with_point(case, {"levels": levels, **point}, {"network.activation": activation})


@pytest.mark.parametrize("case", REGIONS.values(), ids=REGIONS)
def test_accepted(case: Case) -> None:
    proposition = case.step(JENSEN).proposition
    assert isinstance(proposition, JensenRegion)
    residual = case.instance.targets.rows
    assert set(proposition.samples) <= set(range(residual))


ZERO = with_point(THREE, {}, {"data.targets": [["1"], ["1"], ["1"]]})
TWO_GAPS = [gap(1, 1, [0, 2], ["1/2", "1/2"]), gap("1/2", 1, [0, 2], ["1/2", "1/2"])]
THIRD = [gap("1/2", 1, [2, 0], ["1/2", "1/2"])]
SAME = {"lower": NULL, "upper": NULL}
TANH_3 = with_point(DEEPER, {"output_weights": ["1"]}, {"network.output_bias": True})

MORE: list[tuple[str, Case, dict[str, Any]]] = [
    ("one gap in three parts", THREE, {"gaps": TWO_GAPS + THIRD}),
    ("a vertex twice", THREE, {"gaps": [gap(2, 1, [0, 2, 0], ["1/4", "1/2", "1/4"])]}),
    ("a gap that is nothing", THREE, {"gaps": [gap(2, 1, [0, 2], ["1/2", "1/2"]), gap(5, 0, [0], ["1"])]}),
    ("the centre is a vertex too", THREE, {"gaps": [gap(3, 1, [0, 1, 2], ["1/3", "1/3", "1/3"])]}),
    ("a short interval", THREE, {"intervals": [interval("-1", "-1/2")]}),
    ("a very short interval around the level", BIASED, {"intervals": [interval("-7/10", "-69/100")]}),
    ("negative scale, negative V", with_point(
        BIASED, {"output_weights": ["-1"]}, {"data.targets": [["2"], ["-1"], ["2"]]}), {"output_scales": ["-1"]}),
    ("concave, V negative", with_point(BIASED, {"levels": ["1"], "output_weights": ["-1"]}),
     {"intervals": [interval(0, None)]}),
    ("a kink inside", moved(BIASED, "elu", ["-1"]), {"intervals": [interval(None, None)]}),
    ("the level on the kink", moved(BIASED, "elu", ["0"]), {"intervals": [interval(-1, None)]}),
    ("square, not monotone, one layer", moved(BIASED, "square", ["1"]), {"intervals": [interval(None, None)]}),
    ("square, decreasing at the top", moved(DEEP, "square", ["1", "-1"], scales=["-1"]),
     {"intervals": [interval(None, None), interval(None, 0)]}),
    ("silu, concave and decreasing below", moved(DEEP, "silu", ["-3", "-3"], scales=["-1"], output_weights=["-1"]),
     {"intervals": [interval(None, "-12/5"), interval(None, "-12/5")]}),
    ("a falling scale: the layers bend different ways", moved(DEEP, "tanh", ["1", "-1"], scales=["-1"]),
     {"intervals": [interval(0, None), interval(None, 0)]}),
    ("a falling scale between 0 and -1", moved(DEEP, "tanh", ["1", "-1"], scales=["-1/2"]),
     {"intervals": [interval(0, None), interval(None, 0)]}),
    ("the upper of two scales is falling", moved(TANH_3, "tanh", ["1", "1", "-1"], scales=["1", "-1"]),
     {"intervals": [interval(0, None), interval(0, None), interval(None, 0)]}),
    ("the lower of two scales is falling", moved(TANH_3, "tanh", ["1", "-1", "-1"], scales=["-1", "1"]),
     {"intervals": [interval(0, None), interval(None, 0), interval(None, 0)]}),
    ("an output scale between 0 and -1", TWO_OUTPUTS.about(
        {"data.targets": [["0", "5/2"], ["3", "1"], ["0", "5/2"]]}), {"output_scales": ["1", "-1/2"]}),
    ("an output without residual", with_point(
        TWO_OUTPUTS, {"constants": ["1", "7"], "output_weights": ["3", "0"]},
        {"data.targets": [["0", "7"], ["3", "7"], ["0", "7"]]}), {"output_scales": ["1", "0"]}),
]  # fmt: skip


@pytest.mark.parametrize(("case", "changes"), [r[1:] for r in MORE], ids=[r[0] for r in MORE])
def test_more_that_is_accepted(case: Case, changes: dict[str, Any]) -> None:
    assert case.code(JENSEN, changes) == ("", "")


REJECTED: list[tuple[str, Case, dict[str, Any], str, str]] = [
    ("no output scale", THREE, {"output_scales": []}, "Rejected", "JR01"),
    ("an output scale too many", THREE, {"output_scales": ["1", "1"]}, "Rejected", "JR01"),
    ("an output scale too few", TWO_OUTPUTS, {"output_scales": ["1"]}, "Rejected", "JR01"),
    ("no interval", THREE, {"intervals": []}, "Rejected", "JR01"),
    ("an interval too many", THREE, {"intervals": [interval(None, 0)] * 2}, "Rejected", "JR01"),
    ("an interval too few", DEEP, {"intervals": [interval(None, 0)]}, "Rejected", "JR01"),
    ("no gap", THREE, {"gaps": []}, "Rejected", "JR02"),
    ("a centre that does not exist", THREE, {"gaps.0.centre": 3}, "Rejected", "JR02"),
    ("a negative centre", THREE, {"gaps.0.centre": -2}, "Rejected", "JR02"),
    ("a vertex that does not exist", THREE, {"gaps.0.vertices": [0, 3]}, "Rejected", "JR02"),
    ("a negative vertex", THREE, {"gaps.0.vertices": [0, -1]}, "Rejected", "JR02"),
    ("a coefficient too few", THREE, {"gaps.0.coefficients": ["1"]}, "Rejected", "JR02"),
    ("a vertex too few", THREE, {"gaps.0.vertices": [0]}, "Rejected", "JR02"),
    ("no vertex at all", THREE, {"gaps.0.vertices": [], "gaps.0.coefficients": []}, "Rejected", "JR03"),
    ("weight zero", THREE, {"gaps.0.weight": "0"}, "Rejected", "JR03"),
    ("weight negative", THREE, {"gaps.0.weight": "-2"}, "Rejected", "JR03"),
    ("weight negative and scale negative", THREE, {"gaps.0.weight": "-2", "output_scales": ["-1"]}, "Rejected", "JR03"),
    ("a coefficient zero", THREE, {"gaps": [gap(2, 1, [0, 2, 1], ["1/2", "1/2", "0"])]}, "Rejected", "JR03"),
    ("an extrapolation", SQUARE, {"gaps.0": gap(2, 0, [1, 4], ["-1", "2"])}, "Rejected", "JR03"),
    ("coefficients that sum to a little more", THREE, {"gaps.0.coefficients.0": HALF_AND_MORE}, "Rejected", "JR03"),
    ("coefficients that sum to a little less", THREE, {"gaps.0.coefficients.1": HALF_AND_LESS}, "Rejected", "JR03"),
    ("a mean that is a little off", THREE, {"gaps.0.coefficients": [HALF_AND_MORE, HALF_AND_LESS]}, "Rejected", "JR04"),
    ("another centre", THREE, {"gaps.0": gap(2, 0, [1, 2], ["1/2", "1/2"])}, "Rejected", "JR04"),
    ("a mean in the first feature only", SQUARE, {"gaps.0": gap(2, 4, [2], ["1"])}, "Rejected", "JR04"),
    ("a weight that is a little off", THREE, {"gaps.0.weight": str(2 + EPSILON)}, "Rejected", "JR05"),
    ("a scale that is a little off", THREE, {"output_scales": [str(1 - EPSILON)]}, "Rejected", "JR05"),
    ("scale zero", THREE, {"output_scales": ["0"]}, "Rejected", "JR05"),
    ("the second scale has the wrong sign", TWO_OUTPUTS, {"output_scales": ["1", "2"]}, "Rejected", "JR05"),
    ("a gap too few", SQUARE, {"gaps": [gap(2, 4, [0, 1], ["1/2", "1/2"])]}, "Rejected", "JR05"),
    ("a sample without gap has a residual", SQUARE.about({"data.inputs.5": ["0", "0"], "data.targets": [
        ["0"], ["0"], ["0"], ["0"], ["3"], ["3"]]}), {}, "Rejected", "JR05"),
    ("the sign of V", with_point(BIASED, {"output_weights": ["-3"]}), {}, "Rejected", "JR08"),
    ("V is zero", with_point(BIASED, {"output_weights": ["0"]}), {}, "Rejected", "JR06"),
    ("the outputs disagree", with_point(TWO_OUTPUTS, {"output_weights": ["3", "1"]}), {}, "Rejected", "JR06"),
    ("V of the second output is zero", with_point(TWO_OUTPUTS, {"output_weights": ["3", "0"]}), {}, "Rejected", "JR06"),
    ("no residual", ZERO, {"gaps": [gap(5, 0, [0], ["1"])], "output_scales": ["0"]}, "Rejected", "JR06"),
    ("an inflection inside", THREE, {"intervals": [interval(None, 1)]}, "Rejected", "JR07"),
    ("an inflection inside by a little", THREE, {"intervals": [interval(None, TINY)]}, "Rejected", "JR07"),
    ("the whole line", THREE, {"intervals": [interval(None, None)]}, "Rejected", "JR07"),
    ("silu's inflection inside by a little", moved(BIASED, "silu", ["0"]),
     {"intervals": [interval(-2, "12/5")]}, "Rejected", "JR07"),
    ("gelu's inflection inside by a little", moved(BIASED, "gelu", ["0"]),
     {"intervals": [interval(-1, "71/50")]}, "Rejected", "JR07"),
    ("softsign across its kink", moved(BIASED, "softsign", ["-1"]),
     {"intervals": [interval(-2, TINY)]}, "Rejected", "JR07"),
    ("square is not monotone in the second layer", moved(DEEP, "square", ["1", "1"]),
     {"intervals": [interval(None, None), interval(f"-{TINY}", None)]}, "Rejected", "JR07"),
    ("silu is not monotone in the second layer", moved(DEEP, "silu", ["0", "0"]),
     {"intervals": [interval("-2", "2"), interval("-2", "2")]}, "Rejected", "JR07"),
    ("on the other side of the inflection", THREE, {"intervals": [interval(0, None)]}, "Rejected", "JR08"),
    ("concave in the first layer", DEEP, {"intervals": [interval(0, None), interval(-3, 0)]}, "Rejected", "JR08"),
    ("concave in the second layer", DEEP, {"intervals": [interval(None, 0), interval(0, None)]}, "Rejected", "JR08"),
    ("a negative scale", with_point(DEEP, {"scales": ["-2"]}), {}, "Rejected", "JR08"),
    ("the first of two scales negative", with_point(DEEPER, {"scales": ["-1", "1"]}), {}, "Rejected", "JR08"),
    ("the second of two scales negative", with_point(DEEPER, {"scales": ["1", "-1"]}), {}, "Rejected", "JR08"),
    ("square decreasing with a positive scale", moved(DEEP, "square", ["1", "-1"], scales=["1"]),
     {"intervals": [interval(None, None), interval(None, 0)]}, "Rejected", "JR08"),
    ("the level below the interval", THREE, {"intervals": [interval("-1/2", 0)]}, "Rejected", "JR09"),
    ("the level above the interval", THREE, {"intervals": [interval(None, "-1")]}, "Rejected", "JR09"),
    ("the second level outside", DEEP, {"intervals": [interval(None, 0), interval(None, "-1")]}, "Rejected", "JR09"),
    ("the level on the upper end", with_point(THREE, {"levels": ["-1"]}),
     {"intervals": [interval(None, -1)]}, "Undecided", "JR09"),
    ("the level on the lower end", with_point(THREE, {"levels": ["-1"]}),
     {"intervals": [interval(-1, 0)]}, "Undecided", "JR09"),
    ("the level on the kink and on the end", moved(BIASED, "softsign", ["0"]),
     {"intervals": [interval(None, 0)]}, "Undecided", "JR09"),
    ("the level on the inflection", moved(BIASED, "tanh", ["0"]),
     {"intervals": [interval(None, 0)]}, "Undecided", "JR09"),
]  # fmt: skip


@pytest.mark.parametrize(("case", "changes", "kind", "code"), [r[1:] for r in REJECTED], ids=[r[0] for r in REJECTED])
def test_rejected(case: Case, changes: dict[str, Any], kind: str, code: str) -> None:
    assert case.code(JENSEN, changes) == (kind, code)


def test_a_level_close_to_an_end_is_decided_with_more_precision() -> None:
    close = str(
        Fraction("-0.6931471805599453094172321214581765680755")
    )  # ln(1/2) = -0.69314718055994530941723212145817656807550013..
    beyond = str(Fraction("-0.69314718055994530941723212145817656807551"))
    for end, decided in ((close, ("", "")), (beyond, ("Rejected", "JR09"))):
        changes = {"intervals": [interval(None, end)]}
        assert THREE.code(JENSEN, changes, bits=64) == ("Undecided", "JR09")
        assert THREE.code(JENSEN, changes, bits=300) == decided


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"intervals": [interval(0, 0)]}, "lower < upper"),
        ({"intervals": [interval(0, -1)]}, "lower < upper"),
        ({"intervals.0.upper": None}, "'upper' is missing"),
        ({"intervals.0.upper": 0}, "intervals"),
        ({"intervals.0.closed": True}, "unknown field 'closed'"),
        ({"gaps.0.weight": 2}, "gaps"),
        ({"gaps.0.centre": "1"}, "gaps"),
        ({"gaps.0.note": "x"}, "unknown field 'note'"),
        ({"gaps": {}}, "gaps"),
        ({"samples": [0]}, "unknown field 'samples'"),
    ],
)
def test_malformed(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(Malformed, match=message):
        THREE.step(JENSEN, changes)


def test_it_needs_a_constant_point() -> None:
    stranger = Fact("s1", LEMMAS[POINT], Conclusion("a constant point, believe me", ""))
    with pytest.raises(Rejected) as caught:
        LEMMAS[JENSEN].check(THREE.instance, (stranger,), Reader({}, ""))
    assert caught.value.code == "JR01"


def test_intervals_as_they_are_shown() -> None:
    assert show_interval(None, None) == "(-inf, inf)"
    assert show_interval(fmpq(-1, 2), fmpq(3)) == "[-1/2, 3]"


# The attack.


def _inside(rng: np.random.Generator, z: Any, lower: float, upper: float) -> Any:
    """Scale and shift the columns of z (samples x units) into [lower, upper]: their factors and shifts."""
    low, high = z.min(axis=0), z.max(axis=0)
    spread = np.maximum(high - low, 1e-12)
    room = upper - lower
    factor = np.ones(z.shape[1])
    if np.isfinite(room):
        factor = np.minimum(1, rng.choice([1.0, 0.5, 0.01], size=z.shape[1]) * room / spread)
    low, high = factor * low, factor * high
    slack = rng.choice([0, 1e-3, 1, 5], size=z.shape[1])
    if np.isfinite(upper):
        shift = upper - high - (np.minimum(slack, room - (high - low)) if np.isfinite(room) else slack)
    else:
        shift = lower - low + slack if np.isfinite(lower) else slack * rng.choice([-1, 1], size=z.shape[1])
    return factor, shift


def attack(case: Case, region: JensenRegion, widths: tuple[int, ...], rng: np.random.Generator) -> Weights:
    """Random parameters of the region: signs kept, sizes from 1e-3 to 1e3, pre-activations driven into the ends."""
    instance = case.instance
    point = case.step(POINT).proposition
    assert isinstance(point, ConstantPoint)
    name = instance.architecture.activation.name
    used = floats(instance.inputs)[list(region.samples)]
    states = used
    hidden, biases = [], []
    for h, (lower, upper) in enumerate(region.intervals):
        columns = states.shape[1]
        size = 10 ** rng.uniform(-3, 3, size=(widths[h], 1))
        matrix = size * rng.normal(size=(widths[h], columns))
        if h > 0:
            sign = 1 if point.scales[h - 1] > 0 else -1
            matrix = sign * np.abs(matrix) * (rng.random(matrix.shape) < 0.7)
        ends = (
            -np.inf if lower is None else to_float(lower),
            np.inf if upper is None else to_float(upper),
        )
        factor, bias = _inside(rng, states @ matrix.T, *ends)
        matrix = matrix * factor[:, None]
        hidden.append(matrix)
        biases.append(bias)
        z = states @ matrix.T + bias
        assert (z >= ends[0] - 1e-9 * (1 + np.abs(z))).all()
        assert (z <= ends[1] + 1e-9 * (1 + np.abs(z))).all()
        states = FLOAT_SIGMA[name](np.clip(z, *ends))
    outputs = instance.targets.columns
    last = np.abs(rng.normal(size=(outputs, widths[-1]))) * 10 ** rng.uniform(-3, 1)
    last *= np.array(point.weight_signs)[:, None]
    free = rng.normal(size=outputs) if instance.architecture.output_bias else np.zeros(outputs)
    return Weights(hidden, biases, last, free)


def violation(case: Case, weights: Weights) -> float:
    """The most negative V_o <D_o, sigma(z_H,i)>, relative to the sizes that were added and to earlier rounding."""
    instance = case.instance
    point = case.step(POINT).proposition
    assert isinstance(point, ConstantPoint)
    name = instance.architecture.activation.name
    inputs, targets = floats(instance.inputs), floats(instance.targets)
    layers = weights.hidden_units(name, inputs)
    top = FLOAT_SIGMA[name](layers[-1])
    scale = 1 + max(float(np.abs(z).max()) for z in layers) + np.abs(top).max(axis=0)
    slopes = np.prod([np.abs(m).sum(axis=1).max() + 1 for m in weights.hidden[1:]] or [1.0])
    worst = 0.0
    for o, sign in enumerate(point.weight_signs):
        residual = to_float(point.constants[o]) - targets[:, o]
        forms = sign * (residual @ top)
        worst = min(worst, float((forms / (np.abs(residual).sum() * scale * slopes)).min()))
    return worst


WIDTHS: dict[int, list[tuple[int, ...]]] = {1: [(1,), (4,)], 2: [(1, 1), (3, 2)], 3: [(1, 1, 1), (2, 3, 2)]}

ATTACKED: dict[str, tuple[Case, dict[str, Any]]] = {name: (case, {}) for name, case in REGIONS.items()} | {
    "square": (moved(BIASED, "square", ["1"]), {"intervals": [interval(None, None)]}),
    "silu, depth 2": (moved(DEEP, "silu", ["0", "1"]),
                      {"intervals": [interval("-239/100", "239/100"), interval("-127/100", "239/100")]}),
    "silu below": (moved(DEEP, "silu", ["-3", "-3"], scales=["-1"], output_weights=["-1"]),
                   {"intervals": [interval(None, "-12/5"), interval(None, "-12/5")]}),
    "gelu, depth 2": (moved(DEEP, "gelu", ["0", "1"]),
                      {"intervals": [interval("-141/100", "141/100"), interval("-3/4", "141/100")]}),
    "sin, depth 2": (moved(DEEP, "sin", ["-1", "-1"]), {"intervals": [interval(-3, 0), interval("-3/2", 0)]}),
    "elu, depth 3": (moved(DEEPER, "elu", ["-1", "-1", "-1"], constants=["-1"]).about(
        {"data.targets": [["-2"], ["1"], ["-2"]]}), {}),
}  # fmt: skip


@pytest.mark.parametrize(("case", "changes"), ATTACKED.values(), ids=ATTACKED)
def test_no_parameters_of_the_region_have_a_smaller_loss(case: Case, changes: dict[str, Any]) -> None:
    region = case.step(JENSEN, changes).proposition
    point = case.step(POINT).proposition
    assert isinstance(region, JensenRegion)
    assert isinstance(point, ConstantPoint)
    instance = case.instance
    name, least = instance.architecture.activation.name, to_float(point.loss)
    inputs, targets = floats(instance.inputs), floats(instance.targets)
    for widths in WIDTHS[instance.architecture.depth]:
        rng = np.random.default_rng(sum(widths))
        for _ in range(200):
            weights = attack(case, region, widths, rng)
            assert violation(case, weights) >= -1e-12
            size = np.abs(weights.last).sum() * (1 + np.abs(weights.hidden_units(name, inputs)[-1]).max())
            if size < 1e6:
                assert loss(name, weights, inputs, targets) >= least * (1 - 1e-12) - 1e-13 * size**2


@pytest.mark.parametrize("name", ["three points", "depth 2", "two features"])
def test_the_same_attack_succeeds_on_longer_intervals(name: str) -> None:
    """A control: with every interval longer by 2 beyond the inflection, smaller losses are found."""
    case = REGIONS[name]
    region = case.step(JENSEN).proposition
    assert isinstance(region, JensenRegion)
    longer = JensenRegion(tuple((a, b + 2 if b is not None else None) for a, b in region.intervals), region.samples)
    rng = np.random.default_rng(0)
    widths = WIDTHS[case.instance.architecture.depth][1]
    assert min(violation(case, attack(case, longer, widths, rng)) for _ in range(300)) < -1e-3


def test_the_same_attack_succeeds_with_negative_weights_in_the_second_layer() -> None:
    """A control: the signs of the weights are needed even when every pre-activation stays in its interval."""
    region = DEEP.step(JENSEN).proposition
    assert isinstance(region, JensenRegion)
    wrong = with_point(DEEP, {"scales": ["-2"]})
    rng = np.random.default_rng(0)
    assert min(violation(DEEP, attack(wrong, region, (3, 2), rng)) for _ in range(300)) < -1e-3


def test_repeated_inputs_share_the_gap() -> None:
    both = REPEATED.step(JENSEN).proposition
    assert isinstance(both, JensenRegion)
    assert both.samples == (0, 1, 2, 3)
    only_one = {"gaps": [gap(2, 1, [0, 3], ["1/2", "1/2"])]}
    assert REPEATED.code(JENSEN, only_one) == ("Rejected", "JR05")


def test_without_shapes_nothing_is_decided() -> None:
    """For sin(z) typed as a formula the catalogue's shapes of sin do not count."""
    for text in ("sin(z)", "mish", "1/(1+exp(-z))"):
        assert THREE.about({"network.activation": text}).code(JENSEN) == ("Undecided", "JR07")
