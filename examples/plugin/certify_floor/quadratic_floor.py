"""quadratic-floor/1: no network with one hidden layer of z^2, however wide, has a smaller loss than this."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations_with_replacement

from flint import fmpq

from proofs.document import Reader
from proofs.instance import Instance
from proofs.kernel import Conclusion, Fact, Lemma, Rejected


@dataclass(frozen=True, slots=True)
class QuadraticFloor:
    """E >= floor > 0 for every choice of widths and parameters."""

    floor: fmpq


def _check(instance: Instance, premises: tuple[Fact, ...], arguments: Reader) -> Conclusion:
    network = instance.architecture
    weights = arguments.rationals("weights")
    if network.activation.name != "square" or network.depth != 1:
        raise Rejected("QF01", "the theorem is about one hidden layer of the activation square")
    if instance.loss.name != "squared" or network.outputs != 1:
        raise Rejected("QF02", "the theorem is about one output and the squared loss")
    if len(weights) != instance.samples:
        raise Rejected("QF03", f"expected {instance.samples} weights, one for each sample")
    columns = [[fmpq(1)] * instance.samples, *(instance.inputs.column(j) for j in range(instance.inputs.columns))]
    for first, second in combinations_with_replacement(columns, 2):  # 1, x_j and x_j x_k
        if _inner(weights, [a * b for a, b in zip(first, second, strict=True)]) != 0:
            raise Rejected("QF04", "the weights are not orthogonal to all quadratic polynomials")
    product = _inner(weights, instance.targets.column(0))
    if product == 0:
        raise Rejected("QF05", "the weights are orthogonal to the targets: they show nothing")
    floor = product * product / _inner(weights, weights)
    return Conclusion(
        QuadraticFloor(floor),
        f"every network with one hidden layer of square units, of any width, has loss at least {floor}",
    )


def _inner(x: list[fmpq] | tuple[fmpq, ...], y: list[fmpq] | tuple[fmpq, ...]) -> fmpq:
    return sum((a * b for a, b in zip(x, y, strict=True)), fmpq(0))


LEMMA = Lemma(
    name="quadratic-floor/1",
    title="floor of quadratic networks",
    statement=(
        "Let weights λ_n of the samples be orthogonal to 1, x_j and x_j x_k for all features j, k, and not to the "
        "targets. A network with one hidden layer of the activation z^2 and one output, of any width, computes a "
        "quadratic polynomial T of its inputs, so <λ, T> = 0, and by the Cauchy-Schwarz inequality its squared loss "
        "is E = |T - Y|^2 ≥ <λ, Y>^2 / |λ|^2 > 0."
    ),
    source="the README of certify-floor",
    premises=(),
    check=_check,
)
