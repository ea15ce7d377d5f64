"""A network that fits all targets exactly, near the trained one or elsewhere: loss 0, and no other is smaller."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from flint import arb, fmpq

from certify.least import claimed_optimum, room_above_optimum
from certify.search.exact_fit import exact_fit
from certify.search.same_shape import loss_of
from certify.search.tables import to_floats
from certify.settle.case import Case
from certify.settle.written import layers_document
from certify.short import near
from proofs.full_network import flat
from proofs.layers import Layer

_TINY = tuple(fmpq(1, 10**k) for k in (18, 15, 12, 9))
_FITTED = 1e-3
"""A loss below this part of that of the zero function suggests that all targets can be fitted exactly."""
_ANYWHERE = 1e6
"""How far another network has to be moved to fit all targets is of no interest."""


def looks_exact(case: Case) -> bool:
    """Whether the network nearly fits all targets, and may be moved to fit them all."""
    if not _may_fit(case):
        return False
    loss = loss_of(case.draft.instance, case.network.layers)
    return loss <= _FITTED * float(np.sum(to_floats(case.draft.instance.targets) ** 2))


def fit_exactly(case: Case) -> bool:
    """Add zero-loss/1, if it goes through within the distance asked for."""
    return _fitted(case, "zero-loss/1", case.parameters, case.question.within)


def shape_fits(case: Case, layers: Sequence[Layer]) -> bool:
    """Add zero-optimum/1, if a network of the shape is led to an exact fit, and the critical point is above that."""
    if not _may_fit(case) or claimed_optimum(case.draft) is not None:
        return False
    start = flat(layers, case.shape.output_bias)
    return _fitted(case, "zero-optimum/1", start, _ANYWHERE) and room_above_optimum(case.draft) is not None


def _may_fit(case: Case) -> bool:
    """Whether a loss of 0 is a fit, and there are enough parameters to fit all targets."""
    if case.draft.instance.weight_decay is not None or case.question.loss not in ("squared", "pseudo-huber"):
        return False
    return case.shape.parameters >= to_floats(case.draft.instance.targets).size


def _fitted(case: Case, lemma: str, start: Sequence[fmpq], within: float) -> bool:
    """Add this lemma about a network that fits exactly, if it goes through within this distance of the start."""
    case.report("looking for a network that fits exactly")
    found = exact_fit(case.draft.instance, case.shape, [arb(v) for v in start])
    if found is None or found.distance > within:
        return False
    for radius in _TINY:
        centre = [near(c, radius / 50) for c in found.parameters]
        layers, free = layers_document(case.shape, centre), list(found.free)
        arguments: dict[str, object] = {"layers": layers, "free": free, "radius": str(radius)}
        if case.goes_through((lemma, (), arguments)):
            case.draft.add(lemma, (), arguments)
            return True
    return False
