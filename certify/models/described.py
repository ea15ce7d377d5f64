"""A network whose file says more than its numbers: the order of the layers, and what is computed between them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from certify.models.names import LayerNames
from certify.models.tensors import Tensors

LINEAR, SIGMOID, SOFTMAX = "linear", "sigmoid", "softmax"


@dataclass(frozen=True, slots=True)
class Described:
    """What a file of such a format tells.

    Attributes:
        layers: from the inputs to the outputs; their names are those of `tensors`.
        activation: of all hidden units, as `certify.activation.resolve` takes it.
        output: what is done to the outputs of the last layer: LINEAR (nothing), SIGMOID or SOFTMAX. The last two belong
            to a loss: the network that is examined ends before them.
        remarks: what else the file says about the training, for the user to know.
    """

    tensors: Tensors
    layers: Sequence[LayerNames]
    activation: str
    output: str = LINEAR
    remarks: tuple[str, ...] = ()
