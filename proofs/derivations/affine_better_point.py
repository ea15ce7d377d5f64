"""affine-better-point/1: how much one hinge gains, and what a unit near a kink adds."""

from __future__ import annotations

from proofs.derivations.algebra import Matrix, column, symbol_matrix, symbols
from proofs.derivations.derivation import Derivation, Hypothesis

SAMPLES = 3


def _gain() -> Derivation:
    factor, residual, hinge = symbols("eta"), symbol_matrix("D", SAMPLES), symbol_matrix("h", SAMPLES)
    product, size = (residual.T * hinge)[0], (hinge.T * hinge)[0]
    return Derivation(
        f"The gain of one hinge, {SAMPLES} samples",
        "|D - eta h|^2 = |D|^2 - <D,h>^2 / |h|^2.",
        (Hypothesis("eta = <D,h> / |h|^2", {factor: product / size}),),
        lambda: Matrix(
            [sum((d - factor * h) ** 2 for d, h in zip(residual, hinge, strict=True)) - (residual.T * residual)[0]
             + product**2 / size]
        ),
    )  # fmt: skip


def _kink() -> Derivation:
    scale, p, height, left, right, bend, above, below = symbols("epsilon p sigma_t s_- s_+ delta sigma_+ sigma_-")
    line = height + left * scale * p
    return Derivation(
        "A unit at a kink",
        "σ(t + epsilon p) = σ(t) + s_- epsilon p + delta epsilon max(p, 0), on either side of p = 0.",
        (
            Hypothesis("σ(t + z) = σ(t) + s_+ z for z >= 0", {above: height + right * scale * p}),
            Hypothesis("σ(t + z) = σ(t) + s_- z for z <= 0", {below: line}),
            Hypothesis("delta = s_+ - s_-", {bend: right - left}),
        ),
        lambda: column((above - line - bend * scale * p, below - line)),
    )


DERIVATIONS = (_gain(), _kink())
