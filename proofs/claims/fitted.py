"""The claim of local minima at the lifts of a critical chain."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flint import fmpq

from proofs.claims.items import demand_gap, demand_optimum, demand_region, demand_widths
from proofs.document import Reader
from proofs.exact import Malformed, show
from proofs.instance import Instance
from proofs.kernel import Fact, Rejected, propositions
from proofs.lemmas.any_lift import AnyLift
from proofs.lemmas.fitted_better_point import FittedBetterPoint
from proofs.lemmas.fitted_optimum import FittedOptimum
from proofs.lemmas.fitted_point import FittedPoint
from proofs.lemmas.fitted_region import FittedRegion
from proofs.lemmas.uniform_lift import UniformLift


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

    @property
    def kind(self) -> str:
        return "fitted-minimum" if self.gap is None else "suboptimal-fitted-minimum"

    def document(self) -> dict[str, object]:
        return {
            "lifts": self.lifts,
            "target_radius": str(self.target_radius),
            "loss_lower": str(self.loss_lower),
            "loss_upper": str(self.loss_upper),
            **({} if self.gap is None else {"gap": str(self.gap)}),
            "least_widths": list(self.least_widths),
            "region_radius": None if self.region_radius is None else str(self.region_radius),
            "optimum_widths": None if self.optimum_widths is None else list(self.optimum_widths),
        }

    def demand(self, instance: Instance, facts: Sequence[Fact]) -> None:
        points = propositions(facts, FittedPoint)
        if len(points) != 1:  # two points in one certificate could lend each other their properties
            raise Rejected("CL01", f"expected exactly one critical point, found {len(points)}")
        all_shares = bool(propositions(facts, AnyLift)) or bool(propositions(facts, FittedRegion))
        if not all_shares and (self.lifts == "any" or not propositions(facts, UniformLift)):
            raise Rejected("CL02", f"no step shows that {self.lifts} lifts are local minima")
        if not 0 <= self.target_radius <= points[0].target_radius:
            raise Rejected("CL11", "no step is about all targets within this radius")
        lower, upper = points[0].loss
        if self.loss_lower > lower or self.loss_upper < upper:
            raise Rejected(
                "CL03", f"the loss at the point is known to lie between {show(lower)} and {show(upper)} only"
            )
        demand_widths(self.least_widths, instance)
        optima = propositions(facts, FittedOptimum)
        demand_gap(self.gap, self.least_widths, [*propositions(facts, FittedBetterPoint), *optima])
        demand_region(self.region_radius, propositions(facts, FittedRegion))
        demand_optimum(self.optimum_widths, instance, optima)


def read(reader: Reader, kind: str) -> FittedClaim:
    """Parse the fields of a claim of this kind.

    Raises:
        Malformed: a field is missing or not what it should be.
    """
    claim = FittedClaim(
        lifts=reader.text("lifts"),
        target_radius=reader.rational("target_radius"),
        loss_lower=reader.rational("loss_lower"),
        loss_upper=reader.rational("loss_upper"),
        least_widths=reader.integers("least_widths"),
        gap=reader.rational("gap") if kind == "suboptimal-fitted-minimum" else None,
        region_radius=reader.optional_rational("region_radius"),
        optimum_widths=reader.optional_integers("optimum_widths"),
    )
    if claim.lifts not in ("any", "uniform"):
        raise Malformed(reader.place("lifts"), 'expected "any" or "uniform"')
    return claim
