"""Construction II: a chain, targets that it nearly fits, and the proof that its lifts are bad minima for all targets
near them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from flint import fmpq, fmpz_mat

from certify.data import Dataset
from certify.draft import Bundle, Draft, start_draft
from certify.plan import NotFound
from certify.problem import Problem
from certify.progress import Report
from certify.search.basis import Dependency
from certify.search.fitted import FittedPoint as Found
from certify.search.fitted import find_fitted, number_of_conditions
from certify.search.floats import Array
from certify.search.frame import FramedChain, framed_chain
from certify.search.one_digit import largest_one_digit
from certify.search.tables import to_floats
from certify.search.targets import output_ratios, output_scale, targets_for
from certify.short import below
from certify.surroundings import add_better_point, add_optimum, add_region
from proofs.balls import precision
from proofs.claims.exceptional import ExceptionalClaim
from proofs.claims.fitted import FittedClaim
from proofs.instance import Architecture
from proofs.kernel import Failure
from proofs.lemmas.fitted_better_point import FittedBetterPoint
from proofs.lemmas.fitted_optimum import FittedOptimum
from proofs.lemmas.fitted_point import FittedPoint
from proofs.lemmas.fitted_region import FittedRegion
from proofs.losses import LOSSES
from proofs.table import Table, table_from_columns

PRECISIONS = (128, 256)
MOST_DIGITS = 15

_FACTORS = (fmpq(6, 5), fmpq(8, 5), fmpq(5, 2))
_SMALLEST_TARGETS = -20


@dataclass(frozen=True, slots=True)
class _Case:
    """What is to be proved: the problem with its data, and the chain that the search found."""

    problem: Problem
    dataset: Dataset
    basis: Sequence[int]
    dependencies: Sequence[Dependency]
    network: Architecture
    provenance: str
    found: Found
    targets: Array


def build_fitted(
    problem: Problem,
    dataset: Dataset,
    basis: Sequence[int],
    dependencies: Sequence[Dependency],
    network: Architecture,
    provenance: str,
    report: Report,
) -> Bundle:
    """Search, build and check.

    Raises:
        NotFound: nothing was proved.
    """
    if network.activation.equation is not None or network.activation.flat is not None:
        exceptional = _exceptional(dataset, network, problem, provenance)
        if exceptional is not None:
            return exceptional
    inputs = to_floats(dataset.inputs.select(basis))
    conditions = number_of_conditions(len(basis), network.depth, network.output_bias, network.activation.name)
    if len(inputs) <= conditions:
        raise NotFound(
            f"{len(inputs)} samples are too few: a chain of this depth on {len(basis)} independent features puts "
            f"{conditions} conditions on the residual, which leave none but 0; use fewer --features or less --depth"
        )
    name, bias = network.activation.name, network.output_bias
    found = find_fitted(inputs, name, network.depth, bias, problem.seed, problem.budget, report)
    if found is None:
        raise NotFound(
            f"no chain with definite forms was found for {name} in {problem.budget:g} s; a larger --budget or another "
            "--seed may find one"
        )
    outputs = found.chain.outputs(inputs, name)
    scale = output_scale(problem.loss, outputs)
    found = replace(found, chain=replace(found.chain, weight=scale * found.chain.weight))
    targets = targets_for(problem.loss, scale * outputs, found.residual, found.amplitude)
    case = _Case(problem, dataset, basis, dependencies, network, provenance, found, targets)
    for bits in PRECISIONS:
        with precision(bits):
            draft = _with_short_targets(case, report)
            if draft is not None:
                _look_around(case, draft, report)
                return draft.finish(dataset, _claim(case, draft), bits)
    raise NotFound(
        "a chain was found in floating point, but its targets were not proved with so few digits; try another --seed"
        + ("" if problem.digits is None else " or more --digits")
    )


def _exceptional(dataset: Dataset, network: Architecture, problem: Problem, provenance: str) -> Bundle | None:
    """The certificate that no chain of this activation will do, if it is so; the instance needs no targets."""
    without = replace(network, outputs=0)
    empty = Table(fmpz_mat(dataset.inputs.rows, 0), ())
    draft = start_draft(dataset, empty, without, LOSSES[problem.loss], provenance)
    try:
        draft.add("exceptional-activation/1", (), {})
    except Failure:
        return None
    return draft.finish(dataset, ExceptionalClaim(), PRECISIONS[0])


def _with_short_targets(case: _Case, report: Report) -> Draft | None:
    """The critical chain and its lifts, for targets with the decimals asked for, or the fewest that prove."""
    asked = case.problem.digits
    for digits in range(1, MOST_DIGITS + 1) if asked is None else (asked,):
        report(f"proving the minimum for targets with {digits} decimals")
        unit = 10**digits
        column = [round(float(y) * unit) for y in case.targets]
        columns = [([int(e.p) * y for y in column], unit) for e in output_ratios(case.network.outputs)]
        targets = table_from_columns(columns, case.dataset.inputs.rows)
        draft = start_draft(
            case.dataset, targets, case.network, LOSSES[case.problem.loss], case.provenance, report=report
        )
        chain = framed_chain(draft.instance, case.basis, case.found)
        if chain is not None and _add_largest_target_box(case, draft, chain, fmpq(1, unit)):
            return draft
    return None


def _add_largest_target_box(case: _Case, draft: Draft, chain: FramedChain, decimal: fmpq) -> bool:
    """Add the steps for the largest one-digit radius of targets for which the lifts are proved to be minima."""
    lift = "any-lift/1" if case.found.any_lift else "uniform-lift/1"

    def attempt(radius: fmpq) -> dict[str, object] | None:
        for factor in _FACTORS:
            arguments = chain.arguments(draft.instance, case.dependencies, radius, factor)
            try:
                draft.probe([("fitted-point/1", (), arguments), (lift, ("s1",), {})])
            except Failure:
                continue
            return arguments
        return None

    arguments = largest_one_digit(attempt, decimal, fmpq(10) ** _SMALLEST_TARGETS)
    if arguments is None:
        return False
    draft.add("fitted-point/1", (), arguments)
    draft.add(lift, ("s1",), {})
    return True


def _look_around(case: _Case, draft: Draft, report: Report) -> None:
    """The steps about the neighbourhood and about the rest of the landscape."""
    if case.network.activation.flat is not None:
        draft.notes.append("a region: none is proved for activations with a flat direction")
    elif case.found.any_lift:
        report("enlarging the region")
        add_region(draft)
    else:
        draft.notes.append("a region: none is proved for uniform lifts")
    add_better_point(draft, case.problem.seed, report)
    report("looking for the exact optimum")
    add_optimum(draft, "fitted-optimum/1", case.problem.seed)


def _claim(case: _Case, draft: Draft) -> FittedClaim:
    """The strongest claim that the steps support."""
    point = draft.proposition(FittedPoint)
    if point is None:
        raise NotFound("no critical chain was established")
    optimum, region = draft.proposition(FittedOptimum), draft.proposition(FittedRegion)
    lower = draft.proposition(FittedBetterPoint) or optimum
    return FittedClaim(
        lifts="any" if case.found.any_lift else "uniform",
        target_radius=point.target_radius,
        loss_lower=below(point.loss[0]),  # to the last bit, a claim would depend on the precision of the checker
        loss_upper=-below(-point.loss[1]),
        least_widths=lower.least_widths if lower is not None else (1,) * case.network.depth,
        gap=below(lower.gap) if lower is not None else None,
        region_radius=region.radius if region is not None else None,
        optimum_widths=optimum.least_widths if optimum is not None else None,
    )
