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
    """The activation's own equation forbids a definite form in the last hidden layer."""

    equation: str


def _check(instance: Instance, premises: tuple[Fact, ...], arguments: Reader) -> Conclusion:
    activation = instance.architecture.activation
    equation = activation.equation
    if equation is None and activation.name in CATALOGUE:
        raise Rejected("EA01", f"no equation of this kind is known for {activation.name}")
    if equation is None:
        raise Undecided("EA01", f"it is not known whether {activation.name} has an equation of this kind")
    return Conclusion(
        ExceptionalActivation(str(equation)), f"{equation}, so <D σ''(z_H), p(z_H)> = 0 at every critical chain"
    )


LEMMA = Lemma(
    name="exceptional-activation/1",
    title="exceptional activation",
    statement=(
        "Let p σ'' + q σ' + r σ = 0 with a polynomial p ≥ 0 of degree at most 2, p ≠ 0, q affine and r constant. At a "
        "critical point of a chain <D σ''(z_H), p(z_H)> = -<D σ'(z_H), q(z_H)> - r <D, σ(z_H)> = 0, and p(z_H) is a "
        "sum of squares of members of L_H = span(1, σ(z_{H-1})) (span(1, x_j) for H = 1). So the form of the last "
        "hidden layer is not definite on L_H, unless z_H is constantly a root of p: no data set satisfies the "
        "hypotheses of any-lift/1 or uniform-lift/1 at a network that fits something, at any depth. This does not "
        "exclude bad local minima of another kind."
    ),
    source="docs/mathematics.md, exceptional-activation/1",
    premises=(),
    check=_check,
)
