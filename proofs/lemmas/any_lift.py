"""any-lift/1: every lift of a critical chain, with any shares, is a local minimum at every width (Theorems 24, 30)."""

from __future__ import annotations

from dataclasses import dataclass

from flint import arb, arb_mat, fmpq

from proofs.balls import Sign, hull
from proofs.chain import curvatures, homogeneous_inputs, spaces, transversal_spaces
from proofs.document import Reader
from proofs.exact import show
from proofs.forms import form_definiteness
from proofs.instance import Instance
from proofs.kernel import Conclusion, Fact, Lemma, Rejected, Undecided
from proofs.lemmas.fitted_point import FittedPoint


@dataclass(frozen=True, slots=True)
class AnyLift:
    """For all targets of the premise, every lift of its critical chain is a local minimum."""

    point: FittedPoint


def _check(instance: Instance, premises: tuple[Fact, ...], arguments: Reader) -> Conclusion:
    point = premises[0].conclusion.proposition
    if not isinstance(point, FittedPoint):
        raise Rejected("AL01", "the premise is not a fitted point")
    margin = fmpq(1)
    rows = _spaces(instance, point)
    for h, (space, coefficients) in enumerate(zip(rows, curvatures(point.values, point.residual), strict=True)):
        definite, least = form_definiteness(space, coefficients)
        if definite is Sign.NEGATIVE:
            raise Rejected("AL02", f"the form of layer {h + 1} takes negative values on U_{h + 1}")
        if definite is Sign.UNKNOWN:
            raise Undecided("AL02", f"cannot tell that the form of layer {h + 1} is positive definite on U_{h + 1}")
        margin = min(margin, least)
    return Conclusion(
        AnyLift(point), "every V Q_h > 0 on U_h: every lift is a local minimum", f"Gershgorin margin ≥ {show(margin)}"
    )


def _spaces(instance: Instance, point: FittedPoint) -> list[arb_mat]:
    """Columns that span U_h, but for the flat direction of activations that have one."""
    inputs, flat = homogeneous_inputs(instance, point.basis), instance.architecture.activation.flat
    if flat is None:
        return spaces(point.values, inputs)
    first = [arb(c) + hull(-s, s) for c, s in zip(point.centre, point.spreads, strict=True)][: inputs.ncols()]
    found = transversal_spaces(point.values, inputs, first, flat)
    if found is None:
        raise Undecided("AL02", "cannot tell that the first pre-activation is not zero")
    return found


LEMMA = Lemma(
    name="any-lift/1",
    title="any lift",
    statement=(
        "At the critical point of a chain (fitted-point/1) let D_H = D, D_{h-1} = s_h σ'(z_h) D_h, U_1 = span(1, x_j), "
        "U_h = span(1, σ(z_{h-1})) + σ'(z_{h-1}) U_{h-1}. If V <D_h σ''(z_h), u^2> > 0 for every u ≠ 0 in U_h and "
        "every hidden layer h, then every lift of the chain is a local minimum, for all widths d_h ≥ 1 and all shares. "
        "The proof is an exact identity, not the Hessian, singular where units are copied: with "
        "u_{h,i} = z_{h,i} - z_h, c_{H,i} = v_i, c_{h-1,k} = Σ_i c_{h,i} W_h[i,k] / s_h, for every θ with σ "
        "twice differentiable between z_h and z_{h,i}: <D, T_θ - T> = 1/2 Σ_h Σ_i c_{h,i} <D_h σ''(ξ), u_{h,i}^2>. "
        "For exp, z^k and max(z, 0)^2 the form is zero along 1 or z_h, which outgoing weights undo exactly: there u "
        "need not be such a multiple."
    ),
    source="docs/mathematics.md, any-lift/1, Theorems 24 and 30",
    premises=("fitted-point/1",),
    check=_check,
)
