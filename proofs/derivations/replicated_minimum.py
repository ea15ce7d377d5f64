"""replicated-minimum/1: the second variation splits into that of the units taken once, and the deviations of copies."""

from __future__ import annotations

from proofs.derivations.uniform_lift import COPIES_OF_ONE_UNIT

DERIVATIONS = COPIES_OF_ONE_UNIT
