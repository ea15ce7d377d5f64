"""replicated-minimum/1: a strict local minimum, some units of one layer of which are replicated, is a local minimum of
the wider network."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from flint import arb, fmpq

from proofs.balls import Sign
from proofs.document import Reader
from proofs.exact import show
from proofs.forms import form_definiteness
from proofs.full_network import forces
from proofs.instance import Instance
from proofs.kernel import Conclusion, Fact, Lemma, Rejected, Undecided
from proofs.lemmas.critical_point import CriticalPoint
from proofs.lemmas.strict_minimum import StrictMinimum
from proofs.replicas import Replicas, read_replicas


@dataclass(frozen=True, slots=True, eq=False)
class ReplicatedMinimum:
    """With every choice of positive shares the network with these copies of the premise's units is a local minimum,
    with the same loss.

    Attributes:
        replicas: the copies and one choice of shares.
        parameters: enclosures of those of the network with these shares, in the order of proofs/full_network.py.
        flat: how many of its directions are flat: the shares.
    """

    point: CriticalPoint
    replicas: Replicas
    parameters: tuple[arb, ...]
    flat: int

    @property
    def widths(self) -> tuple[int, ...]:
        """d_1, .., d_H of the wider network."""
        return self.replicas.widths


def _check(instance: Instance, premises: tuple[Fact, ...], arguments: Reader) -> Conclusion:
    minimum = premises[0].conclusion.proposition
    if not isinstance(minimum, StrictMinimum):
        raise Rejected("RM01", "the premise is not a strict minimum")
    point = minimum.point
    if point.symmetries:
        raise Rejected("RM02", "the theorem is about strict minima, without symmetries")
    replicas = read_replicas(instance, arguments, point.shape, ("RM03", "RM04"))
    if not all(share > 0 for shares in replicas.shares for share in shares):
        raise Rejected("RM04", "a share is not positive")
    layer, *others = [h for h, units in enumerate(point.widths) if replicas.widths[h] > units]
    if others or point.shape.sizes[layer + 2] != 1:
        raise Rejected("RM02", "the theorem is about copies in one layer, below a layer of one unit or one output")
    # e_{h,a} sigma''(z_{h,a}) for each sample and unit a of the layer h
    push, bends = forces(point.values, point.residual)[0][layer], point.values.layers[layer].bends
    margin = fmpq(1)
    for unit, count in sorted(Counter(replicas.copies[layer]).items()):
        if count > 1:
            coefficients = [e[unit] * bend[unit] for e, bend in zip(push, bends, strict=True)]
            definite, least = form_definiteness(point.values.below(layer), coefficients)
            if definite is Sign.NEGATIVE:
                raise Rejected("RM05", f"the form of unit {unit} takes negative values: its copies are at a saddle")
            if definite is Sign.UNKNOWN:
                raise Undecided("RM05", f"cannot tell that the form of unit {unit} is positive definite")
            margin = min(margin, least)
    units = replicas.widths[layer]
    flat = units - point.widths[layer]
    where = f" in layer {layer + 1}" if len(point.widths) > 1 else ""
    return Conclusion(
        ReplicatedMinimum(point, replicas, replicas.lifted(point.values), flat),
        f"{units} units{where}, {flat} more than different ones: a local minimum for all positive shares",
        f"Gershgorin margin ≥ {show(margin)}",
    )


LEMMA = Lemma(
    name="replicated-minimum/1",
    title="replicated units",
    statement=(
        "Let θ be a strict local minimum (strict-minimum/1, without symmetries), and let layer h + 1 consist of one "
        "unit, or be the output layer and have one output. Let each of more units of layer h be a copy of one of θ's, "
        "with the same incoming weights and bias, the outgoing weight v_a of each unit being shared among its copies "
        "in positive shares that sum to 1. If for each unit a that is copied more than once Σ_n e_a σ''(z_a) ãã^T is "
        "positive definite (e_a: half the derivative of the loss in the state of a; ã: the states of layer h - 1, and "
        "1), then for all positive shares this network is a local minimum. It is not strict: the loss is constant "
        "along the directions of the shares, one for each unit more."
    ),
    source="docs/mathematics.md, replicated-minimum/1, Theorem 44",
    premises=("strict-minimum/1",),
    check=_check,
)
