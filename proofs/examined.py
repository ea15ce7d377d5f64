"""What a certificate may claim of a network that someone trained, and whether the established facts say as much."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from flint import arb, fmpq

from proofs.balls import Sign, sign
from proofs.claimed_optimum import ClaimedOptimum, demand_optimum, optimum_document, reaches, read_optimum
from proofs.document import Reader
from proofs.instance import Instance
from proofs.kernel import Fact, Rejected, propositions
from proofs.lemmas.critical_point import CriticalPoint
from proofs.lemmas.examined_better_point import ExaminedBetterPoint
from proofs.lemmas.not_critical import NotCritical
from proofs.lemmas.replicated_minimum import ReplicatedMinimum
from proofs.lemmas.replicated_saddle import ReplicatedSaddle
from proofs.lemmas.saddle import Saddle
from proofs.lemmas.strict_minimum import StrictMinimum
from proofs.lemmas.zero_loss import ZeroLoss


@dataclass(frozen=True, slots=True)
class ExaminedPoint:
    """A network that someone trained, and what is claimed of a point near it.

    Attributes:
        network: its parameters, in the order of proofs/full_network.py; its widths are those of the instance.
        distance: no parameter of the point differs from the network's by more.
    """

    network: tuple[fmpq, ...]
    distance: fmpq


@dataclass(frozen=True, slots=True)
class ExaminedMinimum:
    """Within `point.distance` of the network is a local minimum.

    Attributes:
        strict: whether it is claimed to be strict; otherwise it may be strict or not.
        symmetries: if positive, the minimum is strict but for an orbit of symmetries of this dimension: near it exactly
            the networks on that surface through it have no larger loss.
        loss_lower: the loss there is at least this.
        loss_upper: it is at most this.
        box_radius: every other network in a box of this radius around a point of the proof has a larger loss, if
            claimed; with symmetries, every other one that agrees with that point in the parameters that they fix.
        gap: some parameters of such a network have loss at most E* - gap; None: sub-optimality is not claimed.
        optimal: whether it is claimed to be a global minimum, with loss 0.
        optimum: what the least loss of this shape is, if claimed.
    """

    kind: ClassVar[str] = "examined-minimum"
    point: ExaminedPoint
    strict: bool
    loss_lower: fmpq
    loss_upper: fmpq
    symmetries: int
    box_radius: fmpq | None
    gap: fmpq | None
    optimal: bool
    optimum: ClaimedOptimum | None = None

    def document(self) -> dict[str, object]:
        return examined_document(self)

    def demand(self, instance: Instance, facts: Sequence[Fact]) -> None:
        demand_examined(self, instance, facts)


@dataclass(frozen=True, slots=True)
class ExaminedSaddle:
    """Within `point.distance` of the network is a critical point that is not a local minimum; its loss lies between
    the bounds. With a `box_radius` it is the only critical point within it of a point of the proof; with `symmetries`
    the only one that agrees with that point in as many parameters, those that they fix. With replicated units, which
    can share their outgoing weights in many ways, it is not the only one. `optimum`: what the least loss of this shape
    is, if claimed."""

    kind: ClassVar[str] = "examined-saddle"
    point: ExaminedPoint
    loss_lower: fmpq
    loss_upper: fmpq
    symmetries: int
    box_radius: fmpq | None
    optimum: ClaimedOptimum | None = None

    def document(self) -> dict[str, object]:
        return examined_document(self)

    def demand(self, instance: Instance, facts: Sequence[Fact]) -> None:
        demand_examined(self, instance, facts)


@dataclass(frozen=True, slots=True)
class ExaminedSlope:
    """No critical point is within `point.distance` of the network (each parameter): along one direction the loss falls
    everywhere there. `optimum`: what the least loss of this shape is, if claimed."""

    kind: ClassVar[str] = "examined-slope"
    point: ExaminedPoint
    optimum: ClaimedOptimum | None = None

    def document(self) -> dict[str, object]:
        return examined_document(self)

    def demand(self, instance: Instance, facts: Sequence[Fact]) -> None:
        demand_examined(self, instance, facts)


ExaminedClaim = ExaminedMinimum | ExaminedSaddle | ExaminedSlope


def read_examined(reader: Reader, kind: str) -> ExaminedClaim:
    """Parse the fields of a claim of this kind.

    Raises:
        Malformed: a field is missing or not what it should be.
    """
    point, optimum = ExaminedPoint(reader.rationals("network"), reader.rational("distance")), read_optimum(reader)
    claim: ExaminedClaim
    if kind == "examined-slope":
        claim = ExaminedSlope(point, optimum)
    elif kind == "examined-saddle":
        lower, upper = reader.rational("loss_lower"), reader.rational("loss_upper")
        radius = reader.optional_rational("box_radius")
        claim = ExaminedSaddle(point, lower, upper, reader.integer("symmetries"), radius, optimum)
    else:
        claim = ExaminedMinimum(
            point,
            strict=reader.boolean("strict"),
            loss_lower=reader.rational("loss_lower"),
            loss_upper=reader.rational("loss_upper"),
            symmetries=reader.integer("symmetries"),
            box_radius=reader.optional_rational("box_radius"),
            gap=reader.optional_rational("gap"),
            optimal=reader.boolean("optimal"),
            optimum=optimum,
        )
    return claim


def examined_document(claim: ExaminedClaim) -> dict[str, object]:
    """The JSON form of a claim, but for its kind."""
    point: dict[str, object] = {
        "network": [str(v) for v in claim.point.network],
        "distance": str(claim.point.distance),
    }
    if isinstance(claim, ExaminedSlope):
        return {**point, **optimum_document(claim.optimum)}
    loss: dict[str, object] = {
        "loss_lower": str(claim.loss_lower),
        "loss_upper": str(claim.loss_upper),
        "symmetries": claim.symmetries,
    }
    radius = None if claim.box_radius is None else str(claim.box_radius)
    if isinstance(claim, ExaminedSaddle):
        return {**point, **loss, "box_radius": radius, **optimum_document(claim.optimum)}
    return {
        **point,
        "strict": claim.strict,
        **loss,
        "box_radius": radius,
        "gap": None if claim.gap is None else str(claim.gap),
        "optimal": claim.optimal,
        **optimum_document(claim.optimum),
    }


def demand_examined(claim: ExaminedClaim, instance: Instance, facts: Sequence[Fact]) -> None:
    """Check that the facts imply the claim, item by item.

    Raises:
        Rejected: an item says more than was established.
    """
    if isinstance(claim, ExaminedSlope):
        _demand_slope(claim, instance, facts)
        demand_optimum(claim.optimum, facts)
        return
    points: list[CriticalPoint | ZeroLoss] = [*propositions(facts, CriticalPoint), *propositions(facts, ZeroLoss)]
    if len(points) != 1:
        raise Rejected("CL01", f"expected exactly one point, found {len(points)}")
    point = points[0]
    lifts: list[ReplicatedMinimum | ReplicatedSaddle] = [
        *propositions(facts, ReplicatedMinimum),
        *propositions(facts, ReplicatedSaddle),
    ]
    if len(lifts) > 1:
        raise Rejected("CL01", f"expected one choice of shares, found {len(lifts)}")
    lift = lifts[0] if lifts else None
    widths = point.widths if lift is None else lift.widths
    if widths != instance.architecture.widths:
        raise Rejected("CL04", f"the steps are about widths {widths}, not about those of the instance")
    _demand_near(claim.point, point.parameters if lift is None else lift.parameters)
    bounds = point.loss if isinstance(point, CriticalPoint) else (fmpq(0), fmpq(0))
    if claim.loss_lower > bounds[0] or claim.loss_upper < bounds[1]:
        raise Rejected("CL03", "the loss at the point is not known to lie between these bounds")
    found = len(point.symmetries) if isinstance(point, CriticalPoint) else 0
    if isinstance(claim, ExaminedSaddle):
        if not (isinstance(lift, ReplicatedSaddle) or (lift is None and propositions(facts, Saddle))):
            raise Rejected("CL02", "no step shows that the point is no local minimum")
    elif isinstance(point, CriticalPoint):
        minimum = lift is None and bool(propositions(facts, StrictMinimum))
        if claim.strict and (not minimum or found > 0):
            raise Rejected("CL02", "no step shows a strict local minimum")
        if not (minimum or isinstance(lift, ReplicatedMinimum)):
            raise Rejected("CL02", "no step shows a local minimum")
    elif claim.strict:
        raise Rejected("CL02", "no step shows a strict local minimum")
    if claim.symmetries != found and (claim.symmetries != 0 or claim.box_radius is not None):
        raise Rejected("CL17", f"the steps are about {found} symmetries, not {claim.symmetries}")
    radius = point.radius if isinstance(point, CriticalPoint) and lift is None else fmpq(0)
    if claim.box_radius is not None and not 0 < claim.box_radius <= radius:
        raise Rejected("CL06", "no step shows a box of this radius")
    if isinstance(claim, ExaminedMinimum):
        _demand_gap(claim.gap, widths, bounds[0], facts)
        if claim.optimal and not isinstance(point, ZeroLoss):
            raise Rejected("CL08", "no step shows that the loss is the least possible")
    demand_optimum(claim.optimum, facts)


def _demand_slope(claim: ExaminedSlope, instance: Instance, facts: Sequence[Fact]) -> None:
    if not any(
        slope.widths == instance.architecture.widths
        and slope.centre == claim.point.network
        and 0 <= claim.point.distance <= slope.radius
        for slope in propositions(facts, NotCritical)
    ):
        raise Rejected("CL16", "no step shows that the loss falls around this network, up to this distance")


def _demand_gap(gap: fmpq | None, widths: tuple[int, ...], loss_lower: fmpq, facts: Sequence[Fact]) -> None:
    if gap is None:
        return
    fits = [
        b
        for b in propositions(facts, ExaminedBetterPoint)
        if len(b.least_widths) == len(widths) and all(a <= w for a, w in zip(b.least_widths, widths, strict=True))
    ]
    if gap <= 0 or not (any(gap <= b.gap for b in fits) or reaches(gap, loss_lower, facts)):
        raise Rejected("CL05", "no step shows a better point with this gap for these widths")


def _demand_near(claimed: ExaminedPoint, parameters: Sequence[arb]) -> None:
    """Each parameter is within the claimed distance of the network's, wherever it is in its ball."""
    if len(claimed.network) != len(parameters):
        raise Rejected("CL16", f"expected a network of {len(parameters)} parameters")
    for ours, ball in zip(claimed.network, parameters, strict=True):
        if sign(claimed.distance - abs(ball - arb(ours))) is not Sign.POSITIVE:
            raise Rejected("CL16", "the point is not known to be within this distance of the network")
