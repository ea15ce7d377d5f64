"""What is claimed of a network that someone trained, in words."""

from __future__ import annotations

from collections.abc import Iterator

from flint import fmpq

from certify.report.loss import loss_text
from certify.report.symmetries import symmetry_lines
from certify.report.words import Words, claimed
from proofs.checking import Outcome
from proofs.claimed_optimum import ClaimedOptimum
from proofs.exact import show, show_above, show_exact
from proofs.examined import ExaminedClaim, ExaminedMinimum, ExaminedSaddle, ExaminedSlope
from proofs.instance import Instance


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
    if claim.symmetries:
        return f"local minimum, strict but for {symmetries_text(claim.symmetries)}"
    return "strict local minimum" if claim.strict else "local minimum"


def symmetries_text(number: int) -> str:
    """`1 symmetry`, `9 symmetries`."""
    return f"{number} symmetr{'y' if number == 1 else 'ies'}"


def _optimum(optimum: ClaimedOptimum | None) -> Iterator[str]:
    """What the least loss of this shape is, if that is claimed."""
    if optimum is None:
        return
    what = "global minimum" if optimum.attained else "infimum"
    value = f"at least {show(optimum.lower)} and at most {show_above(optimum.upper)}"
    if optimum.lower == optimum.upper and (exact := str(optimum.lower)) == show_exact(optimum.lower):
        value = f"exactly {exact}"
    rest = "" if optimum.attained else "; none of them attains it"
    yield f"the {what} of the loss over all networks of this shape is {value}{rest}"


def examined_scope(instance: Instance, claim: ExaminedClaim) -> Iterator[str]:
    """What exactly is claimed, one item a line."""
    network = instance.architecture
    sizes = "-".join(map(str, (instance.inputs.columns, *(network.widths or ()), network.outputs)))
    bias = "with" if network.output_bias else "without"
    distance = show_above(claim.point.distance)
    yield f"the network {sizes} of {network.activation.name} {bias} output bias, all its weights and biases trainable"
    if instance.weight_decay is not None:
        yield f"the loss is {loss_text(instance)}"
    if isinstance(claim, ExaminedSlope):
        yield "the loss falls along one direction at the examined network itself"
        if claim.point.distance > 0:
            yield f"so it does within {show(claim.point.distance)} of it in each parameter: no critical point is there"
        yield from _optimum(claim.optimum)
        return
    what = "a local minimum"
    if isinstance(claim, ExaminedSaddle):
        what = "a critical point that is no local minimum"
    elif not claim.symmetries:
        what = f"a {_kind(claim)}"
    yield f"{what} lies within {distance} of the examined network in each parameter"
    if not (isinstance(claim, ExaminedMinimum) and claim.optimal):
        sums = "the sum over all samples" if instance.weight_decay is None else "the decay included"
        yield f"{show(claim.loss_lower)} ≤ E* ≤ {show_above(claim.loss_upper)} there, {sums}"
    if isinstance(claim, ExaminedSaddle):
        if claim.box_radius is not None:
            yield f"it is the only critical point in {_box(claim, claim.box_radius)}"
        else:
            yield "it is not claimed to be isolated: replicated units can share their outgoing weight in many ways"
        yield from _optimum(claim.optimum)
        return
    if claim.symmetries:
        yield (
            f"near it just the networks on a surface of dimension {claim.symmetries} through it, the orbit of the "
            "symmetries, have the same loss, all others near it a larger one"
        )
    if claim.box_radius is not None:
        yield f"every other network in {_box(claim, claim.box_radius)} has a larger loss"
    if not claim.strict and not claim.optimal and not claim.symmetries:
        yield "it is not claimed to be strict: replicated units can share their outgoing weight in any positive shares"
    if claim.gap is not None:
        yield f"a network of the same shape has a loss lower by at least {show(claim.gap)}"
    yield from _optimum(claim.optimum)


def _box(claim: ExaminedMinimum | ExaminedSaddle, radius: fmpq) -> str:
    box = f"the box of radius {show(radius)} of critical-point/1"
    if not claim.symmetries:
        return box
    return f"{box} that agrees with its centre in the parameters fixed for the {symmetries_text(claim.symmetries)}"


_KINDS: tuple[type[ExaminedClaim], ...] = (ExaminedMinimum, ExaminedSaddle, ExaminedSlope)


def _summary(outcome: Outcome) -> str:
    return examined_summary(claimed(outcome, *_KINDS))


def _scope(instance: Instance, outcome: Outcome) -> Iterator[str]:
    yield from examined_scope(instance, claimed(outcome, *_KINDS))
    yield from symmetry_lines(outcome.facts)


WORDS = Words(_summary, _scope)
