"""The step table and the scope of a claim, as text for a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from certify.report.examined import examined_scope, examined_summary
from certify.report.symmetries import symmetry_lines
from proofs.checking import Outcome
from proofs.claim import (
    AffineClaim,
    ExceptionalClaim,
    FittedClaim,
    LemmaClaim,
    MinimumClaim,
    ObstructionClaim,
    claimed_fact,
)
from proofs.exact import show, show_above, show_exact
from proofs.examined import ExaminedClaim
from proofs.instance import Instance
from proofs.kernel import Verdict
from proofs.lemmas.constant_point import ConstantPoint
from proofs.lemmas.fitted_point import FittedPoint


def outcome_lines(instance: Instance, outcome: Outcome, assumed: Sequence[str] = ()) -> Iterator[str]:
    """The table of steps, the scope and the verdict. Names are as in the files: print lines by way of `printable`.

    Args:
        assumed: what the verdict rests on besides certify itself.
    """
    names = [fact.lemma.name for fact in outcome.facts] + ([outcome.failure.lemma] if outcome.failure else [])
    width = max([len(name) for name in names], default=0)
    for fact in outcome.facts:
        line = f"{fact.step:<3} {fact.lemma.name:<{width}}  ok   {fact.conclusion.detail}"
        yield f"{line}   {fact.conclusion.margin}" if fact.conclusion.margin else line
    if dependent := dependencies(instance, outcome):
        yield f"basis: {dependent}"
    if outcome.failure:
        failed = outcome.failure
        word = "NO" if outcome.verdict is Verdict.REJECTED else "??"
        yield f"{failed.step:<3} {failed.lemma:<{width}}  {word}   [{failed.failure.code}] {failed.failure.detail}"
    if outcome.verdict is Verdict.PROVED:
        yield from (f"scope: {line}" for line in scope_lines(instance, outcome))
    yield f"assumes: {'; '.join(assumed) or 'none'}   precision: {outcome.precision} bits"
    yield verdict_line(outcome)


def dependencies(instance: Instance, outcome: Outcome) -> str:
    """`c, d are affine functions of a, b`, when the proof works on a basis of the features; empty otherwise."""
    for fact in outcome.facts:
        point = fact.conclusion.proposition
        if isinstance(point, ConstantPoint | FittedPoint) and len(point.basis) < len(instance.features):
            others = [name for j, name in enumerate(instance.features) if j not in point.basis]
            kept = ", ".join(instance.features[j] for j in point.basis)
            be = "is an affine function" if len(others) == 1 else "are affine functions"
            return f"{', '.join(others)} {be} of {kept} on the data; weights along such a dependency are flat"
    return ""


def verdict_line(outcome: Outcome) -> str:
    """`PROVED  local minimum, not global`."""
    if outcome.verdict is not Verdict.PROVED:
        return f"{outcome.verdict.value}  {outcome.failure.failure if outcome.failure else ''}".rstrip()
    return f"PROVED  {summary(outcome)}"


def summary(outcome: Outcome) -> str:
    """The claim in a few words."""
    claim = outcome.claim
    if isinstance(claim, LemmaClaim):
        fact = claimed_fact(claim, outcome.facts)
        return fact.conclusion.detail if fact is not None else "the conclusion of one step"
    if isinstance(claim, ExceptionalClaim):
        return "exceptional activation: only networks constant on the data can have definite forms, whatever the data"
    if isinstance(claim, ObstructionClaim):
        return f"obstruction: no residual for these inputs has a definite M, because of {', '.join(claim.features)}"
    if isinstance(claim, ExaminedClaim):
        return examined_summary(claim)
    kind = "local minimum"
    if isinstance(claim, FittedClaim):
        kind += f" for every target within {claim.target_radius} of the instance's, {claim.lifts} lifts"
    if isinstance(claim, AffineClaim):
        kind += " where the network is " + ("the best affine fit" if claim.region == "affine" else "the best constant")
    return kind if claim.gap is None else f"{kind}, not global"


def scope_lines(instance: Instance, outcome: Outcome) -> Iterator[str]:
    """What exactly is claimed, one item a line."""
    claim = outcome.claim
    if isinstance(claim, LemmaClaim):
        yield f"the conclusion of step {claim.step}, no more; `certify lemmas {claim.lemma}` states the theorem"
        return
    if isinstance(claim, ObstructionClaim):
        yield "the constant-point construction is impossible for these inputs; other bad minima are not excluded"
        return
    if isinstance(claim, ExceptionalClaim):
        yield (
            f"the fitted construction is impossible for {network_text(instance)}, whatever the data (but for networks "
            "that are constant on them); other minima are not excluded"
        )
        return
    if isinstance(claim, FittedClaim):
        yield from _fitted_scope(instance, claim)
        return
    if isinstance(claim, AffineClaim):
        yield from _affine_scope(instance, claim)
        return
    if isinstance(claim, ExaminedClaim):
        yield from examined_scope(instance, claim)
        yield from symmetry_lines(outcome.facts)
        return
    network = instance.architecture
    some = "every width" if network.widths is None else f"widths {'-'.join(map(str, network.widths))}"
    where = "at every width" if network.widths is None else "for these widths"
    layers = "hidden layer" if network.depth == 1 else "hidden layers"
    yield f"{network.depth} {layers} of {network.activation.name}, {some}, all positive shares; E* = {exactly(claim)}"
    if claim.gap is not None:
        yield f"a point lower by at least {show(claim.gap)} exists for {widths_text(claim.least_widths)}"
    if claim.zero_loss_widths is not None:
        yield f"the global minimum is exactly 0 for {widths_text(claim.zero_loss_widths)}"
    if claim.box_radius is not None:
        yield f"nothing is lower in the box of radius {claim.box_radius} (interval-region/1), {where}"
    if claim.jensen_region:
        yield f"nothing is lower in the Jensen region (jensen-region/1), {where}, for weights of any size"
    if claim.generic:
        yield "the construction works for almost every data set of this shape (generic-data/1)"


def network_text(instance: Instance) -> str:
    """`2 hidden layers of sin without an output bias`."""
    network = instance.architecture
    layers = "hidden layer" if network.depth == 1 else "hidden layers"
    bias = "with an output bias" if network.output_bias else "without an output bias"
    return f"{network.depth} {layers} of {network.activation.name} {bias}"


def _fitted_scope(instance: Instance, claim: FittedClaim) -> Iterator[str]:
    network = instance.architecture
    some = "every width" if network.widths is None else f"widths {'-'.join(map(str, network.widths))}"
    where = "at every width" if network.widths is None else "for these widths"
    layers = "hidden layer" if network.depth == 1 else "hidden layers"
    shares = "all positive shares" if claim.lifts == "any" else "uniform shares only (others may be saddles)"
    yield f"{network.depth} {layers} of {network.activation.name}, {some}, lifts of one chain with {shares}"
    targets = f"every target vector Y with |Y - Y_0| ≤ {claim.target_radius} in each of its {instance.samples} entries"
    yield targets + ("" if network.outputs == 1 else ", for output 1; the other targets are fixed multiples of its")
    yield f"{show(claim.loss_lower)} ≤ E* ≤ {show_above(claim.loss_upper)} for all of them"
    if claim.gap is not None:
        yield f"a point lower by at least {show(claim.gap)} exists for {widths_text(claim.least_widths)}"
    if claim.optimum_widths is not None:
        repeated = len(instance.distinct_inputs) < instance.samples
        value = "the scatter of the targets of equal inputs around their means" if repeated else "exactly 0"
        yield f"the global minimum is {value} for {widths_text(claim.optimum_widths)}"
    if claim.region_radius is not None:
        yield f"nothing is lower in the box of radius {claim.region_radius} (fitted-region/1), {where}"


def _affine_scope(instance: Instance, claim: AffineClaim) -> Iterator[str]:
    network = instance.architecture
    some = "every width" if max(claim.least_widths) == 1 else widths_text(claim.least_widths)
    if network.widths is not None:
        some = f"widths {'-'.join(map(str, network.widths))}"
    layers = "hidden layer" if network.depth == 1 else "hidden layers"
    fit = "the least-squares affine fit" if claim.region == "affine" else "the mean of the targets"
    yield f"{network.depth} {layers} of {network.activation.name}, {some}; the loss of {fit}, E* = {exactly(claim)}"
    flat = "" if claim.region == "affine" else ", and the units of one layer on pieces of slope 0"
    where = "at every width" if network.widths is None else "for these widths"
    yield f"nothing is lower while every unit has all samples on one piece of σ{flat}, {where}, for weights of any size"
    if claim.gap is not None:
        yield f"a point lower by at least {show(claim.gap)} exists for {widths_text(claim.least_widths)}"
    if claim.optimum_widths is not None and claim.optimum is not None:
        value = (
            "exactly 0" if claim.optimum == 0 else f"{show_exact(claim.optimum)}, the scatter of equal inputs' targets"
        )
        yield f"the global minimum is {value} for {widths_text(claim.optimum_widths)}"


def exactly(claim: MinimumClaim | AffineClaim) -> str:
    """The loss, exact when it is short."""
    text = str(claim.loss)
    return text if len(text) <= 30 else f"{show(claim.loss)}... (exact rational in the certificate)"


def widths_text(least: tuple[int, ...]) -> str:
    """`d_1 ≥ 1, d_2 ≥ 2`."""
    return ", ".join(f"d_{h} ≥ {least_width}" for h, least_width in enumerate(least, 1))
