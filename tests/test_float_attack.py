"""Attacks in floating point on what was proved: nothing in the regions may be lower, and the better point must be.

By Theorem 6 the excess loss is at least 2 sum_o <D_o, T_o>, and T_o is a combination of the last hidden units with
weights of one sign. So every unit on its own must satisfy V_o <D_o, sigma(z)> >= 0 in a region: a much sharper question
than whether the loss is lower. The same attack is tried on false claims, which it must refute.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from fractions import Fraction
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests import precise
from tests.lift import Point, point_of, shares
from tests.network import SIGMA, Array, gradient, loss, pre_activations
from tests.running import ACTIVATIONS, EXAMPLES, Written, certify, proved

IRIS = EXAMPLES / "iris.csv"
CASES = {
    "sigmoid-1": (IRIS,),
    "elu-1": (IRIS, "--activation", "elu"),
    "square-1": (IRIS, "--activation", "square"),
    "gelu-2": (IRIS, "--activation", "gelu", "--depth", 2),
    "tanh-2-two-outputs": (IRIS, "--activation", "tanh", "--depth", 2, "--output-bias", "--outputs", 2),
    "silu-3-standardised": (IRIS, "--activation", "silu", "--depth", 3, "--standardise"),
    "sin-3": (IRIS, "--activation", "sin", "--depth", 3, "--standardise"),
    "wine-softplus-1": (EXAMPLES / "wine.csv", "--activation", "softplus", "--standardise"),
    "three-points": (EXAMPLES / "three-points.toml",),
}
WIDTHS: dict[int, list[tuple[int, ...]]] = {
    1: [(1,), (2,), (7,)],
    2: [(1, 1), (3, 4), (6, 2)],
    3: [(1, 1, 1), (2, 3, 2), (5, 1, 3)],
    4: [(1, 1, 1, 1), (3, 2, 2, 3)],
}
TRIES = 60
_INSIDE = 1e-6
Parameters = dict[str, Array]
Interval = tuple[float, float]


@pytest.fixture(scope="module", params=CASES)
def written(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Written:
    return proved(tmp_path_factory.mktemp(request.param), *CASES[request.param])


def in_box(point: Point, widths: tuple[int, ...], radius: float, generator: np.random.Generator) -> Parameters:
    """A point of the region of interval-region/1, more often than not on its boundary; the last weights are shares."""

    def within(shape: tuple[int, ...]) -> Array:
        spread = generator.uniform(-1, 1, size=shape)
        return radius * (np.sign(spread) if generator.random() < 0.6 else spread)

    parameters = point.lift(widths, generator)
    parameters["W1"] = within(parameters["W1"].shape)
    parameters["b1"] = point.levels[0] + within((widths[0],))
    for h, scale in enumerate(point.scales, 1):
        mixed = shares(widths[h], widths[h - 1], generator)
        if generator.random() < 0.3:
            mixed = np.eye(widths[h - 1])[generator.integers(widths[h - 1], size=widths[h])]
        parameters[f"W{h + 1}"] = scale * mixed * (1 + within((widths[h], 1)))
        parameters[f"b{h + 1}"] = point.offset[h] + within((widths[h],))
    return parameters


def intervals_of(written: Written) -> list[Interval]:
    """The intervals of jensen-region/1, open ends cut at a size beyond which floats say nothing."""
    ends = written.arguments("jensen-region")["intervals"]
    return [tuple(_end(i[side], sign * 40.0) for side, sign in (("lower", -1), ("upper", 1))) for i in ends]  # type: ignore[misc]


def _end(text: str | None, cut: float) -> float:
    return cut if text is None else float(Fraction(text))


def in_intervals(
    point: Point, intervals: list[Interval], widths: tuple[int, ...], generator: np.random.Generator
) -> Parameters:
    """Weights of any size such that layer h stays in its interval on the data, more often than not up to an end."""
    parameters = point.lift(widths, generator)
    states = point.inputs
    for h, (lower, upper) in enumerate(((low + _INSIDE, high - _INSIDE) for low, high in intervals), 1):
        width = widths[h - 1]
        if h == 1:
            rows = generator.normal(size=(width, states.shape[1])) / (states.std(axis=0) + 1e-12)
        else:
            rows = np.sign(point.scales[h - 2]) * shares(width, states.shape[1], generator) + 0.0
        sums = states @ rows.T
        low, high = sums.min(axis=0), sums.max(axis=0)
        room = (upper - lower) * generator.random(width) ** 3
        stretch = room / np.maximum(high - low, 1e-3)
        offset = np.where(generator.random(width) < 0.6, 0.0, (upper - lower - room) * generator.random(width))
        if upper > 39 or generator.random() < 0.5:
            biases = lower + offset - stretch * low
        else:
            biases = upper - offset - stretch * high
        parameters[f"W{h}"], parameters[f"b{h}"] = stretch[:, None] * rows, biases
        states = SIGMA[point.activation][0](states @ parameters[f"W{h}"].T + biases)
    return parameters


def excess(point: Point, parameters: Parameters) -> float:
    """The least of V_o <D_o, sigma(z)> over outputs and last hidden units, over what its terms add up to in size."""
    top = SIGMA[point.activation][0](pre_activations(point.activation, parameters, point.inputs)[-1])
    products = point.residuals[:, :, None] * top[:, None, :]
    return float((np.sign(point.sums)[:, None] * products.sum(axis=0) / (np.abs(products).sum(axis=0) + 1e-300)).min())


def rounding(point: Point) -> float:
    return 4e-16 * len(point.inputs) * (1 + len(point.levels))


def withstood(point: Point, parameters: Parameters) -> bool:
    """Whether nothing is lower; deep and saturated networks are mostly rounding in floats and are decided precisely."""
    return excess(point, parameters) > -rounding(point) or precise.excess(point, parameters) > -1e-40


def boxes(written: Written, times: float = 1) -> Iterator[Parameters]:
    point, radius = point_of(written), times * float(written.fraction("box_radius"))
    for widths in WIDTHS[len(point.levels)]:
        generator = np.random.default_rng(sum(widths))
        for _ in range(TRIES):
            yield in_box(point, widths, radius, generator)


def jensens(written: Written, intervals: list[Interval]) -> Iterator[Parameters]:
    point = point_of(written)
    for widths in WIDTHS[len(point.levels)]:
        generator = np.random.default_rng(sum(widths))
        for _ in range(TRIES):
            yield in_intervals(point, intervals, widths, generator)


def test_nothing_is_lower_in_the_box(written: Written) -> None:
    point = point_of(written)
    assert all(withstood(point, parameters) for parameters in boxes(written))


def test_nothing_is_lower_at_the_corners_of_the_box(written: Written) -> None:
    """One unit a layer, every sign of its first-layer weights (for many features: many) and biases."""
    point, radius = point_of(written), float(written.fraction("box_radius"))
    features, depth = point.inputs.shape[1], len(point.levels)
    signs = (
        list(product((-1.0, 1.0), repeat=features))
        if features <= 8
        else np.random.default_rng(0).choice((-1.0, 1.0), size=(256, features))
    )
    worst = math.inf
    for row in signs:
        for ends in product((-1.0, 1.0), repeat=2 * depth - 1):
            parameters = {
                "W1": radius * np.array([row]),
                "b1": np.array([point.levels[0] + radius * ends[0]]),
                "v": np.ones((1, 1)),
            }
            for h, scale in enumerate(point.scales, 1):
                parameters[f"W{h + 1}"] = np.array([[scale * (1 + radius * ends[2 * h - 1])]])
                parameters[f"b{h + 1}"] = np.array([point.offset[h] + radius * ends[2 * h]])
            worst = min(worst, excess(point, parameters))
    assert worst > -rounding(point)


def test_the_loss_is_not_lower_in_the_box_for_any_last_weights(written: Written) -> None:
    """The region allows last weights of any size and any output bias: take the best ones of the right sign."""
    point = point_of(written)
    for parameters in boxes(written):
        top = SIGMA[point.activation][0](pre_activations(point.activation, parameters, point.inputs)[-1])
        total = 0.0
        for o, sign in enumerate(np.sign(point.sums)):
            total += least_squares_of_one_sign(sign * top, point.targets[:, o], point.bias)
        assert total >= point.loss * (1 - 1e-12)


def least_squares_of_one_sign(columns: Array, target: Array, bias: bool) -> float:
    """The least |columns v - target|^2 over v >= 0 (and a free constant), by trying every set of columns in use."""
    best = math.inf
    count = columns.shape[1]
    for used in product((False, True), repeat=count):
        chosen = columns[:, list(used)]
        system = np.column_stack([chosen, np.ones(len(target))]) if bias else chosen
        if system.shape[1] == 0:
            best = min(best, math.fsum(target**2))
            continue
        weights = np.linalg.lstsq(system, target, rcond=1e-13)[0]
        if (weights[: chosen.shape[1]] >= 0).all():
            best = min(best, math.fsum((system @ weights - target) ** 2))
    return best


def test_nothing_is_lower_in_the_jensen_region(written: Written) -> None:
    if "jensen-region" not in written.lemmas:
        assert len(written.inputs[0]) > 4, "small dimensions are expected to have a Jensen region"
        return
    point, intervals = point_of(written), intervals_of(written)
    for parameters in jensens(written, intervals):
        for sums, (lower, upper) in zip(
            pre_activations(point.activation, parameters, point.inputs), intervals, strict=True
        ):
            assert sums.min() >= lower
            assert sums.max() <= upper
        assert withstood(point, parameters)


def test_gradient_descent_cannot_get_below_while_it_stays_inside(written: Written) -> None:
    point, radius = point_of(written), float(written.fraction("box_radius"))
    widths = WIDTHS[len(point.levels)][1]
    generator = np.random.default_rng(11)
    for _ in range(5):
        parameters = point.lift(widths)
        for name, array in parameters.items():
            parameters[name] = array + radius / 10 * generator.uniform(-1, 1, size=array.shape) / array.shape[-1]
        inside = 0
        value = loss(point.activation, parameters, point.inputs, point.targets)
        slopes = gradient(point.activation, parameters, point.inputs, point.targets)
        rate = 1e-3 * radius / max(np.abs(slope).max() for slope in slopes.values())
        for _ in range(300):
            slopes = gradient(point.activation, parameters, point.inputs, point.targets)
            moved = {name: array - rate * slopes[name] for name, array in parameters.items()}
            lower = loss(point.activation, moved, point.inputs, point.targets)
            if not lower < value:
                rate /= 4
                continue
            if not in_the_box(point, moved, radius):
                break
            parameters, value, inside, rate = moved, lower, inside + 1, rate * 1.5
            assert value >= point.loss * (1 - 1e-13)
        assert inside > 0


def in_the_box(point: Point, parameters: Parameters, radius: float) -> bool:
    """Membership in the region of interval-region/1."""
    if np.abs(parameters["W1"]).max() > radius or np.abs(parameters["b1"] - point.levels[0]).max() > radius:
        return False
    for h, scale in enumerate(point.scales, 1):
        mixed = parameters[f"W{h + 1}"] / scale
        if mixed.min() < 0 or np.abs(mixed.sum(axis=1) - 1).max() > radius:
            return False
        if np.abs(parameters[f"b{h + 1}"] - point.offset[h]).max() > radius:
            return False
    return bool((np.sign(point.sums)[:, None] * parameters["v"] >= 0).all())


def test_the_better_point_is_lower_in_every_wider_network(written: Written) -> None:
    point, gap = point_of(written), float(written.fraction("gap"))
    layers = written.arguments("better-point")["layers"]
    narrow = [len(layer["biases"]) for layer in layers[:-1]]
    assert [*map(int, written.claim["least_widths"])] == narrow
    for extra in (0, 3):
        parameters = widened(layers, [width + extra for width in narrow], np.random.default_rng(extra))
        value = loss(point.activation, parameters, point.inputs, point.targets)
        assert value <= (point.loss - gap) * (1 + 1e-9) + 1e-12
        assert gap > 0.01 * point.loss


def widened(layers: list[Any], widths: list[int], generator: np.random.Generator) -> Parameters:
    """The certificate's weights, with random further units whose outgoing weights are zero."""
    parameters: Parameters = {}
    below = len(layers[0]["weights"][0])
    for h, layer in enumerate(layers, 1):
        weights = np.array([[float(Fraction(w)) for w in row] for row in layer["weights"]])
        biases = np.array([float(Fraction(b)) for b in layer["biases"]])
        last = h == len(layers)
        rows = len(biases) if last else widths[h - 1]
        wide, shift = np.zeros((rows, below)), np.zeros(rows)
        wide[: weights.shape[0], : weights.shape[1]], shift[: len(biases)] = weights, biases
        if not last:
            wide[len(biases) :] = generator.normal(size=(rows - len(biases), below))
        parameters |= {"v": wide, "c": shift} if last else {f"W{h}": wide, f"b{h}": shift}
        below = rows
    return parameters


@pytest.mark.long
@pytest.mark.parametrize("options", [("--standardise",), ("--output-bias", "--outputs", 2)], ids=["plain", "bias"])
@pytest.mark.parametrize("depth", [1, 2, 4])
@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_every_activation_withstands(activation: str, depth: int, options: tuple[object, ...], tmp_path: Path) -> None:
    written = proved(tmp_path, IRIS, "--activation", activation, "--depth", depth, *options)
    point = point_of(written)
    assert all(withstood(point, parameters) for parameters in boxes(written))
    assert all(withstood(point, parameters) for parameters in jensens(written, intervals_of(written)))


@pytest.mark.parametrize("name", ["sigmoid-1", "gelu-2", "sin-3", "three-points"])
def test_the_attack_refutes_a_box_that_is_too_large(name: str, tmp_path: Path) -> None:
    """(Softplus, elu and the square are convex everywhere: the true region is larger than any box.)"""
    written = proved(tmp_path, *CASES[name])
    point = point_of(written)
    assert min(excess(point, parameters) for parameters in boxes(written, times=1000)) < -rounding(point)


def test_the_attack_refutes_the_wrong_sign(written: Written) -> None:
    point = point_of(written)
    assert min(-excess_of_largest(point, parameters) for parameters in boxes(written)) < -rounding(point)


def excess_of_largest(point: Point, parameters: Parameters) -> float:
    """As `excess`, but the largest: what the least is when all signs are reversed."""
    top = SIGMA[point.activation][0](pre_activations(point.activation, parameters, point.inputs)[-1])
    products = point.residuals[:, :, None] * top[:, None, :]
    return float((np.sign(point.sums)[:, None] * products.sum(axis=0) / (np.abs(products).sum(axis=0) + 1e-300)).max())


@pytest.mark.parametrize("name", ["sigmoid-1", "three-points"])
def test_the_attack_refutes_intervals_over_an_inflection(name: str, tmp_path: Path) -> None:
    written = proved(tmp_path, *CASES[name])
    point = point_of(written)
    assert min(excess(point, parameters) for parameters in jensens(written, [(-40.0, 40.0)])) < -rounding(point)


def test_exported_weights_stay_under_gradient_descent(written: Written) -> None:
    """What the README promises: descent from the exported network does not move beyond rounding."""
    depth = len(point_of(written).levels)
    assert certify("export", written.folder, "--widths", ",".join(map(str, WIDTHS[depth][1]))).code == 0
    with np.load(written.folder / "network.npz") as arrays:
        start = {name: array for name, array in arrays.items() if name not in ("X", "Y")}
        inputs, targets = arrays["X"], arrays["Y"]
    activation = point_of(written).activation
    parameters, before = start, loss(activation, start, inputs, targets)
    for _ in range(50):
        slopes = gradient(activation, parameters, inputs, targets)
        parameters = {name: array - 1e-5 * slopes[name] for name, array in parameters.items()}
    assert loss(activation, parameters, inputs, targets) == pytest.approx(before, rel=1e-12)
    assert max(np.abs(parameters[name] - start[name]).max() for name in start) < 1e-10
