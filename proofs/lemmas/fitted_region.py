"""fitted-region/1: an explicit box of parameters around every lift in which nothing is lower, for all widths."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flint import arb, fmpq

from proofs.activations import Activation
from proofs.balls import Sign, is_bounded, lower_bound, square, upper_bound
from proofs.chain import ChainLayer, homogeneous_inputs, spaces
from proofs.document import Reader
from proofs.exact import show
from proofs.forms import form_definiteness
from proofs.instance import Instance
from proofs.kernel import Conclusion, Fact, Lemma, Rejected, Undecided
from proofs.lemmas.fitted_point import FittedPoint


@dataclass(frozen=True, slots=True)
class FittedRegion:
    """E >= E* in the box of this radius around the critical chain's lifts, for all targets of the premise.

    In particular every lift is a local minimum.
    """

    point: FittedPoint
    radius: fmpq


def _check(instance: Instance, premises: tuple[Fact, ...], arguments: Reader) -> Conclusion:
    point = premises[0].conclusion.proposition
    if not isinstance(point, FittedPoint):
        raise Rejected("FR01", "the premise is not a fitted point")
    if instance.architecture.activation.flat is not None:
        raise Rejected("FR01", "the activation has a flat direction, along which the forms are zero")
    radius, rates = arguments.rational("radius"), arguments.rationals("rates")
    if not 0 < radius < 1:
        raise Rejected("FR01", "the radius is not between 0 and 1")
    depth = instance.architecture.depth
    if len(rates) != depth - 1 or not all(0 < rate < 1 for rate in rates):
        raise Rejected("FR01", f"expected {depth - 1} rates between 0 and 1, one for each layer but the first")
    margin = fmpq(1)
    rows = spaces(point.values, homogeneous_inputs(instance, point.basis))
    for h, (space, coefficients) in enumerate(zip(rows, remaining_forms(instance, point, radius, rates), strict=True)):
        definite, least = form_definiteness(space, coefficients)
        if definite is not Sign.POSITIVE:
            raise Undecided("FR03", f"the form that is left of layer {h + 1} is not certainly positive definite")
        margin = min(margin, least)
    return Conclusion(
        FittedRegion(point, radius),
        f"E ≥ E* for |w_i - w| ≤ {radius}, |b - b_h| ≤ {radius}, row sums s_h(1 ± {radius}), "
        f"{'v_i/V' if len(point.ratios) == 1 else 'Σ_o e_o v_{o,i}/V'} ≥ 0, any width",
        f"Gershgorin margin ≥ {show(margin)}",
    )


def remaining_forms(instance: Instance, point: FittedPoint, radius: fmpq, rates: Sequence[fmpq]) -> list[list[arb]]:
    """For each layer l the coefficients f_l(n) of the form that is left of Q_l for the linear parts, for |theta| in the
    region, after it has paid for the non-linear parts of the layers above:

        f_l = a_l - e_l |a_l| - sum_{h > l} (1 + 1/e_h) |a_h| gamma_{h,l}

    with a_h(n) <= D_n t_h(n) sigma'' on the whole region, e_1 = 0, and rates e_h above.

    Raises:
        Undecided: sigma'' is not bounded on the region.
    """
    layers = point.values.layers
    remainders: list[list[arb]] = []
    spreads = _first_spreads(instance, radius)
    forms: list[list[arb]] = []
    for h, layer in enumerate(layers):
        slopes, bends = _over(instance.architecture.activation, layer, spreads, h)
        lows = [arb(lower_bound(d * t * bend)) for d, t, bend in zip(point.residual, layer.reach, bends, strict=True)]
        rate = rates[h - 1] if h else fmpq(0)
        forms.append([low - rate * abs(low) for low in lows])
        for form, gammas in zip(forms, remainders, strict=False):
            for n, gamma in enumerate(gammas):
                form[n] -= (1 + 1 / rate) * abs(lows[n]) * gamma
        if h + 1 < len(layers):
            scale = layers[h + 1].scale
            remainders = _next_remainders(remainders, scale, layer, bends, spreads, radius)
            spreads = _next_spreads(scale, layer, slopes, spreads, radius)
    return forms


def _first_spreads(instance: Instance, radius: fmpq) -> list[fmpq]:
    """|u_1| <= r (1 + |x_n|_1), over all features, whether the chain uses them or not."""
    columns = range(instance.inputs.columns)
    return [
        radius * (1 + sum((abs(instance.inputs.entry(n, j)) for j in columns), fmpq(0)))
        for n in range(instance.samples)
    ]


def _over(activation: Activation, layer: ChainLayer, spreads: Sequence[fmpq], h: int) -> tuple[list[arb], list[arb]]:
    """sigma' and sigma'' over z_h(n) +- spread, for each sample."""
    slopes, bends = [], []
    for z, t, spread in zip(layer.sums, layer.reach, spreads, strict=True):
        if is_bounded(z) and is_bounded(t):
            slope, bend = activation.derivatives_over(lower_bound(z) - spread, upper_bound(z) + spread)
        else:
            slope = bend = arb.nan()
        if not (is_bounded(slope * spread) and is_bounded(bend * t)):
            raise Undecided("FR02", f"σ'' is not bounded on the pre-activations of layer {h + 1} (a kink?)")
        slopes.append(slope)
        bends.append(bend)
    return slopes, bends


def _next_spreads(
    scale: arb, layer: ChainLayer, slopes: Sequence[arb], spreads: Sequence[fmpq], radius: fmpq
) -> list[fmpq]:
    """|u_{h+1}| <= r (|s sigma(z_h)| + 1) + (1 + r) |s| sup|sigma'| |u_h|."""
    return [
        upper_bound(radius * (abs(scale * state) + 1) + (1 + radius) * abs(scale * slope) * spread)
        for state, slope, spread in zip(layer.states, slopes, spreads, strict=True)
    ]


def _next_remainders(
    remainders: Sequence[Sequence[arb]],
    scale: arb,
    layer: ChainLayer,
    bends: Sequence[arb],
    spreads: Sequence[fmpq],
    radius: fmpq,
) -> list[list[arb]]:
    """gamma_{h+1,l} for l <= h, so that sum_i c rho_{h+1,i}^2 <= sum_{l<=h} gamma_{h+1,l} sum_k c lambda_{l,k}^2.

    rho_{h+1} is s times a mean of sigma' rho_h + sigma''(xi) u_h^2 / 2, and u_h^4 <= spread^2 u_h^2. In the first layer
    rho = 0 and u = lambda; above, (a + b)^2 <= 2 a^2 + 2 b^2, twice.
    """
    factor = square(scale) * (1 + radius)
    quadratic = [square(bend * spread) for bend, spread in zip(bends, spreads, strict=True)]
    kept = [2 * square(slope) + q for slope, q in zip(layer.slopes, quadratic, strict=True)]
    new = [factor * q * (1 if remainders else fmpq(1, 4)) for q in quadratic]
    return [*([factor * k * g for k, g in zip(kept, gammas, strict=True)] for gammas in remainders), new]


LEMMA = Lemma(
    name="fitted-region/1",
    title="region: fitted",
    statement=(
        "At the critical point of a chain (fitted-point/1) let, for each layer h and sample n, a_h(n) be a lower bound "
        "of D_n t_h(n) σ'' on z_h(n) ± spread_h(n), t_h = dT/dσ(z_h), and γ_{h,l} the bounds of the non-linear parts "
        "that docs/mathematics.md derives. Let e_1 = 0 and 0 < e_h < 1 above. If f_l = a_l - e_l |a_l| - "
        "Σ_{h>l} (1 + 1/e_h) |a_h| γ_{h,l} gives a positive definite form on U_l for every layer l, then E ≥ E* for "
        "every convex loss and all parameters with |w_i - w| ≤ r, "
        "|b_{h,i} - b_h| ≤ r, W_h[i,k]/s_h ≥ 0 with row sums within 1 ± r, v_i/V ≥ 0 (any size, any output bias), at "
        "every width. So every lift, with any shares, is a local minimum. With several outputs Σ_o e_o v_{o,i} is in "
        "the place of v_i."
    ),
    source="docs/mathematics.md, fitted-region/1, Theorem 26",
    premises=("fitted-point/1",),
    check=_check,
)
