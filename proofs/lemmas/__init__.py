"""The lemmas: one per file, one line each here."""

from __future__ import annotations

from proofs.on_demand import OnDemand

LEMMAS = OnDemand(
    "proofs.lemmas",
    {
        "constant-point/1": "constant_point",
        "local-minimum/1": "local_minimum",
        "interval-region/1": "interval_region",
        "jensen-region/1": "jensen_region",
        "better-point/1": "better_point",
        "exact-optimum/1": "exact_optimum",
        "generic-data/1": "generic_data",
        "obstruction/1": "obstruction",
        "fitted-point/1": "fitted_point",
        "any-lift/1": "any_lift",
        "uniform-lift/1": "uniform_lift",
        "fitted-region/1": "fitted_region",
        "fitted-better-point/1": "fitted_better_point",
        "fitted-optimum/1": "fitted_optimum",
        "exceptional-activation/1": "exceptional_activation",
        "affine-minimum/1": "affine_minimum",
        "affine-better-point/1": "affine_better_point",
        "affine-optimum/1": "affine_optimum",
        "critical-point/1": "critical_point",
        "strict-minimum/1": "strict_minimum",
        "saddle/1": "saddle",
        "spectrum/1": "spectrum",
        "not-critical/1": "not_critical",
        "replicated-minimum/1": "replicated_minimum",
        "replicated-saddle/1": "replicated_saddle",
        "zero-loss/1": "zero_loss",
        "examined-better-point/1": "examined_better_point",
        "examined-optimum/1": "examined_optimum",
        "zero-optimum/1": "zero_optimum",
    },
)
