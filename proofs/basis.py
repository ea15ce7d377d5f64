"""Features that generate all others by affine functions; every lemma works on them."""

from __future__ import annotations

from proofs.document import Reader
from proofs.instance import Instance
from proofs.kernel import Rejected


def read_basis(instance: Instance, arguments: Reader) -> tuple[int, ...]:
    """The features outside `dependent`; each dependent one must be the stated affine function of them.

    Raises:
        Rejected: CP06 or CP07.
    """
    inputs = instance.inputs
    dependent = []
    relations = []
    for item in arguments.sections("dependent"):
        feature, coefficients = item.integer("feature"), item.rationals("coefficients")
        constant = item.rational("constant")
        item.finish()
        if not 0 <= feature < inputs.columns or feature in dependent:
            raise Rejected("CP06", f"feature number {feature} does not exist or is listed twice")
        dependent.append(feature)
        relations.append((feature, coefficients, constant))
    basis = tuple(j for j in range(inputs.columns) if j not in dependent)
    if not basis:
        raise Rejected("CP06", "no independent feature is left")
    for feature, coefficients, constant in relations:
        if len(coefficients) != len(basis):
            raise Rejected("CP06", f"{len(coefficients)} coefficients for {len(basis)} independent features")
        scaled = [c / inputs.denominators[j] for c, j in zip(coefficients, basis, strict=True)]
        for n in range(inputs.rows):
            value = constant
            for c, j in zip(scaled, basis, strict=True):
                if c != 0:
                    value += c * inputs.numerators[n, j]
            if value != inputs.entry(n, feature):
                raise Rejected("CP07", f"feature {instance.features[feature]!r} is not that affine function")
    return basis
