"""fitted-better-point/1: one network of the architecture has a smaller loss, for all targets near the instance's."""

from __future__ import annotations

from dataclasses import dataclass

from flint import arb, fmpq

from proofs.better_network import demand_advantage, read_better
from proofs.document import Reader
from proofs.exact import show
from proofs.instance import Instance
from proofs.kernel import Conclusion, Fact, Lemma, Rejected
from proofs.layers import hidden_widths, outputs_at_samples
from proofs.lemmas.fitted_point import FittedPoint, target_balls


@dataclass(frozen=True, slots=True)
class FittedBetterPoint:
    """For all targets of the premise, every network at least as wide as `least_widths` has parameters with loss at most
    E* - gap."""

    point: FittedPoint
    least_widths: tuple[int, ...]
    gap: fmpq


def _check(instance: Instance, premises: tuple[Fact, ...], arguments: Reader) -> Conclusion:
    point = premises[0].conclusion.proposition
    if not isinstance(point, FittedPoint):
        raise Rejected("FB01", "the premise is not a fitted point")
    gap, layers = read_better(instance, arguments, "FB01")
    widths = hidden_widths(layers)
    targets = target_balls(instance, point.target_radius)
    advantage = arb(0)
    for fitted, outputs, y in zip(point.values.outputs, outputs_at_samples(instance, layers), targets, strict=True):
        for e, better in zip(point.ratios, outputs, strict=True):
            advantage += instance.loss_of_an_output.advantage(e * fitted, better, e * y)
    demand_advantage(advantage, gap, "FB02", " for all these targets")
    return Conclusion(
        FittedBetterPoint(point, widths, gap),
        f"E(better) ≤ E* - {show(gap)} for all targets, widths {'-'.join(map(str, widths))}",
        f"gap ≥ {show(gap)}",
    )


LEMMA = Lemma(
    name="fitted-better-point/1",
    title="better point (fitted)",
    statement=(
        "A network of the same activation and depth with the stated rational weights has loss at most E* - gap, "
        "by ball arithmetic, for all targets within the radius of fitted-point/1, E* being the loss at the critical "
        "point that belongs to the targets. Further units with outgoing weights 0 do not change it, so every network "
        "with d_h at least the stated widths has such a point."
    ),
    source="docs/mathematics.md, fitted-better-point/1, Theorem 26a",
    premises=("fitted-point/1",),
    check=_check,
)
