"""A claimed local minimum at the constant point, in words."""

from __future__ import annotations

from collections.abc import Iterator

from certify.report.words import (
    Words,
    at_widths,
    claimed,
    exactly,
    layers_text,
    lower_text,
    minimum_text,
    some_widths,
    widths_text,
)
from proofs.checking import Outcome
from proofs.claims.minimum import MinimumClaim
from proofs.instance import Instance


def _summary(outcome: Outcome) -> str:
    return minimum_text("local minimum", claimed(outcome, MinimumClaim).gap)


def _scope(instance: Instance, outcome: Outcome) -> Iterator[str]:
    claim, where = claimed(outcome, MinimumClaim), at_widths(instance)
    yield f"{layers_text(instance)}, {some_widths(instance)}, all positive shares; E* = {exactly(claim.loss)}"
    if claim.gap is not None:
        yield lower_text(claim.gap, claim.least_widths)
    if claim.zero_loss_widths is not None:
        yield f"the global minimum is exactly 0 for {widths_text(claim.zero_loss_widths)}"
    if claim.box_radius is not None:
        yield f"nothing is lower in the box of radius {claim.box_radius} (interval-region/1), {where}"
    if claim.jensen_region:
        yield f"nothing is lower in the Jensen region (jensen-region/1), {where}, for weights of any size"
    if claim.generic:
        yield "the construction works for almost every data set of this shape (generic-data/1)"


WORDS = Words(_summary, _scope)
