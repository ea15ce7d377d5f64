"""Fitted points: cases made by `certify` once and kept in data_fitted/, and the chain and its network a second time,
in mpmath and in floats, from the definition in docs/mathematics.md."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

import mpmath
import numpy as np
from flint import fmpq

from proofs.kernel import Conclusion, Fact
from proofs.lemmas import LEMMAS
from proofs.lemmas.fitted_point import FittedPoint
from tests.proofs.build import Case, changed
from tests.proofs.network import FLOAT_SIGMA, Array, Weights
from tests.proofs.oracle import real, sigma

POINT = "fitted-point/1"
ANY = "any-lift/1"
UNIFORM = "uniform-lift/1"
REGION = "fitted-region/1"
BETTER = "fitted-better-point/1"
OPTIMUM = "fitted-optimum/1"

# sigma(z + c) = e^c sigma(z), or sigma(c z) = c^k sigma(z)
FLAT = {"exp": "shift", "square": "scale", "cube": "scale", "relu_squared": "scale"}

FOLDER = Path(__file__).parent / "data_fitted"
EPSILON = Fraction(1, 10**30)
DIGITS = 60


def _load(path: Path) -> Case:
    document = json.loads(path.read_text(encoding="utf-8"))
    certificate = document["certificate"]
    assert certificate["precision"] == 128
    arguments = {step["lemma"]: step["arguments"] for step in certificate["steps"]}
    return Case(document["instance"], arguments, certificate["claim"])


FITTED = {path.stem: _load(path) for path in sorted(FOLDER.glob("*.json"))}
SIGMOID, LOGISTIC, POISSON, HUBER = (FITTED[n] for n in ("sigmoid", "logistic", "poisson", "pseudo-huber"))
TWO, TWO_BIASED, THREE = FITTED["two-layers"], FITTED["two-layers-bias"], FITTED["three-layers"]
UNEVEN = FITTED["uniform"]  # Theorem 25 holds and Theorem 24 does not
KINKED, DEPENDENT, REPEATED = FITTED["kinked"], FITTED["dependent"], FITTED["repeated"]


def having(*lemmas: str) -> dict[str, Case]:
    return {name: case for name, case in FITTED.items() if all(lemma in case.arguments for lemma in lemmas)}


@cache
def _fact(name: str) -> Fact:
    case = FITTED[name]
    return Fact("fitted-point", LEMMAS[POINT], case.step(POINT))


def point_of(case: Case) -> FittedPoint:
    """The proposition of fitted-point/1; those of the stored cases are made once."""
    for name, stored in FITTED.items():
        if stored is case:
            conclusion = _fact(name).conclusion
            break
    else:
        conclusion = case.step(POINT)
    assert isinstance(conclusion.proposition, FittedPoint)
    return conclusion.proposition


def stranger() -> Fact:
    return Fact("s1", LEMMAS[POINT], Conclusion("a critical chain, believe me", ""))


def rational(text: Any) -> fmpq:
    value = Fraction(text)
    return fmpq(value.numerator, value.denominator)


def fraction(x: fmpq) -> Fraction:
    return Fraction(int(x.p), int(x.q))


def decimals(number: Any, digits: int = 40) -> str:
    """An mpmath number to the nearest decimal, as a fraction."""
    with mpmath.workdps(2 * digits):
        return str(Fraction(int(mpmath.nint(number * 10**digits)), 10**digits))


# l(T, y), and half its first derivative in T.
LOSS: dict[str, tuple[Callable[[Any, Any], Any], Callable[[Any, Any], Any]]] = {
    "squared": (lambda t, y: (t - y) ** 2, lambda t, y: t - y),
    "logistic": (
        lambda t, y: mpmath.log(1 + mpmath.exp(t)) - y * t,
        lambda t, y: (mpmath.exp(t) / (1 + mpmath.exp(t)) - y) / 2,
    ),
    "pseudo-huber": (
        lambda t, y: mpmath.hypot(1, t - y) - 1,
        lambda t, y: (t - y) / (2 * mpmath.hypot(1, t - y)),
    ),
    "poisson": (lambda t, y: mpmath.exp(t) - y * t, lambda t, y: (mpmath.exp(t) - y) / 2),
}

FLOAT_LOSS: dict[str, Callable[[Array, Array], Array]] = {
    "squared": lambda t, y: (t - y) ** 2,
    "logistic": lambda t, y: np.logaddexp(0, t) - y * t,
    "pseudo-huber": lambda t, y: np.sqrt(1 + (t - y) ** 2) - 1,
    "poisson": lambda t, y: np.exp(t) - y * t,
}


@dataclass(frozen=True)
class Precise:
    """The chain in mpmath; parameters w, b_1, s_2, b_2, .., s_H, b_H, V (, beta) as in proofs/chain.py."""

    name: str
    depth: int
    bias: bool
    loss_name: str
    inputs: list[list[Any]]

    def pre_activations(self, c: Sequence[Any]) -> list[list[Any]]:
        """z_h(n) for each layer."""
        d = len(self.inputs[0])
        sums = [[mpmath.fdot(x, c[:d]) + c[d] for x in self.inputs]]
        for h in range(1, self.depth):
            s, b = c[d + 2 * h - 1], c[d + 2 * h]
            sums.append([s * sigma(self.name, z) + b for z in sums[-1]])
        return sums

    def outputs(self, c: Sequence[Any]) -> list[Any]:
        top = len(self.inputs[0]) + 2 * self.depth - 1
        beta = c[top + 1] if self.bias else 0
        return [c[top] * sigma(self.name, z) + beta for z in self.pre_activations(c)[-1]]

    def loss(self, c: Sequence[Any], targets: Sequence[Any]) -> Any:
        value = LOSS[self.loss_name][0]
        return mpmath.fsum(value(t, y) for t, y in zip(self.outputs(c), targets, strict=True))

    def residual(self, c: Sequence[Any], targets: Sequence[Any]) -> list[Any]:
        half = LOSS[self.loss_name][1]
        return [half(t, y) for t, y in zip(self.outputs(c), targets, strict=True)]

    def half_gradient(self, c: Sequence[Any], targets: Sequence[Any]) -> list[Any]:
        """By the chain rule, from the last layer down."""
        d = len(self.inputs[0])
        sums = self.pre_activations(c)
        force = self.residual(c, targets)  # half the derivative of the loss in what arrives at the output
        found = [mpmath.fsum(force)] if self.bias else []
        factor = c[d + 2 * self.depth - 1]
        for h in range(self.depth, 0, -1):
            states = [sigma(self.name, z) for z in sums[h - 1]]
            found.insert(0, mpmath.fdot(force, states))  # V in the first round, then s_H, .., s_2
            force = [f * factor * sigma(self.name, z, 1) for f, z in zip(force, sums[h - 1], strict=True)]
            found.insert(0, mpmath.fsum(force))  # b_h
            factor = c[d + 2 * h - 3] if h > 1 else None
        weights = [mpmath.fdot(force, [x[j] for x in self.inputs]) for j in range(d)]
        return [*weights, *found]

    def half_hessian(self, c: Sequence[Any], targets: Sequence[Any], step: Any = None) -> Any:
        """Central differences of the gradient."""
        step = step or mpmath.mpf(10) ** (-mpmath.mp.dps // 3)
        columns = []
        for k in range(len(c)):
            ends = []
            for direction in (1, -1):
                moved = list(c)
                moved[k] += direction * step
                ends.append(self.half_gradient(moved, targets))
            columns.append([(a - b) / (2 * step) for a, b in zip(*ends, strict=True)])
        return mpmath.matrix(columns)

    @property
    def free(self) -> list[int]:
        """The parameters that are not fixed: all, but for s_2, .., s_H and V of activations with a flat direction."""
        d = len(self.inputs[0])
        size = d + 2 * self.depth + self.bias
        factors = [d + 2 * h - 1 for h in range(1, self.depth + 1)] if self.name in FLAT else []
        return [k for k in range(size) if k not in factors]

    def critical(self, start: Sequence[Any], targets: Sequence[Any]) -> list[Any]:
        """The critical point near `start`, by Newton's method with the Hessian of the start."""
        full, free = self.half_hessian(start, targets), self.free
        inverse = mpmath.matrix([[full[i, j] for j in free] for i in free]) ** -1
        c = list(start)
        for _ in range(60):
            gradient = self.half_gradient(c, targets)
            step = inverse * mpmath.matrix([gradient[k] for k in free])
            for k, s in zip(free, step, strict=True):
                c[k] -= s
            if mpmath.norm(step) < mpmath.mpf(10) ** (10 - mpmath.mp.dps):
                return c
        raise AssertionError("Newton's method does not settle")


def basis_of(case: Case) -> list[int]:
    dependent = [item["feature"] for item in case.arguments[POINT]["dependent"]]
    return [j for j in range(case.instance.inputs.columns) if j not in dependent]


def precise(case: Case) -> Precise:
    instance = case.instance
    network, basis = instance.architecture, basis_of(case)
    inputs = [[real(instance.inputs.entry(n, j)) for j in basis] for n in range(instance.samples)]
    return Precise(network.activation.name, network.depth, network.output_bias, instance.loss.name, inputs)


def centre_of(case: Case) -> list[Fraction]:
    chain = case.arguments[POINT]["chain"]
    middle = [v for pair in zip(chain["scales"], chain["biases"][1:], strict=True) for v in pair]
    top = [chain["output_weight"], *([chain["output_bias"]] if "output_bias" in chain else [])]
    return [Fraction(v) for v in (*chain["weights"], chain["biases"][0], *middle, *top)]


def targets_of(case: Case) -> list[Fraction]:
    instance = case.instance
    return [fraction(instance.targets.entry(n, 0)) for n in range(instance.samples)]


def moved_targets(case: Case, count: int, seed: int = 0) -> list[list[Fraction]]:
    """The instance's targets, and corners and inner points of the box of targets around them."""
    rng = np.random.default_rng(seed)
    radius, middle = Fraction(case.arguments[POINT]["target_radius"]), targets_of(case)
    found = [middle]
    while len(found) < count:
        corner = rng.choice([-1, 1], len(middle))
        inner = [Fraction(int(v), 10) for v in rng.integers(-10, 11, len(middle))]
        shifts = corner.tolist() if len(found) % 3 else inner
        found.append([y + radius * s for y, s in zip(middle, shifts, strict=True)])
    return found


def ratios_of(case: Case) -> list[Fraction]:
    """The targets of each output over those of the first."""
    return [Fraction(e) for e in case.arguments[POINT].get("ratios", ["1"])]


def target_rows(case: Case, targets: Sequence[Fraction]) -> list[list[str]]:
    """The targets of all outputs."""
    return [[str(e * y) for e in ratios_of(case)] for y in targets]


@dataclass(frozen=True)
class Critical:
    """The critical chain for one vector of targets of a case, to DIGITS digits; `share` is |e|^2."""

    chain: Precise
    parameters: list[Any]
    targets: list[Any]
    share: Any

    @property
    def loss(self) -> Any:
        """E* of all outputs."""
        return self.share * self.chain.loss(self.parameters, self.targets)

    @property
    def residual(self) -> list[Any]:
        return self.chain.residual(self.parameters, self.targets)

    def layers(self) -> list[LayerOfForms]:
        """V Q_h for every layer, from the definitions; the spaces are without the flat direction if there is one."""
        chain, c = self.chain, self.parameters
        d = len(chain.inputs[0])
        sums = chain.pre_activations(c)
        reach = [c[d + 2 * chain.depth - 1]] * len(chain.inputs)
        reaches = [reach]
        for h in range(chain.depth, 1, -1):
            reach = [t * sigma(chain.name, z, 1) * c[d + 2 * h - 3] for t, z in zip(reach, sums[h - 1], strict=True)]
            reaches.insert(0, reach)
        flat = FLAT.get(chain.name)
        rows = [[*x, mpmath.mpf(1)] for x in chain.inputs]
        if flat:
            rows = [row[:-1] if flat == "shift" else row[1:] for row in rows]
        own = rows
        found = []
        for h in range(chain.depth):
            if h:
                below = sums[h - 1]
                slopes = [c[d + 2 * h - 1] * sigma(chain.name, z, 1) for z in below]
                own = [[sigma(chain.name, z), mpmath.mpf(1)] for z in below]
                if flat:
                    own = [[state] if flat == "shift" else [one] for state, one in own]
                rows = [[*(a * u for u in row), *new] for a, row, new in zip(slopes, rows, own, strict=True)]
            bends = [sigma(chain.name, z, 2) for z in sums[h]]
            coefficients = [x * t * b for x, t, b in zip(self.residual, reaches[h], bends, strict=True)]
            found.append(LayerOfForms(sums[h], rows, own, reaches[h], coefficients))
        return found


@dataclass(frozen=True)
class LayerOfForms:
    """One layer: z_h, rows that span U_h and L_h, dT/dsigma(z_h), and D_n t_h(n) sigma''(z_h(n))."""

    sums: list[Any]
    wide: list[list[Any]]
    own: list[list[Any]]
    reach: list[Any]
    coefficients: list[Any]


def eigenvalues(rows: Sequence[Sequence[Any]], coefficients: Sequence[Any]) -> list[Any]:
    """Of sum_n a_n z_n z_n^T relative to sum_n z_n z_n^T, in ascending order."""
    matrix = mpmath.matrix(list(map(list, rows)))
    gram = matrix.T * matrix
    form = matrix.T * mpmath.matrix([[a * v for v in row] for a, row in zip(coefficients, rows, strict=True)])
    root = mpmath.cholesky(gram) ** -1
    return sorted(mpmath.eigsy(root * form * root.T, eigvals_only=True))


def critical(case: Case, targets: Sequence[Fraction]) -> Critical:
    with mpmath.workdps(DIGITS):
        chain, values = precise(case), [real(y) for y in targets]
        share = real(sum((e * e for e in ratios_of(case)), Fraction(0)))
        return Critical(chain, chain.critical([real(c) for c in centre_of(case)], values), values, share)


@cache
def _criticals(name: str, count: int) -> tuple[Critical, ...]:
    return tuple(critical(FITTED[name], targets) for targets in moved_targets(FITTED[name], count))


def criticals(name: str, count: int) -> tuple[Critical, ...]:
    """Critical chains of a stored case for `count` vectors of targets in its box."""
    return _criticals(name, 5)[:count]


def _target(loss: str, output: Any, residual: Any) -> Any:
    """The y whose residual at this T is the one given."""
    if loss == "pseudo-huber":
        return output - 2 * residual / mpmath.sqrt(1 - 4 * residual**2)
    mean = {"squared": output, "logistic": 1 / (1 + mpmath.exp(-output)), "poisson": mpmath.exp(output)}[loss]
    return mean - residual * (1 if loss == "squared" else 2)


def scaled(
    case: Case, factor: Any, target_radius: Fraction = Fraction(0), radii: Fraction = Fraction(1, 10**12)
) -> Case:
    """The same chain for targets that make its residual `factor` D: critical as before."""
    with mpmath.workdps(DIGITS):
        found = critical(case, targets_of(case))
        outputs = found.chain.outputs(found.parameters)
        shrunk = [real(Fraction(factor)) * d for d in found.residual]
        targets = [_target(found.chain.loss_name, t, d) for t, d in zip(outputs, shrunk, strict=True)]
        numbers = [decimals(c) for c in found.parameters]
        short = [Fraction(decimals(y)) for y in targets]
        document = changed(case.document, {"data.targets": target_rows(case, short)})
    features, depth = len(basis_of(case)), case.instance.architecture.depth
    middle = numbers[features + 1 : features + 2 * depth - 1]
    chain = {
        "weights": numbers[:features],
        "biases": [numbers[features], *middle[1::2]],
        "scales": middle[::2],
        "output_weight": numbers[features + 2 * depth - 1],
    }
    if case.instance.architecture.output_bias:
        chain["output_bias"] = numbers[-1]
    arguments = case.arguments[POINT] | {
        "chain": chain,
        "target_radius": str(target_radius),
        "radii": [str(radii)] * len(case.arguments[POINT]["radii"]),
    }
    return Case(document, case.arguments | {POINT: arguments}, case.claim)


def _negated(text: str) -> str:
    return str(-Fraction(text))


def upside_down(case: Case) -> Case:
    """The case with targets -Y and output weight -V, for a loss that depends on T - y: nothing else changes."""
    arguments = changed(case.arguments, {})
    point = arguments[POINT]
    tops = [key for key in ("output_weight", "output_bias") if key in point["chain"]]
    for k, key in enumerate(tops):
        point["chain"][key] = _negated(point["chain"][key])
        row = len(point["frame"]) - len(tops) + k
        point["frame"][row] = list(map(_negated, point["frame"][row]))
    last = arguments[BETTER]["layers"][-1]
    last["weights"] = [list(map(_negated, row)) for row in last["weights"]]
    last["biases"] = list(map(_negated, last["biases"]))
    targets = [[_negated(y)] for (y,) in case.document["data"]["targets"]]
    return Case(changed(case.document, {"data.targets": targets}), arguments, case.claim)


def long(number: Any) -> Any:
    """An mpmath number in extended precision."""
    return np.longdouble(mpmath.nstr(number, 30))


def longs(numbers: Any) -> Array:
    return np.array([long(v) for v in numbers], dtype=np.longdouble)


@dataclass
class Lifts:
    """Networks around the lifts of a critical chain, in extended precision."""

    case: Case
    found: Critical
    rng: np.random.Generator

    def __post_init__(self) -> None:
        instance = self.case.instance
        self.name, self.depth = self.found.chain.name, self.found.chain.depth
        with mpmath.workdps(DIGITS):
            self.inputs = np.array([longs([real(v) for v in instance.inputs.row(n)]) for n in range(instance.samples)])
            self.targets, self.residual = longs(self.found.targets), longs(self.found.residual)
            self.chain_outputs = longs(self.found.chain.outputs(self.found.parameters))
            sums = self.found.chain.pre_activations(self.found.parameters)
            self.sums = [longs(layer) for layer in sums]
            self.slopes = [longs(sigma(self.name, z, 1) for z in layer) for layer in sums]
            self.chain_top = longs(sigma(self.name, z) for z in sums[-1])
            self.least = long(self.found.loss)
            numbers = longs(self.found.parameters)
        basis = basis_of(self.case)
        self.weights = np.zeros(instance.inputs.columns, dtype=np.longdouble)
        self.weights[basis] = numbers[: len(basis)]
        rest = numbers[len(basis) :]
        self.biases = [rest[0], *rest[2 : 2 * self.depth - 1 : 2]]
        self.scales = list(rest[1 : 2 * self.depth - 2 : 2])
        self.top = rest[2 * self.depth - 1]
        self.offset = rest[2 * self.depth] if self.found.chain.bias else np.longdouble(0)

    def sample(self, widths: Sequence[int], radius: float) -> Weights:
        """Parameters of the box of fitted-region/1 of this radius, corners above all."""
        radius = np.longdouble(radius)
        hidden = [self.weights + radius * self._corner((widths[0], len(self.weights)))]
        biases = [self.biases[0] + radius * self._corner((widths[0],))]
        for h in range(1, self.depth):
            shares = self._shares(widths[h], widths[h - 1], radius)
            hidden.append(self.scales[h - 1] * shares)
            biases.append(self.biases[h] + radius * self._corner((widths[h],)))
        last = self.top * self.rng.uniform(0, 10, (1, widths[-1]))
        last *= self.rng.random((1, widths[-1])) < 0.8
        if self.rng.random() < 0.5 and np.any(last):
            last *= self.top / last.sum()
        offset = self.offset + (self.rng.normal() if self.found.chain.bias else 0)
        return Weights(hidden, biases, last, np.array([offset]))

    def lift(self, widths: Sequence[int], shares: Sequence[Array], top: Array) -> Weights:
        """The lift with the stated shares."""
        hidden = [np.tile(self.weights, (widths[0], 1))]
        hidden += [s * np.asarray(p, dtype=np.longdouble) for s, p in zip(self.scales, shares, strict=True)]
        biases = [np.full(width, b) for width, b in zip(widths, self.biases, strict=True)]
        return Weights(hidden, biases, self.top * np.asarray([top], dtype=np.longdouble), np.array([self.offset]))

    def loss(self, weights: Weights) -> Any:
        outputs = weights.outputs(self.name, self.inputs)[:, 0]
        return FLOAT_LOSS[self.found.chain.loss_name](outputs, self.targets).sum()

    def inner(self, weights: Weights) -> Any:
        """The least V <D, sigma(z_{H,i}) - tau_H> / (|V| |D|_1) over the last units: the theorems say it is >= 0."""
        units = FLOAT_SIGMA[self.name](weights.hidden_units(self.name, self.inputs)[-1])
        forms = np.sign(self.top) * (self.residual @ (units - self.chain_top[:, None]))
        return forms.min() / np.abs(self.residual).sum()

    def _corner(self, shape: tuple[int, ...]) -> Array:
        kind = self.rng.integers(4)
        if kind == 0:
            return self.rng.uniform(-1, 1, shape)
        corners = self.rng.choice([-1.0, 1.0], shape)
        return corners if kind < 3 else corners * (self.rng.random(shape) < 0.3)

    def _shares(self, rows: int, columns: int, radius: Any) -> Array:
        kind = self.rng.integers(3)
        raw = np.ones((rows, columns))
        if kind == 1:
            raw = self.rng.gamma(0.2, size=(rows, columns)) + 1e-12
        if kind == 2:
            raw = np.zeros((rows, columns))
            raw[np.arange(rows), self.rng.integers(columns, size=rows)] = 1
        wide = raw.astype(np.longdouble)
        return wide / wide.sum(axis=1, keepdims=True) * (1 + radius * self._corner((rows, 1)))
