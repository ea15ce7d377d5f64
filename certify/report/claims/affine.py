"""A claimed local minimum at an affine fit, in words."""

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
from proofs.claims.affine import AffineClaim
from proofs.exact import show_exact
from proofs.instance import Instance


def _summary(outcome: Outcome) -> str:
    claim = claimed(outcome, AffineClaim)
    fit = "the best affine fit" if claim.region == "affine" else "the best constant"
    return minimum_text(f"local minimum where the network is {fit}", claim.gap)


def _scope(instance: Instance, outcome: Outcome) -> Iterator[str]:
    claim = claimed(outcome, AffineClaim)
    bounded = instance.architecture.widths is None and max(claim.least_widths) > 1
    some = widths_text(claim.least_widths) if bounded else some_widths(instance)
    fit = "the least-squares affine fit" if claim.region == "affine" else "the mean of the targets"
    yield f"{layers_text(instance)}, {some}; the loss of {fit}, E* = {exactly(claim.loss)}"
    flat = "" if claim.region == "affine" else ", and the units of one layer on pieces of slope 0"
    pieces = f"every unit has all samples on one piece of σ{flat}"
    yield f"nothing is lower while {pieces}, {at_widths(instance)}, for weights of any size"
    if claim.gap is not None:
        yield lower_text(claim.gap, claim.least_widths)
    if claim.optimum_widths is not None and claim.optimum is not None:
        value = (
            "exactly 0" if claim.optimum == 0 else f"{show_exact(claim.optimum)}, the scatter of equal inputs' targets"
        )
        yield f"the global minimum is {value} for {widths_text(claim.optimum_widths)}"


WORDS = Words(_summary, _scope)
