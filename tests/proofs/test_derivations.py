"""The symbolic side of the lemmas: every identity holds, needs each of its hypotheses, and is about a real network."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import mpmath
import pytest

import proofs
from proofs.derivations import DERIVATIONS, Derivation, Hypothesis, derivations_for
from proofs.derivations.algebra import Matrix, Sigma, cos, diff, exp, is_zero, moment, sin, symbols, tanh
from proofs.derivations.network import D, Network, X, over_data

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
