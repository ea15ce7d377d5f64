"""fitted-better-point/1: the loss of one output less that of another, written once with the target."""

from __future__ import annotations

from proofs.derivations.losses import LOSSES, difference_of_values

DERIVATIONS = tuple(map(difference_of_values, LOSSES))
