"""venturi-bandeira-bruna/1: a spurious valley, from which no path leads down to the better losses elsewhere."""

from __future__ import annotations

from dataclasses import dataclass

from flint import arb, fmpq

from proofs.balls import Sign, sign, square, upper_bound
from proofs.document import Reader
from proofs.exact import show, show_above
from proofs.instance import Instance
from proofs.kernel import Conclusion, Fact, Lemma, Rejected, Undecided

NON_NEGATIVE = ("sigmoid", "softplus", "exp", "square", "relu")


@dataclass(frozen=True, slots=True)
class SpuriousValley:
    """A component of a sub-level set on which E >= floor, although E < floor somewhere else."""

    floor: fmpq


def _check(instance: Instance, premises: tuple[Fact, ...], arguments: Reader) -> Conclusion:
    network = instance.architecture
    if instance.loss.name != "squared":
        raise Rejected("VB01", f"the theorem is about the squared loss, not {instance.loss.name}")
    if network.widths != (1,) or network.output_bias or network.outputs != 1:
        raise Rejected("VB02", "the theorem is about one hidden unit and one output without bias")
    if network.activation.name not in NON_NEGATIVE:
        raise Rejected("VB03", f"expected an activation that is never negative: {', '.join(NON_NEGATIVE)}")
    targets = instance.targets.column(0)
    floor = sum((y * y for y in targets if y < 0), fmpq(0))
    barrier = sum((y * y for y in targets), fmpq(0))
    weight, inside = _loss(instance, arguments.section("inside"))
    if weight <= 0:
        raise Rejected("VB05", "the point in the valley needs a positive outgoing weight")
    _demand_below(inside, barrier, "the point in the valley", "the barrier, the sum of all y^2")
    _, outside = _loss(instance, arguments.section("outside"))
    _demand_below(outside, floor, "the other point", "the floor of the valley, the sum of y^2 over y < 0")
    return Conclusion(
        SpuriousValley(floor),
        f"one hidden {network.activation.name} unit with a bias, without output bias: around a point with loss c ≤ "
        f"{show_above(upper_bound(inside))}, the connected component of the set of parameters with loss at most c has "
        f"no loss below {floor}, although other parameters have loss at most {show_above(upper_bound(outside))}",
        f"barrier {show(barrier)}",
    )


def _loss(instance: Instance, point: Reader) -> tuple[fmpq, arb]:
    """The outgoing weight u and the loss of the network u s(w.x + b)."""
    weights, bias, outgoing = point.rationals("weights"), point.rational("bias"), point.rational("outgoing")
    point.finish()
    if len(weights) != instance.inputs.columns:
        raise Rejected("VB04", f"expected {instance.inputs.columns} incoming weights")
    loss = arb(0)
    for n in range(instance.samples):
        level = sum((w * x for w, x in zip(weights, instance.inputs.row(n), strict=True)), bias)
        output = arb(outgoing) * instance.architecture.activation.value(arb(level))
        loss += square(output - arb(instance.targets.entry(n, 0)))
    return outgoing, loss


def _demand_below(loss: arb, level: fmpq, which: str, what: str) -> None:
    found = sign(arb(level) - loss)
    if found is Sign.UNKNOWN:
        raise Undecided("VB06", f"cannot tell that {which} is below {what}")
    if found is Sign.NEGATIVE:
        raise Rejected("VB06", f"{which} is not below {what}")


LEMMA = Lemma(
    name="venturi-bandeira-bruna/1",
    title="spurious valley",
    statement=(
        "Let T = u s(w.x + b) with an activation s ≥ 0 and the squared loss E. Where u = 0, E = Σ y^2 (the barrier); "
        "where u ≥ 0, T ≥ 0, so E ≥ Σ_{y<0} y^2 (the floor). Let a point with u > 0 have a loss c below the barrier. A "
        "path from it to a point with u < 0 crosses u = 0, hence leaves {E ≤ c}: in the connected component of {E ≤ c} "
        "around it, E is never below the floor. If another point has a loss below the floor, that component is a "
        "spurious valley: it contains no global minimum, and no path without ascent above c leads from it to one."
    ),
    source="docs/gallery/venturi-bandeira-bruna.md (after L. Venturi, A. Bandeira, J. Bruna 2019)",
    premises=(),
    check=_check,
)
