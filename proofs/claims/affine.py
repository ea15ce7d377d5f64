"""The claim of a local minimum at an affine fit, of a network with a piecewise affine activation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flint import fmpq

from proofs.claims.items import covers, demand_gap, demand_optimum, demand_widths
from proofs.document import Reader
from proofs.exact import Malformed, show
from proofs.instance import Instance
from proofs.kernel import Fact, Rejected, propositions
from proofs.lemmas.affine_better_point import AffineBetterPoint
from proofs.lemmas.affine_minimum import AffineMinimum
from proofs.lemmas.affine_optimum import AffineOptimum


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

    @property
    def kind(self) -> str:
        return "affine-minimum" if self.gap is None else "suboptimal-affine-minimum"

    def document(self) -> dict[str, object]:
        return {
            "loss": str(self.loss),
            "region": self.region,
            **({} if self.gap is None else {"gap": str(self.gap)}),
            "least_widths": list(self.least_widths),
            "optimum_widths": None if self.optimum_widths is None else list(self.optimum_widths),
            "optimum": None if self.optimum is None else str(self.optimum),
        }

    def demand(self, instance: Instance, facts: Sequence[Fact]) -> None:
        points = propositions(facts, AffineMinimum)
        if len(points) != 1:  # two points in one certificate could lend each other their properties
            raise Rejected("CL01", f"expected exactly one critical point, found {len(points)}")
        if self.loss != points[0].loss:
            raise Rejected("CL03", f"the loss at the point is {show(points[0].loss)}, not {show(self.loss)}")
        if self.region == "affine" and points[0].constant:
            raise Rejected("CL15", "the point is the best of constant networks only")
        demand_widths(self.least_widths, instance)
        if not covers(self.least_widths, points[0].least_widths):
            raise Rejected("CL04", "no step shows a local minimum for all these widths")
        optima = propositions(facts, AffineOptimum)
        demand_gap(self.gap, self.least_widths, [*propositions(facts, AffineBetterPoint), *optima])
        demand_optimum(self.optimum_widths, instance, optima)
        if self.optimum is not None and all(self.optimum != optimum.least_loss for optimum in optima):
            raise Rejected("CL14", "no step shows that this is the global minimum")


def read(reader: Reader, kind: str) -> AffineClaim:
    """Parse the fields of a claim of this kind.

    Raises:
        Malformed: a field is missing or not what it should be.
    """
    claim = AffineClaim(
        loss=reader.rational("loss"),
        region=reader.text("region"),
        least_widths=reader.integers("least_widths"),
        gap=reader.rational("gap") if kind == "suboptimal-affine-minimum" else None,
        optimum_widths=reader.optional_integers("optimum_widths"),
        optimum=reader.optional_rational("optimum"),
    )
    if claim.region not in ("affine", "constant"):
        raise Malformed(reader.place("region"), 'expected "affine" or "constant"')
    if (claim.optimum is None) != (claim.optimum_widths is None):
        raise Malformed(reader.place("optimum"), "expected it together with optimum_widths, or neither")
    return claim
