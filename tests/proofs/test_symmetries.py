"""Symmetries: whatever is accepted leaves all outputs on the data unchanged, in 60 digits; what is none is refused."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from fractions import Fraction
from typing import Any

import mpmath
import pytest
from flint import arb, fmpq

from certify.search.symmetries import candidates
from proofs import standalone
from proofs.document import Reader
from proofs.exact import Malformed
from proofs.formulas import ROWS
from proofs.full_network import Shape, evaluate, flat, shape_of
from proofs.instance import Instance, read_instance
from proofs.kernel import Failure, Rejected, Undecided
from proofs.layers import Layer
from proofs.symmetries import DEGREES, KINDS, Near, Stated, Symmetry, demand_transversal, read_symmetries
from tests.proofs.build import instance_document
from tests.proofs.examined import CRITICAL, EXAMINED, loss_at, shape_and_centre
from tests.proofs.network import reals
from tests.proofs.oracle import ends, flint, real, sigma
from tests.proofs.test_full_network import outputs_of, random_layers

# The third input is 1 - 2 x_1 throughout.
INPUTS = [
    [Fraction(a, 5), Fraction(b, 5), 1 - 2 * Fraction(a, 5)] for a, b in ((-4, 3), (-1, -2), (2, 1), (3, -3), (4, 4))
]


def instance(name: str, sizes: tuple[int, ...], bias: bool) -> Instance:
    targets = [[Fraction(n + o, 3) for o in range(sizes[-1])] for n in range(len(INPUTS))]
    return read_instance(instance_document(INPUTS, targets, name, len(sizes) - 2, "every", bias))


def lifted(layers: list[Layer], layer: int, unit: int, by: int) -> list[Layer]:
    """With a bias that keeps all samples of the unit far on one side."""
    biases = list(layers[layer - 1].biases)
    biases[unit] = fmpq(by)
    return [*layers[: layer - 1], Layer(layers[layer - 1].weights, tuple(biases)), *layers[layer:]]


def near_of(name: str, sizes: tuple[int, ...], bias: bool, layers: list[Layer]) -> tuple[Instance, Near, list[fmpq]]:
    about = instance(name, sizes, bias)
    shape, parameters = shape_of(about, layers), flat(layers, bias)
    return about, Near(about, evaluate(about, shape, [arb(v) for v in parameters])), parameters


def moves_nothing(about: Instance, shape: Shape, parameters: list[fmpq], symmetry: Symmetry) -> bool:
    """Along the tangent vector the outputs change by no more than the square of the step."""
    with mpmath.workdps(60):
        step = mpmath.mpf(10) ** -20
        here = [real(v) for v in parameters]
        tangent = [
            mpmath.mpf(str(symmetry.tangent.get(k, arb(0)).mid().str(50, radius=False))) for k in range(len(here))
        ]
        size = max(map(abs, tangent))
        there = [p + step * t for p, t in zip(here, tangent, strict=True)]
        name = about.architecture.activation.name
        return all(
            abs(a - b) <= 10**9 * (1 + size) ** 4 * step**2
            for x in reals(about.inputs)
            for a, b in zip(outputs_of(name, shape, here, x), outputs_of(name, shape, there, x), strict=True)
        )


CASES: list[tuple[str, tuple[int, ...], bool, list[tuple[int, int, int]]]] = [
    ("relu", (3, 4, 1), True, [(1, 0, -20), (1, 1, 20), (1, 2, 20)]),
    ("relu", (3, 4, 1), False, [(1, 0, -20), (1, 1, 20)]),
    ("relu", (3, 4, 3), True, [(1, 0, 20), (1, 1, 20)]),
    ("relu", (3, 3, 3, 2), True, [(1, 0, 20), (2, 0, 40), (2, 1, 40), (2, 2, -40)]),
    ("relu", (3, 2, 3, 1), True, [(2, 0, 40), (2, 1, 40)]),
    ("relu", (3, 2, 2, 1), True, [(2, 0, -40), (2, 1, -40)]),
    ("relu6", (3, 4, 1), True, [(1, 0, 40), (1, 1, -40), (1, 2, 3)]),
    ("relu6", (3, 3, 2), False, [(1, 0, 40)]),
    ("hardtanh", (3, 4, 2), True, [(1, 0, 40), (1, 1, 0)]),
    ("softshrink", (3, 3, 3), True, [(1, 0, 20), (1, 1, -20)]),
    ("leaky_relu", (3, 3, 1), True, [(1, 0, 20), (1, 1, -20)]),
    ("abs", (3, 2, 2), True, [(1, 0, 20)]),
    ("max(z,2*z)-1", (3, 3, 2), True, [(1, 0, 20), (1, 1, 20)]),
    ("elu", (3, 3, 1), True, [(1, 0, 20), (1, 1, 20)]),
    ("elu", (3, 2, 2, 1), True, [(1, 0, 20), (1, 1, 20), (2, 0, -40), (2, 1, -40)]),
    ("celu", (3, 3, 3), True, [(1, 0, 20), (1, 1, 20)]),
    ("relu_squared", (3, 3, 1), True, [(1, 0, -20)]),
    ("hardswish", (3, 3, 1), True, [(1, 0, 20), (1, 1, -20), (1, 2, 30)]),
    ("square", (3, 2, 2), False, []),
    ("cube", (3, 2, 1), True, []),
    ("exp", (3, 2, 2), False, []),
    ("tanh", (3, 2, 1), True, []),
]


def second(
    about: Instance, shape: Shape, parameters: list[fmpq], stated: Stated
) -> dict[int, standalone.Interval] | str:
    """The tangent vector that the second checker finds, or its verdict and code."""
    again = standalone.read_instance(about_document(about))
    sizes = list(shape.sizes)
    numbers = [standalone.interval(Fraction(str(v))) for v in parameters]
    vectors = [[Fraction(str(v)) for v in vector] for vector in stated.vectors]
    units = list(stated.units) or [stated.places.get("unit", 0)]
    symmetry = standalone.Symmetry(stated.kind, {"layer": 1, **stated.places}, units, vectors, stated.fixes)
    try:
        samples = standalone._trained(again, sizes, numbers, True)
        return standalone._tangent(again, sizes, numbers, samples, symmetry)
    except standalone.Failure as failure:
        return f"{type(failure).__name__} {failure.code}"


def about_document(about: Instance) -> dict[str, Any]:
    """Only the data and the network count here."""
    name, network = about.architecture.activation.name, about.architecture
    targets = [[Fraction(0)] * network.outputs for _ in INPUTS]
    return instance_document(INPUTS, targets, name, network.depth, "every", network.output_bias)


def agree(symmetry: Symmetry, other: dict[int, standalone.Interval] | str) -> bool:
    """Whether the second checker accepts it too, with the same tangent vector."""
    if isinstance(other, str):
        return False
    with mpmath.workdps(60):
        for k in symmetry.tangent.keys() | other.keys():
            low, high = ends(symmetry.tangent.get(k, arb(0)))
            its = other.get(k, standalone.interval(0))
            if real(its.lower()) > high + mpmath.mpf(10) ** -25 or real(its.upper()) < low - mpmath.mpf(10) ** -25:
                return False
    return True


def accepted() -> dict[str, int]:
    """How many symmetries of each kind the cases have; each is checked on the way."""
    kinds: Counter[str] = Counter()
    for seed, (name, sizes, bias, sides) in enumerate(CASES):
        layers = random_layers(sizes, bias, seed)
        for layer, unit, by in sides:
            layers = lifted(layers, layer, unit, by)
        about, near, parameters = near_of(name, sizes, bias, layers)
        for stated in candidates(near):
            try:
                symmetry = near.symmetry(stated)
            except Failure as failure:
                assert failure.code in ("CR06", "CR08")
                refused = f"{type(failure).__name__} {failure.code}"
                assert second(about, near.shape, parameters, stated) == refused, stated
                continue
            assert agree(symmetry, second(about, near.shape, parameters, stated)), (name, sizes, stated)
            assert moves_nothing(about, near.shape, parameters, symmetry), (name, sizes, stated)
            kinds[f"{stated.kind} {name}"] += 1
    return dict(kinds)


def test_what_is_accepted_changes_no_output() -> None:
    found = accepted()
    for kind in set(KINDS) - {"softmax"}:  # which changes the outputs, but not the loss
        assert sum(count for name, count in found.items() if name.startswith(f"{kind} ")) >= 4, kind
    for name in (
        "scaling relu6",
        "scaling hardtanh",
        "scaling cube",
        "shift exp",
        "shift elu",
        "mix celu",
        "exchange elu",
    ):
        assert found[name] > 0, name
    assert {name for name in found if name.endswith("tanh") and "hard" not in name} == {"dependency tanh"}


LAYERS = lifted(lifted(random_layers((3, 4, 1), True, 0), 1, 0, -20), 1, 1, 20)
TWO = random_layers((3, 2, 2), True, 1)


def stated(kind: str, fixes: int = 0, units: tuple[int, ...] = (), vectors: Any = (), **places: int) -> Stated:
    return Stated(kind, places, fixes, units, tuple(tuple(flint(Fraction(v)) for v in row) for row in vectors))


REFUSED: list[tuple[str, str, Any, bool, Any, Stated, str]] = [
    ("a smooth unit scaled", "tanh", (3, 4, 1), True, LAYERS, stated("scaling", layer=1, unit=0), "CR08"),
    ("a smooth unit shifted", "sigmoid", (3, 4, 1), True, LAYERS, stated("shift", layer=1, unit=0), "CR08"),
    ("a saturated unit that is dead", "tanh", (3, 4, 1), True, LAYERS,
     stated("dead", layer=1, unit=0, input=0), "CR08"),
    ("a live unit that is dead", "relu", (3, 4, 1), True, LAYERS, stated("dead", layer=1, unit=1, input=0), "CR06"),
    ("its outgoing weight", "relu", (3, 4, 1), True, LAYERS,
     stated("dead-outgoing", layer=1, unit=1, target=0), "CR06"),
    ("a bending unit shifted", "relu", (3, 4, 1), True, LAYERS, stated("shift", layer=1, unit=2), "CR08"),
    ("a shift that nothing absorbs", "relu", (3, 4, 1), False, LAYERS, stated("shift", layer=1, unit=1), "CR06"),
    ("a constant that nothing absorbs", "hardtanh", (3, 4, 1), False, LAYERS,
     stated("dead-outgoing", layer=1, unit=0, target=0), "CR06"),
    ("a scaling that nothing absorbs", "max(z,2*z)-1", (3, 4, 1), False, LAYERS,
     stated("scaling", layer=1, unit=2), "CR06"),
    ("lines that do not meet", "softshrink", (3, 4, 1), True,
     [Layer(((fmpq(5), fmpq(0), fmpq(0)),) * 4, (fmpq(0),) * 4), LAYERS[1]],
     stated("scaling", layer=1, unit=0), "CR08"),
    ("parallel lines that do not meet", "hardtanh", (3, 4, 1), True,
     [Layer(((fmpq(90), fmpq(0), fmpq(0)),) * 4, (fmpq(0),) * 4), LAYERS[1]],
     stated("scaling", layer=1, unit=0), "CR08"),
    ("a mix with a dead unit", "relu", (3, 4, 1), True, LAYERS, stated("mix", layer=1, unit=1, other=0), "CR06"),
    ("a mix of other slopes", "relu", (3, 4, 1), True, LAYERS, stated("mix", layer=1, unit=1, other=2), "CR06"),
    ("two dead units", "relu", (3, 4, 1), True, lifted(LAYERS, 1, 1, -20),
     stated("mix", layer=1, unit=1, other=0), "CR06"),
    ("a false dependency", "tanh", (3, 4, 1), True, LAYERS,
     stated("dependency", vectors=[[2, 0, 1, 1]], unit=0), "CR08"),
    ("one that moves the unit", "relu", (3, 4, 1), True, LAYERS,
     stated("dependency", vectors=[[1, 0, 0, 0]], unit=1), "CR06"),
    ("a softmax that is none", "relu", (3, 4, 3), True, random_layers((3, 4, 3), True, 0),
     stated("softmax", state=0), "CR06"),
    ("an exchange that is not one", "relu", (3, 4, 1), True, LAYERS,
     stated("exchange", layer=1, units=(1, 2), vectors=[[1, 0, 0, 0], [-1, 0, 0, 0]]), "CR06"),
    ("a constant exchange that nothing absorbs", "relu", (3, 4, 1), False, LAYERS,
     stated("exchange", layer=1, units=(1,), vectors=[[0, 0, 0, 1]]), "CR06"),
    ("an exchange below two outputs", "abs", (3, 2, 2), True, lifted(TWO, 1, 0, 20),
     stated("exchange", layer=1, units=(0,), vectors=[[2, 0, 1, -1]]), "CR06"),
    ("an exchange in the second layer by means of the inputs", "relu", (3, 3, 3, 1), True,
     lifted(random_layers((3, 3, 3, 1), True, 3), 2, 0, 90),
     stated("exchange", layer=2, units=(0,), vectors=[[2, 0, 1, -1]]), "CR06"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "sizes", "bias", "layers", "symmetry", "code"), [r[1:] for r in REFUSED], ids=[r[0] for r in REFUSED]
)
def test_what_is_none_is_refused(
    name: str, sizes: Any, bias: bool, layers: list[Layer], symmetry: Stated, code: str
) -> None:
    unbiased = [*layers[:-1], Layer(layers[-1].weights, (fmpq(0),))]
    about, near, parameters = near_of(name, sizes, bias, layers if bias else unbiased)
    with pytest.raises(Rejected) as caught:
        near.symmetry(symmetry)
    assert caught.value.code == code
    assert second(about, near.shape, parameters, symmetry) == f"Rejected {code}"


SOFTMAX = EXAMINED["softmax"]


def test_softmax_does_not_notice_a_shift_of_all_outputs() -> None:
    shape, centre = shape_and_centre(SOFTMAX, CRITICAL)
    near = Near(SOFTMAX.instance, evaluate(SOFTMAX.instance, shape, [arb(flint(c)) for c in centre]))
    states = shape.sizes[shape.hidden]
    with mpmath.workdps(40):
        here = [real(c) for c in centre]
        for state in range(states + 1):
            tangent = near.symmetry(stated("softmax", state=state)).tangent
            there = [v + 3 * (k in tangent) for k, v in enumerate(here)]
            assert abs(loss_at(SOFTMAX, shape, there) - loss_at(SOFTMAX, shape, here)) < mpmath.mpf(10) ** -30
            assert len(tangent) == shape.sizes[-1]


@pytest.mark.parametrize(("decay", "kept"), [(("1", "0"), [1]), (("0", "1"), [0]), (("1", "1"), [])])
def test_decay_keeps_the_symmetries_of_what_does_not_decay(decay: tuple[str, str], kept: list[int]) -> None:
    """State 0 is a unit, state 1 stands for the biases."""
    weights, biases = decay
    about = SOFTMAX.about({"weight_decay": {"weights": weights, "biases": biases}})
    shape, centre = shape_and_centre(SOFTMAX, CRITICAL)
    parameters = [flint(c) for c in centre]
    near = Near(about.instance, evaluate(about.instance, shape, [arb(v) for v in parameters]))
    again = standalone.read_instance(about.document)
    numbers = [standalone.interval(Fraction(int(v.p), int(v.q))) for v in parameters]
    for state in (0, 1):
        symmetry = stated("softmax", shape.number(shape.hidden + 1, 0, state), state=state)
        its = [standalone.Symmetry("softmax", {"layer": 1, "state": state}, [0], [], symmetry.fixes)]
        samples = standalone._trained(again, list(shape.sizes), numbers, True)
        if state in kept:
            assert near.symmetry(symmetry).margin is None
            standalone._demand_symmetries(again, list(shape.sizes), numbers, samples, its)
            continue
        with pytest.raises(Rejected) as caught:
            near.symmetry(symmetry)
        assert caught.value.code == "CR09"
        with pytest.raises(standalone.Rejected) as other:
            standalone._demand_symmetries(again, list(shape.sizes), numbers, samples, its)
        assert other.value.code == "CR09"


def test_a_sample_at_a_kink_is_undecided() -> None:
    at_kink = [Layer(((fmpq(5), fmpq(0), fmpq(0)),), (fmpq(-2),)), Layer(((fmpq(1),),), (fmpq(0),))]
    _, near, _ = near_of("relu", (3, 1, 1), True, at_kink)
    for symmetry in (stated("scaling", layer=1, unit=0), stated("dead", layer=1, unit=0, input=0)):
        with pytest.raises(Undecided, match="unit 0 of layer 1: sample 2") as caught:
            near.symmetry(symmetry)
        assert caught.value.code == "CR08"


@pytest.mark.parametrize("vector", [[0, 0, 0, 1], [0, 0, 0, 0]])
def test_an_exchange_needs_outgoing_weights(vector: list[int]) -> None:
    """Without one the output bias would seem to be compensated by the unit's own, and need not be critical."""
    straight = [Layer(((fmpq(1), fmpq(0), fmpq(0)),), (fmpq(20),)), Layer(((fmpq(0),),), (fmpq(1),))]
    about, near, parameters = near_of("relu", (3, 1, 1), True, straight)
    exchange = stated("exchange", 5, (0,), [vector], layer=1)
    with pytest.raises(Undecided, match="outgoing weight of unit 0") as caught:
        near.symmetry(exchange)
    assert caught.value.code == "CR06"
    with pytest.raises(standalone.Unclear):
        second(about, near.shape, parameters, exchange)


@pytest.mark.parametrize("name", ["relu", "elu", "hardswish"])
def test_the_second_checker_and_a_sample_that_may_be_at_a_kink(name: str) -> None:
    again = standalone.read_instance(instance_document(INPUTS, [[0]] * len(INPUTS), name))
    numbers = [standalone.interval(v) for v in (0, 0, 0, 20, 1)]
    samples = standalone._trained(again, [3, 1, 1], numbers, True)
    assert len(set(standalone._lines_used(again, samples, 1, 0))) == 1
    wide = [*samples[1:], replace(samples[0], sums=[[standalone.interval(-4).hull(4)]])]
    with pytest.raises(standalone.Undecided) as caught:
        standalone._lines_used(again, wide, 1, 0)
    assert caught.value.code == "CR08"


def test_the_second_checker_and_fixed_parameters_that_may_not_follow(monkeypatch: pytest.MonkeyPatch) -> None:
    tangent = {0: standalone.interval(1).hull(3), 1: standalone.interval(0)}
    monkeypatch.setattr(standalone, "_tangent", lambda *_: tangent)
    about = standalone.read_instance(instance_document(INPUTS, [[0]] * len(INPUTS)))
    one = standalone.Symmetry("dead", {"layer": 1, "unit": 0, "input": 0}, [0], [], 0)
    standalone._demand_symmetries(about, [3, 1, 1], [], [], [one])
    tangent[0] = standalone.interval(-1).hull(3)
    with pytest.raises(standalone.Undecided) as caught:
        standalone._demand_symmetries(about, [3, 1, 1], [], [], [one])
    assert caught.value.code == "CR07"


def test_degrees() -> None:
    assert set(DEGREES) == {name for name, row in ROWS.items() if row.flat is not None and name != "exp"}
    with mpmath.workdps(40):
        for name, degree in DEGREES.items():
            for z in (-2, 3):
                assert (
                    abs(sigma(name, 5 * mpmath.mpf(z)) - 5**degree * sigma(name, mpmath.mpf(z))) < mpmath.mpf(10) ** -30
                )


def symmetry(fixes: int, tangent: dict[int, int | arb]) -> Symmetry:
    return Symmetry(stated("dead", fixes, layer=1, unit=0, input=0), {k: arb(v) for k, v in tangent.items()}, None)


@pytest.mark.parametrize(
    "symmetries",
    [
        [symmetry(0, {})],
        [symmetry(0, {1: 1})],
        [symmetry(0, {0: 1, 1: 2}), symmetry(1, {0: 2, 1: 4})],
        [symmetry(0, {0: arb(0, 1)})],
        [symmetry(0, {0: arb(1, 2)})],
        [symmetry(0, {0: arb.nan()})],
    ],
)
def test_dependent_symmetries_are_undecided(symmetries: list[Symmetry]) -> None:
    with pytest.raises(Undecided) as caught:
        demand_transversal(symmetries)
    assert caught.value.code == "CR07"


def test_independent_symmetries() -> None:
    demand_transversal([])
    demand_transversal([symmetry(0, {0: 1, 1: 2}), symmetry(1, {0: 2, 1: arb(5, 0.1)})])


PLACES: list[tuple[str, dict[str, Any]]] = [
    ("layer 0", {"kind": "scaling", "layer": 0, "unit": 0}),
    ("the output layer", {"kind": "scaling", "layer": 2, "unit": 0}),
    ("a negative unit", {"kind": "shift", "layer": 1, "unit": -1}),
    ("a unit too many", {"kind": "shift", "layer": 1, "unit": 2}),
    ("a unit with itself", {"kind": "mix", "layer": 1, "unit": 1, "other": 1}),
    ("an input too many", {"kind": "dead", "layer": 1, "unit": 1, "input": 4}),
    ("a target too many", {"kind": "dead-outgoing", "layer": 1, "unit": 1, "target": 1}),
    ("a short dependency", {"kind": "dependency", "unit": 1, "vector": ["1", "2", "3"]}),
    ("no units", {"kind": "exchange", "layer": 1, "units": [], "vectors": []}),
    ("a unit twice", {"kind": "exchange", "layer": 1, "units": [0, 0], "vectors": [["0"] * 4, ["1"] * 4]}),
    ("a vector too few", {"kind": "exchange", "layer": 1, "units": [0, 1], "vectors": [["0"] * 4]}),
    ("a short vector", {"kind": "exchange", "layer": 1, "units": [0], "vectors": [["0"] * 3]}),
    ("a unit that is none", {"kind": "exchange", "layer": 1, "units": [2], "vectors": [["0"] * 4]}),
]
SHAPE = Shape((3, 2, 1), True)


@pytest.mark.parametrize("document", [row[1] for row in PLACES], ids=[row[0] for row in PLACES])
def test_places_that_do_not_exist(document: dict[str, Any]) -> None:
    with pytest.raises(Rejected) as caught:
        read_symmetries(SHAPE, [Reader({**document, "fixes": 0}, "symmetries[0]")])
    assert caught.value.code == "CR05"
    with pytest.raises(standalone.Rejected) as again:
        standalone._read_symmetries(fields([{**document, "fixes": 0}]), list(SHAPE.sizes), SHAPE.parameters, True)
    assert again.value.code == "CR05"


def fields(symmetries: list[dict[str, Any]]) -> standalone.Fields:
    return standalone.Fields({"symmetries": symmetries}, "arguments")


@pytest.mark.parametrize("fixes", [[0, 0], [-1], [11], list(range(11))])
def test_fixed_parameters_that_do_not_fit(fixes: list[int]) -> None:
    items = [Reader({"kind": "scaling", "layer": 1, "unit": 0, "fixes": k}, "symmetries[0]") for k in fixes]
    with pytest.raises(Rejected) as caught:
        read_symmetries(SHAPE, items)
    assert caught.value.code == "CR05"


@pytest.mark.parametrize(
    "document",
    [
        {"kind": "rotation", "layer": 1, "unit": 0, "fixes": 0},
        {"kind": "scaling", "layer": 1, "fixes": 0},
        {"kind": "scaling", "layer": 1, "unit": 0},
        {"kind": "scaling", "layer": 1, "unit": 0, "fixes": 0, "vector": []},
        {"kind": "dependency", "unit": 0, "fixes": 0},
    ],
)
def test_malformed(document: dict[str, Any]) -> None:
    with pytest.raises(Malformed):
        read_symmetries(SHAPE, [Reader(document, "symmetries[0]")])
    with pytest.raises(standalone.Malformed):
        standalone._read_symmetries(fields([document]), list(SHAPE.sizes), SHAPE.parameters, True)
