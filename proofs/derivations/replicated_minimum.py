"""replicated-minimum/1: the gradient is that of the units taken once, and the second variation splits into theirs and
the deviations of copies."""

from __future__ import annotations

from proofs.derivations.replicated_saddle import GRADIENT
from proofs.derivations.uniform_lift import COPIES_OF_ONE_UNIT

DERIVATIONS = (*GRADIENT, *COPIES_OF_ONE_UNIT)
