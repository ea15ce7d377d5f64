"""From a problem to an instance and a certificate: calls the searches, then lets `proofs` decide every step."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from flint import fmpq, fmpz_mat

from certify.activation import resolve
from certify.affine import build_affine
from certify.data import Dataset, read_dataset
from certify.draft import Bundle, Draft, start_draft
from certify.errors import UsageError
from certify.fitted import build_fitted
from certify.plan import NotFound, Plan, plan_constructed, plan_for_targets
from certify.problem import Problem
from certify.progress import Report
from certify.search.basis import Dependency, affine_basis
from certify.search.better import Plateau, find_better
from certify.search.floats import Array
from certify.search.levels import jensen_intervals
from certify.search.obstruction import Obstruction
from certify.search.optimum import generic_rows
from certify.search.region import find_radius
from certify.search.residual import Gap, find_residual
from certify.search.tables import to_floats
from certify.short import rounded_down, texts
from certify.standardise import Scaling, standardise
from certify.surroundings import add_optimum
from proofs.activations import Activation
from proofs.balls import precision
from proofs.claims.minimum import MinimumClaim
from proofs.claims.obstruction import ObstructionClaim
from proofs.formulas import ROWS
from proofs.instance import Architecture
from proofs.kernel import Undecided
from proofs.lemmas.better_point import BetterPoint
from proofs.lemmas.constant_point import ConstantPoint
from proofs.lemmas.exact_optimum import ExactOptimum
from proofs.lemmas.generic_data import GenericData
from proofs.lemmas.interval_region import IntervalRegion
from proofs.lemmas.jensen_region import JensenRegion
from proofs.lemmas.local_minimum import LocalMinimum
from proofs.losses import LOSSES
from proofs.table import Table

PRECISIONS = (128, 256, 1024)


def build(problem: Problem, report: Report) -> Bundle:
    """Search, build and check.

    Raises:
        UsageError: the problem or its data are malformed.
        NotFound: nothing was proved.
    """
    activation = resolve(problem.activation)
    _demand_construction(activation, problem.construction)
    report("reading the data")
    dataset = read_dataset(problem.data, problem.features, problem.targets)
    scalings: tuple[Scaling, ...] = ()
    if problem.standardise:
        dataset, scalings = standardise(dataset)
    report("looking for affine dependencies among the features")
    basis, dependencies = affine_basis(dataset.inputs)
    if not basis:
        raise NotFound("every feature is constant, so every network is constant on the data and no minimum is bad")
    provenance = _provenance(problem, dataset, scalings)
    network = Architecture(activation, problem.depth, problem.widths, problem.outputs, problem.output_bias)
    if problem.construction == "fitted":
        return build_fitted(problem, dataset, basis, dependencies, network, provenance, report)
    if problem.construction == "affine":
        return build_affine(problem, dataset, basis, network, provenance, report)
    report("looking for a residual")
    inputs = dataset.inputs.select(basis) if dependencies else dataset.inputs
    found = find_residual(inputs, problem.seed, report)
    if isinstance(found, Obstruction):
        return _obstructed(problem, dataset, activation, basis, found, provenance)
    undecided = None
    for bits in PRECISIONS:
        with precision(bits):
            try:
                if dataset.targets is not None:
                    plan = plan_for_targets(problem, network, dataset, dataset.targets, basis, found)
                elif found is not None:
                    plan = plan_constructed(problem, network, found, dataset.inputs.rows)
                else:
                    raise NotFound(
                        "no residual was found for these inputs, and no proof that there is none; try fewer "
                        "--features, --standardise or --construction fitted"
                    )
                draft = start_draft(dataset, plan.targets, plan.network, LOSSES["squared"], provenance, report=report)
                _prove_minimum(draft, plan, dependencies, found.gaps if found else (), report)
                _look_beyond(draft, plan, problem, report)
                return draft.finish(dataset, _claim(draft), bits)
            except Undecided as failure:
                undecided = failure
    raise NotFound(f"undecided at {PRECISIONS[-1]} bits: {undecided}")


def _demand_construction(activation: Activation, construction: str) -> None:
    """The affine construction is for piecewise affine activations, and the others are not."""
    if construction == "affine" and activation.piecewise is None:
        known = ", ".join(other for other, row in ROWS.items() if row.piecewise is not None)
        raise UsageError(
            f"activation: {activation.name} is not piecewise affine; --construction affine needs one of {known}"
        )
    if construction != "affine" and activation.piecewise is not None:
        raise UsageError(
            f"activation: {activation.name} is piecewise affine, and the {construction} construction needs σ''; use "
            "--construction affine, with your own targets (--target)"
        )


def _provenance(problem: Problem, dataset: Dataset, scalings: Sequence[Scaling]) -> str:
    parts = [dataset.source]
    if problem.targets:
        parts.append(f"targets: columns {', '.join(problem.targets)}")
    else:
        parts.append(f"targets constructed with seed {problem.seed}")
    if dataset.left_out:
        parts.append(f"columns not used: {', '.join(dataset.left_out)}")
    if scalings:
        parts.append("standardised: " + "; ".join(f"{s.feature} -> (x - {s.centre})/({s.scale})" for s in scalings))
    return ". ".join(parts)


def _obstructed(
    problem: Problem,
    dataset: Dataset,
    activation: Activation,
    basis: Sequence[int],
    found: Obstruction,
    provenance: str,
) -> Bundle:
    """The certificate that no residual exists; it is about the inputs only, so the instance has no targets."""
    size = len(dataset.features)
    matrix = [["0"] * size for _ in range(size)]
    linear = ["0"] * size
    for j, row, slope in zip(basis, found.matrix, found.linear, strict=True):
        linear[j] = str(slope)
        for k, entry in zip(basis, row, strict=True):
            matrix[j][k] = str(entry)
    network = Architecture(activation, problem.depth, problem.widths, 0, problem.output_bias)
    draft = start_draft(dataset, Table(fmpz_mat(dataset.inputs.rows, 0), ()), network, LOSSES["squared"], provenance)
    draft.add("obstruction/1", (), {"matrix": matrix, "linear": linear, "constant": str(found.constant)})
    touched = tuple(f for f, row in zip(dataset.features, matrix, strict=True) if any(e != "0" for e in row))
    return draft.finish(dataset, ObstructionClaim(touched), PRECISIONS[0])


def _prove_minimum(
    draft: Draft, plan: Plan, dependencies: Sequence[Dependency], gaps: Sequence[Gap], report: Report
) -> None:
    """Steps s1 (critical point), s2 (local minimum) and the regions."""
    report("proving the local minimum")
    point: dict[str, object] = {
        "levels": texts(plan.placement.levels),
        "scales": texts(plan.placement.scales),
        "constants": texts(plan.constants),
        "dependent": [d.document for d in dependencies],
    }
    if plan.network.output_bias:
        point["output_weights"] = texts(plan.output_weights)
    draft.add("constant-point/1", (), point)
    draft.add("local-minimum/1", ("s1",), {})
    report("enlarging the region")
    minimum = draft.proposition(LocalMinimum)
    region = find_radius(draft.instance, minimum) if minimum is not None else None
    if region is None:
        draft.notes.append("a box region: no radius above 1e-12 was proved")
    else:
        radius, rates = region
        draft.attempt("interval-region/1", ("s2",), {"radius": str(radius), "rates": texts(rates)})
    intervals = jensen_intervals(plan.network.activation, plan.placement.levels)
    if gaps and plan.jensen_scales and intervals:
        draft.attempt("jensen-region/1", ("s1",), _jensen_arguments(plan, gaps, intervals))


def _jensen_arguments(
    plan: Plan, gaps: Sequence[Gap], intervals: Sequence[tuple[fmpq | None, fmpq | None]]
) -> dict[str, object]:
    return {
        "gaps": [
            {
                "weight": str(g.weight),
                "centre": g.centre,
                "vertices": list(g.vertices),
                "coefficients": texts(g.coefficients),
            }
            for g in gaps
        ],
        "output_scales": texts(plan.jensen_scales),
        "intervals": [
            {"lower": None if lower is None else str(lower), "upper": None if upper is None else str(upper)}
            for lower, upper in intervals
        ],
    }


def _look_beyond(draft: Draft, plan: Plan, problem: Problem, report: Report) -> None:
    """Steps about the rest of the landscape: a better point, the exact optimum, generic data."""
    _add_better_point(draft, plan, problem, report)
    report("looking for the exact optimum")
    add_optimum(draft, "exact-optimum/1", problem.seed)
    report("looking whether the data are generic")
    rows = generic_rows(draft.instance)
    if rows is not None:
        draft.attempt("generic-data/1", ("s2",), {"rows": list(rows)})


def _add_better_point(draft: Draft, plan: Plan, problem: Problem, report: Report) -> None:
    point = draft.proposition(ConstantPoint)
    inputs, targets = to_floats(draft.instance.inputs), to_floats(plan.targets)
    plateau = _plateau(plan)
    better = find_better(
        inputs,
        targets,
        plan.network.activation.name,
        plateau,
        2 if plan.network.widths is None else min(2, plan.network.widths[-1]),
        plan.network.output_bias,
        _steepest_direction(inputs, plateau.constants - targets),
        problem.seed,
        report,
    )
    gap = int(point.loss.p) / int(point.loss.q) - better.loss if better is not None and point is not None else 0.0
    if better is None or gap <= 0:
        draft.notes.append("sub-optimality: the search found no network with a smaller loss")
        return
    layers = [{"weights": [texts(row) for row in matrix], "biases": texts(biases)} for matrix, biases in better.layers]
    draft.attempt("better-point/1", ("s1",), {"gap": str(rounded_down(gap)), "layers": layers})


def _plateau(plan: Plan) -> Plateau:
    """The constant network in float64."""
    levels = [float(a.ball().mid()) for a in plan.placement.levels]
    top = float(plan.network.activation.value(plan.placement.levels[-1].ball()).mid())
    constants: Array = np.array([int(c.p) / int(c.q) for c in plan.constants])
    if plan.network.output_bias:
        weights: Array = np.array([float(int(v.p)) for v in plan.output_weights])
        biases = constants - weights * top
    else:
        with np.errstate(all="ignore"):
            weights, biases = constants / top, np.zeros(len(constants))
    return Plateau(levels, [float(int(s.p)) for s in plan.placement.scales], weights, biases, constants)


def _steepest_direction(inputs: Array, residuals: Array) -> Array:
    """The direction w, scaled to the data, in which sum_n D_n (w.x_n)^2 is largest for the first residual at work."""
    residual = residuals[:, int(np.argmax(np.abs(residuals).max(axis=0)))]
    centred = inputs - inputs.mean(axis=0)
    scale = np.sqrt((centred**2 * np.abs(residual)[:, None]).sum(axis=0) / np.abs(residual).sum()) + 1e-300
    scaled = centred / scale
    values, vectors = np.linalg.eigh(scaled.T @ (scaled * residual[:, None]))
    direction: Array = vectors[:, int(np.argmax(np.abs(values)))] / scale
    return direction


def _claim(draft: Draft) -> MinimumClaim:
    """The strongest claim that the steps support."""
    point = draft.proposition(ConstantPoint)
    if point is None:
        raise NotFound("no critical point was established")
    optimum = draft.proposition(ExactOptimum)
    region = draft.proposition(IntervalRegion)
    lower = draft.proposition(BetterPoint) or optimum
    return MinimumClaim(
        loss=point.loss,
        least_widths=lower.least_widths if lower is not None else (1,) * len(point.levels),
        gap=lower.gap if lower is not None else None,
        box_radius=region.radius if region is not None else None,
        jensen_region=draft.proposition(JensenRegion) is not None,
        zero_loss_widths=optimum.least_widths if optimum is not None else None,
        generic=draft.proposition(GenericData) is not None,
    )
