"""The symbolic side of the lemmas: every identity holds, needs each of its hypotheses, and is about a real network."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import mpmath
import pytest
from flint import arb, fmpq
from sympy import Rational

import proofs
from proofs.derivations import DERIVATIONS, Derivation, Hypothesis, derivations_for
from proofs.derivations.algebra import Matrix, Sigma, cos, diff, exp, is_zero, moment, sin, symbols, tanh
from proofs.derivations.chain import Chain
from proofs.derivations.losses import LOSSES as LOSS_FORMULAS
from proofs.derivations.losses import LossFormulas
from proofs.derivations.network import D, Network, X, over_data
from proofs.lemmas import LEMMAS
from proofs.losses import LOSSES

ALL = [pytest.param(d, id=f"{lemma}: {d.title}") for lemma, rows in DERIVATIONS.items() for d in rows]
EACH_HYPOTHESIS = [
    pytest.param(d, h, id=f"{lemma}: {d.title}: without {h.text}")
    for lemma, rows in DERIVATIONS.items()
    for d in rows
    for h in d.hypotheses
]
NAMES = {f"{lemma}: {d.title}": d for lemma, rows in DERIVATIONS.items() for d in rows}


@pytest.mark.parametrize("derivation", ALL)
def test_every_identity_holds(derivation: Derivation) -> None:
    assert derivation.holds()


@pytest.mark.parametrize(("derivation", "hypothesis"), EACH_HYPOTHESIS)
def test_no_hypothesis_is_idle(derivation: Derivation, hypothesis: Hypothesis) -> None:
    assert not derivation.holds(without=hypothesis)


def test_every_derivation_states_hypotheses_and_has_its_own_name() -> None:
    assert len(NAMES) == len(ALL)
    assert all(d.hypotheses and d.statement for d in NAMES.values())


def test_a_lemma_without_derivations_has_none() -> None:
    assert derivations_for("no-such-lemma/1") == ()
    assert derivations_for("obstruction/1") is DERIVATIONS["obstruction/1"]


def test_every_lemma_has_derivations() -> None:
    assert set(DERIVATIONS) == set(LEMMAS)


def test_only_the_algebra_module_imports_sympy() -> None:
    root = Path(proofs.__path__[0])
    users = {path.relative_to(root).as_posix() for path in root.rglob("*.py") if "sympy" in _imports(path)}
    assert users == {"derivations/algebra.py"}


def _imports(path: Path) -> set[str]:
    lines = [line.split() for line in path.read_text(encoding="utf-8").splitlines()]
    return {words[1].split(".")[0] for words in lines if len(words) > 1 and words[0] in ("import", "from")}


def _with(derivation: Derivation, text: str, change: Any) -> Derivation:
    """The same derivation with each solution of one hypothesis changed."""
    changed = [
        Hypothesis(h.text, {symbol: change(value) for symbol, value in h.solution.items()}) if h.text == text else h
        for h in derivation.hypotheses
    ]
    assert [h.text for h in changed] == [h.text for h in derivation.hypotheses]
    assert changed != list(derivation.hypotheses)
    return replace(derivation, hypotheses=tuple(changed))


@pytest.mark.parametrize(
    ("name", "text", "change"),
    [
        ("interval-region/1: Completing the square", "K = B (1 + B / beta)", lambda k: k / 2),
        (
            "better-point/1: Two units in the last of 1 hidden layer lower <D, T>",
            "rho = alpha / (1 + alpha)",
            lambda rho: rho / 2,
        ),
        ("interval-region/1: How far a unit moves from its level", "b_h = a_h - s_h sigma(a_{h-1})", lambda b: -b),
        ("jensen-region/1: A Jensen gap annihilates affine functions", "sum_k lambda_k = 1", lambda rest: 2 * rest),
        ("constant-point/1: The gradient vanishes, hidden widths (2,)", "<D, 1> = 0", lambda zero: zero + 1),
        ("exact-optimum/1: Exponentials: a Vandermonde determinant, 4 points", "unit 2 has weight 2", lambda k: k + 3),
        ("fitted-point/1: Every lift is critical, hidden widths (3,)", "<D, sigma(z_H)> = 0", lambda zero: zero + 1),
        ("fitted-point/1: The Hessian of a chain, one sample, two hidden layers", "t_2 = V", lambda v: -v),
        ("fitted-point/1: D and W of the logistic loss", "W = s(T) s(-T) / 2", lambda w: 2 * w),
        (
            "any-lift/1: The exact identity of a lift, one sample, hidden widths (2, 2)",
            "D_1 = s_2 sigma'(z_2) D_2",
            lambda d: -d,
        ),
        (
            "uniform-lift/1: First variations at a uniform lift, one sample, hidden widths (2, 2)",
            "ds_2 = mean of sum_k dW_2[i,k]",
            lambda mean: mean / 2,
        ),
        ("fitted-region/1: The next non-linear part", "q = (sigma'' S)^2", lambda q: q / 2),
        ("fitted-region/1: The non-linear part is paid for, a >= 0", "k = 1 + 1/e", lambda k: k - 1),
        (
            "fitted-better-point/1: The advantage of t over T, squared loss",
            "l(T, y) = (T - y)^2",
            lambda value: value / 2,
        ),
        ("fitted-optimum/1: The fall of a group in terms of D and c, 3 samples", "M = 2 sum_n c_n", lambda m: m / 2),
        ("exceptional-activation/1: The equation of arctan", "q = 2*z", lambda q: q / 2),
    ],
)
def test_a_wrong_hypothesis_is_noticed(name: str, text: str, change: Any) -> None:
    assert NAMES[name].holds()
    assert not _with(NAMES[name], text, change).holds()


@pytest.mark.parametrize("size", [1, symbols("tiny", positive=True)])
def test_a_false_identity_is_noticed_however_small(size: Any) -> None:
    truth = NAMES["local-minimum/1: <D, T> to second order, hidden widths (2,)"]

    def disturbed() -> Matrix:
        residual = truth.difference()
        residual[2] += size * Sigma(3, symbols("a")) / 10**30
        return residual

    assert not replace(truth, difference=disturbed).holds()


def test_zero_is_recognised_and_nothing_else() -> None:
    a, b, x = symbols("a b x")
    assert is_zero(Sigma(0, (x + 1) ** 2) - Sigma(0, x**2 + 2 * x + 1))
    assert is_zero(1 / (a - b) + 1 / (b - a))
    assert is_zero(sin(x) ** 2 + cos(x) ** 2 - 1)
    assert is_zero(tanh(x / 2) - (exp(x) - 1) / (exp(x) + 1))
    assert not is_zero(Sigma(0, a) - Sigma(0, b))
    assert not is_zero(Sigma(0, a) - Sigma(1, a))
    assert not is_zero(Sigma(0, a + b) - Sigma(0, a) - Sigma(0, b))
    assert not is_zero(sin(x) - x)


def test_the_unspecified_activation_knows_the_chain_rule_and_nothing_else() -> None:
    a, x = symbols("a x")
    assert diff(Sigma(0, a * x**2), x) == 2 * a * x * Sigma(1, a * x**2)
    assert diff(Sigma(1, Sigma(0, x)), x) == Sigma(1, x) * Sigma(2, Sigma(0, x))
    assert Sigma(0, 0) != 0


# Everything below evaluates the symbolic side on one real network, against arithmetic that shares no code with it.

POINTS = [(1, 0), (-2, 1), (0, -1), (3, 2), (1, 1)]
WIDTHS = (2, 2)
FIRST_WEIGHTS = 4
DIGITS = 60


def test_the_sum_over_samples_is_a_sum() -> None:
    a = symbols("a")
    residuals = [3, -1, 4, -1, 5]
    polynomial = D**2 * (a + X[0] * X[1] - 2) + D * X[1] ** 3 * a - X[0] + 7
    samples = list(zip(residuals, POINTS, strict=True))
    direct = sum(polynomial.subs({D: d, X[0]: x, X[1]: y}) for d, (x, y) in samples)
    moments = {
        moment(i, j, k): sum(d**i * x**j * y**k for d, (x, y) in samples)
        for i in range(4)
        for j in range(4)
        for k in range(4)
    }
    assert is_zero(over_data(polynomial).subs(moments) - direct)


def test_a_sum_over_samples_of_a_non_polynomial_is_refused() -> None:
    with pytest.raises(Exception, match="generators"):
        over_data(D * Sigma(0, X[0]))


def _softplus(order: int, z: Any) -> Any:
    s = 1 / (1 + mpmath.exp(-z))
    return (mpmath.log(1 + mpmath.exp(z)), s, s * (1 - s))[order]


def _evaluate(expression: Any, values: dict[Any, Any]) -> Any:
    """The value of a SymPy expression with softplus for sigma."""
    if isinstance(expression, Sigma):
        return _softplus(int(expression.args[0]), _evaluate(expression.args[1], values))
    if expression in values:
        return values[expression]
    if expression.is_Rational:
        return mpmath.mpf(int(expression.p)) / int(expression.q)
    arguments = [_evaluate(argument, values) for argument in expression.args]
    if expression.is_Add:
        return mpmath.fsum(arguments)
    if expression.is_Mul:
        return mpmath.fprod(arguments)
    assert expression.is_Pow
    return arguments[0] ** arguments[1]


def _forward(parameters: list[Any], x: tuple[int, int]) -> Any:
    """The network of widths (2, 2), written out by hand; parameters in the order of `Network.parameters`."""
    w, b_1, b_2, u, v, b_out = (
        *(parameters[i : i + n] for i, n in ((0, 4), (4, 2), (6, 2), (8, 4), (12, 2))),
        parameters[14],
    )
    first = [_softplus(0, w[2 * i] * x[0] + w[2 * i + 1] * x[1] + b_1[i]) for i in range(2)]
    second = [_softplus(0, u[2 * i] * first[0] + u[2 * i + 1] * first[1] + b_2[i]) for i in range(2)]
    return v[0] * second[0] + v[1] * second[1] + b_out


def _generic_parameters(first_layer: bool) -> list[Any]:
    values = [mpmath.sin(7 * k + 1) for k in range(15)]
    return values if first_layer else [mpmath.mpf(0)] * FIRST_WEIGHTS + values[FIRST_WEIGHTS:]


def _residual() -> list[Any]:
    """A residual orthogonal to 1 and to both features of POINTS."""
    return [mpmath.mpf(n) for n in (3, 1, -1, 1, -4)]


def test_the_residual_used_here_satisfies_the_moment_conditions() -> None:
    assert sum(_residual()) == 0
    assert [sum(d * x[j] for d, x in zip(_residual(), POINTS, strict=True)) for j in range(2)] == [0, 0]


def test_a_real_network_has_the_gradient_and_the_hessian_of_the_derivation() -> None:
    with mpmath.workdps(DIGITS):
        network = Network.of_widths(*WIDTHS)
        point = _generic_parameters(first_layer=False)
        residual = _residual()
        targets = [_forward(point, x) - d for x, d in zip(POINTS, residual, strict=True)]
        step = mpmath.mpf(10) ** -15

        def loss(*moves: tuple[int, Any]) -> Any:
            moved = list(point)
            for index, size in moves:
                moved[index] += size
            return sum((_forward(moved, x) - y) ** 2 for x, y in zip(POINTS, targets, strict=True))

        gradient = [(loss((i, step)) - loss((i, -step))) / (2 * step) for i in range(15)]
        assert max(map(abs, gradient)) < mpmath.mpf(10) ** -24

        values = dict(zip(network.parameters, point, strict=True))
        first = symbols("u_1 u_2")
        above = network.output_from(network.above(Matrix(first))[-1])
        tangents = [
            [_evaluate(diff(network.output(), p), values | dict(zip(X, x, strict=True))) for p in network.parameters]
            for x in POINTS
        ]
        for row in range(15):
            for other in range(row + 1):
                numeric = sum(s * t * loss((row, s * step), (other, t * step)) for s in (1, -1) for t in (1, -1)) / (
                    4 * step**2
                )
                predicted = 2 * sum(t[row] * t[other] for t in tangents)
                if row < FIRST_WEIGHTS:
                    bend = diff(above, first[row // 2], first[other // 2])
                    curvature = _evaluate(bend, values | dict(zip(first, point[4:6], strict=True)))
                    predicted += (
                        2
                        * curvature
                        * sum(d * x[row % 2] * x[other % 2] for d, x in zip(residual, POINTS, strict=True))
                    )
                assert abs(numeric - predicted) < mpmath.mpf(10) ** -20, (row, other)


def test_a_real_network_has_a_gradient_when_the_residual_is_not_orthogonal_to_one() -> None:
    with mpmath.workdps(DIGITS):
        point = _generic_parameters(first_layer=False)
        residual = [d + 1 for d in _residual()]
        step = mpmath.mpf(10) ** -15

        def loss(move: Any) -> Any:
            moved = [*point[:14], point[14] + move]
            return sum(
                (_forward(moved, x) - _forward(point, x) + d) ** 2 for x, d in zip(POINTS, residual, strict=True)
            )

        assert abs((loss(step) - loss(-step)) / (2 * step)) > 1


def test_a_real_network_obeys_the_exact_second_order_identity() -> None:
    with mpmath.workdps(DIGITS):
        network = Network.of_widths(*WIDTHS)
        point = _generic_parameters(first_layer=True)
        parameters = dict(zip(network.parameters, point, strict=True))
        left, right = mpmath.mpf(0), mpmath.mpf(0)
        for x, d in zip(POINTS, _residual(), strict=True):
            values = parameters | dict(zip(X, x, strict=True))
            left += d * _forward(point, x)
            for weights, levels, moved in zip(
                network.curvature_weights(), network.constants(), network.preactivations(), strict=True
            ):
                for c, a, z in zip(weights, levels, moved, strict=True):
                    level, move = _evaluate(a, values), _evaluate(z - a, values)
                    remainder = _softplus(0, level + move) - _softplus(0, level) - _softplus(1, level) * move
                    right += d * _evaluate(c, values) * remainder
        assert abs(left) > mpmath.mpf(1) / 100
        assert abs(left - right) < mpmath.mpf(10) ** -50


# The same for fitted points: a chain of two hidden layers, whose residual is chosen to make it critical.

CHAIN_POINTS = [*POINTS, (-1, -1), (2, -2), (0, 2)]
CHAIN_SIZE = 7


def _chain_parameters() -> list[Any]:
    """In the order of `Chain.parameters`."""
    w_1, w_2, b_1, s_2, b_2, weight, bias = map(mpmath.mpf, ("0.7", "-1.1", "0.3", "2.3", "-1.2", "1.7", "0.4"))
    return [w_1, w_2, b_1, s_2, b_2, weight, bias]


def _chain_forward(parameters: list[Any], x: tuple[int, int]) -> tuple[Any, Any, Any]:
    """z_1, z_2 and T, written out by hand."""
    w_1, w_2, b_1, s_2, b_2, weight, bias = parameters
    first = w_1 * x[0] + w_2 * x[1] + b_1
    second = s_2 * _softplus(0, first) + b_2
    return first, second, weight * _softplus(0, second) + bias


def _chain_tangent(x: tuple[int, int]) -> list[Any]:
    parameters = _chain_parameters()
    first, second, _ = _chain_forward(parameters, x)
    top = parameters[5] * _softplus(1, second)
    bottom = top * parameters[3] * _softplus(1, first)
    return [bottom * x[0], bottom * x[1], bottom, top * _softplus(0, first), top, _softplus(0, second), mpmath.mpf(1)]


def _critical_residual() -> list[Any]:
    """A residual for which the chain is critical: orthogonal to all 7 tangents at 8 points, with last entry 1."""
    tangents = [_chain_tangent(x) for x in CHAIN_POINTS]
    matrix = mpmath.matrix(CHAIN_SIZE, CHAIN_SIZE)
    for row in range(CHAIN_SIZE):
        for n in range(CHAIN_SIZE):
            matrix[row, n] = tangents[n][row]
    return [*mpmath.lu_solve(matrix, -mpmath.matrix(tangents[-1])), mpmath.mpf(1)]


def _lift(p: Any, other: Any, q: Any) -> list[Any]:
    """The lift to widths (2, 2) with shares P_2 = ((p, 1-p), (other, 1-other)), (q, 1-q); order of `_forward`."""
    w_1, w_2, b_1, s_2, b_2, weight, bias = _chain_parameters()
    inner = [s_2 * share for share in (p, 1 - p, other, 1 - other)]
    return [w_1, w_2, w_1, w_2, b_1, b_1, b_2, b_2, *inner, weight * q, weight * (1 - q), bias]


def _loss_moves(centre: list[Any], forward: Any, residual: list[Any], direction: list[Any]) -> tuple[Any, Any]:
    """The first and second derivative of the squared loss along a direction, for targets that leave this residual."""
    step = mpmath.mpf(10) ** -15
    targets = [forward(centre, x) - d for x, d in zip(CHAIN_POINTS, residual, strict=True)]

    def loss(t: Any) -> Any:
        moved = [c + t * e for c, e in zip(centre, direction, strict=True)]
        return sum((forward(moved, x) - y) ** 2 for x, y in zip(CHAIN_POINTS, targets, strict=True))

    before, here, after = loss(-step), loss(mpmath.mpf(0)), loss(step)
    return (after - before) / (2 * step), (after - 2 * here + before) / step**2


def test_the_symbolic_chain_is_the_chain() -> None:
    with mpmath.workdps(DIGITS):
        chain = Chain.of_depth(2)
        for x in CHAIN_POINTS:
            values = dict(zip([*chain.parameters, *X], [*_chain_parameters(), *x], strict=True))
            for symbolic, direct in zip(
                (*chain.sums, chain.output()), _chain_forward(_chain_parameters(), x), strict=True
            ):
                assert abs(_evaluate(symbolic, values) - direct) < mpmath.mpf(10) ** -50
            gradient = [_evaluate(diff(chain.output(), p), values) for p in chain.parameters]
            assert max(abs(g - t) for g, t in zip(gradient, _chain_tangent(x), strict=True)) < mpmath.mpf(10) ** -50


def test_a_real_lift_of_a_critical_chain_is_critical() -> None:
    with mpmath.workdps(DIGITS):
        lift = _lift(mpmath.mpf("0.3"), mpmath.mpf("0.8"), mpmath.mpf("0.4"))
        for residual, critical in ((_critical_residual(), True), ([mpmath.mpf(1)] * 8, False)):
            slopes = [
                _loss_moves(lift, _forward, residual, [mpmath.mpf(int(i == j)) for j in range(15)])[0]
                for i in range(15)
            ]
            assert (max(map(abs, slopes)) < mpmath.mpf(10) ** -24) is critical


def test_a_real_network_obeys_the_exact_identity_of_a_lift() -> None:
    with mpmath.workdps(DIGITS):
        theta = _generic_parameters(first_layer=True)
        w, b_1, b_2, u, v = theta[:4], theta[4:6], theta[6:8], theta[8:12], theta[12:14]
        chain = _chain_parameters()
        lower = [(v[0] * u[k] + v[1] * u[2 + k]) / chain[3] for k in range(2)]
        left, right = mpmath.mpf(0), mpmath.mpf(0)
        for x, d in zip(CHAIN_POINTS, _critical_residual(), strict=True):
            z_1, z_2, output = _chain_forward(chain, x)
            left += d * (_forward(theta, x) - output)
            first = [w[2 * i] * x[0] + w[2 * i + 1] * x[1] + b_1[i] for i in range(2)]
            states = [_softplus(0, z) for z in first]
            second = [u[2 * i] * states[0] + u[2 * i + 1] * states[1] + b_2[i] for i in range(2)]
            below = d * chain[3] * _softplus(1, z_2)
            for z, factor, paths, units in ((z_1, below, lower, first), (z_2, d, v, second)):
                for c, moved in zip(paths, units, strict=True):
                    bend = _softplus(0, moved) - _softplus(0, z) - _softplus(1, z) * (moved - z)
                    right += c * factor * bend
        assert abs(left) > mpmath.mpf(1) / 100
        assert abs(left - right) < mpmath.mpf(10) ** -50


@pytest.mark.parametrize("other", ["0.3", "0.8"])
def test_the_second_variation_of_a_real_lift_splits_if_it_is_uniform(other: str) -> None:
    with mpmath.workdps(DIGITS):
        p, q = mpmath.mpf("0.3"), mpmath.mpf("0.4")
        chain, residual = _chain_parameters(), _critical_residual()
        direction = [mpmath.cos(5 * k + 2) for k in range(15)]
        dw, db_1, db_2, du, dv, db_out = (
            *(direction[i : i + n] for i, n in ((0, 4), (4, 2), (6, 2), (8, 4), (12, 2))),
            direction[14],
        )
        top = (q, 1 - q)
        inner = (q * p + (1 - q) * mpmath.mpf(other), q * (1 - p) + (1 - q) * (1 - mpmath.mpf(other)))
        rows = (du[0] + du[1], du[2] + du[3])

        def mean(parts: tuple[Any, Any], values: tuple[Any, Any]) -> Any:
            return parts[0] * values[0] + parts[1] * values[1]

        means = [
            *(mean(inner, (dw[j], dw[2 + j])) for j in range(2)),
            mean(inner, (db_1[0], db_1[1])),
            mean(top, rows),
            mean(top, (db_2[0], db_2[1])),
            dv[0] + dv[1],
            db_out,
        ]
        _, alone = _loss_moves(chain, lambda c, x: _chain_forward(c, x)[2], residual, means)
        _, together = _loss_moves(_lift(p, mpmath.mpf(other), q), _forward, residual, direction)
        for x, d in zip(CHAIN_POINTS, residual, strict=True):
            z_1, z_2, _ = _chain_forward(chain, x)
            below = d * chain[3] * _softplus(1, z_2)
            for i in range(2):
                low = (dw[2 * i] - means[0]) * x[0] + (dw[2 * i + 1] - means[1]) * x[1] + db_1[i] - means[2]
                high = (rows[i] - means[3]) * _softplus(0, z_1) + db_2[i] - means[4]
                alone += 2 * chain[5] * inner[i] * below * _softplus(2, z_1) * low**2
                alone += 2 * chain[5] * top[i] * d * _softplus(2, z_2) * high**2
        uniform = mpmath.mpf(other) == p
        assert (abs(together - alone) < mpmath.mpf(10) ** -18) is uniform


@pytest.mark.parametrize("formulas", LOSS_FORMULAS, ids=lambda formulas: formulas.name)
def test_the_checker_computes_the_losses_of_the_derivations(formulas: LossFormulas) -> None:
    loss = LOSSES[formulas.name]
    for t, other, y in ((fmpq(-3, 4), fmpq(5, 8), fmpq(1, 8)), (fmpq(7, 4), fmpq(-2), fmpq(3, 4))):
        numbers = [Rational(int(a.p), int(a.q)) for a in (t, other, y)]
        for ball, formula in (
            (loss.value(arb(t), arb(y)), formulas.value(numbers[0], numbers[2])),
            (loss.residual(arb(t), arb(y)), formulas.residual(numbers[0], numbers[2])),
            (loss.curvature(arb(t), arb(y)), formulas.curvature(numbers[0], numbers[2])),
            (loss.advantage(arb(t), arb(other), arb(y)), formulas.advantage(*numbers)),
        ):
            assert ball.overlaps(arb(str(formula.evalf(40)))), (formulas.name, formula)
            assert abs(ball).rad() < 1e-9


def test_every_loss_has_its_formulas() -> None:
    assert [formulas.name for formulas in LOSS_FORMULAS] == list(LOSSES)
