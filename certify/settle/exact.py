"""A network that fits all targets exactly, near the trained one: its loss is 0, and no other is smaller."""

from __future__ import annotations

import numpy as np
from flint import arb, fmpq

from certify.search.exact_fit import exact_fit
from certify.search.same_shape import loss_of
from certify.search.tables import to_floats
from certify.settle.case import Case
from certify.settle.written import layers_document
from certify.short import near

_TINY = tuple(fmpq(1, 10**k) for k in (18, 15, 12, 9))
_FITTED = 1e-3
"""A loss below this part of that of the zero function suggests that all targets can be fitted exactly."""


def looks_exact(case: Case) -> bool:
    """Whether the network nearly fits all targets, and has enough parameters to fit them all."""
    targets = to_floats(case.draft.instance.targets)
    if case.draft.instance.weight_decay is not None or case.question.loss not in ("squared", "pseudo-huber"):
        return False
    if case.shape.parameters < targets.size:
        return False
    loss = loss_of(case.draft.instance, case.network.layers)
    return loss <= _FITTED * float(np.sum(targets**2))


def fit_exactly(case: Case) -> bool:
    """Add zero-loss/1, if it goes through within the distance asked for."""
    case.report("looking for a network that fits exactly")
    found = exact_fit(case.draft.instance, case.shape, [arb(v) for v in case.parameters])
    if found is None or found.distance > case.question.within:
        return False
    for radius in _TINY:
        centre = [near(c, radius / 50) for c in found.parameters]
        layers, free = layers_document(case.shape, centre), list(found.free)
        arguments: dict[str, object] = {"layers": layers, "free": free, "radius": str(radius)}
        if case.goes_through(("zero-loss/1", (), arguments)):
            case.draft.add("zero-loss/1", (), arguments)
            return True
    return False
