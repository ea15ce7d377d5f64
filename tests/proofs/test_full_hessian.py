"""Hessian and tangents of whole networks against forward differentiation by pairs of parameters, in 400 bits, at random
points of the box; tests/proofs/test_full_network.py compares them with numerical differentiation."""

from __future__ import annotations

import random
from fractions import Fraction
from itertools import combinations_with_replacement

import pytest
from flint import arb, arb_mat, fmpq

from proofs import full_hessian
from proofs.balls import precision
from proofs.full_hessian import half_hessian, output_tangents
from proofs.full_network import Shape, around, decay_rates, evaluate, residuals
from proofs.instance import Instance, read_instance
from tests.proofs.build import instance_document

Second = tuple[arb, arb, arb, arb]
"""A number, its derivatives in parameters i and j, and the mixed one."""


def times(a: Second, b: Second) -> Second:
    return (
        a[0] * b[0],
        a[1] * b[0] + a[0] * b[1],
        a[2] * b[0] + a[0] * b[2],
        a[3] * b[0] + a[1] * b[2] + a[2] * b[1] + a[0] * b[3],
    )


def outputs_at(about: Instance, shape: Shape, parameters: list[arb], sample: int, i: int, j: int) -> list[Second]:
    """By the definition of a network."""
    numbers = iter([(p, arb(int(k == i)), arb(int(k == j)), arb(0)) for k, p in enumerate(parameters)])
    one = (arb(1), arb(0), arb(0), arb(0))
    states: list[Second] = [(arb(x), arb(0), arb(0), arb(0)) for x in about.inputs.row(sample)]
    for layer, units in enumerate(shape.sizes[1:], 1):
        hidden = layer < len(shape.sizes) - 1
        sums = []
        for _ in range(units):
            total = (arb(0), arb(0), arb(0), arb(0))
            for state in [*states, one] if hidden or shape.output_bias else states:
                a, b, c, d = times(next(numbers), state)
                total = (total[0] + a, total[1] + b, total[2] + c, total[3] + d)
            sums.append(total)
        states = [activated(about, z) for z in sums] if hidden else sums
    return states


def activated(about: Instance, z: Second) -> Second:
    value, slope, bend, _ = about.architecture.activation.jet(z[0])
    return value, slope * z[1], slope * z[2], bend * z[1] * z[2] + slope * z[3]


def second_derivative(about: Instance, shape: Shape, parameters: list[arb], i: int, j: int) -> arb:
    """Half of that of the loss in parameters i and j."""
    total = decay_rates(about, shape)[i] if i == j else arb(0)
    for n in range(about.samples):
        outputs = outputs_at(about, shape, parameters, n, i, j)
        at = about.loss.at([t[0] for t in outputs], [arb(y) for y in about.targets.row(n)])
        total += sum((d * t[3] for d, t in zip(at.residual, outputs, strict=True)), arb(0))
        for (o, p), a in at.curvature.items():
            total += a * outputs[o][1] * outputs[p][2]
            if o != p:
                total += a * outputs[p][1] * outputs[o][2]
    return total


def problem(name: str, sizes: tuple[int, ...], bias: bool, loss: str) -> tuple[Instance, list[fmpq]]:
    numbers = random.Random(str((name, sizes)))
    inputs = [[Fraction(numbers.randint(-20, 20), 13) for _ in range(sizes[0])] for _ in range(4)]
    targets = [[Fraction(numbers.randint(1, 9), 10) for _ in range(sizes[-1])] for _ in range(4)]
    if loss == "cross-entropy":
        targets = [[y / sum(row) for y in row] for row in targets]
    document = instance_document(inputs, targets, name, len(sizes) - 2, "every", bias)
    decay = {"weights": "1/3", "biases": "2/7"}
    about = read_instance({**document, "loss": loss, "weight_decay": decay})
    return about, [fmpq(numbers.randint(-60, 60), 64) for _ in range(Shape(sizes, bias).parameters)]


CASES = [
    ("tanh", (6, 2, 1), True, "squared"),
    ("silu", (1, 5, 3), False, "cross-entropy"),
    ("softplus", (2, 3, 2, 2), True, "cross-entropy"),
    ("tanh", (2, 3, 1, 2, 1), False, "pseudo-huber"),
    ("sigmoid", (1, 2, 3, 2, 2), True, "logistic"),
    ("tanh", (1, 6, 1), True, "pseudo-huber"),
    ("silu", (1, 8, 2), False, "cross-entropy"),
]


@pytest.mark.parametrize(("name", "sizes", "bias", "loss"), CASES)
@pytest.mark.parametrize("batch", [full_hessian.BATCH, 1, 50])
def test_second_derivatives_at_points_of_the_box_are_enclosed(
    name: str, sizes: tuple[int, ...], bias: bool, loss: str, batch: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(full_hessian, "BATCH", batch)
    about, centre = problem(name, sizes, bias, loss)
    shape, numbers = Shape(sizes, bias), random.Random(0)
    pairs = list(combinations_with_replacement(range(shape.parameters), 2))
    for radius, spread in ((fmpq(0), 1e-34), (fmpq(1, 10**6), 1e-3)):
        with precision(128):
            values = evaluate(about, shape, around(centre, radius))
            hessian = half_hessian(values, *residuals(about, values)[:2])
        assert max(entry.rad() for entry in hessian.entries()) < spread
        with precision(400):
            point = [arb(c + radius * fmpq(numbers.randint(-8, 8), 8)) for c in centre]
            for i, j in pairs if radius == 0 else numbers.sample(pairs, 60):
                expected = second_derivative(about, shape, point, i, j)
                assert expected.rad() < 1e-80
                assert hessian[i, j].contains(expected)
                assert hessian[j, i].contains(expected)


@pytest.mark.parametrize(("name", "sizes", "bias", "loss"), CASES)
def test_tangents_of_every_output_at_every_sample(name: str, sizes: tuple[int, ...], bias: bool, loss: str) -> None:
    about, centre = problem(name, sizes, bias, loss)
    shape = Shape(sizes, bias)
    with precision(128):
        found = output_tangents(evaluate(about, shape, around(centre, fmpq(1, 10**9))))
    assert (len(found), len(found[0]), len(found[0][0])) == (sizes[-1], about.samples, shape.parameters)
    with precision(400):
        point = [arb(c + fmpq(1, 10**9)) for c in centre]
        for i in range(shape.parameters):
            for n in range(about.samples):
                for o, output in enumerate(outputs_at(about, shape, point, n, i, 0)):
                    assert found[o][n][i].contains(output[1])
                    assert found[o][n][i].rad() < 1e-6


def test_a_kink_leaves_unknown_what_depends_on_it_only() -> None:
    about, centre = problem("elu", (1, 2, 1), True, "squared")
    shape = Shape((1, 2, 1), True)
    parameters = [arb(0), arb(0, 1e-9), *map(arb, centre[2:])]  # the first unit adds up 0 or nearly
    values = evaluate(about, shape, parameters)
    hessian = half_hessian(values, *residuals(about, values)[:2])
    unknown = {
        (i, j) for i in range(shape.parameters) for j in range(shape.parameters) if not hessian[i, j].is_finite()
    }
    assert unknown == {(i, j) for i in (0, 1) for j in (0, 1)}


def test_the_products_are_symmetric() -> None:
    about, centre = problem("tanh", (2, 3, 2, 2), True, "squared")
    values = evaluate(about, Shape((2, 3, 2, 2), True), around(centre, fmpq(1, 10**3)))
    hessian = half_hessian(values, *residuals(about, values)[:2])
    transposed: arb_mat = hessian.transpose()
    assert all(
        a.mid() == b.mid() and a.rad() == b.rad() for a, b in zip(hessian.entries(), transposed.entries(), strict=True)
    )
