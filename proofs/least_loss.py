"""The least loss that any function of the inputs has: of each group of equal inputs, the infimum of its loss over the
outputs, which are the same for all of them (docs/mathematics.md, examined-optimum/1)."""

from __future__ import annotations

from dataclasses import dataclass

from flint import arb, fmpq

from proofs.balls import Sign, lower_bound, sign, square, upper_bound
from proofs.instance import Instance
from proofs.kernel import Rejected
from proofs.losses import CrossEntropy

_HALVINGS = 64


@dataclass(frozen=True, slots=True)
class LeastLoss:
    """An infimum: its exact part and an enclosure of the rest, and whether some outputs have it."""

    exact: fmpq
    rest: arb
    attained: bool

    def __add__(self, other: LeastLoss) -> LeastLoss:
        return LeastLoss(self.exact + other.exact, self.rest + other.rest, self.attained and other.attained)

    @property
    def bounds(self) -> tuple[fmpq, fmpq]:
        """Equal where the infimum is a rational that is known exactly."""
        return self.exact + lower_bound(self.rest), self.exact + upper_bound(self.rest)


def least_loss(instance: Instance, code: str) -> LeastLoss:
    """Of all functions of the inputs, for targets for which the loss is bounded below.

    Raises:
        Rejected: with this code, it is not; or targets of the cross-entropy that are no probability vector.
    """
    total = LeastLoss(fmpq(0), arb(0), True)
    for group in instance.distinct_inputs:
        rows = [instance.targets.row(n) for n in group]
        if isinstance(instance.loss, CrossEntropy):
            if not all(instance.loss.allows(row) for row in rows):
                raise Rejected(code, "the targets of a sample are not a probability vector")
            total += _entropy(len(rows), [_mean(column) for column in zip(*rows, strict=True)])
            continue
        for column in zip(*rows, strict=True):
            total += _of_one_output(instance.loss.name, column, code)
    return total


def _of_one_output(loss: str, targets: tuple[fmpq, ...], code: str) -> LeastLoss:
    """inf over t of the sum of l(t, y) over these y."""
    number, mean = len(targets), _mean(targets)
    if loss == "squared":
        return LeastLoss(sum(((y - mean) ** 2 for y in targets), fmpq(0)), arb(0), True)
    if loss == "pseudo-huber":
        return _pseudo_huber(targets)
    if mean < 0 or (loss == "logistic" and mean > 1):
        raise Rejected(code, "targets for which the loss is not bounded below")
    if loss == "logistic":
        return _entropy(number, [mean, 1 - mean])
    # Poisson: k e^t - k m t is least at t = ln m, and for m = 0 tends to 0 as t falls.
    return LeastLoss(number * mean, arb(0), True) + _entropy(number, [mean])


def _entropy(number: int, means: list[fmpq]) -> LeastLoss:
    """number * sum -m ln m, with 0 ln 0 = 0; of a mean 0 the infimum is not attained."""
    terms = (arb(m) * arb(m).log() for m in means if m)
    return LeastLoss(fmpq(0), -number * sum(terms, arb(0)), all(means))


def _pseudo_huber(targets: tuple[fmpq, ...]) -> LeastLoss:
    """It is least between the least and the largest target, where f'' is at least a positive c; so there
    f(t) - f'(t)^2 / (2 c) <= min f <= f(t) for every t, and a t near the minimum makes this sharp."""
    low, high = min(targets), max(targets)
    if low == high:
        return LeastLoss(fmpq(0), arb(0), True)
    bend = len(targets) / _root(high - low) ** 3

    def slope(t: fmpq) -> arb:
        return sum((arb(t - y) / _root(t - y) for y in targets), arb(0))

    at = (low + high) / 2
    for _ in range(_HALVINGS):
        decided = sign(slope(at))
        if decided is Sign.UNKNOWN:
            break
        low, high = (at, high) if decided is Sign.NEGATIVE else (low, at)
        at = (low + high) / 2
    value = sum((_root(at - y) - 1 for y in targets), arb(0))
    below = value - square(slope(at)) / (2 * bend)
    return LeastLoss(fmpq(0), below.union(value), True)


def _root(t: fmpq) -> arb:
    return (1 + square(arb(t))).sqrt()


def _mean(values: tuple[fmpq, ...]) -> fmpq:
    return sum(values, fmpq(0)) / len(values)
