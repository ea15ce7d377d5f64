"""fukumizu-amari/1: splitting the only neuron of a trained network gives a local minimum or a saddle."""

from __future__ import annotations

from dataclasses import dataclass

from flint import fmpq

from proofs.balls import Sign
from proofs.chain import curvatures, half_hessian, homogeneous_inputs
from proofs.document import Reader
from proofs.exact import show
from proofs.forms import definiteness, form_definiteness
from proofs.instance import Instance
from proofs.kernel import Conclusion, Fact, Lemma, Rejected, Undecided
from proofs.lemmas.fitted_point import FittedPoint


@dataclass(frozen=True, slots=True)
class SplitNeuron:
    """What the critical point of two units with outgoing weights (share V, (1 - share) V) is.

    Attributes:
        share: lambda, not 0 and not 1.
        minimum: whether it is a local minimum; otherwise it is a saddle.
    """

    share: fmpq
    minimum: bool


def _check(instance: Instance, premises: tuple[Fact, ...], arguments: Reader) -> Conclusion:
    point = premises[0].conclusion.proposition
    if not isinstance(point, FittedPoint):
        raise Rejected("FA01", "the premise is not a fitted point")
    network = instance.architecture
    if network.depth != 1 or network.outputs != 1 or network.widths not in (None, (2,)):
        raise Rejected("FA02", "the theorem is about one hidden layer, split from one unit into two, and one output")
    if network.activation.flat is not None:  # the premise fixes V, so it does not speak of the whole Hessian
        raise Rejected("FA02", "the activation has a flat direction")
    share = arguments.rational("share")
    if share in (0, 1):
        raise Rejected("FA03", "a share of 0 or 1 leaves a unit without outgoing weight")
    hessian = half_hessian(point.values, point.along, point.residual, point.weights)
    strict, margin = definiteness(hessian)
    if strict is not Sign.POSITIVE:
        raise Undecided("FA04", "cannot tell that the network with one unit is at a strict local minimum")
    (bends,) = curvatures(point.values, point.residual)
    rows = homogeneous_inputs(instance, point.basis)
    form, least = form_definiteness(rows, [share * (1 - share) * bend for bend in bends])
    if form is Sign.UNKNOWN:
        raise Undecided("FA05", "cannot tell the sign of the form λ (1 - λ) B")
    minimum = form is Sign.POSITIVE
    kind = "a local minimum" if minimum else "a saddle, although the unit alone is at a strict local minimum"
    return Conclusion(
        SplitNeuron(share, minimum),
        f"for all targets within {point.target_radius} the critical {network.activation.name} unit of fitted-point/1, "
        f"split into two hidden units with shares {share} and {1 - share} of its outgoing weight, is {kind}",
        f"Gershgorin margin ≥ {show(min(margin, least) if minimum else margin)}",
    )


LEMMA = Lemma(
    name="fukumizu-amari/1",
    title="split neuron",
    statement=(
        "Let T = V σ(w.x + b), plus the output bias if there is one, be at the critical point of fitted-point/1, "
        "with a positive definite Hessian of its loss. Split the unit: two units with the same w and b and outgoing "
        "weights λ V and (1 - λ) V, λ ≠ 0, 1. They compute the same function, and the point is critical. With "
        "B = Σ_n D_n V σ''(z_n) (x_n, 1) (x_n, 1)^T, D_n half the derivative of the loss in T_n: if λ (1 - λ) B is "
        "positive definite, the point is a local minimum of the network with two hidden units; if λ (1 - λ) B takes "
        "a negative value, the point is a saddle: the loss takes smaller and larger values as near as one likes. "
        "Features that are affine functions of others are left out of B."
    ),
    source="docs/gallery/fukumizu-amari.md (after K. Fukumizu, S. Amari 2000)",
    premises=("fitted-point/1",),
    check=_check,
)
