"""zero-loss/1: near a network there is one that fits all targets exactly."""

from __future__ import annotations

from dataclasses import dataclass

from flint import arb, arb_mat, fmpq

from proofs.document import Reader
from proofs.exact import show_above
from proofs.full_hessian import output_tangents
from proofs.full_network import Shape, around, evaluate
from proofs.instance import Instance
from proofs.kernel import Conclusion, Fact, Lemma, Rejected, Undecided
from proofs.krawczyk import isolated, midpoint_inverse
from proofs.stated_network import read_network

LOSSES = ("squared", "pseudo-huber")
"""The losses that are 0 where T = y, and positive elsewhere."""


@dataclass(frozen=True, slots=True, eq=False)
class ZeroLoss:
    """Some network with parameters in the balls of `parameters` has loss 0, a global minimum."""

    shape: Shape
    parameters: tuple[arb, ...]

    @property
    def widths(self) -> tuple[int, ...]:
        """d_1, .., d_H."""
        return self.shape.sizes[1:-1]


def exact_fit(instance: Instance, arguments: Reader) -> tuple[ZeroLoss, fmpq, str]:
    """The network that these arguments enclose, how far it can be from the stated one, and Krawczyk's margin.

    Raises:
        Rejected, Undecided: ZL01 to ZL03, or as in better-point/1.
    """
    if instance.architecture.outputs == 0 or instance.loss.name not in LOSSES:
        raise Rejected("ZL01", f"expected targets, and one of the losses {', '.join(LOSSES)}")
    network = read_network(instance, arguments)
    shape, centre = network.shape, network.parameters
    free, radius = arguments.integers("free"), arguments.rational("radius")
    if radius <= 0:
        raise Rejected("ZL02", "the radius of the box is not positive")
    equations = instance.samples * instance.architecture.outputs
    if len(set(free)) != len(free) or len(free) != equations or not all(0 <= k < shape.parameters for k in free):
        raise Rejected("ZL02", f"expected the numbers of {equations} parameters, one for each target")
    over_box = evaluate(instance, shape, network.box(free, [radius] * equations))
    rows = [row for output in output_tangents(over_box) for row in output]
    jacobian = arb_mat([[row[k] for k in free] for row in rows])
    inverse = midpoint_inverse(jacobian)
    if inverse is None:
        raise Undecided("ZL03", "the outputs do not move freely with these parameters")
    outputs = evaluate(instance, shape, around(centre, fmpq(0))).outputs
    misses = [
        row[o] - arb(instance.targets.entry(n, o))
        for o in range(instance.architecture.outputs)
        for n, row in enumerate(outputs)
    ]
    found = isolated(inverse, misses, jacobian, radius, "ZL03", "network that fits the targets")
    margin = f"Krawczyk's image is {show_above(found.image)} of the box"
    return ZeroLoss(shape, tuple(network.box(free, found.reaches))), max(found.reaches), margin


def _check(instance: Instance, premises: tuple[Fact, ...], arguments: Reader) -> Conclusion:
    fit, reach, margin = exact_fit(instance, arguments)
    equations = instance.samples * instance.architecture.outputs
    return Conclusion(fit, f"a network within {show_above(reach)} fits all {equations} targets exactly: loss 0", margin)


LEMMA = Lemma(
    name="zero-loss/1",
    title="exact fit",
    statement=(
        "Choose as many parameters of a network as there are targets, and leave the others at the stated rational "
        "values. Let Krawczyk's operator of the map from the chosen parameters to T(x_n) - y_n send the box of the "
        "stated radius into its interior. Then some network in the box fits all targets exactly. Its loss is 0 "
        "(squared and pseudo-Huber loss), a global minimum."
    ),
    source="docs/mathematics.md, zero-loss/1, Theorem 45",
    premises=(),
    check=_check,
)
