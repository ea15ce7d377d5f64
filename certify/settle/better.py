"""A network of the same shape with a smaller loss, so that a local minimum is not global."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from flint import arb

from certify.errors import UsageError
from certify.models.given import GivenModel
from certify.models.network import read_network
from certify.search.same_shape import better_of_same_shape, loss_of
from certify.settle.case import Case
from certify.settle.exact import shape_fits
from certify.short import rounded_down, texts
from proofs.layers import Layer
from proofs.lemmas.critical_point import CriticalPoint

_PARTS = (0.99, 0.9, 0.5, 0.1)
"""Of the gain that float64 sees."""


def add_better(case: Case) -> None:
    """A network of the same shape with a smaller loss, if the user gives one or the search finds one; and if it can be
    moved to fit all targets, that the least loss of the shape is 0 instead."""
    point = case.draft.proposition(CriticalPoint)
    if point is None:
        return
    instance, loss = case.draft.instance, float(arb(point.loss[0]).mid())
    layers: Sequence[Layer] | None
    if case.question.better is not None:
        layers = _given_better(case, case.question.better)
    else:
        case.report("looking for a better network")
        layers = better_of_same_shape(instance, loss, case.question.seed, case.report)
    if layers is None:
        case.draft.notes.append("sub-optimality: the search found no network with a smaller loss; it may be global")
        return
    if shape_fits(case, layers):
        return
    gain = loss - loss_of(instance, layers)
    documents = [{"weights": [texts(row) for row in layer.weights], "biases": texts(layer.biases)} for layer in layers]
    for part in _PARTS:
        if part * gain > 0:
            arguments: dict[str, object] = {"gap": str(rounded_down(part * gain)), "layers": documents}
            if case.goes_through(("examined-better-point/1", ("s1",), arguments)):
                case.draft.add("examined-better-point/1", ("s1",), arguments)
                return
    case.draft.notes.append("sub-optimality: the other network is not certainly better")


def _given_better(case: Case, model: Path | GivenModel) -> Sequence[Layer]:
    other = read_network(model, case.question.order)
    if other.widths != case.network.widths or other.output_bias != case.network.output_bias:
        raise UsageError(
            f"{model}: a network {'-'.join(map(str, other.widths))}; expected the shape of the examined one, "
            f"{'-'.join(map(str, case.network.widths))}"
        )
    return other.layers
