"""What is found of an examined network beside the claim: how far it was moved, the spectrum, where the loss falls."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from flint import arb

from certify.report.document import Block, Paragraph, Prose, Table
from certify.report.examined_figures import descent_of, spectrum_of
from proofs.balls import upper_bound
from proofs.checking import Outcome
from proofs.exact import show, show_above
from proofs.examined import ExaminedMinimum, ExaminedSaddle
from proofs.instance import Instance
from proofs.kernel import propositions
from proofs.lemmas.critical_point import CriticalPoint
from proofs.lemmas.replicated_minimum import ReplicatedMinimum
from proofs.lemmas.replicated_saddle import ReplicatedSaddle
from proofs.lemmas.strict_minimum import StrictMinimum
from proofs.lemmas.zero_loss import ZeroLoss


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
    minima = propositions(outcome.facts, StrictMinimum)
    if minima and (symmetries := len(minima[0].point.symmetries)):
        yield f"the Hessian has exactly {symmetries} eigenvalues 0, those of the symmetries; the others are positive"
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
    """`layer 1, unit 0: weight of x`; units are counted from 0, as the rows of the weights are."""
    network = instance.architecture
    sizes = (instance.inputs.columns, *(network.widths or ()), network.outputs)
    for layer, (inputs, units) in enumerate(pairwise(sizes), 1):
        each = inputs + (network.output_bias or layer <= network.depth)
        if number < units * each or layer > network.depth:
            break
        number -= units * each
    unit, entry = divmod(number, each)
    name = f"layer {layer}, {'unit' if layer <= network.depth else 'output'} {unit}"
    if entry == inputs:
        return f"{name}: bias"
    return f"{name}: weight of {instance.features[entry] if layer == 1 else f'unit {entry}'}"


def descent_table(instance: Instance, outcome: Outcome) -> Iterator[Block]:
    """The picture of the descent in numbers, if there is one."""
    descent = descent_of(instance, outcome)
    if descent is None:
        return
    said = f"The loss along the unit vector in the direction of {descent.step}, in float64 (an illustration):"
    yield Paragraph((Prose(said),))
    _, here = next(descent.table)
    yield Table(
        ((Prose("distance"),), (Prose("loss"),), (Prose("change"),)),
        tuple(
            ((Prose(f"{t:.3g}"),), (Prose(f"{loss:.9g}"),), (Prose(f"{loss - here:.3g}"),)) for t, loss in descent.table
        ),
    )
