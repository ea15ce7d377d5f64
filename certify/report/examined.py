"""What is claimed of a network that someone trained, in words."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from flint import arb

from certify.report.examined_figures import DESCENT, SPECTRUM, descent_of, spectrum_of
from proofs.balls import upper_bound
from proofs.check import Outcome
from proofs.exact import show, show_above
from proofs.examined import ExaminedClaim, ExaminedMinimum, ExaminedSaddle, ExaminedSlope
from proofs.instance import Instance
from proofs.lemmas.critical_point import CriticalPoint
from proofs.lemmas.replicated_minimum import ReplicatedMinimum
from proofs.lemmas.replicated_saddle import ReplicatedSaddle
from proofs.lemmas.zero_loss import ZeroLoss


def examined_summary(claim: ExaminedClaim) -> str:
    """The claim in a few words."""
    if isinstance(claim, ExaminedSlope):
        return "not a minimum: the loss falls along one direction"
    if isinstance(claim, ExaminedSaddle):
        return "not a minimum: a saddle"
    return _kind(claim) if claim.gap is None else f"{_kind(claim)}, not global"


def _kind(claim: ExaminedMinimum) -> str:
    if claim.optimal:
        return "global minimum, loss 0"
    return "strict local minimum" if claim.strict else "local minimum"


def examined_scope(instance: Instance, claim: ExaminedClaim) -> Iterator[str]:
    """What exactly is claimed, one item a line."""
    network = instance.architecture
    sizes = "-".join(map(str, (instance.inputs.columns, *(network.widths or ()), network.outputs)))
    bias = "with" if network.output_bias else "without"
    distance = show_above(claim.point.distance)
    yield f"the network {sizes} of {network.activation.name} {bias} output bias, all its weights and biases trainable"
    if isinstance(claim, ExaminedSlope):
        yield "the loss falls along one direction at the examined network itself"
        if claim.point.distance > 0:
            yield f"so it does within {show(claim.point.distance)} of it in each parameter: no critical point is there"
        return
    what = "a critical point that is no local minimum" if isinstance(claim, ExaminedSaddle) else f"a {_kind(claim)}"
    yield f"{what} lies within {distance} of the examined network in each parameter"
    if not (isinstance(claim, ExaminedMinimum) and claim.optimal):
        yield f"{show(claim.loss_lower)} ≤ E* ≤ {show_above(claim.loss_upper)} there, the sum over all samples"
    if isinstance(claim, ExaminedSaddle):
        if claim.box_radius is not None:
            yield f"it is the only critical point in the box of radius {show(claim.box_radius)} of critical-point/1"
        else:
            yield "it is not claimed to be isolated: replicated units can share their outgoing weight in many ways"
        return
    if claim.box_radius is not None:
        yield f"every other network in the box of radius {show(claim.box_radius)} of critical-point/1 has a larger loss"
    if not claim.strict and not claim.optimal:
        yield "it is not claimed to be strict: replicated units can share their outgoing weight in any positive shares"
    if claim.gap is not None:
        yield f"a network of the same shape has a loss lower by at least {show(claim.gap)}"


def examined_findings(instance: Instance, outcome: Outcome) -> Iterator[str]:
    """How far the point is from the network, the shape of the loss there, and where it falls, one a line."""
    moved = _largest_change(instance, outcome)
    if moved:
        yield f"largest change {moved}"
    spectrum = spectrum_of(outcome)
    if spectrum is not None:
        lower, upper = show(spectrum.smallest[0]), show_above(spectrum.largest[1])
        yield f"eigenvalues of the Hessian between {lower} and {upper}, {spectrum.negative} negative"
        if spectrum.condition is not None:
            yield f"condition number ≤ {show_above(spectrum.condition[1])}"
    descent = descent_of(instance, outcome)
    if descent is not None:
        *_, (reach, there) = descent.table
        _, here = next(descent.table)
        yield (
            f"along the direction of {descent.step} the loss falls by {here - there:.2g} over a distance of "
            f"{reach:.2g} (float64, not certified)"
        )


def _largest_change(instance: Instance, outcome: Outcome) -> str:
    """Which parameter of the network is farthest from the point that was found, and how far."""
    claim = outcome.claim
    kinds = (ReplicatedMinimum, ReplicatedSaddle, CriticalPoint, ZeroLoss)
    known = [f.conclusion.proposition for f in outcome.facts]
    points = [p.parameters for kind in kinds for p in known if isinstance(p, kind)]
    if not isinstance(claim, ExaminedMinimum | ExaminedSaddle) or not points:
        return ""
    changes = [upper_bound(abs(ball - arb(v))) for ball, v in zip(points[0], claim.point.network, strict=True)]
    most = max(changes)
    return f"≤ {show_above(most)}: {_parameter(instance, changes.index(most))}"


def _parameter(instance: Instance, number: int) -> str:
    """`layer 1, unit 2: weight of x`."""
    network = instance.architecture
    sizes = (instance.inputs.columns, *(network.widths or ()), network.outputs)
    for layer, (inputs, units) in enumerate(pairwise(sizes), 1):
        each = inputs + (network.output_bias or layer <= network.depth)
        if number < units * each or layer > network.depth:
            break
        number -= units * each
    unit, entry = divmod(number, each)
    name = f"layer {layer}, {'unit' if layer <= network.depth else 'output'} {unit + 1}"
    if entry == inputs:
        return f"{name}: bias"
    return f"{name}: weight of {instance.features[entry] if layer == 1 else f'unit {entry + 1}'}"


def examined_pictures(instance: Instance, outcome: Outcome) -> Iterator[str]:
    """Lines of Markdown that show the pictures beside the report, and the second one in numbers."""
    if spectrum_of(outcome) is not None:
        yield f"![eigenvalues of the Hessian]({SPECTRUM})"
        yield ""
    descent = descent_of(instance, outcome)
    if descent is not None:
        yield f"![the loss along the direction of {descent.step}]({DESCENT})"
        yield ""
        yield f"The loss along the unit vector in the direction of {descent.step}, in float64 (an illustration):"
        yield ""
        yield "| distance | loss | change |"
        yield "|---|---|---|"
        _, here = next(descent.table)
        yield from (f"| {t:.3g} | {loss:.9g} | {loss - here:.3g} |" for t, loss in descent.table)
        yield ""
