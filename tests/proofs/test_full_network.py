"""The full network: outputs, gradient and Hessian of the loss against numerical differentiation with 60 digits, for
random parameters inside the balls."""

from __future__ import annotations

import random
from fractions import Fraction
from itertools import pairwise
from typing import Any

import mpmath
import pytest
from flint import arb, arb_mat, fmpq

from proofs.balls import precision
from proofs.full_hessian import half_hessian, output_tangents
from proofs.full_network import (
    Shape,
    around,
    decay_rates,
    demand_targets,
    evaluate,
    flat,
    half_gradient,
    half_hessian_times,
    penalty,
    residuals,
    shape_of,
)
from proofs.instance import Instance, read_instance
from proofs.kernel import Rejected
from proofs.layers import Layer
from tests.proofs.build import instance_document
from tests.proofs.network import reals
from tests.proofs.oracle import NAMES, encloses, real, sigma

INPUTS = [[Fraction(1, 3), Fraction(-2, 5)], [Fraction(-1), Fraction(1, 7)], [Fraction(3, 4), Fraction(1)]]
LOSSES = {
    "squared": lambda t, y: (t - y) ** 2,
    "logistic": lambda t, y: mpmath.log1p(mpmath.exp(t)) - y * t,
    "pseudo-huber": lambda t, y: mpmath.sqrt(1 + (t - y) ** 2) - 1,
    "poisson": lambda t, y: mpmath.exp(t) - y * t,
}


def cross_entropy(outputs: list[Any], targets: list[Any]) -> Any:
    """-sum y log p, by the definition."""
    total = mpmath.fsum(map(mpmath.exp, outputs))
    return -mpmath.fsum(y * mpmath.log(mpmath.exp(t) / total) for t, y in zip(outputs, targets, strict=True))


def instance(
    name: str, depth: int, bias: bool, outputs: int = 1, loss: str = "squared", decay: tuple[str, str] | None = None
) -> Instance:
    targets = [[Fraction(n + 2 * o + 1, 7) for o in range(outputs)] for n in range(len(INPUTS))]
    if loss == "cross-entropy":
        targets = [[y / sum(row) for y in row] for row in targets]
    document = instance_document(INPUTS, targets, name, depth, "every", bias)
    decayed = {} if decay is None else {"weight_decay": dict(zip(("weights", "biases"), decay, strict=True))}
    return read_instance({**document, **decayed, "loss": loss})


def random_layers(sizes: tuple[int, ...], bias: bool, seed: int) -> list[Layer]:
    """Weights in steps of 1/8, none so that a pre-activation of the samples is 0."""
    numbers = random.Random(seed)

    def number() -> fmpq:
        return fmpq(numbers.randint(-9, 9) * 8 + 1, 64)

    return [
        Layer(
            tuple(tuple(number() for _ in range(below)) for _ in range(units)),
            tuple(number() if bias or h < len(sizes) - 2 else fmpq(0) for _ in range(units)),
        )
        for h, (below, units) in enumerate(pairwise(sizes))
    ]


def outputs_of(name: str, shape: Shape, parameters: list[Any], x: Any) -> list[Any]:
    """By the definition, in mpmath."""
    numbers = iter(parameters)
    states = list(x)
    for h, units in enumerate(shape.sizes[1:]):
        last = h == len(shape.sizes) - 2
        sums = []
        for _ in range(units):
            total = mpmath.fsum(next(numbers) * s for s in states)
            sums.append(total + (next(numbers) if shape.output_bias or not last else 0))
        states = sums if last else [sigma(name, z) for z in sums]
    return states


def half_loss(about: Instance, shape: Shape, parameters: list[Any]) -> Any:
    name = about.architecture.activation.name
    total = decay_of(about, shape, parameters)
    for x, targets in zip(reals(about.inputs), reals(about.targets), strict=True):
        outputs = outputs_of(name, shape, parameters, x)
        if about.loss.name == "cross-entropy":
            total += cross_entropy(outputs, targets)
        else:
            total += mpmath.fsum(LOSSES[about.loss.name](t, y) for t, y in zip(outputs, targets, strict=True))
    return total / 2


def decay_of(about: Instance, shape: Shape, parameters: list[Any]) -> Any:
    """What weight decay adds to the loss."""
    decay, numbers = about.weight_decay, iter(parameters)
    if decay is None:
        return mpmath.mpf(0)
    total = mpmath.mpf(0)
    for h, (inputs, units) in enumerate(pairwise(shape.sizes)):
        for _ in range(units):
            total += real(decay.weights) * mpmath.fsum(next(numbers) ** 2 for _ in range(inputs))
            if shape.output_bias or h < len(shape.sizes) - 2:
                total += real(decay.biases) * next(numbers) ** 2
    return total


Decay = tuple[str, str] | None
SHAPES = [((2, 3), 1, False), ((2, 2), 1, True), ((2, 2, 2), 1, False), ((2, 2, 2), 2, True), ((2, 1, 2, 1), 1, True)]
CASES: list[tuple[str, tuple[int, ...], int, bool, str, Decay]] = [
    (name, hidden, outputs, bias, "squared", None) for name in NAMES for hidden, outputs, bias in SHAPES[2:4]
]
CASES += [("tanh", *shape, "squared", None) for shape in SHAPES]
CASES += [("silu", *SHAPES[3], loss, None) for loss in LOSSES]
CASES += [("tanh", *shape, "squared", ("1/3", "2/7")) for shape in SHAPES]
CASES += [("tanh", *SHAPES[3], "logistic", decay) for decay in (("1/3", "0"), ("0", "2/7"))]
CASES += [("tanh", (2, 2), m, True, "cross-entropy", None) for m in (1, 2, 4)]
CASES += [("silu", (2, 2, 2), 3, False, "cross-entropy", ("1/3", "2/7"))]


@pytest.mark.parametrize(("name", "hidden", "outputs", "bias", "loss", "decay"), CASES)
def test_derivatives_enclose_numerical_ones_everywhere_in_the_box(
    name: str, hidden: tuple[int, ...], outputs: int, bias: bool, loss: str, decay: Decay
) -> None:
    about = instance(name, len(hidden) - 1, bias, outputs, loss, decay)
    layers = random_layers((*hidden, outputs), bias, len(hidden) + outputs)
    shape, centre = shape_of(about, layers), flat(layers, bias)
    assert shape.parameters == len(centre)
    inside = random.Random(1)
    for radius in (fmpq(0), fmpq(1, 10**4)):
        with precision(192):
            values = evaluate(about, shape, around(centre, radius))
            residual, weights, total = residuals(about, values)
            gradient, hessian = half_gradient(values, residual), half_hessian(values, residual, weights)
            tangents = output_tangents(values)
            direction = [fmpq(inside.randint(-5, 5), 7) for _ in centre]
            along = half_hessian_times(values, residual, weights, [arb(v) for v in direction])
            product = (hessian * arb_mat(len(centre), 1, [arb(v) for v in direction])).entries()
        with mpmath.workdps(60):
            point = [real(c) + real(radius) * inside.choice((-1, 1, mpmath.mpf(1) / 3)) for c in centre]
            assert encloses(total, 2 * half_loss(about, shape, point))
            step = mpmath.mpf(10) ** -15
            size = len(point)

            def moved(*axes: tuple[int, int], point: list[Any] = point, step: Any = step) -> list[Any]:
                result = list(point)
                for axis, side in axes:
                    result[axis] += side * step
                return result

            def near(ball: arb, value: Any) -> bool:
                """Up to the error of the differences, some 1e-27."""
                return encloses(ball + arb(0, 1e-22), value)

            away = [step * real(v) for v in direction]

            def slope_of(i: int, side: int, point: list[Any] = point, step: Any = step, away: Any = away) -> Any:
                """Half the derivative of the loss in parameter i, a step along the direction away."""
                start = [p + side * s for p, s in zip(point, away, strict=True)]
                ends = (half_loss(about, shape, moved((i, a), point=start)) * a for a in (1, -1))
                return sum(ends, mpmath.mpf(0)) / (2 * step)

            first_sample = reals(about.inputs)[0]
            for i in range(size):
                up, down = moved((i, 1)), moved((i, -1))
                slope = (half_loss(about, shape, up) - half_loss(about, shape, down)) / (2 * step)
                assert near(gradient[i], slope)
                if radius == 0:
                    assert gradient[i].rad() < 1e-40
                for o in range(outputs):
                    rise = outputs_of(name, shape, up, first_sample)[o] - outputs_of(name, shape, down, first_sample)[o]
                    assert near(tangents[o][0][i], rise / (2 * step))
            for i, entry in enumerate(along):
                assert entry.overlaps(product[i])
                change = sum((slope_of(i, s) * s for s in (1, -1)), mpmath.mpf(0)) / (2 * step)
                assert near(entry, change)
            for i, j in [(k, m) for k in range(size) for m in range(k + 1) if (k + m) % 3 == 0 or k == m]:
                corners = [(a, b) for a in (1, -1) for b in (1, -1)]
                mixed = sum(a * b * half_loss(about, shape, moved((i, a), (j, b))) for a, b in corners) / (4 * step**2)
                assert near(hessian[i, j], mixed)
                assert near(hessian[j, i], mixed)


@pytest.mark.parametrize(("name", "hidden", "outputs", "bias", "loss", "decay"), CASES)
def test_the_curvature_along_a_direction_is_that_of_the_hessian(
    name: str, hidden: tuple[int, ...], outputs: int, bias: bool, loss: str, decay: tuple[str, str] | None
) -> None:
    about = instance(name, len(hidden) - 1, bias, outputs, loss, decay)
    layers = random_layers((*hidden, outputs), bias, len(hidden) + outputs)
    shape, numbers = shape_of(about, layers), random.Random(2)
    for radius, spread in ((fmpq(0), 1e-40), (fmpq(1, 10**8), 1e-2)):
        with precision(192):
            values = evaluate(about, shape, around(flat(layers, bias), radius))
            residual, weights, _ = residuals(about, values)
            hessian = half_hessian(values, residual, weights)
            for _ in range(3):
                row = arb_mat([[arb(numbers.randint(-9, 9)) / 9 for _ in range(shape.parameters)]])
                expected = (row * hessian * row.transpose())[0, 0]
                changes = half_hessian_times(values, residual, weights, row.entries())
                found = (row * arb_mat(shape.parameters, 1, changes))[0, 0]
                assert found.overlaps(expected)
                assert (found - expected).abs_upper() < spread


def test_a_kink_in_the_box_leaves_the_hessian_unknown() -> None:
    about = instance("elu", 1, False)
    layers = [Layer(((fmpq(0), fmpq(0)),), (fmpq(0),)), Layer(((fmpq(1),),), (fmpq(0),))]
    values = evaluate(about, shape_of(about, layers), around(flat(layers, False), fmpq(1, 10)))
    residual, weights, _ = residuals(about, values)
    assert all(entry.is_finite() for entry in half_gradient(values, residual))
    assert not half_hessian(values, residual, weights)[0, 0].is_finite()
    assert not half_hessian_times(values, residual, weights, [arb(1)] * 4)[0].is_finite()


def test_decay_is_of_weights_and_biases_in_their_places() -> None:
    about = instance("tanh", 1, True, decay=("3", "5"))
    without = instance("tanh", 1, False, decay=("3", "5"))
    assert [int(v.unique_fmpz()) for v in decay_rates(about, Shape((2, 2, 1), True))] == [3, 3, 5, 3, 3, 5, 3, 3, 5]
    assert [int(v.unique_fmpz()) for v in decay_rates(without, Shape((2, 2, 1), False))] == [3, 3, 5, 3, 3, 5, 3, 3]
    parameters = [arb(k) for k in (1, -1, 2, 0, 0, 1, 1, 2)]
    assert penalty(decay_rates(without, Shape((2, 2, 1), False)), parameters).contains(3 * 7 + 5 * 5)


def test_the_softmax_shift_is_flat() -> None:
    """Without decay the Hessian is 0 along equal changes of all output biases, up to rounding."""
    about = instance("tanh", 1, True, 3, "cross-entropy")
    layers = random_layers((2, 2, 3), True, 3)
    values = evaluate(about, shape_of(about, layers), around(flat(layers, True), fmpq(0)))
    residual, curvature, _ = residuals(about, values)
    hessian = half_hessian(values, residual, curvature)
    for row in hessian.tolist():
        shifted = row[8] + row[11] + row[14]
        assert shifted.contains(0)
        assert shifted.rad() < 1e-10


TARGETS: list[tuple[list[list[Fraction]], bool]] = [
    ([[Fraction(0), Fraction(1)], [Fraction(1, 3), Fraction(2, 3)]], True),
    ([[Fraction(0), Fraction(1)], [Fraction(1), Fraction(1)]], False),
    ([[Fraction(0), Fraction(1)], [Fraction(-1), Fraction(2)]], False),
    ([[Fraction(0), Fraction(1)], [Fraction(1, 3), Fraction(2, 3) + Fraction(1, 10**30)]], False),
]


@pytest.mark.parametrize(("targets", "allowed"), TARGETS)
def test_targets_of_the_cross_entropy_are_probabilities(targets: list[list[Fraction]], allowed: bool) -> None:
    document = instance_document(INPUTS[:2], targets)
    demand_targets(read_instance(document), "CR01")
    about = read_instance({**document, "loss": "cross-entropy"})
    if allowed:
        demand_targets(about, "CR01")
    else:
        with pytest.raises(Rejected, match="sample 1 are not a probability vector"):
            demand_targets(about, "CR01")


def test_the_order_of_the_parameters() -> None:
    layers = [
        Layer(((fmpq(1), fmpq(2)), (fmpq(3), fmpq(4))), (fmpq(5), fmpq(6))),
        Layer(((fmpq(7), fmpq(8)),), (fmpq(9),)),
    ]
    assert [int(v.p) for v in flat(layers, True)] == [1, 2, 5, 3, 4, 6, 7, 8, 9]
    assert [int(v.p) for v in flat(layers, False)] == [1, 2, 5, 3, 4, 6, 7, 8]
    assert Shape((2, 2, 1), True).starts == (0, 6, 9)
    assert Shape((2, 2, 1), False).starts == (0, 6, 8)
