"""examined-better-point/1: a network of the instance has a smaller loss than a critical point."""

from __future__ import annotations

from dataclasses import dataclass

from flint import arb, fmpq

from proofs.balls import is_bounded
from proofs.better_network import demand_advantage, read_better
from proofs.document import Reader
from proofs.exact import show
from proofs.full_network import decay_rates, flat, penalty, shape_of
from proofs.instance import Extension, Instance
from proofs.kernel import Conclusion, Fact, Lemma, Rejected, Undecided
from proofs.layers import hidden_widths, outputs_at_samples
from proofs.lemmas.critical_point import CriticalPoint


@dataclass(frozen=True, slots=True)
class ExaminedBetterPoint:
    """Every network at least as wide as `least_widths` has parameters with loss at most E* - gap, E* being the loss at
    the critical point."""

    point: CriticalPoint
    least_widths: tuple[int, ...]
    gap: fmpq


def _check(instance: Instance, premises: tuple[Fact, ...], arguments: Reader) -> Conclusion:
    point = premises[0].conclusion.proposition
    if not isinstance(point, CriticalPoint):
        raise Rejected("XB01", "the premise is not a critical point")
    gap, layers = read_better(instance, arguments, "XB01")
    widths, shape = hidden_widths(layers), shape_of(instance, layers)
    # With decay, further units must have all weights and biases 0, and be defined there.
    silent = instance.architecture.activation.value(arb(0))
    if instance.weight_decay is not None and widths != instance.architecture.widths and not is_bounded(silent):
        raise Undecided("XB03", "cannot tell that units with weights 0 are defined")
    better = [arb(p) for p in flat(layers, shape.output_bias)]
    advantage = penalty(point.values.rates, point.values.parameters) - penalty(decay_rates(instance, shape), better)
    for n, (row, others) in enumerate(zip(point.values.outputs, outputs_at_samples(instance, layers), strict=True)):
        advantage += instance.loss.gain(row, others, [arb(y) for y in instance.targets.row(n)])
    demand_advantage(advantage, gap, "XB02")
    return Conclusion(
        ExaminedBetterPoint(point, widths, gap),
        f"E(better) < E*, widths {'-'.join(map(str, widths))}",
        f"gap ≥ {show(gap)}",
    )


LEMMA = Lemma(
    name="examined-better-point/1",
    title="better point (examined)",
    statement=(
        "A network of the same activation and depth with the stated rational weights has loss at most E* - gap, by "
        "ball arithmetic, E* being the loss at the critical point of critical-point/1. Further units with outgoing "
        "weights 0 (with weight decay: units all of whose weights and biases are 0) do not change it, so every network "
        "with d_h at least the stated widths has such a point."
    ),
    source="docs/mathematics.md, examined-better-point/1, Theorem 45b",
    premises=("critical-point/1",),
    check=_check,
    covers=frozenset(Extension),
)
