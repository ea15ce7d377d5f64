"""The largest one-digit radius for which interval-region/1 goes through."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from flint import fmpq, fmpz_mat

from certify.search.floats import Array
from certify.search.one_digit import largest_one_digit
from proofs.instance import Instance
from proofs.kernel import Rejected
from proofs.lemmas.interval_region import absorbed, layer_forms, layer_ranges
from proofs.lemmas.local_minimum import LocalMinimum
from proofs.moments import ShellMoments

_SMALLEST_EXPONENT = -12
_FLOAT_BITS = 900


def find_radius(instance: Instance, minimum: LocalMinimum) -> tuple[fmpq, tuple[fmpq, ...]] | None:
    """The radius (one significant digit) and the rates beta_h that prove it, or None."""
    spectra = [_Spectrum(moments) for _, moments in minimum.moments]

    def attempt(radius: fmpq) -> tuple[fmpq, tuple[fmpq, ...]] | None:
        rates = _rates(instance, minimum, spectra, radius)
        return None if rates is None else (radius, rates)

    return largest_one_digit(attempt, fmpq(1, 10), fmpq(10) ** _SMALLEST_EXPONENT, fmpq(1))


class _Spectrum:
    """The shells of one residual, reduced so that sum |D_n| x_n x_n^T is the identity."""

    def __init__(self, moments: ShellMoments) -> None:
        self.moments = moments
        raw = _to_floats([shell.moment for shell in moments.shells])
        scale = 1 / np.sqrt(np.diag(sum(raw)))
        scaled = [m * scale[:, None] * scale[None, :] for m in raw]
        values, vectors = np.linalg.eigh(sum(scaled))
        root = vectors / np.sqrt(np.maximum(values, 1e-300))
        self.reduced = [root.T @ m @ root for m in scaled]

    def least(self, factors: list[fmpq]) -> float:
        """The smallest eigenvalue of sum factor_i moment_i relative to sum |D_n| x_n x_n^T."""
        floats = [_float(f) for f in factors]
        if not np.isfinite(floats).all():
            return -np.inf
        return float(np.linalg.eigvalsh(sum(f * m for f, m in zip(floats, self.reduced, strict=True)))[0])


def _to_floats(matrices: Sequence[fmpz_mat]) -> list[Array]:
    """The matrices in floats, all divided by one power of two so that huge integers do not overflow."""
    rows = [[[int(v) for v in row] for row in matrix.tolist()] for matrix in matrices]
    shift = max(0, max(v.bit_length() for matrix in rows for row in matrix for v in row) - _FLOAT_BITS)
    return [np.array([[float(v >> shift) for v in row] for row in matrix]) for matrix in rows]


def _float(value: fmpq) -> float:
    """The nearest float; infinite when there is none (exp over a wide range)."""
    try:
        return int(value.p) / int(value.q)
    except OverflowError:
        return np.inf


def _rates(
    instance: Instance, minimum: LocalMinimum, spectra: list[_Spectrum], radius: fmpq
) -> tuple[fmpq, ...] | None:
    point = minimum.point
    activation = instance.architecture.activation
    rates: list[float] = [float("inf")] * len(point.levels)
    try:
        for (definite, moments), spectrum in zip(minimum.moments, spectra, strict=True):
            per_shell = [layer_ranges(activation, point.levels, point.scales, radius, s.size) for s in moments.shells]
            for h, factors in enumerate(layer_forms(minimum, definite, moments, per_shell)):
                rates[h] = min(rates[h], spectrum.least(factors))
        if not all(rate > 0 for rate in rates):
            return None
        short = tuple(_short(0.9 * rate) for rate in rates)
        constant = layer_ranges(activation, point.levels, point.scales, radius, fmpq(0))
        for _, moments in minimum.moments:
            full = layer_ranges(activation, point.levels, point.scales, radius, moments.largest)
            if absorbed(point.scales, radius, moments.largest, short, full, constant) > short[0] * 19 / 20:
                return None
    except Rejected:
        return None
    return short


def _short(value: float) -> fmpq:
    """Two significant digits, rounded down."""
    mantissa, _, exponent = f"{value:.15e}".partition("e")
    return fmpq(int(float(mantissa) * 10)) * fmpq(10) ** (int(exponent) - 1)
