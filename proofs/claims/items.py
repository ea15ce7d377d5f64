"""Items that several kinds of claim have: widths, a gap, a region, a global minimum."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from flint import fmpq

from proofs.instance import Instance
from proofs.kernel import Rejected


class LowerPoint(Protocol):
    """A proposition: networks at least this wide have parameters with loss at most E* - gap."""

    @property
    def least_widths(self) -> tuple[int, ...]:
        """d_1, .., d_H."""

    @property
    def gap(self) -> fmpq:
        """Positive."""


class Region(Protocol):
    """A proposition: nothing is lower in a region of this radius around the point."""

    @property
    def radius(self) -> fmpq:
        """As the lemma means it."""


class Optimum(Protocol):
    """A proposition: networks at least this wide have a known global minimum."""

    @property
    def least_widths(self) -> tuple[int, ...]:
        """d_1, .., d_H."""


def demand_widths(widths: tuple[int, ...], instance: Instance) -> None:
    """Raises Rejected unless the instance has networks this wide."""
    depth = instance.architecture.depth
    if len(widths) != depth or min(widths) < 1:
        raise Rejected("CL04", f"expected {depth} positive widths")
    if not instance.architecture.admits(widths):
        raise Rejected("CL04", "the claim is about widths that this instance's network does not have")


def demand_gap(gap: fmpq | None, widths: tuple[int, ...], lower: Sequence[LowerPoint]) -> None:
    """Raises Rejected unless some point is lower by the gap, for all networks at least this wide."""
    if gap is None:
        return
    if gap <= 0:
        raise Rejected("CL05", "the claimed gap is not positive")
    if not any(gap <= point.gap and covers(widths, point.least_widths) for point in lower):
        raise Rejected("CL05", "no step shows a better point with this gap for all these widths")


def demand_region(radius: fmpq | None, regions: Sequence[Region]) -> None:
    """Raises Rejected unless some region is as large."""
    if radius is not None and not any(0 < radius <= region.radius for region in regions):
        raise Rejected("CL06", "no step shows a region of this radius")


def demand_optimum(widths: tuple[int, ...] | None, instance: Instance, optima: Sequence[Optimum]) -> None:
    """Raises Rejected unless the global minimum is known for all networks at least this wide."""
    if widths is None:
        return
    if not any(covers(widths, optimum.least_widths) for optimum in optima) or not instance.architecture.admits(widths):
        raise Rejected("CL08", "no step shows the global minimum for these widths")


def covers(claimed: tuple[int, ...], shown: tuple[int, ...]) -> bool:
    """Whether what was shown for networks at least `shown` wide holds for those at least `claimed` wide."""
    return len(claimed) == len(shown) and all(c >= s for c, s in zip(claimed, shown, strict=True))
