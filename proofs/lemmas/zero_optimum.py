"""zero-optimum/1: some network of the shape fits all targets exactly, so the least loss of the shape is 0."""

from __future__ import annotations

from flint import fmpq

from proofs.document import Reader
from proofs.instance import Instance
from proofs.kernel import Conclusion, Fact, Lemma
from proofs.lemmas.examined_optimum import ExaminedOptimum
from proofs.lemmas.zero_loss import exact_fit


def _check(instance: Instance, premises: tuple[Fact, ...], arguments: Reader) -> Conclusion:
    fit, _, margin = exact_fit(instance, arguments)
    widths = "-".join(map(str, fit.widths))
    targets = instance.samples * instance.architecture.outputs
    return Conclusion(
        ExaminedOptimum(fit.widths, (fmpq(0), fmpq(0)), True),
        f"min E = 0 for widths of at least {widths}: some network fits all {targets} targets exactly",
        margin,
    )


LEMMA = Lemma(
    name="zero-optimum/1",
    title="exact optimum (fit)",
    statement=(
        "Under the hypotheses of zero-loss/1 some network of the stated widths fits all targets exactly, with loss 0 "
        "(squared and pseudo-Huber loss), and further units with outgoing weights 0 do not change it. So the global "
        "minimum of the loss is exactly 0 for every network with d_h at least these widths, however many inputs there "
        "are. Nothing is said of where the examined network is."
    ),
    source="docs/mathematics.md, zero-optimum/1, Theorem 45a",
    premises=(),
    check=_check,
)
