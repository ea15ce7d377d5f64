"""The symbolic side of the lemmas: the identities they rest on, derived with SymPy for an unspecified activation.

No check of a certificate imports this package; it supports the written proofs in docs/mathematics.md and is run by the
tests and by `certify lemmas NAME --derive`.
"""

from __future__ import annotations

from proofs.derivations import (
    affine_better_point,
    affine_minimum,
    affine_optimum,
    any_lift,
    better_point,
    constant_point,
    critical_point,
    exact_optimum,
    examined_optimum,
    exceptional_activation,
    fitted_better_point,
    fitted_optimum,
    fitted_point,
    fitted_region,
    generic_data,
    interval_region,
    jensen_region,
    local_minimum,
    obstruction,
    replicated_minimum,
    replicated_saddle,
    uniform_lift,
)
from proofs.derivations.derivation import Derivation, Hypothesis

__all__ = ["DERIVATIONS", "Derivation", "Hypothesis", "derivations_for"]

DERIVATIONS: dict[str, tuple[Derivation, ...]] = {
    "constant-point/1": constant_point.DERIVATIONS,
    "local-minimum/1": local_minimum.DERIVATIONS,
    "interval-region/1": interval_region.DERIVATIONS,
    "jensen-region/1": jensen_region.DERIVATIONS,
    "better-point/1": better_point.DERIVATIONS,
    "exact-optimum/1": exact_optimum.DERIVATIONS,
    "generic-data/1": generic_data.DERIVATIONS,
    "obstruction/1": obstruction.DERIVATIONS,
    "fitted-point/1": fitted_point.DERIVATIONS,
    "any-lift/1": any_lift.DERIVATIONS,
    "uniform-lift/1": uniform_lift.DERIVATIONS,
    "fitted-region/1": fitted_region.DERIVATIONS,
    "fitted-better-point/1": fitted_better_point.DERIVATIONS,
    "fitted-optimum/1": fitted_optimum.DERIVATIONS,
    "exceptional-activation/1": exceptional_activation.DERIVATIONS,
    "affine-minimum/1": affine_minimum.DERIVATIONS,
    "affine-better-point/1": affine_better_point.DERIVATIONS,
    "affine-optimum/1": affine_optimum.DERIVATIONS,
    "critical-point/1": critical_point.DERIVATIONS,
    "strict-minimum/1": critical_point.DERIVATIONS,
    "saddle/1": critical_point.DERIVATIONS,
    "spectrum/1": critical_point.DERIVATIONS,
    "not-critical/1": critical_point.DERIVATIONS,
    "zero-loss/1": critical_point.FIRST,
    "zero-optimum/1": critical_point.FIRST,
    "replicated-minimum/1": replicated_minimum.DERIVATIONS,
    "replicated-saddle/1": replicated_saddle.DERIVATIONS,
    "examined-better-point/1": fitted_better_point.DERIVATIONS,
    "examined-optimum/1": (*exact_optimum.DERIVATIONS, *affine_optimum.DERIVATIONS, *examined_optimum.DERIVATIONS),
}


def derivations_for(lemma_name: str) -> tuple[Derivation, ...]:
    """The derivations of a lemma; empty for a lemma that comes without any."""
    return DERIVATIONS.get(lemma_name, ())
