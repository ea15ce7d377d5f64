"""The lemmas: one per file, one line each here."""

from __future__ import annotations

from proofs.kernel import Lemma
from proofs.lemmas import (
    affine_better_point,
    affine_minimum,
    affine_optimum,
    any_lift,
    better_point,
    constant_point,
    critical_point,
    exact_optimum,
    examined_better_point,
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
    not_critical,
    obstruction,
    replicated_minimum,
    replicated_saddle,
    saddle,
    spectrum,
    strict_minimum,
    uniform_lift,
    zero_loss,
)

LEMMAS: dict[str, Lemma] = {
    lemma.name: lemma
    for lemma in (
        constant_point.LEMMA,
        local_minimum.LEMMA,
        interval_region.LEMMA,
        jensen_region.LEMMA,
        better_point.LEMMA,
        exact_optimum.LEMMA,
        generic_data.LEMMA,
        obstruction.LEMMA,
        fitted_point.LEMMA,
        any_lift.LEMMA,
        uniform_lift.LEMMA,
        fitted_region.LEMMA,
        fitted_better_point.LEMMA,
        fitted_optimum.LEMMA,
        exceptional_activation.LEMMA,
        affine_minimum.LEMMA,
        affine_better_point.LEMMA,
        affine_optimum.LEMMA,
        critical_point.LEMMA,
        strict_minimum.LEMMA,
        saddle.LEMMA,
        spectrum.LEMMA,
        not_critical.LEMMA,
        replicated_minimum.LEMMA,
        replicated_saddle.LEMMA,
        zero_loss.LEMMA,
        examined_better_point.LEMMA,
        examined_optimum.LEMMA,
    )
}
