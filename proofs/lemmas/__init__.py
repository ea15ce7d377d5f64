"""The lemmas: one per file, one line each here."""

from __future__ import annotations

from proofs.kernel import Lemma
from proofs.lemmas import (
    better_point,
    constant_point,
    exact_optimum,
    generic_data,
    interval_region,
    jensen_region,
    local_minimum,
    obstruction,
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
    )
}
