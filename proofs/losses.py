"""Convex losses: E = sum_n l(T_n, y_n) for the outputs T and the targets y of a sample, enclosed in balls.

Most are sums over the outputs of one l(T, y) of numbers, a `Loss`. The cross-entropy couples the outputs.

Everything is halved, so that the squared loss has D = T - y: D = l'/2 is the residual of the theorems, in which
E(theta) - E* >= 2 <D, T_theta - T*> is all that convexity has to give (docs/mathematics.md, section 12).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from flint import arb, fmpq

from proofs.balls import square


@dataclass(frozen=True, slots=True)
class AtSample:
    """A loss at the m outputs of one sample.

    Attributes:
        value: l.
        residual: D, half the first derivatives in the outputs.
        curvature: half the second derivatives in the outputs o <= p, by (o, p); those that are not listed are 0.
    """

    value: arb
    residual: list[arb]
    curvature: dict[tuple[int, int], arb]


@dataclass(frozen=True, slots=True)
class Loss:
    """A sum over the outputs of one loss, convex and twice differentiable in T.

    Attributes:
        name: its identifier in instances.
        formula: l(T, y), for people.
        value: l(T, y).
        residual: D = (dl/dT) / 2.
        curvature: (d^2 l / dT^2) / 2 >= 0.
        advantage: l(T, y) - l(t, y) for T, t, y; less wide than the difference of two values.
        steepest: a bound of `curvature` between T and the value at which l(., y) is least; also for a mean of several
            y, whose sum of losses is least between their best values.
        lower: targets are greater than this (None: any).
        upper: targets are smaller than this (None: any).
    """

    name: str
    formula: str
    value: Callable[[arb, arb], arb]
    residual: Callable[[arb, arb], arb]
    curvature: Callable[[arb, arb], arb]
    advantage: Callable[[arb, arb, arb], arb]
    steepest: Callable[[arb, arb], arb]
    lower: int | None = None
    upper: int | None = None

    def allows(self, target: fmpq) -> bool:
        """Whether the target lies between `lower` and `upper`."""
        return (self.lower is None or target > self.lower) and (self.upper is None or target < self.upper)

    def at(self, outputs: Sequence[arb], targets: Sequence[arb]) -> AtSample:
        """The loss of a sample."""
        pairs = list(zip(outputs, targets, strict=True))
        return AtSample(
            sum((self.value(t, y) for t, y in pairs), arb(0)),
            [self.residual(t, y) for t, y in pairs],
            {(o, o): self.curvature(t, y) for o, (t, y) in enumerate(pairs)},
        )

    def gain(self, outputs: Sequence[arb], others: Sequence[arb], targets: Sequence[arb]) -> arb:
        """By how much the loss of a sample is smaller at the other outputs."""
        rows = zip(outputs, others, targets, strict=True)
        return sum((self.advantage(t, other, y) for t, other, y in rows), arb(0))


@dataclass(frozen=True, slots=True)
class CrossEntropy:
    """-sum_o y_o log p_o for the probabilities p = softmax(T) and a probability vector y, such as a one-hot label.

    As sum(y) = 1, this is log sum_o e^T_o - sum_o y_o T_o. Half its derivatives are (p - y)/2 and (diag(p) - p p^T)/2
    (docs/mathematics.md, weight decay and the cross-entropy).
    """

    name: str = "cross-entropy"
    formula: str = "log sum_o exp(T_o) - sum_o y_o T_o"

    def allows(self, targets: Sequence[fmpq]) -> bool:
        """Whether they are a probability vector."""
        return all(y >= 0 for y in targets) and sum(targets, fmpq(0)) == 1

    def at(self, outputs: Sequence[arb], targets: Sequence[arb]) -> AtSample:
        """The loss of a sample."""
        p = softmax(outputs)
        products = {(o, k): p[o] * p[k] / 2 for o in range(len(p)) for k in range(o + 1, len(p))}
        # p_o (1 - p_o) is the sum of the p_o p_k, k != o: small where p_o is nearly 1, with all its digits.
        own = {(o, o): sum((c for pair, c in products.items() if o in pair), arb(0)) for o in range(len(p))}
        return AtSample(
            self._value(outputs, targets),
            [(probability - y) / 2 for probability, y in zip(p, targets, strict=True)],
            own | {pair: -c for pair, c in products.items()},
        )

    def gain(self, outputs: Sequence[arb], others: Sequence[arb], targets: Sequence[arb]) -> arb:
        """By how much the loss of a sample is smaller at the other outputs."""
        return self._value(outputs, targets) - self._value(others, targets)

    def _value(self, outputs: Sequence[arb], targets: Sequence[arb]) -> arb:
        """log(1 + sum of the e^(T_k - T_M), k != M) + sum_k y_k (T_M - T_k); this holds for every M."""
        top = max(range(len(outputs)), key=lambda k: outputs[k].mid())
        below = [(outputs[top] - t, y) for k, (t, y) in enumerate(zip(outputs, targets, strict=True)) if k != top]
        return sum(((-d).exp() for d, _ in below), arb(0)).log1p() + sum((y * d for d, y in below), arb(0))


def softmax(outputs: Sequence[arb]) -> list[arb]:
    """p_o = 1 / (1 + sum of the e^(T_k - T_o), k != o): each rises with T_o and falls with every T_k, and nothing
    cancels, so the enclosures are as narrow as the outputs allow; large outputs do no harm."""
    return [
        1 / (1 + sum(((t - at).exp() for k, t in enumerate(outputs) if k != o), arb(0))) for o, at in enumerate(outputs)
    ]


def _softplus(t: arb) -> arb:
    return t + (-t).exp().log1p() if t > 0 else t.exp().log1p()


def _sigmoid(t: arb) -> arb:
    return 1 / (1 + (-t).exp())


def _root(t: arb, y: arb) -> arb:
    return (1 + square(t - y)).sqrt()


LOSSES: dict[str, Loss] = {
    loss.name: loss
    for loss in (
        Loss(
            "squared",
            "(T - y)^2",
            value=lambda t, y: square(t - y),
            residual=lambda t, y: t - y,
            curvature=lambda t, y: arb(1),
            advantage=lambda t, other, y: (t - other) * (t + other - 2 * y),
            steepest=lambda t, y: arb(1),
        ),
        # The cross-entropy of a soft target y with the probability sigmoid(T), less the entropy of y up to a constant.
        Loss(
            "logistic",
            "log(1 + exp(T)) - y T",
            value=lambda t, y: _softplus(t) - y * t,
            residual=lambda t, y: (_sigmoid(t) - y) / 2,
            curvature=lambda t, y: _sigmoid(t) * _sigmoid(-t) / 2,
            advantage=lambda t, other, y: _softplus(t) - _softplus(other) - y * (t - other),
            steepest=lambda t, y: arb(1) / 8,
            lower=0,
            upper=1,
        ),
        Loss(
            "pseudo-huber",
            "sqrt(1 + (T - y)^2) - 1",
            value=lambda t, y: _root(t, y) - 1,
            residual=lambda t, y: (t - y) / _root(t, y) / 2,
            curvature=lambda t, y: square(1 / _root(t, y)) / _root(t, y) / 2,
            # sqrt(a) - sqrt(b) = (a - b) / (sqrt(a) + sqrt(b))
            advantage=lambda t, other, y: (t - other) * (t + other - 2 * y) / (_root(t, y) + _root(other, y)),
            steepest=lambda t, y: arb(1) / 2,
        ),
        # The negative log-likelihood of counts with mean e^T. It is least at e^T = y, and its curvature is e^T.
        Loss(
            "poisson",
            "exp(T) - y T",
            value=lambda t, y: t.exp() - y * t,
            residual=lambda t, y: (t.exp() - y) / 2,
            curvature=lambda t, y: t.exp() / 2,
            advantage=lambda t, other, y: t.exp() - other.exp() - y * (t - other),
            steepest=lambda t, y: t.exp().max(y) / 2,
            lower=0,
        ),
    )
}

AnyLoss = Loss | CrossEntropy
COUPLED: dict[str, CrossEntropy] = {loss.name: loss for loss in (CrossEntropy(),)}
EVERY_LOSS: dict[str, AnyLoss] = {**LOSSES, **COUPLED}
