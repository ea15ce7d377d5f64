"""Bringing features to comparable size by short exact rationals."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from flint import fmpq

from certify.data import Dataset
from certify.exact import lowest_terms
from proofs.table import table_from_columns


@dataclass(frozen=True, slots=True)
class Scaling:
    """What was done to one feature: x became (x - centre) / scale."""

    feature: str
    centre: fmpq
    scale: fmpq


def standardise(dataset: Dataset) -> tuple[Dataset, tuple[Scaling, ...]]:
    """The data set with every feature replaced by (x - centre) / scale, exactly; targets stay as they are.

    The scale is the standard deviation (over N) rounded to two significant digits, so in 10^k {10, ..., 100}; the
    centre is the mean rounded to a multiple of the same 10^k, at most 1/20 of a standard deviation off. A constant
    feature is centred at its value with scale 1.
    """
    inputs = dataset.inputs
    entries = inputs.numerators.entries()
    columns, scalings = [], []
    for j, (feature, denominator) in enumerate(zip(dataset.features, inputs.denominators, strict=True)):
        numerators = [int(entry) for entry in entries[j :: inputs.columns]]
        centre, scale = _centre_and_scale(numerators, denominator)
        # (n / denominator - centre) / scale = (n * factor - shift) / common
        factor = int(centre.q * scale.q)
        shift = int(centre.p * scale.q) * denominator
        common = int(centre.q * scale.p) * denominator
        columns.append(lowest_terms([n * factor - shift for n in numerators], common))
        scalings.append(Scaling(feature, centre, scale))
    return replace(dataset, inputs=table_from_columns(columns, inputs.rows)), tuple(scalings)


def _centre_and_scale(numerators: list[int], denominator: int) -> tuple[fmpq, fmpq]:
    samples, total = len(numerators), sum(numerators)
    spread = samples * sum(n * n for n in numerators) - total * total
    if spread == 0:
        return fmpq(numerators[0], denominator), fmpq(1)
    variance = fmpq(spread, (samples * denominator) ** 2)
    unit = _unit(variance)
    # round(t) = floor((floor(2 t) + 1) / 2), and floor(2 sqrt(v)) is an integer square root
    scale = unit * ((math.isqrt(int((4 * variance / unit**2).floor())) + 1) // 2)
    centre = unit * (fmpq(total, samples * denominator) / unit + fmpq(1, 2)).floor()
    return centre, scale


def _unit(variance: fmpq) -> fmpq:
    """The power of ten u with 10 u <= sqrt(variance) < 100 u."""
    bits = int(variance.p).bit_length() - int(variance.q).bit_length()
    power = bits * 30103 // 200000 + 1  # log10(2) / 2 = 0.150515; never below the answer, at most three above it
    while variance < fmpq(100) ** (power + 1):
        power -= 1
    return fmpq(10) ** power
