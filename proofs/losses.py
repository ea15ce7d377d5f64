"""Convex losses: E = sum_n l(T_n, y_n) for an output T and a target y, enclosed in balls.

Everything is halved, so that the squared loss has D = T - y: D = l'/2 is the residual of the theorems, in which
E(theta) - E* >= 2 <D, T_theta - T*> is all that convexity has to give (docs/mathematics.md, section 12).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from flint import arb, fmpq

from proofs.balls import square


@dataclass(frozen=True, slots=True)
class Loss:
    """One loss, convex and twice differentiable in T.

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
            "log(1 + e^T) - y T",
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
            "e^T - y T",
            value=lambda t, y: t.exp() - y * t,
            residual=lambda t, y: (t.exp() - y) / 2,
            curvature=lambda t, y: t.exp() / 2,
            advantage=lambda t, other, y: t.exp() - other.exp() - y * (t - other),
            steepest=lambda t, y: t.exp().max(y) / 2,
            lower=0,
        ),
    )
}
