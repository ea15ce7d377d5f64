"""exceptional-activation/1: for these activations no network that fits something satisfies the hypotheses of any-lift/1
or uniform-lift/1, whatever the data."""

from __future__ import annotations

from dataclasses import dataclass

from proofs.activations import CATALOGUE
from proofs.document import Reader
from proofs.instance import Instance
from proofs.kernel import Conclusion, Fact, Lemma, Rejected, Undecided


@dataclass(frozen=True, slots=True)
class ExceptionalActivation:
    """For this activation, depth and output bias, a form is zero on a sum of squares at every critical chain."""

    reason: str


def _check(instance: Instance, premises: tuple[Fact, ...], arguments: Reader) -> Conclusion:
    network = instance.architecture
    equation = network.activation.equation
    if equation is not None:
        reason = f"{equation}, so <D σ''(z_H), p(z_H)> = 0 at every critical chain"
    elif network.activation.name == "square" and (network.depth > 1 or network.output_bias):
        reason = "σ'' = 2, so the form of layer 1 is zero on constants at every critical chain"
    elif network.activation.name in CATALOGUE:
        raise Rejected("EA01", f"nothing of this kind holds for {network.activation.name} here")
    else:
        raise Undecided("EA01", f"it is not known whether {network.activation.name} has an equation of this kind")
    return Conclusion(ExceptionalActivation(reason), reason)


LEMMA = Lemma(
    name="exceptional-activation/1",
    title="exceptional activation",
    statement=(
        "Let p σ'' + q σ' + r σ = 0 with a polynomial p ≥ 0 of degree at most 2, p ≠ 0, q affine and r constant. At a "
        "critical point of a chain <D σ''(z_H), p(z_H)> = -<D σ'(z_H), q(z_H)> - r <D, σ(z_H)> = 0, and p(z_H) is a "
        "sum of squares of members of L_H = span(1, σ(z_{H-1})) (span(1, x_j) for H = 1). So the form of the last "
        "hidden layer is not definite on L_H, unless z_H is constantly a root of p. Also, let σ(z) = z^2 and let there "
        "be an output bias or more than one hidden layer. Then <D σ''(z_1) dT/dσ(z_1), 1> is twice the derivative of "
        "the loss in the output bias or in b_2, up to a factor: it is zero, so the form of layer 1 is not definite on "
        "L_1 even but for multiples of z_1, unless z_1 is constant. In short: no data set satisfies the hypotheses of "
        "any-lift/1 or uniform-lift/1 at a network that is not constant on the data. This does not exclude bad local "
        "minima of another kind."
    ),
    source="docs/mathematics.md, exceptional-activation/1, Theorem 28",
    premises=(),
    check=_check,
)
