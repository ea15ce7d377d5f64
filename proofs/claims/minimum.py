"""The claim of a local minimum at the constant point."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flint import fmpq

from proofs.claims.items import demand_gap, demand_optimum, demand_region, demand_widths
from proofs.document import Reader
from proofs.instance import Instance
from proofs.kernel import Fact, Rejected, propositions
from proofs.lemmas.better_point import BetterPoint
from proofs.lemmas.constant_point import ConstantPoint
from proofs.lemmas.exact_optimum import ExactOptimum
from proofs.lemmas.generic_data import GenericData
from proofs.lemmas.interval_region import IntervalRegion
from proofs.lemmas.jensen_region import JensenRegion
from proofs.lemmas.local_minimum import LocalMinimum


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

    @property
    def kind(self) -> str:
        return "local-minimum" if self.gap is None else "suboptimal-local-minimum"

    def document(self) -> dict[str, object]:
        return {
            "loss": str(self.loss),
            **({} if self.gap is None else {"gap": str(self.gap)}),
            "least_widths": list(self.least_widths),
            "box_radius": None if self.box_radius is None else str(self.box_radius),
            "jensen_region": self.jensen_region,
            "zero_loss_widths": None if self.zero_loss_widths is None else list(self.zero_loss_widths),
            "generic": self.generic,
        }

    def demand(self, instance: Instance, facts: Sequence[Fact]) -> None:
        points = propositions(facts, ConstantPoint)
        if len(points) != 1:  # two points in one certificate could lend each other their properties
            raise Rejected("CL01", f"expected exactly one critical point, found {len(points)}")
        if not propositions(facts, LocalMinimum) and not propositions(facts, JensenRegion):
            raise Rejected("CL02", "no step shows a local minimum")
        if self.loss != points[0].loss:
            raise Rejected("CL03", f"the loss at the point is {points[0].loss}, not {self.loss}")
        demand_widths(self.least_widths, instance)
        optima = propositions(facts, ExactOptimum)
        demand_gap(self.gap, self.least_widths, [*propositions(facts, BetterPoint), *optima])
        demand_region(self.box_radius, propositions(facts, IntervalRegion))
        if self.jensen_region and not propositions(facts, JensenRegion):
            raise Rejected("CL07", "no step shows a Jensen region")
        demand_optimum(self.zero_loss_widths, instance, optima)
        if self.generic and not propositions(facts, GenericData):
            raise Rejected("CL09", "no step shows that the data are generic")


def read(reader: Reader, kind: str) -> MinimumClaim:
    """Parse the fields of a claim of this kind.

    Raises:
        Malformed: a field is missing or not what it should be.
    """
    return MinimumClaim(
        loss=reader.rational("loss"),
        least_widths=reader.integers("least_widths"),
        gap=reader.rational("gap") if kind == "suboptimal-local-minimum" else None,
        box_radius=reader.optional_rational("box_radius"),
        jensen_region=reader.boolean("jensen_region"),
        zero_loss_widths=reader.optional_integers("zero_loss_widths"),
        generic=reader.boolean("generic"),
    )
