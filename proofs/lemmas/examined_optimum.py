"""examined-optimum/1: the least loss of networks whose last hidden layer has a unit for each distinct input."""

from __future__ import annotations

from dataclasses import dataclass

from flint import fmpq

from proofs.document import Reader
from proofs.exact import show, show_above, show_exact
from proofs.instance import Extension, Instance
from proofs.interpolation import demand_interpolation_or_kinks, interpolating_widths
from proofs.kernel import Conclusion, Fact, Lemma, Rejected
from proofs.least_loss import least_loss


@dataclass(frozen=True, slots=True)
class ExaminedOptimum:
    """Of every network at least as wide as `least_widths`, the infimum of the loss over all parameters lies between
    these bounds, which are equal if it is a rational that is known exactly; `attained`: it is a minimum, and not
    attained otherwise."""

    least_widths: tuple[int, ...]
    bounds: tuple[fmpq, fmpq]
    attained: bool


def _check(instance: Instance, premises: tuple[Fact, ...], arguments: Reader) -> Conclusion:
    if instance.architecture.outputs == 0:
        raise Rejected("XO01", "this instance has no targets")
    widths = interpolating_widths(instance)
    if not instance.architecture.admits(widths):
        raise Rejected("XO02", f"the last hidden layer is narrower than {widths[-1]}")
    kind, distance = demand_interpolation_or_kinks(instance, arguments)
    least = least_loss(instance, "XO01")
    found = ExaminedOptimum(widths, least.bounds, least.attained)
    lower, upper = found.bounds
    what, limits = ("min E", "") if found.attained else ("inf E", ", not attained,")
    value = f"{what} = {show_exact(lower)}" if lower == upper else f"{show(lower)} ≤ {what} ≤ {show_above(upper)}"
    return Conclusion(
        found,
        f"{value}{limits} for d_H ≥ {widths[-1]}: {kind} units along one direction",
        f"projections {show(distance)} apart" if len(instance.distinct_inputs) > 1 else "",
    )


LEMMA = Lemma(
    name="examined-optimum/1",
    title="exact optimum (examined)",
    statement=(
        "Under the hypotheses of exact-optimum/1 on the direction, the carriers and the activation, a last hidden "
        "layer of at least N' units (N' the number of distinct inputs) takes any values on the distinct inputs, for "
        "all outputs at once; so does one of hinges at the kinks of a piecewise affine activation, with max(1, N' - "
        "1) units if there is an output bias. So the infimum of the loss over all parameters is the sum over the "
        "groups of equal inputs of the least loss of one vector of outputs, and it is attained if and only if each of "
        "these is: for the squared loss the scatter of the targets of equal inputs around their means; for "
        "pseudo-Huber the minimum over one output, 0 if equal inputs have equal targets; with k samples of mean target "
        "m in a group, -k Σ m ln m for the cross-entropy, -k (m ln m + (1 - m) ln(1 - m)) for the logistic and "
        "k m (1 - ln m) for the Poisson loss, attained unless some m is 0 (logistic: 0 or 1)."
    ),
    source="docs/mathematics.md, examined-optimum/1, Theorem 49",
    premises=(),
    check=_check,
    covers=frozenset({Extension.COUPLED_OUTPUTS}),
)
