"""uniform-lift/1: every uniform lift of a critical chain is a local minimum, under weaker hypotheses (Theorem 25)."""

from __future__ import annotations

from dataclasses import dataclass

from flint import arb, arb_mat, fmpq

from proofs.balls import Sign, lower_bound
from proofs.chain import curvatures, homogeneous_inputs, spaces, weighted_gram
from proofs.document import Reader
from proofs.exact import show
from proofs.forms import definiteness, form_definiteness
from proofs.instance import Instance
from proofs.kernel import Conclusion, Fact, Lemma, Rejected, Undecided
from proofs.lemmas.fitted_point import FittedPoint


@dataclass(frozen=True, slots=True)
class UniformLift:
    """For all targets of the premise, every uniform lift of its critical chain is a local minimum."""

    point: FittedPoint


def _check(instance: Instance, premises: tuple[Fact, ...], arguments: Reader) -> Conclusion:
    point = premises[0].conclusion.proposition
    if not isinstance(point, FittedPoint):
        raise Rejected("UL01", "the premise is not a fitted point")
    if instance.architecture.activation.flat is not None:
        raise Rejected("UL01", "the activation has a flat direction, along which the forms are zero")
    bends = curvatures(point.values, point.residual)
    rows = spaces(point.values, homogeneous_inputs(instance, point.basis))
    margin = fmpq(1)
    for h, (space, coefficients) in enumerate(zip(rows, bends, strict=True)):
        definite, least = form_definiteness(space if h == 0 else _last_two(space), coefficients)
        if definite is Sign.NEGATIVE:
            raise Rejected("UL02", f"the form of layer {h + 1} takes negative values on L_{h + 1}")
        if definite is Sign.UNKNOWN:
            raise Undecided("UL02", f"cannot tell that the form of layer {h + 1} is positive definite on L_{h + 1}")
        margin = min(margin, least)
    definite, least = definiteness(_half_hessian_at_the_critical_point(point, bends))
    if definite is not Sign.POSITIVE:
        raise Undecided("UL03", "cannot tell that the Hessian of the chain is positive definite")
    return Conclusion(
        UniformLift(point),
        "V Q_h > 0 on L_h, Hessian of the chain > 0: uniform lifts are local minima",
        f"Gershgorin margin ≥ {show(min(margin, least))}",
    )


def _last_two(space: arb_mat) -> arb_mat:
    """The columns (sigma(z_{h-1}), 1), which span L_h."""
    return arb_mat([row[-2:] for row in space.tolist()])


def _half_hessian_at_the_critical_point(point: FittedPoint, bends: list[list[arb]]) -> arb_mat:
    """A matrix below half the chain's Hessian, in the frame, at every critical point of the premise.

    At a critical point the mixed derivatives in s_h (or V) and the parameters below are components of the gradient
    over s_h (or V), so they vanish; what is left grows with each coefficient, which is replaced by its lower bound.
    """
    total = weighted_gram(point.along.outputs, point.weights)
    for sums, coefficients in zip(point.along.sums, bends, strict=True):
        total += weighted_gram(sums, [arb(lower_bound(a)) for a in coefficients])
    return total


LEMMA = Lemma(
    name="uniform-lift/1",
    title="uniform lifts",
    statement=(
        "At the critical point of a chain (fitted-point/1) let L_1 = span(1, x_j), L_h = span(1, σ(z_{h-1})), "
        "D_H = D, D_{h-1} = s_h σ'(z_h) D_h. If the Hessian of the chain's loss is positive definite and "
        "V <D_h σ''(z_h), u^2> > 0 for every u ≠ 0 in L_h and every hidden layer h, then every uniform lift (all rows "
        "of each P_h equal) is a local minimum, for all widths d_h ≥ 1. With other shares the "
        "point can be a saddle: nothing is claimed of them."
    ),
    source="docs/mathematics.md, uniform-lift/1, Theorem 25",
    premises=("fitted-point/1",),
    check=_check,
)
