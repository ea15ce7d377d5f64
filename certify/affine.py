"""Piecewise affine activations: the least-squares affine fit of the user's own targets is a bad local minimum."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from flint import fmpq

from certify.data import Dataset
from certify.draft import Bundle, Draft, start_draft
from certify.errors import UsageError
from certify.plan import NotFound
from certify.problem import Problem
from certify.progress import Report
from certify.search.affine_fit import AffineFunction, affine_fits, mean_fits
from certify.search.affine_point import carried, straight_network
from certify.search.better import Better
from certify.search.floats import Array
from certify.search.kinks import bending_network
from certify.search.optimum import separating_direction
from certify.search.tables import to_floats
from certify.short import below, rounded, texts
from proofs.claims.affine import AffineClaim
from proofs.exact_network import exact_sums, residuals
from proofs.instance import Architecture
from proofs.kernel import Rejected
from proofs.layers import Layer, hidden_widths
from proofs.lemmas.affine_better_point import AffineBetterPoint
from proofs.lemmas.affine_minimum import AffineMinimum
from proofs.lemmas.affine_optimum import AffineOptimum
from proofs.losses import LOSSES
from proofs.piecewise import Piece, PiecewiseAffine
from proofs.table import Table

PRECISION = 128  # nothing is enclosed: all numbers are rational
MOST_UNITS = 4  # tried for a better point, beyond the number of outputs
_DIGITS = 12


@dataclass(frozen=True, slots=True)
class _Case:
    """What is to be proved."""

    problem: Problem
    dataset: Dataset
    targets: Table
    network: Architecture
    piecewise: PiecewiseAffine
    fits: tuple[AffineFunction, ...]


def build_affine(
    problem: Problem, dataset: Dataset, basis: Sequence[int], network: Architecture, provenance: str, report: Report
) -> Bundle:
    """Fit, search and check.

    Raises:
        UsageError: the problem does not fit the activation.
        NotFound: nothing was proved.
    """
    piecewise, targets = network.activation.piecewise, dataset.targets
    if piecewise is None or targets is None:  # `certify.build` and `Problem` see to both
        raise UsageError("construction: affine needs a piecewise affine activation and targets")
    report("fitting the targets")
    flat = problem.piece is not None and _chosen(piecewise, problem.piece).slope == 0
    fits = mean_fits(dataset.inputs, targets) if flat else affine_fits(dataset.inputs, basis, targets)
    case = _Case(problem, dataset, targets, replace(network, outputs=targets.columns), piecewise, fits)
    draft = start_draft(dataset, targets, case.network, LOSSES["squared"], provenance, report=report)
    draft.add("affine-minimum/1", (), {"layers": _document(_straight(case, draft))})
    report("looking for the exact optimum")
    _add_optimum(case, draft)
    report("looking for a better point")
    _add_better_point(case, draft, report)
    return draft.finish(dataset, _claim(draft), PRECISION)


def _chosen(piecewise: PiecewiseAffine, number: int) -> Piece:
    if not 0 <= number < len(piecewise.pieces):
        raise UsageError(f"piece: expected 0 to {len(piecewise.pieces) - 1}, from left to right, found {number}")
    return piecewise.pieces[number]


def _straight(case: _Case, draft: Draft) -> list[Layer]:
    """The network of fewest units that computes the fits, on the piece asked for or on the best one."""
    if case.problem.piece is not None:
        pieces = [_chosen(case.piecewise, case.problem.piece)]
    else:
        sloped = (piece for piece in case.piecewise.pieces if piece.slope != 0)
        pieces = sorted(sloped, key=lambda piece: -abs(piece.slope))
    made = (straight_network(draft.instance, case.piecewise, piece, case.fits) for piece in pieces)
    found = [layers for layers in made if layers is not None]
    if not found:
        raise NotFound("without an output bias, units on this piece give nothing but 0; try --output-bias")
    best = min(found, key=lambda layers: sum(hidden_widths(layers)))
    if not case.network.admits(hidden_widths(best)):
        least = ", ".join(f"d_{h} ≥ {width}" for h, width in enumerate(hidden_widths(best), 1))
        raise NotFound(f"the affine fit is made for {least} only, and these widths are smaller")
    return best


def _document(layers: Sequence[Layer]) -> list[dict[str, object]]:
    return [{"weights": [texts(row) for row in layer.weights], "biases": texts(layer.biases)} for layer in layers]


def _add_optimum(case: _Case, draft: Draft) -> None:
    """The global minimum of wide networks.

    Raises:
        NotFound: the local minimum has that value already, so that it is no bad one.
    """
    direction = separating_direction(draft.instance, case.problem.seed)
    if direction is None:
        draft.notes.append("the global optimum: no separating direction was found")
        return
    try:
        draft.add("affine-optimum/1", ("s1",), {"direction": texts(direction)})
    except Rejected as failure:
        if failure.code == "AO05":
            raise NotFound(
                "no function of these inputs has a smaller loss than the fit: the minimum is global, not bad"
            ) from None
        draft.notes.append(f"the global optimum: {failure.detail}")


def _add_better_point(case: _Case, draft: Draft, report: Report) -> None:
    """A network with the fewest bending units that has a smaller loss, exactly."""
    point, found = draft.proposition(AffineMinimum), _bending(case, report)
    if point is None or found is None:
        draft.notes.append("sub-optimality: the search found no network with a smaller loss")
        return
    hidden, output = found
    steepest = max(case.piecewise.pieces, key=lambda piece: abs(piece.slope))
    layers = [*carried(draft.instance, case.piecewise, steepest, hidden), output]
    gap = point.loss - residuals(draft.instance, exact_sums(draft.instance, case.piecewise, layers)[-1])[1]
    if gap <= 0:
        draft.notes.append("sub-optimality: the network that was found is better in floating point only")
        return
    draft.attempt("affine-better-point/1", ("s1",), {"gap": str(below(gap)), "layers": _document(layers)})


def _bending(case: _Case, report: Report) -> tuple[Layer, Layer] | None:
    """The last hidden layer, as functions of the inputs, and the output layer. Where the layers below are too narrow
    for units that bend along directions of their own, they all bend along that of the first fit."""
    widths, inputs, most = case.network.widths, to_floats(case.dataset.inputs), MOST_UNITS + case.network.outputs
    top, lower = (most, most) if widths is None else (min(most, widths[-1]), min(most, *widths))
    fits = inputs @ np.array([_floats(f.weights) for f in case.fits]).T + _floats([f.constant for f in case.fits])
    found = _search(case, inputs, fits, range(1, lower + 1), report)
    if found is not None:
        return Layer(*found.layers[0]), Layer(*found.layers[1])
    largest = max(abs(w) for w in case.fits[0].weights)
    if lower == top or largest == 0:
        return None
    direction = [rounded(w / largest, _DIGITS) for w in case.fits[0].weights]
    found = _search(case, inputs @ _floats(direction)[:, None], fits, range(1, top + 1), report)
    if found is None:
        return None
    (weights, biases), output = found.layers
    return Layer(tuple(tuple(w * g for g in direction) for (w,) in weights), biases), Layer(*output)


def _search(case: _Case, inputs: Array, fits: Array, widths: Sequence[int], report: Report) -> Better | None:
    name, bias, seed = case.network.activation.name, case.network.output_bias, case.problem.seed
    return bending_network(name, case.piecewise, inputs, to_floats(case.targets), fits, bias, widths, seed, report)


def _floats(values: Sequence[fmpq]) -> Array:
    return np.array([int(v.p) / int(v.q) for v in values])


def _claim(draft: Draft) -> AffineClaim:
    """The strongest claim that the steps support."""
    point, optimum = draft.proposition(AffineMinimum), draft.proposition(AffineOptimum)
    if point is None:
        raise NotFound("no affine minimum was established")
    lower = draft.proposition(AffineBetterPoint) or optimum
    least = point.least_widths
    if lower is not None:
        least = tuple(max(pair) for pair in zip(least, lower.least_widths, strict=True))
    return AffineClaim(
        loss=point.loss,
        region="constant" if point.constant else "affine",
        least_widths=least,
        gap=lower.gap if lower is not None else None,
        optimum_widths=optimum.least_widths if optimum is not None else None,
        optimum=optimum.least_loss if optimum is not None else None,
    )
