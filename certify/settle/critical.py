"""The critical point to which Newton's method leads from a trained network, and what it is: a minimum or a saddle."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from flint import arb, arb_mat, fmpq

from certify.least import add_optimum, room_above_optimum
from certify.search.polish import PROBE, floats, polished
from certify.search.replicas import Merged, merged
from certify.search.symmetries import Slice, slice_at
from certify.settle.better import add_better
from certify.settle.box import first_radius, largest
from certify.settle.case import SMALLEST, SPARE, Case, Proposed
from certify.settle.replicated import with_replicas
from certify.settle.spectrum import add_spectrum
from certify.settle.written import direction_document, layers_document
from certify.short import near
from proofs.full_network import Shape, evaluate, flat, shape_of
from proofs.lemmas.replicated_saddle import ReplicatedSaddle

_INNER = fmpq(1, 10**12)
"""The part of a box in which its critical point is enclosed."""


def at_minimum_or_saddle(case: Case) -> str | None:
    """Add the steps about the critical point to which Newton's method leads; the reason if that is not possible.

    Replicated units are merged where the network has no other symmetries, and no decay, which ties their shares.
    """
    instance = case.draft.instance
    cut = slice_at(instance, case.shape, case.parameters)
    merge = merged(case.network.layers) if not cut.fixed and instance.weight_decay is None else None
    reduced = list(case.network.layers) if merge is None else list(merge.layers)
    shape = shape_of(instance, reduced)
    start = [arb(v) for v in flat(reduced, shape.output_bias)]
    found = polished(instance, shape, start, cut.fixed)
    if found is None:
        return (
            "Newton's method finds no isolated critical point at the network (a flat direction, as with "
            "saturated or replicated units; or a kink)"
        )
    reached = found[0] if merge is None else list(merge.replicas.lifted(evaluate(instance, shape, found[0])))
    distance = max(float(abs(a - arb(b)).mid()) for a, b in zip(reached, case.parameters, strict=True))
    if not distance <= case.question.within:
        return (
            f"the critical point to which Newton's method leads is {distance:.2g} away, farther than --within "
            f"{case.question.within:g}"
        )
    return _at_critical_point(case, shape, *found, merge, cut)


def _at_critical_point(
    case: Case, shape: Shape, parameters: Sequence[arb], hessian: arb_mat, merge: Merged | None, cut: Slice
) -> str | None:
    """Add the steps about the critical point; the reason if they do not go through."""
    free = [k for k in range(shape.parameters) if k not in cut.fixed]
    values, vectors = np.linalg.eigh(floats(hessian)[np.ix_(free, free)])
    convex = float(values[0]) > 0
    kind: list[Proposed] = []
    if convex:
        kind = [("strict-minimum/1", ("s1",), {})]
    elif merge is None:
        vector = np.zeros(shape.parameters)
        vector[free] = vectors[:, 0]
        kind = [("saddle/1", ("s1",), {"direction": direction_document(vector)})]

    def steps_for(radius: fmpq) -> list[Proposed]:
        step = _INNER * radius
        centre = [case.parameters[k] if k in cut.fixed else near(c, step) for k, c in enumerate(parameters)]
        arguments: dict[str, object] = {
            "layers": layers_document(shape, centre),
            "radius": str(radius),
            "symmetries": list(cut.documents),
        }
        return [("critical-point/1", (), arguments), *kind]

    def attempt(radius: fmpq) -> list[Proposed] | None:
        return steps_for(radius) if case.failure(steps_for(SPARE * radius)) is None else None

    case.report("enlarging the box")
    steps = largest(attempt, first_radius(hessian, free, PROBE), case.shape.parameters)
    if steps is None:
        failure = case.failure(steps_for(SMALLEST))
        if failure is not None and failure.code in ("CR05", "CR06", "CR07", "CR08"):
            return str(failure)
        return (
            "the critical point is not certainly isolated: the Hessian there is too near to a singular one "
            f"(smallest eigenvalue {2 * float(values[0]):.2g} of {2 * float(values[-1]):.2g}: a flat direction, as "
            "with saturated or replicated units)"
        )
    if merge is not None:
        chosen = with_replicas(case, steps, shape, parameters, merge, convex)
        if isinstance(chosen, str):
            return chosen
        steps = chosen
    for step in steps:
        case.draft.add(*step)
    add_optimum(case.draft, case.question.seed)
    minimum = convex and case.draft.proposition(ReplicatedSaddle) is None
    if minimum and (case.question.better is not None or room_above_optimum(case.draft) is None):
        add_better(case)
    if merge is None and not cut.fixed:
        add_spectrum(case, 2 * values)
    return None
