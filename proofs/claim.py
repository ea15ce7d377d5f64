"""What a certificate claims, and whether the facts its steps established say at least that."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from flint import fmpq

from proofs.document import Reader
from proofs.exact import Malformed
from proofs.instance import Instance
from proofs.kernel import Fact, Rejected
from proofs.lemmas.better_point import BetterPoint
from proofs.lemmas.constant_point import ConstantPoint
from proofs.lemmas.exact_optimum import ExactOptimum
from proofs.lemmas.generic_data import GenericData
from proofs.lemmas.interval_region import IntervalRegion
from proofs.lemmas.jensen_region import JensenRegion
from proofs.lemmas.local_minimum import LocalMinimum
from proofs.lemmas.obstruction import Obstruction


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


Claim = MinimumClaim | ObstructionClaim


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
    if kind not in ("suboptimal-local-minimum", "local-minimum"):
        raise Malformed(reader.place("kind"), f"unknown claim {kind[:40]!r}")
    claim = MinimumClaim(
        loss=reader.rational("loss"),
        least_widths=reader.integers("least_widths"),
        gap=reader.rational("gap") if kind == "suboptimal-local-minimum" else None,
        box_radius=_optional_rational(reader, "box_radius"),
        jensen_region=reader.boolean("jensen_region"),
        zero_loss_widths=None if reader.take("zero_loss_widths") is None else reader.integers("zero_loss_widths"),
        generic=reader.boolean("generic"),
    )
    reader.finish()
    return claim


def _optional_rational(reader: Reader, key: str) -> fmpq | None:
    return None if reader.take(key) is None else reader.rational(key)


def claim_document(claim: Claim) -> dict[str, object]:
    """The JSON form of a claim."""
    if isinstance(claim, ObstructionClaim):
        return {"kind": "obstruction", "features": list(claim.features)}
    sub_optimal: dict[str, object] = {} if claim.gap is None else {"gap": str(claim.gap)}
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


def demand_support(claim: Claim, instance: Instance, facts: Sequence[Fact]) -> None:
    """Check that the facts imply the claim, item by item.

    Raises:
        Rejected: an item says more than was established.
    """
    if isinstance(claim, ObstructionClaim):
        _demand_obstruction(claim, instance, facts)
        return
    points = _all(facts, ConstantPoint)
    if len(points) != 1:  # two points in one certificate could lend each other their properties
        raise Rejected("CL01", f"expected exactly one critical point, found {len(points)}")
    if not _all(facts, LocalMinimum) and not _all(facts, JensenRegion):
        raise Rejected("CL02", "no step shows a local minimum")
    if claim.loss != points[0].loss:
        raise Rejected("CL03", f"the loss at the point is {points[0].loss}, not {claim.loss}")
    depth = instance.architecture.depth
    if len(claim.least_widths) != depth or min(claim.least_widths) < 1:
        raise Rejected("CL04", f"expected {depth} positive widths")
    if not instance.architecture.admits(claim.least_widths):
        raise Rejected("CL04", "the claim is about widths that this instance's network does not have")
    lower: list[BetterPoint | ExactOptimum] = [*_all(facts, BetterPoint), *_all(facts, ExactOptimum)]
    if claim.gap is not None and not any(
        claim.gap <= point.gap and _covers(claim.least_widths, point.least_widths) for point in lower
    ):
        raise Rejected("CL05", "no step shows a better point with this gap for all these widths")
    if claim.gap is not None and claim.gap <= 0:
        raise Rejected("CL05", "the claimed gap is not positive")
    radius = claim.box_radius
    if radius is not None and not any(0 < radius <= region.radius for region in _all(facts, IntervalRegion)):
        raise Rejected("CL06", "no step shows a region of this radius")
    if claim.jensen_region and not _all(facts, JensenRegion):
        raise Rejected("CL07", "no step shows a Jensen region")
    wide = claim.zero_loss_widths
    if wide is not None and not (
        any(_covers(wide, optimum.least_widths) for optimum in _all(facts, ExactOptimum))
        and instance.architecture.admits(wide)
    ):
        raise Rejected("CL08", "no step shows that the global minimum is 0 for these widths")
    if claim.generic and not _all(facts, GenericData):
        raise Rejected("CL09", "no step shows that the data are generic")


def _demand_obstruction(claim: ObstructionClaim, instance: Instance, facts: Sequence[Fact]) -> None:
    for obstruction in _all(facts, Obstruction):
        if claim.features == tuple(instance.features[j] for j in obstruction.features):
            return
    raise Rejected("CL10", "no step shows an obstruction by exactly these features")


def _covers(claimed: tuple[int, ...], shown: tuple[int, ...]) -> bool:
    return len(claimed) == len(shown) and all(c >= s for c, s in zip(claimed, shown, strict=True))


_P = TypeVar("_P")


def _all(facts: Sequence[Fact], kind: type[_P]) -> list[_P]:
    return [f.conclusion.proposition for f in facts if isinstance(f.conclusion.proposition, kind)]
