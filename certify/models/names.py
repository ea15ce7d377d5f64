"""Which of the named tensors of a file are which layer, and in which order?

A wrong guess would give a proof about another network. So where names and shapes leave a choice, the user is asked.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from certify.errors import UsageError
from certify.models.tensors import Tensors

DATA = {"X", "Y"}
"""Arrays that `certify export` writes beside a network W1, b1, .., v, c."""

_PART = re.compile(r"(?P<layer>.+)(?P<dot>[./])(?P<part>weight|kernel|bias)", re.DOTALL)
_MOST_LAYERS = 9


@dataclass(frozen=True, slots=True)
class LayerNames:
    """The names of the weights and, if there are any, of the biases of one layer.

    Attributes:
        by_column: whether each column of the weights is a unit (as in Keras and Flax), instead of each row.
    """

    weights: str
    biases: str | None
    by_column: bool = False

    def shape(self, tensors: Tensors) -> tuple[int, int]:
        """Units and inputs. A vector is the weights of one unit; other tensors have no shape, (0, 0)."""
        shape = tensors[self.weights].shape
        if len(shape) == 1:
            return 1, shape[0]
        if len(shape) != 2:
            return 0, 0
        return (shape[1], shape[0]) if self.by_column else (shape[0], shape[1])


def layers_in_order(path: Path, tensors: Tensors, order: Sequence[str], ordered: bool) -> list[LayerNames]:
    """The layers from the inputs to the outputs: W1, b1, .., v, c; or NAME.weight (rows are units) or NAME.kernel
    (columns are units) with NAME.bias; or matrices (rows are units) and vectors as they come.

    Args:
        order: the layers' NAMEs in order, if the user gives them.
        ordered: whether the order of the tensors in the file is that of the layers.

    Raises:
        UsageError: tensors that belong to no layer, or several networks that the file could mean.
    """
    named = _named(tensors)
    if order:
        if sorted(order) != sorted(named):
            has = f"this file has {', '.join(named)}" if named else "this file names none (NAME.weight, NAME.bias)"
            raise not_fully_connected(path, tensors, f"--layers should name each layer once; {has}")
        layers = [named[name] for name in order]
    elif "W1" in tensors:
        layers = _lettered(tensors)
    elif named:
        layers = _in_file_order(path, named) if ordered else _sorted(path, named, tensors)
    else:
        layers = list(_alternating(tensors))
    used = {name for layer in layers for name in (layer.weights, layer.biases)}
    used |= DATA if "W1" in tensors else set()
    strangers = [name for name in tensors if name not in used]
    if strangers or not layers:
        raise not_fully_connected(path, tensors, f"{strangers[0] if strangers else 'nothing'!r} belongs to no layer")
    _demand_one_reading(path, tensors, layers, told=bool(named) or "X" in tensors)
    return layers


def not_fully_connected(path: Path, tensors: Tensors, why: str) -> UsageError:
    """The error that says what is wrong, and what is there."""
    seen = ", ".join(f"{name} {tuple(array.shape)}" for name, array in list(tensors.items())[:12])
    more = f" and {len(tensors) - 12} more" if len(tensors) > 12 else ""
    return UsageError(
        f"{path}: not a fully connected network (matrices of units x inputs, each with biases): {why}; "
        f"seen: {seen}{more}"
    )


def _named(tensors: Tensors) -> dict[str, LayerNames]:
    """The layers NAME.weight or NAME.kernel by NAME, in the order of the file."""
    layers: dict[str, LayerNames] = {}
    for name in tensors:
        part = _PART.fullmatch(name)
        if part is not None and part["part"] != "bias":
            bias = f"{part['layer']}{part['dot']}bias"
            layers.setdefault(part["layer"], LayerNames(name, _known(tensors, bias), part["part"] == "kernel"))
    return layers


def _lettered(tensors: Tensors) -> list[LayerNames]:
    hidden = [f"W{k}" for k in range(1, len(tensors) + 1) if f"W{k}" in tensors]
    layers = [LayerNames(name, _known(tensors, f"b{name[1:]}")) for name in hidden]
    return [*layers, LayerNames("v", _known(tensors, "c"))] if "v" in tensors else layers


def _alternating(tensors: Tensors) -> Iterator[LayerNames]:
    for name, following in pairwise([*tensors, ""]):
        if tensors[name].ndim == 2:
            yield LayerNames(name, following if following and tensors[following].ndim == 1 else None)


def _known(tensors: Tensors, name: str) -> str | None:
    return name if name in tensors else None


def _in_file_order(path: Path, named: dict[str, LayerNames]) -> list[LayerNames]:
    names = list(named)
    for k, later in enumerate(names):
        earlier = next((name for name in names[:k] if _numbered_before(later, name)), None)
        if earlier is not None:
            raise UsageError(
                f"{path}: {earlier!r} comes before {later!r} in the file; give the order of the layers with --layers "
                f"{','.join(sorted(names, key=_natural))}"
            )
    return list(named.values())


def _sorted(path: Path, named: dict[str, LayerNames], tensors: Tensors) -> list[LayerNames]:
    """The only order in which each layer has as many inputs as the one below has units, and numbers rise.

    Raises:
        UsageError: more than one. (If there is none, the layers sorted by name, which do not fit, are returned.)
    """
    names = sorted(named, key=_natural)
    if len(names) > _MOST_LAYERS:
        return [named[name] for name in names]
    shapes = {name: named[name].shape(tensors) for name in names}
    orders = _orders((), names, shapes)
    first, second = next(orders, names), next(orders, None)
    if second is not None:
        raise UsageError(
            f"{path}: the names of the layers do not tell their order, and more than one fits; give it with --layers "
            f"{','.join(first)} or --layers {','.join(second)}"
        )
    return [named[name] for name in first]


def _orders(below: tuple[str, ...], left: Sequence[str], shapes: dict[str, tuple[int, int]]) -> Iterator[list[str]]:
    if not left:
        yield list(below)
    for name in left:
        if below and shapes[name][1] != shapes[below[-1]][0]:
            continue
        if not any(_numbered_before(other, name) for other in left):
            yield from _orders((*below, name), [other for other in left if other != name], shapes)


def _numbered_before(name: str, other: str) -> bool:
    """Whether the names differ in numbers only, and those of the first are smaller: fc2 before fc10."""
    return re.sub("[0-9]+", "0", name) == re.sub("[0-9]+", "0", other) and _natural(name) < _natural(other)


def _natural(name: str) -> list[tuple[int, str]]:
    """Sorts layer2 before layer10."""
    return [(int(part[:18]), part) if part.isdecimal() else (-1, part) for part in re.split(r"([0-9]+)", name)]


def _demand_one_reading(path: Path, tensors: Tensors, layers: Sequence[LayerNames], told: bool) -> None:
    """Refuse matrices that fit only the other way round, or both ways if their names do not say which is meant.

    Raises:
        UsageError: see above.
    """
    turned = [LayerNames(layer.weights, layer.biases, not layer.by_column) for layer in layers]
    if not _fit(tensors, turned):
        return
    advice = "NAME.weight if each row is a unit (PyTorch), NAME.kernel if each column is one (Keras, Flax)"
    if not _fit(tensors, layers):
        raise not_fully_connected(path, tensors, f"the matrices fit the other way round only; name them {advice}")
    if not told and any(min(tensors[layer.weights].shape) > 1 for layer in layers):
        raise UsageError(f"{path}: the square matrices can be read by row and by column; name them {advice}")


def _fit(tensors: Tensors, layers: Sequence[LayerNames]) -> bool:
    """Whether each layer has as many biases as units, and as many inputs as the layer below has units."""
    shapes = [layer.shape(tensors) for layer in layers]
    biased = all(
        layer.biases is None or tensors[layer.biases].size == units
        for layer, (units, _) in zip(layers, shapes, strict=True)
    )
    return biased and all(above[1] == below[0] for below, above in pairwise(shapes))
