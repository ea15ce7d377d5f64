"""The chain and its derivatives against mpmath, at points and over boxes, for every depth, loss and output."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import product
from typing import Any

import mpmath
import numpy as np
import pytest
from flint import arb, arb_mat

from proofs.activations import CATALOGUE
from proofs.balls import hull, precision
from proofs.chain import (
    ChainValues,
    Directions,
    curvatures,
    directions,
    evaluate,
    half_hessian,
    homogeneous_inputs,
    spaces,
    weighted_gram,
)
from proofs.losses import LOSSES
from tests.proofs.fitted import DEPENDENT, SIGMOID, Precise, rational
from tests.proofs.oracle import encloses, real, sigma

NAMES = {1: "silu", 2: "tanh", 3: "softplus", 4: "sin"}
SHAPES = list(product(NAMES, [False, True]))
EVERY = list(product(NAMES, [False, True], LOSSES))
SAMPLES, FEATURES = 4, 2
DIGITS = 50


@dataclass(frozen=True)
class Setting:
    """A random chain, a frame, and the size of a box."""

    chain: Precise
    centre: list[Fraction]
    frame: list[list[Fraction]]
    radius: Fraction
    targets: list[Fraction]

    @property
    def inputs(self) -> arb_mat:
        return arb_mat([[*(arb(rational(str(x))) for x in row), arb(1)] for row in self.rows])

    @property
    def rows(self) -> list[list[Fraction]]:
        return [[Fraction(int(x * 8), 8) for x in row] for row in self.chain.inputs]

    @property
    def balls(self) -> arb_mat:
        return arb_mat([[arb(rational(v)) for v in row] for row in self.frame])

    def evaluate(self, radius: Fraction) -> ChainValues:
        box = [hull(rational(-radius), rational(radius))] * len(self.centre)
        activation = CATALOGUE[self.chain.name]
        centre = [arb(rational(c)) for c in self.centre]
        return evaluate(activation, self.inputs, self.chain.depth, centre, self.balls, box)

    def derivatives(self, values: ChainValues) -> Directions:
        return directions(values, self.inputs, self.balls)

    def at(self, offsets: Sequence[Any]) -> list[Any]:
        """The parameters c + B q in mpmath."""
        return [
            real(c) + mpmath.fdot([real(v) for v in row], offsets)
            for c, row in zip(self.centre, self.frame, strict=True)
        ]

    def offsets(self, rng: np.random.Generator) -> list[Any]:
        """A point of the box, a corner every other time."""
        size = len(self.centre)
        numbers = rng.choice([-1.0, 1.0], size) if rng.random() < 0.5 else rng.uniform(-1, 1, size)
        return [real(self.radius) * float(v) for v in numbers]

    def target_values(self) -> list[Any]:
        return [real(y) for y in self.targets]


def setting(depth: int, bias: bool, loss: str = "squared", seed: int = 0, features: int = FEATURES) -> Setting:
    rng = np.random.default_rng(100 * depth + 10 * bias + seed)

    def numbers(*shape: int) -> Any:
        return np.vectorize(lambda k: Fraction(int(k), 16), otypes=[object])(rng.integers(-24, 25, shape))

    size = features + 2 * depth + bias
    inputs = [[mpmath.mpf(int(v)) / 8 for v in row] for row in rng.integers(-12, 13, (SAMPLES, features))]
    targets = [Fraction(int(v), 32) for v in rng.integers(1, 32, SAMPLES)]
    frame = numbers(size, size).tolist()
    return Setting(
        Precise(NAMES[depth], depth, bias, loss, inputs), numbers(size).tolist(), frame, Fraction(1, 1000), targets
    )


def pieces(chain: Precise, c: Sequence[Any]) -> tuple[list[list[Any]], list[list[Any]]]:
    """z_h, and dT / d sigma(z_h) as the product of what lies above."""
    sums = chain.pre_activations(c)
    d = len(chain.inputs[0])
    reach = [[c[d + 2 * chain.depth - 1]] * len(chain.inputs)]
    for h in range(chain.depth, 1, -1):
        s = c[d + 2 * h - 3]
        reach.insert(0, [t * sigma(chain.name, z, 1) * s for t, z in zip(reach[0], sums[h - 1], strict=True)])
    return sums, reach


def contained(balls: Sequence[arb], numbers: Sequence[Any]) -> bool:
    return all(encloses(ball, v) for ball, v in zip(balls, numbers, strict=True))


def flat(matrix: Any) -> list[Any]:
    return [v for row in matrix.tolist() for v in row]


@pytest.mark.parametrize(("depth", "bias"), SHAPES)
def test_values_over_a_box_contain_the_values_at_its_points(depth: int, bias: bool) -> None:
    case, rng = setting(depth, bias), np.random.default_rng(1)
    with precision(128), mpmath.workdps(DIGITS):
        values = case.evaluate(case.radius)
        for _ in range(10):
            c = case.at(case.offsets(rng))
            sums, reach = pieces(case.chain, c)
            for h, layer in enumerate(values.layers):
                for order, balls in enumerate((layer.states, layer.slopes, layer.bends)):
                    assert contained(balls, [sigma(case.chain.name, z, order) for z in sums[h]])
                assert contained(layer.sums, sums[h])
                assert contained(layer.reach, reach[h])
                assert encloses(layer.scale, c[FEATURES + 2 * h - 1] if h else mpmath.mpf(1))
            assert encloses(values.weight, c[FEATURES + 2 * depth - 1])
            assert contained(values.outputs, case.chain.outputs(c))
        # The first pre-activations are as wide as they must be: their extreme is at a corner of the box.
        row = [*case.rows[0], 1]
        columns = zip(*case.frame[: FEATURES + 1], strict=True)
        signs = [1 if sum(x * v for x, v in zip(row, column, strict=True)) > 0 else -1 for column in columns]
        for share, expected in ((0.999, True), (1.001, False)):
            corner = case.at([real(case.radius) * s * share for s in signs])
            assert encloses(values.layers[0].sums[0], case.chain.pre_activations(corner)[0][0]) is expected


@pytest.mark.parametrize(("depth", "bias"), SHAPES)
def test_at_a_point_the_balls_are_narrow(depth: int, bias: bool) -> None:
    with precision(128):
        values = setting(depth, bias).evaluate(Fraction(0))
        for layer in values.layers:
            for ball in (*layer.sums, *layer.states, *layer.slopes, *layer.bends, *layer.reach):
                assert ball.rad() < arb(2) ** -90


def differences(case: Setting, c: Sequence[Any], function: Any) -> Any:
    """Derivatives of a vector along the columns of the frame: as many rows as the vector has entries."""
    step = mpmath.mpf(10) ** -17
    columns = []
    for column in zip(*case.frame, strict=True):
        ends = [function([p + sign * step * real(v) for p, v in zip(c, column, strict=True)]) for sign in (1, -1)]
        columns.append([(a - b) / (2 * step) for a, b in zip(*ends, strict=True)])
    return [list(row) for row in zip(*columns, strict=True)]


@pytest.mark.parametrize(("depth", "bias"), SHAPES)
def test_directions_are_derivatives(depth: int, bias: bool) -> None:
    """By central differences, at points of the box; `encloses` allows for their error of about 1e-30."""
    case, rng = setting(depth, bias), np.random.default_rng(2)
    with precision(128), mpmath.workdps(DIGITS):
        values = case.evaluate(case.radius)
        along = case.derivatives(values)
        for _ in range(3):
            c = case.at(case.offsets(rng))
            for h in range(depth):
                exact = differences(case, c, lambda p, h=h: case.chain.pre_activations(p)[h])
                assert contained(along.sums[h].entries(), [v for row in exact for v in row])
            exact = differences(case, c, case.chain.outputs)
            assert contained(along.outputs.entries(), [v for row in exact for v in row])
        for h in range(1, depth):
            assert contained(along.scales[h - 1], [real(v) for v in case.frame[FEATURES + 2 * h - 1]])
        assert len(along.scales) == depth - 1
        assert contained(along.weight, [real(v) for v in case.frame[FEATURES + 2 * depth - 1]])


@pytest.mark.parametrize(("depth", "bias"), SHAPES)
def test_the_outputs_move_with_the_chain_rule(depth: int, bias: bool) -> None:
    """dT = t_h sigma'(z_h) dz_h for a direction in the first layer."""
    case = setting(depth, bias, seed=3)
    frame = [[Fraction(int(i == j)) for j in range(len(case.centre))] for i in range(len(case.centre))]
    case = Setting(case.chain, case.centre, frame, case.radius, case.targets)
    with precision(128):
        values = case.evaluate(Fraction(0))
        along = case.derivatives(values)
        for n in range(SAMPLES):
            for j in range(FEATURES + 1):
                for layer, sums in zip(values.layers, along.sums, strict=True):
                    difference = layer.reach[n] * layer.slopes[n] * sums[n, j] - along.outputs[n, j]
                    assert difference.contains(0)
                    assert difference.rad() < arb(2) ** -80


def enclosures(case: Setting, radius: Fraction) -> tuple[ChainValues, Directions, list[arb], list[arb]]:
    values = case.evaluate(radius)
    loss = LOSSES[case.chain.loss_name]
    pairs = [(t, arb(rational(y))) for t, y in zip(values.outputs, case.targets, strict=True)]
    return (
        values,
        case.derivatives(values),
        [loss.residual(t, y) for t, y in pairs],
        [loss.curvature(t, y) for t, y in pairs],
    )


def framed_hessian(case: Setting, c: Sequence[Any]) -> Any:
    frame = mpmath.matrix([[real(v) for v in row] for row in case.frame])
    return frame.T * case.chain.half_hessian(c, case.target_values()) * frame


@pytest.mark.parametrize(("depth", "bias", "loss"), EVERY)
def test_half_the_hessian_of_the_loss(depth: int, bias: bool, loss: str) -> None:
    """At a point it is narrow, over a box it contains what it is at the points."""
    case, rng = setting(depth, bias, loss, seed=1), np.random.default_rng(4)
    with precision(128), mpmath.workdps(DIGITS):
        exact = half_hessian(*enclosures(case, Fraction(0)))
        assert exact.nrows() == exact.ncols() == FEATURES + 2 * depth + bias
        assert all(entry.rad() < arb(2) ** -80 for entry in exact.entries())
        assert contained(exact.entries(), flat(framed_hessian(case, case.at([mpmath.mpf(0)] * len(case.centre)))))
        wide = half_hessian(*enclosures(case, case.radius))
        for _ in range(2):
            assert contained(wide.entries(), flat(framed_hessian(case, case.at(case.offsets(rng)))))
        assert all(a.contains(b) for a, b in zip(wide.entries(), exact.entries(), strict=True))


@pytest.mark.parametrize(("depth", "bias", "loss"), EVERY)
def test_half_the_gradient_of_the_loss(depth: int, bias: bool, loss: str) -> None:
    """Derivatives of T along the frame times D; and the second implementation against differences of the loss."""
    case = setting(depth, bias, loss, seed=2)
    with precision(128), mpmath.workdps(DIGITS):
        _, along, residual, _ = enclosures(case, Fraction(0))
        product_ = along.outputs.transpose() * arb_mat(SAMPLES, 1, residual)
        c = case.at([mpmath.mpf(0)] * len(case.centre))
        gradient = case.chain.half_gradient(c, case.target_values())
        by_differences = differences(case, c, lambda p: [case.chain.loss(p, case.target_values()) / 2])[0]
        along_frame = [mpmath.fdot([real(v) for v in column], gradient) for column in zip(*case.frame, strict=True)]
        assert contained(product_.entries(), along_frame)
        assert all(abs(a - b) < mpmath.mpf(10) ** -25 for a, b in zip(along_frame, by_differences, strict=True))


@pytest.mark.parametrize("depth", NAMES)
def test_curvatures_are_the_coefficients_of_the_forms(depth: int) -> None:
    case = setting(depth, bias=False)
    with precision(128), mpmath.workdps(DIGITS):
        values, _, residual, _ = enclosures(case, case.radius)
        found = curvatures(values, residual)
        c = case.at(case.offsets(np.random.default_rng(5)))
        sums, reach = pieces(case.chain, c)
        exact = case.chain.residual(c, case.target_values())
        for h in range(depth):
            bends = [sigma(case.chain.name, z, 2) for z in sums[h]]
            assert contained(found[h], [d * t * b for d, t, b in zip(exact, reach[h], bends, strict=True)])


@pytest.mark.parametrize("depth", NAMES)
def test_spaces_are_spanned_by_the_derivatives_of_the_pre_activations(depth: int) -> None:
    """Each column of U_h is the derivative of z_h in one parameter of the layers up to h."""
    case = setting(depth, bias=False)
    size = len(case.centre)
    frame = [[Fraction(int(i == j)) for j in range(size)] for i in range(size)]
    case = Setting(case.chain, case.centre, frame, case.radius, case.targets)
    with precision(128), mpmath.workdps(DIGITS):
        values = case.evaluate(case.radius)
        found, along = spaces(values, case.inputs), case.derivatives(values)
        for h, (space, sums) in enumerate(zip(found, along.sums, strict=True)):
            columns = FEATURES + 1 + 2 * h
            assert space.ncols() == columns
            for row, other in zip(space.tolist(), sums.tolist(), strict=True):
                assert all(a.overlaps(b) for a, b in zip(row, other[:columns], strict=True))
                assert all(b.contains(0) and b.is_exact() for b in other[columns:])
        c = case.at(case.offsets(np.random.default_rng(6)))
        below = case.chain.pre_activations(c)
        for h in range(1, depth):
            for n, row in enumerate(found[h].tolist()):
                assert encloses(row[-2], sigma(case.chain.name, below[h - 1][n]))
                assert encloses(row[-1], mpmath.mpf(1))


def test_homogeneous_inputs_are_those_of_the_basis_and_one() -> None:
    with precision(128):
        (row, *_), rows = (homogeneous_inputs(DEPENDENT.instance, [0]).tolist(), 10)
        assert row == [arb(-2), arb(1)]
        swapped = homogeneous_inputs(DEPENDENT.instance, [1, 0])
        assert (swapped.nrows(), swapped.ncols()) == (rows, 3)
        assert swapped.tolist()[0] == [arb(-3), arb(-2), arb(1)]
        assert homogeneous_inputs(SIGMOID.instance, [0]).nrows() == 8


def test_weighted_gram() -> None:
    rows = [[1, 2], [3, 4], [-1, 5]]
    coefficients = [arb(2), arb(-1), arb(3)]
    expected = [
        [sum(int(float(a)) * row[i] * row[j] for a, row in zip(coefficients, rows, strict=True)) for j in range(2)]
        for i in range(2)
    ]
    assert weighted_gram(arb_mat(rows), coefficients) == arb_mat(expected)


@pytest.mark.parametrize("name", ["softsign", "elu"])
def test_a_kink_in_the_box_makes_the_hessian_unknown(name: str) -> None:
    inputs = arb_mat([[arb(0), arb(1)], [arb(1), arb(1)]])
    frame = arb_mat([[int(i == j) for j in range(3)] for i in range(3)])
    with precision(128):
        values = evaluate(CATALOGUE[name], inputs, 1, [arb(1), arb(0), arb(1)], frame, [arb(0, 1)] * 3)
        along = directions(values, inputs, frame)
        matrix = half_hessian(values, along, [arb(1)] * 2, [arb(1)] * 2)
        assert not any(entry.is_finite() for entry in matrix.entries()[:2])
