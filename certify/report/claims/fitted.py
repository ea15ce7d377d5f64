"""Claimed local minima at the lifts of a critical chain, in words."""

from __future__ import annotations

from collections.abc import Iterator

from certify.report.words import (
    Words,
    at_widths,
    claimed,
    layers_text,
    lower_text,
    minimum_text,
    some_widths,
    widths_text,
)
from proofs.checking import Outcome
from proofs.claims.fitted import FittedClaim
from proofs.exact import show, show_above
from proofs.instance import Instance
from proofs.kernel import propositions
from proofs.lemmas.fitted_point import FittedPoint

_ZERO_AT_TARGETS = ("squared", "pseudo-huber")
"""The losses that are 0 where T = y; of others the least value is another number."""


def _summary(outcome: Outcome) -> str:
    claim = claimed(outcome, FittedClaim)
    points = propositions(outcome.facts, FittedPoint)
    several = any(len(point.ratios) > 1 for point in points)
    of = " of output 1" if several else ""
    targets = f"for every target{of} within {claim.target_radius} of the instance's"
    return minimum_text(f"local minimum {targets}, {claim.lifts} lifts", claim.gap)


def _scope(instance: Instance, outcome: Outcome) -> Iterator[str]:
    network, claim = instance.architecture, claimed(outcome, FittedClaim)
    shares = "all positive shares" if claim.lifts == "any" else "uniform shares only (others may be saddles)"
    yield f"{layers_text(instance)}, {some_widths(instance)}, lifts of one chain with {shares}"
    targets = f"every target vector Y with |Y - Y_0| ≤ {claim.target_radius} in each of its {instance.samples} entries"
    yield targets + ("" if network.outputs == 1 else ", for output 1; the other targets are fixed multiples of its")
    yield f"{show(claim.loss_lower)} ≤ E* ≤ {show_above(claim.loss_upper)} for all of them"
    if claim.gap is not None:
        yield lower_text(claim.gap, claim.least_widths)
    if claim.optimum_widths is not None:
        yield f"the global minimum is {_optimum(instance)} for {widths_text(claim.optimum_widths)}"
    if claim.region_radius is not None:
        yield f"nothing is lower in the box of radius {claim.region_radius} (fitted-region/1), {at_widths(instance)}"


def _optimum(instance: Instance) -> str:
    """The least loss that any function of the inputs has (Theorem 27)."""
    repeated = len(instance.distinct_inputs) < instance.samples
    if instance.loss.name in _ZERO_AT_TARGETS and not repeated:
        return "exactly 0"
    if instance.loss.name == "squared":
        return "the scatter of the targets of equal inputs around their means"
    return "the least loss of all functions of the inputs,"


WORDS = Words(_summary, _scope)
