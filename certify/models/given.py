"""A trained network that is already in memory."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from certify.errors import UsageError
from certify.models.tensors import Tensors, checked

if TYPE_CHECKING:
    from certify.search.floats import Array

NAME = "the given network"
_INTEGERS = 2.0**53
"""Below this every integer is a float."""


class GivenModel:
    """Named arrays in the order of the layers; raises UsageError for arrays that float64 does not hold exactly.

    Args:
        arrays: by name, as in a file (see docs/examining.md), such as the `state_dict()` of a PyTorch model; or a pair
            (W, b) for each layer from the inputs to the outputs, where W is units x inputs, and b of the last layer may
            be None.
    """

    def __init__(self, arrays: Mapping[str, Any] | Sequence[tuple[Any, Any]]) -> None:
        named = arrays if isinstance(arrays, Mapping) else _named(arrays)
        self.tensors: Tensors = checked(Path(NAME), {str(name): _float64(str(name), a) for name, a in named.items()})

    def __str__(self) -> str:
        return NAME


def _named(layers: Sequence[tuple[Any, Any]]) -> dict[str, Any]:
    if not isinstance(layers, Sequence) or isinstance(layers, str):
        raise UsageError(f"{NAME}: expected arrays by name, or pairs (W, b), found {type(layers).__name__}")
    arrays: dict[str, Any] = {}
    for number, layer in enumerate(layers, 1):
        if not isinstance(layer, Sequence) or len(layer) != 2:
            raise UsageError(f"{NAME}: expected a pair (W, b) for layer {number}, found {type(layer).__name__}")
        weights, biases = layer
        arrays[f"layer{number}.weight"] = weights
        if biases is not None:
            arrays[f"layer{number}.bias"] = biases
    return arrays


def _float64(name: str, values: object) -> Array:
    """The same numbers, exactly."""
    import numpy as np

    try:
        array = np.asarray(values)
        same = array.astype(np.float64)
    except Exception as error:  # arrays of other packages answer with exceptions of their own
        raise UsageError(f"{NAME}: {name!r} is no array of numbers: {error}") from None
    if array.dtype.kind == "f":
        exact = bool(((same == array) | np.isnan(same)).all())
    else:
        exact = array.dtype.kind in "iu" and bool((np.abs(same) < _INTEGERS).all())
    if not exact:
        raise UsageError(f"{NAME}: {name!r} holds {array.dtype}; expected floats of at most 8 bytes, or small integers")
    return same
