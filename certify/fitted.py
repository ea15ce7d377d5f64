"""Construction II: a chain, targets that it nearly fits, and the proof that its lifts are bad minima for all targets
near them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from flint import arb, arb_mat, fmpq, fmpz_mat

from certify.data import Dataset
from certify.draft import Bundle, Draft, start_draft
from certify.plan import NotFound
from certify.problem import Problem
from certify.search.basis import Dependency
from certify.search.fitted import FittedPoint as Found
from certify.search.fitted import find_fitted
from certify.search.floats import VALUE_AND_SLOPE, Array
from certify.search.newton import critical_chain, identity
from certify.search.optimum import interpolation_arguments
from certify.search.second_neuron import add_neuron
from certify.search.tables import to_floats
from certify.search.targets import output_scale, targets_for
from certify.short import near, rounded_down, significant, texts, two_digits
from proofs.balls import precision
from proofs.chain import Directions
from proofs.claim import ExceptionalClaim, FittedClaim
from proofs.forms import reducer
from proofs.instance import Architecture, Instance
from proofs.kernel import Failure
from proofs.lemmas.fitted_better_point import FittedBetterPoint
from proofs.lemmas.fitted_optimum import FittedOptimum
from proofs.lemmas.fitted_point import FittedPoint
from proofs.lemmas.fitted_region import FittedRegion
from proofs.losses import LOSSES
from proofs.table import Table, table_from_columns

PRECISIONS = (128, 256)
MOST_DIGITS = 15
Report = Callable[[str], None]

_FRAME_DIGITS = (4, 7, 10, 15, 20, 30)
_NEAR_IDENTITY = 0.05
_FACTORS = (fmpq(6, 5), fmpq(8, 5), fmpq(5, 2))
_SMALLEST_TARGETS = -20
_SMALLEST_REGION = -15
_RATES = tuple(fmpq(1, n) for n in (10, 30, 100, 1000, 10**4, 10**6))


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


@dataclass(frozen=True, slots=True, eq=False)
class _Polished:
    """A chain very near the critical point for the instance's targets, and how it moves with them.

    Attributes:
        centre: the parameters, in the order of proofs/chain.py.
        frame: directions in which half the Hessian of the loss is nearly the identity.
        sensitivity: how far the critical point moves along each direction, at most and to first order, for targets that
            move by 1 each.
    """

    centre: list[arb]
    frame: list[list[fmpq]]
    sensitivity: list[float]


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
    if network.activation.equation is not None:
        return _exceptional(dataset, network, problem, provenance)
    inputs = to_floats(dataset.inputs.select(basis))
    name, bias = network.activation.name, network.output_bias
    found = find_fitted(inputs, name, network.depth, bias, problem.seed, problem.budget, report)
    if found is None:
        raise NotFound(
            f"no chain with definite forms was found for {name} in {problem.budget:g} s; a larger --budget or another "
            "--seed may find one"
        )
    scale = output_scale(problem.loss, _outputs(found, inputs, name))
    found = replace(found, chain=replace(found.chain, weight=scale * found.chain.weight))
    targets = targets_for(problem.loss, _outputs(found, inputs, name), found.residual, found.amplitude)
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


def _exceptional(dataset: Dataset, network: Architecture, problem: Problem, provenance: str) -> Bundle:
    """The certificate that no chain of this activation will do; the instance needs no targets."""
    without = replace(network, outputs=0)
    empty = Table(fmpz_mat(dataset.inputs.rows, 0), ())
    draft = start_draft(dataset, empty, without, LOSSES[problem.loss], provenance)
    draft.add("exceptional-activation/1", (), {})
    return draft.finish(dataset, ExceptionalClaim(), PRECISIONS[0])


def _with_short_targets(case: _Case, report: Report) -> Draft | None:
    """The critical chain and its lifts, for targets with the decimals asked for, or the fewest that prove."""
    asked = case.problem.digits
    for digits in range(1, MOST_DIGITS + 1) if asked is None else (asked,):
        report(f"proving the minimum for targets with {digits} decimals")
        unit = 10**digits
        column = [round(float(y) * unit) for y in case.targets]
        targets = table_from_columns([(column, unit)], case.dataset.inputs.rows)
        draft = start_draft(case.dataset, targets, case.network, LOSSES[case.problem.loss], case.provenance)
        chain = _polish(case, draft.instance)
        if chain is not None and _add_largest_target_box(case, draft, chain, fmpq(1, unit)):
            return draft
    return None


def _outputs(found: Found, inputs: Array, activation: str) -> Array:
    """T of the float64 chain."""
    value, chain = VALUE_AND_SLOPE[activation][0], found.chain
    state = value(inputs @ chain.direction + chain.biases[0])
    for scale, bias in zip(chain.scales, chain.biases[1:], strict=True):
        state = value(scale * state + bias)
    outputs: Array = chain.weight * state
    return outputs


def _polish(case: _Case, instance: Instance) -> _Polished | None:
    """The critical chain near the float64 one, with its frame; None where Newton's method does not settle."""
    chain = case.found.chain
    middle = [v for pair in zip(chain.scales, chain.biases[1:], strict=True) for v in pair]
    offset = [0.0] if case.network.output_bias else []
    start = [arb(float(v)) for v in (*chain.direction, chain.biases[0], *middle, chain.weight, *offset)]
    settled = critical_chain(instance, case.basis, start)
    return None if settled is None else _framed(*settled)


def _framed(centre: list[arb], hessian: arb_mat, along: Directions) -> _Polished | None:
    """The frame with the fewest digits that brings the Hessian near the identity."""
    change = reducer(hessian)
    if change is None:
        return None
    size = len(centre)
    for digits in _FRAME_DIGITS:
        rows = [[significant(entry, digits) for entry in row] for row in change.transpose().tolist()]
        frame = arb_mat([[arb(entry) for entry in row] for row in rows])
        defect = frame.transpose() * hessian * frame - identity(size)
        if all(float(abs(entry).mid()) * size < _NEAR_IDENTITY for entry in defect.entries()):
            moved = (frame.transpose() * along.outputs.transpose()).tolist()
            return _Polished(centre, rows, [sum(float(abs(entry).mid()) for entry in row) for row in moved])
    return None


def _add_largest_target_box(case: _Case, draft: Draft, chain: _Polished, decimal: fmpq) -> bool:
    """Add the steps for the largest one-digit radius of targets for which the lifts are proved to be minima."""
    lift = "any-lift/1" if case.found.any_lift else "uniform-lift/1"

    def proves(radius: fmpq) -> dict[str, object] | None:
        for factor in _FACTORS:
            arguments = _point_arguments(case, chain, radius, factor)
            try:
                draft.probe([("fitted-point/1", (), arguments), (lift, ("s1",), {})])
            except Failure:
                continue
            return arguments
        return None

    unit = decimal
    if proves(unit):
        while proves(10 * unit):
            unit *= 10
    else:
        while not proves(unit):
            unit /= 10
            if unit < fmpq(10) ** _SMALLEST_TARGETS:
                return False
    digit = next(d for d in range(9, 0, -1) if d == 1 or proves(d * unit))
    arguments = proves(digit * unit)
    if arguments is None:
        return False
    draft.add("fitted-point/1", (), arguments)
    draft.add(lift, ("s1",), {})
    return True


def _point_arguments(case: _Case, chain: _Polished, radius: fmpq, factor: fmpq) -> dict[str, object]:
    radii = [
        two_digits(float(int(factor.p) / int(factor.q)) * float(int(radius.p) / int(radius.q)) * s)
        for s in chain.sensitivity
    ]
    centre = [
        near(c, min((abs(b) * r for b, r in zip(row, radii, strict=True) if b != 0), default=fmpq(1)) / 50)
        for c, row in zip(chain.centre, chain.frame, strict=True)
    ]
    size, depth = len(case.basis), case.network.depth
    above = centre[size + 1 : size + 2 * depth - 1]
    document: dict[str, object] = {
        "weights": texts(centre[:size]),
        "biases": texts([centre[size], *above[1::2]]),
        "scales": texts(above[::2]),
        "output_weight": str(centre[size + 2 * depth - 1]),
    }
    if case.network.output_bias:
        document["output_bias"] = str(centre[-1])
    return {
        "chain": document,
        "frame": [texts(row) for row in chain.frame],
        "radii": texts(radii),
        "target_radius": str(radius),
        "dependent": [
            {"feature": d.feature, "coefficients": texts(d.coefficients), "constant": str(d.constant)}
            for d in case.dependencies
        ],
    }


def _look_around(case: _Case, draft: Draft, report: Report) -> None:
    """The steps about the neighbourhood and about the rest of the landscape."""
    if case.found.any_lift:
        report("enlarging the region")
        _add_region(draft, case.network.depth)
    else:
        draft.notes.append("a region: there is none for uniform lifts, whose neighbours can be lower")
    _add_better_point(case, draft, report)
    report("looking for the exact optimum")
    _add_optimum(case, draft)


def _add_region(draft: Draft, depth: int) -> None:
    """The largest one-digit radius for which fitted-region/1 goes through."""

    def proves(radius: fmpq, rate: fmpq) -> dict[str, object] | None:
        arguments: dict[str, object] = {"radius": str(radius), "rates": [str(rate)] * (depth - 1)}
        try:
            draft.probe([("fitted-region/1", ("s1",), arguments)])
        except Failure:
            return None
        return arguments

    smallest = fmpq(10) ** _SMALLEST_REGION
    rate = next((rate for rate in _RATES if proves(smallest, rate)), None)
    if rate is None:
        draft.notes.append("a region: no radius above 1e-15 was proved")
        return
    if depth > 1:
        rate /= 2
    unit = smallest
    while 10 * unit < 1 and proves(10 * unit, rate):
        unit *= 10
    digit = next(d for d in range(9, 0, -1) if d == 1 or proves(d * unit, rate))
    draft.attempt("fitted-region/1", ("s1",), {"radius": str(digit * unit), "rates": [str(rate)] * (depth - 1)})


def _add_better_point(case: _Case, draft: Draft, report: Report) -> None:
    point = draft.proposition(FittedPoint)
    if point is None:
        return
    targets = to_floats(draft.instance.targets)
    fitted = float(point.loss[0].p) / float(point.loss[0].q)
    better = add_neuron(
        to_floats(draft.instance.inputs),
        targets,
        case.network.activation.name,
        case.problem.loss,
        _full_chain(case, point),
        case.network.output_bias,
        2 if case.network.widths is None else min(2, case.network.widths[-1]),
        case.problem.seed,
        report,
    )
    if better is None:
        draft.notes.append("sub-optimality: the search found no network with a smaller loss")
        return
    layers = [{"weights": [texts(row) for row in matrix], "biases": texts(biases)} for matrix, biases in better.layers]
    for share in (0.99, 0.9, 0.5, 0.1, 0.01, 1e-4):
        gap = share * (fitted - better.loss)
        if gap <= 0:
            break
        arguments: dict[str, object] = {"gap": str(rounded_down(gap)), "layers": layers}
        try:
            draft.add("fitted-better-point/1", ("s1",), arguments)
        except Failure:
            continue
        return
    draft.notes.append("sub-optimality: the better network that was found is not certainly better for all targets")


def _full_chain(case: _Case, point: FittedPoint) -> list[float]:
    """The chain's parameters in floats, with weight zero on the features that depend on others."""
    numbers = [float(int(c.p) / int(c.q)) for c in point.centre]
    weights = dict(zip(case.basis, numbers, strict=False))
    return [*(weights.get(j, 0.0) for j in range(len(case.dataset.features))), *numbers[len(case.basis) :]]


def _add_optimum(case: _Case, draft: Draft) -> None:
    distinct = len(draft.instance.distinct_inputs)
    if not case.network.admits((1,) * (case.network.depth - 1) + (distinct,)):
        draft.notes.append(f"the global optimum: the last hidden layer is narrower than the {distinct} distinct inputs")
        return
    arguments = interpolation_arguments(draft.instance, case.problem.seed)
    if arguments is None:
        draft.notes.append("the global optimum: no separating direction was found")
        return
    draft.attempt("fitted-optimum/1", ("s1",), arguments)


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
        loss_lower=point.loss[0],
        loss_upper=point.loss[1],
        least_widths=lower.least_widths if lower is not None else (1,) * case.network.depth,
        gap=lower.gap if lower is not None else None,
        region_radius=region.radius if region is not None else None,
        optimum_widths=optimum.least_widths if optimum is not None else None,
    )
