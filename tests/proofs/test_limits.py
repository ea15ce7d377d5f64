"""The limits and constants of the published format are part of its meaning: both checkers have exactly these."""

from __future__ import annotations

from proofs import activations, balls, certificate, document, exact, instance, interpolation, moments, standalone
from proofs.lemmas import generic_data


def test_main_checker() -> None:
    assert exact.MAX_DIGITS == 20_000
    assert document.MAX_BYTES == 512 * 2**20
    assert document.MAX_INTEGER_DIGITS == 18
    assert instance.MAX_DEPTH == 8
    assert instance.MAX_WIDTH == 1_000_000_000_000
    assert instance.MAX_DATA_BYTES == 4 * 2**30
    assert instance.MAX_CELL_DIGITS == 4000
    assert (certificate.MIN_PRECISION, certificate.MAX_PRECISION, certificate.MAX_STEPS) == (53, 4096, 10_000)
    assert generic_data.PRIME == 2_305_843_009_213_693_951


def test_second_checker() -> None:
    assert standalone.MOST_DIGITS == exact.MAX_DIGITS
    assert standalone.MOST_BYTES == document.MAX_BYTES
    assert standalone.MOST_INTEGER_DIGITS == document.MAX_INTEGER_DIGITS
    assert standalone.MOST_DEPTH == instance.MAX_DEPTH
    assert standalone.MOST_WIDTH == instance.MAX_WIDTH
    assert standalone.MOST_DATA_BYTES == instance.MAX_DATA_BYTES
    assert standalone.MOST_STEPS == certificate.MAX_STEPS


def test_working_parameters() -> None:
    """Not part of the format, but the figures of the documentation depend on them."""
    assert (balls.BOUND_BITS, balls.MAX_EXPONENT) == (64, 1_000_000)
    assert (moments.SHELLS, activations.PIECES, interpolation.STEEP) == (64, 4, 40)
