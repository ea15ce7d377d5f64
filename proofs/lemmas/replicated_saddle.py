"""replicated-saddle/1: a critical point, some of whose units are replicated, is no local minimum of the wider
network."""

from __future__ import annotations

from dataclasses import dataclass

from flint import arb

from proofs.direction import Direction, negative_curvature, read_direction
from proofs.document import Reader
from proofs.full_network import evaluate, half_hessian_times, residuals
from proofs.instance import Instance
from proofs.kernel import Conclusion, Fact, Lemma, Rejected
from proofs.lemmas.critical_point import CriticalPoint
from proofs.replicas import read_replicas


@dataclass(frozen=True, slots=True, eq=False)
class ReplicatedSaddle:
    """The network with replicated units in these balls is critical, with the same loss, and no local minimum.

    Attributes:
        widths: those of the wider network.
        parameters: its parameters, in the order of proofs/full_network.py.
        direction: along it the second derivative of the loss is negative.
    """

    point: CriticalPoint
    widths: tuple[int, ...]
    parameters: tuple[arb, ...]
    direction: Direction


def _check(instance: Instance, premises: tuple[Fact, ...], arguments: Reader) -> Conclusion:
    point = premises[0].conclusion.proposition
    if not isinstance(point, CriticalPoint):
        raise Rejected("RS01", "the premise is not a critical point")
    replicas = read_replicas(instance, arguments, point.shape, ("RS02", "RS03"))
    shape = replicas.shape(point.shape)
    direction = read_direction(arguments, shape, "RS04")
    parameters = replicas.lifted(point.values)
    values = evaluate(instance, shape, parameters)
    along = [arb(v) for v in direction]
    bends = half_hessian_times(values, *residuals(instance, values)[:2], along)
    curvature = sum((u * bend for u, bend in zip(along, bends, strict=True)), arb(0))
    margin = negative_curvature(curvature, direction, "RS05")
    widths = "-".join(map(str, replicas.widths))
    return Conclusion(
        ReplicatedSaddle(point, replicas.widths, parameters, direction),
        f"with replicated units, of widths {widths}: critical, with negative curvature along the direction: no local "
        "minimum",
        margin,
    )


LEMMA = Lemma(
    name="replicated-saddle/1",
    title="saddle with replicated units",
    statement=(
        "Let θ be the critical point of critical-point/1, and let each unit of the hidden layers of a wider network "
        "be a copy of one of θ's: copy k of unit a has a's bias, and its weight into any copy of a unit b, or into an "
        "output b, is p_k times the weight from a to b, where the shares p_k of the copies of a, of any signs, sum to "
        "1. "
        "The wider network computes the same function, and is a critical point of the loss. If the second derivative "
        "of the loss along the stated direction of its parameters is negative there, it is not a local minimum."
    ),
    source="docs/mathematics.md, replicated-saddle/1, Theorem 47",
    premises=("critical-point/1",),
    check=_check,
)
