"""Replicated units: the network that has each of them once, and what the trained one is."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from flint import arb

from certify.search.curvature import half_hessian_at
from certify.search.replicas import Merged
from certify.settle.case import Case, Proposed
from certify.settle.written import direction_document
from certify.short import texts
from proofs.full_network import Shape, evaluate


def with_replicas(
    case: Case, steps: list[Proposed], shape: Shape, parameters: Sequence[arb], merge: Merged, convex: bool
) -> list[Proposed] | str:
    """The steps with one that says what the network with replicated units is; the reason if none does."""
    replicas = merge.replicas
    document = [{"copies": list(c), "shares": texts(s)} for c, s in zip(replicas.copies, replicas.shares, strict=True)]
    reason = "the network that has each replicated unit once is at a saddle"
    if convex:
        minimum: Proposed = ("replicated-minimum/1", ("s2",), {"replicas": document})
        if (failure := case.failure([*steps, minimum])) is None:
            return [*steps, minimum]
        reason = str(failure)
    lifted = replicas.lifted(evaluate(case.draft.instance, shape, parameters))
    wider = half_hessian_at(case.draft.instance, replicas.shape(shape), lifted)
    direction = direction_document(np.linalg.eigh(wider)[1][:, 0])
    saddle: Proposed = ("replicated-saddle/1", ("s1",), {"replicas": document, "direction": direction})
    if case.goes_through(steps[0], saddle):
        return [steps[0], saddle]
    return f"units are replicated, and certainly neither at a minimum nor at a saddle: {reason}"
