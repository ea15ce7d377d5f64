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
from proofs.full_network import (
    Shape,
    around,
    evaluate,
    flat,
    half_curvature,
    half_gradient,
    half_hessian,
    half_hessian_times,
    output_tangents,
    residuals,
    shape_of,
)
from proofs.instance import Instance, read_instance
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


def instance(name: str, depth: int, bias: bool, outputs: int = 1, loss: str = "squared") -> Instance:
    targets = [[Fraction(n + 2 * o + 1, 7) for o in range(outputs)] for n in range(len(INPUTS))]
    document = instance_document(INPUTS, targets, name, depth, "every", bias)
    return read_instance({**document, "loss": loss})


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
    name, loss = about.architecture.activation.name, LOSSES[about.loss.name]
    total = mpmath.mpf(0)
    for x, targets in zip(reals(about.inputs), reals(about.targets), strict=True):
        total += mpmath.fsum(loss(t, y) for t, y in zip(outputs_of(name, shape, parameters, x), targets, strict=True))
    return total / 2


SHAPES = [((2, 3), 1, False), ((2, 2), 1, True), ((2, 2, 2), 1, False), ((2, 2, 2), 2, True), ((2, 1, 2, 1), 1, True)]
CASES = [(name, hidden, outputs, bias, "squared") for name in NAMES for hidden, outputs, bias in SHAPES[2:4]]
CASES += [("tanh", *shape, "squared") for shape in SHAPES] + [("silu", *SHAPES[3], loss) for loss in LOSSES]


@pytest.mark.parametrize(("name", "hidden", "outputs", "bias", "loss"), CASES)
def test_derivatives_enclose_numerical_ones_everywhere_in_the_box(
    name: str, hidden: tuple[int, ...], outputs: int, bias: bool, loss: str
) -> None:
    about = instance(name, len(hidden) - 1, bias, outputs, loss)
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


@pytest.mark.parametrize(("name", "hidden", "outputs", "bias", "loss"), CASES)
def test_the_curvature_along_a_direction_is_that_of_the_hessian(
    name: str, hidden: tuple[int, ...], outputs: int, bias: bool, loss: str
) -> None:
    about = instance(name, len(hidden) - 1, bias, outputs, loss)
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
                found = half_curvature(values, row.entries(), residual, weights)
                assert found.overlaps(expected)
                assert (found - expected).abs_upper() < spread


def test_a_kink_in_the_box_leaves_the_hessian_unknown() -> None:
    about = instance("elu", 1, False)
    layers = [Layer(((fmpq(0), fmpq(0)),), (fmpq(0),)), Layer(((fmpq(1),),), (fmpq(0),))]
    values = evaluate(about, shape_of(about, layers), around(flat(layers, False), fmpq(1, 10)))
    residual, weights, _ = residuals(about, values)
    assert all(entry.is_finite() for entry in half_gradient(values, residual))
    assert not half_hessian(values, residual, weights)[0, 0].is_finite()
    assert not half_curvature(values, [arb(1)] * 4, residual, weights).is_finite()


def test_the_order_of_the_parameters() -> None:
    layers = [
        Layer(((fmpq(1), fmpq(2)), (fmpq(3), fmpq(4))), (fmpq(5), fmpq(6))),
        Layer(((fmpq(7), fmpq(8)),), (fmpq(9),)),
    ]
    assert [int(v.p) for v in flat(layers, True)] == [1, 2, 5, 3, 4, 6, 7, 8, 9]
    assert [int(v.p) for v in flat(layers, False)] == [1, 2, 5, 3, 4, 6, 7, 8]
    assert Shape((2, 2, 1), True).starts == (0, 6, 9)
    assert Shape((2, 2, 1), False).starts == (0, 6, 8)
