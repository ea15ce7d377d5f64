"""better-point/1: a network of the same architecture with a certainly smaller loss."""

from __future__ import annotations

from dataclasses import dataclass

from flint import arb, fmpq

from proofs.balls import Sign, sign, upper_bound
from proofs.better_network import read_better
from proofs.document import Reader
from proofs.exact import show, show_above
from proofs.instance import Instance
from proofs.kernel import Conclusion, Fact, Lemma, Rejected, Undecided
from proofs.layers import hidden_widths, outputs_at_samples
from proofs.lemmas.constant_point import ConstantPoint


@dataclass(frozen=True, slots=True)
class BetterPoint:
    """Every network at least as wide as `least_widths` has parameters with loss at most E* - gap."""

    least_widths: tuple[int, ...]
    gap: fmpq


def _check(instance: Instance, premises: tuple[Fact, ...], arguments: Reader) -> Conclusion:
    point = premises[0].conclusion.proposition
    if not isinstance(point, ConstantPoint):
        raise Rejected("BP01", "the premise is not a constant point")
    gap, layers = read_better(instance, arguments, "BP02")
    widths = hidden_widths(layers)
    loss = arb(0)
    for n, outputs in enumerate(outputs_at_samples(instance, layers)):
        for o, value in enumerate(outputs):
            difference = value - arb(instance.targets.entry(n, o))
            loss += difference * difference
    decided = sign(arb(point.loss - gap) - loss)
    if decided is Sign.UNKNOWN:
        raise Undecided("BP05", "cannot tell at this precision that the loss is smaller by the gap")
    if decided is Sign.NEGATIVE:
        raise Rejected("BP05", "the loss is not smaller by the gap")
    return Conclusion(
        BetterPoint(widths, gap),
        f"E(better) ≤ {show_above(upper_bound(loss))} < E*, widths {'-'.join(map(str, widths))}",
        f"gap ≥ {show(gap)}",
    )


LEMMA = Lemma(
    name="better-point/1",
    title="better point",
    statement=(
        "A network of the same activation and depth with the stated rational weights has loss at most E* - gap, "
        "by ball arithmetic. Further units with outgoing weights 0 do not change it, so every network with d_h at "
        "least the stated widths has such a point: the local minimum is not global."
    ),
    source="docs/mathematics.md, better-point/1, Theorem 10",
    premises=("constant-point/1",),
    check=_check,
)
