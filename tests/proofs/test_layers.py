"""Networks with rational weights: their shapes, and their outputs against floats, block by block."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import mpmath
import numpy as np
import pytest

import proofs.layers
from proofs.balls import precision
from proofs.document import Reader
from proofs.instance import Instance, read_instance
from proofs.kernel import Rejected
from proofs.layers import Layer, hidden_widths, outputs_at_samples, read_layers
from tests.proofs.build import instance_document, layer
from tests.proofs.network import reals
from tests.proofs.oracle import NAMES, encloses, real, sigma

INPUTS = [[Fraction(k, 3), Fraction(7 - k, 4)] for k in range(7)]


def instance(
    name: str = "tanh", depth: int = 2, bias: bool = True, widths: Any = "every", outputs: int = 2
) -> Instance:
    return read_instance(instance_document(INPUTS, [[0] * outputs] * len(INPUTS), name, depth, widths, bias))


LAYERS = [
    layer([["1/3", "-1/2"], ["1", "2/7"], ["-1/5", "0"]], ["1/5", "-1/2", "0"]),
    layer([["1/2", "-1/3", "1"], ["-1", "2/3", "1/9"]], ["1/7", "-1/4"]),
    layer([["2", "-1/2"], ["1/3", "-3"]], ["1/3", "2"]),
]


def read(layers: Any, about: Instance | None = None) -> list[Layer]:
    return read_layers(about or instance(), Reader({"layers": layers}, "arguments"))


def values(name: str, layers: Any, inputs: Any) -> Any:
    """Every output in mpmath."""
    result = []
    for x in inputs:
        states = list(x)
        for h, item in enumerate(layers):
            sums = [
                mpmath.fdot([real(Fraction(w)) for w in row], states) + real(Fraction(b))
                for row, b in zip(item["weights"], item["biases"], strict=True)
            ]
            states = [sigma(name, z) for z in sums] if h < len(layers) - 1 else sums
        result.append(states)
    return result


def test_what_is_read() -> None:
    layers = read(LAYERS)
    assert hidden_widths(layers) == (3, 2)
    assert [str(b) for b in layers[0].biases] == ["1/5", "-1/2", "0"]
    assert [[str(w) for w in row] for row in layers[2].weights] == [["2", "-1/2"], ["1/3", "-3"]]


@pytest.mark.parametrize("name", NAMES)
def test_outputs(name: str) -> None:
    about = instance(name)
    with precision(128), mpmath.workdps(40):
        found = list(outputs_at_samples(about, read(LAYERS, about)))
        for balls, exact in zip(found, values(name, LAYERS, reals(about.inputs)), strict=True):
            assert len(balls) == 2
            assert all(encloses(ball, v) for ball, v in zip(balls, exact, strict=True))
            assert all(ball.rad() < 1e-30 for ball in balls)


@pytest.mark.parametrize("depth", [1, 3])
def test_outputs_of_other_depths(depth: int) -> None:
    layers = [LAYERS[0], LAYERS[1], layer([["1", "1/2"], ["-1/3", "2"]], ["0", "1"]), LAYERS[2]]
    layers = [LAYERS[0], layer([[1, 2, 3], [4, 5, 6]], [7, 8])] if depth == 1 else layers
    about = instance(depth=depth)
    with precision(128), mpmath.workdps(40):
        found = list(outputs_at_samples(about, read(layers, about)))
        for balls, exact in zip(found, values("tanh", layers, reals(about.inputs)), strict=True):
            assert all(encloses(ball, v) for ball, v in zip(balls, exact, strict=True))


@pytest.mark.parametrize("block", [1, 2, 6, 7, 8])
def test_blocks_do_not_matter(block: int, monkeypatch: pytest.MonkeyPatch) -> None:
    about = instance()
    whole = list(outputs_at_samples(about, read(LAYERS)))
    monkeypatch.setattr(proofs.layers, "_BLOCK", block)
    parts = list(outputs_at_samples(about, read(LAYERS)))
    assert len(parts) == len(INPUTS)
    assert np.array_equal([[str(v) for v in row] for row in whole], [[str(v) for v in row] for row in parts])


REJECTED: list[tuple[str, Any, Instance, str]] = [
    ("no layer", [], instance(), "BP03"),
    ("a layer too few", LAYERS[:2], instance(), "BP03"),
    ("a layer too many", [*LAYERS, LAYERS[2]], instance(), "BP03"),
    ("no unit", [layer([], []), *LAYERS[1:]], instance(), "BP03"),
    ("a bias too few", [layer(LAYERS[0]["weights"], ["0", "0"]), *LAYERS[1:]], instance(), "BP03"),
    ("an input too many", [layer([["1", "1", "1"]] * 3, ["0"] * 3), *LAYERS[1:]], instance(), "BP03"),
    ("an incoming weight too few", [LAYERS[0], layer([["1", "1"]] * 2, ["0"] * 2), LAYERS[2]], instance(), "BP03"),
    ("an output too many", LAYERS, instance(outputs=3), "BP03"),
    ("an output too few", LAYERS, instance(outputs=1), "BP03"),
    ("an output bias where there is none", LAYERS, instance(bias=False), "BP03"),
    ("too wide for the network", LAYERS, instance(widths=[3, 1]), "BP04"),
    ("too wide for the network below", LAYERS, instance(widths=[2, 9]), "BP04"),
]


@pytest.mark.parametrize(("layers", "about", "code"), [r[1:] for r in REJECTED], ids=[r[0] for r in REJECTED])
def test_rejected(layers: Any, about: Instance, code: str) -> None:
    with pytest.raises(Rejected) as caught:
        read(layers, about)
    assert caught.value.code == code


def test_accepted_beside_what_is_rejected() -> None:
    assert hidden_widths(read(LAYERS, instance(widths=[3, 2]))) == (3, 2)
    no_bias = [*LAYERS[:2], layer(LAYERS[2]["weights"], ["0", "0"])]
    assert hidden_widths(read(no_bias, instance(bias=False))) == (3, 2)
