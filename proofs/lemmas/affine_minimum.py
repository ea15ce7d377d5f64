"""affine-minimum/1: a network that computes the least-squares affine fit while no unit bends is a local minimum."""

from __future__ import annotations

from dataclasses import dataclass

from flint import fmpq

from proofs.document import Reader
from proofs.exact import show_exact
from proofs.exact_network import common_piece, exact_sums, residuals
from proofs.instance import Instance
from proofs.kernel import Conclusion, Fact, Lemma, Rejected
from proofs.layers import Layer, hidden_widths, read_layers
from proofs.moments import first_moments


@dataclass(frozen=True, slots=True)
class AffineMinimum:
    """A local minimum of every network at least as wide as the given one.

    Attributes:
        layers: the given network; wider ones have copies of its units with outgoing weights 0.
        constant: the units of some layer all sit on pieces of slope 0, so that the network is constant.
        loss: E*, the least loss of all affine functions of the inputs, or of all constants.
    """

    layers: tuple[Layer, ...]
    constant: bool
    loss: fmpq

    @property
    def least_widths(self) -> tuple[int, ...]:
        return hidden_widths(self.layers)


def _check(instance: Instance, premises: tuple[Fact, ...], arguments: Reader) -> Conclusion:
    piecewise = instance.architecture.activation.piecewise
    if piecewise is None:
        raise Rejected("AM01", f"{instance.architecture.activation.name} is not piecewise affine")
    if instance.loss.name != "squared":
        raise Rejected("AM02", f"the theorem is about the squared loss, not {instance.loss.name}")
    layers = read_layers(instance, arguments)
    *hidden, outputs = exact_sums(instance, piecewise, layers)
    constant = False
    for h, sums in enumerate(hidden, 1):
        slopes = []
        for unit in range(sums.columns):
            piece = common_piece(sums, unit, piecewise)
            if piece is None:
                raise Rejected("AM03", f"unit {unit + 1} of layer {h} has samples on two pieces of σ, or at a kink")
            slopes.append(piece.slope)
        constant = constant or not any(slopes)
    found, loss = residuals(instance, outputs)
    for o, residual in enumerate(found):
        total, moments = first_moments(instance.inputs, residual)
        if total != 0:
            raise Rejected("AM04", f"<D,1> is not zero for output {o + 1}")
        for j, moment in enumerate(moments):
            if moment != 0 and not constant:
                raise Rejected("AM05", f"<D,x> is not zero for output {o + 1} and feature {instance.features[j]!r}")
    widths = "-".join(map(str, hidden_widths(layers)))
    what = "the best constant" if constant else "the least-squares affine fit"
    return Conclusion(
        AffineMinimum(tuple(layers), constant, loss),
        f"T is {what} exactly, no unit bends; E* = {show_exact(loss)}, widths {widths}",
    )


LEMMA = Lemma(
    name="affine-minimum/1",
    title="local minimum (affine)",
    statement=(
        "Let σ be continuous and piecewise affine. Call a hidden unit straight if one piece of σ holds its "
        "pre-activations at all samples. While all units are straight, the network is an affine function of the inputs "
        "on the data (a constant if all units of some layer sit on pieces of slope 0). So if all units of the given "
        "network are straight, strictly inside their pieces, and its residual satisfies <D_o,1> = 0 and <D_o,x_j> = 0 "
        "for every output and feature (<D_o,1> = 0 suffices in the second case), then E ≥ E* for all parameters with "
        "straight units, at every width (in the second case: and a layer on pieces of slope 0): a neighbourhood of "
        "the point. More units that copy given ones, with outgoing weights 0, keep all of this: a local minimum at "
        "every width that is at least that of the given network."
    ),
    source="docs/mathematics.md, affine-minimum/1, Theorem 35",
    premises=(),
    check=_check,
)
