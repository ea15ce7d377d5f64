"""interval-region/1: an explicit region around the constant point, free of the widths, in which nothing is lower."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flint import fmpq

from proofs.activations import Activation
from proofs.balls import Sign, is_bounded, lower_bound, sign, upper_bound
from proofs.definite import smallest_pivot
from proofs.document import Reader
from proofs.exact import Level, show
from proofs.instance import Instance
from proofs.kernel import Conclusion, Fact, Lemma, Rejected
from proofs.lemmas.local_minimum import LocalMinimum
from proofs.moments import ShellMoments


@dataclass(frozen=True, slots=True)
class IntervalRegion:
    """E >= E* on the region of radius `radius` (see the lemma's statement), at every width."""

    radius: fmpq


@dataclass(frozen=True, slots=True)
class LayerRange:
    """What is known of sigma on the pre-activations that one layer can have for one sample size.

    Attributes:
        slope: an upper bound of |sigma'|.
        least_slope: a positive lower bound of |sigma'|, or 0 when its sign is not certain.
        bend_lower, bend_upper: bounds of sigma''.
    """

    slope: fmpq
    least_slope: fmpq
    bend_lower: fmpq
    bend_upper: fmpq


def layer_ranges(
    activation: Activation, levels: Sequence[Level], scales: Sequence[fmpq], radius: fmpq, size: fmpq
) -> list[LayerRange]:
    """Bounds of sigma' and sigma'' over the pre-activations of each layer, for all parameters of the region and all
    inputs with |x|_1 <= size.

    |z_h - a_h| <= delta_h, with delta_1 = r (1 + size) and
    delta_h = |s_h| ((1 + r) sup|sigma'| delta_{h-1} + r |sigma(a_{h-1})|) + r.

    Raises:
        Rejected: sigma is not twice differentiable (or not bounded) there.
    """
    ranges = []
    spread = radius * (1 + size)
    for h, level in enumerate(levels):
        centre = level.ball()
        first, second = activation.derivatives_over(lower_bound(centre) - spread, upper_bound(centre) + spread)
        if not (is_bounded(first) and is_bounded(second)):
            raise Rejected("IR02", f"σ'' is not bounded on the pre-activations of layer {h + 1} (a kink?)")
        slope = upper_bound(abs(first))
        certain = sign(first) is not Sign.UNKNOWN
        ranges.append(
            LayerRange(slope, lower_bound(abs(first)) if certain else fmpq(0), lower_bound(second), upper_bound(second))
        )
        if h + 1 < len(levels):
            height = upper_bound(abs(activation.value(centre)))
            spread = abs(scales[h]) * ((1 + radius) * slope * spread + radius * height) + radius
    return ranges


def layer_forms(
    minimum: LocalMinimum, definite: int, moments: ShellMoments, per_shell: Sequence[Sequence[LayerRange]]
) -> list[list[fmpq]]:
    """For each layer the factor of each shell's moment in the smallest form M_h.

    M_h = sum_n (min of D_n t over t in sign(sigma''(a_h)) sigma''(Z_h(n))) x_n x_n^T, with D signed so that M > 0.
    """
    forms = []
    for h, curvature in enumerate(minimum.curvature_signs):
        factors = []
        for shell, ranges in zip(moments.shells, per_shell, strict=True):
            ends = (curvature * ranges[h].bend_lower, curvature * ranges[h].bend_upper)
            factors.append(min(ends) if shell.residual_sign == definite else -max(ends))
        forms.append(factors)
    return forms


def absorbed(
    scales: Sequence[fmpq],
    radius: fmpq,
    size: fmpq,
    rates: Sequence[fmpq],
    full: Sequence[LayerRange],
    constant: Sequence[LayerRange],
) -> fmpq:
    """The part of the first layer's form that pays for the non-linear parts of the layers above:
    sum_{h>=2} K_h R_h^2 (1+r)^{h-1} / prod_{l=2}^h |s_l| m_l.

    Raises:
        Rejected: the sign of sigma' is not certain on the pre-activations of the constant networks of the region.
    """
    reach = radius * size
    gain, remainder, total, path = fmpq(1), fmpq(0), fmpq(0), fmpq(1)
    for h in range(1, len(full)):
        scale, below = abs(scales[h - 1]), full[h - 1]
        bend = max(abs(below.bend_lower), abs(below.bend_upper))
        remainder = scale * (below.slope * remainder + bend * reach * gain / 2)
        reach = scale * (1 + radius) * below.slope * reach
        gain = scale * below.slope * gain
        if constant[h].least_slope <= 0:
            raise Rejected("IR03", f"the sign of σ' is not certain in layer {h + 1}")
        path *= scale * constant[h].least_slope
        own = max(abs(full[h].bend_lower), abs(full[h].bend_upper))
        total += own * (1 + own / rates[h]) * remainder**2 * (1 + radius) ** h / path
    return total


def _check(instance: Instance, premises: tuple[Fact, ...], arguments: Reader) -> Conclusion:
    minimum = premises[0].conclusion.proposition
    if not isinstance(minimum, LocalMinimum):
        raise Rejected("IR01", "the premise is not a local minimum")
    radius = arguments.rational("radius")
    rates = arguments.rationals("rates")
    activation, point = instance.architecture.activation, minimum.point
    if not 0 < radius < 1:
        raise Rejected("IR01", "the radius is not between 0 and 1")
    if len(rates) != len(point.levels) or not all(rate > 0 for rate in rates):
        raise Rejected("IR01", f"expected {len(point.levels)} positive rates")
    constant = layer_ranges(activation, point.levels, point.scales, radius, fmpq(0))
    margin = fmpq(1)
    for definite, moments in minimum.moments:
        per_shell = [layer_ranges(activation, point.levels, point.scales, radius, s.size) for s in moments.shells]
        for h, factors in enumerate(layer_forms(minimum, definite, moments, per_shell)):
            pivot = smallest_pivot(moments.weighted([factor - rates[h] for factor in factors]))
            if pivot is None:
                raise Rejected("IR04", f"M_{h + 1} - rate * sum |D_n| x_n x_n^T is not positive definite")
            margin = min(margin, pivot)
        full = layer_ranges(activation, point.levels, point.scales, radius, moments.largest)
        if absorbed(point.scales, radius, moments.largest, rates, full, constant) > rates[0]:
            raise Rejected("IR05", "the first layer's form does not absorb the remainders of the layers above")
    return Conclusion(
        IntervalRegion(radius),
        f"E ≥ E* in the box of radius {radius}, weights above keep their signs",
        f"relative pivot ≥ {show(margin)}",
    )


LEMMA = Lemma(
    name="interval-region/1",
    title="region: box",
    statement=(
        "At a local minimum of local-minimum/1, E ≥ E* for all parameters with |w_i|_inf ≤ r and |b_{1,i} - a_1| ≤ r "
        "in the first layer (in coordinates of the basis features), W_h[i,k] = s_h p[i,k] with p ≥ 0 and row sums "
        "within r of 1 and |b_{h,i} - b_h| ≤ r for h ≥ 2, V_o v_{o,i} ≥ 0 of any size, and any output bias: at every "
        "width. Hypotheses, with Z_h(n) the range of layer h's pre-activations for sample n and t over "
        "sign(σ''(a_h)) σ''(Z_h(n)): M_h = Σ_n min_t(D_n t) x_n x_n^T satisfies M_h - β_h M̄ > 0, "
        "M̄ = Σ_n |D_n| x_n x_n^T, and β_1 ≥ Σ_{h≥2} K_h R_h^2 (1+r)^{h-1} / Π_{l≤h} |s_l| m_l."
    ),
    source="docs/mathematics.md, interval-region/1, Theorem 8",
    premises=("local-minimum/1",),
    check=_check,
)
