"""fitted-optimum/1: wide networks fit the mean target of equal inputs exactly, for all targets near the instance's."""

from __future__ import annotations

from dataclasses import dataclass

from flint import arb, fmpq

from proofs.balls import Sign, lower_bound, sign, square
from proofs.document import Reader
from proofs.exact import show
from proofs.instance import Instance
from proofs.interpolation import demand_interpolation
from proofs.kernel import Conclusion, Fact, Lemma, Rejected, Undecided
from proofs.lemmas.fitted_point import FittedPoint, target_balls


@dataclass(frozen=True, slots=True)
class FittedOptimum:
    """For all targets of the premise and every network at least as wide as `least_widths`, the global minimum of the
    loss is the least that any function of the inputs has (for the squared loss the scatter of the targets of equal
    inputs around their means, 0 when no input is repeated), and E* exceeds it by at least `gap`."""

    point: FittedPoint
    least_widths: tuple[int, ...]
    gap: fmpq


def _check(instance: Instance, premises: tuple[Fact, ...], arguments: Reader) -> Conclusion:
    point = premises[0].conclusion.proposition
    if not isinstance(point, FittedPoint):
        raise Rejected("FO01", "the premise is not a fitted point")
    groups = instance.distinct_inputs
    least = (1,) * (instance.architecture.depth - 1) + (len(groups),)
    if not instance.architecture.admits(least):
        raise Rejected("FO02", f"the last hidden layer is narrower than the {len(groups)} distinct inputs")
    kind, least_gap = demand_interpolation(instance, arguments)
    # f' = 2 sum D_n at T and f'' <= 2 sum c_n from there to the least value: f falls by at least f'^2 / (2 max f'').
    targets = target_balls(instance, point.target_radius)
    excess = arb(0)
    for group in groups:
        steepest = sum(
            (instance.loss_of_an_output.steepest(point.values.outputs[n], targets[n]) for n in group), arb(0)
        )
        excess += square(sum((point.residual[n] for n in group), arb(0))) / steepest
    if len(point.ratios) > 1:
        excess *= point.share
    if sign(excess) is not Sign.POSITIVE:
        raise Undecided("FO03", "cannot tell that E* exceeds the global minimum")
    gap = lower_bound(excess)
    return Conclusion(
        FittedOptimum(point, least, gap),
        f"E* - min E ≥ {show(gap)} for d_H ≥ {len(groups)}: {kind} units along one direction",
        f"projections {show(least_gap)} apart" if len(groups) > 1 else "",
    )


LEMMA = Lemma(
    name="fitted-optimum/1",
    title="exact optimum (fitted)",
    statement=(
        "Under the hypotheses of exact-optimum/1 on the direction, the carriers and the activation, a last hidden "
        "layer of at least N' units (N' the number of distinct inputs) takes any values on the distinct inputs. So "
        "the global minimum is the least loss that any function of the inputs has: for the squared loss the scatter of "
        "the targets of equal inputs around their mean, 0 when no input is repeated. This holds for every network with "
        "d_h ≥ 1 and d_H ≥ N' and all targets within the radius of fitted-point/1; and E* exceeds that minimum by at "
        "least Σ_groups (Σ D_n)^2 / C, C a bound of half the second derivative of the group's loss from T to the "
        "group's best value (the group's size for the squared loss)."
    ),
    source="docs/mathematics.md, fitted-optimum/1, Theorem 27",
    premises=("fitted-point/1",),
    check=_check,
)
