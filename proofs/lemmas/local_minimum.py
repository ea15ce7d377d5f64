"""local-minimum/1: the constant point is a local minimum at every width and depth (Theorem 7)."""

from __future__ import annotations

from dataclasses import dataclass

from flint import fmpq

from proofs.balls import Sign, lower_bound, sign
from proofs.definite import smallest_pivot
from proofs.document import Reader
from proofs.exact import show
from proofs.instance import Instance
from proofs.kernel import Conclusion, Fact, Lemma, Rejected, Undecided
from proofs.lemmas.constant_point import ConstantPoint
from proofs.moments import ShellMoments, shell_moments


@dataclass(frozen=True, slots=True)
class LocalMinimum:
    """The point is a local minimum for every choice of widths and shares.

    Attributes:
        point: the family of critical points.
        moments: for each output with a residual: the sign of its definite matrix M_o, and the shells M_o is made of.
        curvature_signs: the sign of sigma''(a_h) for each layer.
    """

    point: ConstantPoint
    moments: tuple[tuple[int, ShellMoments], ...]
    curvature_signs: tuple[int, ...]


def _check(instance: Instance, premises: tuple[Fact, ...], arguments: Reader) -> Conclusion:
    point = premises[0].conclusion.proposition
    if not isinstance(point, ConstantPoint):
        raise Rejected("LM01", "the premise is not a constant point")
    moments, pivot, orientation = _definite_moments(instance, point)
    curvatures, smallest = _sign_pattern(instance, point, orientation)
    return Conclusion(
        LocalMinimum(point, moments, curvatures),
        "M definite exactly, signs of σ', σ'' fit",
        f"relative pivot ≥ {show(pivot)}, |σ''| ≥ {show(smallest)}",
    )


def _definite_moments(
    instance: Instance, point: ConstantPoint
) -> tuple[tuple[tuple[int, ShellMoments], ...], fmpq, int]:
    """The shells of every residual that is not zero, the smallest pivot, and the common sign of V_o M_o."""
    moments: list[tuple[int, ShellMoments]] = []
    orientations = set()
    pivot = fmpq(1)
    for o, residual in enumerate(point.residuals):
        if not any(residual):
            continue
        shells = shell_moments(instance.inputs, point.basis, residual)
        definite, margin = 1, smallest_pivot(shells.signed)
        if margin is None:
            definite, margin = -1, smallest_pivot(-shells.signed)
        if margin is None:
            raise Rejected("LM02", f"M = Σ_n D_n x_n x_n^T is not definite for output {o + 1}")
        pivot = min(pivot, margin)
        moments.append((definite, shells))
        orientations.add(definite * point.weight_signs[o])
    if not moments:
        raise Rejected("LM03", "the residual is zero: the point is a global minimum")
    if len(orientations) != 1 or 0 in orientations:
        raise Rejected("LM04", "the signs of V_o and M_o do not agree over the outputs, or V_o is zero")
    return tuple(moments), pivot, orientations.pop()


def _sign_pattern(instance: Instance, point: ConstantPoint, orientation: int) -> tuple[tuple[int, ...], fmpq]:
    """Check kappa_h sigma''(a_h) > 0 down the layers, with kappa_H = sign(V M) and
    kappa_{h-1} = kappa_h s_h sigma'(a_h)."""
    kappa = orientation
    signs: list[int] = []
    smallest: fmpq | None = None
    for h in range(instance.architecture.depth, 0, -1):
        _, first, second, _ = instance.architecture.activation.jet(point.levels[h - 1].ball())
        bend = sign(second)
        if bend is Sign.UNKNOWN:
            raise Undecided("LM05", f"cannot tell the sign of σ'' at the level of layer {h}")
        if bend.value != kappa:
            raise Rejected("LM06", f"σ'' has the wrong sign at the level of layer {h}")
        signs.append(bend.value)
        size = lower_bound(abs(second))
        smallest = size if smallest is None else min(smallest, size)
        if h > 1:
            slope = sign(first)
            if slope is Sign.UNKNOWN:
                raise Undecided("LM07", f"cannot tell the sign of σ' at the level of layer {h}")
            kappa *= slope.value * (1 if point.scales[h - 2] > 0 else -1)
    return tuple(reversed(signs)), smallest if smallest is not None else fmpq(0)


LEMMA = Lemma(
    name="local-minimum/1",
    title="local minimum",
    statement=(
        "At a constant point (constant-point/1) let M_o = Σ_n D_{o,n} x_n x_n^T be definite for every output with a "
        "residual, with one common sign of V_o M_o; call it κ_H, and let κ_{h-1} = κ_h s_h σ'(a_h). "
        "If κ_h σ''(a_h) > 0 for every hidden layer h (σ' ≠ 0 at the levels of layers 2..H), the point is a "
        "local minimum of the loss, for all widths d_h ≥ 1 and all shares. The Hessian is singular; the proof does "
        "not use it: <D, T_θ> = 1/2 Σ_h Σ_i c_{h,i} <D σ''(ξ), u_{h,i}^2> exactly, for every θ."
    ),
    source="docs/mathematics.md, local-minimum/1, Theorem 7 (after Ding, Li, Sun, arXiv:1911.01413)",
    premises=("constant-point/1",),
    check=_check,
)
