"""The steps about what surrounds a critical point: the region and the better point of a fitted one, and the optimum."""

from __future__ import annotations

from flint import fmpq

from certify.draft import Draft
from certify.progress import Report
from certify.search.one_digit import largest_one_digit
from certify.search.optimum import interpolation_arguments
from certify.search.second_neuron import add_neuron
from certify.search.tables import to_floats
from certify.short import rounded_down, texts
from proofs.kernel import Failure
from proofs.lemmas.fitted_point import FittedPoint

_SMALLEST_REGION = -15
_RATES = tuple(fmpq(1, n) for n in (10, 30, 100, 1000, 10**4, 10**6))
_PARTS = (0.99, 0.9, 0.5, 0.1, 0.01, 1e-4)


def add_region(draft: Draft) -> None:
    """The largest one-digit radius for which fitted-region/1 goes through."""
    depth = draft.instance.architecture.depth

    def attempt(radius: fmpq, rate: fmpq) -> dict[str, object] | None:
        arguments: dict[str, object] = {"radius": str(radius), "rates": [str(rate)] * (depth - 1)}
        try:
            draft.probe([("fitted-region/1", ("s1",), arguments)])
        except Failure:
            return None
        return arguments

    smallest = fmpq(10) ** _SMALLEST_REGION
    rate = next((rate for rate in _RATES if attempt(smallest, rate)), None)
    if rate is None:
        draft.notes.append("a region: no radius above 1e-15 was proved")
        return
    if depth > 1:
        rate /= 2
    arguments = largest_one_digit(lambda radius: attempt(radius, rate), smallest, smallest, fmpq(1))
    if arguments is not None:
        draft.attempt("fitted-region/1", ("s1",), arguments)


def add_better_point(draft: Draft, seed: int, report: Report) -> None:
    """A network with one neuron more, and a gap that it certainly has for all targets."""
    point = draft.proposition(FittedPoint)
    if point is None:
        return
    network = draft.instance.architecture
    share = float(point.share.p) / float(point.share.q)
    fitted = float(point.loss[0].p) / float(point.loss[0].q)
    better = add_neuron(
        to_floats(draft.instance.inputs),
        to_floats(draft.instance.targets.select([0])),
        network.activation.name,
        draft.instance.loss.name,
        _full_chain(draft, point),
        network.output_bias,
        2 if network.widths is None else min(2, network.widths[-1]),
        seed,
        report,
    )
    if better is None:
        draft.notes.append("sub-optimality: the search found no network with a smaller loss")
        return
    *hidden, ((weights,), biases) = better.layers
    top = [[e * v for v in weights] for e in point.ratios], [e * beta for e in point.ratios for beta in biases]
    layers = [{"weights": [texts(row) for row in matrix], "biases": texts(shift)} for matrix, shift in (*hidden, top)]
    for part in _PARTS:
        gap = part * (fitted - share * better.loss)
        if gap <= 0:
            break
        arguments: dict[str, object] = {"gap": str(rounded_down(gap)), "layers": layers}
        try:
            draft.add("fitted-better-point/1", ("s1",), arguments)
        except Failure:
            continue
        return
    draft.notes.append("sub-optimality: the better network that was found is not certainly better for all targets")


def _full_chain(draft: Draft, point: FittedPoint) -> list[float]:
    """The chain's parameters in floats, with weight zero on the features that depend on others."""
    numbers = [float(int(c.p) / int(c.q)) for c in point.centre]
    weights = dict(zip(point.basis, numbers, strict=False))
    return [*(weights.get(j, 0.0) for j in range(draft.instance.inputs.columns)), *numbers[len(point.basis) :]]


def add_optimum(draft: Draft, lemma: str, seed: int) -> None:
    """The global minimum of networks that are wide enough, by exact-optimum/1 or fitted-optimum/1."""
    network = draft.instance.architecture
    distinct = len(draft.instance.distinct_inputs)
    if not network.admits((1,) * (network.depth - 1) + (distinct,)):
        draft.notes.append(f"the global optimum: the last hidden layer is narrower than the {distinct} distinct inputs")
        return
    if network.activation.span is None:
        draft.notes.append("the global optimum: nothing is proved about interpolation with this activation")
        return
    arguments = interpolation_arguments(draft.instance, seed)
    if arguments is None:
        draft.notes.append("the global optimum: no separating direction was found")
        return
    draft.attempt(lemma, ("s1",), arguments)
