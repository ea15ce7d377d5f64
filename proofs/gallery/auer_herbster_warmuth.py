"""auer-herbster-warmuth/1: a single neuron with exponentially many local minima."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import prod

from flint import arb, fmpq

from proofs.balls import Sign, sign
from proofs.document import Reader
from proofs.instance import Instance
from proofs.kernel import Conclusion, Fact, Lemma, Rejected, Undecided

Interval = tuple[fmpq, fmpq]


@dataclass(frozen=True, slots=True)
class ManyMinima:
    """The loss of the single neuron has at least `count` different local minima."""

    count: int


def _check(instance: Instance, premises: tuple[Fact, ...], arguments: Reader) -> Conclusion:
    if instance.loss.name != "squared" or instance.architecture.outputs != 1:
        raise Rejected("AH01", "the theorem is about the squared loss and one target for each sample")
    features = instance.inputs.columns
    owners = [[j for j in range(features) if instance.inputs.entry(n, j) != 0] for n in range(instance.samples)]
    if any(len(owner) > 1 for owner in owners):
        raise Rejected("AH02", "a sample has two features that are not 0")
    axes = arguments.sections("axes")
    if len(axes) != features:
        raise Rejected("AH03", f"expected {features} lists of brackets, one for each feature")
    counts = []
    for j, axis in enumerate(axes):
        brackets = _brackets(axis)
        samples = [
            (instance.inputs.entry(n, j), instance.targets.entry(n, 0)) for n, own in enumerate(owners) if own == [j]
        ]
        for bracket in brackets:
            _demand_valley(instance, samples, bracket)
        counts.append(len(brackets))
    count = prod(counts)
    name = instance.architecture.activation.name
    return Conclusion(
        ManyMinima(count),
        f"the squared loss of the single neuron {name}(w.x), without bias and outgoing weight, has at least {count} "
        f"different local minima on these {instance.samples} samples",
        f"{' x '.join(map(str, counts))}; floor(N/d)^d = {(instance.samples // features) ** features}",
    )


def _brackets(axis: Reader) -> list[Interval]:
    """Intervals of one weight, from left to right, with no inner point in common."""
    brackets = []
    for item in axis.sections("brackets"):
        brackets.append((item.rational("lower"), item.rational("upper")))
        item.finish()
    axis.finish()
    ends = [end for bracket in brackets for end in bracket]
    if not brackets or any(low >= high for low, high in brackets) or ends != sorted(ends):
        raise Rejected("AH03", "expected brackets lower < upper from left to right, at least one for each feature")
    return brackets


def _demand_valley(instance: Instance, samples: Sequence[tuple[fmpq, fmpq]], bracket: Interval) -> None:
    """The loss over the samples of one axis falls at the left end of the bracket and rises at the right one, so its
    least value on the bracket is inside."""
    for x, _ in samples:
        if not instance.architecture.activation.is_continuous_on(*sorted(weight * x for weight in bracket)):
            raise Undecided("AH04", "the activation may jump within a bracket")
    for weight, wanted in zip(bracket, (Sign.NEGATIVE, Sign.POSITIVE), strict=True):
        found = sign(_half_slope(instance, samples, weight))
        if found is Sign.UNKNOWN:
            raise Undecided("AH04", f"cannot tell whether the loss falls or rises at {weight}")
        if found is not wanted:
            raise Rejected("AH04", f"the loss has the wrong slope at {weight}: no valley is shown")


def _half_slope(instance: Instance, samples: Sequence[tuple[fmpq, fmpq]], weight: fmpq) -> arb:
    """sum_n (s(w x_n) - y_n) s'(w x_n) x_n."""
    total = arb(0)
    for x, y in samples:
        value, slope, _, _ = instance.architecture.activation.jet(arb(weight * x))
        total += (value - arb(y)) * slope * arb(x)
    return total


LEMMA = Lemma(
    name="auer-herbster-warmuth/1",
    title="one neuron, many minima",
    statement=(
        "Let every sample have at most one feature that is not 0. Then the squared loss of the single neuron s(w.x), "
        "with the activation s and no bias or outgoing weight, is the sum over the features j of a function of w_j "
        "alone (and a constant). If that function is continuous and certainly falls at the left end and rises at the "
        "right end of k_j intervals without common inner points, it has a local minimum inside each, and every choice"
        " of one of them for each feature is a local minimum of the loss: at least the product of the k_j different "
        "ones. Of the instance's network only the activation is used."
    ),
    source="docs/gallery/auer-herbster-warmuth.md (after P. Auer, M. Herbster, M. Warmuth 1996)",
    premises=(),
    check=_check,
)
