"""What a certificate claims, and whether the facts its steps established say at least that."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flint import fmpq

from proofs.document import Reader
from proofs.exact import Malformed, show
from proofs.examined import ExaminedClaim, demand_examined, examined_document, read_examined
from proofs.instance import Instance
from proofs.kernel import Fact, Rejected, propositions
from proofs.lemmas import LEMMAS
from proofs.lemmas.affine_better_point import AffineBetterPoint
from proofs.lemmas.affine_minimum import AffineMinimum
from proofs.lemmas.affine_optimum import AffineOptimum
from proofs.lemmas.any_lift import AnyLift
from proofs.lemmas.better_point import BetterPoint
from proofs.lemmas.constant_point import ConstantPoint
from proofs.lemmas.exact_optimum import ExactOptimum
from proofs.lemmas.exceptional_activation import ExceptionalActivation
from proofs.lemmas.fitted_better_point import FittedBetterPoint
from proofs.lemmas.fitted_optimum import FittedOptimum
from proofs.lemmas.fitted_point import FittedPoint
from proofs.lemmas.fitted_region import FittedRegion
from proofs.lemmas.generic_data import GenericData
from proofs.lemmas.interval_region import IntervalRegion
from proofs.lemmas.jensen_region import JensenRegion
from proofs.lemmas.local_minimum import LocalMinimum
from proofs.lemmas.obstruction import Obstruction
from proofs.lemmas.uniform_lift import UniformLift


@dataclass(frozen=True, slots=True)
class MinimumClaim:
    """A local minimum at the constant point.

    Attributes:
        loss: E*, the loss at the point.
        least_widths: the claim holds for every network of the instance at least this wide.
        gap: some parameters of each such network have loss at most E* - gap; None: sub-optimality is not claimed.
        box_radius: the radius of the region of interval-region/1, if claimed.
        jensen_region: whether the region of jensen-region/1 is claimed.
        zero_loss_widths: networks at least this wide have global minimum exactly 0, if claimed.
        generic: whether the construction is claimed for almost every X of this shape.
    """

    loss: fmpq
    least_widths: tuple[int, ...]
    gap: fmpq | None
    box_radius: fmpq | None
    jensen_region: bool
    zero_loss_widths: tuple[int, ...] | None
    generic: bool


@dataclass(frozen=True, slots=True)
class ObstructionClaim:
    """No residual satisfies the hypothesis of local-minimum/1, because of these features."""

    features: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FittedClaim:
    """For all targets near the instance's, the lifts of a critical chain are local minima.

    Attributes:
        lifts: "any": with every choice of positive shares; "uniform": with equal rows of shares.
        target_radius: r; the claim holds for every Y with |Y - Y_0| <= r in each entry.
        loss_lower: E* is at least this for all these targets.
        loss_upper: E* is at most this.
        least_widths: the claim holds for every network of the instance at least this wide.
        gap: for each of these targets some parameters of each such network have loss at most E* - gap; None:
            sub-optimality is not claimed.
        region_radius: the radius of the region of fitted-region/1, if claimed.
        optimum_widths: networks at least this wide have the global minimum that fitted-optimum/1 states, if claimed.
    """

    lifts: str
    target_radius: fmpq
    loss_lower: fmpq
    loss_upper: fmpq
    least_widths: tuple[int, ...]
    gap: fmpq | None
    region_radius: fmpq | None
    optimum_widths: tuple[int, ...] | None


@dataclass(frozen=True, slots=True)
class ExceptionalClaim:
    """For any data, no critical chain of this activation, depth and output bias satisfies the hypotheses of any-lift/1
    or uniform-lift/1, unless it is constant on the data."""


@dataclass(frozen=True, slots=True)
class LemmaClaim:
    """The conclusion of one step, as its lemma words it: for theorems that have no kind of claim of their own."""

    step: str
    lemma: str


@dataclass(frozen=True, slots=True)
class AffineClaim:
    """A local minimum of a network with a piecewise affine activation that computes an affine fit.

    Attributes:
        loss: E*, the loss at the point.
        region: nothing is lower at parameters, of any width, with straight units ("affine"), or with straight units and
            a layer on pieces of slope 0 ("constant").
        least_widths: the claim holds for every network of the instance at least this wide.
        gap: some parameters of each such network have loss at most E* - gap; None: sub-optimality is not claimed.
        optimum_widths: networks at least this wide have the global minimum `optimum`, if claimed.
        optimum: the scatter of the targets of equal inputs around their means, if claimed.
    """

    loss: fmpq
    region: str
    least_widths: tuple[int, ...]
    gap: fmpq | None
    optimum_widths: tuple[int, ...] | None
    optimum: fmpq | None


Claim = MinimumClaim | FittedClaim | AffineClaim | ObstructionClaim | ExceptionalClaim | ExaminedClaim | LemmaClaim


def read_claim(reader: Reader) -> Claim:
    """Parse the claim of a certificate.

    Raises:
        Malformed: not of the published format.
    """
    kind = reader.text("kind")
    if kind == "obstruction":
        features = reader.texts("features")
        reader.finish()
        return ObstructionClaim(features)
    if kind == "exceptional-activation":
        reader.finish()
        return ExceptionalClaim()
    if kind == "lemma":
        claimed = LemmaClaim(reader.text("step"), reader.text("lemma"))
        reader.finish()
        return claimed
    if kind.startswith("examined-"):
        return read_examined(reader, kind)
    if kind in ("suboptimal-fitted-minimum", "fitted-minimum"):
        return _read_fitted(reader, kind)
    if kind in ("suboptimal-affine-minimum", "affine-minimum"):
        return _read_affine(reader, kind)
    if kind not in ("suboptimal-local-minimum", "local-minimum"):
        raise Malformed(reader.place("kind"), f"unknown claim {kind[:40]!r}")
    claim = MinimumClaim(
        loss=reader.rational("loss"),
        least_widths=reader.integers("least_widths"),
        gap=reader.rational("gap") if kind == "suboptimal-local-minimum" else None,
        box_radius=reader.optional_rational("box_radius"),
        jensen_region=reader.boolean("jensen_region"),
        zero_loss_widths=None if reader.take("zero_loss_widths") is None else reader.integers("zero_loss_widths"),
        generic=reader.boolean("generic"),
    )
    reader.finish()
    return claim


def _read_fitted(reader: Reader, kind: str) -> FittedClaim:
    claim = FittedClaim(
        lifts=reader.text("lifts"),
        target_radius=reader.rational("target_radius"),
        loss_lower=reader.rational("loss_lower"),
        loss_upper=reader.rational("loss_upper"),
        least_widths=reader.integers("least_widths"),
        gap=reader.rational("gap") if kind == "suboptimal-fitted-minimum" else None,
        region_radius=reader.optional_rational("region_radius"),
        optimum_widths=None if reader.take("optimum_widths") is None else reader.integers("optimum_widths"),
    )
    if claim.lifts not in ("any", "uniform"):
        raise Malformed(reader.place("lifts"), 'expected "any" or "uniform"')
    reader.finish()
    return claim


def _read_affine(reader: Reader, kind: str) -> AffineClaim:
    claim = AffineClaim(
        loss=reader.rational("loss"),
        region=reader.text("region"),
        least_widths=reader.integers("least_widths"),
        gap=reader.rational("gap") if kind == "suboptimal-affine-minimum" else None,
        optimum_widths=None if reader.take("optimum_widths") is None else reader.integers("optimum_widths"),
        optimum=reader.optional_rational("optimum"),
    )
    if claim.region not in ("affine", "constant"):
        raise Malformed(reader.place("region"), 'expected "affine" or "constant"')
    if (claim.optimum is None) != (claim.optimum_widths is None):
        raise Malformed(reader.place("optimum"), "expected it together with optimum_widths, or neither")
    reader.finish()
    return claim


def claim_document(claim: Claim) -> dict[str, object]:
    """The JSON form of a claim."""
    if isinstance(claim, ObstructionClaim):
        return {"kind": "obstruction", "features": list(claim.features)}
    if isinstance(claim, ExceptionalClaim):
        return {"kind": "exceptional-activation"}
    if isinstance(claim, LemmaClaim):
        return {"kind": "lemma", "step": claim.step, "lemma": claim.lemma}
    if isinstance(claim, ExaminedClaim):
        return examined_document(claim)
    sub_optimal: dict[str, object] = {} if claim.gap is None else {"gap": str(claim.gap)}
    if isinstance(claim, FittedClaim):
        return {
            "kind": "suboptimal-fitted-minimum" if sub_optimal else "fitted-minimum",
            "lifts": claim.lifts,
            "target_radius": str(claim.target_radius),
            "loss_lower": str(claim.loss_lower),
            "loss_upper": str(claim.loss_upper),
            **sub_optimal,
            "least_widths": list(claim.least_widths),
            "region_radius": None if claim.region_radius is None else str(claim.region_radius),
            "optimum_widths": None if claim.optimum_widths is None else list(claim.optimum_widths),
        }
    if isinstance(claim, AffineClaim):
        return {
            "kind": "suboptimal-affine-minimum" if sub_optimal else "affine-minimum",
            "loss": str(claim.loss),
            "region": claim.region,
            **sub_optimal,
            "least_widths": list(claim.least_widths),
            "optimum_widths": None if claim.optimum_widths is None else list(claim.optimum_widths),
            "optimum": None if claim.optimum is None else str(claim.optimum),
        }
    return {
        "kind": "suboptimal-local-minimum" if sub_optimal else "local-minimum",
        "loss": str(claim.loss),
        **sub_optimal,
        "least_widths": list(claim.least_widths),
        "box_radius": None if claim.box_radius is None else str(claim.box_radius),
        "jensen_region": claim.jensen_region,
        "zero_loss_widths": None if claim.zero_loss_widths is None else list(claim.zero_loss_widths),
        "generic": claim.generic,
    }


_Lower = BetterPoint | ExactOptimum | FittedBetterPoint | FittedOptimum | AffineBetterPoint | AffineOptimum


def demand_support(claim: Claim, instance: Instance, facts: Sequence[Fact]) -> None:
    """Check that the facts imply the claim, item by item.

    Raises:
        Rejected: an item says more than was established.
    """
    if isinstance(claim, LemmaClaim):
        if claimed_fact(claim, facts) is None:
            raise Rejected("CL13", "no step of this name goes by this lemma")
        return
    facts = [fact for fact in facts if fact.lemma.name in LEMMAS]  # no stranger's lemma lends its word to these kinds
    if isinstance(claim, ObstructionClaim):
        _demand_obstruction(claim, instance, facts)
        return
    if isinstance(claim, ExceptionalClaim):
        if not propositions(facts, ExceptionalActivation):
            raise Rejected("CL12", "no step shows that the activation is exceptional")
        return
    if isinstance(claim, FittedClaim):
        _demand_fitted(claim, instance, facts)
        return
    if isinstance(claim, AffineClaim):
        _demand_affine(claim, instance, facts)
        return
    if isinstance(claim, ExaminedClaim):
        demand_examined(claim, instance, facts)
        return
    points = propositions(facts, ConstantPoint)
    if len(points) != 1:  # two points in one certificate could lend each other their properties
        raise Rejected("CL01", f"expected exactly one critical point, found {len(points)}")
    if not propositions(facts, LocalMinimum) and not propositions(facts, JensenRegion):
        raise Rejected("CL02", "no step shows a local minimum")
    if claim.loss != points[0].loss:
        raise Rejected("CL03", f"the loss at the point is {points[0].loss}, not {claim.loss}")
    _demand_widths(claim.least_widths, instance)
    _demand_gap(claim.gap, claim.least_widths, [*propositions(facts, BetterPoint), *propositions(facts, ExactOptimum)])
    _demand_region(claim.box_radius, propositions(facts, IntervalRegion))
    if claim.jensen_region and not propositions(facts, JensenRegion):
        raise Rejected("CL07", "no step shows a Jensen region")
    _demand_optimum(claim.zero_loss_widths, instance, propositions(facts, ExactOptimum))
    if claim.generic and not propositions(facts, GenericData):
        raise Rejected("CL09", "no step shows that the data are generic")


def claimed_fact(claim: LemmaClaim, facts: Sequence[Fact]) -> Fact | None:
    """The fact that the claim is about, if it was established."""
    return next((fact for fact in facts if (fact.step, fact.lemma.name) == (claim.step, claim.lemma)), None)


def _demand_fitted(claim: FittedClaim, instance: Instance, facts: Sequence[Fact]) -> None:
    points = propositions(facts, FittedPoint)
    if len(points) != 1:
        raise Rejected("CL01", f"expected exactly one critical point, found {len(points)}")
    all_shares = bool(propositions(facts, AnyLift)) or bool(propositions(facts, FittedRegion))
    if not all_shares and (claim.lifts == "any" or not propositions(facts, UniformLift)):
        raise Rejected("CL02", f"no step shows that {claim.lifts} lifts are local minima")
    if not 0 <= claim.target_radius <= points[0].target_radius:
        raise Rejected("CL11", "no step is about all targets within this radius")
    lower, upper = points[0].loss
    if claim.loss_lower > lower or claim.loss_upper < upper:
        raise Rejected("CL03", f"the loss at the point is known to lie between {show(lower)} and {show(upper)} only")
    _demand_widths(claim.least_widths, instance)
    _demand_gap(
        claim.gap, claim.least_widths, [*propositions(facts, FittedBetterPoint), *propositions(facts, FittedOptimum)]
    )
    _demand_region(claim.region_radius, propositions(facts, FittedRegion))
    _demand_optimum(claim.optimum_widths, instance, propositions(facts, FittedOptimum))


def _demand_affine(claim: AffineClaim, instance: Instance, facts: Sequence[Fact]) -> None:
    points = propositions(facts, AffineMinimum)
    if len(points) != 1:
        raise Rejected("CL01", f"expected exactly one critical point, found {len(points)}")
    if claim.loss != points[0].loss:
        raise Rejected("CL03", f"the loss at the point is {show(points[0].loss)}, not {show(claim.loss)}")
    if claim.region == "affine" and points[0].constant:
        raise Rejected("CL15", "the point is the best of constant networks only")
    _demand_widths(claim.least_widths, instance)
    if not _covers(claim.least_widths, points[0].least_widths):
        raise Rejected("CL04", "no step shows a local minimum for all these widths")
    optima = propositions(facts, AffineOptimum)
    _demand_gap(claim.gap, claim.least_widths, [*propositions(facts, AffineBetterPoint), *optima])
    _demand_optimum(claim.optimum_widths, instance, optima)
    if claim.optimum is not None and all(claim.optimum != optimum.least_loss for optimum in optima):
        raise Rejected("CL14", "no step shows that this is the global minimum")


def _demand_widths(widths: tuple[int, ...], instance: Instance) -> None:
    depth = instance.architecture.depth
    if len(widths) != depth or min(widths) < 1:
        raise Rejected("CL04", f"expected {depth} positive widths")
    if not instance.architecture.admits(widths):
        raise Rejected("CL04", "the claim is about widths that this instance's network does not have")


def _demand_gap(gap: fmpq | None, widths: tuple[int, ...], lower: Sequence[_Lower]) -> None:
    if gap is None:
        return
    if gap <= 0:
        raise Rejected("CL05", "the claimed gap is not positive")
    if not any(gap <= point.gap and _covers(widths, point.least_widths) for point in lower):
        raise Rejected("CL05", "no step shows a better point with this gap for all these widths")


def _demand_region(radius: fmpq | None, regions: Sequence[IntervalRegion] | Sequence[FittedRegion]) -> None:
    if radius is not None and not any(0 < radius <= region.radius for region in regions):
        raise Rejected("CL06", "no step shows a region of this radius")


def _demand_optimum(
    widths: tuple[int, ...] | None,
    instance: Instance,
    optima: Sequence[ExactOptimum] | Sequence[FittedOptimum] | Sequence[AffineOptimum],
) -> None:
    if widths is None:
        return
    if not any(_covers(widths, optimum.least_widths) for optimum in optima) or not instance.architecture.admits(widths):
        raise Rejected("CL08", "no step shows the global minimum for these widths")


def _demand_obstruction(claim: ObstructionClaim, instance: Instance, facts: Sequence[Fact]) -> None:
    for obstruction in propositions(facts, Obstruction):
        if claim.features == tuple(instance.features[j] for j in obstruction.features):
            return
    raise Rejected("CL10", "no step shows an obstruction by exactly these features")


def _covers(claimed: tuple[int, ...], shown: tuple[int, ...]) -> bool:
    return len(claimed) == len(shown) and all(c >= s for c, s in zip(claimed, shown, strict=True))
